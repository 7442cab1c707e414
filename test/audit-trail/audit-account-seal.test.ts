import { AuditAccountSeal, AuditTrailProps, MultiAccountOrg } from '../../src';
import {
  accountRead, acme, Acme, acmeOfKnownAccounts, acmeOfOneAccount, AUDIT, callOf, discovered, EXISTING, orgProps,
  Resource, synthesize, Synthesized, testApp,
} from '../orgs';

const ORGANIZATION = 'acme/root/organization';

function sealed(defined: Acme = discovered(acme), options: Partial<AuditTrailProps> = {}): Synthesized {
  defined.org.addAuditTrail({ storedIn: defined.audit, ...options });
  return synthesize(defined.app);
}

interface Statement { readonly Sid: string; readonly Effect: string }

function policies(synthesized: Synthesized): Record<string, Resource> {
  const found = synthesized.find('AWS::Organizations::Policy');
  return Object.fromEntries(found.map(({ id, resource }) => [id, resource]));
}

describe('the account that keeps the trail', () => {
  const synthesized = sealed();
  const { AuditAccountSealaudit: { Properties }, MembersStay } = policies(synthesized);
  const statements: Statement[] = Properties.Content.Statement;

  test('is sealed by a policy of the organization, if nothing is said', () => {
    expect(Properties).toMatchObject({
      Name: 'acme-audit-seal', Type: 'SERVICE_CONTROL_POLICY', TargetIds: [accountRead('audit')],
    });
  });

  test('is sealed where it exists, by its id', () => {
    const app = testApp();
    const org = new MultiAccountOrg(app, 'acme', orgProps({ organization: EXISTING }));
    org.addAuditTrail({ storedIn: org.addStage('audit', { accountId: AUDIT }) });
    const existing = policies(synthesize(app));
    expect(existing.AuditAccountSealaudit.Properties.TargetIds).toEqual([AUDIT]);
    expect(existing.MembersStay.Properties.TargetIds).toEqual([AUDIT]);
  });

  test('stays in the organization, as all accounts do that are created', () => {
    expect(MembersStay.Properties).toMatchObject({ Type: 'SERVICE_CONTROL_POLICY', TargetIds: ['ssm:/acme/root-id'] });
    expect(MembersStay.Properties.Content.Statement).toEqual([expect.objectContaining({
      Effect: 'Deny', Action: expect.arrayContaining(['organizations:LeaveOrganization']), Resource: '*',
    })]);
    const existing = policies(sealed(discovered(app => acme(app, { organization: EXISTING }))));
    expect(existing.MembersStay.Properties.TargetIds)
      .toEqual(['audit', 'prod', 'dev'].map(stage => accountRead(stage)));
    const both = acme(testApp(), { organization: EXISTING });
    both.org.addStage('adopted', { accountId: '555555555555' });
    expect(policies(sealed(both)).MembersStay.Properties.TargetIds)
      .toEqual([...existing.MembersStay.Properties.TargetIds, '555555555555']);
  });

  test('is sealed by denials alone, within what AWS takes', () => {
    for (const { Properties: { Content } } of Object.values(policies(synthesized))) {
      expect(Content.Statement.map(({ Effect }: Statement) => Effect)).toEqual(Content.Statement.map(() => 'Deny'));
      expect(JSON.stringify(Content).length).toBeLessThanOrEqual(10240);
    }
  });

  test('is sealed by one policy after another, because AWS Organizations refuses more', () => {
    expect(synthesized.dependencies('acme/root/policy-MembersStay')).toContain('acme/root/policy-AuditAccountSeal-audit');
  });

  test('leaves nobody inside a way to become who deploys', () => {
    expect(statements.find(({ Sid }) => Sid === 'NobodyInsideDeploys')).toMatchObject({
      Sid: 'NobodyInsideDeploys', Effect: 'Deny', Action: 'sts:AssumeRole', Resource: 'arn:*:iam::*:role/cdk-hnb659fds-*',
    });
  });

  test('is sealed after policies are enabled', () => {
    expect(synthesized.find('Custom::AWS', 'acme/root/structure').map(({ resource }) => callOf(resource)))
      .toContain('Organizations.enablePolicyType');
    expect(synthesized.dependencies(ORGANIZATION)).toEqual(expect.arrayContaining(['acme/root/structure', 'acme/root/account-audit']));
  });

  test.each([AuditAccountSeal.ROOT_DEPLOYS_ONLY, undefined])('is sealed by %s', auditAccountSeal => {
    expect(sealed(undefined, { auditAccountSeal }).find('AWS::Organizations::Policy')).toHaveLength(2);
  });

  test('is not sealed by NONE, but stays in the organization as all others', () => {
    const open = policies(sealed(undefined, { auditAccountSeal: AuditAccountSeal.NONE }));
    expect(open).toEqual({ MembersStay: expect.objectContaining({ Properties: MembersStay.Properties }) });
  });
});

describe.each<[string, () => Acme]>([['without the management account', acmeOfKnownAccounts], ['of one account', acmeOfOneAccount]])(
  'the account that keeps the trail, %s', (_, define) => {
    test('is not sealed, for there are no policies', () => {
      expect(sealed(define()).find('AWS::Organizations::Policy')).toEqual([]);
    });

    test.each(Object.values(AuditAccountSeal))('fails with seal %s, which would be ignored', auditAccountSeal => {
      expect(() => sealed(define(), { auditAccountSeal })).toThrow(`auditAccountSeal ${auditAccountSeal} would be ignored, because `
        + 'without the management account there are no policies of the organization: leave it out');
    });
  });
