import { Resource, Stack } from '../../review/assembly/assembly';
import { compareStatements, documentsOf, policyChanges } from '../../review/assembly/policies';

const READ = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const TRUST = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: 'arn:aws:iam::111111111111:root' } };

function resource(type: string, properties: Record<string, unknown>, id = 'it'): Resource {
  return { id, type, properties };
}

const found = (type: string, properties: Record<string, unknown>) =>
  documentsOf(resource(type, properties)).map(({ where, kind, statements }) => [where, kind, statements]);

describe('policies are found', () => {
  test.each<[what: string, type: string, properties: Record<string, unknown>, expected: unknown[]]>([
    ['of a role', 'AWS::IAM::Role', {
      AssumeRolePolicyDocument: { Statement: [TRUST] },
      Policies: [{ PolicyName: 'read', PolicyDocument: { Statement: READ } }],
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    }, [
      ['AssumeRolePolicyDocument', 'trust', [TRUST]],
      ['Policies.read.PolicyDocument', 'identity', [READ]],
      ['ManagedPolicyArns', 'attachment', ['arn:aws:iam::aws:policy/ReadOnlyAccess']],
    ]],
    ['of a key', 'AWS::KMS::Key', { KeyPolicy: { Statement: [TRUST] } }, [['KeyPolicy', 'resource', [TRUST]]]],
    ['of an organization', 'AWS::Organizations::Policy', { Content: { Statement: [READ] }, TargetIds: ['r-a1b2'] },
      [['Content', 'organization', [READ]], ['TargetIds', 'attachment', ['r-a1b2']]]],
    ['without statements', 'AWS::Organizations::Policy', { Content: '{"tags":{"Owner":{}}}' },
      [['Content', 'organization', [{ tags: { Owner: {} } }]]]],
    ['in text', 'AWS::Logs::ResourcePolicy', { PolicyDocument: JSON.stringify({ Statement: [TRUST] }) },
      [['PolicyDocument', 'resource', [TRUST]]]],
    ['in joined text', 'AWS::SSO::PermissionSet', {
      InlinePolicy: { 'Fn::Join': ['', ['{"Statement":[{"Effect":"Deny","Action":"*","Resource":"', { 'Fn::GetAtt': ['bucket', 'Arn'] }, '"}]}']] },
    }, [['InlinePolicy', 'identity', [{ Effect: 'Deny', Action: '*', Resource: '${bucket.Arn}' }]]]],
    ['of a function', 'AWS::Lambda::Permission', { Action: 'lambda:InvokeFunction', Principal: 'sns.amazonaws.com' },
      [['', 'resource', [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Principal: 'sns.amazonaws.com' }]]]],
    ['nowhere', 'AWS::StepFunctions::StateMachine', { DefinitionString: '{"Statement":"no"}', Tags: [{ Key: 'Effect' }] }, []],
  ])('%s', (_, type, properties, expected) => expect(found(type, properties)).toEqual(expected));
});

describe('statements are compared', () => {
  test.each([
    ['the same in another order', [READ, TRUST], [TRUST, READ], 0, 0],
    ['a list of one', [READ], [{ ...READ, Action: ['s3:GetObject'] }], 0, 0],
    ['another Sid', [READ], [{ ...READ, Sid: 'Read' }], 0, 0],
    ['one action more', [READ], [{ ...READ, Action: ['s3:GetObject', 's3:PutObject'] }], 1, 1],
    ['one of two that are equal', [READ, READ], [READ], 0, 1],
    ['another condition', [TRUST], [{ ...TRUST, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }], 1, 1],
    ['joined text in another order', [{ ...READ, Resource: { 'Fn::Join': ['', ['a', 'b']] } }],
      [{ ...READ, Resource: { 'Fn::Join': ['', ['b', 'a']] } }], 1, 1],
  ])('%s', (_, before, after, added, removed) => {
    const compared = compareStatements(before, after);
    expect([compared.added.length, compared.removed.length]).toEqual([added, removed]);
  });
});

test('only what a deployment changes is told', () => {
  const stack: Stack = {
    path: 'shop', name: 'shop', after: [], terminationProtection: false, resources: new Map(), outputs: {},
  };
  const policy = (action: string) => resource('AWS::IAM::Policy', { PolicyDocument: { Statement: [{ ...READ, Action: action }, TRUST] } });
  const changes = policyChanges({
    stacks: [{
      what: 'changed',
      stack,
      resources: [
        { what: 'changed', stack, before: policy('s3:Get*'), after: policy('s3:*'), properties: ['PolicyDocument'] },
        { what: 'changed', stack, before: policy('s3:*'), after: policy('s3:*'), properties: [] },
        { what: 'removed', stack, before: policy('sqs:*'), properties: [] },
      ],
    }],
    left: [{ ...stack, resources: new Map([['it', policy('s3:*')]]) }],
  });
  expect(changes.map(({ what, added, removed }) => [what, added, removed])).toEqual([
    ['changed', [{ ...READ, Action: 's3:*' }], [{ ...READ, Action: 's3:Get*' }]],
    ['removed', [], [{ ...READ, Action: 'sqs:*' }, TRUST]],
  ]);
});
