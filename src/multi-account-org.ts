import { Stack, Stage } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct, IValidation } from 'constructs';
import { AddressPlan, NetworkClaim, networkProblems, plannedAddresses, StageBlock } from './address-plan';
import { AuditTrail, AuditTrailProps, IAuditTrail } from './audit-trail/audit-trail';
import { Domain, DomainOptions, IDomain } from './domains/domain';
import { Bootstrap } from './organization/bootstrap';
import { factProblems, literalFacts, roleFacts, stageFacts, writeFacts } from './organization/facts';
import { Management } from './organization/management';
import { AccountRemoval } from './organization/member-account';
import { IFacts, IManagement, IOrganization, IStageVisitor, Organization } from './organization/organization';
import { OrganizationSource } from './organization/organization-source';
import { forgetReport, holdBack } from './organization/placeholders';
import { OrgClaim, orgProblems, problemsBetweenOrgs, RESERVED, StageClaim } from './organization/problems';
import { accountTagProblems, organizationalUnitProblem, roleNameProblem } from './organization/rules';
import { nameProblems, placedStacks, stackProblems, stackRegionProblems } from './organization/stacks';
import { given, stageClaim } from './organization/stage-claim';
import { StageOptions } from './organization/stage-options';
import { GroupOptions, People, UserOptions } from './people/people';
import { IPeopleGroup, IPeopleUser } from './people/people-directory';
import type { INetwork } from './services/network/network';
import { StageAccess } from './stage-access';
import { StageAccount } from './stage-account';
import { StageAddresses } from './stage-addresses';
import { StageProfile } from './stage-profile';
import { watchNames } from './support/name-collisions';
import { readOptions, shown } from './support/options';
import { accountIdProblem, namespaceProblem, NO_ACCOUNT, regionProblem, stageNameProblem } from './support/rules';
import { kindOf, tellWhoseNames } from './support/taken-names';

/** Properties of a `MultiAccountOrg`. */
export interface MultiAccountOrgProps {
  /** ID of the management account, or of the account that acts as root if you do not own it: 12 digits, no token. */
  readonly managementAccountId: string;

  /** Region of the root stage, and default region of all other stages. */
  readonly homeRegion: string;

  /**
   * Base e-mail address of new accounts: `aws@acme.example` becomes `aws+prod@acme.example` for stage `prod`.
   *
   * @default - every stage with a new account needs an `email` of its own
   */
  readonly email?: string;

  /**
   * Source of the organization: a new or existing one, member accounts only, or a single account.
   *
   * @default OrganizationSource.create()
   */
  readonly organization?: OrganizationSource;

  /**
   * Prefix of all names shared between accounts: 1 to 24 lower-case letters, digits and hyphens. It cannot start with
   * `aws`, `ssm`, `sthree` or `amzn-s3-demo`, which AWS reserves. It cannot be changed later, because that would
   * replace everything.
   *
   * @default - the construct ID
   */
  readonly namespace?: string;

  /**
   * Existing organizational units, which are used as they are: IDs such as `ou-a1b2-c3d4e5f6` by path, such as
   * `workloads`.
   *
   * @default - all organizational units are created
   */
  readonly existingOrganizationalUnits?: { [path: string]: string };

  /**
   * Regions in which accounts are bootstrapped besides those of their own stacks. Removing a region from the list
   * leaves the bootstrap stacks there.
   *
   * @default - the region of each stage, and the regions of its stacks
   */
  readonly bootstrapRegions?: string[];

  /**
   * Confirmation that the opt-in regions in use, such as `eu-central-2`, are enabled in all accounts that are created.
   * They are off in a new account, and enabling one can take hours: deploy the stacks of the accounts first, such as
   * `acme/root/account-prod`, enable the regions there, then deploy the rest.
   *
   * @default - opt-in regions are an error for stages with a new account
   */
  readonly regionsAreEnabled?: boolean;

  /**
   * Managed policies of the role with which CloudFormation deploys to the accounts that are bootstrapped.
   *
   * @default - AdministratorAccess
   */
  readonly bootstrapExecutionPolicies?: iam.IManagedPolicy[];

  /**
   * Addresses that the stages share out among themselves by `StageAddresses.index`.
   *
   * @default '10.0.0.0/8'
   */
  readonly addressPool?: string;

  /**
   * Size of the block of one stage, 16 to 28. With the pool `10.0.0.0/8` and 16, there are 256 blocks.
   *
   * @default 16
   */
  readonly stagePrefixLength?: number;

  /**
   * Addresses of root's networks, such as `StageAddresses.index(0)`.
   *
   * @default - none: a network of root names its own
   */
  readonly rootAddresses?: StageAddresses;
}

/**
 * Defines an organization with one account per stage. The root stage contains the organization and its users.
 *
 * Accounts, organizational units and the organization are retained when they are removed from the code. All input is
 * validated at synthesis, and all problems are reported in one error: options that do not exist, too.
 */
export class MultiAccountOrg extends Construct implements IOrganization {
  /** Returns whether a construct is a `MultiAccountOrg`, including one from another copy of this library. */
  public static isMultiAccountOrg(construct: IConstruct): construct is MultiAccountOrg {
    return MULTI_ACCOUNT_ORG in construct;
  }

  public readonly root: StageAccount;
  public readonly namespace: string;
  public readonly management?: IManagement;

  private readonly source: OrganizationSource;
  private readonly added: StageAccount[] = [];
  private readonly claims: StageClaim[] = [];
  private readonly waiting = new Set<StageAccount>();
  private readonly visitors: IStageVisitor[] = [];
  private readonly validations: IValidation[] = [];
  private readonly factSources: IFacts[] = [];
  private readonly owned?: Management;
  private readonly props: Partial<MultiAccountOrgProps>;
  private readonly optionProblems: string[];
  private bootstrap?: Bootstrap;

  /** @throws if the scope is in a stack or in an organization */
  constructor(scope: Construct, id: string, props: MultiAccountOrgProps) {
    super(placeOf(scope, id), id);
    Object.defineProperty(this, MULTI_ACCOUNT_ORG, { value: true });
    Organization._mark(this);
    tellWhoseNames(this);
    // all problems are reported together at synthesis; until then, a valid value replaces an invalid one
    const { options, problems, unknownOptions } = readOptions('MultiAccountOrgProps', props);
    this.props = options;
    this.source = options.organization ?? OrganizationSource.create();
    this.optionProblems = [...unknownOptions, ...problems, ...this.source._problems];
    this.namespace = validOr(options.namespace ?? id, value => namespaceProblem('', value), 'invalid');
    this.root = this.defineStage('root', options.managementAccountId, {
      profile: StageProfile.ROOT, addresses: options.rootAddresses,
    });
    this.owned = !this.source._ownsManagementAccount ? undefined : new Management(this, {
      source: this.source,
      existingOrganizationalUnits: options.existingOrganizationalUnits ?? {},
    });
    this.management = this.owned;
    this.addFacts({ facts: () => [...stageFacts(this, this.claims, this.source), ...roleFacts(this)] });

    // root is synthesized first, and reports the problems of all stages
    this.root.node.addValidation({ validate: () => this.problems() });
    this.root.node.addValidation({ validate: () => this.complete() });
    watchNames(this, this.root);
    holdBack(this, this.waiting);
    this.root.node.addValidation({ validate: () => { holdBack(this, this.waiting); return []; } });
    this.node.addValidation({ validate: () => this.tell() });
  }

  public get stages(): StageAccount[] {
    return [...this.added];
  }

  /**
   * All `Stage`s with stacks: root, the stages, the audit trail, and any `Stage` nested in them. Aspects and tags do
   * not cross a `Stage`, so apply them to each of these.
   */
  public get allStages(): Stage[] {
    return this.node.findAll().filter(Stage.isStage);
  }

  /**
   * Adds a stage with an account of its own, new or existing.
   *
   * @param id name of the stage: 1 to 24 lower-case letters, digits and hyphens. It becomes part of names, and the
   * logical IDs of the account depend only on it
   */
  public addStage(id: string, options: StageOptions = {}): StageAccount {
    const name = typeof id === 'string' ? id : this.freeId('stage-1');
    const unnamed = typeof id === 'string' ? [] : [`name of a stage is ${shown(id)}: give a string, such as 'prod'`];
    const { options: asked, problems, unknownOptions } = readOptions('StageOptions', options, ` of stage '${name}'`);
    const claim = stageClaim(name, asked, [...unnamed, ...unknownOptions, ...problems], this.claim);
    const other = this.node.tryFindChild(name);
    const takenBy = other && !StageAccount.isStageAccount(other) ? kindOf(other) : undefined;
    const stageId = this.freeId(validOr(name, stageNameProblem, 'invalid'));

    const organizationalUnit = validOr(claim.organizationalUnit, unit => organizationalUnitProblem('', unit), undefined);
    const tags = accountTagProblems('', claim.accountTags ?? {}).length === 0 ? claim.accountTags ?? {} : {};
    const found = claim.email === undefined ? undefined : this.owned?.createAccount({
      stageName: stageId,
      accountName: claim.accountName!,
      email: claim.email,
      organizationalUnit,
      tags,
      roleName: validOr(asked.bootstrapRoleName, role => roleNameProblem('', role), undefined),
      removal: asked.accountRemoval ?? AccountRemoval.RETAIN,
    });
    if (claim.accountId !== undefined && accountIdProblem('', claim.accountId).length === 0) {
      this.owned?.adoptAccount({ stageName: stageId, accountId: claim.accountId, organizationalUnit, tags });
    }
    this.claims.push({ ...claim, foundAccountId: found, takenBy });
    const stage = this.defineStage(stageId, claim.accountId ?? found, {
      ...asked, bootstrapRoleName: claim.bootstrapRoleName,
    });
    if (claim.email !== undefined && found === undefined) {
      this.waiting.add(stage);
    }
    this.added.push(stage);
    if (stage.bootstrapRoleName !== undefined) {
      this.bootstrap ??= this.defineBootstrap();
      this.bootstrap.add(stage, claim.email !== undefined);
    }
    this.visitors.forEach(visitor => visitor.visit(stage));
    return stage;
  }

  /**
   * Adds an `AuditTrail`: all accounts record their CloudTrail events in one bucket in the account of a stage.
   *
   * @throws if the organization already has a trail, if the stage is root or belongs to another organization, or if a
   * seal is requested without the management account
   */
  public addAuditTrail(props: AuditTrailProps): IAuditTrail {
    return new AuditTrail(this, 'audit-trail', props);
  }

  /**
   * Adds a `Domain`: a hosted zone in root that delegates `<stage>.<domain>` to a hosted zone in each named stage.
   *
   * @param domainName in lower case, such as `acme.example`
   * @throws if the name is not a domain name or is already added, or if a stage belongs to another organization or is
   * named twice
   */
  public addDomain(domainName: string, options: DomainOptions): IDomain {
    return new Domain(this, domainName, { ...options, domainName });
  }

  /**
   * Adds a group to the `People` of the organization.
   *
   * @throws if the ID or name is already taken. Synthesis fails if the roles in `canAssume` do not fit into the ten
   * managed policies that a group may have
   */
  public addGroup(id: string, options: GroupOptions = {}): IPeopleGroup {
    return People.of(this).addGroup(id, options);
  }

  /**
   * Adds a user to the `People` of the organization. Without multi-factor authentication, users can only manage their
   * own password and MFA device. The initial password is stored in Secrets Manager of root.
   *
   * @throws if the ID or name is already taken, or if there are more groups than IAM allows
   */
  public addUser(id: string, options: UserOptions = {}): IPeopleUser {
    return People.of(this).addUser(id, options);
  }

  public visitStages(visitor: IStageVisitor): void {
    this.added.forEach(stage => visitor.visit(stage));
    this.visitors.push(visitor);
  }

  public addValidation(validation: IValidation): void {
    this.validations.push(validation);
  }

  public addFacts(facts: IFacts): void {
    this.factSources.push(facts);
  }

  private defineBootstrap(): Bootstrap {
    return new Bootstrap(this, {
      regions: (this.props.bootstrapRegions ?? []).filter(region => regionProblem('', region).length === 0),
      executionPolicies: this.props.bootstrapExecutionPolicies ?? [iam.ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')],
    });
  }

  private defineStage(id: string, accountId: string | undefined, options: StageOptions): StageAccount {
    const { access, accessMfa, addresses, bootstrapRoleName, profile } = options;
    const region = validOr(options.region ?? this.props.homeRegion ?? '', value => regionProblem('', value), 'us-east-1');
    const shared = this.source._sharesOneAccount && id !== 'root' ? StageAccess.READ_ONLY : undefined;
    return new StageAccount(this, id, {
      profile,
      access: access ?? shared,
      accessMfa,
      addresses: addresses && plannedAddresses(this.addressPlan, region, addresses),
      bootstrapRoleName,
      accountId: validOr(accountId ?? NO_ACCOUNT, value => accountIdProblem('', value), NO_ACCOUNT),
      managementAccountId: validOr(this.props.managementAccountId ?? '', value => accountIdProblem('', value), '999999999999'),
      region,
      namespace: this.namespace,
    });
  }

  private get addressPlan(): AddressPlan {
    const { addressPool = '10.0.0.0/8', stagePrefixLength = 16 } = this.props;
    return { addressPool, stagePrefixLength };
  }

  /** A name that is taken is reported at synthesis; until then the stage needs another ID. */
  private freeId(name: string): string {
    let id = name;
    for (let number = 2; RESERVED.includes(id) || this.node.tryFindChild(id); number++) {
      id = `stage-${number}`;
    }
    return id;
  }

  /** Read by other copies of this library as well; an older one may not have it. */
  private get claim(): OrgClaim {
    return {
      ...this.props,
      namespace: this.props.namespace ?? this.node.id,
      existingOrganization: this.source._existing,
      existingOrganizationalUnits: this.props.existingOrganizationalUnits ?? {},
      organizationalUnits: this.owned?.organizationalUnits ?? [],
      useless: given({
        email: this.props.email,
        existingOrganizationalUnits: this.props.existingOrganizationalUnits,
        bootstrapRegions: this.props.bootstrapRegions,
        regionsAreEnabled: this.props.regionsAreEnabled,
        bootstrapExecutionPolicies: this.props.bootstrapExecutionPolicies,
      }),
      ownsManagementAccount: this.source._ownsManagementAccount,
      sharesOneAccount: this.source._sharesOneAccount,
      stages: this.claims,
      addressPlan: this.addressPlan,
      optionProblems: this.optionProblems,
    };
  }

  private problems(): string[] {
    const all = this.node.root.node.findAll();
    const stacks = placedStacks(all);
    const orgs = all.filter(MultiAccountOrg.isMultiAccountOrg);
    return [
      ...orgProblems(this.claim),
      ...networkProblems([this.root, ...this.added].flatMap(networksOf), [this.root, ...this.added].flatMap(blocksOf)),
      ...stackProblems(this, this.props.homeRegion, stacks),
      ...nameProblems(this, stacks),
      ...this.props.regionsAreEnabled ? []
        : stackRegionProblems(this, this.added.filter((_, index) => this.claims[index].email !== undefined), stacks),
      ...problemsBetweenOrgs(orgs.map(org => ({ path: org.node.path, claim: org.claim }))),
      ...this.validations.flatMap(validation => validation.validate()),
    ];
  }

  /** Defines the bootstraps and the order of root's stacks, once all stages are known. Returns the problems found. */
  private complete(): string[] {
    this.owned?.complete();
    return this.bootstrap?.complete() ?? [];
  }

  /** Facts can be validated only once everything is synthesized. */
  private tell(): string[] {
    forgetReport(this);
    const facts = literalFacts(this, this.factSources.flatMap(source => source.facts()));
    const problems = factProblems(facts);
    if (problems.length === 0) {
      writeFacts(this, facts);
    }
    return problems;
  }
}

const MULTI_ACCOUNT_ORG = Symbol.for('cdk-multi-account-org.MultiAccountOrg');

// same tests as in `Network`, which is not loaded unless it is used
const NETWORK = Symbol.for('cdk-multi-account-org.Network');
const IMPORTED_NETWORK = Symbol.for('cdk-multi-account-org.ImportedNetwork');

function isNetwork(construct: IConstruct): construct is INetwork {
  return NETWORK in construct || IMPORTED_NETWORK in construct;
}

function networksOf(stage: StageAccount): NetworkClaim[] {
  return stage.node.findAll().filter(isNetwork).map(network => {
    const { node, cidr, vpc: { env } } = network;
    return { path: node.path, cidr, stage: stage.node.id, region: env.region, exists: IMPORTED_NETWORK in network };
  });
}

/** Where an organization may be: its stacks are those of other accounts, and in no other stack. */
function placeOf(scope: Construct, id: string): Construct {
  const above = scope.node.scopes.reverse()
    .find(candidate => Stack.isStack(candidate) || Organization._isOne(candidate));
  if (above !== undefined) {
    throw new Error(`organization '${id}' is in '${above.node.path}', a ${kindOf(above)}, which cannot hold the stacks of its accounts: `
      + 'give the App as its scope, where that is created, and define your own stacks in the stages');
  }
  return scope;
}

function blocksOf({ node: { id }, region: home, _cidrs }: StageAccount): StageBlock[] {
  const property = id === 'root' ? 'rootAddresses' : `addresses of stage '${id}'`;
  return Object.entries(_cidrs).flatMap(([region, cidr]) => cidr === undefined ? []
    : [{ property: region === home ? property : `${property} in '${region}'`, stage: id, region, cidr }]);
}

function validOr<T extends string | undefined>(value: T, problems: (value: string) => string[], fallback: T): T {
  return value === undefined || problems(value).length === 0 ? value : fallback;
}
