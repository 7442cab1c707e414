import { writeFileSync } from 'fs';
import { join } from 'path';
import { DefaultTokenResolver, Stage, Token, Tokenization } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { IConstruct } from 'constructs';
import { CrossAccountAccessRole } from '../cross-account-access-role';
import { Fact, IOrganization } from './organization';
import { OrganizationSource } from './organization-source';
import { StageClaim } from './problems';
import { Literal, placeOf, trustsOf } from './trusts';
import { plain } from '../support/principals';
import { NO_ACCOUNT } from '../support/rules';

/** Version of the file, raised when its readers must know of a change. The schema is docs/organization.schema.json. */
const VERSION = 1;

/** Facts as they are written: the partition is resolved at synthesis, any other token stays. */
export function literalFacts(organization: IOrganization, facts: Fact[]): Fact[] {
  const literal = literalIn(organization);
  return facts.map(({ kind, subject, name, value, source }) =>
    ({ kind, subject: literal(source, subject), name: literal(source, name), value: literal(source, value), source }));
}

/** Resolves the partition in texts. */
export function literalIn(organization: IOrganization): Literal {
  const { partition = 'aws' } = RegionInfo.get(organization.root.region!);
  const known = new Map<string, string>(); // most facts have the same few tokens, such as the account of root
  return (source, text) => {
    if (!Token.isUnresolved(text)) {
      return text;
    }
    const found = known.get(text) ?? withPartition(at(organization, source), text, partition);
    if (found !== text) {
      known.set(text, found);
    }
    return found;
  };
}

/** Problems of facts: they are read without the app, so no token may be left in them. */
export function factProblems(facts: Fact[]): string[] {
  return facts.flatMap(fact => {
    const known = (before: string, text: string) => Token.isUnresolved(text) ? '' : ` ${before}'${text}'`;
    const called = `fact${known('', fact.kind)}${known('of ', fact.source)}`;
    const unresolved = Object.entries(fact).filter(([, value]) => Token.isUnresolved(value)).map(([name]) => name);
    return [
      ...unresolved.map(property => `${called} has a token as its ${property}: give what is known at synth, or leave the fact out`),
      ...unresolved.includes('kind') || /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(fact.kind) ? []
        : [`${called} has an invalid kind: give lower-case letters, digits and single hyphens`],
      ...fact.subject && fact.name && fact.source ? [] : [`${called} is incomplete: give it a subject, a name and a source`],
    ];
  });
}

/** Writes facts next to the manifest of the cloud assembly. */
export function writeFacts(organization: IOrganization, facts: Fact[]): void {
  const { namespace } = organization;
  const content = { version: VERSION, namespace, facts };
  writeFileSync(join(Stage.of(organization)!.outdir, `${namespace}.organization.json`), `${JSON.stringify(content, undefined, 1)}\n`);
}

/** Facts about the stages themselves. */
export function stageFacts({ root, stages }: IOrganization, claims: StageClaim[], source: OrganizationSource): Fact[] {
  return [root, ...stages].flatMap((stage, index) => {
    const { email, organizationalUnit } = claims[index - 1] ?? {};
    const known: Record<string, string | undefined> = {
      'account-id': stage.accountId === NO_ACCOUNT ? undefined : stage.accountId,
      'email': email,
      ...stage === root ? {
        'organization': source._name,
        'organization-id': source._existing?.organizationId,
        'organization-root-id': source._existing?.organizationRootId,
      } : {},
      'organizational-unit': organizationalUnit,
      'profile': stage.profile.name,
      'region': stage.region,
      ...Object.fromEntries(Object.entries(stage._cidrs).map(([region, cidr]) => [`cidr ${region}`, cidr])),
    };
    return Object.entries(known).flatMap(([name, value]) =>
      value === undefined ? [] : [{ kind: 'stage', subject: stage.node.id, name, value, source: stage.node.path }]);
  });
}

/**
 * Principals that the access roles of the stages trust, and who gets in by that alone: not by groups, which are facts
 * of people, and not by the policies of root's account.
 */
export function roleFacts(organization: IOrganization): Fact[] {
  const { partition = 'aws' } = RegionInfo.get(organization.root.region!);
  const { root, stages } = organization;
  const accounts = [root, ...stages].map(({ accountId }) => accountId).filter(id => id !== NO_ACCOUNT);
  const roles = organization.node.root.node.findAll()
    .filter((child): child is CrossAccountAccessRole => child instanceof CrossAccountAccessRole)
    .filter(({ node, stack }) => node.scopes.includes(organization) || accounts.includes(stack.account));
  const literal = literalIn(organization);
  return roles.flatMap(role => {
    const source = role.node.path;
    // these facts are always written, so they must not fail: an unknown name is replaced by the path of its construct
    const text = (value: string) => plain(literal(source, value));
    const place = text(placeOf(organization, role));
    return trustsOf(role, literal).flatMap(({ who, conditions, isGate }) => {
      const arn = text(`arn:${partition}:iam::${role.stack.account}:role/${role.roleName}`);
      const trusts = { kind: 'trusts', subject: arn, name: who, value: conditions.join('; '), source };
      return isGate || who === `account ${root.accountId}` ? [trusts]
        : [trusts, { kind: 'access', subject: who, name: place, value: ['trust', ...conditions].join('; '), source }];
    });
  });
}

function at(organization: IOrganization, path: string): IConstruct {
  const { root } = organization.node;
  const found = path.split('/').reduce<IConstruct | undefined>((above, id) => above?.node.tryFindChild(id), root);
  return found ?? organization;
}

function withPartition(scope: IConstruct, value: string, partition: string): string {
  const isPartition = (part: unknown) => (part as { Ref?: string }).Ref === 'AWS::Partition';
  const resolver = new DefaultTokenResolver({
    join: (left: unknown, right: unknown) => [left ?? [], right ?? []].flat(),
  });
  try {
    const parts: unknown[] = [Tokenization.resolve(value, { scope, resolver, preparing: false })].flat();
    const known = parts.map(part => isPartition(part) ? partition : part);
    return known.every(part => typeof part === 'string') ? known.join('') : value;
  } catch {
    return value; // can be resolved only in a stack
  }
}
