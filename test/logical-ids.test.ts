import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Guardrails, MultiAccountOrg, OrganizationSource } from '../src';
import { accountRead, acme, acmeOfKnownAccounts, acmeOfOneAccount, AUDIT, discovered, EXISTING, orgProps, synthesize, testApp } from './orgs';

// another logical id is another resource: an account that cannot be created again, a bucket whose records are
// elsewhere; a change here is a breaking change, whatever the API says

function ids(synthesized: ReturnType<typeof synthesize>, type: string): string[] {
  return synthesized.find(type).map(({ path, id }) => `${path} ${id}`);
}

describe('the logical ids of an organization', () => {
  const { app, org, audit, dev } = discovered(acme);
  org.addAuditTrail({ storedIn: audit, cloudWatchLogsRetention: RetentionDays.ONE_YEAR });
  org.addUser('ada', { groups: [org.addGroup('engineers', { canAssume: [dev.admin] })] });
  const synthesized = synthesize(app);

  test.each<[string, string[]]>([
    ['AWS::Organizations::Organization', ['acme/root/structure Organization']],
    ['AWS::Organizations::OrganizationalUnit', [
      'acme/root/unit-security Unit',
      'acme/root/unit-workloads Unit',
      'acme/root/unit-workloads--production Unit',
    ]],
    ['AWS::Organizations::Account', [
      'acme/root/account-audit Account', 'acme/root/account-prod Account', 'acme/root/account-dev Account',
    ]],
    ['AWS::S3::Bucket', [
      'acme/audit-trail/bucket trailsAccessLogs7CF1973D', 'acme/audit-trail/bucket trailsB7AA815D',
    ]],
    ['AWS::KMS::Key', ['acme/audit-trail/bucket trailsKeyE09A80C7']],
    ['AWS::CloudTrail::Trail', ['acme/audit-trail/trail trail671F64C4']],
    ['AWS::Logs::LogGroup', [
      'acme/audit-trail/trail trailLogs1A32D1BE', 'acme/root/people callsED90E56C', 'acme/root/settings callsED90E56C',
    ]],
    ['AWS::IAM::Group', ['acme/root/people everybody0E7AB116', 'acme/root/people groupengineers5B71C12B']],
    ['AWS::IAM::User', ['acme/root/people userada63C7E1F4']],
    ['AWS::SecretsManager::Secret', ['acme/root/people passwordadaF7E0354D']],
  ])('of %s stay', (type, expected) => {
    expect(ids(synthesized, type)).toEqual(expected);
  });

  test('of the roles into stages stay', () => {
    expect(ids(synthesized, 'AWS::IAM::Role').filter(id => id.includes('/access '))).toEqual(
      ['audit', 'dev', 'prod', 'root'].flatMap(stage => [`acme/${stage}/access admin`, `acme/${stage}/access readonly`])
        .map(start => expect.stringMatching(new RegExp(`^${start}[0-9A-F]{8}$`))));
  });

  test('of guardrails stay', () => {
    const limited = acme();
    new Guardrails(limited.org, 'guardrails');
    expect(ids(synthesize(limited.app), 'AWS::Organizations::Policy'))
      .toEqual(['servicecontrol1', 'servicecontrol2', 'resourcecontrol1', 'protectdataservicecontrol1']
        .map(id => `acme/root/organization guardrails${id}`));
  });

  test('do not depend on the id of the organization', () => {
    const other = testApp();
    const org2 = new MultiAccountOrg(other, 'beta', orgProps());
    org2.addStage('prod', { organizationalUnit: 'workloads/production' });
    const renamed = synthesize(other);
    for (const type of ['AWS::Organizations::Account', 'AWS::Organizations::Organization']) {
      for (const { id } of renamed.find(type)) {
        expect(synthesized.find(type).map(found => found.id)).toContain(id);
      }
    }
    expect(renamed.find('AWS::Organizations::OrganizationalUnit').map(({ id }) => id))
      .toEqual(['Unit', 'Unit']);
  });

  test('are the same where the organization exists', () => {
    const existing = synthesize(discovered(app2 => acme(app2, { organization: EXISTING })).app);
    for (const type of ['AWS::Organizations::OrganizationalUnit', 'AWS::Organizations::Account']) {
      expect(ids(existing, type)).toEqual(ids(synthesized, type));
    }
  });

  test('of what keeps the trails are the same in every situation', () => {
    for (const define of [() => acmeOfKnownAccounts(OrganizationSource.memberAccounts()), acmeOfOneAccount]) {
      const defined = define();
      defined.org.addAuditTrail({ storedIn: defined.audit });
      const trails = synthesize(defined.app);
      for (const type of ['AWS::S3::Bucket', 'AWS::KMS::Key']) {
        expect(ids(trails, type)).toEqual(ids(synthesized, type));
      }
    }
  });
});

describe('the names that two accounts agree on', () => {
  const { app, org, audit } = discovered(acme);
  org.addAuditTrail({ storedIn: audit });
  const synthesized = synthesize(app);

  test('of the roles are <namespace>-<stage>-<role>', () => {
    const names = synthesized.find('AWS::IAM::Role').map(({ resource }) => resource.Properties.RoleName).filter(name => name).sort();
    expect(names).toEqual([
      'acme-audit-admin', 'acme-audit-read-only', 'acme-dev-admin', 'acme-dev-read-only',
      'acme-prod-admin', 'acme-prod-read-only', 'acme-root-admin', 'acme-root-read-only',
    ]);
  });

  test.each<[string, string, unknown[]]>([
    ['AWS::CloudTrail::Trail', 'TrailName', ['acme-trail']],
    ['AWS::CloudTrail::Trail', 'S3BucketName', [`acme-audit-trail-${accountRead('audit')}`]],
    ['AWS::S3::Bucket', 'BucketName', [`acme-audit-trail-${AUDIT}-access`, `acme-audit-trail-${AUDIT}`]],
    ['AWS::KMS::Alias', 'AliasName', ['alias/acme-audit-trail']],
  ])('of %s, by its %s, stay', (type, property, names) => {
    expect(synthesized.find(type).map(({ resource }) => resource.Properties[property])).toEqual(names);
  });

  test('of the stacks are <namespace>-<stage>-<stack>, and of a bootstrap what the CDK CLI expects', () => {
    expect([...synthesized.stacks.values()].map(({ stackName }) => stackName).sort()).toEqual([
      'CDKToolkit', 'CDKToolkit', 'CDKToolkit',
      'acme-audit-access',
      'acme-audit-trail-account', 'acme-audit-trail-bucket', 'acme-audit-trail-protection-audit', 'acme-audit-trail-stop-destroy', 'acme-audit-trail-trail',
      'acme-dev-access', 'acme-prod-access',
      'acme-root-access', 'acme-root-account-audit', 'acme-root-account-dev', 'acme-root-account-prod',
      'acme-root-organization', 'acme-root-policy-AuditAccountSeal-audit', 'acme-root-policy-MembersStay', 'acme-root-settings',
      'acme-root-structure',
      'acme-root-unit-security', 'acme-root-unit-workloads', 'acme-root-unit-workloads--production',
    ]);
  });

  test('fit where they are longest', () => {
    const longest = testApp();
    const org2 = new MultiAccountOrg(longest, 'acme', orgProps({ namespace: 'n'.repeat(24), organization: EXISTING }));
    const stage = org2.addStage('s'.repeat(24), { accountId: AUDIT });
    org2.addAuditTrail({ storedIn: stage });
    const fitting = synthesize(longest);
    const longestOf = (type: string, property: string) => Math.max(...fitting.find(type)
      .map(({ resource }) => String(resource.Properties[property] ?? '').length));
    expect(longestOf('AWS::S3::Bucket', 'BucketName')).toBeLessThanOrEqual(63);
    expect(longestOf('AWS::IAM::Role', 'RoleName')).toBeLessThanOrEqual(64);
    expect(Math.max(...[...fitting.stacks.values()].map(({ stackName }) => stackName.length))).toBeLessThanOrEqual(128);
  });
});
