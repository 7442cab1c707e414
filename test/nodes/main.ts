import { spawnSync } from 'child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Consumer } from '../consumer/consumer';
import { readmeApp } from '../consumer/readme';
import { NEWEST_CDK, packed, REPOSITORY, run } from '../packages';

// the nodes that are newer than the one of everything else here: a consumer's first synth by each, and a tenth of the
// random cases

const NODES = ['22.23.5', '24.22.3'];
const PLATFORM = `node-${process.platform.replace('win32', 'win')}-${process.arch}`;
const PROPERTIES = ['test/properties.test.ts', 'test/services/properties.test.ts'];
const TARBALL = packed('js', /\.tgz$/);

/** The folder of a node, or nothing where npm has none for this machine. */
function installed(folder: string, version: string): string | undefined {
  const { status, stdout, stderr } = spawnSync('npm', ['install', '--prefix', folder, '--no-save', `${PLATFORM}@${version}`], {
    encoding: 'utf8',
  });
  if (status === 0) {
    return join(folder, 'node_modules', PLATFORM, 'bin');
  }
  if (/\b(E404|ETARGET)\b/.test(stderr)) {
    return undefined;
  }
  throw new Error(`${PLATFORM}@${version} cannot be installed:\n${stdout}${stderr}`);
}

function synthProblems(bin: string): string[] {
  const consumer = new Consumer('typescript');
  try {
    consumer.putFirstOnPath(bin);
    consumer.run('npm', 'install', TARBALL, `aws-cdk-lib@${NEWEST_CDK}`);
    writeFileSync(join(consumer.folder, 'bin', 'acme.ts'), readmeApp());
    return consumer.problems(['npx', 'cdk']);
  } finally {
    consumer.leave();
  }
}

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
}

function randomCases(bin: string, folder: string): Results {
  const results = join(folder, 'results.json');
  const jest = ['node_modules/jest/bin/jest.js', '--ci', ...PROPERTIES, '--json', '--outputFile', results];
  const { status, stderr } = spawnSync(join(bin, 'node'), jest, {
    cwd: REPOSITORY,
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
    env: { ...process.env, CDK_VALIDATION: 'false', RANDOM_CASES: '0.1' },
  });
  if (status !== 0) {
    console.error(stderr);
  }
  return JSON.parse(readFileSync(results, 'utf8'));
}

const count = { passed: 0, failed: 0, skipped: 0 };
for (const version of NODES) {
  const folder = mkdtempSync(join(tmpdir(), 'node-'));
  try {
    const bin = installed(folder, version);
    if (bin === undefined) {
      console.log(`node ${version}: left out, because npm has no ${PLATFORM} of it`);
      count.skipped += 1;
    } else {
      const { output } = run(folder, join(bin, 'node'), ['--version']);
      const problems = synthProblems(bin);
      const { numPassedTests, numFailedTests } = randomCases(bin, folder);
      console.log(`node ${output.trim()}: ${problems.length} problems of a consumer's synth, a tenth of the random cases in `
        + `${numPassedTests + numFailedTests} tests, of which ${numFailedTests} fail`);
      problems.forEach(problem => console.log(`  fails: ${problem}`));
      count.passed += numPassedTests + Number(problems.length === 0);
      count.failed += numFailedTests + Number(problems.length > 0);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed === 0 ? 0 : 1;
