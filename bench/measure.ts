import { createHash } from 'crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib-newest/recommended-feature-flags.json';
import { knownAccounts } from './case';
import { floor } from './floor';
import { guarded, library, units } from './library';
import { PEOPLE } from './people';

/** What one synthesis took and made. */
export interface Measurement {
  readonly milliseconds: number;
  /** What the tree and the assembly keep: the peak depends on when there was time to collect what they do not. */
  readonly megabytes: number;
  readonly dependencies: number;
  readonly largestTemplate: number;
  readonly mostResources: number;
  /** What each stack's template says, as a digest, to see that both sides made the same. */
  readonly stacks: Record<string, string>;
}

interface StackArtifact {
  readonly type: string;
  readonly displayName: string;
  readonly dependencies?: string[];
  readonly properties: { readonly templateFile: string };
}

// what the CLI says to the app that `cdk init` makes, or as little as there can be
const SETTINGS: Record<string, Record<string, unknown>> = {
  'cdk init': {
    ...recommendedFlags,
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:enable-asset-metadata': true,
    'aws:cdk:version-reporting': true,
  },
  'bare': {},
};

const SUBJECTS: Record<string, (app: App, count: number) => unknown> = { floor, guarded, library, units, ...PEOPLE };

function measure(subject: string, count: number, settings: string): Measurement {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-'));
  const context = { ...SETTINGS[settings], ...knownAccounts(count) };
  try {
    const start = process.cpuUsage();
    const app = new App({ outdir, context });
    SUBJECTS[subject](app, count);
    app.synth();
    const used = process.cpuUsage(start); // what else the machine does is not in it
    const milliseconds = (used.user + used.system) / 1000;
    gc!();
    return { milliseconds, megabytes: process.memoryUsage().heapUsed / 1e6, ...assembly(app.outdir) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function assembly(outdir: string): Omit<Measurement, 'milliseconds' | 'megabytes'> {
  const stacks: Measurement['stacks'] = {};
  let dependencies = 0, largestTemplate = 0, mostResources = 0;
  const folders = [outdir, ...readdirSync(outdir).filter(name => name.startsWith('assembly-')).map(name => join(outdir, name))];
  for (const folder of folders) {
    for (const name of readdirSync(folder).filter(file => file.endsWith('.template.json'))) {
      const file = join(folder, name);
      largestTemplate = Math.max(largestTemplate, statSync(file).size);
      mostResources = Math.max(mostResources, Object.keys(JSON.parse(readFileSync(file, 'utf8')).Resources).length);
    }
    const { artifacts } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    for (const artifact of Object.values<StackArtifact>(artifacts)) {
      if (artifact.type === 'aws:cloudformation:stack') {
        dependencies += (artifact.dependencies ?? []).filter(id => !id.endsWith('.assets')).length;
        const file = join(folder, artifact.properties.templateFile);
        const template = JSON.parse(readFileSync(file, 'utf8'));
        const types = Object.values<{ Type: string }>(template.Resources).map(({ Type }) => Type).sort();
        // the CLI's own template has values in other words, and is rendered once for all
        stacks[artifact.displayName] = digest(folder.endsWith('-bootstrap') ? types : template);
      }
    }
  }
  return { dependencies, largestTemplate, mostResources, stacks };
}

// what the CDK adds says which constructs were used
const OF_CONSTRUCTS = ['aws:cdk:path', 'CDKMetadata'];

/** Without the order of keys, which the CDK does not keep. */
function digest(value: unknown): string {
  const sorted = (key: string, part: unknown) => OF_CONSTRUCTS.includes(key) ? undefined
    : part instanceof Object && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => one < other ? -1 : 1)) : part;
  return createHash('sha256').update(JSON.stringify(value, sorted)).digest('hex');
}

process.stdout.write(JSON.stringify(measure(process.argv[2], Number(process.argv[3]), process.argv[4])));
