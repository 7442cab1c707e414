import { App, Duration, Lazy } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import * as fc from 'fast-check';
import {
  IManagement, MultiAccountOrg, MultiAccountOrgProps, OrganizationPolicyOptions, OrganizationPolicyType,
  MfaRequirement, OrganizationSource, StageAccess, StageAccount, StageOptions, StageProfile,
  StageProfileOptions, StageRoleOptions,
} from '../../src';
import { AUDIT, EXISTING, orgProps, PROD, ROOT } from '../orgs';
import { Mistake, mistake, wordOf } from './mistake';

/** What no compiler has seen, as JavaScript has it. */
type Loose<T> = { [P in keyof T]?: unknown };

type Values<T> = fc.Arbitrary<T> | readonly T[];
type Says<T> = (value: T) => string[];

type Stages = Array<[name: unknown, options?: Loose<StageOptions>]>;

function org(app: App, props: Loose<MultiAccountOrgProps> = {}, ...stages: Stages): MultiAccountOrg {
  const made = new MultiAccountOrg(app, 'acme', orgProps(props as Partial<MultiAccountOrgProps>));
  stages.forEach(([name, options]) => made.addStage(name as string, options as StageOptions));
  return made;
}

/** A mistake in one property of the organization, which has a stage. */
function ofOrg<T>(
  property: keyof MultiAccountOrgProps, wrong: string, values: Values<T>, says: Says<T>,
  more: Loose<MultiAccountOrgProps> = {}, stage: Loose<StageOptions> = {},
): Mistake {
  return mistake(`${property}: ${wrong}`, values, (app, value) => org(app, { ...more, [property]: value }, ['prod', stage]), says);
}

/** A mistake in one option of a stage. */
function ofStage<T>(
  option: keyof StageOptions, wrong: string, values: Values<T>, says: Says<T>,
  more: Loose<StageOptions> = {}, props: Loose<MultiAccountOrgProps> = {},
): Mistake {
  return mistake(`${option} of a stage: ${wrong}`, values, (app, value) => org(app, props, ['prod', { ...more, [option]: value }]),
    value => [`${option} of stage 'prod'`, ...says(value)]);
}

const token = fc.constant(undefined).map(() => Lazy.string({ produce: () => 'later' }));
const foreign = fc.stringMatching(/^[5-9]\d{11}$/);
const number = fc.integer({ min: 1, max: 999999999999 });
const notText = fc.oneof(fc.constantFrom(true, false), fc.constantFrom([], ['x'], {}, { a: 'b' }, () => 'x'));
const notObject = fc.oneof(number, fc.boolean(), fc.stringMatching(/^[A-Z]{4,12}$/));

const notRegion = fc.stringMatching(/^[a-z]{2}-[a-z]{3,9}-\d$/)
  .filter(region => !/^(us|eu|ap|ca|sa|me|af|il|mx|cn)-/.test(region));
const elsewhere = RegionInfo.regions.filter(({ partition }) => partition !== 'aws').map(({ name }) => name);
const optIn = RegionInfo.regions.filter(({ isOptInRegion, partition }) => isOptInRegion && partition === 'aws').map(({ name }) => name);
const notAccount = fc.oneof(
  fc.stringMatching(/^\d{1,11}$/), fc.stringMatching(/^\d{13,14}$/), fc.stringMatching(/^[a-z]{12}$/),
  fc.stringMatching(/^\d{4}-\d{4}-\d{4}$/),
  fc.constantFrom('000000000000', '', ' 111111111111'),
);
const word = wordOf(1, 8);
const notNamePart = fc.oneof(
  fc.tuple(word, fc.constantFrom('_', '.', ' ', '--', 'é', 'A', '/', '+', '@'), word).map(parts => parts.join('')),
  word.map(name => `${name}-`), word.map(name => `-${name}`), word.map(name => `1${name}`), fc.stringMatching(/^[a-z]{25,30}$/),
);
const notUnit = fc.oneof(
  fc.tuple(word, word).map(parts => parts.join('//')), word.map(name => `/${name}`), word.map(name => `${name}/`), word.map(name => ` ${name}`),
  fc.stringMatching(/^[a-z]{129,130}$/),
);
const unitId = fc.stringMatching(/^ou-[0-9a-z]{3}\d-[a-z0-9]{8,12}$/);
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
const EXCLUDED = [...'"\'()<>[]:;,\\|%& '];

/** Addresses that CreateAccount refuses, by why. */
const ADDRESSES: Array<[wrong: string, values: fc.Arbitrary<string>, why: string]> = [
  ['a letter that AWS excludes', fc.tuple(word, fc.constantFrom(...EXCLUDED), word).map(parts => `${parts.join('')}@acme.example`), 'AWS accepts'],
  ['a dot first', word.map(name => `.${name}@acme.example`), 'AWS accepts'],
  ['no ASCII', fc.tuple(word, fc.constantFrom('ä', 'é', 'ł', '名')).map(parts => `${parts.join('')}@acme.example`), 'AWS accepts'],
  ['a domain with outer hyphens or dots', fc.constantFrom('-acme.example', 'acme.example-', '.acme.example', 'acme.example.', 'acme-.example', 'acme..example')
    .map(domain => `aws@${domain}`), 'AWS accepts'],
  ['a letter that no domain has', fc.constantFrom('_', '+', 'ä', '/', '!').map(letter => `aws@ac${letter}me.example`), 'AWS accepts'],
  ['a domain without a dot', word.map(name => `aws@a${name}`), 'AWS accepts'],
  ['none or two @', fc.constantFrom('aws.acme.example', 'aws@prod@acme.example', '@acme.example'), 'AWS accepts'],
  ['too long', fc.stringMatching(/^[a-z]{60,70}$/).map(name => `${name}@acme.example`), 'AWS takes 6 to 64'],
  ['too short', fc.constantFrom('', 'a@b.c', 'a'), 'AWS takes 6 to 64'],
  ['capital letters', word.map(name => `A${name}@acme.example`), 'write it in lower case'],
];

/** A mistake in the units of an organization with a stage in `workloads`. */
function ofUnits<T>(wrong: string, values: Values<T>, says: Says<T>, more: Loose<MultiAccountOrgProps> = {}): Mistake {
  return mistake(`existingOrganizationalUnits: ${wrong}`, values, (app, existingOrganizationalUnits) =>
    org(app, { ...more, existingOrganizationalUnits }, ['prod', { organizationalUnit: 'workloads' }]), says);
}

const ROLE: StageRoleOptions = { name: 'ops', managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')] };

/** A name with two letters swapped, or without one. */
function mistyped(...names: string[]): fc.Arbitrary<{ typo: string; name: string }> {
  const places = (name: string) => fc.tuple(fc.integer({ min: 1, max: name.length - 2 }), fc.boolean());
  return fc.constantFrom(...names).chain(name => places(name).map(([at, swap]) => ({
    name,
    typo: name.slice(0, at) + (swap ? name[at + 1] + name[at] + name.slice(at + 2) : name.slice(at + 1)),
  }))).filter(({ typo, name }) => typo !== name);
}

const GIVEN: MultiAccountOrgProps = orgProps();
const MEMBERS = { organization: OrganizationSource.memberAccounts(), email: undefined };
const ONE = { organization: OrganizationSource.singleAccount(), email: undefined };

const OF_THE_ORGANIZATION: Mistake[] = [
  ofOrg('homeRegion', 'not a region', notRegion, value => [`homeRegion '${value}'`, 'check the spelling']),
  ofOrg('homeRegion', 'a token', token, () => ['homeRegion is a token', 'as a literal']),
  ofOrg('homeRegion', 'missing', [undefined, null], () => ['homeRegion is missing', 'give it']),
  ofOrg('homeRegion', 'no text', notText, () => ['homeRegion is', 'give a string']),
  ofOrg('homeRegion', 'one that is off in new accounts', optIn, value => [`homeRegion '${value}'`, 'regionsAreEnabled']),
  ofOrg('homeRegion', 'GovCloud, with accounts to create', ['us-gov-west-1', 'us-gov-east-1'],
    value => [`homeRegion '${value}'`, "give 'prod' an accountId", 'CreateGovCloudAccount']),
  ofOrg('managementAccountId', 'not an account', notAccount, value => [`managementAccountId '${value}'`, '12 digits as a string']),
  ofOrg('managementAccountId', 'a token', token, () => ['managementAccountId is a token', 'so give the 12 digits']),
  ofOrg('managementAccountId', 'missing', [undefined, null], () => ['managementAccountId is missing', 'check that the variable']),
  ofOrg('managementAccountId', 'a number', number, value => [`managementAccountId is the number ${value}`, `in quotes, as '${value}'`]),
  ofOrg('managementAccountId', 'no text', notText, () => ['managementAccountId is', 'give a string']),
  ...ADDRESSES.map(([wrong, values, why]) => ofOrg('email', wrong, values, value => [`email '${value}'`, why])),
  ofOrg('email', 'a token', token, () => ['email is a token', 'as a literal']),
  ofOrg('email', 'no text', notText, () => ['email is', 'give a string'], {}, { email: 'prod@acme.example' }),
  ofOrg('namespace', 'not the beginning of names', notNamePart, value => [`namespace '${value}'`, 'lower-case letters']),
  ofOrg('namespace', 'a beginning that AWS keeps', fc.tuple(fc.constantFrom('aws', 'ssm', 'aws-', 'ssm-', 'sthree-', 'amzn-s3-demo-'), word).map(([start, end]) => start + end),
    value => [`namespace '${value}'`, 'give another']),
  ofOrg('namespace', 'a token', token, () => ['namespace is a token', 'as a literal']),
  ofOrg('namespace', 'a number', number, value => [`namespace is the number ${value}`, 'in quotes']),
  mistake('id of an organization: not the beginning of names', notNamePart.filter(name => !name.includes('/')),
    (app, id) => new MultiAccountOrg(app, id, GIVEN), id => [`namespace '${id}'`, 'lower-case letters']),
  mistake('properties of an organization: missing', [undefined, null], (app, props) => new MultiAccountOrg(app, 'acme', props as never),
    () => ['options are missing', 'give managementAccountId and homeRegion']),
  mistake('properties of an organization: none', fc.oneof(notObject, fc.constant([])), (app, props) => new MultiAccountOrg(app, 'acme', props as never),
    () => ['options are', 'by its name']),
  mistake('properties of an organization: mistyped', mistyped('namespace', 'bootstrapRegions', 'existingOrganizationalUnits', 'regionsAreEnabled', 'addressPool'),
    (app, { typo }) => org(app, { [typo]: 'x' }, ['prod']), ({ typo, name }) => [`'${typo}' is no option`, `did you mean '${name}'?`]),
  mistake('properties of an organization: a required one mistyped', mistyped('managementAccountId', 'homeRegion'), (app, { typo, name }) => {
    const { [name as 'homeRegion']: value, ...others } = GIVEN;
    new MultiAccountOrg(app, 'acme', { ...others, [typo]: value } as never).addStage('prod', { accountId: PROD });
  }, ({ typo, name }) => [`'${typo}' is no option`, `did you mean '${name}'?`]),
  mistake('properties of an organization: in another case', ['home_region', 'HomeRegion', 'homeregion', 'home-region'],
    (app, typo) => org(app, { [typo]: 'eu-west-1' }), typo => [`'${typo}' is no option`, "did you mean 'homeRegion'?"]),
  mistake('properties of an organization: unknown', ['tags', 'accounts', 'description', 'quota'], (app, name) => org(app, { [name]: 'x' }),
    name => [`'${name}' is no option`, 'leave it out']),
  ofOrg('organization', 'no source', fc.oneof(notObject, fc.constantFrom({}, StageProfile.TESTING, { organizationId: 'o-a1b2c3d4e5', organizationRootId: 'r-a1b2' })),
    () => ['organization is', 'such as OrganizationSource.create()']),
  ofOrg('organization', 'an id that is none', fc.oneof(word, fc.constantFrom('o-A1B2C3D4E5', 'o-short', 'r-a1b2')).map(organizationId =>
    OrganizationSource.existing({ organizationId, organizationRootId: 'r-a1b2' })), () => ['organizationId ', "one like 'o-a1b2c3d4e5'"]),
  ofOrg('organization', 'a root that is none', fc.oneof(word, fc.constantFrom('r-A1B2', 'r-1', 'ou-a1b2-c3d4e5f6')).map(organizationRootId =>
    OrganizationSource.existing({ organizationId: 'o-a1b2c3d4e5', organizationRootId })), () => ['organizationRootId ', "one like 'r-a1b2'"]),
  ofOrg('organization', 'an existing one without its root', [undefined, null].map(organizationRootId =>
    OrganizationSource.existing({ organizationId: 'o-a1b2c3d4e5', organizationRootId } as never)), () => ['organizationRootId of OrganizationSource.existing is missing']),
  ofOrg('organization', 'an existing one that is not said', [undefined, null].map(nothing => OrganizationSource.existing(nothing as never)),
    () => ['give organizationId and organizationRootId']),
  ofUnits('an id that is none', fc.oneof(word, fc.constantFrom('ou-A1B2-c3d4e5f6', 'ou-a1b2-c3', 'r-a1b2')).map(id => ({ workloads: id })),
    units => [`existingOrganizationalUnits 'workloads' '${units.workloads}'`, "one like 'ou-a1b2-c3d4e5f6'"]),
  ofUnits('an id that is no text', number.map(id => ({ workloads: id })), units => [`existingOrganizationalUnits 'workloads' is the number ${units.workloads}`]),
  ofUnits('a unit without a stage', word.filter(name => name !== 'workloads').map(name => ({ [name]: 'ou-a1b2-c3d4e5f6' })),
    units => [`existingOrganizationalUnits '${Object.keys(units)[0]}' has no effect`, 'leave it out']),
  ofUnits('a list', fc.constant(['ou-a1b2-c3d4e5f6']), () => ['existingOrganizationalUnits is a list', 'by their names']),
  ofUnits('a unit below another root', fc.stringMatching(/^[b-z]{4}$/).map(root => ({ workloads: `ou-${root}-c3d4e5f6` })),
    units => [`existingOrganizationalUnits 'workloads' '${units.workloads}'`, "another root than 'r-a1b2'"], { organization: EXISTING }),
  mistake('existingOrganizationalUnits: units below two roots', fc.stringMatching(/^[b-z]{4}$/), (app, root) =>
    org(app, { existingOrganizationalUnits: { a: 'ou-a1b2-c3d4e5f6', b: `ou-${root}-c3d4e5f6` } }, ['prod', { organizationalUnit: 'a' }], ['dev', { organizationalUnit: 'b' }]),
  root => [`existingOrganizationalUnits 'b' 'ou-${root}-c3d4e5f6'`, "another root than 'r-a1b2'"]),
  mistake('existingOrganizationalUnits: one unit by two paths', unitId, (app, id) =>
    org(app, { existingOrganizationalUnits: { a: id, b: id } }, ['prod', { organizationalUnit: 'a' }], ['dev', { organizationalUnit: 'b' }]),
  id => [`existingOrganizationalUnits '${id}' is claimed by 'a' and 'b'`, 'leave out the other']),
  ofOrg('bootstrapRegions', 'not a region', notRegion.map(region => [region]), ([region]) => [`bootstrapRegions '${region}'`, 'check the spelling']),
  ofOrg('bootstrapRegions', 'in another partition', elsewhere.map(region => [region]),
    ([region]) => [`bootstrapRegions '${region}' is in partition`, 'a MultiAccountOrg of its own']),
  ofOrg('bootstrapRegions', 'named twice', fc.constantFrom('us-east-1', 'eu-central-1', 'eu-west-1').map(region => [region, region]),
    ([region]) => [`bootstrapRegions names '${region}' twice`, 'name it once']),
  ofOrg('bootstrapRegions', 'no list', ['eu-west-1', 'us-east-1', { region: 'eu-west-1' }], () => ['bootstrapRegions is', 'give a list']),
  ofOrg('bootstrapRegions', 'a missing entry', [[undefined], [null]], () => ['entry 1 of bootstrapRegions is missing']),
  ofOrg('bootstrapRegions', 'off in new accounts', optIn.map(region => [region]), ([region]) => [`bootstrapRegions '${region}'`, 'regionsAreEnabled']),
  ofOrg('bootstrapExecutionPolicies', 'names', word.map(name => [name]), ([name]) => [`entry 1 of bootstrapExecutionPolicies is '${name}'`, 'give an IManagedPolicy']),
  ofOrg('regionsAreEnabled', 'text', ['true', 'false', 'yes'], value => [`regionsAreEnabled is '${value}'`, 'true or false']),
  ofOrg('rootAddresses', 'no addresses', fc.oneof(number, fc.constantFrom('10.0.0.0/16', { index: 1 })), () => ['rootAddresses is', 'such as StageAddresses.index(…)']),
  ofOrg('stagePrefixLength', 'text', ['16', '/16'], value => [`stagePrefixLength is '${value}'`, 'give a number']),
  ...[MEMBERS, ONE].flatMap(({ organization, email }, index) => ([
    ['email', 'aws@acme.example'], ['bootstrapRegions', ['us-east-1']], ['bootstrapExecutionPolicies', []], ['regionsAreEnabled', true],
    ['existingOrganizationalUnits', {}],
  ] as const).map(([property, value]) => ofOrg(property, `useless ${['without the management account', 'with one account'][index]}`, [value],
    () => [`${property} has no effect`, 'leave it out'], { organization, email, [property]: value }, index === 0 ? { accountId: PROD } : {}))),
];

const NAMES: Mistake[] = [
  mistake('name of a stage: cannot be part of names', notNamePart, (app, name) => org(app, {}, [name]), name => [`stage '${name}'`, 'lower-case letters']),
  mistake('name of a stage: a token', token, (app, name) => org(app, {}, [name]), () => ['name of a stage is a token', 'as a literal']),
  mistake('name of a stage: no text', fc.oneof(number, notText, fc.constantFrom(undefined, null)), (app, name) => org(app, {}, [name]), () => ['name of a stage is ', "give a string, such as 'prod'"]),
  mistake('name of a stage: what every object has', ['constructor'],
    (app, name) => org(app, {}, [name]), name => [`stage '${name}'`, 'choose another name']),
  mistake('name of a stage: reserved', ['root', 'audit-trail', 'bootstrap'], (app, name) => org(app, {}, [name]), name => [`stage '${name}' is a reserved name`]),
  mistake('name of a stage: taken', word, (app, name) => org(app, {}, [name], [name]), name => [`stage '${name}' is added more than once`]),
  mistake('name of a stage: taken, with an account each', word, (app, name) => org(app, {}, [name, { accountId: PROD }], [name, { accountId: AUDIT }]),
    name => [`stage '${name}' is added more than once`]),
  mistake('options of a stage: none', fc.oneof(notObject, fc.constant([])), (app, options) => org(app, {}, ['prod', options as never]),
    () => ["options of stage 'prod' are", 'by its name']),
  mistake('options of a stage: mistyped', mistyped('accountName', 'email', 'organizationalUnit', 'profile', 'addresses', 'accountId'),
    (app, { typo }) => org(app, {}, ['prod', { [typo]: 'x' }]), ({ typo, name }) => [`'${typo}' of stage 'prod' is no option`, `did you mean '${name}'?`]),
  mistake('options of a stage: the needed one mistyped', mistyped('email', 'accountId'),
    (app, { typo }) => org(app, { email: undefined }, ['prod', { [typo]: 'x' }]), ({ typo, name }) => [`'${typo}' of stage 'prod' is no option`, `did you mean '${name}'?`]),
  mistake('options of a stage: unknown', ['tags', 'vpc', 'description', 'homeRegion'], (app, name) => org(app, {}, ['prod', { [name]: 'x' }]),
    name => [`'${name}' of stage 'prod' is no option`, 'leave it out']),
];

const OF_A_STAGE: Mistake[] = [
  ofStage('accountId', 'not an account', notAccount, value => [`'${value}'`, '12 digits as a string']),
  ofStage('accountId', 'a token', token, () => ['is a token', 'so give the 12 digits']),
  ofStage('accountId', 'a number', number, value => [`is the number ${value}`, `in quotes, as '${value}'`]),
  mistake('accountId of a stage: that of root', [ROOT], (app, accountId) => org(app, {}, ['prod', { accountId }]),
    accountId => [`accountId '${accountId}' is claimed by 'root' and 'prod'`]),
  mistake('accountId of a stage: that of another', fc.stringMatching(/^[2-9]\d{11}$/), (app, accountId) => org(app, {}, ['prod', { accountId }], ['dev', { accountId }]),
    accountId => [`accountId '${accountId}' is claimed by 'prod' and 'dev'`]),
  mistake('accountId of a stage: missing without the management account', word, (app, name) => org(app, MEMBERS, [name]),
    name => [`accountId of stage '${name}' is missing`, 'without the management account']),
  mistake('accountId of a stage: another one where all share one', fc.stringMatching(/^[2-9]\d{11}$/), (app, accountId) => org(app, ONE, ['prod', { accountId }]),
    accountId => [`accountId of stage 'prod' is '${accountId}'`, 'leave it out']),
  ofStage('accountName', 'letters that AWS does not take', fc.tuple(word, fc.constantFrom('ä', '名', '\t', '–')).map(parts => parts.join('')), value => [`'${value}'`, 'printable ASCII']),
  ofStage('accountName', 'too long or empty', fc.oneof(fc.stringMatching(/^[a-z]{51,60}$/), fc.constant('')), value => [`'${value}'`, '1 to 50']),
  ofStage('accountName', 'no text', notText, () => ['is ', 'give a string']),
  ofStage('accountName', 'a token', token, () => ['is a token', 'as a literal']),
  mistake('accountName of a stage: that of another', word, (app, accountName) => org(app, {}, ['s1', { accountName }], ['s2', { accountName }]),
    accountName => [`accountName '${accountName}' is claimed by 's1' and 's2'`, 'choose another name']),
  ...ADDRESSES.map(([wrong, values, why]) => ofStage('email', wrong, values, value => [`'${value}'`, why])),
  ofStage('email', 'a token', token, () => ['is a token', 'as a literal']),
  ofStage('email', 'no text', notText, () => ['is ', 'give a string']),
  mistake('email of a stage: missing', word, (app, name) => org(app, { email: undefined }, [name]), name => [`email of stage '${name}' is missing`, 'give it']),
  mistake('email of a stage: too long by its name', fc.stringMatching(/^[a-z]{12,20}$/), (app, name) => org(app, { email: `${'a'.repeat(46)}@acme.example` }, [name]),
    name => [`email of stage '${name}'`, 'AWS takes 6 to 64']),
  mistake('email of a stage: that of another', word.filter(name => name.length > 3), (app, name) => org(app, {}, ['s1', { email: `${name}@acme.example` }], ['s2', { email: `${name}@acme.example` }]),
    name => [`email '${name}@acme.example' is claimed by 's1' and 's2'`]),
  mistake('email of a stage: derived for another', word, (app, name) => org(app, {}, [name], [`${name}2`, { email: `aws+${name}@acme.example` }]),
    name => [`email 'aws+${name}@acme.example' is claimed by '${name}' and '${name}2'`]),
  ofStage('organizationalUnit', 'an empty part, outer spaces, or too long', notUnit, value => [`'${value}'`, 'single slashes']),
  ofStage('organizationalUnit', 'too deep', fc.array(word, { minLength: 6, maxLength: 8 }).map(names => names.join('/')), value => [`'${value}'`, 'at most 5']),
  ofStage('organizationalUnit', 'an id', unitId, value => [`'${value}' is an id`, 'existingOrganizationalUnits']),
  ofStage('organizationalUnit', 'the root', ['r-a1b2'], value => [`'${value}' is the id of the root`, 'leave it out'], {}, { organization: EXISTING }),
  ofStage('organizationalUnit', 'a token', token, () => ['is a token', 'as a literal']),
  ofStage('organizationalUnit', 'no text', notText, () => ['is ', 'give a string']),
  mistake('organizationalUnit of a stage: in two cases', word, (app, unit) => org(app, {}, ['s1', { organizationalUnit: unit }], ['s2', { organizationalUnit: unit.toUpperCase() }]),
    unit => [`organizationalUnit '${unit}' is claimed by`, 'use one spelling']),
  ofStage('accountTags', 'too many', fc.integer({ min: 51, max: 60 }).map(count => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']))),
    tags => [`has ${Object.keys(tags).length} tags`, 'AWS takes 50']),
  ofStage('accountTags', 'a key that AWS reserves', fc.tuple(fc.constantFrom('aws:', 'AWS:', 'Aws:'), word).map(([prefix, name]) => ({ [prefix + name]: 'v' })),
    tags => [`key '${Object.keys(tags)[0]}'`, 'choose another one']),
  ofStage('accountTags', 'too long or empty', fc.oneof(fc.stringMatching(/^[a-z]{257,260}$/), fc.constant('')).map(team => ({ team })),
    ({ team }) => ["value of 'team'", `has ${team.length} characters`, 'AWS takes 1 to 256']),
  ofStage('accountTags', 'characters that AWS does not take', fc.tuple(word, fc.constantFrom('!', '\t', '*', '#')).map(parts => ({ team: parts.join('') })),
    () => ["value of 'team'", 'use letters']),
  ofStage('accountTags', 'a token', token.map(team => ({ team })), () => ["value of 'team'", 'as a literal']),
  ofStage('accountTags', 'a key that is a token', token.map(key => ({ [key]: 'v' })), () => ['a key in accountTags', 'as a literal']),
  ofStage('accountTags', 'no tags', fc.oneof(notObject, fc.constantFrom([], ['team'])), () => ['is ', 'give values by their names']),
  ofStage('region', 'not a region', notRegion, value => [`'${value}'`, 'check the spelling']),
  ofStage('region', 'a token', token, () => ['is a token', 'as a literal']),
  ofStage('region', 'in another partition', elsewhere, value => [`'${value}' is in partition`, 'a MultiAccountOrg of its own'], { accountId: PROD }),
  ofStage('region', 'off in new accounts', optIn, value => [`'${value}'`, 'regionsAreEnabled']),
  ofStage('region', 'no text', notText, () => ['is ', 'give a string']),
  ofStage('bootstrapRoleName', 'not the name of a role', fc.oneof(fc.stringMatching(/^[a-z]{65,70}$/), word.map(name => `/${name}`), word.map(name => `${name} 1`), fc.constant('')),
    value => [`'${value}'`, 'without its path']),
  ofStage('accountRemoval', 'no AccountRemoval', fc.oneof(notObject, fc.constantFrom('close', 'retain', 'DELETE')), () => ['is ', 'AccountRemoval.RETAIN or AccountRemoval.CLOSE_ACCOUNT']),
  ofStage('profile', 'no StageProfile', fc.oneof(notObject, fc.constantFrom('TESTING', {}, StageAccess.NONE, StageProfile)), () => ['is ', 'such as StageProfile.PRODUCTION']),
  ofStage('access', 'no StageAccess', fc.oneof(notObject, fc.constantFrom([], [ROLE], StageProfile.TESTING)), () => ['is ', 'such as StageAccess.ADMIN_AND_READ_ONLY']),
  ofStage('accessMfa', 'no MfaRequirement', fc.oneof(notObject, fc.constant(Duration.hours(1))), () => ['is ', 'such as MfaRequirement.REQUIRED']),
  ofStage('addresses', 'no addresses', fc.oneof(notObject, fc.constantFrom('10.1.0.0/16', { index: 1 })), () => ['is ', 'such as StageAddresses.index(…)']),
  mistake('access of a stage: admin where all share one account', [StageAccess.ADMIN_AND_READ_ONLY, StageAccess.of([{ ...ROLE, name: 'admin' }])],
    (app, access) => org(app, ONE, ['prod', { access }]), () => ["access of stage 'prod' has the role 'admin'", 'give StageAccess.READ_ONLY']),
  ...Object.entries({ email: 'prod@acme.example', accountName: 'production', accountRemoval: 'RETAIN' }).flatMap(([option, value]) => [
    mistake(`${option} of a stage: useless for an existing account`, [value], (app, useless) => org(app, {}, ['prod', { accountId: PROD, [option]: useless }]),
      () => [`${option} of stage 'prod' has no effect`, 'leave it out']),
    mistake(`${option} of a stage: useless where all share one account`, [value], (app, useless) => org(app, ONE, ['prod', { [option]: useless }]),
      () => [`${option} of stage 'prod' has no effect`, 'leave it out']),
  ]),
];

/** A mistake in a profile. */
function ofProfile<T>(option: keyof StageProfileOptions, wrong: string, values: Values<T>, wayOut: string): Mistake {
  return mistake(`${option} of a profile: ${wrong}`, values,
    (app, value) => org(app, {}, ['prod', { profile: StageProfile.STAGING.customized('derived', { [option]: value }) }]),
    () => [`${option} of profile 'derived' is`, wayOut]);
}

const OF_PROFILES_AND_ROLES: Mistake[] = [
  ofProfile('size', 'no StageSize', fc.oneof(number, fc.constantFrom('HUGE', 'small', {})), 'StageSize.SMALL or StageSize.MEDIUM or StageSize.LARGE'),
  ofProfile('removalPolicy', 'no RemovalPolicy', fc.oneof(number, fc.constantFrom('delete', 'RETAIN', 'keep')), 'such as RemovalPolicy.DESTROY'),
  ofProfile('logRetention', 'no RetentionDays', fc.constantFrom(2, 8, 31, 366, 0, -1, 'ONE_DAY'), 'such as RetentionDays.ONE_DAY'),
  ofProfile('backupRetention', 'no Duration', fc.oneof(number, fc.constantFrom('7 days', {})), 'give a Duration'),
  ofProfile('backupRetention', 'a part of a day', fc.integer({ min: 1, max: 23 }).map(Duration.hours), 'give whole days'),
  ofProfile('availabilityZones', 'not a whole number, 1 or more', fc.constantFrom(0, -1, 1.5, 0.2), 'give a whole number'),
  ofProfile('availabilityZones', 'text', ['3', 'all'], 'give a number'),
  ofProfile('deletionProtection', 'text', ['true', 'no'], 'true or false'),
  mistake('options of a profile: mistyped', mistyped('backupRetention', 'hardened', 'removalPolicy', 'size'),
    (_, { typo }) => StageProfile.STAGING.customized('derived', { [typo]: 1 } as never), ({ typo, name }) => [`'${typo}' of profile 'derived'`, `did you mean '${name}'?`]),
  mistake('name of a profile: left out', [{ size: 'SMALL' }, undefined, 7], (_, name) => StageProfile.STAGING.customized(name as never),
    () => ['name of a profile is', 'give ']),
  mistake('MfaRequirement: no whole seconds', fc.constantFrom(1, 999, 1500, 3600_001).map(Duration.millis), (_, age) => MfaRequirement.within(age), age => [`age is ${age.toSeconds({ integral: false })} seconds`, 'give a whole number, 1 or more']),
  mistake('MfaRequirement: no Duration', fc.oneof(notObject, fc.constant({})), (_, age) => MfaRequirement.within(age as never), () => ['age is ', 'give a Duration']),
  mistake('StageAccess: no list', ['admin', undefined, ROLE], (_, roles) => StageAccess.of(roles as never), () => ['roles are', 'give a list']),
  mistake('StageAccess: a missing role', [[undefined], [ROLE, null]], (_, roles) => StageAccess.of(roles as never), () => ['of a role are missing', 'give name']),
  mistake('StageAccess: an option mistyped', mistyped('managedPolicies', 'maxSessionDuration', 'description'),
    (_, { typo }) => StageAccess.of([{ ...ROLE, [typo]: 'x' }] as never), ({ typo, name }) => [`'${typo}' of role 'ops' is no option`, `did you mean '${name}'?`]),
  mistake('StageAccess: a name that cannot be part of names', notNamePart.filter(name => name.length < 25), (_, name) => StageAccess.of([{ ...ROLE, name }]),
    name => [`role '${name}'`, 'lower-case letters']),
  mistake('StageAccess: a name twice', word, (_, name) => StageAccess.of([{ ...ROLE, name }]).and({ ...ROLE, name }), name => [`role '${name}'`, 'given twice']),
  mistake('StageAccess: a name too long for its stage', fc.stringMatching(/^[a-z]{56,60}$/),
    (app, name) => org(app, {}, ['prod', { access: StageAccess.of([{ ...ROLE, name }]) }]), name => [`role '${name}' of stage 'prod'`, 'a shorter name']),
];

const POLICY: OrganizationPolicyOptions = { policyType: OrganizationPolicyType.SERVICE_CONTROL, content: '{"Statement":[]}' };

/** A mistake in a call about the whole organization. */
function ofManagement<T>(
  kind: string, values: Values<T>, call: (it: IManagement, value: T, acme: MultiAccountOrg) => void, says: Says<T>,
): Mistake {
  return mistake(kind, values, (app, value) => {
    const acme = org(app, {}, ['prod']);
    call(acme.management!, value, acme);
  }, says);
}

const OF_MANAGEMENT: Mistake[] = [
  ofManagement('policy: neither statements nor content', word, (it, id) => it.addPolicy(id, { policyType: POLICY.policyType }), id => [`policy '${id}' has neither`, 'give one of them']),
  ofManagement('policy: statements and content', word, (it, id) => it.addPolicy(id, { ...POLICY, statements: [] }), id => [`policy '${id}' has statements and content`, 'give one of them']),
  ofManagement('policy: content that is no JSON', ['{', "{'a': 1}", 'deny', 'null', '[]', '"x"'], (it, content) => it.addPolicy('x', { ...POLICY, content }), () => ["content of policy 'x'", 'give one object']),
  ofManagement('policy: too large', fc.integer({ min: 10_300, max: 11_000 }), (it, length) => it.addPolicy('x', { ...POLICY, content: JSON.stringify({ Statement: ['x'.repeat(length)] }) }),
    () => ["policy 'x' has ", 'AWS takes 10240, so divide it']),
  ofManagement('policy: attached to nothing', [{ stages: [] }, { organizationalUnits: [] }], (it, targets) => it.addPolicy('x', { ...POLICY, ...targets }), () => ["policy 'x' has ", 'name one']),
  ofManagement('policy: no policy type', fc.oneof(notObject, fc.constant('SERVICE_CONTROL_POLICY')), (it, policyType) => it.addPolicy('x', { ...POLICY, policyType: policyType as never }),
    () => ["policyType of policy 'x' is", 'such as OrganizationPolicyType.SERVICE_CONTROL']),
  ofManagement('policy: a type that is no name', word, (it, name) => it.addPolicy('x', { ...POLICY, policyType: OrganizationPolicyType.of(name) }), name => [`policyType '${name}'`, "like 'TAG_POLICY'"]),
  ofManagement('policy: an option mistyped', mistyped('policyName', 'description', 'removalPolicy'), (it, { typo }) => it.addPolicy('x', { ...POLICY, [typo]: 'x' } as never),
    ({ typo, name }) => [`'${typo}' of policy 'x' is no option`, `did you mean '${name}'?`]),
  ofManagement('organizational unit: a path that is none', notUnit, (it, path) => it.addOrganizationalUnit(path), path => [`path '${path}'`, 'single slashes']),
  ofManagement('policy: a path that is none', notUnit, (it, path) => it.addPolicy('x', { ...POLICY, organizationalUnits: [path] }), path => [`path '${path}'`, 'single slashes']),
  ofManagement('enableServiceAccess: no service principal', fc.oneof(word, word.map(name => `${name}.amazonaws`), fc.constant('*.amazonaws.com')),
    (it, name) => it.enableServiceAccess(name), name => [`servicePrincipal '${name}'`, 'guardduty.amazonaws.com']),
  ofManagement('enablePolicyType: no policy type', fc.oneof(word, fc.constantFrom('TAG-POLICY', '')), (it, name) => it.enablePolicyType(name), name => [`policyType '${name}'`, "like 'TAG_POLICY'"]),
  ofManagement('registerDelegatedAdministrator: root', word, (it, name, acme) => it.registerDelegatedAdministrator(`${name}.amazonaws.com`, acme.root),
    name => [`stage 'root' cannot administer '${name}.amazonaws.com'`, 'give another stage']),
  ofManagement('accountIdOf: a stage of another organization', foreign, (it, managementAccountId, acme) =>
    void it.accountIdOf(new MultiAccountOrg(acme.node.root as App, 'beta', orgProps({ managementAccountId, email: 'aws@beta.example' })).root, acme.root),
  () => ["stage 'beta/root' is none of 'acme'", 'give one of its stages']),
];

const STANDALONE = { accountId: PROD, managementAccountId: ROOT, region: 'eu-west-1', namespace: 'acme' };

/** A mistake in a property of a stage that stands alone. */
function ofStandalone<T>(property: keyof typeof STANDALONE, wrong: string, values: Values<T>, says: Says<T>): Mistake {
  return mistake(`${property} of a standalone stage: ${wrong}`, values,
    (app, value) => new StageAccount(app, 'prod', { ...STANDALONE, [property]: value }), value => ["stage 'prod'", property, ...says(value)]);
}

const ALONE: Mistake[] = [
  ofStandalone('accountId', 'not an account', notAccount.filter(id => id !== '000000000000'), value => [`'${value}'`, '12 digits']),
  ofStandalone('managementAccountId', 'not an account', notAccount, value => [`'${value}'`, '12 digits']),
  ofStandalone('region', 'not a region', notRegion, value => [`'${value}'`, 'check the spelling']),
  ofStandalone('namespace', 'a beginning that AWS keeps', ['aws-x', 'ssm', 'sthree-x'], value => [`'${value}'`, 'give another']),
  ofStandalone('accountId', 'missing', [undefined, null], () => ['is missing']),
  ofStandalone('managementAccountId', 'a number', number, value => [`is the number ${value}`]),
  mistake('properties of a standalone stage: missing', [undefined, null], (app, props) => new StageAccount(app, 'prod', props as never),
    () => ["options of stage 'prod' are missing", 'give accountId']),
  mistake('properties of a standalone stage: mistyped', mistyped('profile', 'addresses', 'access'),
    (app, { typo }) => new StageAccount(app, 'prod', { ...STANDALONE, [typo]: 'x' } as never), ({ typo, name }) => [`'${typo}' of stage 'prod'`, `did you mean '${name}'?`]),
];

export const ORGANIZATION_MISTAKES: Mistake[] = [
  ...OF_THE_ORGANIZATION, ...NAMES, ...OF_A_STAGE, ...OF_PROFILES_AND_ROLES, ...OF_MANAGEMENT, ...ALONE,
];
