import { spawnSync } from 'child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'fs';
import { join, resolve } from 'path';

/** The packages as packed, and the versions of what they stand on. */
export interface Packages {
  /** The folder that has a folder per language. */
  readonly dist: string;
  readonly version: string;
  /** The oldest aws-cdk-lib that they work with. */
  readonly cdkVersion: string;
  readonly constructsVersion: string;
}

export const REPOSITORY = resolve(__dirname, '..');

const { version, devDependencies } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
export const PACKAGES: Packages = {
  dist: join(REPOSITORY, 'dist'),
  version,
  cdkVersion: devDependencies['aws-cdk-lib'],
  constructsVersion: devDependencies.constructs,
};

/** The newest aws-cdk-lib that the tests know. */
export const NEWEST_CDK: string = devDependencies['aws-cdk-lib-newest'].split('@').pop();

export interface Run {
  readonly seconds: number;
  readonly output: string;
}

/** Runs a command to its end; a failure ends everything, with what the command said. */
export function run(cwd: string, command: string, words: string[], env: NodeJS.ProcessEnv = process.env): Run {
  const start = process.hrtime.bigint();
  const { status, signal, error, stdout, stderr } = spawnSync(command, words, {
    cwd, env, encoding: 'utf8', maxBuffer: 1024 ** 3, timeout: 15 * 60_000,
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const output = `${stdout}${stderr}`;
  if (error || status !== 0) {
    throw new Error(`'${[command, ...words].join(' ')}' ended with ${error?.message ?? signal ?? status}:\n${output.slice(-5000)}`);
  }
  return { seconds, output };
}

/** The first of the commands that the machine lacks. */
export function missingTool(tools: string[][]): string | undefined {
  return tools.find(([command, ...words]) => spawnSync(command, words).status !== 0)?.[0];
}

/** The one file in a folder of the packages that has such a name. */
export function packed(folder: string, name: RegExp): string {
  const found = existsSync(folder) ? readdirSync(folder).filter(file => name.test(file)) : [];
  if (found.length !== 1) {
    throw new Error(`${folder} has ${found.length} files like ${name}: run 'npx projen package-all' after 'rm -r dist'`);
  }
  return join(folder, found[0]);
}

/** A copy of the example in a language, without what an earlier run has left in it. */
export function copyOfExample(language: string, folder: string): string {
  const example = join(REPOSITORY, 'examples', language);
  const project = join(folder, language);
  const left = /node_modules|cdk\.out|\.venv|(target|bin|obj)$/;
  cpSync(example, project, { recursive: true, filter: path => !left.test(path.slice(example.length)) });
  return project;
}

/** The command by which the CLI runs an app. */
export function appCommand(project: string): string {
  return JSON.parse(readFileSync(join(project, 'cdk.json'), 'utf8')).app;
}
