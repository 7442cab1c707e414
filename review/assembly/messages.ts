import { existsSync, readFileSync } from 'fs';
import { join } from 'path';

/** What the app says of itself when it is synthesized. */
export interface Message {
  /** With an error, the CDK CLI does not deploy. */
  readonly level: 'error' | 'warning';
  /** Of the construct that it is about. */
  readonly path: string;
  /** Path of the stack that it is in, where the assembly says so. */
  readonly stack?: string;
  /** In one line. */
  readonly text: string;
  /** Its stack is in an account that is not there yet, or names one: whatever makes the account is deployed before. */
  readonly isPending: boolean;
}

interface Entry {
  readonly type: string;
  readonly data?: unknown;
}

type Metadata = Record<string, Entry[]>;

const LEVELS: Record<string, Message['level']> = { 'aws:cdk:error': 'error', 'aws:cdk:warning': 'warning' };

/** What an artifact of the assembly has of the messages of its constructs: in the manifest, or in a file of its own. */
export interface WithMetadata {
  readonly metadata?: Metadata;
  readonly additionalMetadataFile?: string;
}

export function messagesOf(
  folder: string, { metadata, additionalMetadataFile: file }: WithMetadata, of: Pick<Message, 'stack' | 'isPending'>,
): Message[] {
  const more: Metadata = file === undefined ? {} : JSON.parse(readFileSync(join(folder, file), 'utf8'));
  return [metadata ?? {}, more].flatMap(all => Object.entries(all)).flatMap(([path, entries]) => entries
    .filter(({ type }) => Object.keys(LEVELS).includes(type))
    .map(({ type, data }) => ({ level: LEVELS[type], path: path.replace(/^\//, ''), text: flat(data), ...of })));
}

interface Violation {
  readonly ruleName: string;
  readonly description: string;
  readonly severity?: string;
  readonly violatingConstructs?: Array<{ constructPath?: string }>;
}

interface Report {
  readonly pluginReports?: Array<{ pluginName?: string; summary?: { pluginName: string }; violations?: Violation[] }>;
}

/** Where the CDK writes what plugins for validation find; newer ones write both. */
const REPORTS = ['validation-report.json', 'policy-validation-report.json'];

/** What it has is metadata of constructs, too. Newer apps ask for it by a feature flag. */
const ANNOTATIONS = 'Construct Annotations';

/** Of plugins for validation: https://docs.aws.amazon.com/cdk/v2/guide/policy-validation-synthesis.html */
export function violationsIn(folder: string): Message[] {
  const file = REPORTS.map(name => join(folder, name)).find(existsSync);
  const { pluginReports = [] }: Report = file === undefined ? {} : JSON.parse(readFileSync(file, 'utf8'));
  const ofPlugins = pluginReports.filter(({ pluginName, summary }) =>
    (pluginName ?? summary?.pluginName) !== ANNOTATIONS);
  return ofPlugins.flatMap(({ pluginName, summary, violations = [] }) =>
    violations.flatMap(({ ruleName, description, severity = 'error', violatingConstructs = [] }) => {
      const level = ['warning', 'info'].includes(severity) ? 'warning' : 'error';
      const text = flat(`${description} (${ruleName} of ${pluginName ?? summary?.pluginName ?? 'a plugin'})`);
      const paths = new Set(violatingConstructs.map(({ constructPath = '' }) => constructPath));
      return [...paths.size > 0 ? paths : ['']].map((path): Message => ({ level, path, text, isPending: false }));
    }));
}

/** With which a deployment ends that begins now. */
export function errorsOf(messages: Message[]): Message[] {
  return messages.filter(({ level, isPending }) => level === 'error' && !isPending);
}

/** `The app has 2 errors, so that the CDK CLI does not deploy it` */
export function refused(errors: Message[]): string {
  return `The app has ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}, so that the CDK CLI does not deploy it`;
}

function flat(text: unknown): string {
  return (typeof text === 'string' ? text : JSON.stringify(text) ?? '').replace(/\s+/g, ' ').trim();
}
