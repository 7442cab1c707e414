import { readFileSync } from 'fs';
import { join } from 'path';
import { Language } from './language';
import { CDK_VERSION, CONSTRUCTS_VERSION, run } from '../packages';

export const TYPESCRIPT: Language = {
  name: 'typescript',
  tools: [['npm', '--version']],
  first: { file: 'first.ts', command: 'npx tsx first.ts' },
  install(project, version, { npm }) {
    run(project, 'npm', ['install', `cdk-multi-account-org@${version}`, `aws-cdk-lib@${CDK_VERSION}`, `constructs@${CONSTRUCTS_VERSION}`],
      { ...process.env, npm_config_registry: npm });
    run(project, 'npm', ['run', 'typecheck']);
    return { version: JSON.parse(readFileSync(join(project, 'node_modules', 'cdk-multi-account-org', 'package.json'), 'utf8')).version };
  },
};
