import { RegionInfo } from 'aws-cdk-lib/region-info';
import { AddressPlan, addressProblems, StageAddressClaim } from '../address-plan';
import { BOOTSTRAP } from './bootstrap';
import {
  accountNameProblem, accountTagProblems, collisions, emailProblem, idProblem, optInProblem, organizationalUnitProblem,
  roleNameProblem, UNIT_ID,
} from './rules';
import { StageAddresses } from '../stage-addresses';
import { accountIdProblem, namespaceProblem, partitionProblem, regionProblem, stageNameProblem } from '../support/rules';

/** Properties requested for a stage, before anything is created. */
export interface StageClaim {
  readonly name: string;
  readonly accountId?: string;
  /** Kind of another construct that already has this name. */
  readonly takenBy?: string;
  /** ID of the created account, as looked up. */
  readonly foundAccountId?: string;
  /** Address of the account to create, given or derived from the organization's. Not set if none is created. */
  readonly email?: string;
  /** The address is derived from that of the organization, and wrong if that one is. */
  readonly emailIsDerived: boolean;
  readonly accountName?: string;
  readonly accountNameIsDerived: boolean;
  readonly organizationalUnit?: string;
  readonly accountTags?: { [key: string]: string };
  /** As given. */
  readonly region?: string;
  readonly bootstrapRoleName?: string;
  /** Names of its roles, as given. */
  readonly roleNames?: string[];
  /** Given, but used only for a new account. */
  readonly useless: string[];
  readonly addresses?: StageAddresses;
  /** Problems of the names and types of its options. Those options were left out. */
  readonly optionProblems: string[];
}

export interface OrgClaim {
  readonly namespace: string;
  readonly managementAccountId?: string;
  readonly homeRegion?: string;
  readonly email?: string;
  readonly existingOrganization?: { readonly organizationId: string; readonly organizationRootId: string };
  readonly existingOrganizationalUnits: { [path: string]: string };
  /** Paths that anything uses: stages, policies, and what asks for their IDs. */
  readonly organizationalUnits: string[];
  readonly bootstrapRegions?: string[];
  readonly regionsAreEnabled?: boolean;
  /** Given, but used only with the management account. */
  readonly useless: string[];
  readonly ownsManagementAccount: boolean;
  readonly sharesOneAccount: boolean;
  readonly stages: StageClaim[];
  readonly addressPlan: AddressPlan;
  readonly rootAddresses?: StageAddresses;
  readonly optionProblems: string[];
}

export const RESERVED = ['root', 'audit-trail', BOOTSTRAP];

/** All problems of an organization, for one error. */
export function orgProblems(org: OrgClaim): string[] {
  return [...new Set([
    ...org.optionProblems,
    ...namespaceProblem('namespace', org.namespace),
    ...org.managementAccountId === undefined ? [] : accountIdProblem('managementAccountId', org.managementAccountId),
    ...org.homeRegion === undefined ? [] : regionProblem('homeRegion', org.homeRegion),
    ...org.email === undefined ? [] : emailProblem('email', org.email),
    ...bootstrapProblems(org),
    ...optInProblems(org),
    ...org.ownsManagementAccount ? [] : org.useless.map(property =>
      `${property} has no effect, because no account is created without the management account: leave it out`),
    ...existingProblems(org),
    ...org.stages.flatMap(stage => stageProblems(org, stage)),
    ...stageCollisions(org),
    ...unitProblems(org),
    ...addressProblems(org.addressPlan, addressClaims(org)),
  ])];
}

function addressClaims({ homeRegion = '', rootAddresses, stages }: OrgClaim): StageAddressClaim[] {
  const asked = (property: string, region: string, addresses?: StageAddresses) =>
    addresses === undefined ? [] : [{ property, region, addresses }];
  return [
    ...asked('rootAddresses', homeRegion, rootAddresses),
    ...stages.flatMap(({ name, region = homeRegion, addresses }) => asked(`addresses of stage '${name}'`, region, addresses)),
  ];
}

function bootstrapProblems({ bootstrapRegions = [], homeRegion = '' }: OrgClaim): string[] {
  return [
    ...new Set(bootstrapRegions.flatMap(region => [
      ...regionProblem('bootstrapRegions', region), ...partitionProblem('bootstrapRegions', region, homeRegion),
    ])),
    ...[...new Set(bootstrapRegions.filter((region, index) => bootstrapRegions.indexOf(region) < index))]
      .map(region => `bootstrapRegions names '${region}' twice: name it once`),
  ];
}

/**
 * The partition without `AWS::Organizations::Account`.
 *
 * @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateGovCloudAccount.html
 */
const GOV_CLOUD = 'aws-us-gov';

function optInProblems({ regionsAreEnabled, homeRegion = '', bootstrapRegions = [], stages }: OrgClaim): string[] {
  const created = stages.filter(({ email }) => email !== undefined);
  if (created.length > 0 && RegionInfo.get(homeRegion).partition === GOV_CLOUD) {
    return [`homeRegion '${homeRegion}' is in GovCloud, where no account can be created: have CreateGovCloudAccount make them from `
      + `the commercial partition, and give ${created.map(({ name }) => `'${name}'`).join(', ')} an accountId`];
  }
  if (regionsAreEnabled || created.length === 0) {
    return [];
  }
  return [
    ...optInProblem('homeRegion', homeRegion),
    ...[...new Set(bootstrapRegions)].flatMap(region => optInProblem('bootstrapRegions', region)),
    ...created.flatMap(({ name, region }) => region === undefined ? [] : optInProblem(`region of stage '${name}'`, region)),
  ];
}

function existingProblems({ existingOrganization, existingOrganizationalUnits }: OrgClaim): string[] {
  const units = Object.entries(existingOrganizationalUnits);
  // without the root, that of the first unit
  const [, rootPart] = existingOrganization?.organizationRootId.split('-')
    ?? units.map(([, id]) => UNIT_ID.exec(id)).find(found => found !== null) ?? [];
  return [
    ...existingOrganization === undefined ? [] : [
      ...idProblem('organizationId', existingOrganization.organizationId, /^o-[a-z0-9]{10,32}$/, 'o-a1b2c3d4e5'),
      ...idProblem('organizationRootId', existingOrganization.organizationRootId, /^r-[0-9a-z]{4,32}$/, 'r-a1b2'),
    ],
    ...units.flatMap(([path, id]) => [
      ...organizationalUnitProblem('existingOrganizationalUnits', path),
      ...idProblem(`existingOrganizationalUnits '${path}'`, id, UNIT_ID, 'ou-a1b2-c3d4e5f6'),
      ...[undefined, rootPart].includes(UNIT_ID.exec(id)?.[1]) ? []
        : [`existingOrganizationalUnits '${path}' '${id}' is below another root than 'r-${rootPart}': give the id of a unit in this organization`],
    ]),
    ...collisions('existingOrganizationalUnits', units.map(([owner, value]) => ({ owner, value })), 'a unit has one path, so leave out the other'),
  ];
}

function stageProblems(org: OrgClaim, stage: StageClaim): string[] {
  const of = `of stage '${stage.name}'`;
  const { accountId, accountName, accountTags, bootstrapRoleName, email, organizationalUnit, region } = stage;
  return [
    ...nameProblems(stage),
    ...stage.optionProblems,
    ...region === undefined ? [] : [
      ...regionProblem(`region ${of}`, region), ...partitionProblem(`region ${of}`, region, org.homeRegion ?? ''),
    ],
    ...accountId === undefined ? [] : accountIdProblem(`accountId ${of}`, accountId),
    ...accountName === undefined || stage.accountNameIsDerived ? [] : accountNameProblem(`accountName ${of}`, accountName),
    ...accountTags === undefined ? [] : accountTagProblems(`accountTags ${of}`, accountTags),
    ...bootstrapRoleName === undefined ? [] : roleNameProblem(`bootstrapRoleName ${of}`, bootstrapRoleName),
    ...organizationalUnit === undefined ? []
      : organizationalUnit !== org.existingOrganization?.organizationRootId ? organizationalUnitProblem(`organizationalUnit ${of}`, organizationalUnit)
        : [`organizationalUnit ${of} '${organizationalUnit}' is the id of the root: leave it out, or give a path such as 'workloads'`],
    ...accountProblems(org, stage, of),
    ...email === undefined || isConsequence(org, stage) ? [] : emailProblem(`email ${of}`, email),
  ];
}

function nameProblems({ name, takenBy }: StageClaim): string[] {
  const problems = stageNameProblem(name);
  return problems.length > 0 ? problems
    : RESERVED.includes(name) ? [`stage '${name}' is a reserved name: choose another one`]
      : takenBy === undefined ? [] : [`stage '${name}' has the name of a ${takenBy}: give one of them another`];
}

/** True if the address of the stage is wrong only because that of the organization, or the name of the stage, is. */
function isConsequence(org: OrgClaim, stage: StageClaim): boolean {
  const causes = [...nameProblems(stage), ...org.email === undefined ? [] : emailProblem('email', org.email)];
  return stage.emailIsDerived && causes.length > 0;
}

function accountProblems(org: OrgClaim, stage: StageClaim, of: string): string[] {
  const { name, accountId, email, roleNames, useless } = stage;
  const ignored = (why: string) => useless.map(property => `${property} ${of} has no effect, because ${why}: leave it out`);
  if (org.sharesOneAccount) {
    return [
      ...accountId === undefined || accountId === org.managementAccountId ? []
        : [`accountId ${of} is '${accountId}', but all stages share '${org.managementAccountId}': leave it out`],
      ...!roleNames?.includes('admin') ? []
        : [`access ${of} has the role 'admin', which could change all stages in the account that they share: give StageAccess.READ_ONLY, `
          + `or by StageAccess.of a role of another name, such as 'admin-of-all', and use the admin of root instead of '${name}.admin'`],
      ...ignored('no account is created where all stages share one'),
    ];
  }
  if (!org.ownsManagementAccount) {
    return [
      ...accountId !== undefined || stage.optionProblems.length > 0 ? []
        : [`accountId ${of} is missing: give it, because without the management account, accounts are neither created nor found`],
      ...ignored('no account is created without the management account'),
    ];
  }
  if (accountId !== undefined) {
    return ignored('the account exists and is used as it is');
  }
  // the one that is mistyped was meant
  return email !== undefined || stage.optionProblems.length + org.optionProblems.length > 0 ? []
    : [`email ${of} is missing: give it, or an email of the organization to derive it from, or the accountId of an existing account`];
}

function stageCollisions(org: OrgClaim): string[] {
  const { stages } = org;
  const claims = (value: (stage: StageClaim) => string | undefined) => stages.flatMap(stage => {
    const claimed = value(stage);
    return claimed === undefined ? [] : [{ owner: stage.name, value: claimed }];
  });
  const names = stages.map(stage => stage.name);
  const again = new Set(names.filter((name, index) => names.indexOf(name) < index && !RESERVED.includes(name)));
  return [
    ...[...again].map(name => `stage '${name}' is added more than once: choose another name`),
    ...collisions('email', claims(stage => isConsequence(org, stage) ? undefined : stage.email?.toLowerCase()),
      'AWS accepts an address only once, regardless of case, so give another'),
    ...collisions('accountName', claims(stage => stage.accountName), 'choose another name for one of them'),
    ...org.sharesOneAccount ? []
      : collisions('accountId', [
        ...org.managementAccountId === undefined ? [] : [{ owner: 'root', value: org.managementAccountId }],
        ...claims(stage => stage.accountId ?? stage.foundAccountId),
      ], 'one account per stage keeps them apart, so give another, or mend `cdk.context.json`'),
  ];
}

function unitProblems({ stages, organizationalUnits, existingOrganizationalUnits }: OrgClaim): string[] {
  const used = new Set<string>();
  for (const names of [...stages.map(stage => stage.organizationalUnit), ...organizationalUnits].map(path => path?.split('/') ?? [])) {
    names.forEach((_, index) => used.add(names.slice(0, index + 1).join('/')));
  }
  const all = [...new Set([...used, ...Object.keys(existingOrganizationalUnits)])];
  return [
    ...collisions('organizationalUnit', all.map(path => ({ owner: path, value: path.toLowerCase() })), 'use one spelling'),
    ...Object.keys(existingOrganizationalUnits).filter(path => !used.has(path))
      .map(path => `existingOrganizationalUnits '${path}' has no effect, because neither a stage nor a policy names it: leave it out`),
  ];
}

export interface NamedOrg {
  readonly path: string;
  /** Not set by a copy of this library that has no claim. */
  readonly claim?: OrgClaim;
}

/** Conflicts between several organizations of one app. */
export function problemsBetweenOrgs(named: NamedOrg[]): string[] {
  // another version of this library may have another one
  const orgs = named.map(({ path, claim }) => ({ path, claim: Array.isArray(claim?.stages) ? claim : undefined }));
  const claims = (values: (claim: OrgClaim) => Array<string | undefined>) => orgs.flatMap(({ path, claim }) =>
    [...new Set(claim && values(claim))].flatMap(value => value === undefined ? [] : [{ owner: path, value }]));
  return [
    ...orgs.flatMap(({ path, claim }) => claim ? [] : [`organization '${path}' is from another copy of this library, which cannot be checked `
      + 'against this one: use one version in the whole app']),
    ...collisions('accountId', claims(({ managementAccountId, stages }) =>
      [managementAccountId, ...stages.map(stage => stage.accountId)]), 'an account belongs to one organization, so leave it out of the other'),
    ...collisions('email', claims(({ stages }) => stages.map(stage => stage.email?.toLowerCase())),
      'AWS accepts an address only once, regardless of case, so give another'),
    ...collisions('namespace', claims(({ namespace }) => [namespace]), 'give one of them another namespace'),
  ];
}
