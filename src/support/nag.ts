import { CfnResource, Stack } from 'aws-cdk-lib';
import { IPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';

export interface Acceptance {
  readonly rule: string;
  readonly reason: string;
  /** Findings of the rule to suppress; otherwise all. */
  readonly appliesTo?: string[];
}

/** Suppresses cdk-nag findings, with a reason, on every resource at or below the scope. */
export function accept(scope: IConstruct, ...acceptances: Acceptance[]): void {
  const rules = acceptances.map(({ rule, reason, appliesTo }): Rule =>
    ({ id: rule, reason, ...appliesTo && { applies_to: appliesTo } }));
  const key = ({ id, applies_to }: Rule) => JSON.stringify([id, applies_to]);
  for (const child of scope.node.findAll()) {
    if (CfnResource.isCfnResource(child)) {
      const before: Rule[] = child.getMetadata('cdk_nag')?.rules_to_suppress ?? [];
      const added = rules.filter(rule => !before.some(known => key(known) === key(rule)));
      child.addMetadata('cdk_nag', { rules_to_suppress: [...before, ...added] });
    }
  }
}

interface Rule {
  readonly id: string;
  readonly reason: string;
  readonly applies_to?: string[];
}

/**
 * Suppresses cdk-nag findings on the wildcards of given statements, in the policies of the principal that has them: for
 * these resources only, and never for `*`, so that any other wildcard of the principal is still reported.
 */
export function acceptWildcards(principal: IPrincipal, statements: PolicyStatement[], reason: string): void {
  const { wrapped } = principal as { readonly wrapped?: IPrincipal };
  if (wrapped) {
    return acceptWildcards(wrapped, statements, reason);
  }
  if (!Construct.isConstruct(principal)) {
    return;
  }
  const stack = Stack.of(principal);
  const appliesTo = statements.flatMap(({ resources }) => resources)
    .map(resource => asCdkNagSpells(stack.resolve(resource)))
    .filter(resource => resource.includes('*') && resource !== '*')
    .map(resource => `Resource::${resource}`);
  if (appliesTo.length > 0) {
    principal.node.findAll()
      .filter(child => CfnResource.isCfnResource(child) && POLICIES.includes(child.cfnResourceType))
      .forEach(policy => accept(policy, { rule: 'AwsSolutions-IAM5', reason, appliesTo }));
  }
}

const POLICIES = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'];

/** @see https://github.com/cdklabs/cdk-nag#suppressing-a-rule */
function asCdkNagSpells(resolved: unknown): string {
  if (typeof resolved === 'string') {
    return resolved;
  }
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join, 'Fn::ImportValue': imported } = resolved as Intrinsic;
  return Ref !== undefined ? `<${Ref}>`
    : attribute ? `<${attribute.map(asCdkNagSpells).join('.')}>`
      : join ? join[1].map(asCdkNagSpells).join(join[0])
        : imported !== undefined ? asCdkNagSpells(imported) : JSON.stringify(resolved);
}

interface Intrinsic {
  readonly 'Ref'?: string;
  readonly 'Fn::GetAtt'?: unknown[];
  readonly 'Fn::Join'?: [string, unknown[]];
  readonly 'Fn::ImportValue'?: unknown;
}
