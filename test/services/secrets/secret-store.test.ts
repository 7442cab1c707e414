import { RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { StageProfile } from '../../../src';
import { SecretStore, SecretStoreProps } from '../../../src/services/secrets/secret-store';
import { acme, problems, PROD, Resource, testApp } from '../../orgs';
import { behavesLikeAService, PROFILES, stackIn, templateIn } from '../contract';

const ACCOUNT = '222222222222';
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;

function store(profile: StageProfile, props: SecretStoreProps = {}, secrets: string[] = []): Template {
  return templateIn(profile, (stack, id) => {
    const it = new SecretStore(stack, id, props);
    secrets.forEach(name => it.addSecret(name));
  });
}

function one(template: Template, type: string): Resource {
  const [found, ...more] = Object.values(template.findResources(type));
  expect(more).toEqual([]);
  return found as Resource;
}

function roleIn(stack: Stack, id = 'Role'): iam.Role {
  return new iam.Role(stack, id, { assumedBy: new iam.AccountRootPrincipal() });
}

type GrantTo = (it: SecretStore, role: iam.Role) => iam.Grant;

/** What a grant says, each action with its resource and conditions in a line, partitions and keys readable. */
function lines(grant: GrantTo, props: SecretStoreProps = { path: '/app' }): string[] {
  const stack = stackIn(StageProfile.PRODUCTION);
  const role = roleIn(stack);
  expect(grant(new SecretStore(stack, 'it', props), role).success).toBe(true);
  const { Properties } = one(Template.fromStack(stack), 'AWS::IAM::Policy');
  return Properties.PolicyDocument.Statement.flatMap((statement: Record<string, unknown>) => {
    const conditions = statement.Condition ? [JSON.stringify(readableIn(statement.Condition))] : [];
    const about = statement.Resource ? readable(statement.Resource) : `all but ${readable(statement.NotResource)}`;
    return [statement.Action].flat().map(action => [statement.Effect, action, about, ...conditions].join(' '));
  });
}

function readable(value: any): string {
  return typeof value === 'string' ? value : value['Fn::GetAtt'] ? 'the key'
    : value['Fn::Join'][1].map((part: unknown) => typeof part === 'string' ? part : 'aws').join('');
}

function readableIn(value: any): unknown {
  return typeof value === 'string' || value['Fn::Join'] ? readable(value) : Array.isArray(value) ? value.map(readableIn)
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readableIn(inner)]));
}

describe('a store', () => behavesLikeAService((stack, id) => new SecretStore(stack, id)));

describe('a store with secrets', () => behavesLikeAService((stack, id) => {
  const it = new SecretStore(stack, id, { path: `/${id}` });
  it.addSecret('password');
  const generateSecretString = { secretStringTemplate: '{"username":"acme"}', generateStringKey: 'password' };
  it.addSecret('payments/credentials', { generateSecretString });
  it.parameter('token');
}));

describe('the key', () => {
  test.each([
    ['production', 'Retain', 30], ['staging', 'Retain', 30], ['audit', 'Retain', 30],
    ['development', 'Delete', 7], ['testing', 'Delete', 7],
  ])('of %s: %s when it is removed, after %d days', (name, policy, days) => {
    expect(one(store(PROFILES[name]), 'AWS::KMS::Key')).toMatchObject({
      DeletionPolicy: policy, Properties: { EnableKeyRotation: true, PendingWindowInDays: days },
    });
  });

  test('leaves it to the account who may use it', () => {
    const template = templateIn(StageProfile.PRODUCTION, (stack, id) => {
      const it = new SecretStore(stack, id);
      it.grantRead(roleIn(stack));
      it.grantWrite(roleIn(stack, 'Writer'));
    });
    const { Statement } = one(template, 'AWS::KMS::Key').Properties.KeyPolicy;
    expect(Statement).toHaveLength(1);
    expect(Statement[0]).toMatchObject({ Action: 'kms:*', Effect: 'Allow' });
    expect(readable(Statement[0].Principal.AWS)).toBe(`arn:aws:iam::${ACCOUNT}:root`);
  });

  test('has the path as its alias', () => {
    expect(one(store(StageProfile.PRODUCTION, { path: '/acme/app' }), 'AWS::KMS::Alias').Properties.AliasName).toBe('alias/acme/app');
  });

  test('may exist already, and then has what the store needs', () => {
    const template = templateIn(StageProfile.TESTING, (stack, id) => {
      const it = new SecretStore(stack, id, { encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY), path: '/app' });
      it.addSecret('password');
    });
    template.resourceCountIs('AWS::KMS::Key', 0);
    template.resourceCountIs('AWS::KMS::Alias', 0);
    expect(one(template, 'AWS::SecretsManager::Secret').Properties.KmsKeyId).toBe(KEY);
    expect(lines((it, role) => it.grantRead(role), { path: '/app', encryptionKey: kms.Key.fromKeyArn(new Stack(), 'Key', KEY) })
      .filter(line => line.includes('kms:Decrypt')).every(line => line.includes(` ${KEY} `))).toBe(true);
  });
});

describe('the path', () => {
  test('is unique where none is given', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const other = new Stack(stack, 'other', { env: stack, stackName: 'acme-other' });
    const paths = [new SecretStore(stack, 'one'), new SecretStore(stack, 'two'), new SecretStore(other, 'one')]
      .map(({ path }) => path);
    expect(paths.map(path => path.replace(/\w{8}$/, ''))).toEqual([
      '/acme-in-production-services-one-', '/acme-in-production-services-two-', '/acme-other-one-',
    ]);
    expect(new Set(paths).size).toBe(3);
  });

  test('does not begin with what AWS keeps for itself', () => {
    expect(new SecretStore(new Stack(testApp(), 'AwsThings'), 'it').path).toMatch(/^\/stage-AwsThings-it-\w{8}$/);
  });
});

describe('a generated secret', () => {
  test.each([
    ['production', 'RetainExceptOnCreate', 'Retain'], ['staging', 'RetainExceptOnCreate', 'Retain'],
    ['development', 'Delete', 'Delete'], ['testing', 'Delete', 'Delete'],
  ])('of %s: %s when it is removed', (name, deletion, replacement) => {
    expect(one(store(PROFILES[name], { path: '/app' }, ['db/password']), 'AWS::SecretsManager::Secret')).toMatchObject({
      DeletionPolicy: deletion, UpdateReplacePolicy: replacement, Properties: { Name: '/app/db/password', GenerateSecretString: {} },
    });
  });

  test('is encrypted by the key of the store', () => {
    const template = store(StageProfile.TESTING, {}, ['password']);
    const [key] = Object.keys(template.findResources('AWS::KMS::Key'));
    expect(one(template, 'AWS::SecretsManager::Secret').Properties.KmsKeyId).toEqual({ 'Fn::GetAtt': [key, 'Arn'] });
  });

  test('is as its options say', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const secret = new SecretStore(stack, 'it', { path: '/app', removalPolicy: RemovalPolicy.DESTROY }).addSecret('token', {
      description: 'opens the door', generateSecretString: { passwordLength: 12 }, removalPolicy: RemovalPolicy.RETAIN,
    });
    const template = Template.fromStack(stack);
    expect(one(template, 'AWS::SecretsManager::Secret')).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { Description: 'opens the door', GenerateSecretString: { PasswordLength: 12 } },
    });
    expect(one(template, 'AWS::KMS::Key')).toMatchObject({ DeletionPolicy: 'Delete', Properties: { PendingWindowInDays: 7 } });
    expect(stack.resolve(secret.secretArn)).toEqual({ Ref: expect.stringContaining('token') });
  });

  test('goes with a store that goes, whatever the profile', () => {
    const template = store(StageProfile.PRODUCTION, { removalPolicy: RemovalPolicy.DESTROY }, ['password']);
    ['AWS::SecretsManager::Secret', 'AWS::KMS::Key'].forEach(type => expect(one(template, type).DeletionPolicy).toBe('Delete'));
    const kept = store(StageProfile.TESTING, { removalPolicy: RemovalPolicy.RETAIN }, ['password']);
    expect(one(kept, 'AWS::SecretsManager::Secret').DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  test('of a profile that wants snapshots is kept, for there are none', () => {
    const template = store(StageProfile.PRODUCTION.customized('snapshots', { removalPolicy: RemovalPolicy.SNAPSHOT }), {}, ['password']);
    expect(one(template, 'AWS::SecretsManager::Secret').DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(one(template, 'AWS::KMS::Key').DeletionPolicy).toBe('Retain');
  });
});

describe('a parameter', () => {
  test('is referred to by its name, and makes nothing', () => {
    const template = templateIn(StageProfile.TESTING, (stack, id) => {
      const it = new SecretStore(stack, id, { path: '/app' });
      expect(it.parameter('payments/token').parameterName).toBe('/app/payments/token');
      expect(it.parameter('payments/token')).toBe(it.parameter('payments/token'));
    });
    expect(template.toJSON()).toEqual(store(StageProfile.TESTING, { path: '/app' }).toJSON());
  });
});

describe('a grant', () => {
  const PARAMETERS = `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/app`;
  const SECRETS = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:/app/*`;
  const BY_SSM = JSON.stringify({
    StringEquals: { 'kms:ViaService': 'ssm.eu-west-1.amazonaws.com' },
    StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': [`${PARAMETERS}/*`] },
  });
  const WITHIN = JSON.stringify({ StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': [`${PARAMETERS}/*`] } });
  const bySecretsManager = (...arns: string[]) => JSON.stringify({
    StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' },
    StringLike: { 'kms:EncryptionContext:SecretARN': arns },
  });

  test('to read says exactly this', () => {
    expect(lines((it, role) => it.grantRead(role))).toEqual([
      `Allow ssm:GetParameter ${PARAMETERS}/*`,
      `Allow ssm:GetParameterHistory ${PARAMETERS}/*`,
      `Allow ssm:GetParameters ${PARAMETERS}/*`,
      `Allow ssm:GetParametersByPath ${PARAMETERS}/*`,
      `Allow ssm:GetParametersByPath ${PARAMETERS}`,
      `Allow secretsmanager:DescribeSecret ${SECRETS}`,
      `Allow secretsmanager:GetSecretValue ${SECRETS}`,
      `Allow kms:Decrypt the key ${BY_SSM}`,
      `Allow kms:Decrypt the key ${bySecretsManager(SECRETS)}`,
    ]);
  });

  test('to write says exactly this, so it reads and deletes nothing', () => {
    expect(lines((it, role) => it.grantWrite(role))).toEqual([
      `Allow ssm:PutParameter ${PARAMETERS}/*`,
      `Allow secretsmanager:CreateSecret ${SECRETS}`,
      `Allow secretsmanager:DescribeSecret ${SECRETS}`,
      `Allow secretsmanager:PutSecretValue ${SECRETS}`,
      `Allow secretsmanager:UpdateSecret ${SECRETS}`,
      `Allow kms:Encrypt the key ${BY_SSM}`,
      `Allow kms:GenerateDataKey the key ${BY_SSM}`,
      `Allow kms:Decrypt the key ${bySecretsManager(SECRETS, 'RequestToValidateKeyAccess')}`,
      `Allow kms:GenerateDataKey the key ${bySecretsManager(SECRETS, 'RequestToValidateKeyAccess')}`,
      `Deny kms:Encrypt all but the key ${WITHIN}`,
      `Deny kms:GenerateDataKey all but the key ${WITHIN}`,
    ]);
  });

  test('to write two stores refuses the keys of others in each of them alone', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const role = roleIn(stack);
    const keys = ['app', 'billing'].map(path => {
      const it = new SecretStore(stack, path, { path: `/${path}` });
      it.grantWrite(role);
      return stack.resolve(it.encryptionKey.keyArn);
    });
    const { Statement } = one(Template.fromStack(stack), 'AWS::IAM::Policy').Properties.PolicyDocument;
    const denied = Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Deny');
    expect(denied.map(({ NotResource }: { NotResource: unknown }) => NotResource)).toEqual(keys);
    expect(denied.map(({ Condition }: { Condition: unknown }) => readableIn(Condition))).toEqual(['app', 'billing'].map(path => ({
      StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': [PARAMETERS.replace(/app$/, `${path}/*`)] },
    })));
  });

  test.each([['a user', iam.User], ['a group', iam.Group]])('may be given to %s', (_, kind) => {
    const stack = stackIn(StageProfile.PRODUCTION);
    expect(new SecretStore(stack, 'it').grantRead(new kind(stack, 'who')).success).toBe(true);
  });

  test('may be given to a role that exists', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    new SecretStore(stack, 'it').grantRead(iam.Role.fromRoleArn(stack, 'who', `arn:aws:iam::${ACCOUNT}:role/deployer`));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', { Roles: ['deployer'] });
  });

  test('to nobody who would get nothing by it', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const it = new SecretStore(stack, 'it', { path: '/app' });
    expect(() => it.grantRead(new iam.ServicePrincipal('ec2.amazonaws.com'))).toThrow(
      "grantRead of 'in-production/services/it' is given service 'ec2.amazonaws.com', which has no policy of its own");
    expect(() => it.grantWrite(new iam.AccountRootPrincipal())).toThrow('which has no policy of its own');
    expect(() => it.grantWrite(new iam.AnyPrincipal())).toThrow('which has no policy of its own');
    const message = `of account '${PROD}', and 'in-production/services/it' is in '${ACCOUNT}': what is allowed stays in its account`;
    expect(() => it.grantRead(iam.Role.fromRoleArn(stack, 'who', `arn:aws:iam::${PROD}:role/deployer`)))
      .toThrow(`grantRead is given 'in-production/services/who' ${message}`);
    expect(() => it.grantWrite(new iam.AccountPrincipal(PROD))).toThrow(`grantWrite is given all of account '${PROD}' ${message}`);
  });
});

describe('an error', () => {
  const BAD_PATH = "cannot be that of secrets: give one like '/app' or '/acme/app', 1 to 10 parts of letters, digits, hyphens and "
    + "underscores, each after a slash, 200 characters in all, not starting with 'aws' or 'ssm'";
  const BAD_NAME = "cannot be in '/app': give 1 to 5 parts of letters, digits, hyphens, underscores and dots, as a literal, such as 'payments/token'";

  test.each([
    'app', '/', '/app/', '//app', '/a*', '/a?', '/a.b', '/app/*', '/a b', '/aws/app', '/SSM', '/a'.repeat(11), `/${'a'.repeat(200)}`,
  ])('path %s', path => {
    expect(() => store(StageProfile.TESTING, { path })).toThrow(new Error(`path '${path}' ${BAD_PATH}`));
  });

  test.each(['', '/token', 'token/', 'a//b', '*', 'a:b', '.', '../other', 'a/../b', 'a/b/c/d/e/f'])('secret %s', name => {
    const it = new SecretStore(stackIn(StageProfile.TESTING), 'it', { path: '/app' });
    expect(() => it.addSecret(name)).toThrow(new Error(`secret '${name}' ${BAD_NAME}`));
    expect(() => it.parameter(name)).toThrow(new Error(`secret '${name}' ${BAD_NAME}`));
  });

  test.each<[string, () => unknown]>([
    ['path is a token: stores are kept apart by their paths at synth, so give it as a literal',
      () => store(StageProfile.TESTING, { path: Token.asString({ Ref: 'Path' }) })],
    ["encryptionKey is the alias 'alias/app', which policies cannot name: give the key itself",
      () => store(StageProfile.TESTING, { encryptionKey: kms.Alias.fromAliasName(new Stack(), 'Alias', 'alias/app') })],
    ['removalPolicy is SNAPSHOT, and CloudFormation takes none of this: give RETAIN or DESTROY',
      () => store(StageProfile.TESTING, { removalPolicy: RemovalPolicy.SNAPSHOT })],
    ["secret '/app/password' is there already: add it once, or choose another name",
      () => store(StageProfile.TESTING, { path: '/app' }, ['password', 'password'])],
  ])('%s', (message, define) => {
    expect(define).toThrow(new Error(message));
  });

  test('tells of stores that are one in the other', () => {
    const app = testApp();
    const stack = stackIn(StageProfile.TESTING, app);
    const other = new Stack(stack, 'other', { env: stack });
    new SecretStore(stack, 'app', { path: '/app' });
    new SecretStore(stack, 'beside', { path: '/app2' });
    new SecretStore(stack, 'deep', { path: '/acme/orders' });
    new SecretStore(other, 'within', { path: '/app/x' });
    new SecretStore(other, 'around', { path: '/acme' });
    new SecretStore(new Stack(stack, 'elsewhere', { env: { account: stack.account, region: 'eu-north-1' } }), 'it', { path: '/app' });
    new SecretStore(stackIn(StageProfile.PRODUCTION, app), 'it', { path: '/app' });
    const why = 'are one in the other, in the same account and region: whoever may read one could read both, so put them side by side';
    expect(problems(app).sort()).toEqual([
      `path '/acme/orders' of 'in-testing/services/deep' and path '/acme' of 'in-testing/services/other/around' ${why}`,
      `path '/app/x' of 'in-testing/services/other/within' and path '/app' of 'in-testing/services/app' ${why}`,
    ]);
  });

  test('tells of one path twice, also where nobody knows the account', () => {
    const app = testApp();
    ['one', 'two'].forEach(id => new SecretStore(new Stack(app, id), 'it', { path: '/app' }));
    expect(problems(app)).toEqual([expect.stringMatching("^path '/app' of 'two/it' and path '/app' of 'one/it' are one in the other")]);
  });

  test('is none for one path in stages whose accounts do not exist yet', () => {
    const { app, prod, dev } = acme();
    [prod, dev].forEach(stage => new SecretStore(new Stack(stage, 'services'), 'it', { path: '/app' }));
    expect(problems(app)).toEqual([]);
  });
});
