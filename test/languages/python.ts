import { join } from 'path';
import { Language } from './language';
import { CDK_VERSION, CONSTRUCTS_VERSION, run } from '../packages';

const MYPY = 'mypy==2.4.1';

export const PYTHON: Language = {
  name: 'python',
  tools: [['python3', '-c', 'import venv, ensurepip']],
  first: { file: 'first.py', command: 'python first.py' },
  install(project, version, { pypi }) {
    run(project, 'python3', ['-m', 'venv', '.venv']);
    const bin = join(project, '.venv', 'bin');
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    run(project, join(bin, 'python'), [...pip, '--no-deps', '--index-url', `${pypi}simple/`, `cdk-multi-account-org==${version}`]);
    run(project, join(bin, 'python'), [...pip, '.', `aws-cdk-lib==${CDK_VERSION}`, `constructs==${CONSTRUCTS_VERSION}`, MYPY]);
    run(project, join(bin, 'mypy'), ['app.py', 'acme', 'first.py']);
    const found = run(project, join(bin, 'python'), ['-c', 'import importlib.metadata as m; print(m.version("cdk-multi-account-org"))']);
    return { version: found.output.trim(), env: { PATH: `${bin}:${process.env.PATH}` } };
  },
};
