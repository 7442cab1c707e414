import { Token } from 'aws-cdk-lib';

/** Throws if a number is not whole or out of range. A token passes. */
export function checkWhole(property: string, value: number | undefined, least: number, most?: number): void {
  if (!Token.isUnresolved(value)) {
    checkWholeLiteral(property, value, least, most);
  }
}

/** The same for a number on which other values depend: it is not a token. */
export function checkWholeLiteral(property: string, value: number | undefined, least: number, most?: number): void {
  if (value !== undefined && (!Number.isInteger(value) || value < least || most !== undefined && value > most)) {
    throw new Error(`${property} is ${shown(value)}: give a whole number${most === undefined ? `, ${least} or more` : ` from ${least} to ${most}`}`);
  }
}

/** Number as a message names it. */
export function shown(value: number): string {
  return Token.isUnresolved(value) ? 'a token' : Number.isNaN(value) ? 'not a number' : String(value);
}
