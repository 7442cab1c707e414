import { Registries } from '../release/registries';

/** What an installation gave. */
export interface Installed {
  /** The version that is there, in the language's own words. */
  readonly version: string;
  /** What the app needs in its environment. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A language that a consumer writes in. Its example is in `examples/<name>`. */
export interface Language {
  readonly name: string;
  /** Commands that succeed where the language can be used at all. */
  readonly tools: string[][];
  /** Where the first app of the README is written to, and the command that runs it. */
  readonly first: { readonly file: string; readonly command: string };
  /** Installs a release from its registry into a copy of the example, and checks that as others of the language do. */
  install(project: string, version: string, registries: Registries): Installed;
}
