import { existsSync, readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { Message, messagesOf, violationsIn, WithMetadata } from './messages';
import { contentOf } from './template';
import type { Fact } from '../../src/organization/organization';

export type { Fact };

export interface Resource {
  /** Logical ID, after those of the nested stacks that it is in: `access/Role`. */
  readonly id: string;
  /** Of its construct, where the template has it. */
  readonly path?: string;
  readonly type: string;
  readonly properties: Record<string, unknown>;
  readonly deletionPolicy?: string;
  readonly updateReplacePolicy?: string;
  /** Condition without which AWS does not make it. */
  readonly condition?: unknown;
}

export interface Stack {
  readonly path: string;
  readonly name: string;
  /** Not set where the app leaves it to whoever deploys, or knows none yet. */
  readonly account?: string;
  readonly region?: string;
  /** Name of the stage that it is a part of, or whose account it is in. */
  readonly stage?: string;
  /** ARN of the role that the CLI deploys it with; not set if with the caller's own credentials. */
  readonly role?: string;
  /** Paths of the stacks that the CLI deploys before this one. */
  readonly after: string[];
  readonly terminationProtection: boolean;
  readonly resources: Map<string, Resource>;
  readonly outputs: Record<string, unknown>;
  /** What else resources may depend on, by section and name: `Conditions/IsMain`, after the IDs of nested stacks. */
  readonly declarations?: ReadonlyMap<string, unknown>;
}

export interface Stage {
  readonly name: string;
  readonly path: string;
  /** Not set as long as the account does not exist. */
  readonly account?: string;
  /** Facts of the stage by their names, such as `profile`. */
  readonly facts: ReadonlyMap<string, string>;
}

export interface Organization {
  readonly namespace: string;
  /** Of its construct; empty if it is the app itself. */
  readonly path: string;
  /** Root comes first. */
  readonly stages: Stage[];
  readonly facts: Fact[];
}

/** What an account is called that is not there yet. */
export const NO_ACCOUNT = '000000000000';
const VERSION = 1;

/** A synthesized app: its stacks, and what it says of its organizations. */
export class Assembly {
  /** @throws if there is none in the folder, or a newer version than this one has written its facts */
  public static read(folder: string): Assembly {
    if (!existsSync(join(folder, 'manifest.json'))) {
      throw new Error(`'${folder}' is no cloud assembly: it has no manifest.json`);
    }
    const organizations: Organization[] = [];
    const found: Found[] = [];
    const missing = readFolder(folder, organizations, found);
    const places = organizations.flatMap(placesOf);
    const messages = [...found.flatMap(stack => stack.messages), ...violationsIn(folder)];
    return new Assembly(organizations, found.map(({ read }) => read(places)), missing, messages);
  }

  private readonly byPath: Map<string, Stack>;

  private constructor(
    public readonly organizations: Organization[], public readonly stacks: Stack[],
    /** Keys of context that nobody has looked up yet. */
    public readonly missing: string[],
    /** Errors and warnings of its constructs. */
    public readonly messages: Message[],
  ) {
    this.byPath = new Map(stacks.map(stack => [stack.path, stack]));
  }

  public stack(path: string): Stack | undefined {
    return this.byPath.get(path);
  }

  /** These and whatever the CLI deploys before them, each after what it waits for. */
  public inOrder(wanted: Stack[]): Stack[] {
    const ordered = new Set<Stack>();
    const add = (stack: Stack) => {
      if (!ordered.has(stack)) {
        stack.after.map(path => this.byPath.get(path)!).forEach(add);
        ordered.add(stack);
      }
    };
    wanted.forEach(add);
    return [...ordered];
  }
}

interface Found {
  readonly messages: Message[];
  read(places: Place[]): Stack;
}

/** Where stacks of a stage are. */
interface Place {
  readonly stage: string;
  readonly account?: string;
  readonly below: string;
  readonly bootstrap: string;
  /** Where else its stacks may be, if it is the only stage without an account. */
  readonly alone?: string;
}

interface Artifact extends WithMetadata {
  readonly type: string;
  readonly displayName?: string;
  readonly environment?: string;
  readonly dependencies?: string[];
  readonly properties?: Record<string, any>;
}

function readFolder(folder: string, organizations: Organization[], found: Found[]): string[] {
  const { artifacts = {}, missing = [] } = json(join(folder, 'manifest.json'));
  organizations.push(...readdirSync(folder).filter(name => name.endsWith('.organization.json')).sort()
    .map(name => readOrganization(join(folder, name))));
  const pathOf = (id: string) => (artifacts[id].displayName ?? id).split(' ')[0];
  const isStack = (id: string) => artifacts[id]?.type === 'aws:cloudformation:stack';
  const inside = Object.entries<Artifact>(artifacts).flatMap(([id, artifact]) => {
    if (artifact.type === 'cdk:cloud-assembly') {
      return readFolder(join(folder, artifact.properties!.directoryName), organizations, found);
    }
    if (isStack(id)) {
      const after = (artifact.dependencies ?? []).filter(isStack).map(pathOf);
      const messages = messagesOf(folder, artifact, { stack: pathOf(id), isPending: waits(folder, artifact) });
      found.push({ messages, read: known => readStack(folder, id, pathOf(id), after, artifact, known) });
    }
    return [];
  });
  return [...missing.map(({ key }: { key: string }) => key), ...inside];
}

/** Whether a stack is in an account that is not there yet, or names one. */
function waits(folder: string, { environment, properties }: Artifact): boolean {
  return environment?.startsWith(`aws://${NO_ACCOUNT}/`)
    || readFileSync(join(folder, properties!.templateFile), 'utf8').includes(NO_ACCOUNT);
}

function readOrganization(file: string): Organization {
  const { version, namespace, facts } = json(file) as { version: number; namespace: string; facts: Fact[] };
  if (version !== VERSION) {
    throw new Error(`'${file}' is of version ${version}, and this command reads version ${VERSION}: use that of the library which the app uses`);
  }
  const stages = new Map<string, { path: string; facts: Map<string, string> }>();
  facts.filter(({ kind }) => kind === 'stage').forEach(({ subject, name, value, source }) => {
    const stage = stages.get(subject) ?? { path: source, facts: new Map() };
    stage.facts.set(name, value);
    stages.set(subject, stage);
  });
  const known = [...stages].map(([name, stage]) => ({ name, account: stage.facts.get('account-id'), ...stage }));
  const path = known[0]?.path.replace(/(^|\/)[^/]*$/, '') ?? namespace;
  return { namespace, path, stages: known, facts };
}

function readStack(
  folder: string, id: string, path: string, after: string[], { environment = '', properties = {} }: Artifact,
  places: Place[],
): Stack {
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment) ?? [];
  const content = contentOf(json(join(folder, properties.templateFile)), (_, file) => file && json(join(folder, file)));
  const known = (value?: string) => value?.startsWith('unknown-') ? undefined : value;
  return {
    path,
    name: properties.stackName ?? id,
    account: account === NO_ACCOUNT ? undefined : known(account),
    region: known(region),
    stage: stageOf(path, account, places),
    role: properties.assumeRoleArn,
    after,
    terminationProtection: properties.terminationProtection ?? false,
    ...content,
  };
}

function placesOf({ path: top, stages }: Organization): Place[] {
  const [unknown, ...others] = stages.filter(({ account }) => account === undefined);
  return stages.map(stage => ({
    stage: stage.name,
    account: stage.account,
    below: `${stage.path}/`,
    bootstrap: stage.path.replace(/[^/]+$/, `bootstrap/${stage.name}`),
    ...stage === unknown && others.length === 0 && { alone: top && `${top}/` },
  }));
}

function stageOf(path: string, account: string | undefined, places: Place[]): string | undefined {
  return places.find(({ below, bootstrap, account: own, alone }) => path.startsWith(below)
    || path === bootstrap || path.startsWith(`${bootstrap}--`) || own !== undefined && own === account
    || account === NO_ACCOUNT && alone !== undefined && path.startsWith(alone))?.stage;
}

function json(file: string): any {
  return JSON.parse(readFileSync(file, 'utf8'));
}
