import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';

/** How a service names the instance types that it has. */
export interface InstanceTypes {
  readonly service: string;
  /** What the service adds to the names of EC2. */
  readonly affix: string;
  /** The beginnings of the classes that it has, with new ones of the same kinds. */
  readonly classes: RegExp;
  /** For a message. */
  readonly example: string;
}

/** @throws if a type is of a class that the service does not have, or has the affix already */
export function checkType(property: string, type: ec2.InstanceType, types: InstanceTypes): void {
  const name = type.toString();
  const { service, affix, classes, example } = types;
  if (!Token.isUnresolved(name) && !(/^[a-z0-9-]+\.[a-z0-9-]+$/.test(name) && classes.test(name))) {
    throw new Error(`${property} is '${name}': give a type of ${service} without '${affix}', such as '${example}'`);
  }
}
