import { Duration, Names, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { addAccessEntry } from './access-entry';
import {
  checkClusterName, checkNamespace, checkServiceAccount, checkServiceCidr, checkVersion, tagSubnets,
} from './kubernetes';
import { roleOrUserArn } from './principal-arn';
import { StageProfile } from '../../stage-profile';
import { parseBlock } from '../../support/cidr';
import { createAfter } from '../../support/dependencies';
import { accept } from '../../support/nag';
import { identityOf, readable } from '../../support/principals';
import { keepNamedOrDestroy, keepOrDestroy } from '../../support/removal';
import { inTwoZones, workloadSubnets } from '../support/subnets';

/** From where the API of a Kubernetes cluster can be reached. Whoever reaches it still has to be known to IAM. */
export class EndpointAccess {
  /** From the network of the cluster, and networks that are connected to it. */
  public static readonly PRIVATE = new EndpointAccess([]);

  /**
   * From the network of the cluster, and from these public addresses.
   *
   * @param cidrs blocks of public IPv4 addresses, such as `192.0.2.0/24` or `192.0.2.7/32`
   * @throws if there are none, one is not a block, or one is everybody
   */
  public static privateAndPublicFrom(...cidrs: string[]): EndpointAccess {
    if (cidrs.length === 0) {
      throw new Error('cidrs is empty: give the blocks that may reach the endpoint, or EndpointAccess.PRIVATE');
    }
    for (const cidr of cidrs.filter(candidate => !Token.isUnresolved(candidate))) {
      const block = parseBlock(cidr);
      if (!block) {
        throw new Error(`cidrs holds '${cidr}', which is not a block of IPv4 addresses: give one as '192.0.2.0/24'`);
      }
      if (block.prefixLength === 0) {
        throw new Error(`cidrs holds '${cidr}', which is everybody: give the blocks that your people come from`);
      }
    }
    return new EndpointAccess(cidrs);
  }

  private constructor(private readonly cidrs: string[]) {}

  /** @internal */
  public _publicCidrs(): string[] {
    return this.cidrs;
  }
}

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
   * @default '1.36'
   */
  readonly version?: string;

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
const DEFAULT_VERSION = '1.36';

// where no address plan begins, and one of the two that EKS itself takes
const DEFAULT_SERVICE_CIDR = '172.20.0.0/16';

const CLUSTER_POLICIES = [
  'AmazonEKSClusterPolicy', 'AmazonEKSComputePolicy', 'AmazonEKSBlockStoragePolicy', 'AmazonEKSLoadBalancingPolicy',
  'AmazonEKSNetworkingPolicy',
];

const NODE_POLICIES = ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly'];

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
  private readonly accessEntries = new Map<string, Set<string>>();

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
    const clusterRole = this.addRole('ClusterRole', 'eks.amazonaws.com', CLUSTER_POLICIES, removalPolicy);
    this.nodeRole = this.addRole('NodeRole', 'ec2.amazonaws.com', NODE_POLICIES, removalPolicy);

    const publicAccessCidrs = endpointAccess._publicCidrs();
    this.cluster = new eks.CfnCluster(this, 'Resource', {
      name: this.clusterName,
      version,
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
    Validations.of(this.cluster).acknowledge({
      id: 'CloudFormation-Validate::W9009',
      reason: 'without the deprecated `resources`, clusters that exist would be replaced',
    });
    // older versions of the CDK do not know this property
    this.cluster.addPropertyOverride('DeletionProtection', deletionProtection);
    // a creation that is rolled back could not delete it if it is protected, and would fail at that
    this.cluster.applyRemovalPolicy(deletionProtection ? removalPolicy : namedRemovalPolicy);
    // otherwise EKS makes it, and it is kept for ever
    createAfter(this.cluster, this.logGroup.node.defaultChild as logs.CfnLogGroup);
    if (publicAccessCidrs.length > 0) {
      accept(this.cluster, { rule: 'AwsSolutions-EKS1', reason: 'the endpoint is open to the named public addresses only' });
    }
    tagSubnets(vpc, subnets);

    this.clusterEndpoint = this.cluster.attrEndpoint;
    this.clusterCertificateAuthorityData = this.cluster.attrCertificateAuthorityData;
    this.openIdConnectIssuerUrl = this.cluster.attrOpenIdConnectIssuerUrl;
    const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(
      this, 'SecurityGroup', this.cluster.attrClusterSecurityGroupId,
    );
    this.connections = new ec2.Connections({ securityGroups: [securityGroup], defaultPort: ec2.Port.tcp(443) });
  }

  /**
   * Allows a role or user to do everything in the cluster.
   *
   * @param grantee a role or user of the account, exactly, such as `prod.admin`
   * @throws if the grantee is a service, an account or everybody
   */
  public grantAdmin(grantee: iam.IGrantable): iam.Grant {
    return this.grantAccess(grantee, 'AmazonEKSClusterAdminPolicy');
  }

  /**
   * Allows a role or user to see most of what is in the cluster, but no secrets.
   *
   * @param grantee a role or user of the account, exactly, such as `prod.readOnly`
   * @throws if the grantee is a service, an account or everybody
   */
  public grantView(grantee: iam.IGrantable): iam.Grant {
    return this.grantAccess(grantee, 'AmazonEKSViewPolicy');
  }

  /**
   * Defines a role for the pods of a service account, and for nothing else. Grant to it what they may do in AWS.
   *
   * @param kubernetesNamespace the namespace that the service account is in
   * @param serviceAccount the name of the service account, which Kubernetes need not know yet
   * @throws if a name is not one, or the service account has a role already
   */
  public addPodIdentity(kubernetesNamespace: string, serviceAccount: string): iam.Role {
    checkNamespace(kubernetesNamespace);
    checkServiceAccount(serviceAccount);
    const id = `PodIdentity-${kubernetesNamespace}.${serviceAccount}`;
    if (this.node.tryFindChild(id)) {
      throw new Error(`serviceAccount '${serviceAccount}' in '${kubernetesNamespace}' has a role already: `
        + 'keep what the first call has returned, and grant more to it');
    }
    const scope = new Construct(this, id);
    const pods = new iam.ServicePrincipal('pods.eks.amazonaws.com', {
      conditions: {
        StringEquals: {
          'aws:RequestTag/eks-cluster-arn': this.clusterArn,
          'aws:RequestTag/kubernetes-namespace': kubernetesNamespace,
          'aws:RequestTag/kubernetes-service-account': serviceAccount,
        },
      },
    });
    const role = new iam.Role(scope, 'Role', { assumedBy: new iam.SessionTagsPrincipal(pods) });
    new eks.CfnPodIdentityAssociation(scope, 'Resource', {
      clusterName: this.cluster.ref, namespace: kubernetesNamespace, serviceAccount, roleArn: role.roleArn,
    });
    return role;
  }

  /** One entry for each principal, because EKS takes no second one, with all policies that it was granted. */
  private grantAccess(grantee: iam.IGrantable, policy: string): iam.Grant {
    const principalArn = roleOrUserArn(Stack.of(this), grantee);
    if (principalArn === undefined) {
      throw new Error(`grantee is ${readable(grantee)}: `
        + 'give a role or user, as `stage.admin` or `new ArnPrincipal(arn)`');
    }
    const identity = identityOf(Stack.of(this), principalArn);
    const known = this.accessEntries.get(identity);
    const policies = known ?? new Set<string>();
    policies.add(policy);
    this.accessEntries.set(identity, policies);
    if (!known) {
      addAccessEntry(this, this.cluster, { principalArn, policies, grantee });
    }
    return iam.Grant.addToPrincipal({ grantee, actions: ['eks:DescribeCluster'], resourceArns: [this.clusterArn] });
  }

  private addRole(id: string, service: string, policies: string[], removalPolicy: RemovalPolicy): iam.Role {
    const principal = new iam.ServicePrincipal(service);
    const role = new iam.Role(this, id, {
      assumedBy: service === 'eks.amazonaws.com' ? new iam.SessionTagsPrincipal(principal) : principal,
      managedPolicies: policies.map(name => iam.ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
    role.applyRemovalPolicy(removalPolicy);
    accept(role, { rule: 'AwsSolutions-IAM4', reason: 'Auto Mode asks for these policies, and AWS keeps them up to date' });
    return role;
  }
}
