import { SimulationOrgPolicies } from '@cloud-copilot/iam-simulate';
import { allow, Policy } from './policy';
import { resolve } from './resolve';
import { ACCOUNTS, Deployed } from './templates';

/** The service control policies of each member, from the root of the organization down to the account. */
export function readControls(stacks: Deployed[]): Map<string, SimulationOrgPolicies[]> {
  const parents = new Map<string, string>();
  const policies = new Map<string, Policy[]>();
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
        case 'AWS::Organizations::Policy':
          if (property('Type') !== 'SERVICE_CONTROL_POLICY') {
            throw new Error(`${deployed.stack}: let the evaluation take ${id} into account`);
          }
          for (const target of property('TargetIds') as string[]) {
            policies.set(target, [...policies.get(target) ?? [], property('Content') as Policy]);
          }
      }
    }
  }
  const levels = (place?: string): SimulationOrgPolicies[] => place === undefined ? [] : [
    ...levels(parents.get(place)),
    {
      orgIdentifier: place,
      policies: [allow('*'), ...policies.get(place) ?? []].map((policy, name) => ({ name: `${name}`, policy })),
    },
  ];
  return new Map(Object.values(ACCOUNTS).filter(id => id !== ACCOUNTS.root).map(account => [account, levels(account)]));
}
