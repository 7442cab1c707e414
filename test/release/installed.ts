import { mkdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { Registries } from './registries';
import { JAVA } from '../languages/java';
import { templatesOf } from '../languages/templates';
import { appCommand, copyOfExample, PACKAGES, run } from '../packages';

const GO_MODULE = 'github.com/cdk-multi-account-org/cdk-multi-account-org-go/cdkmultiaccountorg';

interface Installed {
  /** The version that is there, in the language's own words. */
  readonly version: string;
  readonly env?: NodeJS.ProcessEnv;
}

type Install = (project: string, version: string, registries: Registries) => Installed;

const { cdkVersion, constructsVersion } = PACKAGES;

/** How a consumer of each language installs a release from a registry. */
export const INSTALLS: Record<string, Install> = {
  typescript: (project, version, { npm }) => {
    run(project, 'npm', ['install', `cdk-multi-account-org@${version}`, `aws-cdk-lib@${cdkVersion}`, `constructs@${constructsVersion}`],
      { ...process.env, npm_config_registry: npm });
    return { version: JSON.parse(readFileSync(join(project, 'node_modules', 'cdk-multi-account-org', 'package.json'), 'utf8')).version };
  },
  python: (project, version, { pypi }) => {
    run(project, 'python3', ['-m', 'venv', '.venv']);
    const bin = join(project, '.venv', 'bin');
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    run(project, join(bin, 'python'), [...pip, '--no-deps', '--index-url', `${pypi}simple/`, `cdk-multi-account-org==${version}`]);
    run(project, join(bin, 'python'), [...pip, '.', `aws-cdk-lib==${cdkVersion}`, `constructs==${constructsVersion}`]);
    const found = run(project, join(bin, 'python'), ['-c', 'import importlib.metadata as m; print(m.version("cdk-multi-account-org"))']);
    return { version: found.output.trim(), env: { PATH: `${bin}:${process.env.PATH}` } };
  },
  java: (project, version, { maven }) => {
    const { from, env } = JAVA.install(project, { ...PACKAGES, dist: maven, version });
    return { version: /-([\d.]+)\.jar$/.exec(from)![1], env };
  },
  go: (project, version, { goEnv }) => {
    const env = { ...goEnv, GOFLAGS: '-mod=mod', GOMODCACHE: join(project, '..', 'go-modules') };
    run(project, 'go', ['mod', 'edit', `-require=${GO_MODULE}@v${version}`]);
    run(project, 'go', ['mod', 'tidy'], { ...process.env, ...env });
    return { version: run(project, 'go', ['list', '-m', GO_MODULE], { ...process.env, ...env }).output.trim().split(' v')[1], env };
  },
};

/** The reference organization in a language, by a release that was installed from a registry. */
export function templatesBy(language: string, version: string, from: Registries, folder: string): Map<string, string> {
  const project = copyOfExample(language, folder);
  const assembly = join(project, 'cdk.out');
  mkdirSync(assembly);
  const { version: found, env } = INSTALLS[language](project, version, from);
  if (found !== version) {
    throw new Error(`${language} has version ${found} of what was published as ${version}`);
  }
  run(project, 'sh', ['-c', appCommand(project)], { ...process.env, ...env, CDK_OUTDIR: assembly });
  return templatesOf(assembly);
}
