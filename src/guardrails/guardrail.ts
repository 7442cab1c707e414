import { RemovalPolicy, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { denyPurchases, protectAccountSettings, stayInOrganization } from './accounts';
import { told } from './controls';
import { protectBackups, protectData, requireEncryption, requireTls } from './data';
import { onlyDeployersDeploy, protectDeployment } from './deployments';
import { GuardrailConfig, GuardrailScope, IGuardrail } from './guardrail-interface';
import { denyIamUsers, denyLongLivedKeys, protectAccessRoles, protectIdentityProviders } from './identities';
import { allowedInstanceTypes, requireImdsv2 } from './instances';
import { confusedDeputyProtection, identityPerimeter, resourcePerimeter } from './perimeters';
import {
  denyExternalSharing, denyInternetGateways, denyPublicBuckets, denyPublicDatabases, denyPublicFunctions,
  denyPublicSnapshots,
} from './public-access';
import { protectDetection, protectTrails } from './records';
import { allowedRegions } from './regions';
import { denyRootUser } from './root-user';
import { allowedServices, quarantine, requiredTags } from './sandboxes';
import { StageProfile } from '../stage-profile';
import { checkOptions, checkValue, refuse } from '../support/options';
import { exempted } from '../support/principals';
import { accountIdProblem, regionProblem } from '../support/rules';

/**
 * Guardrails for `Guardrails`. Each says which deeds it stops, and which it lets pass.
 *
 * All apply to deployments, too, but where the description spares them: then the roles with which the CDK deploys the
 * stages and root bootstraps them, as the synthesizers of their stacks name them, and those of Control Tower and
 * StackSets. `PROTECT_DEPLOYMENT` prevents others from becoming these roles. Functions of custom resources have roles
 * of their own, and are not spared.
 */
export class Guardrail implements IGuardrail {
  /** Accounts neither leave the organization nor close themselves. Root can still remove and close them. */
  public static readonly STAY_IN_ORGANIZATION = Guardrail.ofOurs('stay-in-organization', stayInOrganization);

  /**
   * Nobody in an account changes its contacts and its name, or disables a region in it. In an account that administers
   * the accounts of the organization for root, that holds for their contacts and mail addresses, too.
   */
  public static readonly PROTECT_ACCOUNT_SETTINGS = Guardrail.ofOurs('protect-account-settings', protectAccountSettings);

  /**
   * Nobody buys reservations, savings plans, support plans, domains, or products of AWS Marketplace. Not a default
   * guardrail.
   */
  public static readonly DENY_PURCHASES = Guardrail.ofOurs('deny-purchases', denyPurchases);

  /** Root users do nothing, but the single tasks for which root opens a session of theirs. */
  public static readonly DENY_ROOT_USER = Guardrail.ofOurs('deny-root-user', denyRootUser);

  /** No IAM users, and no passwords of theirs: people are in root. */
  public static readonly DENY_IAM_USERS = Guardrail.ofOurs('deny-iam-users', denyIamUsers);

  /** No new access keys, and no other new credentials of IAM that do not expire. */
  public static readonly DENY_LONG_LIVED_KEYS = Guardrail.ofOurs('deny-long-lived-keys', denyLongLivedKeys);

  /**
   * Identity providers are created, changed and deleted by deployments only. Google, Facebook, Amazon and identity
   * pools of Cognito need no provider in IAM: a role that trusts one of these lets its users in.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
   */
  public static readonly PROTECT_IDENTITY_PROVIDERS = Guardrail.ofOurs(
    'protect-identity-providers', protectIdentityProviders);

  /** The roles `admin` and `readOnly` of stages are changed by deployments only. */
  public static readonly PROTECT_ACCESS_ROLES = Guardrail.ofOurs('protect-access-roles', protectAccessRoles);

  /**
   * The bootstrap and the stacks of the stages are changed by bootstraps and deployments of root only, and nobody in an
   * account assumes or passes on the roles that deploy. `protectDeployment` names pipelines that do.
   *
   * AWS has no condition for these, which pass: access points of S3 and registry policies of ECR, by which an
   * administrator lets others write assets, and StackSets of an account that administers them for the others.
   */
  public static readonly PROTECT_DEPLOYMENT = Guardrail.ofOurs('protect-deployment', scope => protectDeployment(scope));

  /**
   * The settings that block public access to S3 are changed by deployments only, and nobody gives a bucket or an object
   * a public canned access control list. The settings themselves are those of your buckets and accounts.
   */
  public static readonly DENY_PUBLIC_BUCKETS = Guardrail.ofOurs('deny-public-buckets', denyPublicBuckets);

  /** Snapshots of volumes are not shared with everybody, and what blocks that, for images too, is not switched off. */
  public static readonly DENY_PUBLIC_SNAPSHOTS = Guardrail.ofOurs('deny-public-snapshots', denyPublicSnapshots);

  /**
   * Databases of RDS are created without a public address. No policy can tell that one which exists is given such an
   * address, or that a request leaves it to AWS, which gives one in some networks with an internet gateway.
   */
  public static readonly DENY_PUBLIC_DATABASES = Guardrail.ofOurs('deny-public-databases', denyPublicDatabases);

  /** Functions of Lambda have no URL that everybody may call without signing in. */
  public static readonly DENY_PUBLIC_FUNCTIONS = Guardrail.ofOurs('deny-public-functions', denyPublicFunctions);

  /** AWS Resource Access Manager shares nothing outside of the organization. */
  public static readonly DENY_EXTERNAL_SHARING = Guardrail.ofOurs('deny-external-sharing', denyExternalSharing);

  /**
   * Internet gateways, peering connections and default networks are created by deployments only. Not a default
   * guardrail.
   */
  public static readonly DENY_INTERNET_GATEWAYS = Guardrail.ofOurs('deny-internet-gateways', denyInternetGateways);

  /**
   * Instances of EC2 are run with IMDSv2 only, and credentials that came by IMDSv1 are of no use. What AWS runs by its
   * service-linked roles, such as Spot fleets, is not bound.
   */
  public static readonly REQUIRE_IMDSV2 = Guardrail.ofOurs('require-imdsv2', requireImdsv2);

  /**
   * Volumes, file systems and clusters of RDS are created encrypted, and encryption by default is not switched off. No
   * policy can tell whether a single instance of RDS is, or what is restored from a snapshot.
   */
  public static readonly REQUIRE_ENCRYPTION = Guardrail.ofOurs('require-encryption', requireEncryption);

  /** Requests to S3, SQS, KMS, Secrets Manager and STS are encrypted in transit, whoever makes them. */
  public static readonly REQUIRE_TLS = Guardrail.ofOurs('require-tls', requireTls);

  /** Trails, and data stores of CloudTrail Lake, are changed, stopped and deleted by deployments only. */
  public static readonly PROTECT_TRAILS = Guardrail.ofOurs('protect-trails', protectTrails);

  /**
   * GuardDuty, Security Hub, AWS Config, Access Analyzer, Inspector, Macie and Detective are switched off, and their
   * findings hidden, by deployments only: in each account, and for others in the account that administers them.
   */
  public static readonly PROTECT_DETECTION = Guardrail.ofOurs('protect-detection', protectDetection);

  /**
   * Keys, and vaults and plans of backups, are deleted and changed by deployments only, and logs deleted. For how long
   * logs are kept is left to those who set it, such as agents. A default guardrail of stages whose profile retains
   * data.
   */
  public static readonly PROTECT_DATA = Guardrail.ofOurs('protect-data', protectData);

  /**
   * Snapshots and backups are deleted by deployments only. Not a default guardrail: except the roles with which AWS
   * Backup and Data Lifecycle Manager delete what has expired, and protect these roles.
   */
  public static readonly PROTECT_BACKUPS = Guardrail.ofOurs('protect-backups', protectBackups);

  /** AWS services reach data of the accounts only on behalf of accounts of the organization. */
  public static readonly CONFUSED_DEPUTY_PROTECTION = Guardrail.ofOurs('confused-deputy-protection',
    ({ management }) => confusedDeputyProtection(management.organizationId));

  /**
   * Principals of the accounts write no data to buckets, queues, tables, streams and keys outside of the
   * organization. Not a default guardrail.
   */
  public static readonly RESOURCE_PERIMETER = Guardrail.ofOurs('resource-perimeter',
    ({ management }) => resourcePerimeter(management.organizationId));

  /**
   * Nobody of an account does anything, but the role that bootstraps it. For accounts to be closed, or that were broken
   * into. Others still reach what policies of its resources open to them.
   */
  public static readonly QUARANTINE = Guardrail.ofOurs('quarantine', quarantine);

  /** The guardrails that `Guardrails` includes by default on the whole organization. */
  public static defaults(): IGuardrail[] {
    return [
      Guardrail.STAY_IN_ORGANIZATION, Guardrail.PROTECT_ACCOUNT_SETTINGS, Guardrail.DENY_ROOT_USER,
      Guardrail.DENY_IAM_USERS, Guardrail.DENY_LONG_LIVED_KEYS, Guardrail.PROTECT_IDENTITY_PROVIDERS,
      Guardrail.PROTECT_ACCESS_ROLES, Guardrail.PROTECT_DEPLOYMENT, Guardrail.DENY_PUBLIC_BUCKETS,
      Guardrail.DENY_PUBLIC_SNAPSHOTS, Guardrail.DENY_PUBLIC_DATABASES, Guardrail.DENY_PUBLIC_FUNCTIONS,
      Guardrail.DENY_EXTERNAL_SHARING, Guardrail.REQUIRE_IMDSV2, Guardrail.REQUIRE_ENCRYPTION, Guardrail.PROTECT_TRAILS,
      Guardrail.PROTECT_DETECTION, Guardrail.REQUIRE_TLS, Guardrail.CONFUSED_DEPUTY_PROTECTION,
    ];
  }

  /**
   * The guardrails that `Guardrails` on the whole organization includes by default on stages with a profile:
   * `PROTECT_DATA` if the profile retains data.
   *
   * @param profile profile of a stage
   */
  public static defaultsOf(profile: StageProfile): IGuardrail[] {
    return profile.removalPolicy === RemovalPolicy.DESTROY ? [] : [Guardrail.PROTECT_DATA];
  }

  /**
   * Nothing is done in other regions than these, but by services that have one for all, such as IAM and CloudFront.
   * Keys of KMS and firewalls of AWS WAF are spared in all regions, as some requests of global services need them
   * elsewhere. A model of Bedrock that answers from several regions needs all of them.
   *
   * @param regions such as `eu-west-1`: at least the home region, every region with a stack of a
   * stage, and `bootstrapRegions`
   * @throws if there is none, or one is not a region
   */
  public static allowedRegions(regions: string[]): IGuardrail {
    checkSome('regions', regions, 'string', region => regionProblem('regions', region));
    return Guardrail.ofOurs('allowed-regions', scope => allowedRegions(regions, scope));
  }

  /**
   * Only these services, and those that signing in and deploying needs. For sandboxes.
   *
   * @param services prefixes of actions, such as `dynamodb`
   * @throws if there is none, or one is not a prefix
   */
  public static allowedServices(services: string[]): IGuardrail {
    checkSome('services', services, 'string', service => /^[a-z0-9-]+$/.test(service) ? []
      : [`services has '${service}': give prefixes of actions, such as 'dynamodb'`]);
    return Guardrail.ofOurs('allowed-services', scope => allowedServices(services, scope));
  }

  /**
   * Only instances of EC2 of these types.
   *
   * @param types such as `t3.micro`, or `t3.*` for all sizes
   * @throws if there is none, or one is not a type
   */
  public static allowedInstanceTypes(types: string[]): IGuardrail {
    checkSome('types', types, 'string', type => /^[a-z0-9*-]+\.[a-z0-9*-]+$/.test(type) ? []
      : [`types has '${type}': give types of instances, such as 't3.micro' or 't3.*'`]);
    return Guardrail.ofOurs('allowed-instance-types', () => allowedInstanceTypes(types));
  }

  /**
   * Tables, volumes, instances, services, file systems, functions, databases, topics and queues are created with these
   * tags, whatever their values.
   *
   * @param keys keys of tags, such as `team`
   * @throws if there is none, or one is not a key
   */
  public static requiredTags(keys: string[]): IGuardrail {
    checkSome('keys', keys, 'string', key => /^(?!aws:)[\w .:/=+@-]{1,128}$/i.test(key) ? []
      : [`keys has '${key}': give keys of tags, 1 to 128 letters, digits, spaces and _.:/=+-@, which do not begin with 'aws:'`]);
    return Guardrail.ofOurs('required-tags', () => requiredTags(keys));
  }

  /**
   * Only principals of the organization and AWS services reach the data of its accounts in S3, SQS, KMS, Secrets
   * Manager, DynamoDB, ECR and CloudWatch Logs, and assume their roles, whatever the policies there say. In older
   * regions load balancers write their logs as an account of AWS: name it in `trustedAccounts`. Of roles it limits
   * `sts:AssumeRole`, not who signs in with an identity provider, by SAML or as a web identity.
   *
   * @param trustedAccounts IDs of accounts outside of the organization whose principals do so, too
   * @throws if one is not an account ID
   */
  public static identityPerimeter(trustedAccounts: string[] = []): IGuardrail {
    checkValue('trustedAccounts', trustedAccounts, 'string[]');
    refuse(trustedAccounts.flatMap(account => accountIdProblem('trustedAccounts', account)));
    return Guardrail.ofOurs('identity-perimeter', ({ management }) => identityPerimeter(management.organizationId, trustedAccounts));
  }

  /**
   * The same as `PROTECT_DEPLOYMENT`, which it replaces, with pipelines that deploy from inside of their account.
   * Whoever may start a pipeline's build with commands of their own, such as a `buildspecOverride` of CodeBuild,
   * deploys by it: put a pipeline into an account of its own.
   *
   * @param pipelines roles and users that assume the roles that deploy
   * @throws if there is none, or one is not a single role or user
   */
  public static protectDeployment(pipelines: iam.IGrantable[]): IGuardrail {
    checkSome('pipelines', pipelines, 'IGrantable');
    const arns = pipelines.map(pipeline => exempted('pipelines', pipeline));
    return Guardrail.ofOurs('protect-deployment', scope => protectDeployment(scope, arns));
  }

  /**
   * Only these principals assume the roles with which the CDK deploys in the accounts and root bootstraps them, such as
   * `OrganizationAccountAccessRole`: no other administrator of root. Inside of the accounts, `PROTECT_DEPLOYMENT`
   * prevents who is not named here from getting around it. A session of a role carries no MFA, so have the
   * deployers' roles ask for it. A pipeline inside of an account is named in `protectDeployment`, too. Whoever may
   * start one with commands of their own deploys by it, so give it an account of its own.
   *
   * @param deployers roles and users of root, and those of pipelines inside of the accounts
   * @throws if there is none, or one is not a single role or user
   */
  public static onlyDeployersDeploy(deployers: iam.IGrantable[]): IGuardrail {
    checkSome('deployers', deployers, 'IGrantable');
    const arns = deployers.map(deployer => exempted('deployers', deployer));
    return Guardrail.ofOurs('only-deployers-deploy', scope => onlyDeployersDeploy(arns, scope));
  }

  /**
   * A guardrail of your own, the same in every organization. One with the name of a default guardrail replaces it.
   *
   * @param name such as `deny-notebooks`, unique in an organization: with the name of a default one, it replaces that
   * @param config its statements, and the deeds that it stops and lets pass
   * @throws if the name has other characters than lower-case letters, digits and hyphens, or an option is wrong
   */
  public static of(name: string, config: GuardrailConfig): IGuardrail {
    checkValue('name', name, 'string');
    if (!Token.isUnresolved(name) && !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
      throw new Error(`name '${name}' of a guardrail is not valid: give lower-case letters, digits and single hyphens, starting with a letter`);
    }
    checkOptions('GuardrailConfig', config, ` of guardrail '${name}'`);
    return new Guardrail(name, () => config);
  }

  private static ofOurs(name: string, config: (scope: GuardrailScope) => GuardrailConfig): IGuardrail {
    return new Guardrail(name, scope => ({ ...config(scope), ...told(name) }));
  }

  private constructor(
    /** Name, unique in an organization. */
    public readonly guardrailName: string,
    private readonly config: (scope: GuardrailScope) => GuardrailConfig,
  ) {}

  /**
   * Called once for each `Guardrails` that has it.
   *
   * @param scope organization that gets it, and which of its accounts
   */
  public bind(scope: GuardrailScope): GuardrailConfig {
    return this.config(scope);
  }
}

function checkSome<T>(
  property: string, values: T[], kind: string, problemsOf: (value: T) => string[] = () => [],
): void {
  checkValue(property, values, `${kind}[]`);
  if (values.length === 0) {
    throw new Error(`${property} is empty: name at least one`);
  }
  refuse(values.flatMap(problemsOf));
}

