import { App, Fn, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sns from 'aws-cdk-lib/aws-sns';
import { StageProfile } from '../../../src';
import { DmarcPolicy, MailDomain, MailDomainProps } from '../../../src/services/mail/mail-domain';
import { Resource, synthesize } from '../../orgs';
import { behavesLikeAService, REGION, stackIn, templateIn } from '../contract';
import { importedZone, zoneOfStage } from '../zones';

// no two stages have one name
const nameIn = (stack: Stack, id: string) => `${id}.${StageProfile.of(stack).name}.acme.example`;

describe('of a zone', () => behavesLikeAService((stack, id) => new MailDomain(stack, id, {
  zone: importedZone(stack), domainName: nameIn(stack, id),
})));

describe('with everything', () => behavesLikeAService((stack, id) => new MailDomain(stack, id, {
  zone: importedZone(stack),
  domainName: nameIn(stack, id),
  dmarcPolicy: DmarcPolicy.REJECT,
  dmarcReportAddress: 'dmarc@acme.example',
  feedbackTopic: sns.Topic.fromTopicArn(stack, `${id}-feedback`, `arn:aws:sns:${REGION}:222222222222:feedback`),
})));

type Props = (stack: Stack) => Partial<MailDomainProps>;

const mail = (stack: Stack, props: Props = () => ({})) => new MailDomain(stack, 'it', { zone: importedZone(stack), ...props(stack) });

function of(props?: Props): Template {
  return templateIn(StageProfile.PRODUCTION, stack => mail(stack, props));
}

/** The records of a type, with their values. */
function records(template: Template, type: string): Record<string, unknown> {
  return Object.fromEntries((Object.values(template.findResources('AWS::Route53::RecordSet')) as Resource[])
    .filter(({ Properties }) => Properties.Type === type)
    .map(({ Properties }) => [Properties.Name, Properties.ResourceRecords]));
}

describe('a domain', () => {
  test('is proved by DKIM', () => {
    const template = of();
    const [[identity, { Properties }]] = Object.entries(template.findResources('AWS::SES::EmailIdentity'));
    expect(Properties).toMatchObject({
      EmailIdentity: 'acme.example',
      DkimSigningAttributes: { NextSigningKeyLength: 'RSA_2048_BIT' },
      MailFromAttributes: { MailFromDomain: 'bounce.acme.example' },
    });
    for (const token of [1, 2, 3]) {
      template.hasResourceProperties('AWS::Route53::RecordSet', {
        Type: 'CNAME',
        HostedZoneId: 'Z1',
        Name: { 'Fn::GetAtt': [identity, `DkimDNSTokenName${token}`] },
        ResourceRecords: [{ 'Fn::GetAtt': [identity, `DkimDNSTokenValue${token}`] }],
      });
    }
  });

  test('takes bounces at a subdomain, for which SES may send', () => {
    const template = of();
    expect(records(template, 'MX')).toEqual({ 'bounce.acme.example.': [`10 feedback-smtp.${REGION}.amazonses.com`] });
    expect(records(template, 'TXT')).toMatchObject({ 'bounce.acme.example.': ['"v=spf1 include:amazonses.com ~all"'] });
    expect(records(of(() => ({ mailFromSubdomain: 'ses' })), 'MX')).toHaveProperty(['ses.acme.example.']);
  });

  test.each([
    [{}, 'v=DMARC1; p=quarantine'],
    [{ dmarcPolicy: DmarcPolicy.NONE, dmarcReportAddress: 'dmarc@acme.example' }, 'v=DMARC1; p=none; rua=mailto:dmarc@acme.example'],
    [{ dmarcPolicy: DmarcPolicy.REJECT }, 'v=DMARC1; p=reject'],
  ])('says what others should do with what is forged: %j', (props, value) => {
    expect(records(of(() => props), 'TXT')).toMatchObject({ '_dmarc.acme.example.': [`"${value}"`] });
  });

  test('sends over TLS, not to who does not want it, and is measured', () => {
    const template = of();
    const [set] = Object.keys(template.findResources('AWS::SES::ConfigurationSet', {
      Properties: {
        DeliveryOptions: { TlsPolicy: 'REQUIRE' },
        ReputationOptions: { ReputationMetricsEnabled: true },
        SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
      },
    }));
    template.hasResourceProperties('AWS::SES::EmailIdentity', { ConfigurationSetAttributes: { ConfigurationSetName: { Ref: set } } });
  });

  test('may be below the zone', () => {
    const template = of(() => ({ domainName: 'news.acme.example' }));
    template.hasResourceProperties('AWS::SES::EmailIdentity', {
      EmailIdentity: 'news.acme.example', MailFromAttributes: { MailFromDomain: 'bounce.news.acme.example' },
    });
    expect(Object.keys(records(template, 'TXT')).sort()).toEqual(['_dmarc.news.acme.example.', 'bounce.news.acme.example.']);
    expect(Object.keys(records(template, 'CNAME'))).not.toEqual([]);
  });

  test('may be of a zone that another stack defines, here or in another region', () => {
    for (const [region, read] of [[REGION, 0], ['eu-central-1', 1]] as const) {
      const stack = stackIn(StageProfile.PRODUCTION);
      new MailDomain(stack, 'it', { zone: zoneOfStage(stack, region) });
      const synthesized = synthesize(stack.node.root as App);
      expect(synthesized.find('Custom::AWS', 'in-production/services')).toHaveLength(read);
      expect(synthesized.dependencies('in-production/services')).toEqual(['in-production/dns']);
    }
  });

  test('tells a topic how mail is received, and nobody otherwise', () => {
    of().resourceCountIs('AWS::SES::ConfigurationSetEventDestination', 0);
    const template = of(stack => ({ feedbackTopic: new sns.Topic(stack, 'feedback') }));
    template.hasResourceProperties('AWS::SES::ConfigurationSetEventDestination', {
      EventDestination: Match.objectLike({ Enabled: true, MatchingEventTypes: ['bounce', 'complaint', 'reject'] }),
    });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: [Match.objectLike({ Principal: { Service: 'ses.amazonaws.com' }, Action: 'sns:Publish' })],
      }),
    });
  });
});

describe('grantSend', () => {
  test('lets a principal send from addresses of the domain, and from no other', () => {
    const template = templateIn(StageProfile.PRODUCTION, stack =>
      mail(stack).grantSend(new iam.Role(stack, 'shop', { assumedBy: new iam.AccountRootPrincipal() })).assertSuccess());
    const [identity] = Object.keys(template.findResources('AWS::SES::EmailIdentity'));
    const [set] = Object.keys(template.findResources('AWS::SES::ConfigurationSet'));
    const arn = (type: string, id: string) => ({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ses:${REGION}:222222222222:${type}/`, { Ref: id }]],
    });
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy')) as Resource[];
    expect(policy.Properties.PolicyDocument.Statement).toEqual([{
      Effect: 'Allow',
      Action: ['ses:SendEmail', 'ses:SendRawEmail'],
      Resource: [arn('identity', identity), arn('configuration-set', set)],
      Condition: { StringLike: { 'ses:FromAddress': '*@acme.example' } },
    }]);
  });
});

test.each<[string, Props]>([
  ["domainName 'other.example' is not in zone 'acme.example'", () => ({ domainName: 'other.example' })],
  ["zone 'in-production/services/by-id' is imported by its id alone",
    stack => ({ zone: route53.HostedZone.fromHostedZoneId(stack, 'by-id', 'Z2'), domainName: 'a.example' })],
  ["mailFromSubdomain 'a.b' is not one label: give one like 'bounce'", () => ({ mailFromSubdomain: 'a.b' })],
  ["mailFromSubdomain '' is not one label", () => ({ mailFromSubdomain: '' })],
  ["dmarcReportAddress 'dmarc' is not an e-mail address: give one like 'dmarc@acme.example'", () => ({ dmarcReportAddress: 'dmarc' })],
  ["dmarcReportAddress 'a@acme.example; p=none' is not", () => ({ dmarcReportAddress: 'a@acme.example; p=none' })],
  ['feedbackTopic is in us-east-1, and what should tell it is in eu-west-1',
    stack => ({ feedbackTopic: sns.Topic.fromTopicArn(stack, 'topic', 'arn:aws:sns:us-east-1:222222222222:feedback') })],
])('refuses: %s', (message, props) => {
  const stack = stackIn(StageProfile.PRODUCTION);
  expect(() => mail(stack, props)).toThrow(message);
});

test('does not judge what is not known yet', () => {
  expect(() => of(() => ({
    domainName: Fn.importValue('domain'), mailFromSubdomain: Fn.importValue('label'), dmarcReportAddress: Fn.importValue('address'),
  }))).not.toThrow();
});
