import { drop, statement, statementsOf } from './mutations';
import { Statement } from './policy';
import { resolve } from './resolve';
import { ACCOUNTS, Deployed } from './templates';

const AUDIT_SEAL = /^AuditAccountSeal/;
const MEMBERS_STAY = /^MembersStay/;
const PROTECTION = /^protection$/;

export const SEAL = [
  'RolesStayAsDeployed', 'StacksStayAsDeployed', 'RegionsStayEnabled', 'NobodyInsideDeploys', 'BucketsStayAsDeployed', 'MembersStay',
];

/** The statements that let deployments through. */
export const WITH_EXCEPTION = ['RolesStayAsDeployed', 'StacksStayAsDeployed', 'BucketsStayAsDeployed'];

export function sealOf(stacks: Deployed[]): Statement[] {
  return [AUDIT_SEAL, MEMBERS_STAY].flatMap(policy => statementsOf(stacks, policy));
}

export function sealStatement(stacks: Deployed[], sid: string): Statement {
  return statement(stacks, sid === 'MembersStay' ? MEMBERS_STAY : AUDIT_SEAL, sid);
}

export function protectionStatements(stacks: Deployed[]): Statement[] {
  return statementsOf(stacks, PROTECTION);
}

/** As it is until the trail has been made: a creation that fails is rolled back. */
export function beforeTheTrail(stacks: Deployed[]): void {
  for (const { template } of stacks) {
    Object.keys(template.Resources).filter(id => PROTECTION.test(id)).forEach(id => { delete template.Resources[id]; });
  }
}

export function breakProtection(stacks: Deployed[], sid: string): void {
  drop(stacks, PROTECTION, sid);
}

export function breakSeal(stacks: Deployed[], sid: string): void {
  drop(stacks, sid === 'MembersStay' ? MEMBERS_STAY : AUDIT_SEAL, sid);
}

/** An organization without its policies: what guards a thing itself has to do so alone. */
export function unseal(stacks: Deployed[]): void {
  for (const { template } of stacks) {
    for (const [id, { Type }] of Object.entries(template.Resources)) {
      if (Type === 'AWS::Organizations::Policy') {
        delete template.Resources[id];
      }
    }
  }
}

/** Leaves out one of the accounts that stay. */
export function letGo(stacks: Deployed[], account: string): void {
  for (const deployed of stacks) {
    const policies = Object.entries(deployed.template.Resources).filter(([id]) => MEMBERS_STAY.test(id));
    for (const [, { Properties }] of policies) {
      Properties!.TargetIds = (Properties!.TargetIds as unknown[])
        .filter(other => resolve({ ...deployed, neighbours: stacks }, other) !== account);
    }
  }
}

/** Attaches what is for all members to audit alone. */
export function onlyAuditStays(stacks: Deployed[]): void {
  const [policy] = stacks.flatMap(({ template }) => Object.entries(template.Resources))
    .filter(([id]) => MEMBERS_STAY.test(id));
  policy[1].Properties!.TargetIds = [ACCOUNTS.audit];
}
