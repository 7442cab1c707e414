import {
  App, CliCredentialsStackSynthesizer, DefaultStackSynthesizer, DefaultStackSynthesizerProps,
  PERMISSIONS_BOUNDARY_CONTEXT_KEY, Stack,
} from 'aws-cdk-lib';
import { CfnVPC } from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import * as fc from 'fast-check';
import {
  BreakGlass, CrossAccountAccessRole, Fact, Guardrails, IManagement, MultiAccountOrg, Organization,
  OrganizationPolicyOptions,
  OrganizationPolicyType, OrganizationSource, People, StageProfile,
} from '../../src';
import { AUDIT, DEV, EXISTING, orgProps, PROD, ROOT } from '../orgs';
import { annotation, Mistake, mistake, wordOf } from './mistake';

const word = wordOf(2, 8);

/** An organization of stages that exist, and what its management account can do. */
function owned(app: App): MultiAccountOrg & { readonly management: IManagement } {
  const org = new MultiAccountOrg(app, 'acme', orgProps());
  org.addStage('prod', { accountId: PROD });
  return org as MultiAccountOrg & { readonly management: IManagement };
}

const FACT: Fact = { kind: 'budget', subject: 'prod', name: 'monthly', value: '100', source: 'acme/budgets' };

function fact(app: App, part: Partial<Fact>): void {
  owned(app).addFacts({ facts: () => [{ ...FACT, ...part }] });
}

const FACTS: Mistake[] = [
  mistake('fact: of nobody', ['subject', 'name', 'source'] as const, (app, property) => fact(app, { [property]: '' }),
    () => ['is incomplete', 'give it a subject, a name and a source']),
];

const POLICY: OrganizationPolicyOptions = {
  policyType: OrganizationPolicyType.SERVICE_CONTROL,
  statements: [new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['s3:DeleteBucket'], resources: ['*'] })],
};

function policy(app: App, id: string, part: Partial<OrganizationPolicyOptions>): void {
  owned(app).management.addPolicy(id, { ...POLICY, ...part });
}

const MANAGEMENT: Mistake[] = [
  mistake('policy: both statements and content', word, (app, id) => policy(app, id, { content: '{}' }),
    id => [`policy '${id}'`, 'statements and content', 'give one of them']),
  mistake('policy: stages that name none', word, (app, id) => policy(app, id, { stages: [] }), id => [`policy '${id}' has stages`, 'name one']),
  mistake('policy: organizationalUnits that name none', word, (app, id) => policy(app, id, { organizationalUnits: [] }),
    id => [`policy '${id}' has organizationalUnits`, 'name one']),
  mistake('policy: more than AWS attaches to one target', fc.integer({ min: 10, max: 14 }), (app, count) => {
    const { management } = owned(app);
    for (let number = 0; number < count; number++) {
      management.addPolicy(`p${number}`, POLICY);
    }
  }, count => [`the whole organization has ${count} policies of type SERVICE_CONTROL_POLICY`, 'AWS attaches 9', 'merge some']),
  mistake('policy: an ID twice', word, (app, id) => {
    const { management } = owned(app);
    [POLICY, POLICY].forEach(one => management.addPolicy(id, one));
  }, id => [`policy '${id}' is there already`, 'give one of them another ID']),
  mistake('policy: attached, and not added', word, (app, id) => {
    const { management, stages: [prod] } = owned(app);
    management.attachPolicy(id, prod);
  },
  id => [`policy '${id}' is none that was added`, 'add it with addPolicy first']),
  mistake('policy: a type that is none', word, (app, type) => policy(app, 'p', { policyType: OrganizationPolicyType.of(type) }), type => [`'${type}'`, "like 'TAG_POLICY'"]),
  mistake('service access: a principal that is none', fc.oneof(word, word.map(name => `${name}.example.com`), word.map(name => `${name}.amazonaws`)),
    (app, principal) => owned(app).management.enableServiceAccess(principal), principal => [`'${principal}'`, "like 'guardduty.amazonaws.com'"]),
  mistake('service access: a policy type that is none', word, (app, type) => owned(app).management.enablePolicyType(type),
    type => [`'${type}'`, "like 'TAG_POLICY'"]),
  mistake('delegated administrator: root', word.map(name => `${name}.amazonaws.com`), (app, principal) => {
    const { management, root } = owned(app);
    management.registerDelegatedAdministrator(principal, root);
  }, principal => ["stage 'root'", `'${principal}'`, 'give another stage']),
  mistake('delegated administrator: a stage of another organization', word, (app, name) => {
    const other = new MultiAccountOrg(app, 'other', orgProps({ managementAccountId: AUDIT, email: 'aws@other.example' }));
    owned(app).management.registerDelegatedAdministrator('guardduty.amazonaws.com', other.addStage(name, { accountId: DEV }));
  }, name => [`stage 'other/${name}'`, "none of 'acme'", 'give one of its stages']),
  mistake('organization: none', word, (app, id) => Organization.of(new Stack(app, id)), id => [`'${id}' is in no organization`, 'give a MultiAccountOrg']),
  mistake('people: twice', word, (app, id) => {
    const org = owned(app);
    org.addGroup('engineers');
    new People(org, `${id}s`);
  }, () => ["'acme' has its people at 'acme/", 'define them before the first group']),
  mistake('break-glass: twice', word, (app, id) => {
    const org = owned(app);
    new BreakGlass(org, 'break-glass');
    new BreakGlass(org, `${id}s`);
  }, () => ["'acme' has its break-glass at 'acme/break-glass' already", 'leave one of them out']),
  mistake('break-glass: a role of another that has such a name', word, (app, name) => {
    const org = owned(app);
    new BreakGlass(org, 'break-glass');
    new CrossAccountAccessRole(org.root.addStack('roles'), 'role', {
      roleName: `acme-${name}-break-glass`,
      trustedPrincipals: [new iam.AccountPrincipal(ROOT)],
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
    });
  }, name => [`roleName 'acme-${name}-break-glass' of 'acme/root/roles/role' is a name of 'acme/break-glass'`, 'choose another']),
  mistake('break-glass: a name that is none', word, (app, name) => new BreakGlass(owned(app), 'break-glass', { userName: `${name} ${name}` }),
    name => [`userName '${name} ${name}' is not a name in IAM`, 'give 1 to 64 letters']),
  mistake('stack: too many parameters', fc.integer({ min: 200, max: 240 }), (app, count) => {
    const org = owned(app);
    const stack = new Stack(org.root, 'wide');
    [...Array(count).keys()].forEach(index => StringParameter.valueForStringParameter(stack, `/some/${index}`));
    new Bucket(stack, 'bucket');
  }, count => ["stack 'acme/root/wide'", `${count + 1} parameters`, 'divide the stack']),
  mistake('reference: to a value in another account', word, (app, id) => {
    const org = new MultiAccountOrg(app, 'acme', orgProps({ organization: OrganizationSource.memberAccounts(), email: undefined }));
    const [prod, dev] = [org.addStage('prod', { accountId: PROD }), org.addStage('dev', { accountId: DEV })];
    const { attrVpcId } = new CfnVPC(new Stack(prod, 'one'), id, { cidrBlock: '10.0.0.0/16' });
    new StringParameter(new Stack(dev, 'two'), 'name', { stringValue: attrVpcId });
  }, () => ["'acme/prod/one", `account '${PROD}'`, 'give the resource a name']),
];

/** An organization whose stages are created, in an app with a synthesizer of its own. */
function synthesizedBy(app: App, props: DefaultStackSynthesizerProps, regions: string[] = []): void {
  const defaultStackSynthesizer = new DefaultStackSynthesizer(props);
  const scope = new App({ outdir: app.outdir, analyticsReporting: false, defaultStackSynthesizer });
  Object.defineProperty(app, 'synth', { value: () => scope.synth() });
  const org = new MultiAccountOrg(scope, 'acme', orgProps({ bootstrapRegions: regions }));
  ['prod', 'dev'].forEach(name => org.addStage(name));
}

const role = (name: string) => `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${name}`;

const BOOTSTRAP: Mistake[] = [
  mistake('synthesizer: two roles of one name', word, (app, name) => synthesizedBy(app, { deployRoleArn: role(name), lookupRoleArn: role(name) }),
    name => [`role of the synthesizer '${name}'`, 'give each a name of its own']),
  mistake('synthesizer: a role of one name in two regions', word,
    (app, name) => synthesizedBy(app, { lookupRoleArn: role(name) }, ['eu-west-1', 'us-east-1']),
    name => [`lookupRoleArn of the synthesizer is '${name}'`, "put '${AWS::Region}' into its name"]),
  mistake('synthesizer: a bucket of one name in two accounts', word, (app, name) => synthesizedBy(app, { fileAssetsBucketName: `${name}-assets` }),
    name => [`fileAssetsBucketName of the synthesizer is '${name}-assets'`, "put '${AWS::AccountId}' into its name"]),
  mistake('synthesizer: a name of no beginning, and guardrails', ['fileAssetsBucketName', 'imageAssetsRepositoryName'] as const, (app, property) => {
    const defaultStackSynthesizer = new DefaultStackSynthesizer({ [property]: '${AWS::AccountId}-${AWS::Region}-assets' });
    const scope = new App({ outdir: app.outdir, analyticsReporting: false, defaultStackSynthesizer });
    Object.defineProperty(app, 'synth', { value: () => scope.synth() });
    const org = new MultiAccountOrg(scope, 'acme', orgProps({ organization: EXISTING, email: undefined }));
    ['prod', 'dev'].forEach((name, index) => org.addStage(name, { accountId: [PROD, DEV][index] }));
    new Guardrails(org, 'guardrails', { includeDefaults: true });
  }, property => [`${property} of a synthesizer is '${PROD}-eu-west-1-assets'`, 'guardrails would exempt or protect', 'put a word before the account']),
  mistake('synthesizer: none that deploys by a role, and a trail', ['audit'], (app, name) => {
    const defaultStackSynthesizer = new CliCredentialsStackSynthesizer();
    const scope = new App({ outdir: app.outdir, analyticsReporting: false, defaultStackSynthesizer });
    Object.defineProperty(app, 'synth', { value: () => scope.synth() });
    const org = new MultiAccountOrg(scope, 'acme', orgProps({ organization: OrganizationSource.memberAccounts(), email: undefined }));
    org.addAuditTrail({ storedIn: org.addStage(name, { profile: StageProfile.AUDIT, accountId: AUDIT }) });
  }, () => ['cloudFormationExecutionRole of the CliCredentialsStackSynthesizer', 'give the app a DefaultStackSynthesizer']),
  mistake('synthesizer: a role that the seal cannot tell from those of the stage', word, (app, name) => {
    const defaultStackSynthesizer = new DefaultStackSynthesizer({ deployRoleArn: role(`acme-audit-${name}`) });
    const scope = new App({ outdir: app.outdir, analyticsReporting: false, defaultStackSynthesizer });
    Object.defineProperty(app, 'synth', { value: () => scope.synth() });
    const org = new MultiAccountOrg(scope, 'acme', orgProps());
    org.addAuditTrail({ storedIn: org.addStage('audit', { profile: StageProfile.AUDIT, accountId: AUDIT }) });
  }, name => [`is 'acme-audit-${name}', which the seal cannot tell from others`, 'give a name that begins']),
  annotation('permissions boundary: one that is in no new account', word, (app, name) => {
    app.node.setContext(PERMISSIONS_BOUNDARY_CONTEXT_KEY, { name });
    const org = owned(app);
    org.addStage('late', { bootstrapRoleName: 'OrganizationAccountAccessRole', accountId: DEV });
  }, name => [`permissionsBoundary '${name}'`, 'define this managed policy']),
];

export const CONCERN_MISTAKES: Mistake[] = [...FACTS, ...MANAGEMENT, ...BOOTSTRAP];
