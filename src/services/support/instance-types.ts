import { Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { asOf, classesAt, Fleet, isNew } from '../../support/aws-data';

/** Instance types of a service, and their names. */
export interface InstanceTypes {
  readonly service: string;
  /** Part of the name that the service adds to that of EC2. */
  readonly affix: string;
  /** Prefixes of the supported instance classes, and of new ones of the same families. */
  readonly classes: RegExp;
  /** For error messages. */
  readonly example: string;
}

/**
 * @throws if the service does not support the class of the type, the name already has the affix, or the region lacks it
 */
export function checkType(
  scope: IConstruct, fleet: Fleet, property: string, type: ec2.InstanceType, types: InstanceTypes,
): void {
  const name = type.toString();
  const { service, affix, classes, example } = types;
  if (Token.isUnresolved(name)) {
    return;
  }
  if (!(/^[a-z0-9-]+\.[a-z0-9-]+$/.test(name) && classes.test(name))) {
    throw new Error(`${property} is '${name}': give a type of ${service} without '${affix}', such as '${example}'`);
  }
  const available = classesAt(scope, fleet);
  const nameInAws = affix.startsWith('.') ? `${name}${affix}` : `${affix}${name}`;
  if (available && !available.has(name) && !isNew(scope, nameInAws)) {
    const owner = fleet.name === service.toLowerCase() ? service : `${service} for ${[fleet.name, fleet.version].filter(Boolean).join(' ')}`;
    const taken = [...available].filter(each => classes.test(each));
    const other = closest(name, available) ?? taken.find(each => each.endsWith(`.${partsOf(name).size}`)) ?? taken[0];
    throw new Error(`${property} is '${name}', which ${owner} does not have in ${Stack.of(scope).region}, `
      + asOf(`give another type, such as '${other}'`, nameInAws));
  }
}

/** Default type, or if the region lacks it, the closest of the same size. */
export function defaultType(scope: IConstruct, fleet: Fleet, name: string): ec2.InstanceType {
  const available = classesAt(scope, fleet);
  return new ec2.InstanceType(!available || available.has(name) ? name : closest(name, available) ?? name);
}

/** Of the same size and purpose: with the same processor if possible, of the nearest generation, of two the older. */
function closest(name: string, available: Set<string>): string | undefined {
  const { purpose, generation, suffix, size } = partsOf(name);
  const distance = (other: ReturnType<typeof partsOf>) =>
    1000 * Number(other.suffix !== suffix) + 20 * Math.abs(other.generation - generation) + other.generation / 10;
  return [...available].map(other => ({ ...partsOf(other), other }))
    .filter(other => other.purpose === purpose && other.size === size)
    .sort((one, other) => distance(one) - distance(other))[0]?.other;
}

function partsOf(name: string) {
  const [, purpose, generation, suffix, size] = /^([a-z]+)(\d+)([a-z-]*)\.(.+)$/.exec(name) ?? [];
  return { purpose, generation: Number(generation), suffix, size };
}
