import { Resources, written } from './written';
import { Fact } from '../../review/assembly/assembly';
import { changesBetween } from '../../review/diff/changes';
import { ROOT } from '../orgs';

// what is planted into templates, whichever construct has made them, and what is told of it

const OTHER = '999999999999';
const SHOP = 'acme/prod/shop';

const FACTS: Fact[] = [
  { kind: 'stage', subject: 'root', name: 'account-id', value: ROOT, source: 'acme/root' },
  { kind: 'stage', subject: 'prod', name: 'account-id', value: '222222222222', source: 'acme/prod' },
  { kind: 'trusts', subject: 'arn:aws:iam::222222222222:role/acme-prod-admin', name: `account ${ROOT}`, value: 'mfa', source: `${SHOP}/admin` },
];

const allow = (action: string | string[], more: object = {}) => ({ Effect: 'Allow', Action: action, Resource: '*', ...more });
const deny = (action: string) => ({ Effect: 'Deny', Action: action, Resource: '*' });
const document = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });
const trusting = (principal: object, more: object = {}) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal, ...more });
const root = (account: string) => ({ AWS: `arn:aws:iam::${account}:root` });
const lambda = { Service: 'lambda.amazonaws.com' };
const inline = (...statements: object[]) => ({ Policies: [{ PolicyName: 'own', PolicyDocument: document(...statements) }] });
const literal = (value: unknown) => JSON.stringify(value);

const of = (type: string, properties: object = {}) => ({ Type: `AWS::${type}`, Properties: properties });
const role = (properties: object = {}, trust: object = trusting(root(ROOT)), ...more: object[]) =>
  of('IAM::Role', { AssumeRolePolicyDocument: document(trust, ...more), ...properties });
const attached = (to: object, ...statements: object[]) =>
  of('IAM::Policy', { PolicyName: 'p', PolicyDocument: document(...statements), ...to });
const managed = (to: object, ...statements: object[]) => of('IAM::ManagedPolicy', { PolicyDocument: document(...statements), ...to });
const ref = (id: string) => ({ Ref: id });

/** A value under a condition of the template, and a statement as it is told then. */
const either = (condition: string, one: unknown, two: unknown = ref('AWS::NoValue')) => ({ 'Fn::If': [condition, one, two] });
const under = (condition: string, statement: object) => ({ ...statement, 'Fn::If': condition });

const SECTIONS = {
  Parameters: { Open: { Default: '0.0.0.0/0' }, Public: { Default: 'true' }, Asked: {}, Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/it' } },
  Mappings: { Cidrs: { one: { all: '0.0.0.0/0', own: '10.0.0.0/8' } } },
};
const assembly = (resources: Resources) => written(FACTS, { [SHOP]: resources }, false, SECTIONS);
const sentences = (before: Resources, after: Resources) => changesBetween(assembly(before), assembly(after))
  .map(({ sentence, widens }) => `${widens ? '! ' : ''}${sentence}`);

const READ = allow('s3:GetObject');
const WRITE = allow('s3:PutObject');
const DENY = deny('s3:DeleteBucket');
const LIMIT = 'arn:aws:iam::222222222222:policy/limit';
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';

type Row = [what: string, before: Resources, after: Resources, told: string[], back: string[]];

const PERMISSIONS: Row[] = [
  ['an inline statement of a role', { admin: role(inline(READ)) }, { admin: role(inline(READ, WRITE)) },
    [`! permissions of ${SHOP}/admin gains ${literal(WRITE)}`], [`permissions of ${SHOP}/admin loses ${literal(WRITE)}`]],
  ['a policy attached to a role', { admin: role() }, { admin: role(), more: attached({ Roles: [ref('admin')] }, WRITE) },
    [`! permissions of ${SHOP}/admin gains ${literal(WRITE)}`], [`permissions of ${SHOP}/admin loses ${literal(WRITE)}`]],
  ['a role that a policy is attached to', { admin: role(), other: role(inline(WRITE)), more: attached({ Roles: [ref('other')] }, WRITE) },
    { admin: role(), other: role(inline(WRITE)), more: attached({ Roles: [ref('other'), ref('admin')] }, WRITE) },
    [`! permissions of ${SHOP}/admin gains ${literal(WRITE)}`], [`permissions of ${SHOP}/admin loses ${literal(WRITE)}`]],
  ['a managed policy attached to a group', { ops: of('IAM::Group') }, { ops: of('IAM::Group'), more: managed({ Groups: [ref('ops')] }, WRITE) },
    [`! permissions of ${SHOP}/ops gains ${literal(WRITE)}`], [`permissions of ${SHOP}/ops loses ${literal(WRITE)}`]],
  ['a managed policy that a user has', { ada: of('IAM::User'), more: managed({}, WRITE) },
    { ada: of('IAM::User', { ManagedPolicyArns: [ref('more')] }), more: managed({}, WRITE) },
    [`! permissions of ${SHOP}/ada gains ${literal(WRITE)}`], [`permissions of ${SHOP}/ada loses ${literal(WRITE)}`]],
  ['a policy of AWS that a group has', { ops: of('IAM::Group') }, { ops: of('IAM::Group', { ManagedPolicyArns: [ADMIN] }) },
    [`! ManagedPolicyArns of ${SHOP}/ops gains "${ADMIN}"`], [`ManagedPolicyArns of ${SHOP}/ops loses "${ADMIN}"`]],
  ['an inline policy of a user', { ada: of('IAM::User') }, { ada: of('IAM::User', inline(WRITE)) },
    [`! permissions of ${SHOP}/ada gains ${literal(WRITE)}`], [`permissions of ${SHOP}/ada loses ${literal(WRITE)}`]],
  ...['Role', 'User', 'Group'].map((kind): Row => [`AWS::IAM::${kind}Policy`,
    { it: kind === 'Role' ? role() : of(`IAM::${kind}`) },
    { it: kind === 'Role' ? role() : of(`IAM::${kind}`), more: of(`IAM::${kind}Policy`, { [`${kind}Name`]: ref('it'), PolicyDocument: document(WRITE) }) },
    [`! permissions of ${SHOP}/it gains ${literal(WRITE)}`], [`permissions of ${SHOP}/it loses ${literal(WRITE)}`]]),
  ['a policy attached to a role that nothing here has', {}, { more: attached({ Roles: ['deployer'] }, WRITE) },
    [`! permissions of role deployer in prod gains ${literal(WRITE)}`], [`permissions of role deployer in prod loses ${literal(WRITE)}`]],
  ['a policy attached by the name of a role', { admin: role({ RoleName: 'acme-prod-admin' }) },
    { admin: role({ RoleName: 'acme-prod-admin' }), more: attached({ Roles: ['acme-prod-admin'] }, WRITE) },
    [`! permissions of ${SHOP}/admin gains ${literal(WRITE)}`], [`permissions of ${SHOP}/admin loses ${literal(WRITE)}`]],
  ['a statement that denies', { admin: role({}), more: attached({ Roles: [ref('admin')] }, READ) },
    { admin: role({}), more: attached({ Roles: [ref('admin')] }, READ, deny('s3:DeleteBucket')) },
    [`permissions of ${SHOP}/admin gains ${literal(deny('s3:DeleteBucket'))}`], [`! permissions of ${SHOP}/admin loses ${literal(deny('s3:DeleteBucket'))}`]],
  ['a permissions boundary', { admin: role() }, { admin: role({ PermissionsBoundary: ADMIN }) },
    [`PermissionsBoundary of ${SHOP}/admin gains "${ADMIN}"`], [`! PermissionsBoundary of ${SHOP}/admin loses "${ADMIN}"`]],
  ['what a permissions boundary says', { admin: role({ PermissionsBoundary: ref('limit') }), limit: managed({}, READ) },
    { admin: role({ PermissionsBoundary: ref('limit') }), limit: managed({}, READ, WRITE) },
    [`! permissions boundary of ${SHOP}/admin gains ${literal(WRITE)}`], [`permissions boundary of ${SHOP}/admin loses ${literal(WRITE)}`]],
  ['an unconditional statement', { admin: role(inline(either('Never', WRITE))) }, { admin: role(inline(WRITE)) },
    [`! permissions of ${SHOP}/admin has ${literal(WRITE)} instead of ${literal(under('Never', WRITE))}`],
    [`permissions of ${SHOP}/admin has ${literal(under('Never', WRITE))} instead of ${literal(WRITE)}`]],
  ['a conditional statement that denies', { admin: role(inline(DENY)) }, { admin: role(inline(either('Never', DENY))) },
    [`! permissions of ${SHOP}/admin has ${literal(under('Never', DENY))} instead of ${literal(DENY)}`],
    [`permissions of ${SHOP}/admin has ${literal(DENY)} instead of ${literal(under('Never', DENY))}`]],
  ['a conditional inline policy', { admin: role(inline(READ)) }, { admin: role({ Policies: either('IsOpen', inline(READ).Policies) }) },
    [`permissions of ${SHOP}/admin has ${literal(under('IsOpen', READ))} instead of ${literal(READ)}`],
    [`! permissions of ${SHOP}/admin has ${literal(READ)} instead of ${literal(under('IsOpen', READ))}`]],
  ['a conditional permissions boundary', { admin: role({ PermissionsBoundary: ADMIN }) }, { admin: role({ PermissionsBoundary: either('Never', ADMIN) }) },
    [`PermissionsBoundary of ${SHOP}/admin gains ${literal(under('Never', { name: ADMIN }))}`, `! PermissionsBoundary of ${SHOP}/admin loses "${ADMIN}"`],
    [`PermissionsBoundary of ${SHOP}/admin gains "${ADMIN}"`, `! PermissionsBoundary of ${SHOP}/admin loses ${literal(under('Never', { name: ADMIN }))}`]],
  ['a conditional permissions boundary of the app', { admin: role({ PermissionsBoundary: ref('limit') }), limit: managed({}, READ) },
    { admin: role({ PermissionsBoundary: either('Never', ref('limit')) }), limit: managed({}, READ) },
    [`permissions boundary of ${SHOP}/admin has ${literal(under('Never', READ))} instead of ${literal(READ)}`],
    [`! permissions boundary of ${SHOP}/admin has ${literal(READ)} instead of ${literal(under('Never', READ))}`]],
  ['a condition of a resource', { more: { ...attached({ Roles: ['ops'] }, WRITE), Condition: 'Never' } }, { more: attached({ Roles: ['ops'] }, WRITE) },
    [`! AWS::IAM::Policy ${SHOP}/more/Resource is there no longer only under the condition "Never"`],
    [`! AWS::IAM::Policy ${SHOP}/more/Resource is there only under the condition "Never" now`]],
  ['whom a policy is attached to under a condition', { one: role(), two: role(), more: attached({ Roles: [ref('one')] }, WRITE) },
    { one: role(), two: role(), more: attached({ Roles: [ref('one'), either('IsOpen', ref('two'))] }, WRITE) },
    [`! permissions of ${SHOP}/two gains ${literal(under('IsOpen', WRITE))}`], [`permissions of ${SHOP}/two loses ${literal(under('IsOpen', WRITE))}`]],
  ['all whom a policy is attached to under a condition', { one: role(), two: role(), more: managed({ Roles: either('IsOpen', [ref('one')]) }, WRITE) },
    { one: role(), two: role(), more: managed({ Roles: either('IsOpen', [ref('one'), ref('two')]) }, WRITE) },
    [`! permissions of ${SHOP}/two gains ${literal(under('IsOpen', WRITE))}`], [`permissions of ${SHOP}/two loses ${literal(under('IsOpen', WRITE))}`]],
  ['a service that becomes powerful', { job: role({}, trusting(lambda)), own: attached({ Roles: [ref('job')] }, READ) },
    { job: role({}, trusting(lambda)), own: attached({ Roles: [ref('job')] }, WRITE, allow('iam:AttachRolePolicy')) },
    [`! permissions of ${SHOP}/job gains ${literal(allow('iam:AttachRolePolicy'))}`],
    [`permissions of ${SHOP}/job loses ${literal(allow('iam:AttachRolePolicy'))}`]],
  ...['*', '*:*', 'iam:*Policy', 'iam:A*', 'iam:P*', 'iam:Att?chRolePolicy', 'IAM:PassRole', 'iam:RemoveUserFromGroup', 'sts:A*', 'sts:*Role'].map((action): Row =>
    [`a service that may ${action}`, { job: role(inline(READ), trusting(lambda)) }, { job: role(inline(READ, allow(action)), trusting(lambda)) },
      [`! permissions of ${SHOP}/job gains ${literal(allow(action))}`], [`permissions of ${SHOP}/job loses ${literal(allow(action))}`]]),
  ['a boundary of a powerful service', { job: role({ ...inline(allow('iam:*')), PermissionsBoundary: LIMIT }, trusting(lambda)) },
    { job: role(inline(allow('iam:*')), trusting(lambda)) },
    [`! PermissionsBoundary of ${SHOP}/job loses "${LIMIT}"`], [`PermissionsBoundary of ${SHOP}/job gains "${LIMIT}"`]],
  ['a service that may assume a role', {}, { job: role({}, trusting(lambda)), own: attached({ Roles: [ref('job')] }, allow('sts:AssumeRole')) },
    [`! permissions of ${SHOP}/job gains ${literal(allow('sts:AssumeRole'))}`], []],
  ['a permission set', { people: of('SSO::PermissionSet', { Name: 'people', ManagedPolicies: [] }) },
    { people: of('SSO::PermissionSet', { Name: 'people', ManagedPolicies: [ADMIN], InlinePolicy: document(WRITE) }) },
    [`! permissions of ${SHOP}/people gains ${literal(WRITE)}`, `! ManagedPolicies of ${SHOP}/people gains "${ADMIN}"`],
    [`permissions of ${SHOP}/people loses ${literal(WRITE)}`, `ManagedPolicies of ${SHOP}/people loses "${ADMIN}"`]],
];

const BUCKET_POLICY = (bucket: unknown, ...statements: object[]) => of('S3::BucketPolicy', { Bucket: bucket, PolicyDocument: document(...statements) });
const DENIED = { ...deny('s3:DeleteObject'), Principal: '*' };
const ALLOWED = { ...READ, Principal: root(OTHER) };
const ANYWHERE = { Service: 'rolesanywhere.amazonaws.com' };
const PODS = { Service: 'pods.eks.amazonaws.com' };

const exchanged = (first: string, second: string) => [
  [under('not IsProd', trusting(root(first))), under('IsProd', trusting(root(first)))],
  [under('IsProd', trusting(root(second))), under('not IsProd', trusting(root(second)))],
].map(([now, was]) => `! trust policy of ${SHOP}/admin has ${literal(now)} instead of ${literal(was)}`);

const TRUSTED: Row[] = [
  ['trust under a condition of the template', { admin: role() }, { admin: role({}, trusting(root(ROOT)), either('IsOpen', trusting(root(OTHER)))) },
    [`! trust policy of ${SHOP}/admin gains ${literal(under('IsOpen', trusting(root(OTHER))))}`],
    [`trust policy of ${SHOP}/admin loses ${literal(under('IsOpen', trusting(root(OTHER))))}`]],
  ['either trust policy', { admin: role() },
    { admin: role({ AssumeRolePolicyDocument: either('IsOpen', document(trusting(root(OTHER))), document(trusting(root(ROOT)))) }) }, [
      `trust policy of ${SHOP}/admin has ${literal(under('not IsOpen', trusting(root(ROOT))))} instead of ${literal(trusting(root(ROOT)))}`,
      `! trust policy of ${SHOP}/admin gains ${literal(under('IsOpen', trusting(root(OTHER))))}`,
    ], [
      `! trust policy of ${SHOP}/admin has ${literal(trusting(root(ROOT)))} instead of ${literal(under('not IsOpen', trusting(root(ROOT))))}`,
      `trust policy of ${SHOP}/admin loses ${literal(under('IsOpen', trusting(root(OTHER))))}`,
    ]],
  ['branches that change places', { admin: role({}, either('IsProd', trusting(root(ROOT)), trusting(root(OTHER)))) },
    { admin: role({}, either('IsProd', trusting(root(OTHER)), trusting(root(ROOT)))) },
    exchanged(ROOT, OTHER), exchanged(OTHER, ROOT)],
  ['another condition', { admin: role({}, either('IsOld', trusting(root(OTHER)))) }, { admin: role({}, either('IsNew', trusting(root(OTHER)))) },
    [`! trust policy of ${SHOP}/admin has ${literal(under('IsNew', trusting(root(OTHER))))} instead of ${literal(under('IsOld', trusting(root(OTHER))))}`],
    [`! trust policy of ${SHOP}/admin has ${literal(under('IsOld', trusting(root(OTHER))))} instead of ${literal(under('IsNew', trusting(root(OTHER))))}`]],
  ['whoever has a certificate', {}, { it: role({}, trusting(ANYWHERE)) }, [`! trust policy of ${SHOP}/it gains ${literal(trusting(ANYWHERE))}`], []],
  ['pods', {}, { it: role({}, trusting(PODS, { Condition: { StringEquals: { 'aws:SourceAccount': '222222222222' } } })) },
    [`! trust policy of ${SHOP}/it gains ${literal(trusting(PODS, { Condition: { StringEquals: { 'aws:SourceAccount': '222222222222' } } }))}`], []],
  ['a role that is called as another one', {}, { it: role({ RoleName: 'acme-prod-admin' }, trusting(root(OTHER))) },
    [`! trust policy of ${SHOP}/it gains ${literal(trusting(root(OTHER)))}`], []],
  ['a role that is called as another one, below a path', {}, { admin: role({ RoleName: 'acme-prod-admin', Path: '/other/' }, trusting(root(OTHER))) },
    [`! trust policy of ${SHOP}/admin gains ${literal(trusting(root(OTHER)))}`], []],
  ['a policy of a bucket that another app has', {}, { it: BUCKET_POLICY('acme-logs', ALLOWED, DENIED) },
    [`! policy of ${SHOP}/it gains ${literal(ALLOWED)}`], [`! policy of ${SHOP}/it loses ${literal(DENIED)}`]],
  ['a policy of an event bus', {}, { it: of('Events::EventBusPolicy', { StatementId: 'a', Statement: { ...allow('events:PutEvents'), Principal: root(OTHER) } }) },
    [`! policy of ${SHOP}/it gains ${literal({ ...allow('events:PutEvents'), Principal: root(OTHER) })}`], []],
];

const GRANTS: Row[] = [
  ...([
    ['IAM::User', {}], ['IAM::AccessKey', { UserName: 'ci' }], ['IAM::UserToGroupAddition', { GroupName: 'ops', Users: ['ci'] }],
    ['IAM::OIDCProvider', { ClientIdList: ['sts.amazonaws.com'], Url: 'https://token.acme.example' }],
    ['IAM::SAMLProvider', { SamlMetadataDocument: '<xml/>' }],
    ['RolesAnywhere::TrustAnchor', { Source: { SourceType: 'CERTIFICATE_BUNDLE' } }], ['RolesAnywhere::Profile', { RoleArns: ['a'] }],
    ['SSO::Assignment', { PermissionSetArn: 'a', PrincipalId: 'b', PrincipalType: 'GROUP', TargetId: '222222222222' }],
    ['IdentityStore::GroupMembership', { GroupId: 'a', MemberId: { UserId: 'b' } }],
    ['EKS::AccessEntry', { AccessPolicies: [{ PolicyArn: 'a' }], PrincipalArn: 'b' }],
    ['EKS::PodIdentityAssociation', { ClusterName: 'a', Namespace: 'b', RoleArn: 'c', ServiceAccount: 'd' }],
    ['RAM::ResourceShare', { AllowExternalPrincipals: true, Principals: [OTHER], ResourceArns: ['a'] }],
    ['EC2::VPCEndpointServicePermissions', { AllowedPrincipals: [OTHER] }],
    ['Cognito::IdentityPoolRoleAttachment', { Roles: { authenticated: 'a' } }],
  ] as Array<[type: string, properties: object]>).map(([type, properties]): Row => {
    const about = `AWS::${type} ${SHOP}/it is`;
    const end = Object.keys(properties).length > 0 ? `: ${literal(properties)}` : '';
    return [type, {}, { it: of(type, properties) }, [`! ${about} new${end}`], [`${about} gone${end}`]];
  }),
  ['a client of a provider', { it: of('IAM::OIDCProvider', { ClientIdList: ['a'] }) }, { it: of('IAM::OIDCProvider', { ClientIdList: ['a', 'b'] }) },
    [`! ClientIdList of ${SHOP}/it gains "b"`], [`ClientIdList of ${SHOP}/it loses "b"`]],
  ['whom a share is for', { it: of('RAM::ResourceShare', { Principals: ['a'] }) }, { it: of('RAM::ResourceShare', { Principals: ['a', OTHER] }) },
    [`! Principals of ${SHOP}/it gains "${OTHER}"`], [`Principals of ${SHOP}/it loses "${OTHER}"`]],
  ['a user with a boundary', {}, { it: of('IAM::User', { PermissionsBoundary: ADMIN }) },
    [`! AWS::IAM::User ${SHOP}/it is new`], [`AWS::IAM::User ${SHOP}/it is gone`]],
  ['groups of a user', { it: of('IAM::User', { Groups: [] }) }, { it: of('IAM::User', { Groups: ['ops'] }) },
    [`! Groups of ${SHOP}/it gains "ops"`], [`Groups of ${SHOP}/it loses "ops"`]],
];

const TLS = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' };
const SELECTOR = { ReadWriteType: 'All', IncludeManagementEvents: true };

const [PRIVATE, PUBLIC] = ['DISABLED', 'SERVICE_PROVIDED_EIPS'].map(Type => ({ ConnectivityInfo: { PublicAccess: { Type } } }));

/** A property that opens or protects something, and what is said of it. */
const STATES: Array<[type: string, property: string, off: unknown, on: unknown, state: string]> = [
  ['EC2::SecurityGroup', 'SecurityGroupIngress', [], [TLS], 'open to 0.0.0.0/0 for tcp 443'],
  ['EC2::SecurityGroup', 'SecurityGroupIngress', [{ ...TLS, CidrIp: '10.0.0.0/8' }], [{ IpProtocol: '-1', CidrIpv6: '::/0' }], 'open to ::/0 for all traffic'],
  ['EC2::SecurityGroup', 'SecurityGroupIngress', [], [{ 'Fn::If': ['IsOpen', TLS, ref('AWS::NoValue')] }], 'open to 0.0.0.0/0 for tcp 443'],
  ...[either('IsOpen', '0.0.0.0/0', '10.0.0.0/8'), ref('Open'), { 'Fn::FindInMap': ['Cidrs', 'one', 'all'] }, { 'Fn::FindInMap': ['Cidrs', ref('AWS::Region'), 'all'] }]
    .map((cidr): typeof STATES[number] => ['EC2::SecurityGroup', 'SecurityGroupIngress', [], [{ ...TLS, CidrIp: cidr }], 'open to 0.0.0.0/0 for tcp 443']),
  ...[ref('Asked'), ref('Stored'), { 'Fn::FindInMap': ['Others', 'one', 'all'] }].map((cidr): typeof STATES[number] =>
    ['EC2::SecurityGroup', 'SecurityGroupIngress', [], [{ ...TLS, CidrIp: cidr }], `perhaps open to all addresses for tcp 443, by ${literal(cidr)},`]),
  ['EC2::SecurityGroup', 'SecurityGroupIngress', [null], [TLS], 'open to 0.0.0.0/0 for tcp 443'],
  ['RDS::DBInstance', 'PubliclyAccessible', false, true, 'publicly accessible'],
  ['RDS::DBInstance', 'PubliclyAccessible', false, ref('Public'), 'publicly accessible'],
  ['RDS::DBInstance', 'PubliclyAccessible', false, ref('Asked'), 'perhaps publicly accessible, by {"Ref":"Asked"},'],
  ['ElasticLoadBalancing::LoadBalancer', 'Scheme', 'internal', ref('Asked'), 'perhaps internet-facing, by {"Ref":"Asked"},'],
  ['RAM::ResourceShare', 'AllowExternalPrincipals', false, undefined, 'open to accounts outside its organization'],
  ['IAM::User', 'LoginProfile', undefined, { Password: 'secret' }, 'able to sign in with a password'],
  ['IAM::AccessKey', 'Status', 'Inactive', 'Active', 'active'],
  ['RolesAnywhere::TrustAnchor', 'Enabled', false, true, 'enabled'],
  ['RolesAnywhere::Profile', 'Enabled', false, true, 'enabled'],
  ['RedshiftServerless::Workgroup', 'PubliclyAccessible', undefined, true, 'publicly accessible'],
  ['DMS::ReplicationInstance', 'PubliclyAccessible', false, undefined, 'publicly accessible'],
  ['Cognito::IdentityPool', 'AllowUnauthenticatedIdentities', false, true, 'open to guests'],
  ['EKS::Cluster', 'ResourcesVpcConfig', { EndpointPublicAccess: false }, {}, 'open to 0.0.0.0/0 at its public endpoint'],
  ['EKS::Cluster', 'ResourcesVpcConfig', { PublicAccessCidrs: ['192.0.2.0/24'] }, { PublicAccessCidrs: ['192.0.2.0/24', '198.51.100.0/24'] },
    'open to 198.51.100.0/24 at its public endpoint'],
  ['Lambda::Url', 'AuthType', 'AWS_IAM', 'NONE', 'callable without authentication'],
  ['S3::Bucket', 'AccessControl', 'Private', 'PublicRead', 'readable by everybody'],
  ['S3::Bucket', 'AccessControl', 'PublicRead', 'PublicReadWrite', 'writable by everybody'],
  ['S3::Bucket', 'AccessControl', undefined, 'AuthenticatedRead', 'readable by every AWS account'],
  ['ElasticLoadBalancingV2::LoadBalancer', 'Scheme', 'internal', undefined, 'internet-facing'],
  ['ElasticLoadBalancing::LoadBalancer', 'Scheme', 'internal', 'internet-facing', 'internet-facing'],
];

const GUARDED: typeof STATES = [
  ['RDS::DBCluster', 'DeletionProtection', false, true, 'protected from deletion'],
  ['DynamoDB::Table', 'DeletionProtectionEnabled', undefined, true, 'protected from deletion'],
  ['Cognito::UserPool', 'DeletionProtection', 'INACTIVE', 'ACTIVE', 'protected from deletion'],
  ['ElasticLoadBalancingV2::LoadBalancer', 'LoadBalancerAttributes', [], [{ Key: 'deletion_protection.enabled', Value: 'true' }], 'protected from deletion'],
  ['S3::Bucket', 'PublicAccessBlockConfiguration', undefined, { BlockPublicPolicy: true }, 'under BlockPublicPolicy'],
  ['S3::Bucket', 'VersioningConfiguration', { Status: 'Suspended' }, { Status: 'Enabled' }, 'versioned'],
  ['KMS::Key', 'EnableKeyRotation', undefined, true, 'rotated'],
  ['KMS::Key', 'EnableKeyRotation', { 'Fn::If': ['IsOld', true, false] }, true, 'rotated'],
  ['S3::Bucket', 'VersioningConfiguration', either('IsOld', { Status: 'Enabled' }), { Status: 'Enabled' }, 'versioned'],
  ['RolesAnywhere::Profile', 'SessionPolicy', undefined, literal(document(READ)), 'limited by SessionPolicy'],
  ['KMS::Key', 'Enabled', false, undefined, 'enabled'],
  ['CloudTrail::Trail', 'IsMultiRegionTrail', false, true, 'recording all Regions'],
  ['CloudTrail::Trail', 'IsOrganizationTrail', false, true, 'recording all accounts'],
  ['CloudTrail::Trail', 'EnableLogFileValidation', undefined, true, 'validating its log files'],
  ['CloudTrail::Trail', 'EventSelectors', [], [SELECTOR], `recording ${literal(SELECTOR)}`],
  ['GuardDuty::Detector', 'Enable', false, true, 'looking for threats'],
];

const OPENED = STATES.map(([type, property, off, on, state]): Row => [`${type} ${state}`,
  { it: of(type, { [property]: off }) }, { it: of(type, { [property]: on }) },
  [`! ${SHOP}/it is ${state} now`], [`${SHOP}/it is no longer ${state}`]]);
const PROTECTED = GUARDED.map(([type, property, off, on, state]): Row => [`${type} ${state}`,
  { it: of(type, { [property]: off }) }, { it: of(type, { [property]: on }) },
  [`${SHOP}/it is ${state} now`], [`! ${SHOP}/it is no longer ${state}`]]);
const GROUP = of('EC2::SecurityGroup');

const EXPOSED: Row[] = [
  ...OPENED, ...PROTECTED,
  ['a rule of a security group', { group: GROUP }, { group: GROUP, it: of('EC2::SecurityGroupIngress', { GroupId: { 'Fn::GetAtt': ['group', 'GroupId'] }, ...TLS }) },
    [`! ${SHOP}/group is open to 0.0.0.0/0 for tcp 443 now`], [`${SHOP}/group is no longer open to 0.0.0.0/0 for tcp 443`]],
  ['an open resource', {}, { it: of('EC2::SecurityGroup', { SecurityGroupIngress: [TLS] }) },
    [`! ${SHOP}/it is open to 0.0.0.0/0 for tcp 443 now`], [`${SHOP}/it is no longer open to 0.0.0.0/0 for tcp 443`]],
  ['an open cluster of MSK', {},
    { it: of('MSK::Cluster', { BrokerNodeGroupInfo: either('IsOpen', PUBLIC, PRIVATE) }) },
    [`! ${SHOP}/it is publicly accessible now`, 'prod: 1 Kafka broker instead of none'], [
      `AWS::MSK::Cluster ${SHOP}/it: it is deleted with its topics, which no deployment brings back`,
      `${SHOP}/it is no longer publicly accessible`, 'prod: no Kafka broker instead of 1',
    ]],
  ['a rule for the addresses of a network', { it: of('EC2::SecurityGroup', { SecurityGroupIngress: [TLS] }) },
    { it: of('EC2::SecurityGroup', { SecurityGroupIngress: [{ ...TLS, CidrIp: { 'Fn::GetAtt': ['vpc', 'CidrBlock'] } }] }) },
    [`${SHOP}/it is no longer open to 0.0.0.0/0 for tcp 443`], [`! ${SHOP}/it is open to 0.0.0.0/0 for tcp 443 now`]],
  ['a trail that stops', { it: of('CloudTrail::Trail', { IsLogging: false }) }, { it: of('CloudTrail::Trail', { IsLogging: true }) },
    [`${SHOP}/it is logging now`], [
      `AWS::CloudTrail::Trail ${SHOP}/it: this trail records nothing from then on, and what happens until there is one again is never recorded`,
      `! ${SHOP}/it is no longer logging`,
    ]],
  ['what is retained', { it: of('S3::Bucket') }, { it: { ...of('S3::Bucket'), DeletionPolicy: 'Retain' } },
    [`${SHOP}/it is retained if it leaves the code now`], [`! ${SHOP}/it is no longer retained if it leaves the code`]],
  ['a trail', { it: of('CloudTrail::Trail', { IsLogging: true }) }, {}, [
    `AWS::CloudTrail::Trail ${SHOP}/it: this trail records nothing from then on, and what happens until there is one again is never recorded`,
    `! ${SHOP}/it is no longer logging`,
  ], []],
  ['a detector', { it: of('GuardDuty::Detector', { Enable: true }) }, {}, [
    `AWS::GuardDuty::Detector ${SHOP}/it: it is deleted with its findings, which no deployment brings back`, `! ${SHOP}/it is no longer looking for threats`,
  ], []],
  ['a snapshot', { it: { ...of('EC2::Volume'), DeletionPolicy: 'Snapshot' } }, { it: of('EC2::Volume') },
    [`! ${SHOP}/it is no longer kept as a snapshot if it leaves the code`], [`${SHOP}/it is kept as a snapshot if it leaves the code now`]],
  ['a snapshot by default', { it: of('RDS::DBCluster') }, { it: { ...of('RDS::DBCluster'), DeletionPolicy: 'Delete' } },
    [`! ${SHOP}/it is no longer kept as a snapshot if it leaves the code`], [`${SHOP}/it is kept as a snapshot if it leaves the code now`]],
  ['what is retained at a replacement', { it: { ...of('S3::Bucket'), UpdateReplacePolicy: 'Retain' } }, { it: of('S3::Bucket') },
    [`! ${SHOP}/it is no longer retained if it is replaced`], [`${SHOP}/it is retained if it is replaced now`]],
  ['what both policies retain', { it: { ...of('S3::Bucket'), DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' } },
    { it: { ...of('S3::Bucket'), DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' } },
    [`! ${SHOP}/it is no longer retained if it leaves the code`], [`${SHOP}/it is retained if it leaves the code now`]],
  ['sessions of a role', { it: role() }, { it: role({ MaxSessionDuration: 43200 }) },
    [`! sessions of ${SHOP}/it last up to 43200 seconds instead of 3600`], [`sessions of ${SHOP}/it last up to 3600 seconds instead of 43200`]],
  ['sessions that nobody knows', { it: of('SSO::PermissionSet', { SessionDuration: ref('Asked') }) }, { it: of('SSO::PermissionSet') },
    [`! sessions of ${SHOP}/it last up to 3600 seconds instead of a value that is not known here ({"Ref":"Asked"})`],
    [`! sessions of ${SHOP}/it last up to a value that is not known here ({"Ref":"Asked"}) instead of 3600 seconds`]],
  ['sessions of a permission set', { it: of('SSO::PermissionSet') }, { it: of('SSO::PermissionSet', { SessionDuration: 'PT1H30M' }) },
    [`! sessions of ${SHOP}/it last up to 5400 seconds instead of 3600`], [`sessions of ${SHOP}/it last up to 3600 seconds instead of 5400`]],
];

test.each([...PERMISSIONS, ...TRUSTED, ...GRANTS, ...EXPOSED])('%s is told, and nothing else', (_, before, after, told, back) => {
  expect(sentences(before, after)).toEqual(told);
  expect(sentences(after, before)).toEqual(back);
});

test.each<[what: string, before: Resources, after: Resources]>([
  ['attached instead of inline', { admin: role(inline(READ, WRITE)) }, { admin: role(inline(READ)), more: attached({ Roles: [ref('admin')] }, WRITE) }],
  ['managed instead of inline', { admin: role(inline(WRITE)) }, { admin: role({ ManagedPolicyArns: [ref('more')] }), more: managed({}, WRITE) }],
  ['attached from the other side', { admin: role({ ManagedPolicyArns: [ref('more')] }), more: managed({}, WRITE) },
    { admin: role(), more: managed({ Roles: [ref('admin')] }, WRITE) }],
  ['what both branches have', { admin: role(inline(READ)) }, { admin: role(inline(either('IsOpen', READ, READ))) }],
  ['another order', { admin: role(inline(READ, WRITE)) }, { admin: role(inline(WRITE, READ)) }],
  ['another way to write it', { admin: role(inline(READ)) },
    { admin: role(inline({ Sid: 'Read', Resource: ['*'], Action: ['s3:GetObject'], Effect: 'Allow' })) }],
  ['one statement instead of two', { admin: role(inline(READ, WRITE)) }, { admin: role(inline(allow(['s3:PutObject', 's3:GetObject']))) }],
  ['another logical ID of a policy', { admin: role(), one: attached({ Roles: [ref('admin')] }, WRITE) },
    { admin: role(), two: attached({ Roles: [ref('admin')] }, WRITE) }],
  ['another logical ID of a role', { one: role({}, trusting(root(OTHER))), more: attached({ Roles: [ref('one')] }, WRITE) },
    { two: role({}, trusting(root(OTHER))), more: attached({ Roles: [ref('two')] }, WRITE) }],
  ['another logical ID of a user', { one: of('IAM::User'), key: of('IAM::AccessKey', { UserName: ref('one') }) },
    { two: of('IAM::User'), key: of('IAM::AccessKey', { UserName: ref('two') }) }],
  ['a service that may do something else', { job: role(inline(READ), trusting(lambda)) }, { job: role(inline(WRITE), trusting(lambda)) }],
  ...['iam:Get*', 'iam:List*', 'sts:GetCallerIdentity', 's3:*'].map((action): [string, Resources, Resources] =>
    [`a service that may ${action}`, { job: role(inline(READ), trusting(lambda)) }, { job: role(inline(READ, allow(action)), trusting(lambda)) }]),
  ['a boundary of a service', { job: role({ PermissionsBoundary: LIMIT }, trusting(lambda)) }, { job: role({}, trusting(lambda)) }],
  ['a role of a service', {}, { job: role(inline(READ), trusting(lambda)) }],
  ['a rule beside its security group', { group: of('EC2::SecurityGroup', { SecurityGroupIngress: [TLS] }) },
    { group: GROUP, it: of('EC2::SecurityGroupIngress', { GroupId: ref('group'), ...TLS }) }],
  ['a rule for one network', { group: GROUP }, { group: of('EC2::SecurityGroup', { SecurityGroupIngress: [{ ...TLS, CidrIp: '192.0.2.0/24' }] }) }],
  ['a gateway', { it: of('ElasticLoadBalancingV2::LoadBalancer', { Type: 'gateway', Scheme: 'internal' }) },
    { it: of('ElasticLoadBalancingV2::LoadBalancer', { Type: 'gateway' }) }],
  ['a boundary by another name', { admin: role({ PermissionsBoundary: ref('one') }), one: managed({}, READ) },
    { admin: role({ PermissionsBoundary: ref('two') }), two: managed({ ManagedPolicyName: 'two' }, READ) }],
])('%s is no difference', (_, before, after) => {
  expect(sentences(before, after)).toEqual([]);
  expect(sentences(after, before)).toEqual([]);
});

test('a policy that says the same of another resource is another one', () => {
  const bucket = { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain' };
  const open = (name: string) => BUCKET_POLICY(ref(name), ALLOWED);
  const now = { one: bucket, two: bucket };
  expect(sentences({ ...now, first: open('one') }, { ...now, second: open('two') }))
    .toEqual([`! policy of ${SHOP}/second gains ${literal(ALLOWED)}`, `policy of ${SHOP}/first loses ${literal(ALLOWED)}`]);
});

test.each<[what: string, name: unknown]>([
  ['a text with the name of its stack', { 'Fn::Sub': '${AWS::StackName}-r' }],
  ['a text with its Region', { 'Fn::Join': ['-', ['x', ref('AWS::Region')]] }],
  ['a parameter', ref('N')],
  ['what no text says', { 'Fn::Join': ['-', ['x', { 'Fn::Select': [0, ref('N')] }]] }],
  ['the same text', 'x'],
])('principals called by %s do not hide each other', (_, name) => {
  const withName = (...statements: object[]) => ({ it: role({ RoleName: name, ...inline(...statements) }) });
  const [one, two] = ['acme/prod/one', 'acme/prod/two'];
  const both = (now: Resources) => written(FACTS, { [one]: now, [two]: withName(READ) });
  const told = (now: Resources) =>
    changesBetween(both(withName(READ)), both(now)).map(({ sentence }) => sentence);
  const gains = [`permissions of ${one}/it gains ${literal(WRITE)}`];
  expect(told(withName(READ, WRITE))).toEqual(gains);
  expect(told({ ...withName(READ), more: attached({ Roles: [name] }, WRITE) })).toEqual(gains);
});

test('a stage that is called otherwise is no new one', () => {
  const power = allow('iam:*');
  const renamed = FACTS.map(fact => fact.subject === 'prod' ? { ...fact, subject: 'live', source: 'acme/live' } : fact);
  const now = written(renamed, { 'acme/live/shop': { job: role(inline(power), trusting(lambda)) } });
  expect(changesBetween(assembly({}), now).map(({ sentence }) => sentence))
    .toEqual([`permissions of acme/live/shop/job gains ${literal(power)}`, 'prod is called live now']);
});

test('termination protection that a stack loses is told', () => {
  const [off, on] = [false, true].map(isOn => written(FACTS, { [SHOP]: {} }, isOn));
  expect(changesBetween(on, off))
    .toEqual([{ section: 'protection', sentence: `stack ${SHOP} is no longer protected from deletion`, widens: true }]);
  expect(changesBetween(off, on)).toEqual([]);
});

describe('what facts tell is not told again', () => {
  const ARN = 'arn:aws:iam::222222222222:role/acme-prod-admin';
  const access: Fact = { kind: 'can-assume', subject: `arn:aws:iam::${ROOT}:group/ops`, name: ARN, value: '', source: 'acme' };
  const member: Fact = { ...access, kind: 'member', subject: `arn:aws:iam::${ROOT}:user/ada`, name: access.subject };
  const ops = of('IAM::Group', { GroupName: 'ops' });
  const assumes = (resource: string) => attached({ Groups: [ref('ops')] }, allow('sts:AssumeRole', { Resource: resource }));
  const ada = (...groups: unknown[]) => ({ ada: of('IAM::User', { UserName: 'ada', Groups: groups }) });
  const gains = (resource: string) => `permissions of ${SHOP}/ops gains ${literal(allow('sts:AssumeRole', { Resource: resource }))}`;

  const elsewhere = ARN.replace('222222222222', OTHER);
  const denies = { ...deny('sts:AssumeRole'), Resource: ARN };

  test.each<[what: string, had: Fact[], have: Fact[], before: Resources, after: Resources, told: string[]]>([
    ['a role of a group', [], [access], { ops }, { ops, it: assumes(ARN) }, []],
    ['a role that facts do not have', [], [], { ops }, { ops, it: assumes(ARN) }, [gains(ARN)]],
    ['a role that facts had', [access], [access], { ops }, { ops, it: assumes(ARN) }, [gains(ARN)]],
    ['more than facts have', [], [access], { ops }, { ops, it: assumes('*') }, [gains('*')]],
    ['a role of another account', [], [access], { ops }, { ops, it: assumes(elsewhere) }, [gains(elsewhere)]],
    ['a role that a group may no longer not assume', [access], [], { ops, it: attached({ Groups: [ref('ops')] }, denies) }, { ops },
      [`permissions of ${SHOP}/ops loses ${literal(denies)}`]],
    ['a member by reference', [], [member], { ops }, { ops, ...ada(ref('ops')) }, ['user ada is now a member of group ops']],
    ['a member of more than facts have', [], [member], ada(), ada('ops', 'administrators'),
      ['user ada is now a member of group ops', `Groups of ${SHOP}/ada gains "administrators"`]],
    ['a member', [], [member], {}, ada('ops'), ['user ada is now a member of group ops']],
    ['a member that facts do not have', [], [], ada(), ada('ops'), [`Groups of ${SHOP}/ada gains "ops"`]],
  ])('%s', (_, had, have, before, after, told) => {
    const old = written([...FACTS, ...had], { [SHOP]: before });
    const now = written([...FACTS, ...have], { [SHOP]: after });
    expect(changesBetween(old, now).map(({ sentence, widens }) => widens ? sentence : `no: ${sentence}`)).toEqual(told);
  });
});
