import { Aws, CfnJson, CfnParameter, Fn, Lazy, Stack } from 'aws-cdk-lib';
import { IVpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import {
  AuditTrailBucket, AuditTrailBucketProps, AuroraCluster, ContainerCluster, ContainerRegistry, CrossAccountAccessRole,
  Guardrail, Guardrails, IAuditTrail, IContainerCluster, KubernetesCluster, MailDomain, MfaRequirement,
  MultiAccountOrg, OrganizationPolicyType, PermissionSetPrincipal, Redis, RelationalDatabase, SearchDomain,
  SecretStore, StageAccount, StaticSite, TrailReference,
} from '../src';
import {
  Acme, acme as acmeToBe, acmeOfKnownAccounts, AUDIT, DEV, discovered, EXISTING, PROD, problems, ROOT, synthesize,
} from './orgs';
import { CATALOGUE } from './services/catalogue';
import { given } from './services/given';

const ELSEWHERE = { accountId: AUDIT, roleName: 'it' };
const READ_ONLY = [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')];

type Whoever = iam.IPrincipal & iam.IGrantable;

function service<T>(name: string) {
  return (use: (it: T, who: Whoever) => unknown) => (stage: StageAccount, who: Whoever) =>
    use(CATALOGUE[name](new Stack(stage, 'services'), 'it', given(stage)) as unknown as T, who);
}

function trails(options: Partial<AuditTrailBucketProps>) {
  return (stage: StageAccount) => new AuditTrailBucket(new Stack(stage, 'trails'), 'it', {
    bucketName: 'acme-trails',
    keyAlias: 'alias/acme-trails',
    trails: [TrailReference.ofAccount({ accountId: PROD, region: 'eu-west-1', trailName: 'acme-trail' })],
    ...options,
  });
}

function trailOf(stage: StageAccount): IAuditTrail {
  return (stage.node.scope as MultiAccountOrg).addAuditTrail({ storedIn: stage });
}

function existingCluster(stack: Stack, vpc: IVpc): IContainerCluster {
  return ContainerCluster.fromContainerClusterAttributes(stack, 'it', {
    cluster: Cluster.fromClusterAttributes(stack, 'cluster', { clusterName: 'shop', vpc }),
  });
}

// every place of the API that takes somebody who is let in or granted something; post-compile fails if one is missing
const PLACES: Record<string, (stage: StageAccount, who: Whoever) => unknown> = {
  'AuditTrailBucket.grantRead': (stage, who) => trails({})(stage).grantRead(who),
  'IAuditTrailBucket.grantRead': (stage, who) => AuditTrailBucket.fromAuditTrailBucketAttributes(new Stack(stage, 'trails'), 'it', {
    accountId: AUDIT, region: 'eu-west-1', bucketName: 'acme-trails', keyAlias: 'alias/acme-trails',
  }).grantRead(who),
  'AuditTrail.grantRead': (stage, who) => trailOf(stage).grantRead(who),
  'IAuditTrail.grantRead': (stage, who) => trailOf(stage).grantRead(who),
  'AuditTrailBucketOptions.readers': (stage, who) => trails({ readers: [who] })(stage),
  'AuditTrailBucketProps.administrators': (stage, who) => trails({ administrators: [who] })(stage),
  'AuroraCluster.grantConnect': service<AuroraCluster>('AuroraPostgres')((it, who) => it.grantConnect(who, 'app')),
  'ContainerCluster.grantExecuteCommand': service<ContainerCluster>('ContainerCluster')((it, who) => it.grantExecuteCommand(who)),
  'IContainerCluster.grantExecuteCommand': (stage, who) => existingCluster(new Stack(stage, 'services'), given(stage).vpc())
    .grantExecuteCommand(who),
  'ContainerRegistry.grantPull': service<ContainerRegistry>('ContainerRegistry')((it, who) => it.grantPull(who)),
  'ContainerRegistry.grantPush': service<ContainerRegistry>('ContainerRegistry')((it, who) => it.grantPush(who)),
  'CrossAccountAccessRole.grantAssume': (stage, who) => stage.readOnly.grantAssume(who),
  'ICrossAccountAccessRole.grantAssume': (stage, who) =>
    CrossAccountAccessRole.fromCrossAccountAccessRoleAttributes(stage, 'it', ELSEWHERE).grantAssume(who),
  'CrossAccountAccessRoleProps.trustedPrincipals': (stage, who) => new CrossAccountAccessRole(new Stack(stage, 'role'), 'it', {
    roleName: 'it', trustedPrincipals: [who.grantPrincipal], managedPolicies: READ_ONLY, mfa: MfaRequirement.NOT_REQUIRED,
  }),
  'KubernetesCluster.grantAdmin': service<KubernetesCluster>('KubernetesCluster')((it, who) => it.grantAdmin(who)),
  'KubernetesCluster.grantView': service<KubernetesCluster>('KubernetesCluster')((it, who) => it.grantView(who)),
  'MailDomain.grantSend': service<MailDomain>('MailDomain')((it, who) => it.grantSend(who)),
  'Redis.grantConnect': service<Redis>('Redis')((it, who) => it.grantConnect(who)),
  'RelationalDatabase.grantConnect': service<RelationalDatabase>('RelationalDatabase')((it, who) => it.grantConnect(who, 'app')),
  'SearchDomain.grantRead': service<SearchDomain>('SearchDomain')((it, who) => it.grantRead(who)),
  'SearchDomain.grantReadWrite': service<SearchDomain>('SearchDomain')((it, who) => it.grantReadWrite(who)),
  'SecretStore.grantRead': service<SecretStore>('SecretStore')((it, who) => it.grantRead(who)),
  'SecretStore.grantWrite': service<SecretStore>('SecretStore')((it, who) => it.grantWrite(who)),
  'StaticSite.grantDeploy': service<StaticSite>('StaticSite')((it, who) => it.grantDeploy(who)),
  'StaticSiteProps.deployer': (stage, who) => new StaticSite(new Stack(stage, 'site'), 'it', { deployer: who.grantPrincipal }),
};

// 'IManagement.spare' has a test of its own, with the policies
const ISSUER = 'token.actions.githubusercontent.com';
const PROVIDER = `arn:aws:iam::${PROD}:oidc-provider/${ISSUER}`;
const github = (conditions: iam.Conditions) => new iam.WebIdentityPrincipal(PROVIDER, conditions);
const AUDIENCE = { [`${ISSUER}:aud`]: 'sts.amazonaws.com' };
const subject = (sub: string, operator = 'StringLike') => github({ StringEquals: AUDIENCE, [operator]: { [`${ISSUER}:sub`]: sub } });

const anybody = (operator: string, keys: Record<string, string | string[]>) =>
  new iam.AnyPrincipal().withConditions({ [operator]: keys });

const EVERYBODY: Record<string, () => Whoever> = {
  'anybody': () => new iam.AnyPrincipal(),
  'a star': () => new iam.StarPrincipal(),
  'an ARN that is a star': () => new iam.ArnPrincipal('*'),
  'any account': () => new iam.ArnPrincipal('arn:aws:iam::*:root'),
  'anybody among others': () => new iam.CompositePrincipal(new iam.AccountPrincipal(DEV), new iam.AnyPrincipal()),
  'anybody under a condition': () => new iam.AnyPrincipal().withConditions({ Bool: { 'aws:SecureTransport': 'true' } }),
  'anybody of GitHub': () => github({}),
  'anybody of GitHub with an audience': () => github({ StringEquals: AUDIENCE }),
  'any subject of GitHub': () => subject('*'),
  'any repository of GitHub': () => subject('repo:*'),
  'any repository of GitHub by another pattern': () => subject('repo::*'),
  'any owner on GitHub': () => subject('repo:*/shop:*'),
  'owners on GitHub who begin alike': () => subject('repo:acme*'),
  'who has no subject at all': () => subject('repo:acme/shop:*', 'ForAllValues:StringLike'),
  'any environment on GitHub': () => subject('environment:prod:*'),
  'who has the subject of another provider': () => github({ StringEquals: { 'gitlab.com:sub': 'project_path:acme/shop' } }),
  'anybody of GitHub by a provider of the app': () => new iam.WebIdentityPrincipal(Lazy.string({ produce: () => PROVIDER }), {}),
  'any identity pool': () => new iam.WebIdentityPrincipal('cognito-identity.amazonaws.com', {
    StringEquals: { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
  }),
  'any account, named by itself': () => new iam.AccountPrincipal('*'),
  'any account of the partition': () => new iam.ArnPrincipal(`arn:${Aws.PARTITION}:iam::*:root`),
  'any organization': () => anybody('StringEquals', { 'aws:PrincipalOrgID': ['o-a1b2c3d4e5', 'o-*'] }),
  'whatever organization they are of': () => anybody('StringEquals', { 'aws:PrincipalOrgID': '${aws:PrincipalOrgID}' }),
  'who is in no organization': () => anybody('ForAllValues:StringLike', { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/*' }),
  'a unit of any organization': () => anybody('ForAnyValue:StringLike', { 'aws:PrincipalOrgPaths': 'o-*/r-a1b2/ou-a1b2-c3d4e5f6/' }),
  'an example of an organization': () => new iam.OrganizationPrincipal('o-xxxxxxxxxx'),
  'whatever subject they have': () => subject(`\${${ISSUER}:sub}`, 'StringEquals'),
  'whose subject is missing': () => subject('repo:acme/shop:*', 'StringLikeIfExists'),
};

function trying(place: string, who: (acme: Acme) => Whoever) {
  const acme = acmeOfKnownAccounts();
  let refused: string | undefined;
  try {
    PLACES[place](acme.prod, who(acme));
  } catch (error) {
    refused = (error as Error).message;
  }
  return { ...acme, refused };
}

describe.each(Object.keys(PLACES))('%s', place => {
  test.each(Object.keys(EVERYBODY))('refuses %s', name => {
    const { refused } = trying(place, EVERYBODY[name]);
    expect(refused).toBeDefined();
    expect(refused).not.toMatch(/\$\{Token|undefined|\[object/);
  });

  test.each<[string, (acme: Acme) => Whoever, string]>([
    ['a role of another account', () => new iam.ArnPrincipal(`arn:aws:iam::${DEV}:role/somebody`), 'role/somebody'],
    ['a role for people', ({ prod }) => prod.readOnly as unknown as Whoever, 'acme-prod-read-only'],
    ['a role for people of another stage', ({ dev }) => dev.readOnly as unknown as Whoever, 'acme-dev-read-only'],
    ['an imported role of another account', ({ prod }) =>
      iam.Role.fromRoleArn(new Stack(prod, 'imports'), 'role', `arn:aws:iam::${DEV}:role/somebody`) as unknown as Whoever, 'role/somebody'],
    ['a whole account', () => new iam.AccountPrincipal(DEV), DEV],
    ['a service', () => new iam.ServicePrincipal('codebuild.amazonaws.com'), 'codebuild'],
    ['one branch on GitHub', () => subject('repo:acme/shop:ref:refs/heads/main'), 'refs/heads/main'],
    // without its condition, it would be everybody
    ['an organization', () => new iam.OrganizationPrincipal('o-a1b2c3d4e5'), '"aws:PrincipalOrgID":"o-a1b2c3d4e5"'],
    ['a permission set', () => new PermissionSetPrincipal(DEV, 'Support'), 'AWSReservedSSO_Support_'],
  ])('refuses %s, or writes it into a policy', (_, who, text) => {
    const { app, refused } = trying(place, who);
    if (refused === undefined) {
      const written = [...synthesize(app).stacks].filter(([path]) => !/\/(access|imports)$/.test(path))
        .some(([, { template }]) => JSON.stringify(template).includes(text));
      expect(written).toBe(true);
    } else {
      expect(refused).not.toMatch(/\$\{Token|undefined|\[object/);
    }
  });
});

// whom no policy of the organization stops, and who alone deploys: their names are in policies of root
const EXEMPT: Record<string, (org: MultiAccountOrg, who: Whoever) => unknown> = {
  'GuardrailAdjustment.exceptPrincipals': (org, who) => new Guardrails(org, 'guardrails', {
    adjustments: [{ guardrail: Guardrail.REQUIRE_TLS, exceptPrincipals: [who] }],
  }),
  'GuardrailsProps.spare': (org, who) => new Guardrails(org, 'guardrails', { spare: [who] }),
  'OrganizationPolicyOptions.spare': ({ management }, who) => management!.addPolicy('mine', {
    policyType: OrganizationPolicyType.SERVICE_CONTROL,
    statements: [new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['*'], resources: ['*'] })],
    spare: [who],
  }),
  'Guardrail.protectDeployment': (org, who) => new Guardrails(org, 'guardrails', { guardrails: [Guardrail.protectDeployment([who])] }),
  'Guardrail.onlyDeployersDeploy': (org, who) => new Guardrails(org, 'guardrails', { guardrails: [Guardrail.onlyDeployersDeploy([who])] }),
};

describe.each(Object.entries(EXEMPT))('%s', (_, use) => {
  test.each(Object.keys(EVERYBODY))('refuses %s', name => {
    const { org } = acmeOfKnownAccounts(EXISTING);
    expect(() => use(org, EVERYBODY[name]())).toThrow(/: give roles or users one by one|: name|: give/);
  });

  test('has a role in the policy', () => {
    const { app, org } = acmeOfKnownAccounts(EXISTING);
    use(org, new iam.ArnPrincipal(`arn:aws:iam::${ROOT}:role/deployer`));
    expect(JSON.stringify(synthesize(app).find('AWS::Organizations::Policy'))).toContain(`arn:aws:iam::${ROOT}:role/deployer`);
  });
});

describe('whoever is somebody', () => {
  const issuer = (name: string) => `arn:aws:iam::${PROD}:oidc-provider/${name}`;
  const identity = (name: string, conditions: iam.Conditions) => new iam.WebIdentityPrincipal(issuer(name), conditions);
  const bitbucket = 'api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc';

  test.each<[string, (stack: Stack) => iam.IPrincipal]>([
    ['one organization', () => new iam.OrganizationPrincipal('o-a1b2c3d4e5')],
    ['a unit of an organization', () => anybody('ForAnyValue:StringLike', { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/r-a1b2/ou-a1b2-c3d4e5f6/*' })],
    ['an organization that the deployment knows', stack =>
      new iam.OrganizationPrincipal(new CfnParameter(stack, 'organization').valueAsString)],
    ['a permission set', () => new PermissionSetPrincipal(DEV, 'Support')],
    ['one repository by its number', () => subject('repo:acme@1234/shop@5678:environment:prod', 'StringEquals')],
    ['one repository by any number', () => subject('repo:acme@*/shop@*:environment:prod')],
    ['one repository', () => subject('repo:acme/shop:*')],
    ['one owner', () => subject('repo:acme/*')],
    ['one subject of any of its values', () => subject('repo:acme/shop:*', 'ForAnyValue:StringLike')],
    ['one of two patterns that have to hold both', () => github({
      StringLike: { [`${ISSUER}:sub`]: '*' }, StringEquals: { [`${ISSUER}:sub`]: 'repo:acme/shop:ref:refs/heads/main' },
    })],
    ['a project of GitLab', () => identity('gitlab.com', { StringLike: { 'gitlab.com:sub': 'project_path:acme/shop:*' } })],
    ['a repository of Bitbucket', () => identity(bitbucket, { StringLike: { [`${bitbucket}:sub`]: '{a1b2c3d4}:*' } })],
    ['a workspace of Bitbucket', () => identity(bitbucket, { StringEquals: { [`${bitbucket}:aud`]: 'ari:cloud:bitbucket::workspace/a1b2' } })],
    ['users of a tenant', () => identity('acme.eu.auth0.com/', { StringLike: { 'acme.eu.auth0.com/:sub': 'auth0|*' } })],
    ['a pool of identities', () => new iam.WebIdentityPrincipal('cognito-identity.amazonaws.com', {
      StringEquals: { 'cognito-identity.amazonaws.com:aud': 'eu-west-1:a1b2' },
    })],
    ['what a condition says at deployment', stack => identity('oidc.eks.eu-west-1.amazonaws.com/id/A1', {
      StringEquals: new CfnJson(stack, 'json', { value: { a: 'b' } }),
    })],
    ['a SAML provider of the app', stack => new iam.SamlConsolePrincipal(new iam.SamlProvider(stack, 'saml', {
      metadataDocument: iam.SamlMetadataDocument.fromXml('<EntityDescriptor/>'.padEnd(1000)),
    }))],
    ['pods of a cluster', () => new iam.SessionTagsPrincipal(new iam.ServicePrincipal('pods.eks.amazonaws.com'))],
    ['a role of the app', stack => new iam.Role(stack, 'ci', { assumedBy: new iam.ServicePrincipal('codebuild.amazonaws.com') })],
    ['a provider of the app', stack => new iam.OpenIdConnectPrincipal(
      new iam.OpenIdConnectProvider(stack, 'oidc', { url: `https://${ISSUER}` }),
      { StringLike: { [`${ISSUER}:sub`]: 'repo:acme/shop:*' } })],
    ['an account that the deployment knows', stack => new iam.AccountPrincipal(new CfnParameter(stack, 'account').valueAsString)],
  ])('may be trusted: %s', (_, who) => {
    const { app, prod } = acmeOfKnownAccounts();
    const stack = new Stack(prod, 'mine');
    new CrossAccountAccessRole(stack, 'it', {
      roleName: 'it', trustedPrincipals: [who(stack)], managedPolicies: READ_ONLY, mfa: MfaRequirement.NOT_REQUIRED,
    });
    expect(problems(app)).toEqual([]);
  });

  test('may be a member of a group that is defined elsewhere', () => {
    const { app, org } = acmeOfKnownAccounts();
    org.addUser('ada').iamUser!.addToGroup(new iam.Group(new Stack(org.root, 'more'), 'group'));
    expect(problems(app)).toEqual([]);
  });

  test('may read the trail by an ARN that the deployment knows', () => {
    const { org, audit } = acmeOfKnownAccounts();
    const role = iam.Role.fromRoleArn(new Stack(audit, 'imports'), 'role', Fn.importValue('Role'));
    expect(() => org.addAuditTrail({ storedIn: audit }).grantRead(role)).not.toThrow();
  });
});

describe('who is refused', () => {
  const refusal = (place: string, who: (acme: Acme) => Whoever) => trying(place, who).refused;

  test('is named as the code does', () => {
    expect(refusal('StaticSite.grantDeploy', ({ prod }) => prod.readOnly as unknown as Whoever)).toBe(
      "grantDeploy of 'acme/prod/services/it' is given 'prod.readOnly', which has no policy of its own that could say so: "
      + 'give a role, user or group that is defined in the app');
  });

  test('is told the account', () => {
    const imported = ({ prod }: Acme) =>
      iam.Role.fromRoleArn(new Stack(prod, 'imports'), 'role', `arn:aws:iam::${DEV}:role/somebody`) as unknown as Whoever;
    expect(refusal('SecretStore.grantRead', imported)).toBe(
      `grantRead is given 'acme/prod/imports/role' of account '${DEV}', and 'acme/prod/services/it' is in '${PROD}': `
      + 'what is allowed stays in its account, so give a role of that, which the other one may assume');
  });

  test.each([
    ["'arn:aws:iam::*:root'", EVERYBODY['any account']],
    ["whom 'arn:aws:iam::333333333333:oidc-provider/token.actions.githubusercontent.com' knows, because 'repo:*' is anybody's",
      EVERYBODY['any repository of GitHub']],
    ['because no condition names a `sub`', EVERYBODY['anybody of GitHub with an audience']],
    ['because ForAllValues:StringLike holds where there is no `sub`', EVERYBODY['who has no subject at all']],
  ])('is told why: %s', (why, who) => {
    expect(refusal('StaticSiteProps.deployer', who)).toContain(why);
  });

  test('is a group that should read, or something that is no role', () => {
    const reader = (who: (acme: Acme) => Whoever) => refusal('AuditTrail.grantRead', who);
    expect(reader(({ org }) => org.addGroup('auditors').iamGroup as unknown as Whoever)).toContain("grantRead holds 'acme/root/people/group-auditors'");
    expect(reader(({ org }) => org.addGroup('auditors') as unknown as Whoever)).toContain('grantRead holds an object, which is no principal');
  });

  test('is a reader under a condition, who is named without a token', () => {
    const conditional = new iam.ArnPrincipal(`arn:aws:iam::${PROD}:role/r`)
      .withConditions({ Bool: { 'aws:SecureTransport': 'true' } });
    expect(refusal('AuditTrailBucketOptions.readers', () => conditional as unknown as Whoever)).toBe(
      `readers holds 'arn:aws:iam::${PROD}:role/r', under conditions that cannot be asked for here: `
      + 'give roles or users one by one, as `stage.readOnly` or `new ArnPrincipal(arn)`');
  });
});

describe('two sides that cannot agree', () => {
  const stackOf = (stage: StageAccount) => stage.node.tryFindChild('role') as Stack | undefined ?? new Stack(stage, 'role');
  const role = (props: object) => ({ prod }: Acme) => new CrossAccountAccessRole(stackOf(prod), 'it', {
    roleName: 'it', trustedPrincipals: [new iam.AccountPrincipal(ROOT)], managedPolicies: READ_ONLY, ...props,
  });
  const branch = subject('repo:acme/shop:ref:refs/heads/main');

  const robot = (stage: StageAccount) =>
    new iam.Role(new Stack(stage, 'robots'), 'Robot', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'), roleName: 'robot' });

  test.each<[string, (acme: Acme) => iam.IPrincipal]>([
    ["service 'codebuild.amazonaws.com'", () => new iam.ServicePrincipal('codebuild.amazonaws.com')],
    [`Federated '${PROVIDER}'`, () => branch],
    [`'arn:aws:iam::${DEV}:role/robot'`, () => new iam.ArnPrincipal(`arn:aws:iam::${DEV}:role/robot`)],
    [`permission set 'Support' of account '${DEV}'`, () => new PermissionSetPrincipal(DEV, 'Support')],
    [`all of account '${DEV}'`, () => new iam.AccountPrincipal(DEV)
      .withConditions({ ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${DEV}:role/robot-*` } })],
    ["'acme/dev/robots/Robot'", ({ dev }) => robot(dev)],
    ["'acme/dev/robots/Robot'", ({ dev }) => new iam.PrincipalWithConditions(robot(dev), { Bool: { 'aws:SecureTransport': 'true' } })],
    ["'acme/dev/robots/Robot'", ({ dev }) => new iam.ArnPrincipal(robot(dev).roleArn)],
  ])('are told: MFA of %s', (name, trusted) => {
    const defined = (props: object) => {
      const accounts = acmeOfKnownAccounts();
      return role({ trustedPrincipals: [trusted(accounts)], ...props })(accounts);
    };
    expect(() => defined({})).toThrow(`mfa of role 'it' is required, but ${name} cannot present multi-factor authentication`);
    expect(() => defined({ mfa: MfaRequirement.NOT_REQUIRED })).not.toThrow();
  });

  test('are told: an external id of who is federated, or of the console', () => {
    const props = { externalId: 'acme:1', mfa: MfaRequirement.NOT_REQUIRED };
    expect(() => role({ ...props, trustedPrincipals: [branch] })(acmeOfKnownAccounts())).toThrow("externalId of role 'it' cannot be sent");
    expect(() => role(props)(acmeOfKnownAccounts()).switchRoleUrl).toThrow("switchRoleUrl of role 'it' would not work");
  });

  test('are told: people of root who may assume a role that trusts somebody else', () => {
    const acme = acmeOfKnownAccounts();
    const machines = role({ trustedPrincipals: [branch], mfa: MfaRequirement.NOT_REQUIRED })(acme);
    acme.org.addGroup('engineers', { canAssume: [machines] });
    expect(problems(acme.app)).toEqual([
      `canAssume of group 'engineers' has 'acme/prod/role/it', which trusts Federated '${PROVIDER}' and no user of root's account '${ROOT}': `
      + 'add that to its trustedPrincipals',
    ]);
  });

  const inRoot = (condition: iam.Conditions) => new iam.AccountPrincipal(ROOT).withConditions(condition);
  const provider = `arn:aws:iam::${ROOT}:oidc-provider/${ISSUER}`;
  test.each<[boolean, string, (acme: Acme) => iam.IPrincipal]>([
    [true, 'a user of root', () => new iam.ArnPrincipal(`arn:aws:iam::${ROOT}:user/ada`)],
    [true, 'root by its digits', () => new iam.ArnPrincipal(ROOT)],
    [true, 'a user by a unique id', () => new iam.ArnPrincipal('AIDAQWERTYUIOPASDFGHJ')],
    [true, 'an account that the deployment knows', ({ prod }) => new iam.AccountPrincipal(new CfnParameter(stackOf(prod), 'account').valueAsString)],
    [true, 'users of root by a pattern', () => inRoot({ ArnLike: { 'aws:PrincipalArn': [`arn:aws:iam::${ROOT}:role/robot`, `arn:aws:iam::${ROOT}:user/*`] } })],
    [true, 'root from its network', () => inRoot({ IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } })],
    [true, 'the organization', () => new iam.OrganizationPrincipal('o-a1b2c3d4e5')],
    [false, 'another organization', () => new iam.OrganizationPrincipal('o-b1b2c3d4e5')],
    [false, 'a unit of another organization', () => anybody('ForAnyValue:StringLike', { 'aws:PrincipalOrgPaths': 'o-b1b2c3d4e5/*' })],
    [false, 'everybody of another account', () => anybody('StringEquals', { 'aws:PrincipalAccount': DEV })],
    [false, 'a user of another account', () => new iam.ArnPrincipal(`arn:aws:iam::${DEV}:user/ada`)],
    [false, 'a pipeline of another account', () => new iam.ArnPrincipal(`arn:aws:iam::${DEV}:role/pipeline`)],
    [false, 'a pipeline of root', () => new iam.ArnPrincipal(`arn:aws:iam::${ROOT}:role/pipeline`)],
    [false, 'a pipeline of root in the app', ({ org }) => robot(org.root)],
    [false, 'a role by a unique id', () => new iam.ArnPrincipal('AROAQWERTYUIOPASDFGHJ')],
    [false, 'a permission set of root', () => new PermissionSetPrincipal(ROOT, 'Support')],
    [false, 'a provider of identities in root', () => new iam.WebIdentityPrincipal(provider, branch.conditions)],
    [false, 'a service', () => new iam.ServicePrincipal('codebuild.amazonaws.com')],
  ])('are told, or not (%s): people of root whose role trusts %s', (isTrusted, _, who) => {
    const { app, org, ...known } = acmeOfKnownAccounts(EXISTING);
    const trustedPrincipals = [who({ app, org, ...known })];
    const made = role({ trustedPrincipals, mfa: MfaRequirement.NOT_REQUIRED })({ app, org, ...known });
    // cfn-lint knows fewer forms of principals than AWS.
    // Its command line overrules what a template ignores, and not what a resource does
    made.node.findAll().filter(iam.CfnRole.isCfnRole).forEach(of => of.addMetadata('cfn-lint', { config: { ignore_checks: ['E3530'] } }));
    org.addGroup('engineers', { canAssume: [made] });
    expect(problems(app)).toEqual(isTrusted ? [] : [
      expect.stringMatching(/^canAssume of group 'engineers' has 'acme\/prod\/role\/it', which .* no user of root's /),
    ]);
  });

  test('are not told: people of root whose role trusts an organization that may be theirs', () => {
    const known = acmeOfKnownAccounts();
    const made = role({ trustedPrincipals: [new iam.OrganizationPrincipal('o-a1b2c3d4e5')] })(known);
    known.org.addGroup('engineers', { canAssume: [made] });
    expect(problems(known.app)).toEqual([]);
  });

  test('are told: a role elsewhere, and the organization whose id root alone can read', () => {
    const { app, org, prod } = discovered(acmeToBe);
    const organization = () => new iam.OrganizationPrincipal(org.management!.organizationId);
    [prod, org.root].forEach(stage => new CrossAccountAccessRole(new Stack(stage, 'mine'), 'it', {
      roleName: `of-${stage.node.id}`, trustedPrincipals: [organization()], managedPolicies: READ_ONLY,
    }));
    const told = (path: string) => synthesized.stack(path).messages.map(({ level, entry }) => `${level}: ${entry.data}`);
    const synthesized = synthesize(app);
    expect(told('acme/root/mine')).toEqual([]);
    expect(told('acme/prod/mine')).toEqual([
      "error: it reads '/acme/organization-id', which only stacks of root can: give what that holds, once it is there",
    ]);
  });
});

test('a principal of a cluster is one, however it is named', () => {
  const { app, prod } = acmeOfKnownAccounts();
  const cluster = CATALOGUE.KubernetesCluster(new Stack(prod, 'services'), 'it', given(prod)) as KubernetesCluster;
  cluster.grantAdmin(prod.admin);
  cluster.grantView(new iam.ArnPrincipal(`arn:aws:iam::${PROD}:role/acme-prod-admin`));
  cluster.grantView(prod.readOnly);
  const entries = synthesize(app).find('AWS::EKS::AccessEntry').map(({ resource }) => resource.Properties)
    .filter(({ PrincipalArn }) => JSON.stringify(PrincipalArn).includes('acme-prod'));
  expect(entries.map(({ AccessPolicies }) => AccessPolicies.length).sort()).toEqual([1, 2]);
});
