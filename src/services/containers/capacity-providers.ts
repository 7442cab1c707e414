import { Token } from 'aws-cdk-lib';
import { CapacityProviderStrategy } from 'aws-cdk-lib/aws-ecs';
import { checkRange } from '../support/constraints';

export const CAPACITY_PROVIDERS = ['FARGATE', 'FARGATE_SPOT'];

const ITEM = 'AWS::ECS::ClusterCapacityProviderAssociations.DefaultCapacityProviderStrategy';

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html */
export function checkStrategy(property: string, strategy: CapacityProviderStrategy[]): void {
  const names = strategy.map(({ capacityProvider }) => capacityProvider);
  const wrong = names.find(name => !Token.isUnresolved(name) && !CAPACITY_PROVIDERS.includes(name));
  if (wrong !== undefined || strategy.length === 0) {
    throw new Error(`${property} ${wrong === undefined ? 'is empty' : `names '${wrong}'`}: `
      + `give ${CAPACITY_PROVIDERS.join(' or ')}`);
  }
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new Error(`${property} names '${twice}' twice: name it once`);
  }
  for (const { base, weight } of strategy) {
    checkRange(`${ITEM}.Base`, `base in ${property}`, base);
    checkRange(`${ITEM}.Weight`, `weight in ${property}`, weight);
  }
  if (strategy.filter(({ base = 0 }) => base !== 0).length > 1) {
    throw new Error(`${property} has more than one base: give it to one capacity provider only`);
  }
  if (strategy.every(({ base, weight }) => weight === 0 && (base ?? 0) === 0)) {
    throw new Error(`${property} has no weight above 0, so no task would be placed: give a weight of 1 or more`);
  }
}
