import { writeFileSync } from 'fs';
import { join } from 'path';
import { Consumer } from './consumer';
import { readmeApp, readmeExamples } from './readme';
import { CDK_VERSION, CLI, NEWEST_CDK, packed, run } from '../packages';

// what the README asks of somebody new, in an app that is new: install the package, paste the example, `cdk synth`, and
// rehearse

const TARBALL = packed('js', /\.tgz$/);
const WHEEL = packed('python', /\.whl$/);

function typescript(consumer: Consumer, version: string): string[] {
  consumer.run('npm', 'install', TARBALL, `aws-cdk-lib@${version}`);
  writeFileSync(join(consumer.folder, 'bin', 'acme.ts'), readmeApp());
  return [
    ...consumer.problems(['npx', 'cdk']),
    ...consumer.reviewProblems(),
    ...version === CDK_VERSION ? [] : consumer.rehearsalProblems(),
    ...consumer.exampleProblems(['npx', 'cdk']),
  ];
}

function python(consumer: Consumer, version: string): string[] {
  run(consumer.folder, 'python3', ['-m', 'venv', '.venv']);
  const bin = join(consumer.folder, '.venv', 'bin');
  consumer.putFirstOnPath(bin);
  // the README as PyPI shows it, whose examples are python: the second is the first as somebody would write it
  const [organization, , services] = readmeExamples('python', consumer.run('unzip', '-p', WHEEL, '*.dist-info/METADATA'));
  writeFileSync(join(consumer.folder, 'app.py'), [
    'from aws_cdk import Stack',
    'from cdk_multi_account_org import AuroraPostgres, Network',
    organization, services, 'app.synth()', '',
  ].join('\n'));
  consumer.run('python', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', WHEEL, `aws-cdk-lib==${version}`);
  return [
    ...consumer.problems(['npx', '--yes', CLI]),
    ...consumer.reviewProblems(),
    ...version === CDK_VERSION ? [] : consumer.rehearsalProblems('--yes', '--package', CLI, '--package', TARBALL),
  ];
}

// the newest that PyPI has is not always the newest that npm has
function newestOfPyPI(): string {
  const { output } = run('.', 'python3', ['-m', 'pip', 'install', '--dry-run', '--ignore-installed', '--no-deps', '--disable-pip-version-check',
    `aws-cdk-lib>=${CDK_VERSION},<=${NEWEST_CDK}`]);
  return /aws[-_]cdk[-_]lib-([\d.]+)/.exec(output.split('Would install')[1])![1];
}

const cases: Array<['typescript' | 'python', string, typeof typescript]> = [
  ['typescript', CDK_VERSION, typescript],
  ['typescript', NEWEST_CDK, typescript],
  ['python', CDK_VERSION, python],
  ['python', newestOfPyPI(), python],
];
const failed = cases.filter(([language, version, install]) => {
  const consumer = new Consumer(language);
  const problems = install(consumer, version);
  console.log(`${language} with aws-cdk-lib ${version}: ${consumer.lines} lines printed, ${problems.length === 0 ? 'no finding' : `fails: ${problems.join('\n  ')}`}`);
  consumer.leave();
  return problems.length > 0;
});
console.log(`${cases.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
