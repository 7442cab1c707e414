import { Resource, Stack } from '../../assembly/assembly';
import { Comparison, ResourceChange } from '../../assembly/comparison';
import { shapeOf } from '../../shapes';

/** What AWS does with what it has, where a resource is removed or replaced. */
export type Fate = 'deleted' | 'snapshot' | 'retained';

/** What a deployment does with one resource, as the rules look at it. */
export interface Step {
  readonly change: ResourceChange;
  readonly comparison: Comparison;
  readonly stack: Stack;
  readonly type: string;
  readonly before?: Resource;
  readonly after?: Resource;
  /** Not set if AWS goes on with what it has. */
  readonly fate?: Fate;
}

/** Why a step cannot be undone; nothing if it can. */
export type Rule = (step: Step) => string | undefined;

/** Properties that replace a resource although its schema says so under conditions only. */
const REPLACING: Record<string, string[]> = {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
  'AWS::DynamoDB::Table': ['KeySchema'],
  'AWS::DynamoDB::GlobalTable': ['KeySchema', 'LocalSecondaryIndexes'],
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html
  'AWS::RDS::DBCluster': ['Engine', 'MasterUsername'],
};

export function stepOf(change: ResourceChange, comparison: Comparison): Step {
  const { before, after, stack } = change;
  const { type } = (after ?? before)!;
  const replacedBy = (REPLACING[type] ?? []).find(name => change.properties.includes(name));
  const known = change.what === 'changed' && replacedBy ? { ...change, what: 'replaced' as const, replacedBy } : change;
  return { change: known, comparison, stack, type, before, after, fate: fateOf(known) };
}

/** A removed resource leaves as its last template has it, and a replaced one as the next template has it. */
function fateOf({ what, before, after }: ResourceChange): Fate | undefined {
  if (what !== 'removed' && what !== 'replaced') {
    return undefined;
  }
  const policy: unknown = what === 'removed' ? before!.deletionPolicy ?? ofType(before!) : after!.updateReplacePolicy;
  // one that the deployment decides may be the worst
  return String(policy).startsWith('Retain') ? 'retained' : policy === 'Snapshot' ? 'snapshot' : 'deleted';
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html */
function ofType({ type, properties }: Resource): string {
  const isSaved = type === 'AWS::RDS::DBCluster' || type === 'AWS::RDS::DBInstance' && !('DBClusterIdentifier' in properties);
  return isSaved ? 'Snapshot' : 'Delete';
}

/** What is in a nested stack that is retained stays with it, and is told by it. */
export function isWithinRetained({ what, before }: ResourceChange, changes: ResourceChange[]): boolean {
  return what === 'removed' && changes.some(({ what: other, before: nested }) => other === 'removed'
    && before!.id.startsWith(`${nested!.id}/`) && String(nested!.deletionPolicy).startsWith('Retain'));
}

/** Two of the same name may be in an account. */
const SHARED_NAMES = ['AWS::Route53::HostedZone'];

/** What nothing else of its type can be called in its account, as far as the template says it. */
export function nameOf({ type, properties }: Resource): unknown {
  const { new: only = [], given = {} } = shapeOf(type);
  const names = type === 'AWS::Organizations::Account' ? ['Email']
    : SHARED_NAMES.includes(type) ? [] : only.filter(name => name in given && /(Name|Identifier|Id)$/.test(name));
  // a name that is made of another resource's is another one where that is another one
  return names.map(name => properties[name]).find(name => name !== undefined && !refers(name));
}

function refers(value: unknown): boolean {
  return references(value).some(id => !id.startsWith('AWS::'));
}

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const id = referenced(value);
  return id === undefined ? Object.values(value).flatMap(references) : [id];
}

function referenced(value: object): string | undefined {
  const { Ref: ref, 'Fn::GetAtt': attribute } = value as Record<string, unknown>;
  return typeof ref === 'string' ? ref : Array.isArray(attribute) ? String(attribute[0]) : undefined;
}

/** Properties that are the same where only the logical IDs are others of what they refer to. */
export function withoutIds({ id, properties }: Resource, { resources }: Stack): unknown {
  const above = id.slice(0, id.lastIndexOf('/') + 1);
  const read = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const other = resources.get(`${above}${referenced(value)}`);
    return other ? { type: other.type } : Array.isArray(value) ? value.map(read)
      : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, read(inner)]));
  };
  return read(properties);
}

/** A value of the properties by its path: `LockConfiguration.MinRetentionDays`. */
export function at(resource: Resource | undefined, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], resource?.properties);
}

export function numberAt(resource: Resource | undefined, path: string): number | undefined {
  const value = at(resource, path);
  const number = value === undefined ? NaN : Number(value);
  return Number.isNaN(number) ? undefined : number;
}

export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
