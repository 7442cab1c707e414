import { createHash } from 'crypto';
import { Names, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct, IConstruct } from 'constructs';
import { LogPolicy } from '../../support/provider-logs';
import { sdkCall } from '../../support/sdk-calls';

/** Name and region of an SSM parameter in the account. */
export interface ParameterPlace {
  readonly name: string;
  readonly region: string;
}

/**
 * Value of a parameter in another region. CloudFormation references read parameters of their own region only.
 *
 * It is read on creation, and never again under the same name: another value needs another name.
 */
export function readParameter(
  scope: Construct, id: string, { name, region }: ParameterPlace, policy: LogPolicy,
): string {
  const resourceName = name.replace(/^\//, '');
  return sdkCall(scope, id, {
    call: {
      service: 'SSM',
      action: 'getParameter',
      region,
      parameters: { Name: name },
      physicalResourceId: PhysicalResourceId.of(name),
      outputPaths: ['Parameter.Value'],
    },
    allowed: [new iam.PolicyStatement({
      actions: ['ssm:GetParameter'],
      resources: [Stack.of(scope).formatArn({ service: 'ssm', region, resource: 'parameter', resourceName })],
    })],
    logs: policy,
  }).getResponseField('Parameter.Value');
}

/** Unique name of a parameter that changes with the inputs of its value. */
export function uniqueParameterName(owner: IConstruct, kind: string, madeOf: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(Stack.of(owner).resolve(madeOf))).digest('hex').slice(0, 8);
  const path = Names.uniqueResourceName(owner, { maxLength: 256, separator: '-', allowedSpecialCharacters: '-_' });
  return `/${kind}/${path}/${hash}`;
}
