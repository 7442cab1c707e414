import { readFileSync } from 'fs';
import { App, DefaultStackSynthesizer, PERMISSIONS_BOUNDARY_CONTEXT_KEY, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { MultiAccountOrg, MultiAccountOrgProps, OrganizationSource, StageOptions } from '../../src';
import { AUDIT, DEV, discovered, EXISTING, newOutdir, orgProps, problems, PROD, ROOT, strings, Synthesized, synthesize, testApp } from '../orgs';

const IDS = { 'aws+prod@acme.example': PROD, 'aws+dev@acme.example': DEV };

function define(
  props: Partial<MultiAccountOrgProps> = {},
  stages: Record<string, StageOptions> = { prod: {} },
  more: (org: MultiAccountOrg) => void = () => {},
): (app: App) => { app: App; org: MultiAccountOrg } {
  return app => {
    const org = new MultiAccountOrg(app, 'acme', orgProps(props));
    Object.entries(stages).forEach(([name, options]) => org.addStage(name, options));
    more(org);
    return { app, org };
  };
}

function bootstraps(defined: ReturnType<typeof define>, context: Record<string, unknown> = {}): Synthesized {
  return synthesize(discovered(defined, IDS, context).app);
}

const BOUNDARY = 'cdk-${Qualifier}-permissions-boundary';

function bounded(name = BOUNDARY): CloudFormationStackArtifact {
  return bootstraps(define(), { [PERMISSIONS_BOUNDARY_CONTEXT_KEY]: { name } }).stack('acme/bootstrap/prod');
}

function paths(synthesized: Synthesized): string[] {
  return [...synthesized.stacks.keys()].filter(path => path.startsWith('acme/bootstrap/')).sort();
}

describe('the bootstrap of an account', () => {
  const stack = bootstraps(define()).stack('acme/bootstrap/prod');
  const { template } = stack;

  test('has everything that the template of the CDK CLI has', () => {
    const theirs = JSON.parse(readFileSync(`${__dirname}/../../bootstrap/bootstrap-template.json`, 'utf8'));
    expect(Object.keys(template.Resources)).toEqual(Object.keys(theirs.Resources));
    const literal = [
      'TrustedAccounts', 'TrustedAccountsForLookup', 'CloudFormationExecutionPolicies', 'FileAssetsBucketName',
      'ContainerAssetsRepositoryName',
    ];
    expect(Object.keys(theirs.Parameters)).toEqual(expect.arrayContaining(literal));
    const others = Object.keys(theirs.Parameters).filter(name => !literal.includes(name));
    expect(Object.keys(template.Parameters)).toEqual(others);
    const cli = readFileSync(require.resolve('aws-cdk/lib/api/bootstrap/bootstrap-template.yaml'), 'utf8');
    for (const id of Object.keys(template.Resources)) {
      expect(cli).toContain(`\n  ${id}:\n`);
    }
  });

  test('refers to nothing that it does not have', () => {
    for (const { Resources, Parameters, Conditions, Outputs } of [template, bounded().template]) {
      const text = JSON.stringify({ Resources, Conditions, Outputs });
      const referred = text.match(/(?<=\{"(Ref|Condition)":"|"Condition":"|"Fn::If":\["|\$\{)[A-Za-z]+(?=["}.])/g)!;
      const there = [Resources, Parameters, Conditions].flatMap(Object.keys);
      expect([...new Set(referred)].filter(name => !there.includes(name))).toEqual([]);
      expect(Object.keys(Conditions).filter(name => !referred.includes(name))).toEqual([]);
    }
  });

  test('can be deployed without a bucket for its template', () => {
    expect(Buffer.byteLength(JSON.stringify(template))).toBeLessThan(51200);
    expect(stack.stackTemplateAssetObjectUrl).toBeUndefined();
  });

  test('is where the CLI looks for it, and is deployed and compared by the role of root', () => {
    expect([stack.stackName, stack.environment.account, stack.environment.region]).toEqual(['CDKToolkit', PROD, 'eu-west-1']);
    const role = `arn:\${AWS::Partition}:iam::${PROD}:role/OrganizationAccountAccessRole`;
    expect(stack.assumeRoleArn).toBe(role);
    expect(stack.lookupRole!.arn).toBe(role);
    expect(stack.cloudFormationExecutionRoleArn).toBeUndefined();
  });

  test('trusts root and nobody else, whatever an earlier one trusted', () => {
    for (const role of ['DeploymentActionRole', 'FilePublishingRole', 'ImagePublishingRole', 'LookupRole']) {
      const trust = JSON.stringify(template.Resources[role].Properties.AssumeRolePolicyDocument);
      expect(trust).toContain(`"AWS":["${ROOT}"]`);
    }
    expect(Object.keys(template.Parameters)).not.toContain('TrustedAccounts');
  });

  test('lets CloudFormation do everything if nothing is said', () => {
    expect(strings(template.Resources.CloudFormationExecutionRole.Properties.ManagedPolicyArns).join(''))
      .toMatch(/:iam::aws:policy\/AdministratorAccess/);
  });

  test('lets CloudFormation do what is said', () => {
    const limited = bootstraps(define({
      bootstrapExecutionPolicies: ['PowerUserAccess', 'IAMFullAccess'].map(name => iam.ManagedPolicy.fromAwsManagedPolicyName(name)),
    })).stack('acme/bootstrap/prod').template;
    const { ManagedPolicyArns } = limited.Resources.CloudFormationExecutionRole.Properties;
    const [condition, given] = ManagedPolicyArns['Fn::If'];
    expect(limited.Conditions[condition]['Fn::Not'][0]['Fn::Equals'][1]['Fn::Join'][1]).toEqual(given);
    expect(strings(given).join(' ')).toMatch(/:iam::aws:policy\/PowerUserAccess .*:iam::aws:policy\/IAMFullAccess/);
  });

  test('leaves no bucket behind if its creation fails, and keeps it from then on', () => {
    expect(template.Resources.StagingBucket).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  // the CLI deletes what is left of a creation that failed, which protection would refuse
  test('is not protected', () => {
    expect(stack.terminationProtection).toBeFalsy();
  });

  test('has the qualifier of the app', () => {
    const { Parameters } = bootstraps(define(), { '@aws-cdk/core:bootstrapQualifier': 'acme1' }).stack('acme/bootstrap/prod').template;
    expect(Parameters.Qualifier.Default).toBe('acme1');
  });

  test('differs from that of the CLI in nothing but what an app may name, if the app names nothing', () => {
    const { Resources } = JSON.parse(readFileSync(`${__dirname}/../../bootstrap/bootstrap-template.json`, 'utf8'));
    for (const role of ['DeploymentActionRole', 'CloudFormationExecutionRole', 'LookupRole', 'FilePublishingRole', 'ImagePublishingRole']) {
      const { RoleName, Path } = template.Resources[role].Properties;
      expect([RoleName, Path]).toEqual([Resources[role].Properties.RoleName, undefined]);
    }
    const without = (resource: string, property: string) => Resources[resource].Properties[property]['Fn::If'][2];
    expect(template.Resources.StagingBucket.Properties.BucketName).toEqual(without('StagingBucket', 'BucketName'));
    expect(template.Resources.CdkBootstrapVersion).toEqual(Resources.CdkBootstrapVersion);
    expect(template.Resources.ContainerAssetsRepository.Properties.RepositoryName)
      .toEqual(without('ContainerAssetsRepository', 'RepositoryName'));
  });

  test('has the names of the synthesizer of the app', () => {
    const synthesizer = new DefaultStackSynthesizer({
      qualifier: 'acme1',
      fileAssetsBucketName: 'acme-${AWS::AccountId}-files',
      imageAssetsRepositoryName: 'acme-images',
      deployRoleArn: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/team/cdk-${Qualifier}-deployer',
      cloudFormationExecutionRole: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/builder-${AWS::Region}',
      lookupRoleArn: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/reader',
      bootstrapStackVersionSsmParameter: '/acme/${Qualifier}/bootstrap',
      fileAssetPublishingRoleArn: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/publisher',
      imageAssetPublishingRoleArn: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/image-publisher',
    });
    const { app } = discovered(define(), IDS, {}, { defaultStackSynthesizer: synthesizer });
    const { Parameters, Resources } = synthesize(app).stack('acme/bootstrap/prod').template;
    expect(Parameters.Qualifier.Default).toBe('acme1');
    expect(Resources.StagingBucket.Properties.BucketName).toEqual({ 'Fn::Sub': 'acme-${AWS::AccountId}-files' });
    expect(Resources.ContainerAssetsRepository.Properties.RepositoryName).toEqual({ 'Fn::Sub': 'acme-images' });
    expect(Resources.DeploymentActionRole.Properties)
      .toMatchObject({ Path: '/team/', RoleName: { 'Fn::Sub': 'cdk-${Qualifier}-deployer' } });
    expect(Resources.CloudFormationExecutionRole.Properties.RoleName).toEqual({ 'Fn::Sub': 'builder-${AWS::Region}' });
    expect(Resources.LookupRole.Properties.RoleName).toEqual({ 'Fn::Sub': 'reader' });
    expect(Resources.CdkBootstrapVersion.Properties.Name).toEqual({ 'Fn::Sub': '/acme/acme1/bootstrap' });
    expect(Resources.FilePublishingRole.Properties.RoleName).toEqual({ 'Fn::Sub': 'publisher' });
    expect(Resources.ImagePublishingRole.Properties.RoleName).toEqual({ 'Fn::Sub': 'image-publisher' });
  });

  test.each(['cdk-${Qualifier}-permissions-boundary', 'cdk-hnb659fds-permissions-boundary'])('makes the boundary %s', name => {
    const { template: { Conditions, Parameters, Resources }, messages } = bounded(name);
    const { Condition, Properties } = Resources.CdkBoostrapPermissionsBoundaryPolicy;
    expect(Condition).toBeUndefined();
    expect(Properties.ManagedPolicyName).toEqual({ 'Fn::Sub': BOUNDARY });
    expect(strings(Properties.PolicyDocument).filter(text => text.includes('boundary'))).toEqual(Array(2).fill(
      `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/${BOUNDARY}`));
    expect(Resources.CloudFormationExecutionRole.Properties.PermissionsBoundary)
      .toEqual({ Ref: 'CdkBoostrapPermissionsBoundaryPolicy' });
    expect(Conditions.ShouldCreatePermissionsBoundary).toBeUndefined();
    expect(Parameters.UseExamplePermissionsBoundary).toBeUndefined();
    expect(messages.filter(({ level }) => level === 'warning')).toEqual([]);
  });

  test('makes a boundary once in an account, in the region of the organization, and never in an account that is adopted', () => {
    const defined = define({ bootstrapRegions: ['us-east-1'] }, {
      prod: { region: 'eu-central-1' }, dev: { accountId: DEV, bootstrapRoleName: 'OrganizationAccountAccessRole' },
    });
    const synthesized = bootstraps(defined, { [PERMISSIONS_BOUNDARY_CONTEXT_KEY]: { name: BOUNDARY } });
    const policy = (path: string) => synthesized.stack(path).template.Resources.CdkBoostrapPermissionsBoundaryPolicy;
    const first = 'acme/bootstrap/prod--eu-west-1';
    expect(policy(first).Condition).toBeUndefined();
    for (const path of ['acme/bootstrap/prod', 'acme/bootstrap/prod--us-east-1']) {
      const { dependencies, template: { Resources } } = synthesized.stack(path);
      expect(dependencies.map(({ id }) => id)).toContain(synthesized.stack(first).id);
      expect(policy(path)).toBeUndefined();
      expect(strings(Resources.CloudFormationExecutionRole.Properties.PermissionsBoundary).join()).toContain(`:policy/${BOUNDARY}`);
    }
    expect(policy('acme/bootstrap/dev').Condition).toBe('ShouldCreatePermissionsBoundary');
  });

  test('cannot have names that AWS would refuse', () => {
    const role = (name: string) => `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${name}`;
    const defaultStackSynthesizer = new DefaultStackSynthesizer({
      deployRoleArn: role('deploy'),
      fileAssetPublishingRoleArn: role('publish-${AWS::Region}'),
      imageAssetPublishingRoleArn: role('publish-${AWS::Region}'),
      fileAssetsBucketName: 'acme-files',
    });
    const twice = "role of the synthesizer 'publish-${AWS::Region}' is claimed by 'fileAssetPublishingRoleArn' and "
      + "'imageAssetPublishingRoleArn': the bootstrap makes one for each, so give each a name of its own";
    const told = (...given: Parameters<typeof define>) =>
      problems(define(...given)(testApp({}, { defaultStackSynthesizer })).app);
    expect(told({}, { prod: {} })).toEqual([twice]);
    expect(told({ bootstrapRegions: ['us-east-1'] }, { prod: {}, dev: {} })).toEqual([
      twice,
      "deployRoleArn of the synthesizer is 'deploy', and roles are the same in all regions of an account: "
        + "put '${AWS::Region}' into its name",
      "fileAssetsBucketName of the synthesizer is 'acme-files', and no two accounts can have a bucket of one name: "
        + "put '${AWS::AccountId}' into its name",
      "fileAssetsBucketName of the synthesizer is 'acme-files', and no two regions can have a bucket of one name: "
        + "put '${AWS::Region}' into its name",
    ]);
  });

  test.each([
    { name: 'acme-boundary' }, { arn: 'arn:aws:iam::aws:policy/acme-boundary' },
  ])('warns once of another boundary: %p', boundary => {
    const defined = define({ bootstrapRegions: ['us-east-1'] }, { prod: {}, dev: {} });
    const { stacks } = bootstraps(defined, { [PERMISSIONS_BOUNDARY_CONTEXT_KEY]: boundary });
    const warnings = [...stacks.values()].flatMap(({ messages }) => messages).filter(({ level }) => level === 'warning');
    expect(warnings.map(({ entry }) => entry.data)).toEqual([expect.stringContaining('acme-boundary\' is in no new account')]);
  });

  test('is not deployed before the account exists', () => {
    const created = synthesize(define()(testApp()).app);
    expect(created.errors('acme/bootstrap/prod')).toEqual([expect.stringContaining('an account that does not exist yet')]);
  });
});

describe('accounts are bootstrapped', () => {
  test('in the region of each stage and of its stacks, each once', () => {
    expect(paths(bootstraps(define({}, { prod: {}, dev: { region: 'us-east-1' } }, ({ stages: [prod, dev] }) => {
      prod.addStack('far', { region: 'us-west-2' });
      prod.addStack('farther', { region: 'us-west-2' });
      dev.addStack('near');
    })))).toEqual(['acme/bootstrap/dev', 'acme/bootstrap/prod', 'acme/bootstrap/prod--us-west-2']);
  });

  test('each by itself, where one has the name of another and a region', () => {
    expect(paths(bootstraps(define({ bootstrapRegions: ['us-east-1'] }, { 'prod': {}, 'prod-us-east-1': {} })))).toEqual([
      'acme/bootstrap/prod', 'acme/bootstrap/prod--us-east-1', 'acme/bootstrap/prod-us-east-1', 'acme/bootstrap/prod-us-east-1--us-east-1',
    ]);
  });

  test('in the regions of stacks that are elsewhere in the organization', () => {
    expect(paths(bootstraps(define({}, { prod: {} }, org => {
      new Stack(org, 'apart', { env: { account: org.stages[0].accountId, region: 'us-west-2' } });
    })))).toEqual(['acme/bootstrap/prod', 'acme/bootstrap/prod--us-west-2']);
  });

  test('in the regions that are given, too', () => {
    expect(paths(bootstraps(define({ bootstrapRegions: ['us-east-1', 'eu-west-1'] }))))
      .toEqual(['acme/bootstrap/prod', 'acme/bootstrap/prod--us-east-1']);
  });

  test('by the role that is created with them', () => {
    const named = bootstraps(define({}, { prod: { bootstrapRoleName: 'Deployers' } }));
    expect(named.one('AWS::Organizations::Account').Properties.RoleName).toBe('Deployers');
    expect(named.stack('acme/bootstrap/prod').assumeRoleArn).toMatch(/:role\/Deployers$/);
  });

  test.each([
    ['an existing organization', EXISTING],
    ['member accounts only', OrganizationSource.memberAccounts()],
  ])('on request if they exist, in %s', (_, organization) => {
    const defined = define({ organization, email: undefined }, {
      prod: { accountId: PROD }, dev: { accountId: DEV, bootstrapRoleName: 'OrganizationAccountAccessRole' },
    });
    expect(paths(bootstraps(defined))).toEqual(['acme/bootstrap/dev']);
  });
});

test('an organization whose accounts exist has no bootstrap', () => {
  const adopted = define({ organization: EXISTING, email: undefined }, { audit: { accountId: AUDIT } });
  const { app, org } = adopted(testApp({}, { outdir: newOutdir() }));
  expect(paths(synthesize(app))).toEqual([]);
  expect(org.node.tryFindChild('bootstrap')).toBeUndefined();
});

test.each<[string, StageOptions, Partial<MultiAccountOrgProps>, string]>([
  ['a path', { bootstrapRoleName: 'admin/Deployers' }, {}, "bootstrapRoleName of stage 'prod' 'admin/Deployers' is not the name of a role: "
    + "give one without its path, like 'OrganizationAccountAccessRole'"],
  ['one account for all', { bootstrapRoleName: 'Deployers' }, { organization: OrganizationSource.singleAccount(), email: undefined },
    "bootstrapRoleName of stage 'prod' has no effect, because no account is created where all stages share one: leave it out"],
])('a role with %s is refused', (_, options, props, told) => {
  expect(problems(define(props, { prod: options })(testApp()).app)).toEqual([told]);
});

test('a stage cannot have its name', () => {
  expect(problems(define({}, { bootstrap: {} })(testApp()).app)).toEqual(["stage 'bootstrap' is a reserved name: choose another one"]);
});
