import { App, CfnOutput, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sns from 'aws-cdk-lib/aws-sns';
import { StageProfile } from '../../../src';
import { AcmCloudFront, AcmCloudFrontProps } from '../../../src/services/dns/acm-cloudfront';
import { Resource, Synthesized, synthesize, testApp } from '../../orgs';
import { behavesLikeAService, inEveryProfile, leftBehind, lost, PROFILES, REGION, stackIn } from '../contract';
import { importedZone, zoneOfStage, reads } from '../zones';

describe('of a zone of the stage', () => behavesLikeAService((stack, id) => new AcmCloudFront(stack, id, { zone: zoneOfStage(stack, REGION) })));

describe('of a zone that exists', () => behavesLikeAService((stack, id) => new AcmCloudFront(stack, id, { zone: importedZone(stack) })));

const HERE = 'in-production/services';
const THERE = 'in-production/services-it-us-east-1';
const CERTIFICATE = 'AWS::CertificateManager::Certificate';

function production(props: (stack: Stack) => AcmCloudFrontProps): Synthesized {
  const stack = stackIn(StageProfile.PRODUCTION);
  const it = new AcmCloudFront(stack, 'it', props(stack));
  use(it, stack);
  return synthesize(stack.node.root as App);
}

/** Something that refers to the certificate, so that the reference is in the template. */
function use(it: AcmCloudFront, stack: Stack): void {
  new CfnOutput(stack, 'One', { value: it.certificateArn });
  new CfnOutput(stack, 'Two', { value: it.acmCertificate.certificateArn });
}

function call({ Properties }: Resource): any {
  return JSON.parse(Properties.Create);
}

describe('in a stack of another region', () => {
  const synthesized = production(stack => ({ zone: zoneOfStage(stack) }));

  test('the certificate is in us-east-1, in the account of the stack', () => {
    expect(synthesized.find(CERTIFICATE).map(({ path }) => path)).toEqual([THERE]);
    expect(synthesized.stack(THERE).environment).toMatchObject({ account: '222222222222', region: 'us-east-1' });
    expect(synthesized.one(CERTIFICATE, THERE).Properties).toMatchObject({
      DomainName: 'acme.example', SubjectAlternativeNames: ['*.acme.example'], ValidationMethod: 'DNS',
    });
  });

  test('the stack is deployed after it, and it after the zone', () => {
    expect(synthesized.dependencies(HERE)).toEqual([THERE]);
    expect(synthesized.dependencies(THERE)).toEqual(['in-production/dns']);
  });

  test('the stack reads its ARN, and may read nothing else', () => {
    const [{ id, resource }] = reads(synthesized, HERE);
    const [certificate] = synthesized.find(CERTIFICATE, THERE);
    const { Name, Value } = synthesized.one('AWS::SSM::Parameter', THERE).Properties;
    expect(Value).toEqual({ Ref: certificate.id });
    expect(call(resource)).toMatchObject({ service: 'SSM', action: 'getParameter', region: 'us-east-1', parameters: { Name } });
    expect(call(resource).physicalResourceId).toEqual({ id: Name });
    expect(resource.Properties.Update).toBe(resource.Properties.Create);
    expect(synthesized.one('AWS::IAM::Policy', HERE).Properties.PolicyDocument.Statement).toEqual([{
      Action: 'ssm:GetParameter',
      Effect: 'Allow',
      Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ssm:us-east-1:222222222222:parameter${Name}`]] },
    }]);
    const arn = { 'Fn::GetAtt': [id, 'Parameter.Value'] };
    expect(synthesized.outputs(HERE)).toEqual({ One: { Value: arn }, Two: { Value: arn } });
  });

  test('the id of the zone gets there by a parameter too', () => {
    const { Name } = synthesized.one('AWS::SSM::Parameter', 'in-production/dns').Properties;
    const [{ id, resource }] = reads(synthesized, THERE);
    expect(call(resource)).toMatchObject({ region: REGION, parameters: { Name } });
    expect(synthesized.one(CERTIFICATE, THERE).Properties.DomainValidationOptions[0].HostedZoneId)
      .toEqual({ 'Fn::GetAtt': [id, 'Parameter.Value'] });
    expect(JSON.stringify(synthesized.find('AWS::IAM::Policy', THERE).map(({ resource: policy }) => policy.Properties)))
      .toContain(`:ssm:${REGION}:222222222222:parameter${Name}"`);
  });

  test('an id that is known is used as it is', () => {
    const imported = production(stack => ({ zone: importedZone(stack) }));
    expect(reads(imported, THERE)).toEqual([]);
    expect(imported.one(CERTIFICATE).Properties.DomainValidationOptions[0].HostedZoneId).toBe('Z1');
    expect(imported.dependencies(THERE)).toEqual([]);
  });

  test('a zone of us-east-1 is referred to', () => {
    const near = production(stack => ({ zone: zoneOfStage(stack, 'us-east-1') }));
    expect(reads(near, THERE)).toEqual([]);
    expect(near.dependencies(THERE)).toEqual(['in-production/dns']);
  });

  test('other names, and another zone, are read anew', () => {
    const name = (props: Partial<AcmCloudFrontProps>) => production(stack => ({ zone: importedZone(stack), ...props }))
      .one('AWS::SSM::Parameter').Properties.Name;
    const names = [
      name({}), name({ domainName: 'a.acme.example' }), name({ subjectAlternativeNames: [] }),
      production(stack => ({ zone: route53.HostedZone.fromHostedZoneAttributes(stack, 'z', { hostedZoneId: 'Z2', zoneName: 'acme.example' }) }))
        .one('AWS::SSM::Parameter').Properties.Name,
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(name({})).toBe(names[0]);
  });

  test('an alarm is in us-east-1 too', () => {
    const alarmed = production(stack => ({
      zone: importedZone(stack),
      alarmActions: [new SnsAction(sns.Topic.fromTopicArn(stack, 'topic', 'arn:aws:sns:us-east-1:222222222222:alarms'))],
    }));
    expect(alarmed.find('AWS::CloudWatch::Alarm').map(({ path }) => path)).toEqual([THERE]);
  });

  test('an alarm is told, in whichever stack it is', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const there = new Stack(stack.node.scope, 'there', { env: { account: stack.account, region: 'us-east-1' } });
    const alarms = [stack, there].map(each => new AcmCloudFront(each, 'it', { zone: importedZone(each), alarmActions: [] }).alarms);
    expect(alarms.flat().map(({ node }) => node.path))
      .toEqual([`${THERE}/Certificate/Expiry`, 'in-production/there/it/Certificate/Expiry']);
    expect(new AcmCloudFront(there, 'other', { zone: importedZone(there) }).alarms).toEqual([]);
  });

  test('there may be several, of one zone and in several stacks', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const other = new Stack(stack.node.scope, 'more');
    const zone = zoneOfStage(stack);
    ['a', 'b'].forEach(id => new AcmCloudFront(stack, id, { zone }));
    new AcmCloudFront(other, 'a', { zone });
    const several = synthesize(stack.node.root as App);
    expect(several.find('AWS::SSM::Parameter', 'in-production/dns')).toHaveLength(1);
    const names = several.find('AWS::SSM::Parameter').map(({ resource }) => resource.Properties.Name);
    expect(names).toHaveLength(4);
    expect(new Set(names).size).toBe(4);
  });

  test('an id with letters that no stack may have makes one that it may', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    new AcmCloudFront(stack, 'docs.acme.example', { zone: importedZone(stack) });
    expect([...synthesize(stack.node.root as App).stacks.keys()]).toContain('in-production/services-docs-acme-example-us-east-1');
  });
});

test('in us-east-1 the certificate is in the stack itself', () => {
  const stack = new Stack(testApp(), 'services', { env: { account: '222222222222', region: 'us-east-1' } });
  new AcmCloudFront(stack, 'it', { zone: zoneOfStage(stack, 'us-east-1') });
  const synthesized = synthesize(stack.node.root as App);
  expect([...synthesized.stacks.keys()].sort()).toEqual(['dns', 'services']);
  expect(reads(synthesized)).toEqual([]);
  Template.fromStack(stack).resourceCountIs(CERTIFICATE, 1);
});

test('a stack that knows neither account nor region has it in us-east-1 of the same account', () => {
  const stack = new Stack(testApp(), 'services');
  new AcmCloudFront(stack, 'it', { zone: importedZone(stack) });
  const { environment } = synthesize(stack.node.root as App).stack('services-it-us-east-1');
  expect(environment).toMatchObject({ account: 'unknown-account', region: 'us-east-1' });
});

describe('the stack in us-east-1', () => {
  test.each(Object.values(PROFILES))('is kept or destroyed as the profile says: $name', profile => {
    const define = (stack: Stack, id: string) => void new AcmCloudFront(stack, id, { zone: zoneOfStage(stack) });
    const synthesized = synthesize(inEveryProfile(define));
    const resources = synthesized.resources(`in-${profile.name}/services-it-us-east-1`);
    expect(profile.removalPolicy === 'destroy' ? leftBehind(resources) : lost(resources)).toEqual([]);
    expect(synthesized.one('AWS::Logs::LogGroup', `in-${profile.name}/services-it-us-east-1`).Properties.RetentionInDays)
      .toBe(profile.logRetention);
  });

  test('follows a profile that the plain stack has', () => {
    const app = testApp();
    const stack = new Stack(app, 'services', { env: { account: '222222222222', region: REGION } });
    StageProfile.TESTING.applyTo(stack);
    new AcmCloudFront(stack, 'it', { zone: zoneOfStage(stack) });
    const elsewhere = app.node.findChild('services-it-us-east-1');
    expect(StageProfile.of(elsewhere)).toBe(StageProfile.TESTING);
    expect(leftBehind(synthesize(app).resources('services-it-us-east-1'))).toEqual([]);
  });
});

test.each<[string, (stack: Stack) => Partial<AcmCloudFrontProps>]>([
  ["domainName 'other.example' is not in zone 'acme.example'", () => ({ domainName: 'other.example' })],
  ['alarmActions has one in eu-west-1, and the alarm that would take it is in us-east-1: give actions of us-east-1, or none',
    stack => ({ alarmActions: [new SnsAction(sns.Topic.fromTopicArn(stack, 'topic', `arn:aws:sns:${REGION}:222222222222:alarms`))] })],
  ["zone 'in-production/services/mine' is in the same stack as 'in-production/services/it', whose certificate in us-east-1 comes "
    + 'before that stack, and after the zone: define the zone in a stack of its own',
  stack => ({ zone: new route53.PublicHostedZone(stack, 'mine', { zoneName: 'acme.example' }) })],
])('refuses: %s', (message, props) => {
  const stack = stackIn(StageProfile.PRODUCTION);
  expect(() => new AcmCloudFront(stack, 'it', { zone: importedZone(stack), ...props(stack) })).toThrow(message);
});

test('refuses a zone whose region nobody knows', () => {
  const stack = new Stack(testApp(), 'services');
  const zone = new route53.PublicHostedZone(new Stack(Stage.of(stack), 'dns'), 'zone', { zoneName: 'acme.example' });
  expect(() => new AcmCloudFront(stack, 'it', { zone })).toThrow("zone 'dns/zone' is in a stack that does not know its region, and its id "
    + 'is needed in us-east-1: give that stack a region, or import the zone by its id');
});
