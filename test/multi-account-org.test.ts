import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { AuditAccountSeal, AuditTrailProps, MultiAccountOrg, OrganizationSource, StageAccess, StageAccount, StageProfile } from '../src';
import {
  acme, acmeOfKnownAccounts, acmeOfOneAccount, AUDIT, DEV, discovered, orgProps, PROD, Resource, ROOT, synthesize,
  testApp,
} from './orgs';

describe('an organization', () => {
  test('has root as a stage of its own, in the management account and the home region', () => {
    const { org } = acme();
    expect(StageAccount.isStageAccount(org.root)).toBe(true);
    expect(org.root.accountId).toBe(ROOT);
    expect(org.root.region).toBe('eu-west-1');
    expect(org.root.profile).toBe(StageProfile.ROOT);
  });

  test('takes its namespace from its id', () => {
    expect(new MultiAccountOrg(testApp(), 'acme', orgProps()).namespace).toBe('acme');
  });

  test('takes a namespace that is given', () => {
    const org = new MultiAccountOrg(testApp(), 'acme', orgProps({ namespace: 'ac' }));
    expect([org.namespace, org.root.stageName, org.addStage('prod').admin.roleName]).toEqual(['ac', 'ac-root', 'ac-prod-admin']);
  });

  test('lists its stages without root, in their order, in a list of the caller', () => {
    const { org, audit, prod, dev } = acme();
    expect(org.stages).toEqual([audit, prod, dev]);
    org.stages.pop();
    expect(org.stages).toHaveLength(3);
  });

  test('knows itself from anything else', () => {
    const { org, prod } = acme();
    expect([org, prod, new Construct(prod, 'other')].map(MultiAccountOrg.isMultiAccountOrg)).toEqual([true, false, false]);
  });

  test('knows one of another copy of the library', () => {
    const other = new Construct(testApp(), 'other');
    Object.defineProperty(other, Symbol.for('cdk-multi-account-org.MultiAccountOrg'), { value: true });
    expect(MultiAccountOrg.isMultiAccountOrg(other)).toBe(true);
  });

  test('lives below any construct', () => {
    const app = testApp();
    const org = new MultiAccountOrg(new Construct(app, 'company'), 'acme', orgProps());
    org.addStage('prod');
    expect(synthesize(app).errors('company/acme/prod/access'))
      .toEqual(["account 'prod' does not exist yet: deploy 'company/acme/root/organization' first"]);
  });

  test('without stages is root alone', () => {
    const app = testApp();
    new MultiAccountOrg(app, 'acme', orgProps());
    expect([...synthesize(app).stacks.keys()].sort()).toEqual(['acme/root/access', 'acme/root/organization', 'acme/root/structure']);
  });

  test('tags nothing', () => {
    const { app, org, audit } = acme();
    org.addAuditTrail({ storedIn: audit });
    org.addUser('ada');
    for (const [path, { tags, template }] of synthesize(app).stacks) {
      // the CDK CLI tags the roles of its bootstrap, to know them by
      const tagged = Object.entries<Resource>(template.Resources).filter(([, { Properties }]) => Properties?.Tags)
        .filter(([, { Properties }]) => !path.startsWith('acme/bootstrap/') || Properties.Tags[0].Key !== 'aws-cdk:bootstrap-role');
      expect([path, tags, tagged]).toEqual([path, {}, []]);
    }
  });
});

describe('a stage of an organization', () => {
  test('is PRODUCTION, in the home region, with both roles, if nothing is said', () => {
    const app = testApp();
    const stage = new MultiAccountOrg(app, 'acme', orgProps()).addStage('prod');
    expect(stage.profile).toBe(StageProfile.PRODUCTION);
    expect(stage.region).toBe('eu-west-1');
    expect(stage.admin.roleName).toBe('acme-prod-admin');
    expect(stage.readOnly.roleName).toBe('acme-prod-read-only');
    expect(synthesize(app).one('AWS::Organizations::Account').Properties).toMatchObject({
      AccountName: 'prod', Email: 'aws+prod@acme.example',
    });
  });

  test('is what it is told to be', () => {
    const app = testApp();
    const stage = new MultiAccountOrg(app, 'acme', orgProps()).addStage('prod', {
      profile: StageProfile.STAGING,
      region: 'us-west-2',
      access: StageAccess.READ_ONLY,
      accountName: 'Production',
      email: 'production@acme.example',
    });
    expect(stage.profile).toBe(StageProfile.STAGING);
    expect(stage.region).toBe('us-west-2');
    expect(stage.readOnly.roleName).toBe('acme-prod-read-only');
    expect(() => stage.admin).toThrow("stage 'prod' has no admin role");
    expect(synthesize(app).one('AWS::Organizations::Account').Properties).toMatchObject({
      AccountName: 'Production', Email: 'production@acme.example',
    });
  });

  test('fails with a name that no construct can have', () => {
    const app = testApp();
    new MultiAccountOrg(app, 'acme', orgProps()).addStage('constructor');
    expect(() => app.synth()).toThrow("stage 'constructor' cannot be the name of a construct: choose another name");
  });

  test.each(['organization', 'structure', 'people', 'access'])('may be called %s', name => {
    const app = testApp();
    const stage = new MultiAccountOrg(app, 'acme', orgProps()).addStage(name);
    expect([stage.node.path, stage.admin.roleName]).toEqual([`acme/${name}`, `acme-${name}-admin`]);
    expect(synthesize(app).find('AWS::Organizations::Account').map(({ path }) => path)).toEqual([`acme/root/account-${name}`]);
  });

  test('is in the account that is given', () => {
    const { prod, app } = acmeOfKnownAccounts(OrganizationSource.create());
    expect(prod.accountId).toBe(PROD);
    expect(synthesize(app).find('AWS::Organizations::Account')).toEqual([]);
  });

  test('trusts root and nobody else', () => {
    const { app } = discovered(acme);
    for (const { path, resource } of synthesize(app).find('AWS::IAM::Role').filter(found => found.path.endsWith('/access'))) {
      const principals = resource.Properties.AssumeRolePolicyDocument.Statement
        .filter(({ Effect }: { Effect: string }) => Effect === 'Allow')
        .map(({ Principal }: { Principal: unknown }) => Principal);
      expect([path, principals]).toEqual([path, [{
        AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${ROOT}:root`]] },
      }]]);
    }
  });

  test('leaves its account stack behind when it is removed from the code, for the account to be found by', () => {
    const withDev = synthesize(discovered(acme).app);
    const withoutDev = synthesize(discovered(app => {
      const org = new MultiAccountOrg(app, 'acme', orgProps());
      org.addStage('audit', { organizationalUnit: 'security' });
      org.addStage('prod', { organizationalUnit: 'workloads/production' });
      return { app };
    }).app);
    expect([...withDev.stacks.keys()].filter(path => !withoutDev.stacks.has(path)))
      .toEqual(['acme/bootstrap/dev', 'acme/dev/access', 'acme/root/account-dev']);
    expect(withoutDev.resources('acme/root/account-prod')).toEqual(withDev.resources('acme/root/account-prod'));
  });
});

describe('the order of deployment', () => {
  const define = (app = testApp()) => {
    const defined = acme(app);
    defined.org.addAuditTrail({ storedIn: defined.audit });
    defined.org.addUser('ada', { groups: [defined.org.addGroup('engineers', { canAssume: [defined.dev.admin] })] });
    return defined;
  };
  const synthesized = synthesize(discovered(define).app);

  test.each([
    ['the structure waits for nothing', 'structure', []],
    ['a unit waits for the structure', 'unit-security', ['structure']],
    ['the first account waits for its unit', 'account-audit', ['structure', 'unit-security']],
    ['each account waits for its units, and for what is before them', 'account-prod',
      ['account-audit', 'structure', 'unit-security', 'unit-workloads', 'unit-workloads--production']],
    ['the last account waits for the one before it', 'account-dev',
      ['account-audit', 'account-prod', 'structure', 'unit-security', 'unit-workloads', 'unit-workloads--production']],
    ['preparing the accounts waits for all of them', 'organization', [
      'account-audit', 'account-dev', 'account-prod', 'policy-AuditAccountSeal-audit', 'policy-MembersStay', 'settings', 'structure',
      'unit-security', 'unit-workloads', 'unit-workloads--production',
    ]],
    ['the people wait for the account that they may enter', 'people', [
      'account-audit', 'account-dev', 'account-prod', 'structure', 'unit-security', 'unit-workloads', 'unit-workloads--production',
    ]],
  ])('%s', (_, stack, expected) => {
    expect(before(stack)).toEqual(expected);
  });

  test('the trail waits for the bucket, and that for root to know its account', () => {
    expect(synthesized.dependencies('acme/audit-trail/trail')).toEqual(['acme/audit-trail/bucket']);
    expect(synthesized.dependencies('acme/audit-trail/bucket')).toEqual(['acme/audit-trail/account']);
  });

  test('no stage waits for another', () => {
    for (const path of synthesized.stacks.keys()) {
      const stage = path.split('/').slice(0, 2).join('/');
      expect([path, synthesized.dependencies(path).filter(other => !other.startsWith(`${stage}/`))]).toEqual([path, []]);
    }
  });

  test('follows the order of the code', () => {
    const app = testApp();
    const org = new MultiAccountOrg(app, 'acme', orgProps());
    ['dev', 'audit', 'prod'].forEach(name => org.addStage(name));
    const reordered = synthesize(app);
    expect(reordered.dependencies('acme/root/account-audit')).toContain('acme/root/account-dev');
    expect(reordered.dependencies('acme/root/account-prod')).toContain('acme/root/account-audit');
    expect(reordered.dependencies('acme/root/account-dev')).toEqual(['acme/root/structure']);
  });

  function before(stack: string): string[] {
    const direct = synthesized.dependencies(`acme/root/${stack}`).map(path => path.replace('acme/root/', ''));
    return [...new Set(direct.flatMap(other => [other, ...before(other)]))].sort();
  }
});

describe('the audit trail of an organization', () => {
  test('fails when there is one already', () => {
    const { org, audit, prod } = acme();
    org.addAuditTrail({ storedIn: audit });
    expect(() => org.addAuditTrail({ storedIn: prod }))
      .toThrow("'acme' has an audit trail already, stored in 'audit': add only one");
  });

  test('fails when it is stored in root', () => {
    const { org } = acme();
    expect(() => org.addAuditTrail({ storedIn: org.root }))
      .toThrow("storedIn 'acme/root' is not a stage added to 'acme': give a stage of its own, with StageProfile.AUDIT");
  });

  test('fails when it is stored in another organization', () => {
    const { org, app } = acme();
    const other = new MultiAccountOrg(app, 'beta', orgProps({ managementAccountId: DEV })).addStage('audit', { accountId: PROD });
    expect(() => org.addAuditTrail({ storedIn: other }))
      .toThrow("storedIn 'beta/audit' is not a stage added to 'acme': give a stage of its own, with StageProfile.AUDIT");
  });

  test('fails when it is stored where nothing is kept', () => {
    const { org } = acme();
    expect(() => org.addAuditTrail({ storedIn: org.addStage('testing', { profile: StageProfile.TESTING }) }))
      .toThrow("storedIn 'acme/testing' has profile 'testing', which keeps nothing: give a stage of its own, with StageProfile.AUDIT");
  });

  test.each<[string, AuditAccountSeal | undefined, boolean]>([
    ['prod', undefined, true], ['prod', AuditAccountSeal.NONE, false], ['audit', undefined, false],
  ])('warns when the seal is in the way of what the stage is for: %s, %s', (name, auditAccountSeal, warns) => {
    const { app, org, ...stages } = discovered(acme);
    org.addAuditTrail({ storedIn: stages[name as 'prod' | 'audit'], auditAccountSeal });
    const warnings = synthesize(app).stack('acme/audit-trail/bucket').messages.map(({ entry }) => String(entry.data));
    expect(warnings.filter(text => text.startsWith("storedIn is 'prod' with profile 'production', and its seal denies"))).toHaveLength(warns ? 1 : 0);
    expect(warnings).toHaveLength(warns ? 1 : 0);
  });

  test.each([['prod', 1], ['audit', 0]] as const)('warns where nothing seals a stage that is for something else: %s', (name, count) => {
    const { app, org, ...stages } = acmeOfKnownAccounts();
    org.addAuditTrail({ storedIn: stages[name] });
    const warnings = synthesize(app).stack('acme/audit-trail/bucket').messages.map(({ entry }) => String(entry.data));
    expect(warnings).toHaveLength(count);
    expect(warnings.filter(text => text.startsWith("storedIn is 'prod' with profile 'production', and without the management account nothing seals it, "
      + 'so whoever administers that account can stop the trail and change its bucket: give a stage of its own, with StageProfile.AUDIT'))).toHaveLength(count);
  });

  test.each<[Partial<AuditTrailProps>, string]>([
    [{ storedIn: undefined }, 'storedIn is missing: give a stage of its own, with StageProfile.AUDIT'],
    [{ auditAccountSeal: 'ALL' as AuditAccountSeal }, "auditAccountSeal 'ALL' is none: give one of ROOT_DEPLOYS_ONLY, NONE"],
    [{ readers: [undefined as unknown as iam.IGrantable] },
      "entry 1 of readers of 'acme/audit-trail' is missing: give it, and check that the variable it comes from is set and spelled right"],
  ])('fails with %j', (props, message) => {
    const { org, audit } = acme();
    expect(() => org.addAuditTrail({ storedIn: audit, ...props })).toThrow(new Error(message));
  });

  test('is one for all accounts with the management account', () => {
    const { app, org, audit } = discovered(acme);
    org.addAuditTrail({ storedIn: audit });
    const synthesized = synthesize(app);
    expect(synthesized.find('AWS::CloudTrail::Trail').map(({ path }) => path)).toEqual(['acme/audit-trail/trail']);
    expect(synthesized.one('AWS::CloudTrail::Trail').Properties.IsOrganizationTrail).toBe(true);
    expect(synthesized.stack('acme/audit-trail/trail').environment.account).toBe(ROOT);
    expect(synthesized.stack('acme/audit-trail/bucket').environment.account).toBe(AUDIT);
  });

  test('is one for each account without it, stages that come later included', () => {
    const { app, org, audit } = acmeOfKnownAccounts();
    org.addAuditTrail({ storedIn: audit });
    org.addStage('testing', { accountId: '555555555555' });
    const synthesized = synthesize(app);
    expect(synthesized.find('AWS::CloudTrail::Trail').map(({ path, resource }) => [
      path, synthesized.stack(path).environment.account, resource.Properties.IsOrganizationTrail,
    ]).sort()).toEqual([
      ['acme/audit-trail/trail', ROOT, false],
      ['acme/audit-trail/trail-audit', AUDIT, false],
      ['acme/audit-trail/trail-dev', DEV, false],
      ['acme/audit-trail/trail-prod', PROD, false],
      ['acme/audit-trail/trail-testing', '555555555555', false],
    ]);
    expect(synthesized.dependencies('acme/audit-trail/trail-testing')).toEqual(['acme/audit-trail/bucket']);
  });

  test('is one where all stages share one account', () => {
    const { app, org, audit } = acmeOfOneAccount();
    org.addAuditTrail({ storedIn: audit });
    const trails = synthesize(app).find('AWS::CloudTrail::Trail');
    expect(trails.map(({ path }) => path)).toEqual(['acme/audit-trail/trail']);
    expect(trails[0].resource.Properties.IsOrganizationTrail).toBe(false);
  });

  test('is AUDIT to everything in it', () => {
    const { org, audit } = acme();
    const bucket = org.addAuditTrail({ storedIn: audit });
    expect(StageProfile.of(bucket)).toBe(StageProfile.AUDIT);
  });

  test('keeps the stage free of its stacks', () => {
    const { org, audit } = acme();
    org.addAuditTrail({ storedIn: audit });
    expect(audit.node.children.filter(Stack.isStack).map(({ node }) => node.id)).toEqual(['access']);
  });
});
