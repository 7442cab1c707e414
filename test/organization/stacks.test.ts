import { Aspects, Stack, Stage, Tags } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { MultiAccountOrg, MultiAccountOrgProps, StageAccess, StageOptions } from '../../src';
import { acme, acmeOfKnownAccounts, discovered, orgProps, PROD, problems, synthesize, testApp } from '../orgs';

describe('a Stage below a stage', () => {
  test('has its stacks in the account of the stage', () => {
    const { app, prod } = acmeOfKnownAccounts();
    new Topic(new Stack(new Stage(prod, 'blue'), 'data'), 'topic');
    expect(synthesize(app).stack('acme/prod/blue/data').environment.account).toBe(PROD);
  });

  test('cannot have another account', () => {
    const { app, prod } = acmeOfKnownAccounts();
    new Topic(new Stack(new Stage(prod, 'blue', { env: { account: '999999999999' } }), 'data'), 'topic');
    expect(problems(app)).toEqual([
      `nested Stage 'acme/prod/blue' goes to account '999999999999', and stage 'prod' to '${PROD}': `
      + 'leave out the account of its env, or define it outside of the stage',
    ]);
  });

  test('cannot have the name of a stack beside it', () => {
    const { app, prod } = acmeOfKnownAccounts();
    new Topic(new Stack(new Stage(prod, 'blue'), 'data'), 'topic');
    new Topic(new Stack(prod, 'blue-data'), 'topic');
    expect(problems(app)).toEqual([
      `stack name 'acme-prod-blue-data' in '${PROD}' and 'eu-west-1' is claimed by 'acme/prod/blue/data' and 'acme/prod/blue-data': `
      + 'each deployment would replace the other, so give one of them another id',
    ]);
  });

  test('may have the name of a stack in another account, before there is one', () => {
    const { app, org, prod } = acme();
    new Topic(new Stack(new Stage(prod, 'blue'), 'data'), 'topic');
    new Topic(new Stack(org.addStage('prod-blue'), 'data'), 'topic');
    expect(problems(app)).toEqual([]);
  });
});

describe('a stack in a region that is off in new accounts', () => {
  const ZURICH = 'eu-central-2';
  const define = (account: StageOptions, props: Partial<MultiAccountOrgProps> = {}) => {
    const app = testApp();
    const org = new MultiAccountOrg(app, 'acme', orgProps(props));
    const prod = org.addStage('prod', account);
    new Topic(new Stack(prod, 'far', { env: { region: ZURICH } }), 'topic');
    new Topic(prod.addStack('data', { region: ZURICH, scope: new Stage(org, 'apart') }), 'topic');
    return app;
  };

  test('fails in a new account, wherever it is in the tree, unless the region is said to be enabled', () => {
    expect(problems(define({}))).toEqual(['acme/prod/far', 'acme/apart/data'].map(path =>
      `region of stack '${path}' '${ZURICH}' is an opt-in region, which is off in new accounts: choose another one, or set `
      + 'regionsAreEnabled and enable it in each of them, which can take hours'));
    expect(problems(define({}, { regionsAreEnabled: true }))).toEqual([]);
  });

  test('is told once, by the region of its stage', () => {
    expect(problems(define({ region: ZURICH }))).toEqual([expect.stringContaining(`region of stage 'prod' '${ZURICH}'`)]);
  });

  test('is fine in an account that exists', () => {
    expect(problems(define({ accountId: PROD }))).toEqual([]);
  });
});

test('a stack that names more accounts than a template has parameters is told', () => {
  const app = testApp();
  const org = new MultiAccountOrg(app, 'acme', orgProps());
  Array.from({ length: 200 }, (_, index) => org.addStage(`s${index}`, { access: StageAccess.NONE }));
  for (const count of [199, 200]) {
    const stack = org.management!.addStack(`names-${count}`);
    const displayName = org.stages.slice(0, count).map(stage => org.management!.accountIdOf(stage, stack)).join();
    new Topic(stack, 'topic', { displayName });
  }
  expect(problems(app)).toEqual(["stack 'acme/root/names-200' has 201 parameters, and CloudFormation takes 200: "
    + 'each account that is created adds one where its ID is used, so divide the stack, or attach policies to organizational units']);
});

describe('all stages', () => {
  const define = (app = testApp()) => {
    const defined = acme(app);
    defined.org.addAuditTrail({ storedIn: defined.audit });
    new Topic(new Stack(new Stage(defined.prod, 'blue'), 'data'), 'topic');
    return defined;
  };

  test('are root, those that were added, their bootstraps, the trail and what is below', () => {
    expect(define().org.allStages.map(({ node }) => node.path).sort())
      .toEqual(['acme/audit', 'acme/audit-trail', 'acme/bootstrap', 'acme/dev', 'acme/prod', 'acme/prod/blue', 'acme/root']);
  });

  test('reach every stack with an aspect, and with tags', () => {
    const visited = new Set<string>();
    const { app } = discovered(found => {
      const defined = define(found);
      defined.org.allStages.forEach(stage => {
        Aspects.of(stage).add({ visit: construct => Stack.isStack(construct) && visited.add(construct.node.path) });
        Tags.of(stage).add('owner', 'acme');
      });
      return defined;
    });
    const synthesized = synthesize(app);
    expect([...visited].sort()).toEqual([...synthesized.stacks.keys()].sort());
    expect(synthesized.one('AWS::SNS::Topic').Properties.Tags).toEqual([{ Key: 'owner', Value: 'acme' }]);
  });
});

test('an organization of another copy of the library is told, if it cannot be asked', () => {
  const app = testApp();
  new MultiAccountOrg(app, 'acme', orgProps());
  const other = new Construct(app, 'beta');
  Object.defineProperty(other, Symbol.for('cdk-multi-account-org.MultiAccountOrg'), { value: true });
  expect(problems(app)).toEqual([expect.stringContaining(
    "organization 'beta' is from another copy of this library, which cannot be checked against this one")]);
});
