// @ts-check
'use strict';

// finds a python, gives it what requirements.txt names, in a folder of the user's cache, and hands over

const { spawn, spawnSync } = require('node:child_process');
const { createHash, randomUUID } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } = require('node:fs');
const { constants, homedir } = require('node:os');
const { join } = require('node:path');

const OLDEST = [3, 10];
const FOLDER = join(__dirname, '..', 'rehearsal');
const REQUIREMENTS = join(FOLDER, 'requirements.txt');
const PROBE = 'import sys, json, ensurepip, venv; print(json.dumps([sys.executable, list(sys.version_info[:3])]))';
const RUN = 'import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); runpy.run_module(sys.argv.pop(1), run_name="__main__")';

/** @param {string} module @returns {{ executable: string, version: number[] }} */
function find(module) {
  const chosen = process.env.REHEARSAL_PYTHON;
  const names = chosen ? [chosen] : ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
  for (const name of names) {
    const probe = spawnSync(name, ['-I', '-c', PROBE], { encoding: 'utf8' });
    if (probe.status !== 0) continue;
    const [executable, version] = JSON.parse(probe.stdout);
    if (version[0] > OLDEST[0] || (version[0] === OLDEST[0] && version[1] >= OLDEST[1])) return { executable, version };
  }
  throw new Error(`the ${module} needs Python ${OLDEST.join('.')} or newer with venv and pip, tried ${names.join(', ')}: `
    + 'install it, or name one in REHEARSAL_PYTHON');
}

/** @param {string} folder */
function pythonOf(folder) {
  return join(folder, 'bin', 'python');
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** @type {{ child?: import('node:child_process').ChildProcess, group: boolean, signal?: NodeJS.Signals }} */
const running = { group: false };

/** @param {NodeJS.Signals} signal */
function stop(signal) {
  running.signal ??= signal;
  const { child, group } = running;
  if (child?.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(group ? -child.pid : child.pid, signal);
  } catch {
    // it has just ended by itself
  }
}

/**
 * Runs a command to its end; signals for us go to it.
 *
 * @param {string} command @param {string[]} words @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<number>}
 */
function run(command, words, options) {
  if (running.signal) return Promise.resolve(128 + constants.signals[running.signal]);
  const child = spawn(command, words, options);
  running.child = child;
  running.group = options.detached === true;
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 1)));
  });
}

/**
 * The folder appears under its name only when it is complete: an interrupted
 * installation is done again, and of two at once the second throws its own away.
 *
 * @param {{ executable: string, version: number[] }} python
 */
async function provide(python) {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cdk-multi-account-org');
  const hash = createHash('sha256').update(readFileSync(REQUIREMENTS)).update(python.executable)
    .update(python.version.join('.')).digest('hex').slice(0, 16);
  const folder = join(cache, hash);
  if (existsSync(folder)) {
    if (spawnSync(pythonOf(folder), ['-I', '-c', '']).status === 0) return pythonOf(folder);
    rmSync(folder, { recursive: true, force: true });
  }
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache)) {
    const pid = /\.unfinished-(\d+)-/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(join(cache, name), { recursive: true, force: true });
  }
  const unfinished = join(cache, `${hash}.unfinished-${process.pid}-${randomUUID().slice(0, 8)}`);
  process.stderr.write(`installing boto3 and the emulated AWS into ${folder} (once)\n`);
  await install(python.executable, unfinished);
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return pythonOf(folder);
}

/** @param {string} executable @param {string} folder */
async function install(executable, folder) {
  /** @type {[string, string[]][]} */
  const steps = [
    [executable, ['-I', '-m', 'venv', folder]],
    // not isolated: proxies, indexes and certificates are the user's settings
    [pythonOf(folder), ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--requirement', REQUIREMENTS]],
  ];
  const env = { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1', PYTHONPATH: undefined };
  for (const [command, words] of steps) {
    // a group of its own, because venv and pip start processes themselves
    const code = await run(command, words, { stdio: ['ignore', 'ignore', 'inherit'], env, detached: true });
    if (code === 0 && !running.signal) continue;
    rmSync(folder, { recursive: true, force: true });
    if (running.signal) process.exit(128 + constants.signals[running.signal]);
    throw new Error(`'${words.slice(0, 3).join(' ')}' failed with ${code}: is there a way to a package index?`);
  }
}

/**
 * Runs a module of rehearsal/ to its end.
 *
 * @param {string} module @param {string[]} words @returns {Promise<number>} its exit code
 */
async function python(module, words) {
  if (process.platform === 'win32') throw new Error(`the ${module} needs Linux or macOS: on Windows run it in WSL`);
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, stop);
  const executable = await provide(find(module));
  const env = {
    ...process.env,
    REHEARSAL_PARENT: String(process.pid),
    REHEARSAL_NODE: process.execPath,
    REHEARSAL_STARTED: String(performance.timeOrigin),
  };
  return run(executable, ['-I', '-B', '-c', RUN, FOLDER, module, ...words], { stdio: 'inherit', env });
}

module.exports = { python };
