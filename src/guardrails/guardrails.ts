import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { CentralRootAccess } from './central-root-access';
import { Guardrail } from './guardrail';
import { GuardrailConfig, IGuardrail } from './guardrail-interface';
import { packed, Part } from './packing';
import { Fact, IManagement, IOrganization, Organization } from '../organization/organization';
import { OrganizationPolicyType } from '../organization/organization-policies';
import { StageAccount } from '../stage-account';
import { checkProps } from '../support/options';
import { roleOrUser } from '../support/principals';

/** Properties of `Guardrails`. */
export interface GuardrailsProps {
  /**
   * Guardrails besides the default ones. One with the name of a default one replaces it.
   *
   * @default - none besides the default ones
   */
  readonly guardrails?: IGuardrail[];

  /**
   * Default guardrails to leave out.
   *
   * @default - none is left out
   */
  readonly without?: IGuardrail[];

  /**
   * Paths of the organizational units whose accounts they apply to. Missing units are created.
   *
   * @default - the whole organization; in an existing one, all stages except root
   */
  readonly organizationalUnits?: string[];

  /**
   * Stages that they apply to.
   *
   * @default - as for `organizationalUnits`
   */
  readonly stages?: StageAccount[];

  /**
   * Switches `CentralRootAccess` on, so that accounts that are created have no root credentials.
   *
   * @default - true for the whole of an organization that the app creates, false otherwise
   */
  readonly centralRootAccess?: boolean;

  /**
   * Roles and users that none of these guardrails applies to, such as a role for emergencies. `IManagement.spare`
   * exempts them from the policies of all constructs.
   *
   * @default - nobody
   */
  readonly spare?: iam.IPrincipal[];
}

/**
 * Guardrails of an organization: limits to what anybody can do in its accounts, their administrators and root users
 * included. Service control policies and resource control policies of AWS Organizations enforce them.
 *
 * On the whole organization they include `Guardrail.defaults()`; on units and stages only what you name. Those of the
 * same policy type share policies, filled in the order in which they are listed, so that adding one at the end changes
 * one policy. The management account is bound by none of them. A new organization gets central root access as well.
 *
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
 * @example
 * new Guardrails(acme, 'guardrails', {
 *   guardrails: [Guardrail.allowedRegions(['eu-west-1'])],
 *   without: [Guardrail.DENY_IAM_USERS],
 * });
 */
export class Guardrails extends Construct {
  /** Guardrails that apply, in the order of their policies. */
  public readonly applied: IGuardrail[];
  private readonly organization: IOrganization;

  /**
   * @throws if the management account is not yours, if a guardrail is named twice or has no statement that denies, if
   * one that is to be left out is no default one, or if a single guardrail is larger than a policy
   */
  constructor(scope: Construct, id: string, props: GuardrailsProps = {}) {
    super(scope, id);
    checkProps(this, 'GuardrailsProps', props);
    this.organization = Organization.of(this);
    const { management } = this.organization;
    if (!management) {
      throw new Error(`'${this.node.path}' cannot define guardrails, because the management account is not yours: have its owner define them`);
    }
    this.applied = chosen(this.node.path, props);
    const bound = this.applied.map((guardrail): Part => {
      const { stages, organizationalUnits } = props;
      const config = guardrail.bind({ organization: this.organization, management, stages, organizationalUnits });
      checkConfig(guardrail, config);
      return { name: guardrail.guardrailName, policyType: config.policyType, statements: config.statements };
    });
    this.attach(management, bound, props);
    const isWhole = !props.stages && !props.organizationalUnits;
    if (props.centralRootAccess ?? (isWhole && management.existingOrganizationId === undefined)) {
      new CentralRootAccess(this, 'central-root-access');
    }
    this.organization.addFacts({ facts: () => this.facts(bound, props) });
  }

  private attach(management: IManagement, bound: Part[], props: GuardrailsProps): void {
    const { stages, organizationalUnits, spare } = props;
    const spared = (spare ?? []).map(principal => roleOrUser('spare', principal));
    for (const { policyType, number, parts } of packed(Stack.of(this.organization.root.admin), bound, spared)) {
      const kind = policyType.name.toLowerCase().replace(/_policy$/, '').replace(/_/g, '-');
      management.addPolicy(`${this.node.id}-${kind}-${number}`, {
        policyType,
        description: parts.map(({ name }) => name).join(', ').slice(0, 512),
        statements: parts.flatMap(({ statements }) => statements),
        stages,
        organizationalUnits,
        spare,
      });
    }
  }

  private facts(bound: Part[], { stages, organizationalUnits }: GuardrailsProps): Fact[] {
    const targets = stages || organizationalUnits
      ? [...stages ?? []].map(({ node }) => `stage ${node.id}`).concat((organizationalUnits ?? []).map(path => `unit ${path}`))
      : ['organization'];
    return targets.flatMap(target => bound.map(({ name, policyType }) =>
      ({ kind: 'guardrail', subject: target, name, value: policyType.name, source: this.node.path })));
  }
}

/** Default ones first, each replaced by one of the same name that is given. */
function chosen(path: string, props: GuardrailsProps): IGuardrail[] {
  const { guardrails = [], without = [], stages, organizationalUnits } = props;
  const defaults = stages || organizationalUnits ? [] : Guardrail.defaults();
  const names = (list: IGuardrail[]) => list.map(({ guardrailName }) => guardrailName);
  const given = names(guardrails);
  const twice = given.find((name, index) => given.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new Error(`guardrail '${twice}' is twice in the guardrails of '${path}': list it once`);
  }
  const strange = names(without).find(name => !names(defaults).includes(name));
  if (strange !== undefined) {
    throw new Error(`'${strange}' of without in '${path}' is no default guardrail${stages || organizationalUnits ? ', which only the whole organization has' : ''}: `
      + 'leave it out');
  }
  const kept = defaults.filter(({ guardrailName }) => !names(without).includes(guardrailName));
  const all = [
    ...kept.map(one => guardrails.find(({ guardrailName }) => guardrailName === one.guardrailName) ?? one),
    ...guardrails.filter(({ guardrailName }) => !names(kept).includes(guardrailName)),
  ];
  if (all.length === 0) {
    throw new Error(`'${path}' has no guardrails: list some in guardrails`);
  }
  return all;
}

/** @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html */
function checkConfig({ guardrailName }: IGuardrail, { policyType, statements }: GuardrailConfig): void {
  if (statements.length === 0 || statements.some(({ effect }) => effect !== iam.Effect.DENY)) {
    throw new Error(`guardrail '${guardrailName}' has ${statements.length === 0 ? 'no statement' : 'a statement that allows'}: `
      + 'give it statements that deny, as all else is allowed already');
  }
  const isOfResources = policyType.name === OrganizationPolicyType.RESOURCE_CONTROL.name;
  if (isOfResources && statements.some(({ actions, principals }) => actions.length === 0 || actions.includes('*') || principals.length === 0)) {
    throw new Error(`guardrail '${guardrailName}' is a resource control policy without actions or principals: give each statement actions of a `
      + 'service, such as s3:GetObject, and a StarPrincipal');
  }
}
