import { Duration, Token } from 'aws-cdk-lib';
import { shown } from '../support/options';

/**
 * Operator that child policies may use: those of lower units and of accounts.
 *
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/policy-operators.html
 */
export enum ChildPolicyOperator {
  /** Any. */
  ALL = 'ALL',
  /** None: what is set stays as it is. */
  NONE = 'NONE',
  /** Replace what is set. */
  ASSIGN = 'ASSIGN',
  /** Add to a list. */
  APPEND = 'APPEND',
  /** Take away from a list. */
  REMOVE = 'REMOVE',
}

/** A part of a document: settings, and settings by their names. */
export interface Part {
  readonly [key: string]: unknown;
}

/** One value, as AWS writes it: numbers and booleans too are strings. */
export function assigned(value?: string | number | boolean, operators?: ChildPolicyOperator[]): Part | undefined {
  return value === undefined ? undefined : { '@@assign': String(value), ...childControl(operators) };
}

/** A list, which replaces that of parent policies, or is added to it. */
export function listed(values?: string[], adds = false, operators?: ChildPolicyOperator[]): Part | undefined {
  return values === undefined ? undefined : { [adds ? '@@append' : '@@assign']: values, ...childControl(operators) };
}

/** Those parts that are there, or nothing if none is. */
export function parts(all: Record<string, unknown>): Part | undefined {
  const present = Object.entries(all).filter(([, part]) => part !== undefined);
  return present.length === 0 ? undefined : Object.fromEntries(present);
}

/** The same part, with an operator at each of its nodes. */
export function controlled(part: Part, operators?: ChildPolicyOperator[]): Part {
  const below = Object.entries(part).map(([key, value]) =>
    [key, typeof value === 'object' && !Array.isArray(value) ? controlled(value as Part, operators) : value]);
  return { ...Object.fromEntries(below), ...childControl(operators) };
}

function childControl(operators?: ChildPolicyOperator[]): Part {
  return operators === undefined ? {}
    : { '@@operators_allowed_for_child_policies': operators.map(operator => `@@${operator.toLowerCase()}`) };
}

// each returns the problems of what is given, if any

export function operatorsProblem(property: string, operators = [ChildPolicyOperator.ALL]): string[] {
  const alone = operators.find(operator => [ChildPolicyOperator.ALL, ChildPolicyOperator.NONE].includes(operator));
  return operators.length === 0 ? [emptiness(property)]
    : alone !== undefined && operators.length > 1 ? [`${property} has ${alone} and others, which contradict it: give ${alone} alone`] : [];
}

/** @param isKey whether it is a key of the document, which must be known at synth */
export function formProblem(property: string, value: string, form: RegExp, wanted: string, isKey = false): string[] {
  return form.test(value) || !isKey && Token.isUnresolved(value) ? []
    : [`${property} is ${shown(value)}, which AWS does not take: give ${wanted}`];
}

export function emptyProblem(property: string, values?: unknown[]): string[] {
  return values?.length === 0 ? [emptiness(property)] : [];
}

/** @param isSame what is the same for AWS */
export function twiceProblem(property: string, names: string[] = [], isSame = (name: string) => name): string[] {
  const keys = names.map(isSame);
  const twice = names.find((name, index) => keys.indexOf(isSame(name)) < index);
  return twice === undefined ? [] : [`${property} names '${twice}' twice: name it once`];
}

export function numberProblem(property: string, value: number | undefined, min: number, max: number): string[] {
  return value === undefined || Token.isUnresolved(value) || isWithin(value, min, max) ? []
    : [`${property} is ${shown(value)}: give a whole number from ${min} to ${max}`];
}

export function daysProblem(
  property: string, duration: Duration | undefined, min: number, max: number, why = '',
): string[] {
  const days = duration?.toDays({ integral: false });
  return days === undefined || isWithin(days, min, max) ? []
    : [`${property} is ${days} days${why}: give whole days from ${min} to ${max}`];
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function emptiness(property: string): string {
  return `${property} is empty: name at least one`;
}
