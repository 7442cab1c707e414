import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { Installed, Language } from './language';
import { appCommand, CACHE, copyOfExample, packedVersion, run, Run } from '../packages';
import { Registries } from '../release/registries';

export type Context = Record<string, unknown>;

const FOLDER = join(CACHE, 'languages');

/** The reference organization in one language, with the package of that language installed. */
export class Example {
  /** Installs a copy of the example from the registry that its language has. */
  public static install(language: Language, registries: Registries): Example {
    const version = packedVersion();
    rmSync(join(FOLDER, language.name), { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    const installed = language.install(copyOfExample(language.name, FOLDER), version, registries);
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

  private readonly project: string;

  private constructor(public readonly language: Language, private readonly installation: Installed) {
    this.project = join(FOLDER, language.name);
  }

  /** The app as the CLI runs it, which hands over the context and where to put the assembly. */
  public synthesize(context: Context, env: NodeJS.ProcessEnv = {}): Run & { readonly assembly: string } {
    const assembly = join(this.project, 'cdk.out');
    rmSync(assembly, { recursive: true, force: true });
    mkdirSync(assembly);
    const ran = run(this.project, 'sh', ['-c', appCommand(this.project)], {
      ...process.env, CDK_OUTDIR: assembly, CDK_CONTEXT_JSON: JSON.stringify(context), ...this.installation.env, ...env,
    });
    return { assembly, ...ran };
  }
}
