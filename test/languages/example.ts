import { mkdirSync, rmSync } from 'fs';
import { join } from 'path';
import { Installed, Language } from './language';
import { appCommand, copyOfExample, PACKAGES, run, Run } from '../packages';

export type Context = Record<string, unknown>;

/** The reference organization in one language, with the package of that language installed. */
export class Example {
  public readonly seconds: number[] = [];
  private readonly project: string;
  private readonly installed: Installed;

  constructor(public readonly language: Language, folder: string) {
    this.project = copyOfExample(language.name, folder);
    this.installed = language.install(this.project, PACKAGES);
  }

  public get from(): string {
    return this.installed.from;
  }

  /** The app as the CLI runs it, which hands over the context and where to put the assembly. */
  public synthesize(context: Context, env: NodeJS.ProcessEnv = {}): Run & { readonly assembly: string } {
    const assembly = join(this.project, 'cdk.out');
    rmSync(assembly, { recursive: true, force: true });
    mkdirSync(assembly);
    const ran = run(this.project, 'sh', ['-c', appCommand(this.project)], {
      ...process.env, CDK_OUTDIR: assembly, CDK_CONTEXT_JSON: JSON.stringify(context), ...this.installed.env, ...env,
    });
    return { assembly, ...ran };
  }

  /** How often the language asks node to do something. */
  public jsiiCalls(context: Context): number {
    const { output } = this.synthesize(context, { JSII_DEBUG: '1' });
    return output.split('\n').filter(line => /^\s*(\[jsii\S* )?> \{/.test(line)).length;
  }
}
