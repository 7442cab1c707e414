import { existsSync, readFileSync, writeFileSync } from 'fs';
import { homedir } from 'os';
import { join } from 'path';
import { Scratch } from './scratch';
import { Assembly } from '../assembly/assembly';

export interface AppOptions {
  /** Folder of its cdk.json. */
  readonly folder: string;
  /** What starts it, instead of what its cdk.json says. */
  readonly command?: string;
  /** `key=value`, as the CDK CLI takes it. */
  readonly context?: string[];
  /** What installs the packages of a git ref, instead of lending it those of today. */
  readonly install?: string;
}

/** Synthesizes an app by its own command, as the CDK CLI does, without AWS: what would be looked up stays unknown. */
export async function synthesize(options: AppOptions, { folder: outdir, run }: Scratch): Promise<Assembly> {
  const { folder, command, context = [] } = options;
  if (!existsSync(folder)) {
    throw new Error(`--app-dir '${folder}' does not exist: name the folder of the app's cdk.json`);
  }
  const settings = { ...settingsIn(join(homedir(), '.cdk.json')), ...settingsIn(join(folder, 'cdk.json')) };
  const app = command ?? settings.app;
  if (typeof app !== 'string' || app === '') {
    const file = join(folder, 'cdk.json');
    throw new Error(`'${file}' has no app: give the command that starts it by --app, or an assembly by --assembly`);
  }
  if (existsSync(join(folder, app, 'manifest.json'))) {
    return Assembly.read(join(folder, app));
  }
  const given = {
    'aws:cdk:enable-path-metadata': true,
    // by it, a nested stack says where its template is
    'aws:cdk:enable-asset-metadata': true,
    // what is bundled changes with its source, which is looked at instead: nothing has to be built
    'aws:cdk:bundling-stacks': [],
    // as the CDK CLI has it: a stack that waits for its account has an error, and a new app would not synthesize
    '@aws-cdk/core:failSynthOnValidationErrors': false,
    ...settings.context as {},
    ...settingsIn(join(folder, 'cdk.context.json')),
    ...Object.fromEntries(context.map(keyAndValue)),
  };
  // a variable of Linux has 128 KiB at most: the CDK reads more from a file
  const overflow = join(outdir, 'context.json');
  writeFileSync(overflow, JSON.stringify(given));
  const env = { ...process.env, CDK_OUTDIR: join(outdir, 'cdk.out'), CDK_CONTEXT_JSON: '{}', [OVERFLOW]: overflow };
  const { build } = settings;
  for (const words of [...command === undefined && typeof build === 'string' ? [build] : [], app]) {
    const { by, stdout, stderr } = await run(words, [], { cwd: folder, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    if (by !== 0) {
      // a compiler tells its errors on standard output
      throw new Error([`the app does not synthesize: '${words}' ended with ${by}`, stdout.trimEnd(), stderr.trimEnd()]
        .filter(text => text !== '').join('\n'));
    }
  }
  return Assembly.read(join(outdir, 'cdk.out'));
}

/** @see https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cx-api/lib/cxapi.ts */
const OVERFLOW = 'CONTEXT_OVERFLOW_LOCATION_ENV';

function keyAndValue(text: string): [string, string] {
  const [key, ...value] = text.split('=');
  if (value.length === 0) {
    throw new Error(`--context '${text}' has no value: give it as key=value`);
  }
  return [key, value.join('=')];
}

function settingsIn(file: string): Record<string, unknown> {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  } catch (error) {
    throw new Error(`'${file}' is no JSON: ${(error as Error).message}`);
  }
}
