import { Stack } from '../../review/assembly/assembly';
import { ask, Case } from '../../review/report/conditions';

const YES = { 'Fn::Equals': ['true', { Ref: 'Wanted' }] };
const NO = { 'Fn::Equals': ['true', { Ref: 'Unwanted' }] };
const UNKNOWN = { 'Fn::Equals': ['true', { Ref: 'AWS::Region' }] };

/** A stack with this condition, and the defaults of its parameters. */
function stack(condition: unknown): Stack {
  const declarations = new Map<string, unknown>([
    ['Conditions/It', condition], ['Conditions/Yes', YES],
    ['Conditions/One', { 'Fn::Not': [{ Condition: 'Other' }] }], ['Conditions/Other', { Condition: 'One' }],
    ['Parameters/Wanted', { Type: 'String', Default: true }], ['Parameters/Unwanted', { Type: 'String', Default: '' }], ['Parameters/Asked', { Type: 'String' }],
    ['Parameters/Zones', { Type: 'CommaDelimitedList', Default: 'a, b' }], ['Parameters/Image', { Type: 'AWS::SSM::Parameter::Value<String>', Default: 'true' }],
    ['nested/Conditions/Passed', { 'Fn::Equals': ['true', { Ref: 'Given' }] }],
    ['nested/Parameters/Given', { Type: 'String', Default: '' }],
  ]);
  return { path: 'shop', name: 'shop', after: [], terminationProtection: false, resources: new Map(), outputs: {}, declarations };
}

/** In each case. */
function made(condition: unknown, properties: Record<string, unknown> = {}, id = 'it', named = 'It') {
  const all: Array<ReturnType<Case['made']>> = [];
  const answer = ask(stack(condition), at => {
    const resource = at.made({ id, type: 'AWS::S3::Bucket', properties, condition: named });
    all.push(resource);
    return resource !== undefined;
  });
  return { answer, properties: all[0]?.properties };
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
test.each<[string, unknown, boolean | 'unknown']>([
  ['an equality that holds', YES, true],
  ['one that does not', NO, false],
  ['one that only the deployment knows', UNKNOWN, 'unknown'],
  ['one of a parameter without a default', { 'Fn::Equals': ['', { Ref: 'Asked' }] }, 'unknown'],
  ['its contrary', { 'Fn::Not': [YES] }, false],
  ['the contrary of what is not known', { 'Fn::Not': [UNKNOWN] }, 'unknown'],
  ['all of several', { 'Fn::And': [YES, YES] }, true],
  ['all, and one is not', { 'Fn::And': [UNKNOWN, NO] }, false],
  ['all, and one is not known', { 'Fn::And': [YES, UNKNOWN] }, 'unknown'],
  ['one of several', { 'Fn::Or': [NO, YES] }, true],
  ['one, and none is', { 'Fn::Or': [NO, NO] }, false],
  ['one, and one is not known', { 'Fn::Or': [NO, UNKNOWN] }, 'unknown'],
  ['what is not known, or its contrary', { 'Fn::Or': [UNKNOWN, { 'Fn::Not': [UNKNOWN] }] }, true],
  ['one of a parameter of Systems Manager', { 'Fn::Equals': ['true', { Ref: 'Image' }] }, 'unknown'],
  ['conditions that name each other', { Condition: 'One' }, 'unknown'],
  ['a condition that names itself', { Condition: 'It' }, 'unknown'],
  ['one that there is not', { Condition: 'Missing' }, 'unknown'],
  ['more than anybody looks at', { 'Fn::And': Array.from({ length: 12 }, (_, index) => ({ 'Fn::Equals': [index, { Ref: 'Asked' }] })) }, 'unknown'],
  ['another condition', { 'Fn::Not': [{ Condition: 'Yes' }] }, false],
])('a resource is made unless a condition is known to leave it out: %s', (_, condition, isMade) => {
  expect(made(condition).answer).toBe(isMade);
});

test('properties are what a condition chooses', () => {
  const properties = {
    block: { 'Fn::If': ['It', { 'Fn::If': ['Yes', 'on', 'off'] }, { Ref: 'AWS::NoValue' }] },
    list: [{ 'Fn::If': ['Yes', { Ref: 'AWS::NoValue' }, 'a'] }, 'b'],
  };
  expect(made(YES, properties).properties).toEqual({ block: 'on', list: ['b'] });
});

test('parameters have their defaults, and what has none stays unknown', () => {
  const properties = { a: { Ref: 'Wanted' }, b: { Ref: 'Zones' }, c: { Ref: 'Asked' }, d: { Ref: 'Image' }, e: { Ref: 'bucket' } };
  expect(made(YES, properties).properties)
    .toEqual({ a: true, b: ['a', 'b'], c: { Unknown: 'Asked' }, d: { Unknown: 'Image' }, e: { Ref: 'bucket' } });
});

test('conditions and parameters of a nested stack are its own, as it is given them', () => {
  expect(made(NO, {}, 'nested/it').answer).toBe('unknown');
  const { resources, ...others } = stack(NO);
  const of = (given: unknown, condition?: string) => {
    const nested = { id: 'nested', type: 'AWS::CloudFormation::Stack', properties: { Parameters: { Given: given } }, condition };
    return ask({ ...others, resources: new Map([['nested', nested]]) }, at =>
      at.made({ id: 'nested/it', type: 'AWS::S3::Bucket', properties: {}, condition: 'Passed' }) !== undefined);
  };
  expect([of('true'), of('false'), of({ 'Fn::GetAtt': ['a', 'b'] }), of('true', 'It')]).toEqual([true, false, 'unknown', false]);
});
