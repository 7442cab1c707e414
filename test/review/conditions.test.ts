import { Stack } from '../../review/assembly';
import { asMade } from '../../review/report/conditions';

const YES = { 'Fn::Equals': ['true', { Ref: 'Wanted' }] };
const NO = { 'Fn::Equals': ['true', { Ref: 'Unwanted' }] };
const UNKNOWN = { 'Fn::Equals': ['true', { Ref: 'AWS::Region' }] };

/** A stack with this condition, and the defaults of its parameters. */
function stack(condition: unknown): Stack {
  const declarations = new Map<string, unknown>([
    ['Conditions/It', condition], ['Conditions/Yes', YES],
    ['Parameters/Wanted', { Type: 'String', Default: true }], ['Parameters/Unwanted', { Type: 'String', Default: '' }], ['Parameters/Asked', { Type: 'String' }],
  ]);
  return { path: 'shop', name: 'shop', after: [], terminationProtection: false, resources: new Map(), outputs: {}, declarations };
}

function made(condition: unknown, properties: Record<string, unknown> = {}, id = 'it') {
  return asMade(stack(condition), { id, type: 'AWS::S3::Bucket', properties, condition: 'It' });
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
test.each<[string, unknown, boolean]>([
  ['an equality that holds', YES, true],
  ['one that does not', NO, false],
  ['one that only the deployment knows', UNKNOWN, true],
  ['one of a parameter without a default', { 'Fn::Equals': ['', { Ref: 'Asked' }] }, true],
  ['its contrary', { 'Fn::Not': [YES] }, false],
  ['the contrary of what is not known', { 'Fn::Not': [UNKNOWN] }, true],
  ['all of several', { 'Fn::And': [YES, YES] }, true],
  ['all, and one is not', { 'Fn::And': [UNKNOWN, NO] }, false],
  ['all, and one is not known', { 'Fn::And': [YES, UNKNOWN] }, true],
  ['one of several', { 'Fn::Or': [NO, YES] }, true],
  ['one, and none is', { 'Fn::Or': [NO, NO] }, false],
  ['one, and one is not known', { 'Fn::Or': [NO, UNKNOWN] }, true],
  ['another condition', { 'Fn::Not': [{ Condition: 'Yes' }] }, false],
])('a resource is made unless a condition is known to leave it out: %s', (_, condition, isMade) => {
  expect(made(condition) !== undefined).toBe(isMade);
});

test('properties are what a condition chooses, and stay what they are where nobody knows', () => {
  const properties = {
    block: { 'Fn::If': ['It', { 'Fn::If': ['Yes', 'on', 'off'] }, { Ref: 'AWS::NoValue' }] },
    list: [{ 'Fn::If': ['Yes', { Ref: 'AWS::NoValue' }, 'a'] }, 'b'],
  };
  expect(made(YES, properties)!.properties).toEqual({ block: 'on', list: ['b'] });
  expect(made({ 'Fn::Or': [NO, UNKNOWN] }, properties)!.properties)
    .toEqual({ block: { 'Fn::If': ['It', 'on'] }, list: ['b'] });
});

test('conditions of a nested stack are its own', () => {
  expect(made(NO, {}, 'nested/it')).toBeDefined();
});
