import { CfnResource, Reference, Stack, Stage, Token, Tokenization } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { PHYSICAL_NAMES } from './aws-constraints';
import { bareZoneId } from './domain-names';
import { NO_ACCOUNT } from './rules';

/** Name that AWS takes once. */
interface Claim {
  readonly resource: CfnResource;
  readonly property: string;
  readonly value: string;
  /** Where it is taken once: everywhere if empty. */
  readonly place: string;
  /** The same in words. */
  readonly within?: string;
  readonly wayOut?: string;
}

/** Has the names of all resources of an app compared once, when the app or another construct is validated. */
export function watchNames(scope: IConstruct, at: IConstruct = scope.node.root): void {
  const { root } = scope.node;
  if (!(WATCHED in root)) {
    Object.defineProperty(root, WATCHED, { value: true });
    at.node.addValidation({ validate: () => nameCollisions(root) });
  }
}

const WATCHED = Symbol.for('cdk-multi-account-org.watchedNames');

/** Has the path of a store of secrets compared with others. The alias of its key is that path. */
export function watchPath(store: IConstruct, path: string): void {
  Object.defineProperty(store, SECRET_PATH, { value: path });
  watchNames(store);
}

const SECRET_PATH = Symbol.for('cdk-multi-account-org.secretPath');

/** Remembers that a zone, whose ID is only known at deployment, is another one. */
export function sameZone(imported: { readonly hostedZoneId: string }, zone: { readonly hostedZoneId: string }): void {
  const target = targetOf(imported.hostedZoneId);
  if (target) {
    ZONES.set(target, zone.hostedZoneId);
  }
}

const ZONES = new WeakMap<IConstruct, string>();

/** Says what to do if a name of a construct is taken. */
export function onCollision(construct: IConstruct, wayOut: string): void {
  WAYS_OUT.set(construct, wayOut);
}

const WAYS_OUT = new WeakMap<IConstruct, string>();

function nameCollisions(root: IConstruct): string[] {
  const constructs = root.node.findAll();
  const groups = new Map<string, Claim[]>();
  for (const claim of constructs.filter(CfnResource.isCfnResource).flatMap(claimsOf)) {
    const key = JSON.stringify([claim.property, claim.value, claim.place]);
    groups.set(key, [...groups.get(key) ?? [], claim]);
  }
  const told = new Set<string>();
  const taken = [...groups.values()].filter(claims => claims.length > 1)
    .sort(([one], [other]) => rank(one) - rank(other));
  return [
    ...taken.flatMap(claims => {
      const owners = ownersOf(claims.map(({ resource }) => resource)).map(owner => `'${owner}'`).join(' and ');
      // what follows from the same mistake
      if (told.has(owners)) {
        return [];
      }
      told.add(owners);
      const [{ resource, property, value, within = '', wayOut = `give one of them another ${property}` }] = claims;
      const better = resource.node.scopes.map(scope => WAYS_OUT.get(scope)).find(Boolean);
      return [`${property} '${value}' is claimed by ${owners}, and AWS takes it once${within}: ${better ?? wayOut}`];
    }),
    ...nestedPaths(constructs),
  ];
}

function claimsOf(resource: CfnResource): Claim[] {
  const { cfnResourceType: type } = resource;
  const name = PHYSICAL_NAMES[type];
  if (resource.cfnOptions.condition || name === undefined && !(type in OTHERS)) {
    return [];
  }
  // of L1s in camel case, of others as in templates
  const { cfnProperties } = resource as unknown as { readonly cfnProperties: Record<string, unknown> };
  const read = (property: string) => cfnProperties[camel(property)] ?? cfnProperties[property];
  if (name === undefined) {
    return OTHERS[type](resource, read);
  }
  const value = literal(resource, read(name));
  if (value === undefined || type === 'AWS::KMS::Alias' && resource.node.scopes.some(scope => SECRET_PATH in scope)) {
    return [];
  }
  const service = type.split('::')[1];
  return [{
    resource,
    property: type === 'AWS::SES::EmailIdentity' ? 'mail domain' : camel(name === 'Name' ? `${type.split('::')[2]}Name` : name),
    value: service === 'IAM' || service === 'RDS' ? value.toLowerCase() : value,
    ...type === 'AWS::S3::Bucket' ? { place: '' }
      : { place: [type, ...placeOf(resource, service !== 'IAM')].join(' '), within: service === 'IAM' ? ' in an account' : ' in an account and region' },
    wayOut: type === 'AWS::SES::EmailIdentity' ? 'define it once, and share it by its grants' : undefined,
  }];
}

type Read = (property: string) => unknown;

const OTHERS: Record<string, (resource: CfnResource, read: Read) => Claim[]> = {
  'AWS::Organizations::Policy': (resource, read) => {
    const value = literal(resource, read('Name'));
    return value === undefined ? [] : [{
      resource, property: 'policyName', value, place: placeOf(resource, false).join(' '), within: ' in an organization',
    }];
  },
  'AWS::CloudFront::Distribution': (resource, read) => {
    const config = resource.stack.resolve(read('DistributionConfig')) as { aliases?: string[]; Aliases?: string[] } | undefined;
    const aliases = [config?.aliases ?? config?.Aliases ?? []].flat().filter(alias => typeof alias === 'string');
    return [...new Set(aliases.map(alias => alias.toLowerCase()))]
      .map(value => ({ resource, property: 'domainName', value, place: '' }));
  },
  'AWS::Route53::RecordSet': (resource, read) => {
    const [name, type, identifier = ''] = ['Name', 'Type', 'SetIdentifier'].map(property => literal(resource, read(property)));
    const zone = zoneIdentity(read('HostedZoneId'));
    return name === undefined || zone === undefined ? [] : [{
      resource,
      property: 'recordName',
      value: `${name.toLowerCase().replace(/\.$/, '')}' of type '${type}`,
      place: `${zone} ${identifier}`,
      within: ' in a hosted zone',
      wayOut: 'define it once, or give one of them another name',
    }];
  },
};

/** Consequences of another name come last. */
function rank({ resource: { cfnResourceType } }: Claim): number {
  return /RecordSet$/.test(cfnResourceType) ? 2 : /LogGroup$|Alias$/.test(cfnResourceType) ? 1 : 0;
}

function literal(scope: CfnResource, value: unknown): string | undefined {
  if (!Token.isUnresolved(value)) {
    return typeof value === 'string' ? value : undefined;
  }
  // most are one token for no name, and the CDK's own resolution of it takes half of the time of all of this
  const { length, firstToken } = Tokenization.reverseString(String(value));
  const nothing = length === 1 && firstToken?.resolve({ ...RESOLUTION, scope }) === undefined;
  const resolved: unknown = nothing ? undefined : scope.stack.resolve(value);
  return typeof resolved === 'string' ? resolved : undefined;
}

const RESOLUTION = {
  preparing: false, documentPath: [], registerPostProcessor: () => {}, resolve: (value: unknown) => value,
};

function zoneIdentity(id: unknown): string | undefined {
  if (typeof id !== 'string' || id === 'DUMMY') {
    return undefined;
  }
  const target = targetOf(id);
  const other = target && ZONES.get(target);
  return other !== undefined ? zoneIdentity(other)
    : target?.node.path ?? (Token.isUnresolved(id) ? undefined : bareZoneId(id));
}

function targetOf(value: string): IConstruct | undefined {
  const { firstToken } = Tokenization.reverseString(value);
  return Reference.isReference(firstToken) ? firstToken.target : undefined;
}

/** Account, and region if it counts. Those that are not known may differ in the end, except within a stage. */
function placeOf(construct: IConstruct, regional: boolean): string[] {
  const stack = Stack.of(construct);
  const account = ACCOUNTS.get(stack) ?? accountOf(stack);
  ACCOUNTS.set(stack, account);
  return [account, regional ? stack.region : ''];
}

const ACCOUNTS = new WeakMap<Stack, string>();

function accountOf(stack: Stack): string {
  const known = stack.account !== NO_ACCOUNT && ![stack.account, stack.region].some(Token.isUnresolved);
  return known ? stack.account : Stage.of(stack)!.node.path;
}

/** Paths of constructs without what all of them have below, but not those of their stacks. */
function ownersOf(resources: CfnResource[]): string[] {
  const paths = resources.map(({ node, stack }) => ({ stack: stack.node.path, ids: node.path.slice(stack.node.path.length + 1).split('/') }));
  const [{ ids: first }] = paths;
  let shared = 0;
  const last = (ids: string[]) => ids[ids.length - shared - 1];
  while (paths.every(({ ids }) => ids.length > shared + 1 && last(ids) === last(first))) {
    shared++;
  }
  return [...new Set(paths.map(({ stack, ids }) => [stack, ...ids.slice(0, ids.length - shared)].filter(Boolean).join('/')))];
}

function nestedPaths(constructs: IConstruct[]): string[] {
  const stores = constructs.filter(construct => SECRET_PATH in construct).map((construct, index) => ({
    index,
    at: construct.node.path,
    place: placeOf(construct, true).join(' '),
    path: (construct as unknown as Record<typeof SECRET_PATH, string>)[SECRET_PATH],
  }));
  const known = new Map<string, typeof stores>();
  stores.forEach(store => known.set(store.place + store.path, [...known.get(store.place + store.path) ?? [], store]));
  return stores.flatMap(({ index, at, place, path }) => {
    const around = path.split('/').map((_, depth, parts) => parts.slice(0, depth + 1).join('/'));
    const others = around.flatMap(other => known.get(place + other) ?? []);
    return others.filter(other => other.path !== path || other.index < index)
      .map(other => `path '${path}' of '${at}' and path '${other.path}' of '${other.at}' are one in the other, in the same account and region: `
        + 'whoever may read one could read both, so put them side by side');
  });
}

function camel(property: string): string {
  return property.replace(/^(?:[A-Z]+(?=[A-Z][a-z])|[A-Z]+$|[A-Z])/, capitals => capitals.toLowerCase());
}
