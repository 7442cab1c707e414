import * as iam from 'aws-cdk-lib/aws-iam';
import { BreakGlass, Guardrail, Guardrails, IGuardrail, OrganizationPolicyType } from '../../src';
import { ALL } from '../guardrails/all';
import { Defined, organizationWith } from '../guardrails/organizations';
import { Controls } from '../isolation/controls';
import { isAllowed, Principal, Target } from '../isolation/evaluate';
import { allow, Policy, Statement } from '../isolation/policy';
import { outsiders, service, sessions, signed, user } from '../isolation/table';
import { ACCOUNTS, Deployed, deployed, MEMBERS, STAGES } from '../isolation/templates';
import { readWorld, World } from '../isolation/world';

jest.setTimeout(300_000);

const SERVICES = ['dynamodb:*', 'ecr:*', 'kms:*', 'logs:*', 's3:*', 'secretsmanager:*', 'sqs:*', 'sts:*'];
/** A policy of a bucket, or what a role trusts, that lets everybody in. */
const OPEN: Policy = { Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] };

/** Nobody does anything, and nothing is done to anything. */
function nothing(): IGuardrail[] {
  const everything = (resources: boolean) => new iam.PolicyStatement({
    effect: iam.Effect.DENY,
    actions: resources ? SERVICES : ['*'],
    resources: ['*'],
    principals: resources ? [new iam.StarPrincipal()] : undefined,
  });
  return [OrganizationPolicyType.SERVICE_CONTROL, OrganizationPolicyType.RESOURCE_CONTROL].map((policyType, index) => Guardrail.of(`nothing-${index}`, {
    policyType, statements: [everything(index === 1)], stops: [{ deedName: 'a', action: 's3:GetObject' }], letsPass: [],
  }));
}

/** Everything that there is on the whole organization, and what denies everything to everybody. */
function denying({ org }: Defined): void {
  new Guardrails(org, 'guardrails', { includeDefaults: false, guardrails: ALL, centralRootAccess: false });
  new Guardrails(org, 'nothing', { includeDefaults: false, guardrails: nothing() });
}

interface Organization {
  readonly stacks: Deployed[];
  readonly world: World;
  readonly controls: Controls;
}

function read(stacks: Deployed[]): Organization {
  const world = readWorld(stacks);
  return { stacks, world, controls: { ofPrincipals: world.controls, ofResources: world.resourceControls } };
}

function organization(define: (defined: Defined) => void): Organization {
  return read(deployed(organizationWith(defined => {
    define(defined);
    new BreakGlass(defined.org, 'break-glass');
  })));
}

/** With every statement of its policies changed, or left out if nothing is left of it. */
function weakened({ stacks }: Organization, change: (statement: Statement) => Statement | undefined): Organization {
  let count = 0;
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return value.map(visit);
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const { Statement: statements, ...others } = value as { Statement?: Statement[] };
    const rest = Object.fromEntries(Object.entries(others).map(([key, inner]) => [key, visit(inner)]));
    if (!Array.isArray(statements)) {
      return 'Statement' in value ? value : rest;
    }
    const after = statements.map(statement => ({ statement, changed: change(statement) }));
    count += after.filter(({ statement, changed }) => statement !== changed).length;
    return { ...rest, Statement: after.flatMap(({ changed }) => changed ?? []) };
  };
  const after = visit(stacks) as Deployed[];
  expect(count).toBeGreaterThan(0);
  return read(after);
}

type Conditions = Record<string, Record<string, string | string[]>>;

/** Without a key that the roles ask for. */
function withoutTerm(operator: string): (statement: Statement) => Statement {
  return statement => {
    const { [operator]: dropped, ...kept } = statement.Condition ?? {};
    return dropped && JSON.stringify(statement).includes('user/acme-break-glass') && statement.Action === 'sts:AssumeRole'
      ? { ...statement, Condition: kept } : statement;
  };
}

/** Without one whom the policies of the organization spare. */
function unsparing(arn: string): (statement: Statement) => Statement {
  return statement => {
    const { ArnNotLike, ...others } = (statement.Condition ?? {}) as Conditions;
    const spared = [ArnNotLike?.['aws:PrincipalArn'] ?? []].flat();
    const kept = spared.filter(one => one !== arn);
    return kept.length === spared.length ? statement
      : { ...statement, Condition: { ...others, ...kept.length > 0 && { ArnNotLike: { ...ArnNotLike, 'aws:PrincipalArn': kept } } } };
  };
}

function roleArn(stage: string, name = `acme-${stage}-break-glass`): string {
  return `arn:aws:iam::${ACCOUNTS[stage]}:role/${name}`;
}

function entering({ world, controls }: Organization, stage: string, trust = world.roles.get(`${stage} break-glass`)!.trust, resource = roleArn(stage)): Target {
  return {
    name: `enter ${stage}`,
    action: 'sts:AssumeRole',
    resource,
    account: ACCOUNTS[stage],
    policy: trust,
    controls: controls.ofResources.get(ACCOUNTS[stage]),
    context: { 'aws:SecureTransport': 'true', 'aws:ResourceAccount': ACCOUNTS[stage] },
  };
}

function breakGlass({ world }: Organization, age = '3599'): Principal[] {
  const identity = world.users.get('acme-break-glass')!.groups.flatMap(group => world.groups.get(group)!);
  return user('break-glass', identity, 'acme-break-glass').map(({ context, ...others }) => ({
    ...others, context: { ...context, ...'aws:MultiFactorAuthAge' in context && { 'aws:MultiFactorAuthAge': age } },
  }));
}

function inStage({ world, controls }: Organization, stage: string, name: string): Principal[] {
  return sessions(`${stage} ${name}`, world.roles.get(`${stage} ${name}`)!, controls.ofPrincipals.get(ACCOUNTS[stage]))
    .map(by => of(by, 'o-a1b2c3d4e5'));
}

/** All who are not to get in, and may ask for it. */
function everybodyElse(organized: Organization): Principal[] {
  const everything = [allow('*')];
  const root = `arn:aws:iam::${ACCOUNTS.root}`;
  const mfa = { 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '10' };
  return [
    ...user('administrator', everything, 'ada').map(by => ({ ...by, context: { ...by.context, ...'aws:MultiFactorAuthAge' in by.context && mfa } })),
    { name: 'root user', arn: `${root}:root`, identity: everything, context: { ...signed(ACCOUNTS.root, `${root}:root`), ...mfa } },
    ...[...organized.world.roles].flatMap(([name, role]) =>
      sessions(name, { ...role, identity: everything }, organized.controls.ofPrincipals.get(role.account)))
      .map(by => ({ ...by, context: { ...by.context, ...mfa } })),
    ...outsiders('acme-prod-break-glass'),
    service('lambda', 'lambda', { 'aws:SourceAccount': ACCOUNTS.prod }),
    { name: 'anybody', identity: [], context: {} },
  ];
}

/** Deeds in a stage, of which a guardrail stops most. */
function deeds({ controls }: Organization, stage: string): Target[] {
  const account = ACCOUNTS[stage];
  const ofAccount = (action: string, resource: string): Target => ({
    name: `${action} in ${stage}`,
    action,
    resource,
    account,
    controls: controls.ofResources.get(account),
    context: { 'aws:SecureTransport': 'true', 'aws:RequestedRegion': 'eu-west-1', 'aws:ResourceAccount': account },
  });
  return [
    ofAccount('iam:CreateUser', `arn:aws:iam::${account}:user/eve`),
    ofAccount('iam:UpdateAssumeRolePolicy', `arn:aws:iam::${account}:role/cdk-hnb659fds-deploy-role-${account}-eu-west-1`),
    ofAccount('s3:PutObject', 'arn:aws:s3:::acme-data/a'),
    ofAccount('sqs:SendMessage', `arn:aws:sqs:eu-west-1:${account}:orders`),
    ofAccount('ec2:RunInstances', `arn:aws:ec2:eu-west-1:${account}:instance/i-1`),
    ofAccount('cloudtrail:StopLogging', `arn:aws:cloudtrail:eu-west-1:${account}:trail/acme-trail`),
  ];
}

/** A bucket of prod whose policy lets everybody in. */
function readable(organized: Organization): Target {
  const [, , target] = deeds(organized, 'prod');
  return { ...target, policy: OPEN };
}

function of(by: Principal, organizationId: string): Principal {
  return { ...by, context: { ...by.context, 'aws:PrincipalOrgID': organizationId } };
}

/** In another organization, by a role of the same name. */
function stranger(): Principal {
  return of(outsiders('acme-prod-break-glass').find(({ arn }) => arn!.includes('acme-prod-break-glass'))!, 'o-zzzzzzzzzz');
}

async function allowed(by: Principal[], targets: Target[]): Promise<string[]> {
  const pairs = by.flatMap(principal => targets.map(target => ({ principal, target })));
  const answers = await Promise.all(pairs.map(({ principal, target }) => isAllowed(principal, target)));
  return pairs.filter((_, index) => answers[index]).map(({ principal, target }) => `${principal.name} → ${target.name}`);
}

/** Stages that the user enters, by whatever way to sign in. */
function entered(organized: Organization, by = breakGlass(organized)): Promise<string[]> {
  return allowed(by, STAGES.map(stage => entering(organized, stage)));
}

const everythingDenied = organization(denying);
const withoutGuardrails = organization(() => undefined);

const ENTERED = STAGES.map(stage => `break-glass with MFA → enter ${stage}`);

describe('break-glass where everything is denied to everybody', () => {
  test('gets in everywhere with MFA, and not without', async () => {
    expect(await entered(everythingDenied)).toEqual(ENTERED);
  });

  test('gets in nowhere with MFA of an hour ago, or in the name of somebody else', async () => {
    expect(await entered(everythingDenied, breakGlass(everythingDenied, '3600'))).toEqual([]);
    const [withMfa] = breakGlass(everythingDenied);
    expect(await entered(everythingDenied, [{ ...withMfa, context: { ...withMfa.context, 'sts:RoleSessionName': 'ada' } }])).toEqual([]);
  });

  test('does in each stage what nobody else does', async () => {
    for (const stage of MEMBERS) {
      const targets = deeds(everythingDenied, stage);
      const [session] = inStage(everythingDenied, stage, 'break-glass');
      expect(await allowed([session], targets)).toEqual(targets.map(({ name }) => `${session.name} → ${name}`));
      expect(await allowed(inStage(everythingDenied, stage, 'admin'), targets)).toEqual([]);
    }
  });

  test('lets in nobody else, and no other role', async () => {
    expect(await entered(everythingDenied, everybodyElse(everythingDenied))).toEqual([]);
  });

  test('may see to its own password and device in root, and to no keys', async () => {
    const own = `arn:aws:iam::${ACCOUNTS.root}:user/acme-break-glass`;
    const [withMfa, withoutMfa] = breakGlass(everythingDenied);
    const ask = (action: string, resource = own): Target =>
      ({ name: action, action, resource, account: ACCOUNTS.root, context: {} });
    const targets = [
      ...['iam:ChangePassword', 'iam:EnableMFADevice', 'iam:DeactivateMFADevice', 'iam:CreateAccessKey'].map(action => ask(action)),
      ask('s3:ListAllMyBuckets', '*'),
    ];
    expect(await allowed([withMfa, withoutMfa], targets)).toEqual([
      'break-glass with MFA → iam:ChangePassword', 'break-glass with MFA → iam:EnableMFADevice', 'break-glass with MFA → iam:DeactivateMFADevice',
      'break-glass without MFA → iam:ChangePassword', 'break-glass without MFA → iam:EnableMFADevice',
    ]);
  });
});

describe('the name of a break-glass role, where no guardrail protects deployments', () => {
  const forged = 'acme-forged-break-glass';
  const changes = ['iam:CreateRole', 'iam:UpdateAssumeRolePolicy', 'iam:AttachRolePolicy', 'iam:DeleteRole', 'iam:PassRole'];
  const named = (stage: string) => [roleArn(stage), roleArn(stage, forged)];
  const targets = (stage: string) => named(stage).flatMap(resource => changes.map((action): Target =>
    ({ name: `${action} ${resource}`, action, resource, account: ACCOUNTS[stage], context: {} })));

  test.each([everythingDenied, withoutGuardrails])('is not given or changed in an account by hand', async organized => {
    for (const stage of MEMBERS) {
      const root = `arn:aws:iam::${ACCOUNTS[stage]}:root`;
      const by = [...inStage(organized, stage, 'admin'), {
        name: 'root user', arn: root, identity: [allow('*')], controls: organized.controls.ofPrincipals.get(ACCOUNTS[stage]), context: signed(ACCOUNTS[stage], root),
      }];
      expect(await allowed(by, targets(stage))).toEqual([]);
    }
  });

  test('is deployed, and even by who deploys not passed on', async () => {
    const by = inStage(withoutGuardrails, 'prod', 'cfn-exec');
    expect(await allowed(by, targets('prod'))).toHaveLength(2 * (changes.length - 1));
    expect((await allowed(by, targets('prod'))).filter(name => name.includes('PassRole'))).toEqual([]);
  });

  test('lets in nobody else, whatever a role of that name trusts', async () => {
    const open = [roleArn('prod'), roleArn('prod', forged)].map(arn => entering(withoutGuardrails, 'prod', OPEN, arn));
    expect(await allowed(everybodyElse(withoutGuardrails), open)).toEqual([]);
    const [withMfa] = breakGlass(withoutGuardrails);
    expect(await allowed([withMfa], open)).toHaveLength(2);
    const another = entering(withoutGuardrails, 'prod', OPEN, roleArn('prod', 'shop'));
    expect(await allowed(user('administrator', [allow('*')], 'ada'), [another])).toHaveLength(3);
  });

  test('opens nothing to another organization', async () => {
    const [ours] = inStage(withoutGuardrails, 'prod', 'break-glass');
    const [mallory] = outsiders().map(by => of(by, 'o-zzzzzzzzzz'));
    const target = readable(withoutGuardrails);
    expect(await allowed([stranger(), mallory, ours], [target])).toEqual([mallory, ours].map(({ name }) => `${name} → ${target.name}`));
  });
});

describe('what is weakened is told', () => {
  /** As if the policies of the user asked for nothing. */
  const careless = (organized: Organization, age = '3599') => breakGlass(organized, age).map(by => ({ ...by, identity: [allow('*')] }));

  test('MFA that the roles do not ask for', async () => {
    expect(await entered(everythingDenied, careless(everythingDenied))).toEqual(ENTERED);
    const weak = weakened(weakened(everythingDenied, withoutTerm('Bool')), withoutTerm('NumericLessThan'));
    expect(await entered(weak, careless(weak))).toHaveLength(3 * ENTERED.length);
  });

  test('the age of the MFA that the roles do not ask for', async () => {
    expect(await entered(everythingDenied, careless(everythingDenied, '3600'))).toEqual([]);
    const weak = weakened(everythingDenied, withoutTerm('NumericLessThan'));
    expect(await entered(weak, careless(weak, '3600'))).toEqual(ENTERED);
  });

  test('the user whom the roles do not name, in root, which no policy of the organization binds', async () => {
    const weak = weakened(everythingDenied, withoutTerm('ArnEquals'));
    const strangers = await entered(weak, everybodyElse(weak));
    expect(strangers).toEqual(expect.arrayContaining(['administrator with MFA → enter root', 'root admin → enter root', 'root break-glass → enter root']));
    expect(strangers.filter(name => !name.endsWith('enter root'))).toEqual([]);
  });

  test('that the policies do not spare the roles', async () => {
    const weak = weakened(everythingDenied, unsparing('arn:*:iam::*:role/acme-*-break-glass'));
    for (const stage of MEMBERS) {
      expect(await allowed(inStage(weak, stage, 'break-glass'), deeds(weak, stage))).toEqual([]);
    }
  });

  test('that the policies do not spare the user', async () => {
    const weak = weakened(everythingDenied, unsparing(`arn:aws:iam::${ACCOUNTS.root}:user/acme-break-glass`));
    expect(await entered(weak)).toEqual(['break-glass with MFA → enter root']);
  });

  const open = (organized: Organization) => entering(organized, 'prod', OPEN, roleArn('prod', 'acme-forged-break-glass'));
  const change = (action: string): Target => ({ name: action, action, resource: roleArn('prod'), account: ACCOUNTS.prod, context: {} });

  test.each<[string, (organized: Organization) => Promise<string[]>]>([
    ['BreakGlassStaysAsDeployed', organized => allowed(inStage(organized, 'prod', 'admin'), [change('iam:UpdateAssumeRolePolicy')])],
    ['BreakGlassIsNotPassedOn', organized => allowed(inStage(organized, 'prod', 'admin'), [change('iam:PassRole')])],
    ['OnlyItsUserBreaksGlass', organized => allowed(everybodyElse(organized), [open(organized)])],
    ['NobodyElsesBreakGlass', organized => allowed([stranger()], [readable(organized)])],
  ])('without the statement %s', async (sid, asked) => {
    expect(await asked(withoutGuardrails)).toEqual([]);
    const weak = weakened(withoutGuardrails, statement => statement.Sid === sid ? undefined : statement);
    expect(await asked(weak)).not.toEqual([]);
  });
});
