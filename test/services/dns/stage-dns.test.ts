import { RemovalPolicy } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { StageDns, StageDnsProps, StageProfile } from '../../../src';
import { behavesLikeAService, stackIn, templateIn } from '../contract';

const ROLE = 'arn:aws:iam::111111111111:role/acme-prod-dns-delegation';

function define(props: Partial<StageDnsProps> = {}) {
  return (stack: Parameters<typeof Template.fromStack>[0], id: string) => {
    new StageDns(stack, id, { domainName: `${id}.acme.example`, ...props });
  };
}

describe('the domain of a stage, delegated', () => behavesLikeAService(define({ delegationRoleArn: ROLE })));
describe('the domain of a stage, alone', () => behavesLikeAService(define()));

describe('a stage\'s zone', () => {
  test('is public, and its name servers are entered above by the role', () => {
    const template = templateIn(StageProfile.PRODUCTION, define({ delegationRoleArn: ROLE }));
    template.hasResource('AWS::Route53::HostedZone', { DeletionPolicy: 'RetainExceptOnCreate', Properties: { Name: 'it.acme.example.', VPCs: Match.absent() } });
    const [zone] = Object.keys(template.findResources('AWS::Route53::HostedZone'));
    template.hasResource('Custom::CrossAccountZoneDelegation', {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        AssumeRoleArn: ROLE,
        ParentZoneName: 'acme.example',
        DelegatedZoneName: 'it.acme.example',
        DelegatedZoneNameServers: { 'Fn::GetAtt': [zone, 'NameServers'] },
      },
    });
  });

  test('takes its delegation back before it goes', () => {
    const template = templateIn(StageProfile.TESTING, define({ delegationRoleArn: ROLE }));
    // its delegation refers to it, so CloudFormation deletes that first
    template.hasResource('Custom::CrossAccountZoneDelegation', { DeletionPolicy: 'Delete' });
    template.hasResource('AWS::Route53::HostedZone', { DeletionPolicy: 'Delete' });
  });

  test('may assume that one role and no other', () => {
    const template = templateIn(StageProfile.PRODUCTION, define({ delegationRoleArn: ROLE }));
    const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    expect(Object.values(template.findResources('AWS::IAM::Role')).flatMap(({ Properties }) => Properties.Policies ?? [])).toEqual([]);
    expect(statements).toEqual([{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: ROLE }]);
  });

  test('is below a domain further up', () => {
    const template = templateIn(StageProfile.PRODUCTION,
      define({ domainName: 'eu.prod.acme.example', parentDomainName: 'acme.example', delegationRoleArn: ROLE }));
    template.hasResourceProperties('Custom::CrossAccountZoneDelegation', { ParentZoneName: 'acme.example' });
  });

  test('finds the zone above by its id, if that is given', () => {
    templateIn(StageProfile.PRODUCTION, define({ parentHostedZoneId: 'Z1', delegationRoleArn: ROLE }))
      .hasResourceProperties('Custom::CrossAccountZoneDelegation', { ParentZoneId: 'Z1', ParentZoneName: Match.absent() });
  });

  test('without a role has no function, and says its name servers', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const { nameServers, zone } = new StageDns(stack, 'dns', { domainName: 'prod.acme.example' });
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 0);
    expect([stack.resolve(nameServers), zone.zoneName]).toEqual([{ 'Fn::GetAtt': ['dnsZone4A680352', 'NameServers'] }, 'prod.acme.example']);
  });

  test('obeys an explicit prop before the profile', () => {
    templateIn(StageProfile.PRODUCTION, define({ removalPolicy: RemovalPolicy.DESTROY }))
      .hasResource('AWS::Route53::HostedZone', { DeletionPolicy: 'Delete' });
  });

  test('is kept where the profile takes snapshots, of which a zone has none', () => {
    const snapshots = StageProfile.PRODUCTION.customized('snapshots', { removalPolicy: RemovalPolicy.SNAPSHOT });
    const template = templateIn(snapshots, define({ delegationRoleArn: ROLE }));
    for (const type of ['AWS::Route53::HostedZone', 'Custom::CrossAccountZoneDelegation']) {
      template.allResources(type, { DeletionPolicy: 'RetainExceptOnCreate' });
    }
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain' });
  });

  test.each<[string, Partial<StageDnsProps>, string]>([
    ['a name in capitals', { domainName: 'Prod.acme.example' }, "domainName 'Prod.acme.example' is not a domain: give one like 'acme.example', in lower case and without a dot at the end"],
    ['a dot at the end', { domainName: 'prod.acme.example.' }, "domainName 'prod.acme.example.' is not a domain"],
    ['a name at the top', { domainName: 'example' }, "domainName 'example' is not a domain"],
    ['a parent elsewhere', { parentDomainName: 'beta.example', delegationRoleArn: ROLE }, "parentDomainName 'beta.example' is not above domainName 'it.acme.example': give a domain that ends it"],
    ['a parent and no role', { parentDomainName: 'acme.example' }, "parentDomainName 'acme.example' has no effect without delegationRoleArn: give both or none"],
    ['a snapshot', { removalPolicy: RemovalPolicy.SNAPSHOT }, 'removalPolicy is SNAPSHOT, and CloudFormation takes none of this'],
    ['a parent\'s id and no role', { parentHostedZoneId: 'Z1' }, "parentHostedZoneId 'Z1' has no effect without delegationRoleArn: give both or none"],
    ['two parents', { parentHostedZoneId: 'Z1', parentDomainName: 'acme.example', delegationRoleArn: ROLE },
      "parentDomainName 'acme.example' has no effect, because there is a parentHostedZoneId: leave one out"],
    ['a token', { domainName: '${Token[TOKEN.1]}' }, 'domainName is a token'],
  ])('refuses %s', (_, props, message) => {
    expect(() => templateIn(StageProfile.PRODUCTION, define(props))).toThrow(message);
  });
});
