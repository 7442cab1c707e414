import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';

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

/** @throws if the service does not support the class of the type, or the name already has the affix */
export function checkType(property: string, type: ec2.InstanceType, types: InstanceTypes): void {
  const name = type.toString();
  const { service, affix, classes, example } = types;
  if (!Token.isUnresolved(name) && !(/^[a-z0-9-]+\.[a-z0-9-]+$/.test(name) && classes.test(name))) {
    throw new Error(`${property} is '${name}': give a type of ${service} without '${affix}', such as '${example}'`);
  }
}
