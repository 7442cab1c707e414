import { writeFileSync } from 'fs';
import { join } from 'path';
import { Stack } from 'aws-cdk-lib';
import { CfnSubscription, CfnTopic } from 'aws-cdk-lib/aws-sns';
import { assemblyOf } from './assemblies';
import { Assembly } from '../../review/assembly';
import { compare } from '../../review/comparison';
import { deployment } from '../../review/deployment';
import { acme, acmeOfKnownAccounts, AUDIT, DEV, newOutdir, PROD, ROOT } from '../orgs';

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
