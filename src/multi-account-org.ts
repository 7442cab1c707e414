import { Aspects, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';
import { AuditTrail, AuditTrailOptions } from './audit-trail';
import { AuditTrailBucket } from './audit-trail-bucket';
import { Domain, DomainOptions, IDomain } from './domain';
import { AuditAccountSeal } from './organization/audit-account-seal';
import { AccountRemoval } from './organization/member-account';
import { OwnedOrganization } from './organization/owned-organization';
import { OrganizationSource } from './organization-source';
import { GroupOptions, People, UserOptions } from './people';
import { NotDeployableYet } from './private/account-lookup';
import { addressClaims, AddressPlan, overlapProblems, plannedAddresses } from './private/address-plan';
import { parseBlock } from './private/cidr';
import { domainNameProblem } from './private/domain-names';
import { OrgClaim, orgProblems, problemsBetweenOrgs, RESERVED, StageClaim } from './private/org-problems';
import {
  accountIdProblem, namespaceProblem, NO_ACCOUNT, organizationalUnitProblem, regionProblem, stageNameProblem,
} from './private/rules';
import { given, stageClaim } from './private/stage-claim';
import type { Network } from './services/network';
import { StageAccount } from './stage-account';
import { StageOptions } from './stage-options';
import { StageProfile } from './stage-profile';

/** What an organization is. */
export interface MultiAccountOrgProps {
  /** The management account, or the account that acts as root where we do not own it: 12 digits, no token. */
  readonly managementAccountId: string;

  /** The region of root's stacks, and of every stage that names none. */
  readonly homeRegion: string;

  /**
   * The e-mail address that those of new accounts are made of, by plus-addressing.
   *
   * @default - every stage that gets a new account has an `email` of its own
   */
  readonly email?: string;

  /**
   * Where the organization comes from.
   *
   * @default OrganizationSource.create()
   */
  readonly organization?: OrganizationSource;

  /**
   * What the names begin with that two accounts have to agree on: 1 to 24 lower-case letters, digits and hyphens. It
   * cannot be changed later: everything would be another thing.
   *
   * @default - the id
   */
  readonly namespace?: string;

  /**
   * Organizational units that exist, by their path, such as `workloads`: ids like `ou-a1b2-c3d4e5f6`. They are used as
   * they are.
   *
   * @default - every organizational unit is created
   */
  readonly existingOrganizationalUnits?: { [path: string]: string };

  /**
   * The regions in which new accounts are prepared for the CDK. A region that is taken out again loses that.
   *
   * @default - the home region, those of the stages, and those of their stacks
   */
  readonly bootstrapRegions?: string[];

  /**
   * What CloudFormation may do in new accounts when root deploys to them.
   *
   * @default - AdministratorAccess
   */
  readonly bootstrapExecutionPolicies?: iam.IManagedPolicy[];

  /**
   * The addresses that the stages share out among themselves by their `addressIndex`.
   *
   * @default '10.0.0.0/8'
   */
  readonly addressPool?: string;

  /**
   * How large the block of one stage is, 16 to 28. With the pool `10.0.0.0/8` and 16, there are 256 blocks.
   *
   * @default 16
   */
  readonly stagePrefixLength?: number;

  /**
   * Which block of the pool root gets, from 0, if it has a network.
   *
   * @default - none
   */
  readonly rootAddressIndex?: number;
}

/**
 * Defines an organization of one account per stage: root, where the organization and the people are, and any others.
 *
 * Accounts, organizational units and the organization are retained when they are removed from the code. All input is
 * checked when the app is synthesized, and all that is wrong is told together.
 */
export class MultiAccountOrg extends Construct {
  /** Whether a construct is a `MultiAccountOrg`, also one of another copy of this library. */
  public static isMultiAccountOrg(construct: IConstruct): construct is MultiAccountOrg {
    return MULTI_ACCOUNT_ORG in construct;
  }

  /** The stage of the management account, or of the account that acts as root. */
  public readonly root: StageAccount;

  /** What the names begin with that two accounts have to agree on. */
  public readonly namespace: string;

  private readonly source: OrganizationSource;
  private readonly added: StageAccount[] = [];
  private readonly claims: StageClaim[] = [];
  private readonly owned?: OwnedOrganization;
  private people?: People;
  private auditTrail?: AuditTrail;
  private dns?: Stack;

  constructor(scope: Construct, id: string, private readonly props: MultiAccountOrgProps) {
    super(scope, id);
    Object.defineProperty(this, MULTI_ACCOUNT_ORG, { value: true });
    this.source = props.organization ?? OrganizationSource.create();
    // what is wrong is told at synth, all of it: until then something valid stands in its place
    this.namespace = validOr(props.namespace ?? id, value => namespaceProblem('', value), 'invalid');
    this.root = this.defineStage('root', props.managementAccountId, {
      profile: StageProfile.ROOT, addressIndex: props.rootAddressIndex,
    });
    this.owned = !this.source._ownsManagementAccount ? undefined : new OwnedOrganization(this.root, {
      source: this.source,
      existingOrganizationalUnits: props.existingOrganizationalUnits ?? {},
      bootstrapRegions: () => props.bootstrapRegions ?? this.regions(),
      bootstrapExecutionPolicies: props.bootstrapExecutionPolicies
        ?? [iam.ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')],
    });

    // root is synthesized first, and tells what is wrong with all stages
    [this, this.root].forEach(({ node }) => node.addValidation({ validate: () => this.problems() }));
  }

  /** The stages other than root, in the order in which they were added. */
  public get stages(): StageAccount[] {
    return [...this.added];
  }

  /**
   * Adds a stage: an account of its own, new or existing.
   *
   * @param id the name of the stage: 1 to 24 lower-case letters, digits and hyphens. It becomes part of names, and the
   * logical ids of the account depend on it and on nothing else
   */
  public addStage(id: string, options: StageOptions = {}): StageAccount {
    const claim = stageClaim(id, options, this.orgClaim());
    const stageId = this.freeId(validOr(id, stageNameProblem, 'invalid'));

    const found = claim.email === undefined ? undefined : this.owned?.createAccount({
      stageName: stageId,
      accountName: claim.accountName!,
      email: claim.email,
      organizationalUnit: validOr(claim.organizationalUnit, unit => organizationalUnitProblem('', unit), undefined),
      removal: options.accountRemoval ?? AccountRemoval.RETAIN,
    });
    this.claims.push({ ...claim, foundAccountId: found });
    const stage = this.defineStage(stageId, claim.accountId ?? found, options);
    if (claim.email !== undefined && found === undefined) {
      stage._waitForAccount(this.notThereYet(id));
    }
    this.added.push(stage);
    this.auditTrail?.cover(stage);
    return stage;
  }

  /**
   * Records what is done in every account, into one bucket in the account of a stage.
   *
   * With the management account, one trail of the organization records all accounts. Otherwise each account has its
   * own.
   *
   * @throws if the organization has a trail already, or the stage is root's or another organization's, or a seal is
   * asked for without the management account
   */
  public addAuditTrail(options: AuditTrailOptions): AuditTrailBucket {
    const { storedIn } = options;
    if (this.auditTrail) {
      throw new Error(`'${this.node.path}' has an audit trail already, stored in '${this.auditTrail.storedIn.node.id}': add one`);
    }
    if (!this.added.includes(storedIn)) {
      throw new Error(`storedIn '${storedIn.node.path}' is not a stage added to '${this.node.path}': give one, such as audit`);
    }
    if (!this.owned && options.auditAccountSeal !== undefined) {
      throw new Error(`auditAccountSeal ${options.auditAccountSeal} would be ignored, because without the management account `
        + 'there are no policies of the organization: leave it out');
    }
    this.auditTrail = new AuditTrail(this, 'audit-trail', {
      ...options,
      root: this.root,
      organization: this.owned && { id: this.source._existing?.organizationId },
    });
    this.owned?.prepareAudit(storedIn, options.auditAccountSeal ?? AuditAccountSeal.ROOT_DEPLOYS_ONLY);
    this.added.forEach(stage => this.auditTrail!.cover(stage));
    if (storedIn.accountId === NO_ACCOUNT) {
      Aspects.of(this.auditTrail).add(new NotDeployableYet(this.notThereYet(storedIn.node.id)));
    }
    return this.auditTrail.bucket;
  }

  /**
   * Adds a domain: its zone in root, and in each named stage a zone of `<stage>.<domain>` that it delegates to.
   *
   * Root comes first: `<org>/root/organization` deploys its zone, and what each stage needs to enter its own name
   * servers there. Without the management account, deploy `<org>/root/*` before the stages.
   *
   * @param domainName such as `acme.example`, in lower case
   * @throws if it is not a domain, or the organization has it already, or a stage is another organization's or named
   * twice
   */
  public addDomain(domainName: string, options: DomainOptions): IDomain {
    const stages = [this.root, ...this.added];
    const strangers = options.stages.filter((stage, index) =>
      !stages.includes(stage) || options.stages.indexOf(stage) < index);
    const problems = [
      ...domainNameProblem('domainName', domainName),
      ...strangers.map(({ node }) => `stage '${node.path}' is named twice, or is none of '${this.node.path}': name each of its stages once`),
      ...this.dns?.node.tryFindChild(domainName)
        ? [`domain '${domainName}' is there already: name all its stages in one addDomain`] : [],
    ];
    if (problems.length > 0) {
      throw new Error(problems.join('; '));
    }
    this.dns ??= new Stack(this.root, 'dns', { description: 'The domains, and which stage may delegate which part to itself' });
    this.owned?.deployWith(this.dns, options.stages);
    return new Domain(this.dns, {
      ...options,
      root: this.root,
      domainName,
      accountOf: stage => this.owned?.accountReference(stage) ?? stage.accountId,
    });
  }

  /**
   * Adds a group of people in root.
   *
   * @throws if there is a group of that id or name already, or the roles that it may assume do not fit its policy
   */
  public addGroup(id: string, options: GroupOptions = {}): iam.Group {
    return this.peopleStack().addGroup(id, options);
  }

  /**
   * Adds a person as a user of root: able to sign in and to look after their own password, keys and devices, and
   * without multi-factor authentication to do nothing else. The first password is in Secrets Manager of root.
   *
   * @throws if there is a user of that id or name already, or the groups are more than AWS takes
   */
  public addUser(id: string, options: UserOptions = {}): iam.User {
    return this.peopleStack().addUser(id, options);
  }

  private defineStage(id: string, accountId: string | undefined, options: StageOptions): StageAccount {
    return new StageAccount(this, id, {
      ...options,
      ...plannedAddresses(this.addressPlan, options.region ?? this.props.homeRegion, options),
      accountId: validOr(accountId ?? NO_ACCOUNT, value => accountIdProblem('', value), NO_ACCOUNT),
      rootAccountId: validOr(this.props.managementAccountId, value => accountIdProblem('', value), '999999999999'),
      region: validOr(options.region ?? this.props.homeRegion, value => regionProblem('', value), 'us-east-1'),
      namespace: this.namespace,
    });
  }

  private get addressPlan(): AddressPlan {
    const { addressPool = '10.0.0.0/8', stagePrefixLength = 16 } = this.props;
    return { addressPool, stagePrefixLength };
  }

  /** Where anything of this organization is deployed to. */
  private regions(): string[] {
    const stacks = this.added.flatMap(({ node }) => node.findAll().filter(Stack.isStack));
    const regions = [this.root, ...this.added, ...stacks].map(({ region }) => region!);
    return [...new Set(regions.filter(region => !Token.isUnresolved(region)))];
  }

  private peopleStack(): People {
    return this.people ??= new People(this.root);
  }

  /** A name that is taken is told at synth; until then the stage needs another. */
  private freeId(name: string): string {
    let id = name;
    for (let number = 2; RESERVED.includes(id) || this.node.tryFindChild(id); number++) {
      id = `stage-${number}`;
    }
    return id;
  }

  private notThereYet(name: string): string {
    return `account '${name}' does not exist yet: deploy '${this.root.node.path}/organization' first`;
  }

  private orgClaim(): OrgClaim {
    return {
      ...this.props,
      namespace: this.props.namespace ?? this.node.id,
      existingOrganization: this.source._existing,
      existingOrganizationalUnits: this.props.existingOrganizationalUnits ?? {},
      useless: given({
        email: this.props.email,
        existingOrganizationalUnits: this.props.existingOrganizationalUnits,
        bootstrapRegions: this.props.bootstrapRegions,
        bootstrapExecutionPolicies: this.props.bootstrapExecutionPolicies,
      }),
      ownsManagementAccount: this.source._ownsManagementAccount,
      sharesOneAccount: this.source._sharesOneAccount,
      stages: this.claims,
      addressPlan: this.addressPlan,
      rootAddresses: addressClaims({ addressIndex: this.props.rootAddressIndex }),
    };
  }

  private problems(): string[] {
    const orgs = this.node.root.node.findAll().filter(MultiAccountOrg.isMultiAccountOrg);
    const networks = [this.root, ...this.added].flatMap(({ node }) => node.findAll().filter(isNetwork));
    return [
      ...orgProblems(this.orgClaim()),
      ...overlapProblems(networks.map(({ node, cidr }) => ({ owner: `network '${node.path}'`, block: parseBlock(cidr)! }))),
      ...problemsBetweenOrgs(orgs.map(org => ({ path: org.node.path, claim: org.orgClaim() }))),
    ];
  }
}

const MULTI_ACCOUNT_ORG = Symbol.for('cdk-multi-account-org.MultiAccountOrg');

/** As `Network` says it itself, which is not loaded as long as there is none. */
function isNetwork(construct: IConstruct): construct is Network {
  return Symbol.for('cdk-multi-account-org.Network') in construct;
}

function validOr<T extends string | undefined>(value: T, problems: (value: string) => string[], fallback: T): T {
  return value === undefined || problems(value).length === 0 ? value : fallback;
}
