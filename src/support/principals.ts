import { CfnResource, Reference, Stack, Token, Tokenization } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';
import { acceptWildcards } from './nag';
import { NO_ACCOUNT } from './rules';

// every prop and method that takes a principal or a grantee is validated here

const ACCOUNT = '(\\d{12}|\\$\\{Token\\[[^:]*\\]\\})';
const ROLE_OR_USER = new RegExp(`^arn:[^:]+:iam::${ACCOUNT}:(role|user)/[^*?]+$`);

/** ARN of the single role or user that a grantee is, without conditions. Throws for anything else. */
export function roleOrUser(property: string, grantee: iam.IGrantable): string {
  refuseNobody(property, grantee);
  const { principalJson, conditions } = grantee.grantPrincipal.policyFragment;
  const [arn, more] = (principalJson as { AWS?: string[] }).AWS ?? [];
  const isOne = arn !== undefined && more === undefined
    && (ROLE_OR_USER.test(arn) || isReference(arn) || isImported(grantee, arn));
  if (!isOne || Object.keys(conditions).length > 0) {
    const why = isOne ? ', under conditions that cannot be asked for here' : '';
    throw new Error(`${property} holds ${readable(grantee)}${why}: `
      + 'give roles or users one by one, as `stage.readOnly` or `new ArnPrincipal(arn)`');
  }
  return arn;
}

/** The same, of an account that exists: the policies of an organization are deployed with its accounts. */
export function exempted(property: string, grantee: iam.IGrantable): string {
  const arn = roleOrUser(property, grantee);
  if (arn.includes(`:${NO_ACCOUNT}:`)) {
    throw new Error(`${property} holds ${readable(grantee)} of an account that does not exist yet, and the policies of an organization are deployed with `
      + 'its accounts: add it once the account exists, or name a role of root');
  }
  return arn;
}

/** Name of a role or user outside of templates: its ARN, or its path if AWS generates the name. */
export function knownAs(grantee: iam.IGrantable): string {
  const arn = roleOrUser('grantee', grantee);
  return isReference(arn) && Construct.isConstruct(grantee) ? grantee.node.path : arn;
}

/** Grant in the policies of a grantee of the same account. Throws if there is no policy to write it to. */
export function grantHere(
  owner: IConstruct, method: string, grantee: iam.IGrantable, grant: () => iam.Grant,
): iam.Grant {
  refuseNobody(`${method} of '${owner.node.path}'`, grantee);
  const here = Stack.of(owner).account;
  const there = grantee.grantPrincipal.principalAccount ?? here;
  if (here !== there && ![here, there].some(Token.isUnresolved)) {
    throw new Error(`${method} is given ${readable(grantee)} of account '${there}', and '${owner.node.path}' is in '${here}': `
      + 'what is allowed stays in its account, so give a role of that, which the other one may assume');
  }
  return grantByPolicy(owner, method, grantee, grant);
}

/** The same for a resource in another account than the grantee. */
export function grantByPolicy(
  owner: IConstruct, method: string, grantee: iam.IGrantable, grant: () => iam.Grant,
): iam.Grant {
  refuseNobody(`${method} of '${owner.node.path}'`, grantee);
  const granted = grant();
  // an imported role of another account accepts grants, but writes them nowhere
  const accounts = Construct.isConstruct(grantee)
    ? [Stack.of(grantee).account, grantee.grantPrincipal.principalAccount ?? Stack.of(grantee).account] : [];
  const isElsewhere = !accounts.some(Token.isUnresolved) && new Set(accounts).size > 1;
  const isUnknown = grantee.grantPrincipal instanceof iam.UnknownPrincipal;
  if (granted.principalStatements.length === 0 || isElsewhere || isUnknown) {
    throw new Error(`${method} of '${owner.node.path}' is given ${readable(grantee)}, which has no policy of its own that could `
      + 'say so: give a role, user or group that is defined in the app');
  }
  acceptWildcards(grantee.grantPrincipal, granted.principalStatements,
    `${method} of '${owner.node.path}' is for everything in it, and for nothing elsewhere`);
  return granted;
}

/** Throws for what is no principal at all, such as a name that is spelled wrong, or a string, in JavaScript. */
function refuseNobody(property: string, grantee: iam.IGrantable): void {
  if (!(grantee as iam.IGrantable | undefined)?.grantPrincipal) {
    throw new Error(`${property} holds ${readable(grantee)}, which is no principal: give roles or users, such as \`stage.readOnly\` or `
      + '`new ArnPrincipal(arn)`');
  }
}

/**
 * Everyone whom a known account allows to: one principal for all roles, because the CDK keeps the ARN of each, and
 * what trusts everybody is looked for in each.
 */
export function everyoneIn(accountId: string): iam.IPrincipal {
  const made = ACCOUNTS.get(accountId) ?? new iam.AccountPrincipal(accountId);
  ACCOUNTS.set(accountId, made);
  return made;
}

/** Returns whether a principal is that of `everyoneIn`: there is nothing to find out about it. */
export function isEveryoneInAccount(principal: iam.IPrincipal): boolean {
  return ACCOUNTS.get((principal as Partial<iam.AccountPrincipal>).accountId) === principal;
}

const ACCOUNTS = new Map<string, iam.IPrincipal>();

const UNIQUE_ID = /^(AIDA|AROA)[A-Z0-9]{12,}$/;
const TRUSTABLE = /^arn:[^:]+:(iam::\d{12}:(root$|(role|user)\/.)|sts::\d{12}:(assumed-role|federated-user)\/.)/;

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
function refuseUnknown(property: string, principal: iam.IPrincipal): void {
  const names = [...kindsOf(principal).flatMap(([kind, name]) => kind === 'AWS' ? [name] : []), ...accountOf(principal)];
  // wildcards are known to be restricted, or everybody was refused
  const isKnown = (name: string) => Token.isUnresolved(name)
    || [/[*?]/, /^\d{12}$/, UNIQUE_ID, TRUSTABLE].some(form => form.test(name));
  const bad = names.find(name => !isKnown(name));
  if (bad !== undefined) {
    throw new Error(`${property} holds '${bad}', ${/:group\//.test(bad) ? 'a group, which' : 'which'} no policy can name as a principal: `
      + 'give the 12 digits of an account, or the ARN of a role or user');
  }
}

/** Throws if a policy with this principal would let everybody in, in whatever form, or cannot name it. */
export function refuseEverybody(property: string, principal: iam.IPrincipal): void {
  refuseNobody(property, principal);
  const wayOut = 'name accounts, roles or users, or the `sub` of who is federated';
  for (const statement of trustStatements(principal)) {
    const { Principal = {}, Condition = {} } = statement;
    const entries = typeof Principal === 'string' ? [['AWS', Principal]] : Object.entries(Principal);
    for (const [type, value] of entries as Array<[string, string | string[]]>) {
      const names = [value].flat().map(withoutTokens).concat(hiddenNames(principal));
      if (names.some(name => /[*?]/.test(name))) {
        if (!isOfSomebody(Condition)) {
          throw new Error(`${property} holds everybody, as '${names.filter(Boolean).join("', '")}': ${wayOut}`);
        }
        refuseNoOrganization(property, Condition);
      }
      const wide = type === 'Federated' && !isSaml(statement) ? tooWide([value].flat().join(), Condition) : undefined;
      if (wide !== undefined) {
        throw new Error(`${property} holds everybody whom ${readableText([value].flat().join())} knows, ${wide}: ${wayOut}`);
      }
    }
  }
  refuseUnknown(property, principal);
}

export type Conditions = Record<string, Record<string, string | string[]>>;

type Named = [kind: string, name: string];

/** Entries of a principal, each with its type, such as `AWS`, `Service` or `Federated`, and name. */
export function kindsOf(principal: iam.IPrincipal): Named[] {
  const named = (kind: string, names: string | string[]) => [names].flat().map((name): Named => [kind, name]);
  return trustStatements(principal).flatMap(({ Principal = {} }) => typeof Principal === 'string'
    ? named('AWS', Principal) : Object.entries(Principal).flatMap(([type, names]) => named(type, names)));
}

/** Services that assume a role of this app, whose code decides what it does. */
export function servicesThatAssume({ grantPrincipal }: iam.IGrantable): string[] {
  const { assumeRolePolicy } = grantPrincipal as Partial<iam.Role>;
  const statements: TrustStatement[] = assumeRolePolicy?.toJSON()?.Statement ?? [];
  return statements.flatMap(({ Principal }) => typeof Principal === 'object' ? Principal.Service ?? [] : []).flat();
}

/** Returns whether it is a role, of this app or another, a session of one, or what conditions leave of others. */
export function isRole(principal: iam.IPrincipal): boolean {
  const { wrapped } = principal as { readonly wrapped?: iam.IPrincipal };
  return trustStatements(principal).some(({ Condition = {} }) => admitsRolesOnly(Condition))
    || (wrapped ? isRole(wrapped) : 'roleArn' in principal || kindsOf(principal).some(([, name]) => isNameOfRole(name)));
}

/** Returns whether a condition on `aws:PrincipalArn` leaves roles alone. */
export function admitsRolesOnly(conditions: Conditions): boolean {
  return termsOf(conditions).some(({ operator, key, values }) =>
    BINDING.test(operator) && isKey(key, 'PrincipalArn') && values.every(isNameOfRole));
}

function isNameOfRole(name: string): boolean {
  return /:(role|assumed-role)\//.test(name) || referenceIn(name)?.cfnResourceType === 'AWS::IAM::Role';
}

/**
 * Returns whether a principal lets in users of an account, as far as that is known at synthesis.
 *
 * @param organizationId that of the account, if it is known
 */
export function admitsUsersOf(principal: iam.IPrincipal, accountId: string, organizationId?: string): boolean {
  if (principal instanceof iam.AccountPrincipal) {
    return isUserOf(String(principal.accountId), accountId);
  }
  return trustStatements(principal).some(({ Principal = {}, Condition = {} }) => {
    const names = typeof Principal === 'string' ? [Principal] : [Principal.AWS ?? []].flat();
    const meets = ({ operator, key, values }: Term) => !BINDING.test(operator) || values.some(value =>
      isKey(key, 'PrincipalArn') ? isUserOf(value, accountId)
        : isKey(key, 'PrincipalAccount') ? mayBe(value, accountId)
          : !isKey(key, 'PrincipalOrg(ID|Paths)') || organizationId === undefined || mayBe(value.split('/')[0], organizationId));
    return names.some(name => isUserOf(name, accountId)) && termsOf(Condition).every(meets);
  });
}

/** Keys that a principal asks of users of an account, beside who they are and MFA: such as `aws:SourceIp`. */
export function keysAskedOf(principal: iam.IPrincipal, accountId: string): string[] {
  const keys = admitsUsersOf(principal, accountId)
    ? trustStatements(principal).flatMap(({ Condition = {} }) => termsOf(Condition).map(({ key }) => key)) : [];
  return keys.filter(key => !/^aws:(Principal|MultiFactorAuth|userid$|username$)/i.test(key));
}

function isUserOf(name: string, accountId: string): boolean {
  const [, , , , account = name, what = name] = name.split(':');
  const isOther = isNameOfRole(name) || /^(AROA|federated-user\/)/.test(what);
  return !isOther && (name.startsWith('AIDA') || mayBe(account, accountId));
}

function mayBe(value: string, wanted: string): boolean {
  return value === wanted || Token.isUnresolved(value) || /[*?]/.test(value);
}

/** Name of a principal in messages: as in the code, or as in AWS, and never a token. */
export function readable(grantee: iam.IGrantable | iam.IPrincipal | IConstruct): string {
  if (grantee === undefined || grantee === null) {
    return 'nothing';
  }
  const called = grantee as { readonly [CALLED]?: string };
  if (called[CALLED] !== undefined) {
    return `'${called[CALLED]}'`;
  }
  if (Construct.isConstruct(grantee)) {
    return `'${grantee.node.path}'`;
  }
  if (grantee instanceof iam.AccountPrincipal) {
    return `all of account ${readableText(String(grantee.accountId))}`;
  }
  if (grantee instanceof iam.ServicePrincipal) {
    return `service '${grantee.service}'`;
  }
  if (grantee instanceof iam.OrganizationPrincipal) {
    return `all of organization ${readableText(grantee.organizationId)}`;
  }
  const { permissionSetName, accountId } = grantee as { readonly [name in 'permissionSetName' | 'accountId']?: string };
  if (permissionSetName !== undefined) {
    return `permission set '${permissionSetName}' of account ${readableText(String(accountId))}`;
  }
  const { wrapped } = grantee as { readonly wrapped?: iam.IPrincipal };
  if (wrapped) {
    return readable(wrapped);
  }
  if (!('grantPrincipal' in Object(grantee))) {
    return String(grantee) === String({}) ? 'an object' : readableText(String(grantee));
  }
  return kindsOf(grantee.grantPrincipal).map(([type, name]) => `${type === 'AWS' ? '' : `${type} `}${readableText(name)}`).join(', ')
    || `'${String(grantee)}'`;
}

/** Path of a construct as the code has it: without the resource that a construct of the CDK makes. */
export function pathInCode({ node }: IConstruct): string {
  return node.id === 'Resource' && node.scope ? node.scope.node.path : node.path;
}

/** Sets the name of a construct in messages: as in the code, such as `prod.admin`. */
export function callIt(construct: IConstruct, name: string): void {
  Object.defineProperty(construct, CALLED, { value: name });
}

const CALLED = Symbol.for('cdk-multi-account-org.called');

/** ARN that is the same for the same role or user, whatever tokens it is written with. */
export function identityOf(stack: Stack, arn: string): string {
  const resolved: unknown = stack.resolve(arn);
  const text = JSON.stringify((resolved as { 'Fn::Join'?: [string, unknown[]] })?.['Fn::Join']?.[1].map(part => {
    const pseudo = (part as { Ref?: string }).Ref;
    return pseudo === 'AWS::Partition' ? 'aws' : pseudo === 'AWS::AccountId' ? stack.account : part;
  }) ?? [resolved]);
  return text.replace(/","/g, '').replace(/arn:aws(-[a-z-]+)?:/g, 'arn:aws:');
}

interface TrustStatement {
  readonly Action?: string | string[];
  readonly Principal?: string | Record<string, string | string[]>;
  readonly Condition?: Conditions;
}

/** Statements of a role's trust policy for this principal. */
function trustStatements(principal: iam.IPrincipal): TrustStatement[] {
  const assumable = principal as Partial<iam.IAssumeRolePrincipal>;
  if (assumable.addToAssumeRolePolicy === undefined) {
    const { principalJson, conditions } = principal.policyFragment;
    return [{ Principal: principalJson, Condition: conditions as Conditions }];
  }
  const document = new iam.PolicyDocument();
  assumable.addToAssumeRolePolicy(document);
  return document.toJSON()?.Statement ?? [];
}

function isSaml({ Action }: TrustStatement): boolean {
  return [Action].flat().includes('sts:AssumeRoleWithSAML');
}

interface Term {
  readonly operator: string;
  readonly key: string;
  readonly values: string[];
}

/** All that conditions ask for: each of it has to be met. */
function termsOf(conditions: Conditions): Term[] {
  return Object.entries(conditions).flatMap(([operator, keys]) => Token.isUnresolved(keys) ? []
    : Object.entries(keys).map(([key, values]) => ({ operator, key, values: [values].flat().map(String) })));
}

function isKey(key: string, name: string): boolean {
  return new RegExp(`^aws:${name}$`, 'i').test(key);
}

/** Returns whether a condition restricts everybody to one organization, unit of one, account or principal. */
function isOfSomebody(conditions: Conditions): boolean {
  return termsOf(conditions).some(({ operator, key, values }) => values.length > 0 && (
    /^(String|Arn)Equals$/.test(operator) && isKey(key, 'Principal(OrgID|Account|Arn)') && !values.some(isOpen)
    // the key has several values, and `ForAllValues` holds where there is none
    || /^ForAnyValue:String(Equals|Like)$/.test(operator) && isKey(key, 'PrincipalOrgPaths')
      && values.every(value => value.includes('/') && !isOpen(value.split('/')[0]))));
}

/** Returns whether others can meet it, by a wildcard or a variable of policies, which is what they say themselves. */
function isOpen(value: string): boolean {
  return /[*?]|\$\{/.test(withoutTokens(value));
}

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html */
function refuseNoOrganization(property: string, conditions: Conditions): void {
  const ids = termsOf(conditions).filter(({ key }) => isKey(key, 'PrincipalOrg(ID|Paths)'))
    .flatMap(({ values }) => values.map(value => value.split('/')[0])).filter(id => !Token.isUnresolved(id));
  // one letter many times is an example
  const bad = ids.find(id => !/^o-[a-z0-9]{10,32}$/.test(id) || /^o-(.)\1*$/.test(id));
  if (bad !== undefined) {
    throw new Error(`${property} holds the organization '${bad}', which is not an id that AWS gives: look it up in AWS Organizations, `
      + "and give it as in 'o-a1b2c3d4e5'");
  }
}

/** Names that are wrapped in tokens of their own. */
function hiddenNames(principal: iam.IPrincipal): string[] {
  return principal instanceof iam.ServicePrincipal ? [withoutTokens(principal.service)]
    : accountOf(principal).map(withoutTokens);
}

function accountOf(principal: iam.IPrincipal): string[] {
  return principal instanceof iam.AccountPrincipal ? [String(principal.accountId)] : [];
}

function withoutTokens(text: string): string {
  return String(text).replace(/\$\{Token\[[^\]]*\]\}/g, '');
}

/** Providers with which everybody can have an account, and the least that a subject of theirs must contain. */
const SHARED: Array<[RegExp, RegExp]> = [
  [/^token\.actions\.githubusercontent\.com$/, /(^|:)repo:[^*?:/@]+[/@]|repository(_owner)?(_id)?:[^*?:/]+(:|$)/],
  [/^gitlab\.com$/, /^project_path:[^*?:/]+\//],
  [/^(app\.terraform\.io|agent\.buildkite\.com)$/, /^organization:[^*?:/]+:/],
];

/** Providers whose `aud` or `app_id` identifies an application of one owner. */
const BY_APPLICATION = [
  'cognito-identity.amazonaws.com:aud', 'accounts.google.com:aud', 'www.amazon.com:app_id', 'graph.facebook.com:app_id',
];

const BINDING = /^(ForAnyValue:)?(String|Arn)(Equals|Like|EqualsIgnoreCase)$/i;

/** Reason why conditions on a federated principal restrict nothing, if they do not. */
function tooWide(provider: string, conditions: Conditions): string | undefined {
  const known = Token.isUnresolved(provider) ? undefined : provider.split('oidc-provider/').pop()!;
  if (Object.values(conditions).some(keys => Token.isUnresolved(keys))) {
    return undefined; // known at deployment only
  }
  const about = termsOf(conditions).map(term => ({ ...term, issuer: term.key.replace(/:[^:]*$/, '') }))
    .filter(({ issuer }) => known === undefined || issuer === known)
    .filter(({ key, issuer }) => /:(sub|oid)$/i.test(key) || BY_APPLICATION.includes(key)
      || /:aud$/i.test(key) && !isShared(issuer));
  if (about.length === 0) {
    return 'because no condition names a `sub`';
  }
  const binding = about.filter(({ operator }) => BINDING.test(operator));
  if (binding.length === 0) {
    return `because ${about[0].operator} holds where there is no \`sub\``;
  }
  // all conditions must be met, so one narrow condition is enough
  const vague = binding.map(({ issuer, values }) => values.find(value => !isNarrow(issuer, value)));
  return vague.includes(undefined) ? undefined : `because '${vague[0]}' is anybody's`;
}

function isShared(issuer: string): boolean {
  return SHARED.some(([name]) => name.test(issuer)) || BY_APPLICATION.some(key => key.startsWith(`${issuer}:`));
}

function isNarrow(issuer: string, value: string): boolean {
  if (Token.isUnresolved(value)) {
    return true;
  }
  const [, least] = SHARED.find(([name]) => name.test(issuer)) ?? [];
  return !isOpen(value) || (least ? least.test(value) : /[a-z0-9]/i.test(value.replace(/^[\w-]+:(?=[*?])/, '')));
}

/** A name or an account as it appears in messages. */
function readableText(text: string): string {
  return `'${plain(text)}'`;
}

/** Text without tokens: the path of the referenced construct, or dots for values known at deployment only. */
export function plain(text: string): string {
  if (!Token.isUnresolved(text)) {
    return text;
  }
  const { tokens } = Tokenization.reverseString(text);
  const target = tokens.map(token => Reference.isReference(token) && pathInCode(token.target)).find(Boolean);
  const partition = /\$\{Token\[AWS[.]Partition[^\]]*\]\}/g;
  return target || text.replace(partition, 'aws').replace(/\$\{Token\[[^\]]*\]\}/g, '…');
}

/** ARN of a role or user of this app, and not a concatenation of tokens, which could end in `:root`. */
function isReference(arn: string): boolean {
  const { length, firstToken } = Tokenization.reverseString(arn);
  return length === 1 && Reference.isReference(firstToken)
    && /^AWS::IAM::(Role|User)$/.test(referenceIn(arn)?.cfnResourceType ?? 'AWS::IAM::Role');
}

/** Resource of this app that an ARN of one token refers to. */
function referenceIn(arn: string): CfnResource | undefined {
  const { firstToken } = Tokenization.reverseString(arn);
  return Reference.isReference(firstToken) && CfnResource.isCfnResource(firstToken.target)
    ? firstToken.target : undefined;
}

/** An existing role or user, by an ARN that is known at deployment only. */
function isImported(grantee: iam.IGrantable, arn: string): boolean {
  return ('roleName' in grantee || 'userName' in grantee)
    && Token.isUnresolved(arn) && Tokenization.reverseString(arn).length === 1;
}
