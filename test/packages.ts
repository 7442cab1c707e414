import { spawnSync } from 'child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'fs';
import { join, resolve } from 'path';

export const REPOSITORY = resolve(__dirname, '..');

/** What outlives a run, out of the way of git and npm. */
export const CACHE = join(REPOSITORY, 'node_modules', '.cache', 'cdk-multi-account-org');

/** The packages that the rehearsal of a release has made, a folder per language. */
export const DIST = join(REPOSITORY, 'dist');

const { devDependencies } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));

/** The oldest versions that the packages work with. */
export const CDK_VERSION: string = devDependencies['aws-cdk-lib'];
export const CONSTRUCTS_VERSION: string = devDependencies.constructs;

/** The newest aws-cdk-lib that the tests know. */
export const NEWEST_CDK: string = devDependencies['aws-cdk-lib-newest'].split('@').pop();

/** The CDK CLI as npm knows it. */
export const CLI = `aws-cdk@${devDependencies['aws-cdk']}`;

/** The version of the packages. */
export function packedVersion(): string {
  return readFileSync(join(DIST, 'version.txt'), 'utf8').trim();
}

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

/** The one package in a folder that has such a name. */
export function packed(folder: string, name: RegExp): string {
  const found = existsSync(join(DIST, folder)) ? readdirSync(join(DIST, folder)).filter(file => name.test(file)) : [];
  if (found.length !== 1) {
    throw new Error(`dist/${folder} has ${found.length} files like ${name}: run 'npx projen packages' after 'rm -r dist'`);
  }
  return join(DIST, folder, found[0]);
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
