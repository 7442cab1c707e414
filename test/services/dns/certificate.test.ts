import { App, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sns from 'aws-cdk-lib/aws-sns';
import { StageProfile } from '../../../src';
import { Certificate, CertificateProps } from '../../../src/services/dns/certificate';
import { synthesize } from '../../orgs';
import { behavesLikeAService, REGION, stackIn, templateIn } from '../contract';
import { importedZone, zoneOfStage, reads } from '../zones';

function alarmsIn(stack: Stack, region: string, id = 'alarms'): SnsAction {
  return new SnsAction(sns.Topic.fromTopicArn(stack, id, `arn:aws:sns:${region}:222222222222:alarms`));
}

describe('without an alarm', () => behavesLikeAService((stack, id) => new Certificate(stack, id, { zone: importedZone(stack) })));

describe('with an alarm', () => behavesLikeAService((stack, id) => new Certificate(stack, id, {
  zone: importedZone(stack),
  domainName: `${id}.acme.example`,
  alarmActions: [alarmsIn(stack, REGION, `${id}-alarms`)],
})));

const certificate = (stack: Stack, props: Partial<CertificateProps> = {}) =>
  new Certificate(stack, 'it', { zone: importedZone(stack), ...props });

function of(props: Partial<CertificateProps> = {}): Template {
  return templateIn(StageProfile.PRODUCTION, stack => certificate(stack, props));
}

describe('a certificate', () => {
  test('is for the zone and everything right below it, and proved there', () => {
    of().hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'acme.example',
      SubjectAlternativeNames: ['*.acme.example'],
      ValidationMethod: 'DNS',
      // the record of a name and that of its wildcard are the same
      DomainValidationOptions: [{ DomainName: 'acme.example', HostedZoneId: 'Z1' }],
    });
  });

  test('is for the names that are given', () => {
    of({ domainName: 'shop.acme.example' }).hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'shop.acme.example', SubjectAlternativeNames: ['*.shop.acme.example'],
    });
    of({ domainName: 'Shop.ACME.example', subjectAlternativeNames: [] }).hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'Shop.ACME.example', SubjectAlternativeNames: [],
    });
    of({ domainName: '*.acme.example' }).hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: '*.acme.example', SubjectAlternativeNames: [],
    });
    of({ subjectAlternativeNames: ['a.acme.example', 'b.acme.example'] }).hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'acme.example', SubjectAlternativeNames: ['a.acme.example', 'b.acme.example'],
    });
  });

  test('takes a zone that is known by its id alone, or whose names are tokens', () => {
    const byId = (stack: Stack) => route53.HostedZone.fromHostedZoneId(stack, 'by-id', 'Z2');
    templateIn(StageProfile.PRODUCTION, stack => certificate(stack, { zone: byId(stack), domainName: 'other.example' }))
      .hasResourceProperties('AWS::CertificateManager::Certificate', { DomainName: 'other.example' });
    of({ domainName: Fn.importValue('domain') }).hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: { 'Fn::ImportValue': 'domain' },
    });
  });

  test('alarms when it is not renewed, and of nothing otherwise', () => {
    of().resourceCountIs('AWS::CloudWatch::Alarm', 0);
    const stack = stackIn(StageProfile.PRODUCTION);
    const { alarms } = certificate(stack, { alarmActions: [new SnsAction(new sns.Topic(stack, 'alarms'))] });
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'DaysToExpiry',
      Threshold: 30,
      ComparisonOperator: 'LessThanThreshold',
      AlarmActions: [Match.anyValue()],
      OKActions: [Match.anyValue()],
    });
    expect(alarms.map(({ node }) => node.path)).toEqual(['in-production/services/it/Expiry']);
  });

  test('alarms as early as it is told, in CloudWatch alone if there is nothing to do', () => {
    const alarm = of({ alarmActions: [], expiryAlarmThreshold: Duration.days(14) }).findResources('AWS::CloudWatch::Alarm');
    const [{ Properties }] = Object.values(alarm);
    expect(Properties).toMatchObject({ Threshold: 14 });
    expect(Properties.AlarmActions ?? []).toEqual([]);
  });

  test('shows what is underneath', () => {
    const it = certificate(stackIn(StageProfile.PRODUCTION));
    expect(Stack.of(it).resolve(it.certificateArn)).toEqual({ Ref: expect.stringMatching(/^it/) });
    expect(it.acmCertificate.certificateArn).toBe(it.certificateArn);
    expect(it.alarms).toEqual([]);
    expect(it.metricDaysToExpiry({ label: 'days' }))
      .toMatchObject({ metricName: 'DaysToExpiry', label: 'days', dimensions: { CertificateArn: it.certificateArn } });
  });

  test('is proved in the zone that another stack of the region defines', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    certificate(stack, { zone: zoneOfStage(stack) });
    const synthesized = synthesize(stack.node.root as App);
    expect(synthesized.dependencies('in-production/services')).toEqual(['in-production/dns']);
    expect(reads(synthesized)).toEqual([]);
  });

  test('is proved in a zone of another region', () => {
    const stack = stackIn(StageProfile.STAGING);
    certificate(stack, { zone: zoneOfStage(stack, 'eu-central-1') });
    const synthesized = synthesize(stack.node.root as App);
    const [zone] = synthesized.find('AWS::Route53::HostedZone', 'in-staging/dns');
    const { Name, Value } = synthesized.one('AWS::SSM::Parameter', 'in-staging/dns').Properties;
    expect(Value).toEqual({ Ref: zone.id });
    const call = JSON.parse(reads(synthesized, 'in-staging/services')[0].resource.Properties.Create);
    expect(call).toMatchObject({ service: 'SSM', action: 'getParameter', region: 'eu-central-1', parameters: { Name } });
    expect(synthesized.dependencies('in-staging/services')).toEqual(['in-staging/dns']);
    const { DomainValidationOptions } = synthesized.one('AWS::CertificateManager::Certificate').Properties;
    expect(DomainValidationOptions[0].HostedZoneId).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^itZoneId/), 'Parameter.Value'] });
  });
});

test.each<[string, (stack: Stack) => Partial<CertificateProps>]>([
  ["domainName 'other.example' is not in zone 'acme.example'", () => ({ domainName: 'other.example' })],
  ["domainName 'notacme.example' is not in zone 'acme.example'", () => ({ domainName: 'notacme.example' })],
  ["subjectAlternativeNames 'b.example' is not in zone 'acme.example', where its records would be: give a name that ends in '.acme.example'",
    () => ({ subjectAlternativeNames: ['a.acme.example', 'b.example'] })],
  [' has 68 characters, and the first name of a certificate at most 64: give a shorter one',
    () => ({ domainName: `${'a'.repeat(55)}.acme.example` })],
  ["domainName is missing, and zone 'in-production/services/by-id' is imported by its id alone",
    stack => ({ zone: route53.HostedZone.fromHostedZoneId(stack, 'by-id', 'Z2') })],
  ["zone 'in-production/services/inside' is private", stack => ({
    zone: new route53.PrivateHostedZone(stack, 'inside', { zoneName: 'acme.example', vpc: new ec2.Vpc(stack, 'vpc') }),
  })],
  ['alarmActions has one in us-east-1, and the alarm that would take it is in eu-west-1: give actions of eu-west-1, or none',
    stack => ({ alarmActions: [alarmsIn(stack, 'us-east-1')] })],
  ['expiryAlarmThreshold of 14 days has no effect without an alarm: give alarmActions, or leave it out',
    () => ({ expiryAlarmThreshold: Duration.days(14) })],
  ['expiryAlarmThreshold is 0 days: give whole days, 1 or more', () => ({ alarmActions: [], expiryAlarmThreshold: Duration.days(0) })],
  ['expiryAlarmThreshold is 1.5 days: give whole days, 1 or more', () => ({ alarmActions: [], expiryAlarmThreshold: Duration.hours(36) })],
  ["zone 'in-production/other/zone' is in a stack of another account, or of one that is not known", stack => ({
    zone: new route53.PublicHostedZone(
      new Stack(stack.node.scope, 'other', { env: { account: '999999999999', region: 'us-west-2' } }), 'zone', { zoneName: 'acme.example' }),
  })],
])('refuses: %s', (message, props) => {
  const stack = stackIn(StageProfile.PRODUCTION);
  expect(() => certificate(stack, props(stack))).toThrow(message);
});

describe('the records that prove a certificate', () => {
  const calls = (profile: StageProfile, props: Partial<CertificateProps> = {}) => {
    const template = templateIn(profile, (stack, id) => {
      const zone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'acme.example' });
      new Certificate(stack, id, { zone, ...props });
    });
    return Object.values(template.findResources('Custom::AWS')).map(({ Properties, DeletionPolicy }) => `${DeletionPolicy} ${JSON.stringify(Properties)}`);
  };

  test('are taken out of the zone where the profile destroys', () => {
    const [described, removed, ...rest] = calls(StageProfile.TESTING);
    expect(described).toContain('describeCertificate');
    expect(removed).toMatch(/^Delete .*"Create":.*UPSERT.*"Delete":.*\\"DELETE\\".*InvalidChangeBatch/);
    expect(rest).toEqual([]);
  });

  test('stay where it keeps, also in a stage that destroyed before', () => {
    const [described, kept, ...rest] = calls(StageProfile.PRODUCTION);
    expect(described).toContain('describeCertificate');
    expect(kept).toMatch(/^RetainExceptOnCreate /);
    expect(rest).toEqual([]);
  });

  test.each<[string, Partial<CertificateProps>, unknown[]]>([
    ['one domain', {}, ['_*.acme.example']],
    ['several, of which some are below others',
      { domainName: 'A.acme.example', subjectAlternativeNames: ['*.a.acme.example', 'c.A.acme.example', 'ba.acme.example'] },
      ['_*.a.acme.example', '_*.ba.acme.example']],
    ['one that only the deployment knows', { domainName: Fn.importValue('domain'), subjectAlternativeNames: [] },
      [{ 'Fn::Join': ['', ['_*.', { 'Fn::ImportValue': 'domain' }]] }]],
  ])('are all that may be changed in the zone: of %s', (_, props, names) => {
    const changes = Object.values(of(props).findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Action }) => Action === 'route53:ChangeResourceRecordSets');
    expect(changes).not.toEqual([]);
    for (const { Condition } of changes) {
      expect(Condition).toEqual({
        'ForAllValues:StringLike': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': names,
          'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'],
        },
        'Null': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': 'false', 'route53:ChangeResourceRecordSetsRecordTypes': 'false',
        },
      });
    }
  });

  test('are all taken out if there are several', () => {
    expect(calls(StageProfile.TESTING, { subjectAlternativeNames: ['a.acme.example', '*.a.acme.example'] })).toHaveLength(4);
  });
});
