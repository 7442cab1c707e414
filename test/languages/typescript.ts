import { basename } from 'path';
import { Language } from './language';
import { packed, run } from '../packages';

export const TYPESCRIPT: Language = {
  name: 'typescript',
  tools: [['npm', '--version']],
  install(project, { dist, cdkVersion, constructsVersion }) {
    const tarball = packed(`${dist}/js`, /\.tgz$/);
    run(project, 'npm', ['install', tarball, `aws-cdk-lib@${cdkVersion}`, `constructs@${constructsVersion}`]);
    run(project, 'npm', ['run', 'typecheck']);
    return { from: basename(tarball) };
  },
};
