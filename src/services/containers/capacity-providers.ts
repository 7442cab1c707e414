import { Token } from 'aws-cdk-lib';
import { CapacityProviderStrategy } from 'aws-cdk-lib/aws-ecs';

export const CAPACITY_PROVIDERS = ['FARGATE', 'FARGATE_SPOT'];

export function checkStrategy(property: string, strategy: CapacityProviderStrategy[]): void {
  const wrong = strategy.map(({ capacityProvider }) => capacityProvider)
    .find(name => !Token.isUnresolved(name) && !CAPACITY_PROVIDERS.includes(name));
  if (wrong !== undefined || strategy.length === 0) {
    throw new Error(`${property} ${wrong === undefined ? 'is empty' : `names '${wrong}'`}: `
      + `give ${CAPACITY_PROVIDERS.join(' or ')}`);
  }
}
