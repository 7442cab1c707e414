// runs a command unless it has run before on these very files, and has left what it makes:
// run-once.js <name> <what it makes, by commas> <of which files and folders, by commas> <command…>
const { execFileSync, spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const [name, made, paths, command, ...words] = process.argv.slice(2);
const record = join('node_modules', '.cache', 'cdk-multi-account-org', name);

function fingerprint() {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...paths.split(',')], { encoding: 'utf8' });
  const hash = createHash('sha256');
  for (const file of files.split('\0').filter(each => each && existsSync(each)).sort()) {
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

const before = fingerprint();
if (existsSync(record) && made.split(',').every(path => existsSync(path)) && readFileSync(record, 'utf8') === before) {
  console.log(`${name}: made of these files before`);
  process.exit(0);
}
rmSync(record, { force: true });
const { status } = spawnSync(command, words, { stdio: 'inherit' });
if (status === 0) {
  mkdirSync(join(record, '..'), { recursive: true });
  // of what was there when it began: a file that was changed meanwhile asks for another run
  writeFileSync(record, before);
}
process.exit(status ?? 1);
