import { Duration, Names, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { AccessEntries } from './access-entries';
import { addClusterRole, addNodeRole } from './auto-mode-roles';
import { EndpointAccess } from './endpoint-access';
import { checkClusterName, checkServiceCidr, checkVersion, tagSubnets } from './kubernetes';
import { addPodIdentity } from './pod-identity';
import { StageProfile } from '../../stage-profile';
import { createAfter } from '../../support/dependencies';
import { accept } from '../../support/nag';
import { keepNamedOrDestroy, keepOrDestroy } from '../../support/removal';
import { inTwoZones, workloadSubnets } from '../support/subnets';

/** What a Kubernetes cluster is made of. */
export interface KubernetesClusterProps {
  /** The network that the cluster is in. */
  readonly vpc: ec2.IVpc;

  /**
   * The subnets of the nodes and the endpoint, in two availability zones or more. Isolated ones need interface
   * endpoints in the network for everything that nodes and pods call.
   *
   * @default - the private ones, or the isolated ones in a network that has no private ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The name of the cluster, 1 to 100 letters, digits, `-` and `_`. Another name is another cluster.
   *
   * @default - made of the path of the cluster in the code
   */
  readonly clusterName?: string;

  /**
   * The version of Kubernetes, one in standard support. It goes up one minor version at a time, and never down. Say it,
   * and no new version of this library moves your clusters; EKS does, when standard support of the version ends.
   *
   * @default eks.KubernetesVersion.of('1.36')
   */
  readonly version?: eks.KubernetesVersion;

  /**
   * From where the API of the cluster can be reached.
   *
   * @default EndpointAccess.PRIVATE
   */
  readonly endpointAccess?: EndpointAccess;

  /**
   * The addresses of services within the cluster: private ones, from `/12` to `/24`. They are never seen outside, so
   * that all clusters may have the same, but pods cannot reach anything else that has them. Other ones are another
   * cluster.
   *
   * @default '172.20.0.0/16'
   */
  readonly serviceIpv4Cidr?: string;

  /**
   * The key that encrypts what Kubernetes keeps. Another key is another cluster.
   *
   * @default - a key of its own
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Whether the cluster refuses to be deleted.
   *
   * @default - what the profile of the stage says
   */
  readonly deletionProtection?: boolean;

  /**
   * How long the logs of the control plane are kept.
   *
   * @default - as long as the profile of the stage says
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What becomes of the cluster, with its roles, its key and its logs, when it is removed from the code. What was
   * granted goes in any case.
   *
   * @default - what the profile of the stage says
   */
  readonly removalPolicy?: RemovalPolicy;
}

// to raise this moves the clusters of all who have not said it, and nothing moves them back
const DEFAULT_VERSION = eks.KubernetesVersion.of('1.36');

// where no address plan begins, and one of the two that EKS itself takes
const DEFAULT_SERVICE_CIDR = '172.20.0.0/16';

const LOG_TYPES = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

/**
 * Defines a Kubernetes cluster by EKS Auto Mode: AWS looks after nodes, their disks, networking and load balancers, by
 * what pods ask for.
 *
 * Nobody may do anything in it, not even who has created it, but whom `grantAdmin` and `grantView` name. Pods get roles
 * by `addPodIdentity`. The control plane logs everything. What Kubernetes keeps is encrypted by a key.
 *
 * What Kubernetes makes by itself is not of the stack: delete services of type `LoadBalancer`, ingresses and volume
 * claims before the cluster, or their load balancers and volumes stay. EKS may write its last lines after the log group
 * is gone, and makes it again: delete it before a cluster of that name. While EKS holds the nodes' role, destroy again.
 *
 * Subnets of a network of this app are tagged so that Kubernetes finds them for load balancers; tag those of another
 * network yourself, with `kubernetes.io/role/elb` and `kubernetes.io/role/internal-elb`.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/automode.html
 */
export class KubernetesCluster extends Construct implements ec2.IConnectable {
  /** The name of the cluster. */
  public readonly clusterName: string;

  /** The ARN of the cluster. */
  public readonly clusterArn: string;

  /** Where the API of the cluster is. */
  public readonly clusterEndpoint: string;

  /** The certificate authority of the API, in base 64. */
  public readonly clusterCertificateAuthorityData: string;

  /** Who issues the tokens of service accounts, as a URL. */
  public readonly openIdConnectIssuerUrl: string;

  /** The key that encrypts what Kubernetes keeps. */
  public readonly encryptionKey: kms.IKey;

  /** The role of the nodes. */
  public readonly nodeRole: iam.IRole;

  /** What the control plane logs. */
  public readonly logGroup: logs.ILogGroup;

  /** The network of the API and the nodes: HTTPS is the default. */
  public readonly connections: ec2.Connections;

  /** The command that lets `kubectl` find the cluster. */
  public readonly kubeconfigCommand: string;

  private readonly cluster: eks.CfnCluster;
  private readonly access: AccessEntries;

  /**
   * @throws if the network lacks the subnets, or a name, version or block of addresses is not one
   */
  constructor(scope: Construct, id: string, props: KubernetesClusterProps) {
    super(scope, id);
    const { vpc, endpointAccess = EndpointAccess.PRIVATE, version = DEFAULT_VERSION } = props;
    const serviceIpv4Cidr = props.serviceIpv4Cidr ?? DEFAULT_SERVICE_CIDR;
    checkVersion(version);
    checkClusterName(props.clusterName);
    checkServiceCidr(serviceIpv4Cidr, vpc);
    const profile = StageProfile.of(this);
    const removalPolicy = keepOrDestroy(props.removalPolicy, profile.removalPolicy);
    const namedRemovalPolicy = keepNamedOrDestroy(props.removalPolicy, profile.removalPolicy);
    const deletionProtection = props.deletionProtection ?? profile.deletionProtection;
    const subnets = inTwoZones(vpc, 'vpcSubnets', props.vpcSubnets ?? workloadSubnets(vpc));

    const stack = Stack.of(this);
    // by name, so that a role of another stack can be granted something here without a cycle
    this.clusterName = props.clusterName ?? Names.uniqueResourceName(this, { maxLength: 100, separator: '-' });
    this.clusterArn = stack.formatArn({ service: 'eks', resource: 'cluster', resourceName: this.clusterName });
    this.kubeconfigCommand = `aws eks update-kubeconfig --region ${stack.region} --name ${this.clusterName}`;
    this.encryptionKey = props.encryptionKey ?? new kms.Key(this, 'Key', {
      description: `Encrypts what ${this.clusterName} keeps`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(removalPolicy === RemovalPolicy.DESTROY ? 7 : 30),
      removalPolicy,
    });
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      logGroupName: `/aws/eks/${this.clusterName}/cluster`,
      retention: props.logRetention ?? profile.logRetention,
      removalPolicy: namedRemovalPolicy,
    });
    const clusterRole = addClusterRole(this, removalPolicy);
    this.nodeRole = addNodeRole(this, removalPolicy);

    const publicAccessCidrs = endpointAccess._publicCidrs();
    const cluster = new eks.CfnCluster(this, 'Resource', {
      name: this.clusterName,
      version: version.version,
      roleArn: clusterRole.roleArn,
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
      bootstrapSelfManagedAddons: false,
      computeConfig: { enabled: true, nodePools: ['general-purpose', 'system'], nodeRoleArn: this.nodeRole.roleArn },
      kubernetesNetworkConfig: { ipFamily: 'ipv4', serviceIpv4Cidr, elasticLoadBalancing: { enabled: true } },
      storageConfig: { blockStorage: { enabled: true } },
      encryptionConfig: [{ resources: ['secrets'], provider: { keyArn: this.encryptionKey.keyArn } }],
      logging: { clusterLogging: { enabledTypes: LOG_TYPES.map(type => ({ type })) } },
      resourcesVpcConfig: {
        subnetIds: vpc.selectSubnets(subnets).subnetIds,
        endpointPrivateAccess: true,
        endpointPublicAccess: publicAccessCidrs.length > 0,
        publicAccessCidrs: publicAccessCidrs.length > 0 ? publicAccessCidrs : undefined,
      },
      upgradePolicy: { supportType: 'STANDARD' },
    });
    // CloudFormation replaces a cluster whose encryption is said in other words
    Validations.of(cluster).acknowledge({
      id: 'CloudFormation-Validate::W9009',
      reason: 'without the deprecated `resources`, clusters that exist would be replaced',
    });
    // older versions of the CDK do not know this property
    cluster.addPropertyOverride('DeletionProtection', deletionProtection);
    // a creation that is rolled back could not delete it if it is protected, and would fail at that
    cluster.applyRemovalPolicy(deletionProtection ? removalPolicy : namedRemovalPolicy);
    // otherwise EKS makes it, and it is kept for ever
    createAfter(cluster, this.logGroup.node.defaultChild as logs.CfnLogGroup);
    if (publicAccessCidrs.length > 0) {
      accept(cluster, { rule: 'AwsSolutions-EKS1', reason: 'the endpoint is open to the named public addresses only' });
    }
    tagSubnets(vpc, subnets);

    this.cluster = cluster;
    this.access = new AccessEntries(this, cluster);
    this.clusterEndpoint = cluster.attrEndpoint;
    this.clusterCertificateAuthorityData = cluster.attrCertificateAuthorityData;
    this.openIdConnectIssuerUrl = cluster.attrOpenIdConnectIssuerUrl;
    const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(
      this, 'SecurityGroup', cluster.attrClusterSecurityGroupId,
    );
    this.connections = new ec2.Connections({ securityGroups: [securityGroup], defaultPort: ec2.Port.tcp(443) });
  }

  /**
   * Allows a role or user to do everything in the cluster.
   *
   * @param grantee a role or user of the account, exactly, such as `prod.admin`
   * @throws if it is not exactly one role or user, such as a service, an account or everybody
   */
  public grantAdmin(grantee: iam.IGrantable): iam.Grant {
    return this.grant('grantAdmin', grantee, 'AmazonEKSClusterAdminPolicy');
  }

  /**
   * Allows a role or user to see most of what is in the cluster, but no secrets.
   *
   * @param grantee a role or user of the account, exactly, such as `prod.readOnly`
   * @throws if it is not exactly one role or user, such as a service, an account or everybody
   */
  public grantView(grantee: iam.IGrantable): iam.Grant {
    return this.grant('grantView', grantee, 'AmazonEKSViewPolicy');
  }

  /**
   * Defines a role for the pods of a service account, and for nothing else. Grant to it what they may do in AWS.
   *
   * @param kubernetesNamespace the namespace that the service account is in
   * @param serviceAccount the name of the service account, which Kubernetes need not know yet
   * @throws if a name is not one, or the service account has a role already
   */
  public addPodIdentity(kubernetesNamespace: string, serviceAccount: string): iam.Role {
    return addPodIdentity(this, {
      clusterName: this.cluster.ref, clusterArn: this.clusterArn, kubernetesNamespace, serviceAccount,
    });
  }

  private grant(method: string, grantee: iam.IGrantable, policy: string): iam.Grant {
    this.access.add(method, grantee, policy);
    return iam.Grant.addToPrincipal({ grantee, actions: ['eks:DescribeCluster'], resourceArns: [this.clusterArn] });
  }
}
