import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { dirname, join } from 'path';
import { Installed, Language } from './language';
import { readmeExamples } from '../consumer/readme';
import { appCommand, CACHE, copyOfExample, packedVersion, run, Run } from '../packages';
import { Registries } from '../release/registries';

export type Context = Record<string, unknown>;

export interface Synthesis extends Run {
  readonly assembly: string;
}

const FOLDER = join(CACHE, 'languages');

/** The reference organization in one language, with the package of that language installed. */
export class Example {
  /** Installs a copy of the example from the registry that its language has. */
  public static install(language: Language, registries: Registries): Example {
    const version = packedVersion();
    rmSync(join(FOLDER, language.name), { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    const project = copyOfExample(language.name, FOLDER);
    // what installs it compiles it
    const first = join(project, language.first.file);
    mkdirSync(dirname(first), { recursive: true });
    writeFileSync(first, readmeExamples(language.name === 'typescript' ? 'ts' : language.name)[0]);
    const installed = language.install(project, version, registries);
    if (installed.version !== version) {
      throw new Error(`${language.name} has version ${installed.version} of what was published as ${version}`);
    }
    writeFileSync(join(FOLDER, `${language.name}.json`), JSON.stringify(installed));
    return new Example(language, installed);
  }

  /** As it was installed last. */
  public static installed(language: Language): Example {
    return new Example(language, JSON.parse(readFileSync(join(FOLDER, `${language.name}.json`), 'utf8')));
  }

  public readonly project: string;

  private constructor(public readonly language: Language, public readonly installation: Installed) {
    this.project = join(FOLDER, language.name);
  }

  /** The app as the CLI runs it, which hands over the context and where to put the assembly. */
  public synthesize(context: Context, env: NodeJS.ProcessEnv = {}): Synthesis {
    return this.runApp(appCommand(this.project), context, env);
  }

  /** The first app of the README in this language. */
  public synthesizeFirst(context: Context): Synthesis {
    return this.runApp(this.language.first.command, context);
  }

  private runApp(command: string, context: Context, env: NodeJS.ProcessEnv = {}): Synthesis {
    const assembly = join(this.project, 'cdk.out');
    rmSync(assembly, { recursive: true, force: true });
    mkdirSync(assembly);
    const ran = run(this.project, 'sh', ['-c', command], {
      ...process.env, CDK_OUTDIR: assembly, CDK_CONTEXT_JSON: JSON.stringify(context), ...this.installation.env, ...env,
    });
    return { assembly, ...ran };
  }
}
