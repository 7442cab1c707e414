import { createHash } from 'crypto';
import { Aspects, Lazy, Token } from 'aws-cdk-lib';
import { CfnAssignment, CfnPermissionSet } from 'aws-cdk-lib/aws-sso';
import { Construct } from 'constructs';
import { IdentityCenterOptions } from './identity-center';
import { IdentityCenterPeople } from './identity-center-people';
import { IPeopleGroup, RoleAccess, RoleAssignment } from './people-directory';
import { ofItsAccount, RoleDefinition, RoleDefinitions } from './role-definitions';
import { CrossAccountAccessRole, ICrossAccountAccessRole } from '../cross-account-access-role';
import { StageAccount } from '../stage-account';
import { shown } from '../support/options';
import { readable } from '../support/principals';

/** Options of `PeopleSource.permissionSets`. */
export interface PermissionSetsOptions extends IdentityCenterOptions {
  /**
   * URL of the page of the AWS Management Console on which people start, in all permission sets: 1 to 240 characters.
   *
   * @default - the home page of the console
   */
  readonly relayState?: string;
}

interface Assigned {
  readonly group: IPeopleGroup;
  readonly role: CrossAccountAccessRole;
  readonly stage: StageAccount;
}

/** People of IAM Identity Center who get permission sets that give what the roles of the stages give. */
export class PermissionSets extends IdentityCenterPeople {
  private readonly assigned: Assigned[] = [];
  private readonly sets: Construct;
  private readonly arns = new Map<CrossAccountAccessRole, string>();
  private definitions?: RoleDefinitions;

  constructor(scope: Construct, private readonly options: PermissionSetsOptions) {
    checkRelayState(options.relayState);
    super(scope, {
      options,
      stack: 'permission-sets',
      description: 'Permission sets of the roles of the stages, and who has them',
      kind: 'assignments',
      partDescription: 'Permission sets that a group of IAM Identity Center has in accounts',
      way: 'a permission set',
    });
    this.groups.need('permission-sets');
    this.sets = new Construct(this.stack, 'sets');
    // policies may be added to a role until templates are written, root's first
    Aspects.of(this.stack).add({ visit: visited => visited === this.stack && this.define() });
    this.organization.addValidation({ validate: () => this.problems() });
    this.organization.node.addValidation({ validate: () => this.lateProblems() });
  }

  public assignRole(assignment: RoleAssignment): RoleAccess | undefined {
    const { group, role } = assignment;
    this.refuseTerms(assignment);
    const { root } = this.organization;
    const stage = assignment.stage ?? (role.node.scopes.includes(root) ? root : undefined);
    const has = `canAssume of group '${group.groupId}' has ${readable(role)}`;
    if (!(role instanceof CrossAccountAccessRole)) {
      throw new Error(`${has}, of which this app knows the name alone, and not what a permission set is to give: define the role here, or use ${WAY_OUT}`);
    }
    if (!stage) {
      throw new Error(`${has}, which is in no stage, so that no account is known for a permission set: define the role in a stage, or use ${WAY_OUT}`);
    }
    this.assigned.push({ group, role, stage });
    const place = this.placeOf(group, role, stage);
    if (place) {
      new CfnAssignment(place.scope, role.node.path, {
        instanceArn: this.options.instance.instanceArn,
        permissionSetArn: Lazy.string({ produce: () => this.arns.get(role) ?? 'none' }),
        principalType: 'GROUP',
        principalId: place.principalId,
        targetType: 'AWS_ACCOUNT',
        targetId: place.accountId!,
      });
    }
    return place && { way: 'permission-set' };
  }

  /** Defines a permission set for each definition of a role, in an order of their own. */
  private define(): void {
    if (this.definitions) {
      return;
    }
    const definitions = this.definitions = new RoleDefinitions(this.organization.node.root);
    const roles = [...new Set(this.assigned.map(({ role }) => role))];
    const variants = variantsOf(definitions, role => this.nameOf(role));
    const named = new Map<string, RoleDefinition>();
    for (const role of roles.filter(one => ofItsAccount(definitions.of(one)).length === 0)) {
      const definition = definitions.of(role);
      const name = this.nameOf(role);
      const setName = variants.get(name)!.size === 1 ? short(name, name, MAX_NAME)
        : short(name, name + JSON.stringify(definition), 0);
      named.set(setName, definition);
      this.arns.set(role, setName);
    }
    const arns = new Map([...named].sort(([one], [other]) => one < other ? -1 : 1)
      .map(([name, definition]) => [name, this.permissionSet(name, definition).attrPermissionSetArn]));
    this.arns.forEach((name, role) => this.arns.set(role, arns.get(name)!));
  }

  private permissionSet(name: string, definition: RoleDefinition): CfnPermissionSet {
    const { awsManaged, boundary, customerManaged, description, inline, sessionDuration } = definition;
    return new CfnPermissionSet(this.sets, name, {
      instanceArn: this.options.instance.instanceArn,
      name,
      description,
      sessionDuration,
      relayStateType: this.options.relayState,
      managedPolicies: awsManaged.length > 0 ? awsManaged : undefined,
      customerManagedPolicyReferences: customerManaged.length > 0 ? customerManaged : undefined,
      inlinePolicy: inline,
      permissionsBoundary: typeof boundary === 'object' ? { customerManagedPolicyReference: boundary }
        : boundary === undefined ? undefined : { managedPolicyArn: boundary },
    });
  }

  private nameOf(role: CrossAccountAccessRole): string {
    return `${this.organization.namespace}-${this.lastPartOf(role)}`.toLowerCase();
  }

  private problems(): string[] {
    const seen = new Map<string, ICrossAccountAccessRole>();
    const told = new Set<ICrossAccountAccessRole>();
    return this.assigned.flatMap(({ group, role, stage }) => {
      const has = `canAssume of group '${group.groupId}' has ${readable(role)}`;
      const arn = this.arns.get(role);
      const key = `${group.groupId}/${stage.node.id}/${arn}`;
      const other = arn === undefined ? undefined : seen.get(key);
      seen.set(key, role);
      const twice = other ? [`${has} and ${readable(other)}, which are one permission set in the same account: name one`] : [];
      const problems = told.has(role) ? [] : definitionProblems(this.definitions!.of(role)).map(problem => `${has}, ${problem}`);
      told.add(role);
      return [...twice, ...problems];
    });
  }

  /** Stages are synthesized after root, and their aspects may change a role then. */
  private lateProblems(): string[] {
    const now = new RoleDefinitions(this.organization.node.root);
    const told = new Set<ICrossAccountAccessRole>();
    return this.assigned.flatMap(({ group, role }) => {
      const isTold = told.has(role);
      told.add(role);
      return isTold || JSON.stringify(now.of(role)) === JSON.stringify(this.definitions?.of(role)) ? []
        : [`canAssume of group '${group.groupId}' has ${readable(role)}, which an aspect has changed after the permission sets were defined: `
          + `give it its policies and boundary where it is defined, or use ${WAY_OUT}`];
    });
  }
}

const WAY_OUT = 'PeopleSource.accountAccess, which lets people into the role itself';

/**
 * Definitions of the roles in the app that are called alike, whoever may assume them. None of several has the name
 * itself: as the set of one became that of another, people would have the other's rights where they had been assigned
 * to it before.
 */
function variantsOf(
  definitions: RoleDefinitions, nameOf: (role: CrossAccountAccessRole) => string,
): Map<string, Set<string>> {
  const variants = new Map<string, Set<string>>();
  for (const role of definitions.roles) {
    const name = nameOf(role);
    variants.set(name, (variants.get(name) ?? new Set()).add(JSON.stringify(definitions.of(role))));
  }
  return variants;
}

/** The name if it is not longer, or else the beginning of it and a hash. */
function short(name: string, unique: string, max: number): string {
  return name.length <= max ? name
    : `${name.slice(0, MAX_NAME - 9)}-${createHash('sha256').update(unique).digest('hex').slice(0, 8)}`;
}

function definitionProblems(definition: RoleDefinition): string[] {
  const own = ofItsAccount(definition);
  if (own.length > 0) {
    return [`whose definition has ${own.map(name => `'${name}'`).join(', ')}, which a permission set, the same in all accounts, cannot have: `
      + `write it as a literal, or use ${WAY_OUT}`];
  }
  const inline = JSON.stringify(definition.inline ?? '');
  const [key] = OF_THE_SESSION.exec(inline) ?? [];
  const size = inline.replace(/\s/g, '').length;
  const { description = '' } = definition;
  return [
    ...key === undefined ? [] : [`whose policies ask for '${key}', which is another in a session of a permission set: leave that out, or use ${WAY_OUT}`],
    ...size <= MAX_INLINE ? [] : [`whose inline policies have ${size} characters, and a permission set takes ${MAX_INLINE}: `
      + `move some to a managed policy with a name, or use ${WAY_OUT}`],
    ...DESCRIPTION.test(description) ? [] : [`whose description has ${description.length} characters, and a permission set takes 700 of Latin 1: shorten it`],
  ];
}

function checkRelayState(relayState?: string): void {
  if (relayState !== undefined && (Token.isUnresolved(relayState) || !RELAY_STATE.test(relayState))) {
    throw new Error(`relayState is ${shown(relayState)}: give the URL of a page of the console of up to 240 characters, `
      + "such as 'https://console.aws.amazon.com/billing'");
  }
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sso-permissionset.html */
const MAX_NAME = 32;
const RELAY_STATE = /^(?=.{1,240}$)https:\/\/[a-zA-Z0-9&$@#\\/%?=~\-_'"|!:,.;*+[\] (){}]+$/;
const DESCRIPTION = /^[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]{0,700}$/;

/**
 * Without white space.
 *
 * @see https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html
 */
const MAX_INLINE = 10240;

/**
 * Keys that tell how somebody has got into a role, or which.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const OF_THE_SESSION =
  /\baws:(MultiFactorAuth(Present|Age)|Principal(Arn|Tag)|userid|username|SourceIdentity|FederatedProvider)\b/i;
