import { CfnResource } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

export interface Acceptance {
  readonly rule: string;
  readonly reason: string;
}

/** Suppresses cdk-nag findings, with a reason, on every resource at or below the scope. */
export function accept(scope: IConstruct, ...acceptances: Acceptance[]): void {
  const rules = acceptances.map(({ rule, reason }) => ({ id: rule, reason }));
  for (const child of scope.node.findAll()) {
    if (CfnResource.isCfnResource(child)) {
      const before = child.getMetadata('cdk_nag')?.rules_to_suppress ?? [];
      const added = rules.filter(({ id }) => !before.some((known: { id: string }) => known.id === id));
      child.addMetadata('cdk_nag', { rules_to_suppress: [...before, ...added] });
    }
  }
}
