import { at, isTrue, numberAt, Rule, Step } from './step';
import { Resource } from '../../assembly/assembly';
import { documentsOf, effectOf, Statement, textOf } from '../../assembly/policies';

const KEYS = ['AWS::KMS::Key', 'AWS::KMS::ReplicaKey'];
/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html */
const DEFAULT_WINDOW = 30;

export const keyLeaves: Rule = ({ type, before, fate }) => KEYS.includes(type) && fate === 'deleted'
  ? `AWS KMS deletes the key in ${numberAt(before, 'PendingWindowInDays') ?? DEFAULT_WINDOW} days, and it cannot be used from now on: `
  + 'no deployment cancels that, and what it has encrypted cannot be read without it'
  : undefined;

/** https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
export const keyIsLockedOut: Rule = ({ type, before, after }) => {
  const isManaged = (key: Step['after']) => key !== undefined && at(key, 'KeyPolicy') !== undefined
    && documentsOf(key).some(({ statements }) => statements.some(statement =>
      effectOf(statement) === 'Allow' && mayDo(statement, 'kms:PutKeyPolicy')));
  return KEYS.includes(type) && after && at(after, 'KeyPolicy') !== undefined && !isManaged(after) && (!before || isManaged(before))
    ? 'its policy lets nobody change the policy any more: only AWS Support can make the key manageable again'
    : undefined;
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html */
export const bucketIsLockedOut: Rule = ({ type, before, after }) => {
  const isShut = (policy: Step['after']) => policy !== undefined
    && documentsOf(policy).some(({ statements }) => statements.some(statement =>
      effectOf(statement) === 'Deny' && mayDo(statement, 's3:DeleteBucketPolicy') && isEverybody(statement)));
  return type === 'AWS::S3::BucketPolicy' && isShut(after) && !isShut(before)
    ? 'its policy denies everybody all, the roles that deploy as well: only a root user can delete the policy'
    : undefined;
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export const principalLeaves: Rule = step => {
  const { type, before, fate, stack } = step;
  const [, kind] = /^AWS::IAM::(Role|User)$/.exec(type) ?? [];
  const name = textOf(at(before, `${kind}Name`));
  if (fate !== 'deleted' || kind === undefined || name === undefined) {
    return undefined;
  }
  const end = `:${kind.toLowerCase()}${textOf(at(before, 'Path')) ?? '/'}${name}`;
  const isIt = (arn: string) => {
    const account = arn.split(':')[4];
    return arn.endsWith(end) && (stack.account === undefined || !/^\d{12}$/.test(account) || account === stack.account);
  };
  const stacks = [...step.comparison.stacks.map(change => change.stack), ...step.comparison.left];
  const trustsIt = (resource: Resource) => documentsOf(resource)
    .some(({ statements }) => statements.some(statement => principals(statement).some(isIt)));
  const trusting = stacks.flatMap(({ path, resources }) => [...resources.values()].filter(trustsIt)
    .map(resource => resource.path?.replace(/\/Resource$/, '') ?? `${path}/${resource.id}`));
  return trusting.length === 0 ? undefined
    : `${trusting.map(path => `'${path}'`).join(', ')} trusts it by its unique ID: another one of the same name is not trusted until `
    + 'that policy is written again';
};

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-delete-trails-console.html */
export const trailLeaves: Rule = ({ type, change: { what }, fate, before, after }) => {
  const stops = what === 'changed' && isTrue(at(before, 'IsLogging')) && !isTrue(at(after, 'IsLogging'));
  return type === 'AWS::CloudTrail::Trail' && (stops || what === 'removed' && fate === 'deleted')
    ? 'this trail records nothing from then on, and what happens until there is one again is never recorded'
    : undefined;
};

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DeleteHostedZone.html */
export const zoneLeaves: Rule = ({ type, change: { what }, before, fate }) =>
  type !== 'AWS::Route53::HostedZone' || fate === undefined || at(before, 'VPCs') !== undefined ? undefined
    : what === 'removed'
      ? `${fate === 'retained' ? 'AWS goes on having the zone, and no stack knows it any more' : 'the zone is deleted'}: one that is made later `
      + 'has other name servers, to which whoever delegates has to change'
      : 'a zone with other name servers takes its place: its names resolve again only when whoever delegates to it has changed to these';

/** https://docs.aws.amazon.com/vpc/latest/userguide/WorkWithEIPs.html */
export const addressLeaves: Rule = ({ type, fate }) => type === 'AWS::EC2::EIP' && fate === 'deleted'
  ? 'the address goes back to AWS, which gives it to others: whoever lets it through has to be told'
  : undefined;

/** Patterns of IAM, but `?`. Whatever is said by exclusion may hold. */
function mayDo(statement: Statement, action: string): boolean {
  const { Action: actions, NotAction: others } = statement as Record<string, unknown>;
  return others !== undefined && effectOf(statement) === 'Allow' || list(actions).some(pattern => typeof pattern === 'string'
    && new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`, 'i').test(action));
}

function isEverybody(statement: Statement): boolean {
  const { Principal: principal, Condition: condition } = statement as Record<string, any>;
  return condition === undefined && (principal === '*' || list(principal?.AWS).includes('*'));
}

function principals(statement: Statement): string[] {
  const { Principal: principal } = statement as Record<string, any>;
  return list(principal?.AWS).map(textOf).filter((text): text is string => text !== undefined);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}
