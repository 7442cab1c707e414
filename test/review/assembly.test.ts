import { writeFileSync } from 'fs';
import { join } from 'path';
import { CfnCondition, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import { CfnSubscription, CfnTopic } from 'aws-cdk-lib/aws-sns';
import { assemblyOf } from './assemblies';
import { Assembly } from '../../review/assembly/assembly';
import { compare } from '../../review/assembly/comparison';
import { changesBetween } from '../../review/diff/changes';
import { deployment } from '../../review/plan/deployment';
import { MultiAccountOrg, StageProfile } from '../../src';
import { acme, acmeOfKnownAccounts, AUDIT, DEV, newOutdir, orgProps, PROD, ROOT } from '../orgs';

test('a stack is of the stage whose path or whose account it has', () => {
  const assembly = assemblyOf(app => {
    const { prod } = acmeOfKnownAccounts(undefined, app);
    prod.addStack('shop');
    new Stack(app, 'elsewhere', { env: { account: PROD, region: 'eu-west-1' } });
    new Stack(app, 'anywhere');
  });
  const stageOf = (path: string) => assembly.stack(path)?.stage;
  expect(['acme/prod/shop', 'acme/root/access', 'elsewhere', 'anywhere'].map(stageOf))
    .toEqual(['prod', 'root', 'prod', undefined]);
  const [{ namespace, path, stages }] = assembly.organizations;
  expect([namespace, path, ...stages.map(({ name, account }) => [name, account])])
    .toEqual(['acme', 'acme', ['root', ROOT], ['audit', AUDIT], ['prod', PROD], ['dev', DEV]]);
});

test('an account that is not there yet is no account', () => {
  const assembly = assemblyOf(app => void acme(app));
  expect(assembly.stack('acme/prod/access')).toMatchObject({ account: undefined, stage: 'prod', region: 'eu-west-1' });
  expect(assembly.stack('acme/bootstrap/prod')).toMatchObject({ account: undefined, stage: 'prod', name: 'CDKToolkit' });
  expect(assembly.missing).not.toEqual([]);
});

test('each stack is in one step, after all that it waits for', () => {
  const assembly = assemblyOf(app => void acme(app));
  const steps = deployment(assembly);
  expect(steps.map(({ command }) => command))
    .toEqual(['npx cdk deploy acme/root/organization', "npx cdk deploy 'acme/bootstrap/*'", "npx cdk deploy '**'"]);
  const order = steps.flatMap(({ stacks }) => stacks);
  expect(new Set(order).size).toBe(assembly.stacks.length);
  expect(order.length).toBe(assembly.stacks.length);
  const paths = order.map(({ path }) => path);
  order.forEach(({ after }, index) => expect(after.filter(path => paths.indexOf(path) >= index)).toEqual([]));
});

test('a stack of an account that is not there yet is of the only stage that has none', () => {
  const stageOfBucket = (...known: string[]) => assemblyOf(app => {
    const org = new MultiAccountOrg(app, 'acme', orgProps());
    const [audit] = [['audit', AUDIT], ['prod', PROD]].map(([name, accountId]) =>
      org.addStage(name, { profile: StageProfile.AUDIT, ...known.includes(name) && { accountId } }));
    org.addAuditTrail({ storedIn: audit });
  }).stack('acme/audit-trail/bucket')?.stage;
  // of two, the assembly does not say which it is
  expect([stageOfBucket('prod'), stageOfBucket(), stageOfBucket('audit')]).toEqual(['audit', undefined, 'audit']);
});

test('the same app is untouched, and what it had is left', () => {
  const before = assemblyOf(app => acme(app).prod.addStack('shop'));
  const after = assemblyOf(app => void acme(app));
  const same = compare(before, assemblyOf(app => acme(app).prod.addStack('shop')));
  expect(same.stacks.filter(({ what }) => what !== 'untouched')).toEqual([]);
  expect(same.left).toEqual([]);
  expect(compare(before, after).left.map(({ path }) => path)).toEqual(['acme/prod/shop']);
});

test('what names a replaced resource in a property that AWS cannot change is replaced, too', () => {
  const write = (name: string) => assemblyOf(app => {
    const stack = new Stack(app, 'queues', { env: { account: PROD, region: 'eu-west-1' } });
    const topic = new CfnTopic(stack, 'topic', { topicName: name });
    new CfnSubscription(stack, 'subscription', { topicArn: topic.ref, protocol: 'email', endpoint: 'aws@acme.example' });
    new CfnTopic(stack, 'other', { displayName: topic.ref });
  });
  const [{ what, resources }] = compare(write('one'), write('two')).stacks;
  expect(what).toBe('changed');
  expect(resources.map(change => [change.after!.id, change.what, change.replacedBy]))
    .toEqual([['topic', 'replaced', 'TopicName'], ['subscription', 'replaced', 'TopicArn']]);
});

test('a folder without a manifest, and facts of a later version, are told', () => {
  const folder = newOutdir();
  writeFileSync(join(folder, 'manifest.json'), '{}');
  writeFileSync(join(folder, 'acme.organization.json'), JSON.stringify({ version: 2, namespace: 'acme', facts: [] }));
  expect(() => Assembly.read(folder)).toThrow(/is of version 2, and this command reads version 1/);
  expect(() => Assembly.read(newOutdir())).toThrow(/is no cloud assembly: it has no manifest.json/);
});

describe('what no property says', () => {
  const write = (change: (stack: Stack, topic: CfnTopic) => void = () => undefined) => assemblyOf(app => {
    const stack = new Stack(app, 'topics', { env: { account: PROD, region: 'eu-west-1' } });
    new CfnParameter(stack, 'who', { default: PROD });
    change(stack, new CfnTopic(stack, 'topic'));
  });

  test.each<[string, (stack: Stack, topic: CfnTopic) => void, string]>([
    ['a condition of a resource', (stack, { cfnOptions }) => {
      cfnOptions.condition = new CfnCondition(stack, 'never', { expression: Fn.conditionEquals('a', 'b') });
    }, 'AWS::SNS::Topic topics/topic is there only under the condition "never" now'],
    ['a parameter', stack => {
      (stack.node.findChild('who') as CfnParameter).default = DEV;
    }, 'Parameters/who of topics is another one: what depends on it may be gone, or say something else'],
  ])('%s is a change that widens', (_, change, sentence) => {
    const [before, after] = [write(), write(change)];
    expect(compare(before, after).stacks.map(({ what }) => what)).toEqual(['changed']);
    expect(changesBetween(before, after)).toEqual([{ section: 'policies', sentence, widens: true }]);
    expect(compare(after, write(change)).stacks.map(({ what }) => what)).toEqual(['untouched']);
  });
});
