import { Aspects, Aws, CfnResource, Duration, IAspect, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import {
  CrossAccountAccessRole, CrossAccountAccessRoleProps, IdentityCenter, MultiAccountOrg, OrganizationSource, People,
  PeopleSource, PermissionSetsOptions, StageAccess, StageRoles,
} from '../../src';
import { schemaProblems } from '../facts-schema';
import { isAllowed } from '../isolation/evaluate';
import { factsOf } from '../isolation/facts';
import { Policy } from '../isolation/policy';
import { accountRead, Acme, acme, acmeOfKnownAccounts, AUDIT, DEV, EXISTING, orgProps, problems, PROD, ROOT, strings, synthesize, Synthesized, testApp } from '../orgs';

const INSTANCE = 'arn:aws:sso:::instance/ssoins-1234567890abcdef';
const STACK = 'acme/root/permission-sets';
const READ_ONLY = iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess');
const ARN = 'arn:aws:iam::aws:policy';

function withSets(defined: Acme, options: Partial<PermissionSetsOptions> = {}, region = 'eu-west-1'): Acme {
  const instance = IdentityCenter.fromArn(INSTANCE, region);
  new People(defined.org, 'people', { source: PeopleSource.permissionSets({ instance, ...options }) });
  return defined;
}

const known = (options: Partial<PermissionSetsOptions> = {}) => withSets(acmeOfKnownAccounts(EXISTING), options);

function roleIn(scope: Construct, props: Partial<CrossAccountAccessRoleProps> = {}): CrossAccountAccessRole {
  const stack = scope.node.tryFindChild('mine') ?? new Stack(scope, 'mine');
  return new CrossAccountAccessRole(stack as Stack, props.roleName ?? 'support', {
    roleName: 'support', trustedPrincipals: [new iam.AccountPrincipal(ROOT)], managedPolicies: [READ_ONLY], ...props,
  });
}

function policy(...actions: string[]): iam.PolicyDocument {
  return new iam.PolicyDocument({ statements: actions.map(action => new iam.PolicyStatement({ actions: [action], resources: ['*'] })) });
}

/** Permission sets by their names, without what all have. */
function sets(org: MultiAccountOrg): Record<string, Record<string, any>> {
  const found = new Synthesized(org.root.synth()).find('AWS::SSO::PermissionSet', `${org.node.id}/root/permission-sets`);
  return Object.fromEntries(found.map(({ resource: { Properties: { Name, InstanceArn, ...others } } }) => {
    expect([InstanceArn, Name]).toEqual([INSTANCE, expect.stringMatching(/^[\w+=,.@-]{1,32}$/)]);
    return [Name, others];
  }));
}

/** Who has which set in which account. */
function assignments(org: MultiAccountOrg): string[] {
  const synthesized = new Synthesized(org.root.synth());
  const stack = `${org.node.id}/root/permission-sets`;
  const names = new Map(synthesized.find('AWS::SSO::PermissionSet', stack).map(({ id, resource }) => [id, resource.Properties.Name as string]));
  // the CDK makes the name of a parameter of what it refers to
  const given = Object.assign({}, ...synthesized.find('AWS::CloudFormation::Stack', stack).map(({ resource }) => resource.Properties.Parameters));
  const referred = ({ Ref }: { Ref: string }) => given[Ref]['Fn::GetAtt'][0] as string;
  return synthesized.nested.flatMap(([, { Resources }]) => Object.values<any>(Resources)
    .filter(({ Type }) => Type === 'AWS::SSO::Assignment')
    .map(({ Properties: { InstanceArn, PermissionSetArn, PrincipalId, PrincipalType, TargetId, TargetType } }) => {
      expect([InstanceArn, PrincipalType, TargetType]).toEqual([INSTANCE, 'GROUP', 'AWS_ACCOUNT']);
      return `${/groupsgroup(\w+?)[0-9A-F]{8}/.exec(referred(PrincipalId))![1]} ${names.get(referred(PermissionSetArn))} ${TargetId}`;
    })).sort();
}

describe('people of IAM Identity Center who have permission sets', () => {
  test('have one for each definition of a role', () => {
    const { org, dev, prod } = known();
    org.addGroup('engineers', { canAssume: [dev.admin, prod.readOnly, dev.readOnly] });
    org.addGroup('operators', { canAssume: [prod.admin, org.root.readOnly] });
    expect(sets(org)).toEqual({
      'acme-admin': {
        Description: 'AdministratorAccess for people of root', ManagedPolicies: [`${ARN}/AdministratorAccess`], SessionDuration: 'PT1H',
      },
      'acme-read-only': {
        Description: 'ReadOnlyAccess for people of root', ManagedPolicies: [`${ARN}/ReadOnlyAccess`], SessionDuration: 'PT1H',
      },
    });
    expect(assignments(org)).toEqual([
      `engineers acme-admin ${DEV}`, `engineers acme-read-only ${PROD}`, `engineers acme-read-only ${DEV}`,
      `operators acme-admin ${PROD}`, `operators acme-read-only ${ROOT}`,
    ].sort());
  });

  test('can be in groups that are named by their IDs, and members of those that are created', () => {
    const [engineersId, adaId] = [1, 2].map(number => `9067f5b8-0000-4000-8000-00000000000${number}`);
    const ids = { groupIds: { engineers: engineersId }, userIds: { ada: adaId } };
    const { org, dev } = known({ createGroups: true, ...ids });
    org.addGroup('engineers', { canAssume: [dev.admin] });
    org.addUser('ada', { groups: [org.addGroup('operators', { canAssume: [dev.readOnly] })] });
    const synthesized = new Synthesized(org.root.synth());
    expect(synthesized.one('AWS::IdentityStore::Group').Properties.DisplayName).toBe('operators');
    const nested = synthesized.nested.flatMap(([, { Resources }]) => Object.values<any>(Resources));
    const of = (type: string) => nested.filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
    expect(of('AWS::SSO::Assignment').map(({ PrincipalId }) => PrincipalId))
      .toEqual([engineersId, { Ref: expect.stringContaining('groupoperators') }]);
    expect(of('AWS::IdentityStore::GroupMembership').map(({ MemberId }) => MemberId)).toEqual([{ UserId: adaId }]);
  });

  test('have no users, passwords or groups of IAM', () => {
    const { app, org, dev } = known();
    org.addGroup('engineers', { canAssume: [dev.admin] });
    const synthesized = synthesize(app);
    expect(synthesized.stack(STACK).environment).toMatchObject({ account: ROOT, region: 'eu-west-1' });
    for (const type of ['AWS::IAM::User', 'AWS::IAM::Group', 'AWS::SecretsManager::Secret', 'AWS::IdentityStore::Group']) {
      expect(synthesized.find(type)).toEqual([]);
    }
  });

  test('have everything that a role has', () => {
    const { org, prod } = known({ relayState: 'https://console.aws.amazon.com/billing' });
    const stack = new Stack(prod, 'mine');
    const named = new iam.ManagedPolicy(stack, 'named', {
      managedPolicyName: 'team', path: '/of/acme/', document: policy('sqs:ListQueues'),
    });
    const role = roleIn(prod, {
      roleName: 'acme-prod-support',
      description: 'Support',
      maxSessionDuration: Duration.minutes(90),
      permissionsBoundary: iam.ManagedPolicy.fromManagedPolicyName(stack, 'limit', 'limit'),
      managedPolicies: [READ_ONLY, named],
      inlinePolicies: { one: policy('s3:ListAllMyBuckets'), two: policy('sns:ListTopics') },
    });
    org.addGroup('engineers', { canAssume: [role] });
    expect(sets(org)).toEqual({
      'acme-support': {
        Description: 'Support',
        SessionDuration: 'PT1H30M',
        RelayStateType: 'https://console.aws.amazon.com/billing',
        ManagedPolicies: [`${ARN}/ReadOnlyAccess`],
        CustomerManagedPolicyReferences: [{ Name: 'team', Path: '/of/acme/' }],
        PermissionsBoundary: { CustomerManagedPolicyReference: { Name: 'limit', Path: '/' } },
        InlinePolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:ListAllMyBuckets', 'sns:ListTopics'], Resource: '*' }] },
      },
    });
  });

  test('have what is added to a role later, in whatever way', () => {
    const { org, prod } = known();
    const role = roleIn(prod);
    org.addGroup('engineers', { canAssume: [role] });
    const stack = Stack.of(role);
    role.role.addToPolicy(new iam.PolicyStatement({ actions: ['a:Added'], resources: ['*'] }));
    role.role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('SecurityAudit'));
    Bucket.fromBucketName(stack, 'bucket', 'data').grantDelete(role.role);
    new iam.Policy(new Stack(prod, 'other'), 'attached', { roles: [role.role], document: policy('b:Attached') });
    new iam.CfnRolePolicy(stack, 'by-name', { roleName: 'support', policyName: 'it', policyDocument: policy('c:ByName') });
    new iam.CfnRolePolicy(new Stack(org.root, 'namesake'), 'by-name', { roleName: 'support', policyName: 'it', policyDocument: policy('d:Elsewhere') });
    new iam.ManagedPolicy(stack, 'from-afar', { managedPolicyName: 'afar', roles: [role.role], document: policy('e:FromAfar') });
    (role.role.node.defaultChild as iam.CfnRole).addPropertyOverride('MaxSessionDuration', 7200);
    const [set] = Object.values(sets(org));
    expect(set).toMatchObject({
      SessionDuration: 'PT2H',
      ManagedPolicies: [`${ARN}/ReadOnlyAccess`, `${ARN}/SecurityAudit`],
      CustomerManagedPolicyReferences: [{ Name: 'afar', Path: '/' }],
      InlinePolicy: {
        Statement: [
          { Action: ['a:Added', 'b:Attached', 'c:ByName'], Resource: '*' }, { Action: 's3:DeleteObject*', Resource: 'arn:aws:s3:::data/*' },
        ],
      },
    });
  });

  test('of roles that differ have sets that differ, and none has the plain name', () => {
    const names = (define: (defined: Acme, role: (scope: Acme['dev'], limit: string) => CrossAccountAccessRole) => void) => {
      const defined = known();
      define(defined, (stage, limit) => roleIn(stage, {
        roleName: stage.conventionalName('support'), permissionsBoundary: iam.ManagedPolicy.fromAwsManagedPolicyName(limit),
      }));
      return Object.entries(sets(defined.org)).map(([name, { PermissionsBoundary }]) => [name, PermissionsBoundary.ManagedPolicyArn.split('/')[1]]);
    };
    const first = names(({ org, prod, dev }, role) => {
      org.addGroup('engineers', { canAssume: [role(prod, 'one')] });
      org.addGroup('operators', { canAssume: [role(dev, 'two')] });
    });
    expect(first.map(([, limit]) => limit).sort()).toEqual(['one', 'two']);
    expect(first.map(([name]) => name)).toEqual(Array(2).fill(expect.stringMatching(/^acme-support-[0-9a-f]{8}$/)));
    const inAnotherOrder = names(({ org, prod, dev }, role) => {
      org.addGroup('operators', { canAssume: [role(dev, 'two')] });
      org.addGroup('engineers', { canAssume: [role(prod, 'one')] });
    });
    const withMore = names(({ org, prod, dev }, role) => {
      const later = org.addStage('shop', { accountId: '888888888888' });
      org.addGroup('others', { canAssume: [role(later, 'three')] });
      org.addGroup('operators', { canAssume: [role(dev, 'two')] });
      org.addGroup('engineers', { canAssume: [role(prod, 'one')] });
    });
    const ofOne = names(({ org, prod, dev }, role) => {
      role(prod, 'one');
      org.addGroup('operators', { canAssume: [role(dev, 'two')] });
    });
    expect(inAnotherOrder).toEqual(first);
    expect(withMore).toHaveLength(3);
    expect(withMore).toEqual(expect.arrayContaining(first));
    expect(ofOne).toEqual([first[1]]);
  });

  test('have names that AWS takes, however long those of the roles are', () => {
    const { org, dev } = known();
    const name = (end: string) => `acme-dev-${'a'.repeat(30)}-${end}`;
    org.addGroup('engineers', { canAssume: ['one', 'two'].map(end => roleIn(dev, { roleName: name(end) })) });
    expect(Object.keys(sets(org))).toEqual(Array(2).fill(expect.stringMatching(/^acme-a{18}-[0-9a-f]{8}$/)));
  });

  test('have those of stages that are added later', () => {
    const { org, prod } = known();
    org.addGroup('engineers', { canAssume: [StageRoles.ofAll('read-only')] });
    org.addGroup('operators', { canAssume: [prod.admin] });
    org.addStage('shop', { accountId: '888888888888' });
    expect(assignments(org)).toEqual([
      ...[AUDIT, PROD, DEV, '888888888888'].map(account => `engineers acme-read-only ${account}`), `operators acme-admin ${PROD}`,
    ].sort());
  });

  test('find their groups by the names, or have them created', () => {
    const groupsOf = (options: Partial<PermissionSetsOptions>) => {
      const { app, org } = known(options);
      org.addGroup('operators', { groupName: 'Operations (EU)' });
      const synthesized = synthesize(app);
      return [
        ...synthesized.find('Custom::AWS', STACK).map(({ resource }) => JSON.stringify(resource.Properties.Create)).filter(call => call.includes('getGroupId'))
          .map(call => /AttributeValue\\*":\\*"([^"\\]+)/.exec(call)![1]),
        ...synthesized.find('AWS::IdentityStore::Group').map(({ resource }) => `created ${resource.Properties.DisplayName}`),
      ];
    };
    expect(groupsOf({})).toEqual(['Operations (EU)']);
    expect(groupsOf({ createGroups: true })).toEqual(['created Operations (EU)']);
  });

  test('wait for an account that does not exist yet, or get it once it does, in another region', () => {
    const here = withSets(acme());
    here.org.addGroup('engineers', { canAssume: [here.dev.admin] });
    const synthesized = synthesize(here.app);
    expect(synthesized.dependencies(STACK)).toEqual(['acme/root/account-dev']);
    expect(strings(new Synthesized(here.org.root.synth()).nested.map(([, { Parameters }]) => Parameters)).map(name => `ssm:${name}`)).toContain(accountRead('dev'));
    const there = withSets(acme(), {}, 'us-west-2');
    there.org.addGroup('engineers', { canAssume: [there.dev.admin, there.org.root.readOnly] });
    expect(assignments(there.org)).toEqual([`engineers acme-read-only ${ROOT}`]);
  });

  test('change nothing in the roles: they are what they are with IAM users', () => {
    const rolesOf = ({ app, org, dev, prod }: Acme) => {
      org.addGroup('engineers', { canAssume: [dev.admin, prod.readOnly] });
      return synthesize(app).find('AWS::IAM::Role').filter(({ path }) => path.endsWith('/access'));
    };
    const users = rolesOf(acmeOfKnownAccounts(EXISTING));
    expect(users).toHaveLength(8);
    expect(rolesOf(known())).toEqual(users);
  });

  test('keep their sets and assignments when a stage, a group and a role are added', () => {
    const idsOf = (define: (defined: Acme) => void) => {
      const defined = known();
      define(defined);
      defined.org.addGroup('engineers', { canAssume: [StageRoles.ofAll('admin'), StageRoles.ofAll('read-only')] });
      const synthesized = new Synthesized(defined.org.root.synth());
      const nested = synthesized.nested.flatMap(([, { Resources }]) => Object.entries<any>(Resources));
      const resources = [...Object.entries(synthesized.resources(STACK)), ...nested];
      return resources.filter(([, { Type }]) => /SSO|CloudFormation::Stack/.test(Type)).map(([id, { Type }]) => `${Type} ${id}`);
    };
    const before = idsOf(() => {});
    const after = idsOf(({ org, prod }) => {
      org.addGroup('others', { canAssume: [prod.admin] });
      org.addStage('shop', { accountId: '888888888888', access: StageAccess.ADMIN_AND_READ_ONLY.and({ name: 'more', managedPolicies: [READ_ONLY] }) });
    });
    expect(after).toEqual(expect.arrayContaining(before));
    expect(after).toHaveLength(before.length + 4);
  });

  test('are facts of access', () => {
    const { app, org, dev } = known();
    org.addGroup('engineers', { canAssume: [dev.admin] });
    synthesize(app);
    const file = factsOf(app);
    expect(schemaProblems(file)).toEqual([]);
    expect(file.facts.filter(({ kind }) => ['access', 'trusts'].includes(kind))
      .filter(({ source }) => source === 'acme/people')).toEqual([
      { kind: 'access', subject: 'group engineers', name: 'stage dev acme-dev-admin', value: 'permission-set', source: 'acme/people' },
    ]);
  });

  test('of stages and groups that are called alike do not meet', () => {
    const { org } = known();
    ['a-b', 'ab'].forEach((name, index) => org.addStage(name, { accountId: `77777777777${index}` }));
    ['engineers', 'engineers-2', '2-engineers'].forEach(id => org.addGroup(id, { canAssume: [StageRoles.ofAll('admin')] }));
    expect(assignments(org)).toHaveLength(15);
  });

  test('of very many stages fit into templates', () => {
    const org = new MultiAccountOrg(testApp(), 'acme', orgProps({ organization: EXISTING, email: undefined }));
    new People(org, 'people', { source: PeopleSource.permissionSets({ instance: IdentityCenter.fromArn(INSTANCE, 'eu-west-1') }) });
    const more = ['one', 'two'].map(name => ({ name, managedPolicies: [READ_ONLY] }));
    Array.from({ length: 200 }, (_, index) => org.addStage(`stage-${index}`, {
      accountId: String(200000000000 + index), access: StageAccess.ADMIN_AND_READ_ONLY.and(...more),
    }));
    Array.from({ length: 30 }, (_, index) => org.addGroup(`group-${index}`, {
      canAssume: ['admin', 'read-only', 'one', 'two'].slice(0, index === 0 ? 4 : 1).map(name => StageRoles.ofAll(name)),
    }));
    const synthesized = new Synthesized(org.root.synth());
    const counts = synthesized.nested.map(([, { Resources }]) => Object.keys(Resources).length);
    const times = (count: number, length: number) => Array<number>(length).fill(count);
    expect(counts.sort((a, b) => a - b)).toEqual([...times(50, 33), ...times(150, 33)]);
    expect(Object.keys(synthesized.resources(STACK)).length).toBeLessThan(500);
    const bytes = synthesized.nested.map(([, template]) => JSON.stringify(template).length);
    expect(Math.max(...bytes)).toBeLessThan(500_000);
  });

  test('may do what the role may, and nothing else', async () => {
    const { org, prod } = known();
    const role = roleIn(prod, {
      managedPolicies: undefined,
      inlinePolicies: {
        reading: policy('s3:GetObject', 's3:ListBucket'),
        narrow: new iam.PolicyDocument({
          statements: [new iam.PolicyStatement({
            sid: 'One', actions: ['sqs:SendMessage'], resources: ['arn:aws:sqs:eu-west-1:*:orders'], conditions: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } },
          })],
        }),
      },
    });
    role.role.addToPolicy(new iam.PolicyStatement({ sid: 'One', effect: iam.Effect.DENY, actions: ['s3:GetObject'], resources: ['arn:aws:s3:::secret/*'] }));
    org.addGroup('engineers', { canAssume: [role] });
    const ofSet = [sets(org)['acme-support'].InlinePolicy as Policy];
    const { Resources } = synthesize(org.node.root as Acme['app']).stack('acme/prod/mine').template;
    const ofRole = Object.values<any>(Resources).flatMap(({ Properties: { Policies = [], PolicyDocument } }) =>
      [...Policies, { PolicyDocument }].map(({ PolicyDocument: document }) => document).filter(Boolean)) as Policy[];
    expect(ofRole).toHaveLength(3);
    const may = (identity: Policy[]) => Promise.all([
      ['s3:GetObject', 'arn:aws:s3:::data/a'], ['s3:GetObject', 'arn:aws:s3:::secret/a'], ['s3:ListBucket', 'arn:aws:s3:::data'],
      ['sqs:SendMessage', `arn:aws:sqs:eu-west-1:${PROD}:orders`], ['sqs:SendMessage', `arn:aws:sqs:us-east-1:${PROD}:orders`],
      ['sqs:SendMessage', `arn:aws:sqs:eu-west-1:${PROD}:bills`], ['sqs:DeleteQueue', `arn:aws:sqs:eu-west-1:${PROD}:orders`],
    ].map(([action, resource]) => isAllowed(
      { name: 'engineer', arn: `arn:aws:sts::${PROD}:assumed-role/it/ada`, identity, context: {} },
      { name: resource, action, resource, account: PROD, context: { 'aws:RequestedRegion': resource.split(':')[3] || 'eu-west-1' } },
    )));
    expect(await may(ofSet)).toEqual([true, false, true, true, false, false, false]);
    expect(await may(ofRole)).toEqual(await may(ofSet));
  });
});

describe('mistakes', () => {
  const OR = 'or use PeopleSource.accountAccess, which lets people into the role itself';
  const bounded = (node: Construct) => node instanceof iam.CfnRole && node.addPropertyOverride('PermissionsBoundary', `${ARN}/ReadOnlyAccess`);
  const aspect: IAspect = { visit: node => bounded(node as Construct) };

  test.each<[string, (defined: Acme) => CrossAccountAccessRole[], string]>([
    ['a resource of the account', ({ prod }) => {
      const role = roleIn(prod);
      new Bucket(Stack.of(role), 'data').grantRead(role.role);
      return [role];
    }, "canAssume of group 'helpers' has 'acme/prod/mine/support', whose definition has 'acme/prod/mine/data', which a permission set, the same in all "
      + `accounts, cannot have: write it as a literal, ${OR}`],
    ['the account', ({ prod }) => [roleIn(prod, {
      inlinePolicies: { it: new iam.PolicyDocument({ statements: [new iam.PolicyStatement({ actions: ['s3:*'], resources: [`arn:aws:s3:::data-${Aws.ACCOUNT_ID}`] })] }) },
    })], "whose definition has 'AWS::AccountId', which a permission set"],
    ['a policy without a name', ({ prod }) => {
      const role = roleIn(prod);
      role.role.addManagedPolicy(new iam.ManagedPolicy(Stack.of(role), 'unnamed', { document: policy('a:B') }));
      return [role];
    }, "whose definition has 'acme/prod/mine/unnamed', which a permission set"],
    ['a boundary of another account', ({ prod }) => [roleIn(prod, {
      permissionsBoundary: iam.ManagedPolicy.fromManagedPolicyArn(new Stack(prod, 'imports'), 'it', `arn:aws:iam::${DEV}:policy/limit`),
    })], `whose definition has 'arn:aws:iam::${DEV}:policy/limit', which a permission set`],
    ['a policy of another version', ({ prod }) => {
      const role = roleIn(prod);
      new CfnResource(Stack.of(role), 'it', {
        type: 'AWS::IAM::RolePolicy',
        properties: { RoleName: 'support', PolicyName: 'it', PolicyDocument: { Version: '2008-10-17', Statement: [] } },
      });
      return [role];
    }, "whose definition has 'Version 2008-10-17', which a permission set"],
    ['a condition on the session', ({ prod }) => [roleIn(prod, {
      inlinePolicies: {
        it: new iam.PolicyDocument({
          statements: [new iam.PolicyStatement({
            actions: ['s3:*'], resources: ['*'], conditions: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
          })],
        }),
      },
    })], `whose policies ask for 'aws:MultiFactorAuthPresent', which is another in a session of a permission set: leave that out, ${OR}`],
    ['too large', ({ prod }) => [roleIn(prod, { inlinePolicies: { it: policy(...Array.from({ length: 600 }, (_, index) => `s3:Something${1000 + index}`)) } })],
      `whose inline policies have 11483 characters, and a permission set takes 10240: move some to a managed policy with a name, ${OR}`],
    ['a description', ({ prod }) => [roleIn(prod, { description: 'a'.repeat(701) })],
      'whose description has 701 characters, and a permission set takes 700 of Latin 1: shorten it'],
    ['the same twice', ({ prod }) => ['support', 'acme-prod-support'].map(roleName => roleIn(prod, { roleName })),
      "has 'acme/prod/mine/acme-prod-support' and 'acme/prod/mine/support', which are one permission set in the same account: name one"],
    ['an aspect', ({ prod }) => {
      Aspects.of(prod).add(aspect);
      return [prod.admin];
    }, "has 'prod.admin', which an aspect has changed after the permission sets were defined: give it its policies and boundary where it is defined, "
      + OR],
  ])('%s', (_, define, message) => {
    const defined = known();
    defined.org.addGroup('helpers', { canAssume: define(defined) });
    expect(problems(defined.app)).toEqual([expect.stringContaining(message)]);
  });

  test.each<[string, (defined: Acme) => unknown, string]>([
    ['a last day', ({ org, dev }) => org.addGroup('helpers', { canAssume: [dev.admin], until: '2099-01-01' }),
      "until of group 'helpers' is '2099-01-01', which a permission set cannot say: leave it out, and remove the group then"],
    ['an external ID', ({ org, prod }) => org.addGroup('helpers', { canAssume: [roleIn(prod, { externalId: 'shop' })] }),
      "canAssume of group 'helpers' has 'acme/prod/mine/support', which asks for an externalId, and a permission set sends none: give a role without"],
    ['a role that is imported', ({ org, prod }) => org.addGroup('helpers', {
      canAssume: [CrossAccountAccessRole.fromCrossAccountAccessRoleAttributes(new Stack(prod, 'mine'), 'it', { accountId: PROD, roleName: 'it' })],
    }), "canAssume of group 'helpers' has 'acme/prod/mine/it', of which this app knows the name alone, and not what a permission set is to give: define the role "
      + `here, ${OR}`],
    ['a role in no stage', ({ app, org }) => org.addGroup('helpers', { canAssume: [roleIn(app)] }),
      "canAssume of group 'helpers' has 'mine/support', which is in no stage, so that no account is known for a permission set: define the role in a stage, "
      + OR],
    ['a user', ({ org }) => org.addUser('ada'), "user 'ada' cannot be added, because the source of 'acme/people' makes no users"],
  ])('%s', (_, define, message) => {
    expect(() => define(known())).toThrow(message);
  });

  test.each(['billing', `https://a.example/${'a'.repeat(230)}`, 'https://a.example/<b>'])('a relayState such as %s', relayState => {
    expect(() => known({ relayState })).toThrow(`relayState is '${relayState}': give the URL of a page of the console of up to 240 characters, `
      + "such as 'https://console.aws.amazon.com/billing'");
  });

  test('are told where the management account is somebody else\'s', () => {
    expect(() => withSets(acmeOfKnownAccounts(OrganizationSource.memberAccounts()))).toThrow(new Error(
      "'acme/people' cannot use IAM Identity Center, because the management account is not yours: have its owner do it"));
  });

  test.each([true, false])('are none of the people, in whatever way aspects are applied: %s', stabilized => {
    const { app, org, dev } = withSets(acmeOfKnownAccounts(EXISTING, testApp({ '@aws-cdk/core:aspectStabilization': stabilized, '@aws-cdk/aws-iam:minimizePolicies': true })));
    const role = roleIn(dev, { inlinePolicies: { it: policy('s3:B', 's3:A') } });
    Aspects.of(app).add(aspect);
    Aspects.of(org.root).add(aspect);
    org.addGroup('engineers', { canAssume: [role, org.root.admin] });
    expect(problems(app)).toEqual([]);
    const limits = Object.entries(sets(org)).map(([name, { PermissionsBoundary }]) => [name.replace(/-[0-9a-f]{8}$/, ''), PermissionsBoundary?.ManagedPolicyArn]);
    expect(limits.sort()).toEqual([['acme-admin', `${ARN}/ReadOnlyAccess`], ['acme-support', undefined]]);
  });
});
