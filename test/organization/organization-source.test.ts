import { MultiAccountOrg, OrganizationSource, StageOptions } from '../../src';
import {
  acme, Acme, acmeOfKnownAccounts, acmeOfOneAccount, AUDIT, callOf, DEV, discovered, EXISTING, orgProps,
  PROD, ROOT, strings, synthesize, Synthesized, testApp,
} from '../orgs';

function withTrail<T extends Acme>(defined: T): Synthesized {
  defined.org.addAuditTrail({ storedIn: defined.audit });
  return synthesize(defined.app);
}

function types(synthesized: Synthesized, path: string): string[] {
  return Object.values(synthesized.resources(path)).map(({ Type }) => Type).filter(type => type !== 'AWS::CDK::Metadata').sort();
}

function existing(stages: Array<[string, StageOptions]>, options = {}): Synthesized {
  const app = testApp();
  const org = new MultiAccountOrg(app, 'acme', orgProps({ organization: EXISTING, ...options }));
  stages.forEach(([name, stage]) => org.addStage(name, stage));
  return synthesize(app);
}

describe('an organization that is created', () => {
  const synthesized = withTrail(discovered(acme));

  test('is what happens if nothing is said', () => {
    const explicit = withTrail(discovered(app => acme(app, { organization: OrganizationSource.create() })));
    expect([...explicit.stacks].map(([path, stack]) => [path, stack.template]))
      .toEqual([...synthesized.stacks].map(([path, stack]) => [path, stack.template]));
  });

  test('has an organization with all features, its units and an account for each stage', () => {
    expect(synthesized.one('AWS::Organizations::Organization', 'acme/root/structure').Properties).toEqual({ FeatureSet: 'ALL' });
    expect(synthesized.find('AWS::Organizations::OrganizationalUnit').map(({ resource }) => resource.Properties.Name))
      .toEqual(['security', 'workloads', 'production']);
    expect(synthesized.find('AWS::Organizations::Account').map(({ path }) => path))
      .toEqual(['acme/root/account-audit', 'acme/root/account-prod', 'acme/root/account-dev']);
  });

  test('does not create the management account', () => {
    expect([...synthesized.stacks.keys()]).not.toContain('acme/root/account-root');
  });

  test('admits its trail whatever the id of the organization is', () => {
    expect(strings(synthesized.resources('acme/audit-trail/bucket')).some(text => text.endsWith('/AWSLogs/o-*/*'))).toBe(true);
  });

  test('lets CloudTrail act in it', () => {
    expect(synthesized.find('Custom::AWS', 'acme/root/settings').map(({ resource }) => callOf(resource))).toEqual([
      'Organizations.enableAWSServiceAccess', 'Organizations.enablePolicyType',
    ].flatMap(call => [call, call, call]));
    expect(strings(synthesized.resources('acme/root/settings')).join()).toContain('"ServicePrincipal":"cloudtrail.amazonaws.com"');
  });
});

describe('an organization that exists', () => {
  const synthesized = withTrail(discovered(app => acme(app, { organization: EXISTING })));

  test('is left as it is', () => {
    expect(synthesized.find('AWS::Organizations::Organization')).toEqual([]);
  });

  test('gets an account for each stage that has none, below its root', () => {
    const parents = existing([['prod', {}], ['dev', { accountId: DEV }]]).find('AWS::Organizations::Account')
      .map(({ path, resource }) => [path, resource.Properties.ParentIds]);
    expect(parents).toEqual([['acme/root/account-prod', ['r-a1b2']]]);
  });

  test('keeps the units that are given', () => {
    const units = existing(
      [['prod', { organizationalUnit: 'workloads' }], ['dev', { organizationalUnit: 'workloads/lower' }]],
      { existingOrganizationalUnits: { workloads: 'ou-a1b2-c3d4e5f6' } },
    );
    expect(units.find('AWS::Organizations::OrganizationalUnit').map(({ resource }) => resource.Properties))
      .toEqual([{ Name: 'lower', ParentId: 'ou-a1b2-c3d4e5f6' }]);
    expect(units.one('AWS::Organizations::Account', 'acme/root/account-prod').Properties.ParentIds).toEqual(['ou-a1b2-c3d4e5f6']);
  });

  test('has a bootstrap for each new account', () => {
    expect([...synthesized.stacks.keys()].filter(path => path.includes('/bootstrap/')))
      .toEqual(['audit', 'dev', 'prod'].map(stage => `acme/bootstrap/${stage}`));
  });

  test('has no stack of the library in root where every account exists', () => {
    const adopted = existing([['prod', { accountId: PROD }], ['dev', { accountId: DEV }]]);
    expect([...adopted.stacks.keys()].filter(path => path.startsWith('acme/root/'))).toEqual(['acme/root/access']);
  });

  test('admits its trail by the id of the organization', () => {
    const texts = strings(synthesized.resources('acme/audit-trail/bucket'));
    expect(texts.some(text => text.endsWith('/AWSLogs/o-a1b2c3d4e5/*'))).toBe(true);
    expect(texts.some(text => text.includes('o-*'))).toBe(false);
  });

  test('lets CloudTrail act in it where every account exists', () => {
    const app = testApp();
    const org = new MultiAccountOrg(app, 'acme', orgProps({ organization: EXISTING }));
    org.addAuditTrail({ storedIn: org.addStage('audit', { accountId: AUDIT }) });
    expect(synthesize(app).find('Custom::AWS', 'acme/root/settings').map(({ resource }) => callOf(resource)))
      .toEqual(['Organizations.enableAWSServiceAccess', 'Organizations.enablePolicyType'].flatMap(call => [call, call, call]));
  });
});

describe.each<[string, () => Acme, Record<string, string>]>([
  ['member accounts only', acmeOfKnownAccounts, { root: ROOT, audit: AUDIT, prod: PROD, dev: DEV }],
  ['a single account', acmeOfOneAccount, { root: ROOT, audit: ROOT, prod: ROOT, dev: ROOT }],
])('an organization of %s', (_, define, accounts) => {
  const synthesized = withTrail(define());

  test('has nothing of AWS Organizations', () => {
    for (const path of synthesized.stacks.keys()) {
      const found = types(synthesized, path).filter(type => /Organizations|^Custom::/.test(type));
      expect([path, found]).toEqual([path, []]);
    }
  });

  test('deploys each stage to its account', () => {
    for (const [stage, account] of Object.entries(accounts)) {
      expect([stage, synthesized.stack(`acme/${stage}/access`).environment.account]).toEqual([stage, account]);
    }
  });

  test('tells its stages apart by names', () => {
    const names = synthesized.find('AWS::IAM::Role').map(({ resource }) => resource.Properties.RoleName).filter(name => name);
    expect(names.sort()).toEqual(['audit', 'dev', 'prod', 'root'].flatMap(stage =>
      // with one account, an admin of a stage would be one of all
      stage !== 'root' && accounts[stage] === accounts.root ? [`acme-${stage}-read-only`] : [`acme-${stage}-admin`, `acme-${stage}-read-only`]));
    const stacks = [...synthesized.stacks.values()].map(({ stackName, environment }) => `${environment.account}/${stackName}`);
    expect(new Set(stacks).size).toBe(stacks.length);
  });

  test('admits the trail of each account and no other', () => {
    const texts = strings(synthesized.resources('acme/audit-trail/bucket'));
    const folders = texts.flatMap(text => /\/AWSLogs\/(.*)\/\*$/.exec(text)?.[1] ?? []);
    expect(folders.sort()).toEqual([...new Set(Object.values(accounts))].sort());
  });
});
