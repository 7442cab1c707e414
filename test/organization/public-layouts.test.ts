import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Guardrail, Guardrails, IManagement, MultiAccountOrg, OrganizationPolicyType, StageOptions } from '../../src';
import { callOf, orgProps, Synthesized, synthesize, testApp } from '../orgs';

// layouts that others have published, written with this library alone: a layout that it could not say would be one that
// nobody can move from

const SCP = OrganizationPolicyType.SERVICE_CONTROL;
const WHOLE = '';

/** What an organization consists of, with paths of units and names of accounts in place of ids. */
interface Layout {
  readonly units: string[];
  /** Unit of each account. */
  readonly accounts: Record<string, string>;
  readonly emails: string[];
  readonly tags: Record<string, Record<string, string>>;
  /** Type and targets of each policy. */
  readonly policies: Record<string, [type: string, ...targets: string[]]>;
  readonly policyTypes: string[];
  readonly services: string[];
  /** Services that each account administers. */
  readonly administrators: Record<string, string[]>;
}

function layoutOf(synthesized: Synthesized): Layout {
  const parameterOf = (stack: string) => `ssm:${synthesized.one('AWS::SSM::Parameter', stack).Properties.Name}`;
  const places = new Map([['ssm:/acme/root-id', WHOLE]]);
  const place = (id: string) => {
    if (!places.has(id)) {
      throw new Error(`'${id}' is neither a unit nor an account`);
    }
    return places.get(id)!;
  };
  // a unit comes after the one above
  synthesized.find('AWS::Organizations::OrganizationalUnit').forEach(({ path, resource: { Properties: { Name, ParentId } } }) =>
    places.set(parameterOf(path), [place(ParentId), Name].filter(Boolean).join('/')));
  const units = [...places.values()].filter(path => path !== WHOLE).sort();
  const made = synthesized.find('AWS::Organizations::Account');
  made.forEach(({ path, resource }) => places.set(parameterOf(path), resource.Properties.AccountName));
  const calls = synthesized.find('Custom::AWS').filter(({ id }) => !id.includes('attempt')).map(({ resource }) =>
    ({ call: callOf(resource), text: textOf(resource.Properties.Create) }));
  const told = (action: string, name: string) => calls.filter(({ call }) => call === `Organizations.${action}`)
    .map(({ text }) => new RegExp(`"${name}":"([^"]+)"`).exec(text)![1]);
  const administered = told('registerDelegatedAdministrator', 'ServicePrincipal');
  const administrators: Record<string, string[]> = {};
  told('registerDelegatedAdministrator', 'AccountId').forEach((id, index) => {
    administrators[place(id)] = [...administrators[place(id)] ?? [], administered[index]];
  });
  const accounts = made.map(({ resource }) => resource.Properties);
  const tagsOf = (tags: Array<{ Key: string; Value: string }>) =>
    Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
  return {
    units,
    accounts: Object.fromEntries(accounts.map(({ AccountName, ParentIds }) => [AccountName, place(ParentIds[0])])),
    emails: accounts.map(({ Email }) => Email),
    tags: Object.fromEntries(accounts.filter(({ Tags }) => Tags)
      .map(({ AccountName, Tags }) => [AccountName, tagsOf(Tags)])),
    policies: Object.fromEntries(synthesized.find('AWS::Organizations::Policy').map(({ resource: { Properties } }) =>
      [Properties.Name, [Properties.Type, ...Properties.TargetIds.map(place)]])),
    policyTypes: told('enablePolicyType', 'PolicyType').sort(),
    services: told('enableAWSServiceAccess', 'ServicePrincipal').sort(),
    administrators,
  };
}

/** The JSON of a call, which ids of accounts are joined into. */
function textOf(create: string | { 'Fn::Join': [string, string[]] }): string {
  return typeof create === 'string' ? create : create['Fn::Join'][1].join('');
}

interface Defined {
  readonly org: MultiAccountOrg;
  readonly management: IManagement;
  layout(): Layout;
}

function organization(): Defined {
  const app = testApp();
  const org = new MultiAccountOrg(app, 'acme', orgProps());
  return { org, management: org.management!, layout: () => layoutOf(synthesize(app)) };
}

interface Where {
  readonly units?: string[];
  readonly stages?: string[];
  readonly org?: MultiAccountOrg;
}

/** What it denies is not what this is about. */
function deny(management: IManagement, policyName: string, where: Where = {}): void {
  const sid = policyName.replace(/[^A-Za-z0-9]/g, '');
  management.addPolicy(sid, {
    policyType: SCP,
    policyName,
    statements: [new PolicyStatement({ sid, effect: Effect.DENY, actions: ['s3:DeleteBucket'], resources: ['*'] })],
    organizationalUnits: where.units,
    stages: where.org?.stages.filter(({ node }) => where.stages!.includes(node.id)),
  });
}

/**
 * Cloud Posse: twelve accounts in `core` and `plat`.
 *
 * @see https://docs.cloudposse.com/layers/accounts/
 * @see https://github.com/cloudposse/terraform-aws-components/blob/main/modules/account/README.md
 *
 * Not ours to say: that the management account is called `core-root` and has tags (it exists before the app); IAM
 * users' access to billing; RAM's own switch for sharing, which is no call of AWS Organizations.
 */
test('the layout of Cloud Posse', () => {
  const { org, management, layout } = organization();
  const eks = { core: ['auto'], plat: ['dev', 'sandbox', 'staging', 'prod'] };
  const add = (unit: 'core' | 'plat', name: string) => org.addStage(`${unit}-${name}`, {
    organizationalUnit: unit, accountTags: { eks: String(eks[unit].includes(name)) },
  });
  ['audit', 'identity', 'network', 'dns', 'auto', 'artifacts'].forEach(name => add('core', name));
  const security = add('core', 'security');
  ['prod', 'staging', 'dev', 'sandbox'].forEach(name => add('plat', name));
  deny(management, 'DenyEC2InstancesWithoutEncryptionInTransit');
  new Guardrails(org, 'deny-leaving-organization', {
    organizationalUnits: ['core', 'plat'], guardrails: [Guardrail.STAY_IN_ORGANIZATION],
  });
  management.enablePolicyType('TAG_POLICY');
  const services = [
    'auditmanager', 'cloudtrail', 'guardduty', 'ipam', 'ram', 'securityhub', 'servicequotas', 'sso',
  ].map(name => `${name}.amazonaws.com`);
  services.forEach(service => management.enableServiceAccess(service));
  ['guardduty', 'securityhub'].forEach(name => management.registerDelegatedAdministrator(`${name}.amazonaws.com`, security));

  expect(layout()).toEqual({
    units: ['core', 'plat'],
    accounts: {
      'core-audit': 'core',
      'core-security': 'core',
      'core-identity': 'core',
      'core-network': 'core',
      'core-dns': 'core',
      'core-auto': 'core',
      'core-artifacts': 'core',
      'plat-prod': 'plat',
      'plat-staging': 'plat',
      'plat-dev': 'plat',
      'plat-sandbox': 'plat',
    },
    // as its `aws+%s@`
    emails: expect.arrayContaining(['aws+core-audit@acme.example', 'aws+plat-prod@acme.example']),
    tags: {
      'core-audit': { eks: 'false' },
      'core-security': { eks: 'false' },
      'core-identity': { eks: 'false' },
      'core-network': { eks: 'false' },
      'core-dns': { eks: 'false' },
      'core-auto': { eks: 'true' },
      'core-artifacts': { eks: 'false' },
      'plat-prod': { eks: 'true' },
      'plat-staging': { eks: 'true' },
      'plat-dev': { eks: 'true' },
      'plat-sandbox': { eks: 'true' },
    },
    policies: {
      'DenyEC2InstancesWithoutEncryptionInTransit': ['SERVICE_CONTROL_POLICY', WHOLE],
      'acme-deny-leaving-organization-service-control-1': ['SERVICE_CONTROL_POLICY', 'core', 'plat'],
    },
    policyTypes: ['SERVICE_CONTROL_POLICY', 'TAG_POLICY'],
    services,
    administrators: { 'core-security': ['guardduty.amazonaws.com', 'securityhub.amazonaws.com'] },
  });
});

/**
 * The reference architecture of org-formation: units that have no accounts yet, and one for accounts that are closed.
 *
 * @see https://github.com/org-formation/org-formation-reference/blob/master/src/organization.yml
 * @see https://github.com/org-formation/org-formation-reference/blob/master/src/templates/010-scps/_tasks.yml
 * @see https://github.com/org-formation/org-formation-reference/tree/master/src/templates/020-secure-defaults
 *
 * Not ours to say: the tags of the management account; aliases, password policies, budgets, quotas and default networks
 * of accounts, which are resources in them, for stacks in the stages.
 */
test('the layout of org-formation', () => {
  const { org, management, layout } = organization();
  ['prod', 'sdlc', 'suspended'].forEach(unit => management.addOrganizationalUnit(unit));
  const shared = (name: string, accountName: string, options: StageOptions = {}) =>
    org.addStage(name, { organizationalUnit: 'shared', accountName, ...options });
  const budget = { 'budget-alarm-threshold': '200', 'budget-alarm-threshold-email-recipient': 'me@acme.example' };
  shared('org-build', 'Organization Build Account', { accountTags: budget });
  const security = shared('security', 'Security Account');
  shared('log-archive', 'Log Archive Account');
  deny(management, 'DenyUnsupportedRegions');
  deny(management, 'SelfProtect');
  const everyStage = { org, stages: org.stages.map(({ node }) => node.id) };
  deny(management, 'DenyRootAccess', everyStage);
  deny(management, 'DenyLargeEC2Instances', everyStage);
  management.addPolicy('ai-opt-out', {
    policyType: OrganizationPolicyType.of('AISERVICES_OPT_OUT_POLICY', 2500),
    policyName: 'GlobalAiOptOut',
    content: JSON.stringify({ services: { default: { opt_out_policy: { '@@assign': 'optOut' } } } }),
  });
  management.registerDelegatedAdministrator('access-analyzer.amazonaws.com', security);

  const accounts = ['Organization Build Account', 'Security Account', 'Log Archive Account'];
  expect(layout()).toEqual({
    units: ['prod', 'sdlc', 'shared', 'suspended'],
    accounts: Object.fromEntries(accounts.map(name => [name, 'shared'])),
    emails: ['aws+org-build@acme.example', 'aws+security@acme.example', 'aws+log-archive@acme.example'],
    tags: { 'Organization Build Account': budget },
    policies: {
      DenyUnsupportedRegions: ['SERVICE_CONTROL_POLICY', WHOLE],
      SelfProtect: ['SERVICE_CONTROL_POLICY', WHOLE],
      DenyRootAccess: ['SERVICE_CONTROL_POLICY', ...accounts],
      DenyLargeEC2Instances: ['SERVICE_CONTROL_POLICY', ...accounts],
      GlobalAiOptOut: ['AISERVICES_OPT_OUT_POLICY', WHOLE],
    },
    policyTypes: ['AISERVICES_OPT_OUT_POLICY', 'SERVICE_CONTROL_POLICY'],
    services: ['access-analyzer.amazonaws.com'],
    administrators: { 'Security Account': ['access-analyzer.amazonaws.com'] },
  });
});

/**
 * The universal configuration of AWS's Landing Zone Accelerator, which replaced its sample configurations.
 *
 * @see https://github.com/aws/lza-universal-configuration/blob/main/modules/base/default/organization-config.yaml
 * @see https://github.com/aws/lza-universal-configuration/blob/main/modules/base/default/accounts-config.yaml
 * @see https://github.com/aws/lza-universal-configuration/blob/main/modules/base/default/security-config.yaml
 *
 * Not ours to say: `Quarantine-New-Object`, which is attached to nothing but new accounts until their stacks are there;
 * Control Tower, which creates the units and accounts there; that a change by hand is reverted.
 */
test('the layout of the Landing Zone Accelerator', () => {
  const { org, management, layout } = organization();
  ['Security', 'Infrastructure', 'Suspended', 'Workloads', 'Workloads/Sandbox', 'Workloads/Dev', 'Workloads/Test', 'Workloads/Prod']
    .forEach(unit => management.addOrganizationalUnit(unit));
  const add = (name: string, accountName: string, organizationalUnit: string) =>
    org.addStage(name, { accountName, organizationalUnit, email: `${name}@acme.example` });
  add('log-archive', 'LogArchive', 'Security');
  const audit = add('audit', 'Audit', 'Security');
  const sharedServices = add('shared-services', 'SharedServices', 'Infrastructure');
  const network = add('network', 'Network', 'Infrastructure');
  add('perimeter', 'Perimeter', 'Infrastructure');

  const core = ['Infrastructure', 'Security', 'Workloads'];
  const workloads = ['Workloads/Dev', 'Workloads/Test', 'Workloads/Prod'];
  deny(management, 'AWSAccelerator-Core-Guardrails-1', { units: core });
  deny(management, 'AWSAccelerator-Core-Guardrails-2', { units: core });
  deny(management, 'AWSAccelerator-Security-Guardrails-1', { org, stages: ['log-archive', 'audit'] });
  deny(management, 'AWSAccelerator-Infrastructure-Guardrails-1', { org, stages: ['shared-services', 'network', 'perimeter'] });
  deny(management, 'AWSAccelerator-Core-Workloads-Guardrails-1', { units: workloads });
  deny(management, 'AWSAccelerator-Core-Sandbox-Guardrails-1', { units: ['Workloads/Sandbox'] });
  new Guardrails(org, 'suspended', { organizationalUnits: ['Suspended'], guardrails: [Guardrail.QUARANTINE] });
  new Guardrails(org, 'data', { organizationalUnits: core, guardrails: [Guardrail.REQUIRE_TLS] });
  const document = (id: string, name: string, type: string, units: string[], stages = [] as typeof org.stages) =>
    management.addPolicy(id, {
      policyType: OrganizationPolicyType.of(type),
      policyName: `AWSAccelerator-${name}`,
      content: '{}',
      organizationalUnits: units,
      stages,
    });
  document('network', 'Vpc-Block-Public-Access-Guardrail', 'DECLARATIVE_POLICY_EC2', ['Security', ...workloads], [network, sharedServices]);
  document('tags', 'OrgTagPolicy', 'TAG_POLICY', ['Infrastructure', 'Workloads']);
  document('tags-of-buckets', 'S3TagPolicy', 'TAG_POLICY', ['Infrastructure', 'Workloads']);
  document('backups', 'BackupPolicy', 'BACKUP_POLICY', ['Infrastructure', 'Workloads']);
  const secured = ['access-analyzer', 'guardduty', 'macie', 'securityhub'].map(name => `${name}.amazonaws.com`);
  secured.forEach(service => management.registerDelegatedAdministrator(service, audit));
  management.registerDelegatedAdministrator('sso.amazonaws.com', sharedServices);

  expect(layout()).toEqual({
    units: ['Infrastructure', 'Security', 'Suspended', 'Workloads', 'Workloads/Dev', 'Workloads/Prod', 'Workloads/Sandbox', 'Workloads/Test'],
    accounts: {
      LogArchive: 'Security', Audit: 'Security', SharedServices: 'Infrastructure', Network: 'Infrastructure', Perimeter: 'Infrastructure',
    },
    emails: ['log-archive', 'audit', 'shared-services', 'network', 'perimeter'].map(name => `${name}@acme.example`),
    tags: {},
    policies: {
      'AWSAccelerator-Core-Guardrails-1': ['SERVICE_CONTROL_POLICY', ...core],
      'AWSAccelerator-Core-Guardrails-2': ['SERVICE_CONTROL_POLICY', ...core],
      'AWSAccelerator-Security-Guardrails-1': ['SERVICE_CONTROL_POLICY', 'LogArchive', 'Audit'],
      'AWSAccelerator-Infrastructure-Guardrails-1': ['SERVICE_CONTROL_POLICY', 'SharedServices', 'Network', 'Perimeter'],
      'AWSAccelerator-Core-Workloads-Guardrails-1': ['SERVICE_CONTROL_POLICY', ...workloads],
      'AWSAccelerator-Core-Sandbox-Guardrails-1': ['SERVICE_CONTROL_POLICY', 'Workloads/Sandbox'],
      'acme-suspended-service-control-1': ['SERVICE_CONTROL_POLICY', 'Suspended'],
      'acme-data-resource-control-1': ['RESOURCE_CONTROL_POLICY', ...core],
      'AWSAccelerator-Vpc-Block-Public-Access-Guardrail': ['DECLARATIVE_POLICY_EC2', 'Network', 'SharedServices', 'Security', ...workloads],
      'AWSAccelerator-OrgTagPolicy': ['TAG_POLICY', 'Infrastructure', 'Workloads'],
      'AWSAccelerator-S3TagPolicy': ['TAG_POLICY', 'Infrastructure', 'Workloads'],
      'AWSAccelerator-BackupPolicy': ['BACKUP_POLICY', 'Infrastructure', 'Workloads'],
    },
    policyTypes: ['BACKUP_POLICY', 'DECLARATIVE_POLICY_EC2', 'RESOURCE_CONTROL_POLICY', 'SERVICE_CONTROL_POLICY', 'TAG_POLICY'],
    services: [...secured, 'sso.amazonaws.com'],
    administrators: { Audit: secured, SharedServices: ['sso.amazonaws.com'] },
  });
});
