import { statementsOf } from '../mutations';
import { Policy, Statement } from '../policy';
import { ACCOUNTS, Deployed } from '../templates';

/** A change of one statement of one policy that lets through more than before. */
export interface Weakening {
  readonly name: string;
  /** The services that the statement is about. */
  readonly services: string[];
  readonly change: (stacks: Deployed[]) => void;
}

const STACKS = /^acme\/((prod|dev)\/(services|dns)|root\/dns)/;
const POLICIES = ['AssumeRolePolicyDocument', 'PolicyDocument', 'KeyPolicy', 'RepositoryPolicyText'];

/** Every way to weaken every statement that the services add, each alone, and once where two say the same. */
export function weakenings(stacks: Deployed[]): Weakening[] {
  const all = stacks.flatMap(({ stack, account, template }, index) => !STACKS.test(stack) ? []
    : Object.entries(template.Resources).flatMap(([id, { Properties = {} }]) =>
      places(Properties).flatMap(place => policyAt(Properties, place).Statement.flatMap((statement, number) =>
        waysToWeaken(statement).map(({ how, apply }) => ({
          said: `${id.replace(/^store\w+/, 'store')} ${how} ${JSON.stringify(statement).replaceAll(account, 'account')}`,
          name: `${stack.slice(5)} ${id.replace(/[0-9A-F]{8}$/, '')}, statement ${number + 1}, ${[statement.Action].flat()[0]}: ${how}`,
          services: servicesOf(statement),
          change: (copy: Deployed[]) => {
            const changed = policyAt(copy[index].template.Resources[id].Properties!, place);
            if (apply(changed.Statement[number]) === GONE) {
              changed.Statement.splice(number, 1);
            }
          },
        }))))));
  const [others, ofProd] = [false, true].map(isProd => all.filter(({ name }) => name.startsWith('prod/') === isProd));
  const once = new Map<string, Weakening>();
  [...ofProd, ...others].forEach(({ said, ...weakening }) => once.set(said, once.get(said) ?? weakening));
  return [...once.values()];
}

/** What is granted to one more. */
export const GRANTS: Array<Weakening & { readonly shows: string }> = [
  {
    name: 'testing may pull from prod',
    services: ['ecr'],
    change: stacks => {
      const root = (stage: string) => `arn:aws:iam::${ACCOUNTS[stage]}:root`;
      trustOf(stacks, 'prod/services', /^registryacmeapi/).Principal = { AWS: [root('dev'), root('testing')] };
    },
    shows: 'testing workload → BatchGetImage of acme/api in prod: allowed',
  },
  {
    name: "everybody in prod may deploy prod's site whose policy allows it",
    services: ['sts'],
    change: stacks => { trustOf(stacks, 'prod/services', /^siteDeployRole[0-9A-F]{8}$/).Principal = { AWS: ACCOUNTS.prod }; },
    shows: 'prod admin → assume prod siteDeployRole: allowed',
  },
  {
    name: 'dev may delegate prod',
    services: ['sts'],
    change: stacks => { trustOf(stacks, 'root/dns-prod', /^delegation[0-9A-F]{8}$/).Principal = { AWS: ACCOUNTS.dev }; },
    shows: 'dev admin → assume root prod-dns-delegation: allowed',
  },
  {
    name: 'operators administer Kubernetes',
    services: ['eks'],
    change: stacks => { entryOf(stacks).PrincipalArn = `arn:aws:iam::${ACCOUNTS.prod}:role/acme-prod-operator`; },
    shows: 'prod operator → administer all of Kubernetes in prod: allowed',
  },
  {
    name: 'administrators only see what is in Kubernetes',
    services: ['eks'],
    change: stacks => {
      entryOf(stacks).AccessPolicies = [{ PolicyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy' }];
    },
    shows: 'prod admin → administer all of Kubernetes in prod: denied',
  },
];

function trustOf(stacks: Deployed[], stack: string, resource: RegExp): Statement {
  return statementsOf(stacks, resource, new RegExp(`^acme/${stack}$`))[0];
}

function entryOf(stacks: Deployed[]): Record<string, unknown> {
  const { template } = stacks.find(({ stack }) => stack === 'acme/prod/services')!;
  return Object.values(template.Resources).find(({ Type }) => Type === 'AWS::EKS::AccessEntry')!.Properties!;
}

/** What changes nothing when it is weakened alone, and why. */
export const REDUNDANT: Array<[RegExp, string]> = [
  [/store\w+Key, statement [23], .*: (allows kms:\*|without kms:ViaService)/,
    'the first statement leaves to the policies of the account what these allow to it'],
  [/operatorDefaultPolicy, .*, kms:Encrypt: is for everything/, 'another key for these parameters is denied'],
  [/: allows rds-db:\*/, 'there is one action'],
  [/, route53:ChangeResourceRecordSets: allows route53:\*/, 'no other action has the keys that the conditions need'],
  [/dev\/services workloadDefaultPolicy, .*, ecr:BatchCheckLayerAvailability: allows ecr:\*/,
    'the registry of another account lets it pull, whatever its own policy says'],
  [/(BucketPolicy|AccessLogsPolicy), .*: is for (everything|what begins so)/, 'the policy of a bucket is about that bucket'],
  [/networkFlowLogRole, .*: without aws:SourceAccount/, 'the ARN of a flow log contains its account'],
  [/networkFlowLogRole, .*: with any aws:SourceArn/, 'nothing but flow logs begins so'],
];

type Place = Array<string | number>;

/** Where in the properties of a resource its policies are. */
function places(properties: Record<string, unknown>): Place[] {
  const inline = properties.Policies as unknown[] ?? [];
  return [
    ...POLICIES.filter(name => name in properties).map(name => [name]),
    ...inline.map((_, index) => ['Policies', index, 'PolicyDocument']),
  ];
}

function policyAt(properties: Record<string, unknown>, place: Place): Policy {
  return place.reduce((value: unknown, key) => (value as Record<string | number, unknown>)[key], properties) as Policy;
}

const GONE = Symbol('this statement is to be gone');

function servicesOf({ Action = [] }: Statement): string[] {
  return [...new Set([Action].flat().map(action => action.split(':')[0]))];
}

interface Way {
  readonly how: string;
  readonly apply: (statement: Statement) => typeof GONE | void;
}

function waysToWeaken(statement: Statement): Way[] {
  const { Effect, Action = [], Principal, Resource, Condition = {} } = statement;
  if (Effect === 'Deny') {
    return [{ how: 'denies nothing', apply: () => GONE }];
  }
  const services = servicesOf(statement);
  const all = services.map(service => `${service}:*`);
  const keys = Object.entries(Condition).flatMap(([operator, values]) =>
    Object.keys(values).map(key => [operator, key]));
  return [
    ...Principal ? [{ how: 'is for everybody', apply: (changed: Statement) => { changed.Principal = { AWS: '*' }; } }] : [],
    ...Resource && JSON.stringify(Resource) !== '"*"'
      ? [{ how: 'is for everything', apply: (changed: Statement) => { changed.Resource = '*'; } }] : [],
    ...isPattern(Resource)
      ? [{ how: 'is for what begins so', apply: (changed: Statement) => { changed.Resource = longer(changed.Resource); } }] : [],
    // who assumes a role does nothing else to it
    ...services[0] === 'sts' || JSON.stringify([Action].flat()) === JSON.stringify(all) ? []
      : [{ how: `allows ${all}`, apply: (changed: Statement) => { changed.Action = all; } }],
    ...keys.flatMap(([operator, key]): Way[] => [
      { how: `${operator === 'Null' ? 'does not need' : 'without'} ${key}`, apply: changed => { delete changed.Condition![operator][key]; } },
      ...!isPattern(Condition[operator][key]) ? [] : [{
        how: `with any ${key} that begins so`,
        apply: ({ Condition: changed }: Statement) => { changed![operator][key] = longer(changed![operator][key]); },
      }],
    ]),
  ];
}

function isPattern(value: unknown): boolean {
  return JSON.stringify(value ?? '').includes('/*"');
}

/** With `/app/*` also `/application`. */
function longer<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replaceAll('/*"', '*"'));
}
