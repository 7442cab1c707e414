import { Lazy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { GuardrailAdjustment } from './guardrail-interface';
import { Conditions } from './statements';
import { IManagement } from '../organization/organization';
import { OrganizationPolicyType } from '../organization/organization-policies';
import { exempted } from '../support/principals';

/** Statements of a guardrail with its exceptions. Their policies are deployed after all accounts, so no stack waits. */
export function excepting(
  scope: IConstruct, statements: iam.PolicyStatement[], policyType: OrganizationPolicyType,
  { exceptStages = [], exceptPrincipals = [] }: Partial<GuardrailAdjustment>, management: IManagement,
): iam.PolicyStatement[] {
  const account = policyType.name === OrganizationPolicyType.RESOURCE_CONTROL.name ? 'aws:ResourceAccount' : 'aws:PrincipalAccount';
  const accountIds = exceptStages.map(stage => management.accountIdOf(stage, scope));
  const arns = exceptPrincipals.map(principal => exempted('exceptPrincipals', principal));
  return statements.map(statement => statement.copy({
    conditions: [
      { operator: 'StringNotEquals', key: account, values: accountIds },
      { operator: 'ArnNotLike', key: 'aws:PrincipalArn', values: arns },
    ].reduce<Conditions>((conditions, { operator, key, values }) => {
      const { [key]: before, ...others } = conditions[operator] ?? {};
      // what is there may be a list that is known at synthesis only
      const list = Lazy.uncachedList({ produce: context => [...[context.resolve(before)].flat(), ...values] });
      const all = before === undefined ? values : list;
      return values.length === 0 ? conditions : { ...conditions, [operator]: { ...others, [key]: all } };
    }, statement.conditions),
  }));
}
