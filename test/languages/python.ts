import { basename, join } from 'path';
import { Language } from './language';
import { packed, run } from '../packages';

const MYPY = 'mypy==2.4.1';

export const PYTHON: Language = {
  name: 'python',
  tools: [['python3', '-c', 'import venv, ensurepip']],
  install(project, { dist, cdkVersion, constructsVersion }) {
    const wheel = packed(`${dist}/python`, /\.whl$/);
    run(project, 'python3', ['-m', 'venv', '.venv']);
    const bin = join(project, '.venv', 'bin');
    run(project, join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check',
      '.', wheel, `aws-cdk-lib==${cdkVersion}`, `constructs==${constructsVersion}`, MYPY]);
    run(project, join(bin, 'mypy'), ['app.py', 'acme']);
    return { from: basename(wheel), env: { PATH: `${bin}:${process.env.PATH}` } };
  },
};
