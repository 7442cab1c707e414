import { App, Aws, DefaultStackSynthesizer, DefaultStackSynthesizerProps, Duration, Stack, Stage } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import {
  CrossAccountAccessRole, CrossAccountAccessRoleProps, Fact, MultiAccountOrg, MultiAccountOrgProps, Organization,
  OrganizationPolicyType, OrganizationSource, StageAccess,
  StageAccount, StageProfile,
} from '../../src';
import { AUDIT, orgProps, PROD, ROOT, stackLookup, testApp } from '../orgs';
import { Mistake, mistake, wordOf } from './mistake';

const word = wordOf(2, 8);
const notRegion = fc.stringMatching(/^[a-z]{2}-[a-z]{3,9}-\d$/)
  .filter(region => !/^(us|eu|ap|ca|sa|me|af|il|mx|cn)-/.test(region));
const foreign = fc.stringMatching(/^[5-9]\d{11}$/);
const elsewhere = RegionInfo.regions.filter(({ partition }) => partition !== 'aws').map(({ name }) => name);
const optIn = RegionInfo.regions.filter(({ isOptInRegion, partition }) => isOptInRegion && partition === 'aws').map(({ name }) => name);
const ENV = { account: ROOT, region: 'eu-west-1' };
const ONE = { organization: OrganizationSource.singleAccount(), email: undefined };

/** An organization with a stage whose account exists. */
function withProd(app: App, props: Partial<MultiAccountOrgProps> = {}): StageAccount {
  return new MultiAccountOrg(app, 'acme', orgProps(props)).addStage('prod', { accountId: PROD });
}

function ops(name: string): StageAccess {
  return StageAccess.of([{ name, managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')] }]);
}

function topic(stack: Stack): Topic {
  return new Topic(stack, 'topic');
}

const SCOPES: Mistake[] = [
  mistake('organization: in a stack', word, (app, id) => new MultiAccountOrg(new Stack(app, id), 'acme', orgProps()).addStage('prod'),
    id => [`organization 'acme' is in '${id}'`, 'give the App as its scope']),
  mistake('organization: in a construct in a stack', word, (app, id) =>
    new MultiAccountOrg(new Construct(new Stack(new Stage(app, id), 'stack'), 'deeper'), 'acme', orgProps()),
  id => [`organization 'acme' is in '${id}/stack'`, 'give the App as its scope']),
  mistake('organization: in a stage of another', word, (app, id) => new MultiAccountOrg(withProd(app), id, orgProps({ managementAccountId: AUDIT })),
    id => [`organization '${id}' is in 'acme'`, 'give the App as its scope']),
  mistake('organization: in another', word.filter(id => id !== 'root'), (app, id) =>
    new MultiAccountOrg(new MultiAccountOrg(app, 'acme', orgProps()), id, orgProps({ managementAccountId: AUDIT })),
  id => [`organization '${id}' is in 'acme'`, 'give the App as its scope']),
];

const REGIONS: Mistake[] = [
  mistake('region of a stack: not a region', notRegion, (app, region) => topic(new Stack(withProd(app), 'data', { env: { region } })),
    region => [`region of stack 'acme/prod/data' '${region}'`, 'check the spelling']),
  mistake('region of a stack: not a region, of a new account', notRegion, (app, region) =>
    topic(new MultiAccountOrg(app, 'acme', orgProps()).addStage('prod').addStack('data', { region })),
  region => [`region of stack 'acme/prod/data' '${region}'`, 'check the spelling']),
  mistake('region of a stack: not a region, outside of the stages', notRegion, (app, region) => {
    withProd(app);
    topic(new Stack(app, 'data', { env: { account: PROD, region } }));
  }, region => [`region of stack 'data' '${region}'`, 'check the spelling']),
  mistake('region of a nested Stage: not a region', notRegion, (app, region) => {
    const blue = new Stage(withProd(app), 'blue', { env: { region } });
    [topic(new Stack(blue, 'data')), topic(new Stack(blue, 'web'))];
  }, region => [`region of nested Stage 'acme/prod/blue' '${region}'`, 'check the spelling']),
  mistake('region of a stack: in another partition', elsewhere, (app, region) => topic(new Stack(withProd(app), 'data', { env: { region } })),
    region => [`region of stack 'acme/prod/data' '${region}' is in partition`, 'a MultiAccountOrg of its own']),
  mistake('region of a stack: in another partition, of root', elsewhere, (app, region) =>
    topic(new Stack(new MultiAccountOrg(app, 'acme', orgProps()).root, 'data', { env: { region } })),
  region => [`region of stack 'acme/root/data' '${region}' is in partition`, 'a MultiAccountOrg of its own']),
  mistake('region of a stack: off in new accounts', optIn, (app, region) =>
    topic(new Stack(new MultiAccountOrg(app, 'acme', orgProps()).addStage('prod'), 'data', { env: { region } })),
  region => [`region of stack 'acme/prod/data' '${region}'`, 'regionsAreEnabled']),
  mistake('options of addStack: mistyped', ['regoin', 'Region', 'scoep', 'descripton'], (app, typo) => withProd(app).addStack('data', { [typo]: 'eu-west-1' } as never),
    typo => [`'${typo}' of stack 'data' is no option`, 'did you mean']),
  mistake('switchRoleUrl: in a partition whose console is not known', elsewhere.filter(region => !/^(cn|us-gov)-/.test(region)), (app, region) =>
    void new CrossAccountAccessRole(new Stack(app, 'stack', { env: { account: PROD, region } }), 'role', {
      roleName: 'ops', trustedPrincipals: [new iam.AccountPrincipal(ROOT)], managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
    }).switchRoleUrl, () => ["switchRoleUrl of role 'ops'", 'switch roles in the console there']),
];

const ROLE: CrossAccountAccessRoleProps = {
  roleName: 'ops', trustedPrincipals: [new iam.AccountPrincipal(ROOT)], managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
};

/** A mistake in a property of a role for another account. */
function ofRole<T>(
  property: keyof CrossAccountAccessRoleProps, wrong: string, values: fc.Arbitrary<T> | readonly T[], says: string[],
): Mistake {
  return mistake(`${property} of a role: ${wrong}`, values, (app, value) =>
    new CrossAccountAccessRole(new Stack(app, 'stack', { env: ENV }), 'role', { ...ROLE, [property]: value }), () => says);
}

const ROLES: Mistake[] = [
  ofRole('roleName', 'not a name', fc.oneof(fc.stringMatching(/^[a-z]{65,70}$/), word.map(name => `/${name}`), word.map(name => `${name} 1`), fc.constant('')),
    ['roleName', 'give 1 to 64 letters']),
  ofRole('roleName', 'missing', [undefined, null], ["roleName of 'stack/role' is missing"]),
  ofRole('trustedPrincipals', 'none', [[]], ["trustedPrincipals of role 'ops' is empty", 'name at least one']),
  ofRole('trustedPrincipals', 'a missing one', [[undefined], [null]], ['entry 1 of trustedPrincipals', 'is missing']),
  ofRole('trustedPrincipals', 'an account id', foreign.map(id => [id]), ['entry 1 of trustedPrincipals', 'give an IPrincipal']),
  ofRole('trustedPrincipals', 'everybody', [[new iam.AnyPrincipal()], [new iam.ArnPrincipal('*')], [new iam.AccountPrincipal('*')]],
    ["trustedPrincipals of role 'ops' holds everybody", 'name accounts, roles or users']),
  ofRole('trustedPrincipals', 'a service, with MFA', word.map(name => [new iam.ServicePrincipal(`${name}.amazonaws.com`)]),
    ["mfa of role 'ops' is required", 'MfaRequirement.NOT_REQUIRED']),
  ofRole('managedPolicies', 'none', [[], undefined], ["role 'ops' may do nothing", 'give managedPolicies or inlinePolicies']),
  ofRole('maxSessionDuration', 'not 1 to 12 hours', fc.oneof(fc.integer({ min: 1, max: 3599 }), fc.integer({ min: 43201, max: 90000 })).map(Duration.seconds),
    ["maxSessionDuration of role 'ops'", 'AWS takes 1 to 12 hours']),
  ofRole('maxSessionDuration', 'parts of a second', fc.integer({ min: 1, max: 999 }).map(part => Duration.millis(7200_000 + part)),
    ["maxSessionDuration of role 'ops'", 'in whole seconds']),
  ofRole('maxSessionDuration', 'a number', fc.integer({ min: 1, max: 43200 }), ['maxSessionDuration of ', 'give a Duration']),
  ofRole('externalId', 'not one', fc.oneof(fc.constantFrom('a', '', 'two words', 'ä1'), fc.stringMatching(/^[a-z]{1225,1230}$/)), ["externalId '", 'give 2 to 1,224 letters']),
  ofRole('mfa', 'no MfaRequirement', [true, false, 'REQUIRED'], ['mfa of ', 'such as MfaRequirement.REQUIRED']),
  mistake('switchRoleUrl: of a role with an external id', word, (app, externalId) =>
    void new CrossAccountAccessRole(new Stack(app, 'stack', { env: ENV }), 'role', { ...ROLE, externalId }).switchRoleUrl,
  () => ["switchRoleUrl of role 'ops'", 'leave that out']),
  mistake('role of a stage: one that it does not have', word.filter(name => name !== 'admin'), (app, name) => withProd(app).role(name),
    name => [`stage 'prod' has no ${name} role`, 'define the stage with access']),
];

/** Facts that are incomplete. */
function ofFact<T>(wrong: string, values: fc.Arbitrary<T>, fact: (value: T) => Partial<Fact>, says: string[]): Mistake {
  return mistake(`fact: ${wrong}`, values, (app, value) => {
    const whole = { kind: 'owner', subject: 'prod', name: 'team', value: 'shop', source: 'acme' };
    new MultiAccountOrg(app, 'acme', orgProps()).addFacts({ facts: () => [{ ...whole, ...fact(value) }] });
  }, () => says);
}

const OF_THE_TREE: Mistake[] = [
  ofFact('a token', fc.constantFrom('kind', 'subject', 'name', 'value', 'source'), property => ({ [property]: Aws.STACK_ID }), ['has a token as its', 'give what is known']),
  ofFact('a kind that is none', fc.constantFrom('Owner', 'the owner', '', 'a--b', 'a_b'), kind => ({ kind }), ['has an invalid kind', 'give lower-case letters']),
  ofFact('incomplete', fc.constantFrom('subject', 'name'), property => ({ [property]: '' }), ['is incomplete', 'give it a subject']),
  mistake('Organization.of: outside of one', word, (app, id) => Organization.of(new Stack(app, id)), id => [`'${id}' is in no organization`, 'give a MultiAccountOrg']),
  mistake('id: one of ours in root', ['access', 'structure', 'organization'], (app, id) => new Stack(new MultiAccountOrg(app, 'acme', orgProps()).root, id),
    id => [`'${id}' is taken in 'acme/root' by a`, 'give the Stack another id']),
  mistake('id: taken in a stage', word, (app, id) => {
    const prod = withProd(app);
    [new Stack(prod, id), new Stack(prod, id)];
  }, id => [`'${id}' is taken in 'acme/prod' by a Stack`, 'give the Stack another id']),
  mistake('applyTo of a profile: too late', word, (app, id) => {
    const scope = new Construct(new Stack(app, 'stack'), id);
    StageProfile.of(new Construct(scope, 'reader'));
    StageProfile.TESTING.applyTo(scope);
  }, id => [`profile 'testing' comes too late for 'stack/${id}'`, 'apply it first']),
  mistake('bootstrap: a bucket name without its account', word, (app, name) => bootstrapped(app, { fileAssetsBucketName: `${name}-\${AWS::Region}` }),
    () => ['fileAssetsBucketName of the synthesizer is', "put '${AWS::AccountId}' into its name"]),
  mistake('bootstrap: a role for two things', word, (app, name) => bootstrapped(app, {
    deployRoleArn: `arn:aws:iam::\${AWS::AccountId}:role/${name}`, fileAssetPublishingRoleArn: `arn:aws:iam::\${AWS::AccountId}:role/${name}`,
  }), name => [`role of the synthesizer '${name}' is claimed by 'deployRoleArn' and 'fileAssetPublishingRoleArn'`, 'a name of its own']),
];

/** Two accounts that are bootstrapped, for a synthesizer with names of its own. */
function bootstrapped(app: App, names: DefaultStackSynthesizerProps): void {
  // the key in which the CDK keeps it is another one in each process
  const context = testApp({}, { defaultStackSynthesizer: new DefaultStackSynthesizer(names) }).node.getAllContext();
  Object.entries(context as Record<string, unknown>).forEach(([key, value]) => app.node.setContext(key, value));
  const acme = new MultiAccountOrg(app, 'acme', orgProps());
  ['prod', 'dev'].forEach(name => acme.addStage(name));
}

const ACCOUNTS: Mistake[] = [
  mistake('account of a stack: another one than its stage', foreign, (app, account) => topic(new Stack(withProd(app), 'data', { env: { account } })),
    account => [`stack 'acme/prod/data' goes to account '${account}', and stage 'prod' to '${PROD}'`, 'leave out the account']),
  mistake('account of a stack: another one than its stage will have', foreign, (app, account) =>
    topic(new Stack(new MultiAccountOrg(app, 'acme', orgProps()).addStage('prod'), 'data', { env: { account } })),
  account => [`stack 'acme/prod/data' goes to account '${account}', and stage 'prod' to one of its own`, 'leave out the account']),
  mistake('account of a stack: whatever the caller has', [Aws.ACCOUNT_ID], (app, account) => topic(new Stack(withProd(app), 'data', { env: { account } })),
    () => ["stack 'acme/prod/data' goes to whatever account the caller is in", 'leave out the account']),
  mistake('account of a nested Stage: another one than its stage', foreign, (app, account) => {
    const blue = new Stage(withProd(app), 'blue', { env: { account } });
    [topic(new Stack(blue, 'data')), topic(new Stack(blue, 'web'))];
  }, account => [`nested Stage 'acme/prod/blue' goes to account '${account}'`, 'leave out the account']),
];

/** A name of ours that something of the user's has in the same account. */
function taken(kind: string, property: string, define: (stack: Stack) => unknown, name: string): Mistake {
  return mistake(`${kind}: one of ours`, word, (app, id) => {
    const acme = new MultiAccountOrg(app, 'acme', orgProps());
    acme.addGroup('admins', { canAssume: [acme.addStage('prod', { accountId: PROD, organizationalUnit: 'workloads' }).admin] });
    define(new Stack(acme.root, id));
  }, id => [`${property} '${name}' is claimed by`, `acme/root/${id}`, 'give one of them another']);
}

const TWICE: Array<[kind: string, property: string, define: (stack: Stack, name: string) => unknown]> = [
  ['role', 'roleName', (stack, roleName) => new iam.Role(stack, 'role', { roleName, assumedBy: new iam.AccountPrincipal(ROOT) })],
  ['user', 'userName', (stack, userName) => new iam.User(stack, 'user', { userName })],
  ['group', 'groupName', (stack, groupName) => new iam.Group(stack, 'group', { groupName })],
  ['managed policy', 'managedPolicyName', (stack, managedPolicyName) => new iam.ManagedPolicy(stack, 'policy', {
    managedPolicyName, statements: [new iam.PolicyStatement({ actions: ['s3:ListAllMyBuckets'], resources: ['*'] })],
  })],
  ['instance profile', 'instanceProfileName', (stack, instanceProfileName) => new iam.InstanceProfile(stack, 'profile', { instanceProfileName })],
  ['parameter', 'parameterName', (stack, parameterName) => new StringParameter(stack, 'parameter', { parameterName, stringValue: 'x' })],
  ['alias', 'aliasName', (stack, name) => new Key(stack, 'key').addAlias(`alias/${name}`)],
  ['bucket', 'bucketName', (stack, name) => new Bucket(stack, 'bucket', { bucketName: `acme-${name}` })],
];

const COLLISIONS: Mistake[] = [
  mistake('stack name: one of ours', word, (app, id) => topic(new Stack(withProd(app), id, { stackName: 'acme-prod-access' })),
    id => [`stack name 'acme-prod-access' in '${PROD}' and 'eu-west-1'`, `'acme/prod/${id}'`, 'give one of them another id']),
  mistake('stack name: one of ours, before the account exists', word, (app, id) =>
    topic(new Stack(new MultiAccountOrg(app, 'acme', orgProps()).addStage('prod'), id, { stackName: 'acme-prod-access' })),
  id => ["stack name 'acme-prod-access' in 'acme/prod' and 'eu-west-1'", `'acme/prod/${id}'`, 'give one of them another id']),
  mistake('stack name: one of ours, outside of the stages', word, (app, id) => {
    withProd(app);
    topic(new Stack(app, id, { stackName: 'acme-prod-access', env: { ...ENV, account: PROD } }));
  }, id => ["'acme-prod-access'", `'acme/prod/access' and '${id}'`]),
  mistake('stack name: of a stage and a stack that run together', fc.tuple(word, word, word), (app, [one, two, three]) => {
    const acme = new MultiAccountOrg(app, 'acme', orgProps(ONE));
    topic(new Stack(acme.addStage(one), `${two}-${three}`));
    topic(new Stack(acme.addStage(`${one}-${two}`), three));
  }, ([one, two, three]) => [`'acme-${one}-${two}-${three}'`, `'acme/${one}/${two}-${three}' and 'acme/${one}-${two}/${three}'`]),
  mistake('stack name: of a nested Stage and a stack', fc.tuple(word, word), (app, [one, two]) => {
    const prod = withProd(app);
    topic(new Stack(new Stage(prod, one), two));
    topic(new Stack(prod, `${one}-${two}`));
  }, ([one, two]) => [`'acme-prod-${one}-${two}'`, `'acme/prod/${one}/${two}' and 'acme/prod/${one}-${two}'`]),
  mistake('stack name: that of the bootstrap', word, (app, id) => topic(new Stack(withProd(app), id, { stackName: 'CDKToolkit' })),
    id => [`stack 'acme/prod/${id}' has the name 'CDKToolkit'`, 'give it another']),
  taken('role', 'roleName', stack => TWICE[0][2](stack, 'acme-root-admin'), 'acme-root-admin'),
  taken('role in another case', 'roleName', stack => TWICE[0][2](stack, 'Acme-Root-Admin'), 'acme-root-admin'),
  taken('group', 'groupName', stack => TWICE[2][2](stack, 'acme-everybody'), 'acme-everybody'),
  taken('parameter', 'parameterName', stack => TWICE[5][2](stack, '/acme/root-id'), '/acme/root-id'),
  taken('parameter of a unit', 'parameterName', stack => TWICE[5][2](stack, '/acme/unit/workloads'), '/acme/unit/workloads'),
  ...TWICE.map(([kind, property, define]) => mistake(`${kind}: two of a name in one account`, word, (app, name) => {
    const prod = withProd(app);
    define(new Stack(prod, 'one'), name);
    define(new Stack(prod, 'two'), name);
  }, name => [property, name, 'acme/prod/one', 'acme/prod/two', 'AWS takes it once'])),
  mistake('bucket: two of a name in two accounts', word, (app, name) => {
    const acme = new MultiAccountOrg(app, 'acme', orgProps());
    ['prod', 'dev'].forEach(stage => TWICE[7][2](new Stack(acme.addStage(stage), 'data'), name));
  }, name => [`bucketName 'acme-${name}' is claimed by 'acme/prod/data/bucket' and 'acme/dev/data/bucket'`]),
  mistake('bucket: that of the trail', word, (app, id) => {
    const acme = new MultiAccountOrg(app, 'acme', orgProps());
    const audit = acme.addStage('audit', { accountId: AUDIT, profile: StageProfile.AUDIT });
    acme.addAuditTrail({ storedIn: audit });
    new Bucket(new Stack(audit, id), 'bucket', { bucketName: `acme-audit-trail-${AUDIT}` });
  }, id => [`bucketName 'acme-audit-trail-${AUDIT}' is claimed by`, `acme/audit/${id}/bucket`, 'give one of them another']),
  mistake('policy of the organization: two of a name', word, (app, policyName) => {
    const { management } = new MultiAccountOrg(app, 'acme', orgProps());
    ['a', 'b'].forEach(id => management!.addPolicy(id, { policyName, policyType: OrganizationPolicyType.SERVICE_CONTROL, content: '{"Statement":[]}' }));
  }, name => [`policyName '${name}' is claimed by`, 'give one of them another']),
  mistake('role of a stage: a name that runs together with that of another', fc.tuple(word, word, word), (app, [one, two, three]) => {
    const acme = new MultiAccountOrg(app, 'acme', orgProps(ONE));
    acme.addStage(one, { access: ops(`${two}-${three}`) });
    acme.addStage(`${one}-${two}`, { access: ops(three) });
  }, ([one, two, three]) => [`roleName 'acme-${one}-${two}-${three}' is claimed by`, 'give one of them another']),
];

const EMAIL = 'aws+prod@acme.example';
const KEY = lookupKey();

/** Key of the question for the account of `prod`. */
function lookupKey(): string {
  const app = new App({ analyticsReporting: false, treeMetadata: false });
  new MultiAccountOrg(app, 'acme', orgProps()).addStage('prod');
  const missing = (child: { _missingContext?: Array<{ key: string }> }) => child._missingContext ?? [];
  const asked = app.node.findAll().flatMap(child => missing(child as never));
  return asked[0].key;
}

function withContext(app: App, context: Record<string, unknown>, props: Partial<MultiAccountOrgProps> = {}): void {
  Object.entries(context).forEach(([key, value]) => app.node.setContext(key, value));
  new MultiAccountOrg(app, 'acme', orgProps(props)).addStage('prod');
}

/** An answer in cdk.context.json that no lookup has given. */
function answer<T>(wrong: string, values: fc.Arbitrary<T>): Mistake {
  return mistake(`cdk.context.json: ${wrong} for an account`, values, (app, value) => withContext(app, { [KEY]: value }),
    value => [`cdk.context.json has ${JSON.stringify(value)} for the account of '${EMAIL}'`, 'cdk context --reset']);
}

const CONTEXT: Mistake[] = [
  answer('two accounts', fc.tuple(foreign, foreign).map(ids => ids.map(AccountId => ({ AccountId })))),
  answer('none', fc.constantFrom([], [{}])),
  answer('zeros', fc.constant([{ AccountId: '000000000000' }])),
  answer('a number', fc.integer({ min: 100000000000, max: 999999999999 }).map(AccountId => [{ AccountId }])),
  answer('too few digits', fc.stringMatching(/^\d{1,11}$/).map(AccountId => [{ AccountId }])),
  answer('an object', foreign.map(AccountId => ({ AccountId }))),
  answer('text', foreign),
  mistake('cdk.context.json: another account than its stack has made', fc.tuple(foreign, foreign).filter(([one, other]) => one !== other),
    (app, [one, other]) => withContext(app, { [KEY]: [{ AccountId: one }], [stackLookup('/acme/account/prod-99ce0640')]: other }),
    ([one, other]) => [`account '${one}' of '${EMAIL}'`, `is not '${other}'`, 'cdk context --reset']),
  mistake('cdk.context.json: no account that its stack has made', fc.tuple(foreign, fc.constantFrom(7, [], {})),
    (app, [id, made]) => withContext(app, { [KEY]: [{ AccountId: id }], [stackLookup('/acme/account/prod-99ce0640')]: made }),
    ([id]) => [`account '${id}' of '${EMAIL}'`, 'cdk context --reset']),
  mistake('cdk.context.json: the account of root', [ROOT], (app, id) => withContext(app, { [KEY]: [{ AccountId: id }] }),
    id => [`accountId '${id}' is claimed by 'root' and 'prod'`]),
  mistake('homeRegion: another one than that for which accounts were found', ['eu-central-1', 'us-east-1', 'eu-north-1'], (app, homeRegion) =>
    withContext(app, { [KEY]: [{ AccountId: PROD }] }, { homeRegion }), homeRegion => [`homeRegion '${homeRegion}' is not 'eu-west-1'`, 'put it back']),
];

/** Two organizations that share something. */
function shared<T>(
  wrong: string, values: fc.Arbitrary<T>, props: (value: T) => Array<Partial<MultiAccountOrgProps>>,
  says: (value: T) => string[],
): Mistake {
  return mistake(`two organizations: ${wrong}`, values, (app, value) => {
    const [one, two] = props(value);
    new MultiAccountOrg(app, 'one', orgProps({ email: 'one@acme.example', ...one })).addStage('prod');
    new MultiAccountOrg(app, 'two', orgProps({ email: 'two@acme.example', managementAccountId: AUDIT, ...two })).addStage('prod');
  }, value => ["is claimed by 'one' and 'two'", ...says(value)]);
}

const COPIES: Mistake[] = [
  shared('one management account', foreign, managementAccountId => [{ managementAccountId }, { managementAccountId }], id => [`accountId '${id}'`]),
  shared('one namespace', word, namespace => [{ namespace }, { namespace }], name => [`namespace '${name}'`]),
  shared('one address', word.filter(name => name.length > 3).map(name => `${name}@acme.example`), email => [{ email }, { email }], email => [`email '${email.replace('@', '+prod@')}'`]),
  mistake('organization of another copy: one that cannot be asked', [undefined, null, {}, 'claim', { stages: 'none' }], (app, claim) => {
    new MultiAccountOrg(app, 'acme', orgProps());
    const other = new Construct(app, 'beta');
    Object.defineProperty(other, Symbol.for('cdk-multi-account-org.MultiAccountOrg'), { value: true });
    Object.defineProperty(other, 'claim', { value: claim });
  }, () => ["organization 'beta' is from another copy of this library", 'use one version in the whole app']),
];

export const PLACE_MISTAKES: Mistake[] = [
  ...SCOPES, ...REGIONS, ...ROLES, ...OF_THE_TREE, ...ACCOUNTS, ...COLLISIONS, ...CONTEXT, ...COPIES,
];
