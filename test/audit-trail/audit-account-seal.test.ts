import { DefaultStackSynthesizer, DefaultStackSynthesizerProps } from 'aws-cdk-lib';
import { AuditAccountSeal, AuditTrailProps, MultiAccountOrg } from '../../src';
import {
  accountRead, acme, Acme, acmeOfKnownAccounts, acmeOfOneAccount, AUDIT, callOf, discovered, EXISTING, orgProps,
  problems, Resource, synthesize, Synthesized, testApp,
} from '../orgs';

const SETTINGS = 'acme/root/settings';

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
      Effect: 'Deny',
      Action: 'sts:AssumeRole',
      Resource: ['arn:*:iam::*:role/cdk-hnb659fds-*', 'arn:*:iam::*:role/OrganizationAccountAccessRole'],
    });
  });

  test('is sealed after policies are enabled', () => {
    expect(synthesized.find('Custom::AWS', SETTINGS).map(({ resource }) => callOf(resource))).toContain('Organizations.enablePolicyType');
    for (const policy of ['AuditAccountSeal-audit', 'MembersStay']) {
      expect(synthesized.dependencies(`acme/root/policy-${policy}`)).toContain(SETTINGS);
    }
    expect(synthesized.dependencies(SETTINGS)).toContain('acme/root/account-dev');
  });

  test.each([AuditAccountSeal.ROOT_DEPLOYS_ONLY, undefined])('is sealed by %s', auditAccountSeal => {
    expect(sealed(undefined, { auditAccountSeal }).find('AWS::Organizations::Policy')).toHaveLength(3);
  });

  test('is protected from deployments once bucket and trail exist, and for good', () => {
    const [{ resource: { Properties: protection, ...kept } }] = synthesized.find('AWS::Organizations::Policy', 'acme/audit-trail/protection-audit');
    expect(protection).toMatchObject({ Name: 'acme-audit-trail-protection', TargetIds: Properties.TargetIds });
    expect(protection.Content.Statement.map(({ Effect }: Statement) => Effect)).toEqual(['Deny', 'Deny', 'Deny']);
    expect(kept).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    expect(synthesized.dependencies('acme/audit-trail/protection-audit')).toContain('acme/audit-trail/trail');
  });

  test('is not destroyed by the CLI, which begins with a stack that is protected and cannot fail', () => {
    const last = 'acme/audit-trail/stop-destroy';
    expect(synthesized.stack(last).terminationProtection).toBe(true);
    expect(synthesized.dependencies(last)).toEqual(expect.arrayContaining(['acme/audit-trail/trail', 'acme/audit-trail/protection-audit']));
    expect(Object.values(synthesized.resources(last)).map(({ Type }) => Type)).toEqual(['AWS::CloudFormation::WaitConditionHandle']);
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

    test.each(Object.values(AuditAccountSeal))('fails with seal %s, which has no effect', auditAccountSeal => {
      expect(() => sealed(define(), { auditAccountSeal })).toThrow(`auditAccountSeal ${auditAccountSeal} has no effect, because `
        + 'without the management account there are no policies of the organization: leave it out');
    });
  });

test('a trail that moves on leaves the protection of former records in a stack of its own', () => {
  const { app, org, prod } = discovered(acme);
  org.addAuditTrail({ storedIn: prod });
  const moved = synthesize(app);
  expect(moved.find('AWS::Organizations::Policy', 'acme/audit-trail/protection-prod')).toHaveLength(1);
  expect([...moved.stacks.keys()]).not.toContain('acme/audit-trail/protection-audit');
  expect(moved.one('AWS::CloudTrail::Trail', 'acme/audit-trail/trail').Properties.TrailName)
    .toBe(sealed().one('AWS::CloudTrail::Trail', 'acme/audit-trail/trail').Properties.TrailName);
});

describe('a synthesizer with names of its own', () => {
  const role = (name: string) => `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${name}`;
  const define = (props: DefaultStackSynthesizerProps) => {
    const app = testApp({}, { defaultStackSynthesizer: new DefaultStackSynthesizer(props) });
    const defined = acme(app);
    defined.org.addAuditTrail({ storedIn: defined.audit });
    return app;
  };
  const named = {
    cloudFormationExecutionRole: role('exec-${AWS::AccountId}-${AWS::Region}'),
    deployRoleArn: role('ops/deploy'),
    lookupRoleArn: role('look'),
    fileAssetPublishingRoleArn: role('publish'),
    imageAssetPublishingRoleArn: role('send'),
    fileAssetsBucketName: 'acme-assets-${AWS::AccountId}-${AWS::Region}',
  };

  test('has its roles and its bucket in the seal, whatever account and region', () => {
    const { Content } = policies(synthesize(define(named))).AuditAccountSealaudit.Properties;
    const statement = (sid: string) => Content.Statement.find(({ Sid }: Statement) => Sid === sid);
    const deployers = ['cdk-hnb659fds-*', 'exec-*-*', 'ops/deploy', 'look', 'publish', 'send', 'OrganizationAccountAccessRole']
      .map(name => `arn:*:iam::*:role/${name}`);
    expect(statement('NobodyInsideDeploys').Resource).toEqual(deployers);
    expect(statement('RolesStayAsDeployed').Resource).toEqual([...deployers, 'arn:*:iam::*:role/acme-audit-*']);
    for (const sid of ['RolesStayAsDeployed', 'StacksStayAsDeployed', 'BucketsStayAsDeployed']) {
      expect(statement(sid).Condition).toEqual({ ArnNotLike: { 'aws:PrincipalArn': deployers } });
    }
    expect(statement('BucketsStayAsDeployed').Resource).toEqual([
      'arn:*:s3:::acme-audit-trail-*', 'arn:*:s3:::cdk-hnb659fds-assets-*', 'arn:*:s3:::acme-assets-*-*', 'arn:*:s3:*:*:accesspoint/*',
    ]);
  });

  test.each<[string, string, Partial<DefaultStackSynthesizerProps>]>([
    ['deployRoleArn', 'eu-west-1-deploy', { deployRoleArn: role('${AWS::Region}-deploy') }],
    ['cloudFormationExecutionRole', 'acme-eu-west-1', { cloudFormationExecutionRole: role('acme-${AWS::Region}') }],
    ['lookupRoleArn', 'acme-audit-look', { lookupRoleArn: role('acme-audit-look') }],
    ['fileAssetsBucketName', 'eu-west-1-of-000000000000', { fileAssetsBucketName: '${AWS::Region}-of-${AWS::AccountId}' }],
  ])('fails if its %s may be that of somebody else: %s', (property, name, props) => {
    expect(problems(define({ ...named, ...props }))).toEqual([
      `${property} of the DefaultStackSynthesizer of stack 'acme/audit-trail/bucket' is '${name}', `
      + "which the seal cannot tell from others, such as 'acme-audit-admin': give a name that begins with a word of its own, before the account and the region",
    ]);
  });
});
