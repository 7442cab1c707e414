import { Annotations, Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { CLASSES, MISSING_CLASSES, MISSING_TYPES, REGIONS, REGION_SETS, REGIONS_WITH_TYPES, TAKEN, VERSIONS } from './aws-tables';

// what AWS has is known as of a day, and AWS adds to it: whoever knows of more lists it here
const CONTEXT_KEY = 'cdk-multi-account-org:availableInAws';

const HALF_A_YEAR = 183;
const DAY = 24 * 3600 * 1000;

/** Product with classes of instances: an engine of databases, which may have a version, or a service. */
export interface Fleet {
  readonly name: string;
  readonly version?: string;
}

/** Classes of instances that a fleet has in the region of a construct. Undefined if that is not known. */
export function classesAt(scope: IConstruct, { name, version = '' }: Fleet): Set<string> | undefined {
  const region = regionOf(scope);
  if (region === undefined) {
    return undefined;
  }
  const key = `${name} ${version} ${region}`;
  const missing = missingClasses(name, version);
  const known = decoded.get(key) ?? new Set(CLASSES[name].split(' ').flatMap(text => {
    const [family, groups] = text.split('=');
    return groups.split(';').map(group => group.split('@')).filter(([, where]) => includes(where, region))
      .flatMap(([sizes]) => sizes.split(',').map(size => size === '' ? family : `${family}.${size}`))
      .filter(each => !missing.includes(family) && !missing.includes(each));
  }));
  decoded.set(key, known);
  return known.size > 0 ? known : undefined;
}

const decoded = new Map<string, Set<string>>();

/** Families and classes that a version of an engine lacks. */
function missingClasses(engine: string, version: string): string[] {
  const groups = MISSING_CLASSES[engine]?.split(';').map(group => group.split('=').map(list => list.split(' '))) ?? [];
  return groups.find(([versions]) => versions.includes(version))?.[1] ?? [];
}

/** Whether somebody says that AWS has something by now. */
export function isNew(scope: IConstruct, name: string): boolean {
  const names: unknown = scope.node.tryGetContext(CONTEXT_KEY);
  return [names].flat().includes(name);
}

/** End of a sentence about what AWS lacks: as of when, and what to do if that has changed. */
export function asOf(wayOut: string, name: string): string {
  const days = Math.floor((Date.now() - Date.parse(TAKEN)) / DAY);
  const old = days > HALF_A_YEAR ? `, which are ${days} days old` : '';
  return `according to AWS's data of ${TAKEN}${old}: ${wayOut}, or, if AWS has it by now, list '${name}' in the context key '${CONTEXT_KEY}'`;
}

/** @throws if the region of a construct lacks a type of resource that the construct needs */
export function checkTypeExists(scope: IConstruct, type: string): void {
  const region = regionOf(scope);
  const missing = MISSING_TYPES[type];
  const isMissing = region !== undefined && missing !== undefined
    && includes(REGIONS_WITH_TYPES, region) && includes(missing, region);
  if (isMissing && !isNew(scope, type)) {
    throw new Error(`region of stack '${Stack.of(scope).node.path}' is '${region}', which does not have ${type}, `
      + asOf('use another region', type));
  }
}

/**
 * Versions with which nothing new can be created are warned of: a database that exists keeps running, and AWS may have
 * upgraded it since. So are versions that only the CDK knows, which are older than the data or newer.
 *
 * @param ofCdk class with the versions of the engine that the CDK knows
 * @throws if nobody knows the version
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBEngineVersion.html
 */
export function checkEngineVersion(
  scope: IConstruct, property: string, { name, version }: Required<Fleet>, ofCdk: object = {},
): void {
  const nameInAws = `${name} ${version}`;
  if (Token.isUnresolved(version) || isNew(scope, nameInAws)) {
    return;
  }
  const [available, deprecated] = VERSIONS[name].split('|').map(list => list.split(' '));
  // patches of a minor version are not listed
  const wanted = version.replace(/\.R\d+(\.\d{8})?$/, '');
  const isIn = (list: string[]) => list.includes(wanted)
    || isMajor({ name, version: wanted }) && list.some(each => each.startsWith(`${wanted}.`));
  if (isIn(available)) {
    return;
  }
  const newest = available[available.length - 1];
  if (!isIn(deprecated) && !Object.values(ofCdk).some(known => Object.values(known).includes(version))) {
    throw new Error(`${property} is '${version}', which is not a version of ${name}, ${asOf(`give one such as '${newest}'`, nameInAws)}`);
  }
  Annotations.of(scope).addWarningV2('cdk-multi-account-org:deprecatedEngineVersion',
    `${property} is '${version}', with which AWS creates nothing new of ${name}, `
    + asOf(`unless it exists already, give a newer version, such as '${newest}'`, nameInAws));
}

/**
 * Whether the version is a major one, of which RDS chooses a recent minor one.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html
 */
export function isMajor({ name, version }: Fleet): boolean {
  return (name.includes('postgres') ? /^(\d{2}|9\.\d)$/ : /^\d+\.\d+$/).test(version ?? '');
}

/** Region of the stack of a construct. Undefined if it is known at deployment only. */
function regionOf(scope: IConstruct): string | undefined {
  const { region } = Stack.of(scope);
  return Token.isUnresolved(region) ? undefined : region;
}

/** Whether a set of regions, which the data name by a number, includes one. */
function includes(set: string, region: string): boolean {
  const index = REGIONS.split(' ').indexOf(region);
  // beyond 32 bits, so not by an operator
  return index >= 0 && Math.floor(parseInt(REGION_SETS.split(' ')[parseInt(set, 36)], 36) / 2 ** index) % 2 === 1;
}
