import { App } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import {
  AccountRemoval, MultiAccountOrg, MultiAccountOrgProps, OrganizationSource, StageAccess, StageAddresses, StageOptions,
} from '../src';
import { answers, EXISTING, ROOT, Synthesized, synthesize, testApp } from './orgs';
import { tally } from './tally';

export interface StageSpec extends StageOptions {
  readonly name: string;
}

export interface OrgSpec {
  readonly situation: Situation;
  readonly stages: StageSpec[];
  readonly props: Partial<MultiAccountOrgProps>;
  /** Which stage keeps the trail, if there is one. */
  readonly trail?: number;
  /** Whether the people of its account may read it. */
  readonly isRead: boolean;
  readonly groups: number[][];
  readonly users: number[];
  /** Whether the CLI has found the accounts. */
  readonly found: boolean;
}

type Situation = 'create' | 'existing' | 'memberAccounts' | 'singleAccount';

const SOURCES: Record<Situation, OrganizationSource> = {
  create: OrganizationSource.create(),
  existing: EXISTING,
  memberAccounts: OrganizationSource.memberAccounts(),
  singleAccount: OrganizationSource.singleAccount(),
};

const NAMES = ['audit', 'prod', 'staging', 'dev', 'testing', 'a', 'prod-2', 's'.repeat(24), 'organization', 'x1-y2'];
const REGIONS = ['eu-west-1', 'us-east-1', 'ap-southeast-2'];

export const unitName = fc.oneof(
  fc.constantFrom('workloads', 'security', 'Sandbox (old)', 'Resource', 'Default', '生産', 'toString'),
  fc.stringMatching(/^[a-z]{1,12}$/),
);
export const unitPath = fc.array(unitName, { minLength: 1, maxLength: 5 }).map(names => names.join('/'));

function stageSpec(situation: Situation, name: string, index: number): fc.Arbitrary<StageSpec> {
  const access = Object.values(StageAccess).filter(({ roleNames }) => situation !== 'singleAccount' || !roleNames.includes('admin'));
  const common = {
    region: fc.option(fc.constantFrom(...REGIONS), { nil: undefined }),
    access: fc.option(fc.constantFrom(...access), { nil: undefined, freq: 2 }),
    addresses: fc.option(fc.constantFrom(
      StageAddresses.index(index), StageAddresses.cidr(`172.16.${16 * index}.0/20`),
      StageAddresses.index(index).forRegion('eu-central-1', StageAddresses.index(100 + index)),
    ), { nil: undefined }),
  };
  const accountId = String(300000000000 + index);
  const given = fc.record({ ...common, accountId: fc.constant(accountId) });
  const created = fc.record({
    ...common,
    organizationalUnit: fc.option(unitPath, { nil: undefined }),
    email: fc.option(fc.constant(`root.${index}@acme.example`), { nil: undefined, freq: 1 }),
    accountName: fc.option(fc.constant(`Acme & ${index}`), { nil: undefined, freq: 1 }),
    accountRemoval: fc.option(fc.constantFrom(...Object.values(AccountRemoval)), { nil: undefined, freq: 2 }),
  });
  const spec: fc.Arbitrary<StageOptions> = situation === 'singleAccount' ? fc.record(common)
    : situation === 'memberAccounts' ? given : fc.oneof({ weight: 3, arbitrary: created }, { weight: 1, arbitrary: given });
  return spec.map(options => ({ name, ...options }));
}

export const orgSpec: fc.Arbitrary<OrgSpec> = fc.constantFrom(...Object.keys(SOURCES) as Situation[]).chain(situation =>
  fc.shuffledSubarray(NAMES, { maxLength: 4 }).chain(names => fc.record({
    situation: fc.constant(situation),
    stages: fc.tuple(...names.map((name, index) => stageSpec(situation, name, index))),
    props: fc.record({
      homeRegion: fc.constantFrom(...REGIONS),
      namespace: fc.option(fc.constantFrom('n'.repeat(24), 'x', 'acme-2'), { nil: undefined, freq: 2 }),
    }),
    trail: names.length === 0 ? fc.constant(undefined) : fc.option(fc.nat(names.length - 1), { nil: undefined }),
    isRead: fc.boolean(),
    groups: fc.array(fc.array(fc.nat(10), { maxLength: 3 }), { maxLength: 2 }),
    users: fc.array(fc.nat(10), { maxLength: 2 }),
    found: fc.boolean(),
  })));

/** Two units whose paths differ in case alone are refused, and so random paths are in lower case. */
function oneCase(path: string | undefined): string | undefined {
  return path?.toLowerCase();
}

export function define(spec: OrgSpec, app: App): MultiAccountOrg {
  const owns = ['create', 'existing'].includes(spec.situation);
  const org = new MultiAccountOrg(app, 'acme', {
    managementAccountId: ROOT,
    homeRegion: 'eu-west-1',
    email: owns ? 'aws@acme.example' : undefined,
    organization: SOURCES[spec.situation],
    ...spec.props,
  });
  const stages = spec.stages.map(({ name, ...options }) =>
    org.addStage(name, { ...options, organizationalUnit: oneCase(options.organizationalUnit) }));
  if (spec.trail !== undefined) {
    const readable = spec.isRead && spec.stages[spec.trail].access !== StageAccess.NONE;
    org.addAuditTrail({ storedIn: stages[spec.trail], readers: readable ? [stages[spec.trail].readOnly] : undefined });
  }
  const withRoles = stages.filter((_, index) => spec.stages[index].access !== StageAccess.NONE);
  const roles = withRoles.map(stage => stage.readOnly);
  const groups = spec.groups.map((picks, index) => org.addGroup(`group-${index}`, {
    canAssume: roles.length === 0 ? [] : [...new Set(picks.map(pick => roles[pick % roles.length]))],
  }));
  spec.users.forEach((pick, index) =>
    org.addUser(`user-${index}`, { groups: groups.length === 0 ? [] : [groups[pick % groups.length]] }));
  return org;
}

export const CONTEXT = { 'aws:cdk:disable-asset-staging': true };

export function accountsOf(spec: OrgSpec): Record<string, string> {
  const created = spec.situation === 'create' || spec.situation === 'existing';
  return Object.fromEntries(spec.stages.map(({ name, accountId }, index) => [name,
    accountId ?? (spec.situation === 'singleAccount' ? ROOT : spec.found && created ? String(500000000000 + index) : '000000000000')]));
}

export function synthesized(spec: OrgSpec): Synthesized {
  return synthesize(defined(spec));
}

/** The app of an organization, not synthesized yet. */
export function defined(spec: OrgSpec): App {
  tally('organizations', spec);
  const app = testApp(CONTEXT);
  define(spec, app);
  if (!spec.found) {
    return app;
  }
  const ids = Object.fromEntries(spec.stages.map(({ name, email }, index) =>
    [email ?? `aws+${name}@acme.example`, String(500000000000 + index)]));
  // what is missing is known without writing anything
  const assembly = { manifest: { missing: missingOf(app) }, stacksRecursively: [] };
  const again = testApp({ ...CONTEXT, ...answers(assembly as never, ids) });
  define(spec, again);
  return again;
}

function missingOf(app: App): unknown[] {
  return app.node.findAll().flatMap(child => (child as { _missingContext?: unknown[] })._missingContext ?? []);
}
