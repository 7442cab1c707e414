import { Reference, Stack, Token, Tokenization } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';

// the one door for whoever is let in or granted anything: whatever takes a principal or a grantee asks here

const ROLE_OR_USER = /^arn:[^:]+:iam::[^:*?]+:(role|user)\/[^*?]+$/;

/** The ARN of the one role or user that a grantee is, without conditions. It throws if it is anything else. */
export function roleOrUser(property: string, grantee: iam.IGrantable): string {
  const { principalJson, conditions } = grantee.grantPrincipal.policyFragment;
  const [arn, more] = (principalJson as { AWS?: string[] }).AWS ?? [];
  const isOne = arn !== undefined && more === undefined && (ROLE_OR_USER.test(arn) || isReference(arn));
  if (!isOne || Object.keys(conditions).length > 0) {
    const why = isOne ? ', under conditions that cannot be asked for here' : '';
    throw new Error(`${property} holds ${readable(grantee)}${why}: `
      + 'give roles or users one by one, as `stage.readOnly` or `new ArnPrincipal(arn)`');
  }
  return arn;
}

/** What a role or user is called outside of templates: its ARN, or its path if AWS makes up the name. */
export function knownAs(grantee: iam.IGrantable): string {
  const arn = roleOrUser('grantee', grantee);
  return isReference(arn) && Construct.isConstruct(grantee) ? grantee.node.path : arn;
}

/** A grant by the policies of a grantee of the same account. It throws where it would be written nowhere. */
export function grantHere(
  owner: IConstruct, method: string, grantee: iam.IGrantable, grant: () => iam.Grant,
): iam.Grant {
  const here = Stack.of(owner).account;
  const there = grantee.grantPrincipal.principalAccount ?? here;
  if (here !== there && ![here, there].some(Token.isUnresolved)) {
    throw new Error(`${method} is given ${readable(grantee)} of account '${there}', and '${owner.node.path}' is in '${here}': `
      + 'what is allowed stays in its account, so give a role of that, which the other one may assume');
  }
  return grantByPolicy(owner, method, grantee, grant);
}

/** The same for what is in another account than the grantee. */
export function grantByPolicy(
  owner: IConstruct, method: string, grantee: iam.IGrantable, grant: () => iam.Grant,
): iam.Grant {
  const granted = grant();
  // an imported role of another account takes what it is granted, and writes it nowhere
  const accounts = Construct.isConstruct(grantee)
    ? [Stack.of(grantee).account, grantee.grantPrincipal.principalAccount ?? Stack.of(grantee).account] : [];
  const isElsewhere = !accounts.some(Token.isUnresolved) && new Set(accounts).size > 1;
  if (granted.principalStatements.length === 0 || isElsewhere) {
    throw new Error(`${method} of '${owner.node.path}' is given ${readable(grantee)}, which has no policy of its own that could `
      + 'say so: give a role, user or group that is defined in the app');
  }
  return granted;
}

/** Throws if a policy would let everybody in, in whatever way it is said. */
export function refuseEverybody(property: string, principal: iam.IPrincipal): void {
  const wayOut = 'name accounts, roles or users, or the `sub` of who is federated';
  for (const { Principal = {}, Condition = {} } of trustStatements(principal)) {
    const entries = typeof Principal === 'string' ? [['AWS', Principal]] : Object.entries(Principal);
    for (const [type, value] of entries as Array<[string, string | string[]]>) {
      const names = [value].flat();
      const literal = names.filter(name => !Token.isUnresolved(name));
      if (literal.some(name => /[*?]/.test(name))) {
        throw new Error(`${property} holds everybody, as '${literal.join("', '")}': ${wayOut}`);
      }
      const wide = type === 'Federated' ? tooWide(names.join(), Condition) : undefined;
      if (wide !== undefined) {
        throw new Error(`${property} holds everybody whom ${readableText(names.join())} knows, ${wide}: ${wayOut}`);
      }
    }
  }
}

type Conditions = Record<string, Record<string, string | string[]>>;

type Named = [kind: string, name: string];

/** Who somebody is, each by kind, such as `AWS`, `Service` or `Federated`, and name. */
export function kindsOf(principal: iam.IPrincipal): Named[] {
  const named = (kind: string, names: string | string[]) => [names].flat().map((name): Named => [kind, name]);
  return trustStatements(principal).flatMap(({ Principal = {} }) => typeof Principal === 'string'
    ? named('AWS', Principal) : Object.entries(Principal).flatMap(([type, names]) => named(type, names)));
}

/** How a principal is named in messages: as the code does, or as AWS does, and never by a token. */
export function readable(grantee: iam.IGrantable | iam.IPrincipal): string {
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
  return kindsOf(grantee.grantPrincipal).map(([type, name]) => `${type === 'AWS' ? '' : `${type} `}${readableText(name)}`).join(', ')
    || `'${String(grantee)}'`;
}

/** Says how messages name a construct: as the code does, such as `prod.admin`. */
export function callIt(construct: IConstruct, name: string): void {
  Object.defineProperty(construct, CALLED, { value: name });
}

const CALLED = Symbol.for('cdk-multi-account-org.called');

/** An ARN that is the same for the same role or user, whatever tokens it is written with. */
export function identityOf(stack: Stack, arn: string): string {
  const resolved: unknown = stack.resolve(arn);
  const text = JSON.stringify((resolved as { 'Fn::Join'?: [string, unknown[]] })?.['Fn::Join']?.[1].map(part => {
    const pseudo = (part as { Ref?: string }).Ref;
    return pseudo === 'AWS::Partition' ? 'aws' : pseudo === 'AWS::AccountId' ? stack.account : part;
  }) ?? [resolved]);
  return text.replace(/","/g, '').replace(/arn:aws(-[a-z-]+)?:/g, 'arn:aws:');
}

interface TrustStatement {
  readonly Principal?: string | Record<string, string | string[]>;
  readonly Condition?: Conditions;
}

/** What the trust of a role would say. */
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

/** Why a condition on who is federated says nothing, if it does not. */
function tooWide(issuer: string, conditions: Conditions): string | undefined {
  if (/saml-provider/.test(issuer) || Token.isUnresolved(issuer)) {
    return undefined;
  }
  const about = Object.entries(conditions).flatMap(([operator, keys]) => Object.entries(keys)
    .filter(([key]) => /:(sub|oid|amr)$/.test(key) || issuer === 'cognito-identity.amazonaws.com' && key.endsWith(':aud'))
    .map(([key, values]) => ({ operator, key, values: [values].flat() })));
  if (about.length === 0) {
    return 'because no condition names a `sub`';
  }
  const binding = about.filter(({ operator }) => /^(String|Arn)(Equals|Like|EqualsIgnoreCase)$/.test(operator));
  if (binding.length === 0) {
    return `because ${about[0].operator} holds where there is no \`sub\``;
  }
  const vague = binding.flatMap(({ values }) => values)
    .find(value => !Token.isUnresolved(value) && /[*?]/.test(value) && !/^[^*?]*[:/][^*?:/]+[:/]/.test(value.replace(/^repo:(?=[*?:/])/, '')));
  return vague === undefined ? undefined : `because '${vague}' is anybody's`;
}

/** What stands for a name or an account, without a token. */
function readableText(text: string): string {
  if (!Token.isUnresolved(text)) {
    return `'${text}'`;
  }
  const { tokens } = Tokenization.reverseString(text);
  const target = tokens.map(token => Reference.isReference(token) && token.target.node.path).find(Boolean);
  const partition = /\$\{Token\[AWS[.]Partition[^\]]*\]\}/g;
  return `'${target || text.replace(partition, 'aws').replace(/\$\{Token\[[^\]]*\]\}/g, '…')}'`;
}

/** The ARN of a resource of this app, and nothing put together of tokens, which could end in `:root`. */
function isReference(arn: string): boolean {
  const { length, firstToken } = Tokenization.reverseString(arn);
  return length === 1 && Reference.isReference(firstToken);
}
