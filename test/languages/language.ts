import { Packages } from '../packages';

/** What an installation gave. */
export interface Installed {
  /** What was installed from the packages. */
  readonly from: string;
  /** What the app needs in its environment. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A language that a consumer writes in. Its example is in `examples/<name>`. */
export interface Language {
  readonly name: string;
  /** Commands that succeed where the language can be used at all. */
  readonly tools: string[][];
  /** Installs the package into a copy of the example, and checks the example as those who write the language do. */
  install(project: string, packages: Packages): Installed;
}
