import * as iam from 'aws-cdk-lib/aws-iam';
import { Guardrail } from './guardrail';
import { GuardrailAdjustment, GuardrailConfig, GuardrailScope, IGuardrail } from './guardrail-interface';
import { checkStatements } from '../organization/policy-statements';
import { organizationalUnitProblem } from '../organization/rules';
import { StageAccount } from '../stage-account';
import { StageProfile } from '../stage-profile';
import { checkOptions, refuse } from '../support/options';

interface Selection {
  readonly guardrails?: IGuardrail[];
  readonly without?: IGuardrail[];
  readonly adjustments?: GuardrailAdjustment[];
  readonly stages?: StageAccount[];
}

/** Content of a guardrail, once it is seen to be one. */
export function bound(guardrail: IGuardrail, scope: GuardrailScope): GuardrailConfig {
  const config = guardrail.bind(scope);
  checkOptions('GuardrailConfig', config, ` of guardrail '${guardrail.guardrailName}'`);
  checkConfig(guardrail, config);
  return config;
}

export function checkAdjustments(
  path: string, { adjustments = [], without = [], stages }: Selection, listed: IGuardrail[], hasDefaults: boolean,
): void {
  adjustments.forEach((adjustment, index) =>
    checkOptions('GuardrailAdjustment', adjustment, ` of adjustment ${index + 1} in '${path}'`));
  const left = names(without);
  const byProfile = names(defaultsByProfile(hasDefaults)).filter(name => !left.includes(name));
  const known = [...names(listed), ...byProfile];
  const given = names(adjustments.map(({ guardrail }) => guardrail));
  given.forEach((name, index) => {
    const { trialOn, exceptStages = [], exceptPrincipals = [] } = adjustments[index];
    if (!known.includes(name)) {
      throw new Error(`guardrail '${name}' of adjustments in '${path}' does not apply there: list it in guardrails, or leave it out`);
    }
    if (given.indexOf(name) !== index) {
      throw new Error(`guardrail '${name}' is twice in the adjustments of '${path}': give one with all that it needs`);
    }
    if (trialOn === undefined && exceptStages.length + exceptPrincipals.length === 0) {
      throw new Error(`adjustment of guardrail '${name}' in '${path}' changes nothing: give it trialOn, exceptStages or exceptPrincipals`);
    }
    const elsewhere = exceptStages.find(stage => stages?.includes(stage) === false);
    if (elsewhere) {
      throw new Error(`exceptStages of guardrail '${name}' in '${path}' has stage '${elsewhere.node.id}', which is none of its stages: leave it out`);
    }
    refuse(trialOn === undefined ? [] : organizationalUnitProblem('trialOn', trialOn));
  });
}

/** Default ones first, each replaced by one of the same name that is given. */
export function chosen(
  path: string, { guardrails = [], without = [] }: Selection, hasDefaults: boolean,
): IGuardrail[] {
  const defaults = hasDefaults ? Guardrail.defaults() : [];
  const byProfile = defaultsByProfile(hasDefaults);
  const given = names(guardrails);
  const twice = given.find((name, index) => given.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new Error(`guardrail '${twice}' is twice in the guardrails of '${path}': list it once`);
  }
  const strange = names(without).find(name => ![...names(defaults), ...names(byProfile)].includes(name));
  if (strange !== undefined) {
    throw new Error(`'${strange}' of without in '${path}' is no default guardrail${hasDefaults ? '' : ', none of which it includes'}: leave it out`);
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

function checkConfig({ guardrailName }: IGuardrail, { policyType, statements }: GuardrailConfig): void {
  if (statements.length === 0 || statements.some(({ effect }) => effect !== iam.Effect.DENY)) {
    throw new Error(`guardrail '${guardrailName}' has ${statements.length === 0 ? 'no statement' : 'a statement that allows'}: `
      + 'give it statements that deny, as all else is allowed already');
  }
  checkStatements(`guardrail '${guardrailName}'`, policyType, statements);
}

/** Those of the profile that has most. */
function defaultsByProfile(hasDefaults: boolean): IGuardrail[] {
  return hasDefaults ? Guardrail.defaultsOf(StageProfile.PRODUCTION) : [];
}

function names(list: IGuardrail[]): string[] {
  return list.map(({ guardrailName }) => guardrailName);
}
