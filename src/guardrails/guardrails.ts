import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { CentralRootAccess } from './central-root-access';
import { deployerProblems, exempt } from './deployers';
import { excepting } from './exceptions';
import { Guardrail } from './guardrail';
import { GuardrailAdjustment, IGuardrail } from './guardrail-interface';
import { packed, Part } from './packing';
import { bound, checkAdjustments, chosen } from './selection';
import { Fact, IManagement, IOrganization, Organization } from '../organization/organization';
import { OrganizationPolicyType } from '../organization/organization-policies';
import { unitId } from '../organization/organizational-unit';
import { StageAccount } from '../stage-account';
import { checkProps } from '../support/options';
import { exempted } from '../support/principals';

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
   * Includes the default guardrails. One `Guardrails` of an organization has them: set it to false in a further one for
   * the whole organization, such as that of a construct of yours.
   *
   * @default - true for the whole organization, false for units and stages
   */
  readonly includeDefaults?: boolean;

  /**
   * Changes to single guardrails: a trial on one organizational unit, and exceptions.
   *
   * @default - none is changed
   */
  readonly adjustments?: GuardrailAdjustment[];

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
   * @default - true with the default guardrails in an organization that the app creates, false otherwise
   */
  readonly centralRootAccess?: boolean;

  /**
   * Roles and users that none of these guardrails applies to, such as a role for emergencies. `IManagement.spare`
   * exempts them from the policies of all constructs.
   *
   * @default - nobody
   */
  readonly spare?: iam.IGrantable[];
}

/**
 * Guardrails of an organization: limits to what anybody can do in its accounts, their administrators and root users
 * included. Service control policies and resource control policies of AWS Organizations enforce them.
 *
 * On the whole organization they include `Guardrail.defaults()`, and on each of its stages `Guardrail.defaultsOf` its
 * profile; on units and stages that you name, only what you list. Those of the same policy type share policies, filled
 * in the order in which they are listed, so that adding one at the end changes one policy. The management account is
 * bound by none of them. A new organization gets central root access as well.
 *
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
 * @example
 * new Guardrails(acme, 'guardrails', {
 *   guardrails: [Guardrail.allowedRegions(['eu-west-1'])],
 *   without: [Guardrail.DENY_IAM_USERS],
 *   adjustments: [
 *     { guardrail: Guardrail.REQUIRE_IMDSV2, trialOn: 'sandbox' },
 *     { guardrail: Guardrail.DENY_PUBLIC_FUNCTIONS, exceptStages: [dev] },
 *   ],
 * });
 */
export class Guardrails extends Construct {
  private readonly organization: IOrganization;
  private readonly management: IManagement;
  private readonly attached: Attached[] = [];
  private readonly listed: IGuardrail[];
  private readonly hasDefaults: boolean;

  /**
   * @throws if the management account is not yours, if a guardrail is named twice or has no statement that denies, if
   * one that is to be left out is no default one, if one that is adjusted does not apply, if another `Guardrails` has
   * the default ones, or if a single guardrail is larger than a policy
   */
  constructor(scope: Construct, id: string, private readonly props: GuardrailsProps = {}) {
    super(scope, id);
    checkProps(this, 'GuardrailsProps', props);
    this.organization = Organization.of(this);
    const { management } = this.organization;
    if (!management) {
      throw new Error(`'${this.node.path}' cannot define guardrails, because the management account is not yours: have its owner define them`);
    }
    this.management = management;
    this.hasDefaults = props.includeDefaults ?? (!props.stages && !props.organizationalUnits);
    this.listed = chosen(this.node.path, props, this.hasDefaults);
    checkAdjustments(this.node.path, props, this.listed, this.hasDefaults);
    const { stages, organizationalUnits } = props;
    const trialOf = (guardrail: IGuardrail) => this.adjustmentOf(guardrail).trialOn;
    const on = (unit?: string) => this.listed.filter(guardrail => trialOf(guardrail) === unit);
    this.attach(on(), this.node.id, { stages, organizationalUnits });
    const units = [...new Set(this.listed.flatMap(guardrail => trialOf(guardrail) ?? []))];
    units.forEach(unit => this.attach(on(unit), `${this.node.id}-trial-${unitId(unit)}`, { organizationalUnits: [unit] }));
    if (this.hasDefaults) {
      this.checkFirst();
      this.attachByProfile();
    }
    if (props.centralRootAccess ?? (this.hasDefaults && management.existingOrganizationId === undefined)) {
      new CentralRootAccess(this, 'central-root-access');
    }
    if (!CHECKED.has(this.organization)) {
      CHECKED.add(this.organization);
      this.organization.addValidation({ validate: () => deployerProblems(this.organization) });
    }
    this.organization.addFacts({ facts: () => this.attached.flatMap(one => this.facts(one)) });
  }

  /** Guardrails that apply somewhere: those that you list and the default ones, then those of the stages' profiles. */
  public get applied(): IGuardrail[] {
    return [...new Set([...this.listed, ...this.attached.map(({ guardrail }) => guardrail)])];
  }

  private adjustmentOf({ guardrailName }: IGuardrail): Partial<GuardrailAdjustment> {
    return this.props.adjustments?.find(({ guardrail }) => guardrail.guardrailName === guardrailName) ?? {};
  }

  private checkFirst(): void {
    const { stages, organizationalUnits } = this.props;
    if (stages || organizationalUnits) {
      throw new Error(`'${this.node.path}' has includeDefaults with ${stages ? 'stages' : 'organizationalUnits'}, and the default guardrails are for the whole `
        + 'organization: leave one of them out, and list in guardrails what is to apply there');
    }
    const first = FIRST.get(this.organization) ?? this;
    FIRST.set(this.organization, first);
    if (first !== this) {
      throw new Error(`'${this.node.path}' includes the default guardrails, as '${first.node.path}' does: set includeDefaults to false`);
    }
  }

  /** Returns the IDs of their policies. */
  private attach(guardrails: IGuardrail[], id: string, targets: Targets): string[] {
    const spared = (this.props.spare ?? []).map(principal => exempted('spare', principal));
    exempt(this.organization, spared);
    const parts = guardrails.map((guardrail): Part => {
      const { organization, management } = this;
      const adjustment = this.adjustmentOf(guardrail);
      const { exceptStages, exceptPrincipals = [] } = adjustment;
      exempt(this.organization, exceptPrincipals.map(principal => exempted('exceptPrincipals', principal)));
      const { policyType, statements } = bound(guardrail, { organization, management, ...targets, exceptStages });
      this.attached.push({ guardrail, policyType, targets });
      const { guardrailName: name } = guardrail;
      return { name, policyType, statements: excepting(this, statements, policyType, adjustment, management) };
    });
    const all = [...new Set([...spared, ...this.management.sparedArns])];
    return packed(parts, all).map(({ policyType, number, parts: some }) => {
      const kind = policyType.name.toLowerCase().replace(/_policy$/, '').replace(/_/g, '-');
      const policyId = `${id}-${kind}-${number}`;
      const policyName = `${this.organization.namespace}-${policyId}`;
      this.organization.addFacts({ facts: () => this.statementFacts(policyName, some) });
      this.management.addPolicy(policyId, {
        policyType,
        policyName,
        description: some.map(({ name }) => name).join(', ').slice(0, 512),
        statements: some.flatMap(({ statements }) => statements),
        ...targets,
        spare: this.props.spare,
      });
      return policyId;
    });
  }

  /** One policy for each of them, which is attached to the stages as they are added. */
  private attachByProfile(): void {
    const left = [...this.listed, ...this.props.without ?? []].map(({ guardrailName }) => guardrailName);
    const known = new Map<string, { stages: StageAccount[]; policyIds: string[] }>();
    const apply = (guardrail: IGuardrail, stage: StageAccount) => {
      const { guardrailName } = guardrail;
      const { trialOn, exceptStages } = this.adjustmentOf(guardrail);
      const before = known.get(guardrailName);
      if (exceptStages?.includes(stage) || (trialOn !== undefined && before)) {
        return;
      }
      if (before) {
        before.stages.push(stage);
        before.policyIds.forEach(id => this.management.attachPolicy(id, stage));
      } else {
        const stages = [stage];
        const targets = trialOn === undefined ? { stages } : { organizationalUnits: [trialOn] };
        known.set(guardrailName, { stages, policyIds: this.attach([guardrail], `${this.node.id}-${guardrailName}`, targets) });
      }
    };
    this.organization.visitStages({
      visit: stage => Guardrail.defaultsOf(stage.profile).filter(({ guardrailName }) => !left.includes(guardrailName))
        .forEach(guardrail => apply(guardrail, stage)),
    });
  }

  private facts({ guardrail, policyType, targets: { stages, organizationalUnits } }: Attached): Fact[] {
    const { exceptStages = [], exceptPrincipals = [] } = this.adjustmentOf(guardrail);
    const name = guardrail.guardrailName;
    const source = this.node.path;
    const targets = [...(stages ?? []).map(({ node }) => `stage ${node.id}`), ...(organizationalUnits ?? []).map(path => `unit ${path}`)];
    const exceptions = [
      ...exceptStages.map(({ node }) => `stage ${node.id}`),
      ...[...exceptPrincipals, ...this.props.spare ?? []].map(principal => `principal ${exempted('spare', principal)}`),
    ];
    return (stages || organizationalUnits ? targets : ['organization']).flatMap(subject => [
      { kind: 'guardrail', subject, name, value: policyType.name, source },
      ...exceptions.map(value => ({ kind: 'guardrail-exception', subject, name, value, source })),
    ]);
  }

  /** AWS names the policy that denies a request, and not the guardrail. */
  private statementFacts(policyName: string, parts: Part[]): Fact[] {
    return parts.flatMap(({ name, statements }) => statements.flatMap(({ sid }) =>
      sid ? [{ kind: 'guardrail-statement', subject: policyName, name: sid, value: name, source: this.node.path }] : []));
  }
}

/** Those with the default guardrails of their organization. */
const FIRST = new WeakMap<IOrganization, Guardrails>();

/** Organizations whose roles that deploy are checked. */
const CHECKED = new WeakSet<IOrganization>();

interface Targets {
  readonly stages?: StageAccount[];
  readonly organizationalUnits?: string[];
}

interface Attached {
  readonly guardrail: IGuardrail;
  readonly policyType: OrganizationPolicyType;
  readonly targets: Targets;
}
