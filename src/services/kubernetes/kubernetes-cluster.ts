import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
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
import { watchNames } from '../../support/name-collisions';
import { checkProps } from '../../support/options';
import { keepNamedOrDestroy } from '../../support/removal';
import { warnWithoutImages } from '../support/images';
import { logKey } from '../support/log-encryption';
import { inTwoZones, workloadSubnets } from '../support/subnets';
import { uniqueName } from '../support/unique-name';

/** Properties of a `KubernetesCluster`. */
export interface KubernetesClusterProps {
  /** VPC of the cluster. */
  readonly vpc: ec2.IVpc;

  /**
   * Subnets of the nodes and the endpoint, in two Availability Zones or more. Isolated subnets need interface endpoints
   * in the network for everything that nodes and pods call.
   *
   * @default - the private subnets, or the isolated ones if there are no private ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Name of the cluster: 1 to 100 letters, digits, `-` and `_`. Changing it replaces the cluster. If a cluster or log
   * group of this name remains after a stack, delete it before you create the stack again.
   *
   * @default - derived from the path of the construct and the ID of the stack
   */
  readonly clusterName?: string;

  /**
   * Kubernetes version in standard support. It can only be raised, by one minor version at a time. If set, new versions
   * of this library do not upgrade your cluster; EKS upgrades it when standard support of the version ends.
   *
   * @default eks.KubernetesVersion.of('1.36')
   */
  readonly version?: eks.KubernetesVersion;

  /**
   * Network access to the API endpoint of the cluster.
   *
   * @default EndpointAccess.PRIVATE
   */
  readonly endpointAccess?: EndpointAccess;

  /**
   * CIDR block of services within the cluster: private addresses, from `/12` to `/24`. They are not visible outside, so
   * all clusters may have the same, but pods cannot reach other destinations with these addresses. Changing it replaces
   * the cluster.
   *
   * @default '172.20.0.0/16'
   */
  readonly serviceIpv4Cidr?: string;

  /**
   * KMS key for envelope encryption of Kubernetes API data. Changing it replaces the cluster.
   *
   * @default - a new key
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Enables deletion protection of the cluster.
   *
   * @default - from the stage's profile
   */
  readonly deletionProtection?: boolean;

  /**
   * KMS key that encrypts the logs. Its policy is extended for CloudWatch Logs; extend that of an imported key
   * yourself.
   *
   * @default - the new key of the cluster; the key of CloudWatch Logs if `encryptionKey` is set
   */
  readonly logEncryptionKey?: kms.IKey;

  /**
   * Retention of the logs of the control plane.
   *
   * @default - from the stage's profile
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Removal policy of the cluster with its roles, key and logs. Grants are removed in any case.
   *
   * @default - from the stage's profile
   */
  readonly removalPolicy?: RemovalPolicy;
}

// raising this upgrades all clusters without an explicit version, and that cannot be undone
const DEFAULT_VERSION = eks.KubernetesVersion.of('1.36');

// rarely part of an address plan, and one of the two blocks that EKS itself chooses from
const DEFAULT_SERVICE_CIDR = '172.20.0.0/16';

const LOG_TYPES = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

/**
 * Defines a Kubernetes cluster with EKS Auto Mode: AWS manages nodes, storage, networking and load balancers, according
 * to the pods.
 *
 * Nobody has access by default, not even the creator of the cluster: use `grantAdmin` and `grantView`. Pods get roles
 * with `addPodIdentity`. All control plane logs are enabled. Kubernetes API data is encrypted with a KMS key.
 *
 * Resources that Kubernetes creates are not part of the stack: delete services of type `LoadBalancer`, ingresses and
 * volume claims before the cluster, or their load balancers and volumes remain. If the destroy fails because EKS still
 * uses the node role, repeat it.
 *
 * EKS may recreate the log group with its last entries, and keeps a protected cluster that is active, even if its first
 * deployment fails later. Neither blocks the next deployment, because a new stack uses another name. Delete what
 * remains.
 *
 * Subnets of a network of this app are tagged for the load balancers of Kubernetes. Tag those of another network
 * yourself, with `kubernetes.io/role/elb` and `kubernetes.io/role/internal-elb`.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/automode.html
 */
export class KubernetesCluster extends Construct implements ec2.IConnectable {
  /** Name of the cluster. Unless it was given, a stack that uses it imports it: remove its use before the cluster. */
  public readonly clusterName: string;

  /** ARN of the cluster. */
  public readonly clusterArn: string;

  /** URL of the cluster's API endpoint. */
  public readonly clusterEndpoint: string;

  /** Certificate authority of the API endpoint, base64-encoded. */
  public readonly clusterCertificateAuthorityData: string;

  /** URL of the OpenID Connect issuer of service account tokens. */
  public readonly openIdConnectIssuerUrl: string;

  /** KMS key for envelope encryption of Kubernetes API data. */
  public readonly encryptionKey: kms.IKey;

  /** Role of the nodes. */
  public readonly nodeRole: iam.IRole;

  /** Log group of the control plane. */
  public readonly logGroup: logs.ILogGroup;

  /** Connections of the API endpoint and the nodes, on HTTPS by default. */
  public readonly connections: ec2.Connections;

  /** Command that configures `kubectl` for the cluster. */
  public readonly kubeconfigCommand: string;

  private readonly cluster: eks.CfnCluster;
  private readonly access: AccessEntries;

  /**
   * @throws if the network lacks the subnets, or a name, version or CIDR block is invalid
   */
  constructor(scope: Construct, id: string, props: KubernetesClusterProps) {
    super(scope, id);
    checkProps(this, 'KubernetesClusterProps', props);
    const { vpc, endpointAccess = EndpointAccess.PRIVATE, version = DEFAULT_VERSION } = props;
    const serviceIpv4Cidr = props.serviceIpv4Cidr ?? DEFAULT_SERVICE_CIDR;
    checkVersion(version);
    checkClusterName(props.clusterName);
    checkServiceCidr(serviceIpv4Cidr, vpc);
    watchNames(this);
    const profile = StageProfile.of(this);
    const removalPolicy = keepNamedOrDestroy(props.removalPolicy, profile.removalPolicy);
    const deletionProtection = props.deletionProtection ?? profile.deletionProtection;
    const subnets = inTwoZones(vpc, 'vpcSubnets', props.vpcSubnets ?? workloadSubnets(vpc));

    warnWithoutImages(this, vpc, subnets);

    const stack = Stack.of(this);
    const name = props.clusterName ?? uniqueName(this, this.node.path, 40);
    const ownKey = props.encryptionKey ? undefined : new kms.Key(this, 'Key', {
      description: `Encrypts what ${this.node.path} keeps`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(removalPolicy === RemovalPolicy.DESTROY ? 7 : 30),
      removalPolicy,
    });
    this.encryptionKey = props.encryptionKey ?? ownKey!;
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      logGroupName: `/aws/eks/${name}/cluster`,
      retention: props.logRetention ?? profile.logRetention,
      removalPolicy,
      encryptionKey: logKey(props.logEncryptionKey ?? ownKey, this),
    });
    const clusterRole = addClusterRole(this, removalPolicy);
    this.nodeRole = addNodeRole(this, removalPolicy);

    const publicAccessCidrs = endpointAccess._publicCidrs();
    const cluster = new eks.CfnCluster(this, 'Resource', {
      name,
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
    // CloudFormation replaces a cluster if the form of its encryption changes
    Validations.of(cluster).acknowledge({
      id: 'CloudFormation-Validate::W9009',
      reason: 'without the deprecated `resources`, clusters that exist would be replaced',
    });
    // older versions of the CDK lack this property
    cluster.addPropertyOverride('DeletionProtection', deletionProtection);
    // protected or not, EKS lets a cluster be deleted whose own creation fails, but not an active one:
    // https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html
    cluster.applyRemovalPolicy(removalPolicy);
    // otherwise EKS creates it, and its logs never expire
    createAfter(cluster, this.logGroup.node.defaultChild as logs.CfnLogGroup);
    if (publicAccessCidrs.length > 0) {
      accept(cluster, { rule: 'AwsSolutions-EKS1', reason: 'the endpoint is open to the named public addresses only' });
    }
    tagSubnets(vpc, subnets);

    this.cluster = cluster;
    this.clusterName = props.clusterName ?? cluster.ref;
    this.clusterArn = stack.formatArn({ service: 'eks', resource: 'cluster', resourceName: this.clusterName });
    this.kubeconfigCommand = `aws eks update-kubeconfig --region ${stack.region} --name ${this.clusterName}`;
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
   * Grants a role or user full access to the cluster.
   *
   * @param grantee a single role or user of the account, such as `prod.admin`
   * @throws if it is not a single role or user, but for example a service, an account or everybody
   */
  public grantAdmin(grantee: iam.IGrantable): iam.Grant {
    return this.grant('grantAdmin', grantee, 'AmazonEKSClusterAdminPolicy');
  }

  /**
   * Allows a role or user to view most resources in the cluster, but no secrets.
   *
   * @param grantee a single role or user of the account, such as `prod.readOnly`
   * @throws if it is not a single role or user, but for example a service, an account or everybody
   */
  public grantView(grantee: iam.IGrantable): iam.Grant {
    return this.grant('grantView', grantee, 'AmazonEKSViewPolicy');
  }

  /**
   * Defines a role for the pods of a service account, and for nothing else. Grant their AWS permissions to it.
   *
   * @param kubernetesNamespace namespace of the service account
   * @param serviceAccount name of the service account, which need not exist yet
   * @throws if a name is invalid, or the service account already has a role
   */
  public addPodIdentity(kubernetesNamespace: string, serviceAccount: string): iam.Role {
    return addPodIdentity(this, {
      clusterName: this.cluster.ref, clusterArn: this.clusterArn, kubernetesNamespace, serviceAccount,
    });
  }

  private grant(method: string, grantee: iam.IGrantable, policy: string): iam.Grant {
    this.access.add(method, grantee, policy);
    const identity = grantee.grantPrincipal as Partial<iam.IIdentity>;
    if (identity.attachInlinePolicy === undefined) {
      return this.letDescribe(grantee);
    }
    // a policy in the grantee's stack would need the name from this one, which needs the grantee's ARN; another cluster
    // may have the same id
    const kubeconfig = this.node.tryFindChild('Kubeconfig') as iam.Policy
      ?? new iam.Policy(this, 'Kubeconfig', { policyName: uniqueName(this, this.node.path, 100) });
    identity.attachInlinePolicy(kubeconfig);
    return this.letDescribe(kubeconfig);
  }

  private letDescribe(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions: ['eks:DescribeCluster'], resourceArns: [this.clusterArn] });
  }
}
