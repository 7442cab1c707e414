import { Token } from 'aws-cdk-lib';

export function checkWhole(property: string, value: number, least: number, most?: number): void {
  const wrong = !Number.isInteger(value) || value < least || most !== undefined && value > most;
  if (!Token.isUnresolved(value) && wrong) {
    throw new Error(`${property} is ${value}: give a whole number, ${least} ${most === undefined ? 'or more' : `to ${most}`}`);
  }
}
