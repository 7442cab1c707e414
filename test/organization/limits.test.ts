import { RemovalPolicy, Stage } from 'aws-cdk-lib';
import { MultiAccountOrg, OrganizationPolicyType, OrganizationSource, StageAccess, StageProfile, StageRoles } from '../../src';
import { EXISTING, orgProps, Resource, Synthesized, testApp } from '../orgs';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const LIMITS = { Parameters: 200, Resources: 500, Outputs: 200, Mappings: 200 };

/**
 * Characters of policies, without white space.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
 */
const POLICIES: Record<string, [property: string, limit: number]> = {
  'AWS::IAM::Policy': ['PolicyDocument', 5120],
  'AWS::IAM::ManagedPolicy': ['PolicyDocument', 6144],
  'AWS::IAM::Role': ['AssumeRolePolicyDocument', 2048],
  'AWS::Organizations::Policy': ['Content', 10240],
  'AWS::S3::BucketPolicy': ['PolicyDocument', 20480],
  'AWS::KMS::Key': ['KeyPolicy', 32768],
};
const MANAGED_POLICIES_OF_A_GROUP = 10;
const POLICIES_OF_A_TARGET = 10;

function organization(stages: number, source: OrganizationSource, adopted: boolean): MultiAccountOrg {
  const org = new MultiAccountOrg(testApp(), 'acme', orgProps({ organization: source, ...adopted && { email: undefined } }));
  const account = (index: number) => adopted ? { accountId: `${100_000_000_000 + index}` } : {};
  const audit = org.addStage('audit', { profile: StageProfile.AUDIT, ...account(0) });
  org.addAuditTrail({ storedIn: audit });
  const everywhere = org.addGroup('auditors', { canAssume: [StageRoles.ofAll('read-only')] });
  const one = org.addGroup('engineers', { canAssume: [StageRoles.ofAll('admin')] });
  org.addUser('ada', { groups: [everywhere, one] });
  Array.from({ length: stages - 1 }, (_, index) => org.addStage(`s${index}`, {
    access: index % 10 === 0 ? StageAccess.ADMIN_AND_READ_ONLY : StageAccess.READ_ONLY, ...account(index + 1),
  }));
  org.addGroup('newcomers', { canAssume: org.stages.slice(-60).map(({ readOnly }) => readOnly) });
  // of a thousand, so many that a template which grows by one parameter, or by two resources, is seen
  org.addDomain('acme.example', { stages: org.stages.slice(0, 260) });
  org.management!.addPolicy('regions', {
    policyType: OrganizationPolicyType.SERVICE_CONTROL, content: '{"Version":"2012-10-17","Statement":[]}', stages: org.stages, removalPolicy: RemovalPolicy.RETAIN,
  });
  return org;
}

/** As AWS counts: what is known at deployment only is as long as the ARN of a bucket. */
function lengthOf(document: unknown): number {
  return JSON.stringify(document)
    .replace(/\{"Ref":"AWS::Partition"\}/g, '"aws"')
    .replace(/\{"Ref":"\w*account\w*"\}/g, '"123456789012"')
    .replace(/\{"(Ref|Fn::GetAtt)":("\w+"|\[[^\]]*\])\}/g, '"arn:aws:s3:::acme-audit-trail-123456789012"')
    .replace(/\{"Fn::Join":\["",\[("[^\]]*")\]\]\}/g, (_, parts: string) => parts.replace(/","/g, '')).length;
}

function countBy(names: string[]): number {
  const counts = new Map<string, number>();
  names.forEach(name => counts.set(name, (counts.get(name) ?? 0) + 1));
  return Math.max(0, ...counts.values());
}

test.each<[number, string, OrganizationSource, boolean]>([
  [70, 'created', OrganizationSource.create(), false],
  [70, 'adopted', EXISTING, true],
  // its policies name each account by a parameter
  [1000, 'created in an organization that exists', EXISTING, false],
  [1000, 'adopted', EXISTING, true],
])('%i stages are within the limits of CloudFormation and of services in root and the trail: accounts %s', (stages, _, source, adopted) => {
  const org = organization(stages, source, adopted);
  const parts = [org.root, org.node.findChild('audit-trail') as Stage].map(stage => new Synthesized(stage.synth()));
  const found: Array<[string, Resource]> = [];
  const templates = parts.flatMap(part =>
    [...[...part.stacks].map(([path, { template }]): typeof part.nested[0] => [path, template]), ...part.nested]);
  for (const [path, template] of templates) {
    for (const [section, limit] of Object.entries(LIMITS)) {
      expect([path, section, Object.keys(template[section] ?? {}).length <= limit]).toEqual([path, section, true]);
    }
    const body = JSON.stringify(template);
    expect([path, body.split('{{resolve:').length <= 61]).toEqual([path, true]);
    expect([path, body.length <= 200_000]).toEqual([path, true]);
    found.push(...Object.entries<Resource>(template.Resources).map(([id, resource]): [string, Resource] => [`${path} ${id}`, resource]));
  }
  for (const [id, { Type, Properties }] of found.filter(([, resource]) => POLICIES[resource.Type])) {
    const [property, limit] = POLICIES[Type];
    expect([id, lengthOf(Properties[property]) <= limit]).toEqual([id, true]);
  }
  const ofType = (type: string) => found.map(([, resource]) => resource).filter(({ Type }) => Type === type);
  const groups = ofType('AWS::IAM::ManagedPolicy').flatMap(({ Properties }) => Properties.Groups as unknown[] ?? []);
  expect(groups.length).toBeGreaterThanOrEqual(stages > 100 ? 5 : 0);
  expect(countBy(groups.map(group => JSON.stringify(group)))).toBeLessThanOrEqual(MANAGED_POLICIES_OF_A_GROUP);
  const targets = ofType('AWS::Organizations::Policy').flatMap(({ Properties }) =>
    (Properties.TargetIds as unknown[]).map(id => JSON.stringify(id)));
  expect(countBy(targets)).toBeLessThan(POLICIES_OF_A_TARGET);
  expect(new Set(targets).size).toBeGreaterThanOrEqual(stages);
}, 300_000);
