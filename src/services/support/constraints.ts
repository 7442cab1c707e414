import { Token } from 'aws-cdk-lib';
import { checkWhole } from './numbers';
import { CONSTRAINTS } from '../../support/aws-constraints';

/** Constraints of a property in CloudFormation's schema. */
interface Constraint {
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

const TABLE: Record<string, Constraint> = CONSTRAINTS;

/** Returns whether CloudFormation's schema takes a value for a property. A token passes. */
export function fits(path: keyof typeof CONSTRAINTS, value: string): boolean {
  const { pattern = '', minLength = 0, maxLength = Infinity } = TABLE[path];
  return Token.isUnresolved(value)
    || new RegExp(pattern).test(value) && value.length >= minLength && value.length <= maxLength;
}

/** Throws if a number is not whole, or not in the range of CloudFormation's schema for a property. */
export function checkRange(path: keyof typeof CONSTRAINTS, property: string, value: number | undefined): void {
  const { minimum = 0, maximum } = TABLE[path];
  checkWhole(property, value, minimum, maximum);
}
