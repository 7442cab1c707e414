import { SimulationOrgPolicies } from '@cloud-copilot/iam-simulate';
import { allow, Policy } from './policy';
import { resolve } from './resolve';
import { ACCOUNTS, Deployed } from './templates';

/** The policies of the organization for each member, from the root of the organization down to the account. */
export interface Controls {
  /** Service control policies: what its principals may do. */
  readonly ofPrincipals: Map<string, SimulationOrgPolicies[]>;
  /** Resource control policies: what may be done to its resources. Only of members that have any. */
  readonly ofResources: Map<string, SimulationOrgPolicies[]>;
}

type Attached = Map<string, Policy[]>;

export function readControls(stacks: Deployed[]): Controls {
  const parents = new Map<string, string>();
  const policies: Record<string, Attached> = { SERVICE_CONTROL_POLICY: new Map(), RESOURCE_CONTROL_POLICY: new Map() };
  for (const deployed of stacks) {
    for (const [id, { Type, Properties }] of Object.entries(deployed.template.Resources)) {
      const property = (name: string) => resolve(deployed, Properties?.[name]);
      switch (Type) {
        case 'AWS::Organizations::OrganizationalUnit':
          parents.set(resolve(deployed, { 'Fn::GetAtt': [id, 'Id'] }) as string, property('ParentId') as string);
          break;
        case 'AWS::Organizations::Account':
          parents.set(ACCOUNTS[property('AccountName') as string], (property('ParentIds') as string[])[0]);
          break;
        case 'Custom::AWS':
          moved(deployed, Properties?.Create).forEach(([account, parent]) => parents.set(account, parent));
          break;
        case 'AWS::Organizations::Policy': {
          const attached = policies[property('Type') as string];
          if (!attached) {
            throw new Error(`${deployed.stack}: let the evaluation take ${id} into account`);
          }
          for (const target of property('TargetIds') as string[]) {
            attached.set(target, [...attached.get(target) ?? [], property('Content') as Policy]);
          }
        }
      }
    }
  }
  const path = (place?: string): string[] => place === undefined ? [] : [...path(parents.get(place)), place];
  const levels = (attached: Attached, always: Policy[], account: string): SimulationOrgPolicies[] =>
    path(account).map(orgIdentifier => {
      const there = [...always, ...attached.get(orgIdentifier) ?? []];
      return { orgIdentifier, policies: there.map((policy, name) => ({ name: `${name}`, policy })) };
    });
  const { SERVICE_CONTROL_POLICY: scps, RESOURCE_CONTROL_POLICY: rcps } = policies;
  const members = Object.values(ACCOUNTS).filter(id => id !== ACCOUNTS.root);
  return {
    ofPrincipals: new Map(members.map(account => [account, levels(scps, [allow('*')], account)])),
    // what AWS attaches to everything is known to the evaluator
    ofResources: new Map(members.filter(account => path(account).some(place => rcps.has(place)))
      .map(account => [account, levels(rcps, [], account)])),
  };
}

/** An adopted account, and the unit that it is moved to, if this call does. */
function moved(deployed: Deployed, call: unknown): Array<[account: string, unit: string]> {
  const text = JSON.stringify(call ?? '');
  if (!text.includes('moveAccount')) {
    return [];
  }
  // where it was is known only when it is asked for, and nothing depends on it here
  const known = JSON.parse(text.replace(/\{"Fn::GetAtt":\["parents\w+","Parents\.0\.Id"\]\}/g, '"anywhere"'));
  const { AccountId, DestinationParentId } = JSON.parse(resolve(deployed, known) as string).parameters;
  return [[AccountId, DestinationParentId]];
}
