// runs the lanes of lanes.json, two at a time, what measures ratios alone and last; a table at the end says what was checked
const { spawn } = require('node:child_process');
const { createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const AT_ONCE = 2;
// a lane runs with what it needs, and after others if they are to be run as well; where one of these fails, it has nothing to add
const LANES = JSON.parse(readFileSync(join(__dirname, 'lanes.json'), 'utf8')).map(({ needs = [], after = [], ...lane }) =>
  ({ ...lane, needs, after: [...needs, ...after] }));
// how test runners close: jest, pytest, and ours
const PASSED = /^(?:Tests: .*?\b|=+ .*?\b|)(\d+) passed\b/gm;
const SKIPPED = /^(?:Tests: .*?\b|=+ .*?\b|\d+ passed, .*?\b)(\d+) skipped\b/gm;

const scratch = mkdtempSync(join(tmpdir(), 'lanes-'));
mkdirSync(join(scratch, 'templates'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const started = Date.now();

/** The lanes of these names and all that they need, in the order of the file. */
function chosen(names) {
  const unknown = names.filter(name => !LANES.some(lane => lane.name === name));
  if (unknown.length > 0) {
    console.error(`there is no lane '${unknown[0]}': there are ${LANES.map(({ name }) => name).join(', ')}`);
    process.exit(2);
  }
  const wanted = new Set();
  const want = name => wanted.has(name) || (wanted.add(name), LANES.find(lane => lane.name === name).needs.forEach(want));
  names.forEach(want);
  return LANES.filter(({ name }) => names.length === 0 || wanted.has(name));
}

function sum(output, pattern) {
  return [...output.matchAll(pattern)].reduce((total, [, count]) => total + Number(count), 0);
}

function cases(folder, kind) {
  return readFileSync(join(folder, kind), 'utf8').trim().split('\n');
}

/** Runs a lane to its end, and shows what it said: all of it if it failed, and how it closed if it did not. */
function run(lane) {
  const folder = join(scratch, lane.name);
  mkdirSync(join(folder, 'tally'), { recursive: true });
  const log = join(folder, 'log');
  const start = Date.now();
  console.log(`   ${lane.name} begins (${seconds(started)} s): ${lane.promise}`);
  // none hangs for ever
  const child = spawn('timeout', ['3600', 'bash', '-c', lane.run], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env, TALLY: join(folder, 'tally'), KEEP_TEMPLATES: join(scratch, 'templates'), IAM_DECISIONS: join(scratch, 'decisions'),
    },
  });
  const file = createWriteStream(log);
  child.stdout.pipe(file, { end: false });
  child.stderr.pipe(file, { end: false });
  return new Promise(resolve => child.on('close', exit => file.end(() => {
    const output = readFileSync(log, 'utf8');
    // projen takes a command that was killed, by a lack of memory say, for one that succeeded
    const unsaid = exit === 0 ? lane.says?.find(pattern => !new RegExp(pattern).test(output)) : undefined;
    const code = unsaid === undefined ? exit : 1;
    const result = { ...lane, code, seconds: seconds(start), passed: sum(output, PASSED), skipped: sum(output, SKIPPED), tally: join(folder, 'tally') };
    const shown = code === 0 ? output.trimEnd().split('\n').slice(-20).join('\n')
      : `${output}${unsaid === undefined ? '' : `\nit ended without '${unsaid}'`}`;
    console.log(`\n== ${lane.name}: ${code === 0 ? 'passed' : 'FAILED'} (${result.seconds} s)\n${shown}`);
    resolve(result);
  })));
}

function seconds(since) {
  return Math.round((Date.now() - since) / 1000);
}

async function all(lanes) {
  const waiting = [...lanes];
  const running = new Map();
  const results = [];
  const isDone = name => !lanes.some(lane => lane.name === name) || results.some(result => result.name === name);
  while (waiting.length > 0 || running.size > 0) {
    const ready = waiting.filter(({ after }) => after.every(isDone));
    const next = ready.find(({ alone }) => !alone)
      // what measures has the machine for itself, after all else
      ?? (running.size === 0 && waiting.every(({ alone }) => alone) ? ready[0] : undefined);
    if (next && running.size < AT_ONCE && ![...running.keys()].some(lane => lane.alone)) {
      waiting.splice(waiting.indexOf(next), 1);
      const broken = next.after.find(name => results.some(result => result.name === name && result.code !== 0));
      if (broken) {
        results.push({ ...next, code: 1, seconds: 0, passed: 0, skipped: 0, why: `not run, because ${broken} failed` });
      } else {
        running.set(next, run(next));
      }
    } else {
      const result = await Promise.race(running.values());
      running.delete([...running.keys()].find(({ name }) => name === result.name));
      results.push(result);
    }
  }
  return lanes.map(({ name }) => results.find(result => result.name === name));
}

function table(results) {
  const kinds = new Map();
  const rows = results.map(({ name, seconds: took, code, passed, skipped, tally, why }) => {
    const counts = (tally && existsSync(tally) ? readdirSync(tally).sort() : []).map(kind => {
      const checked = cases(tally, kind);
      kinds.set(kind, new Set([...kinds.get(kind) ?? [], ...checked]));
      return `${new Set(checked).size} ${kind}`;
    });
    const said = [...passed ? [`${passed} passed`] : [], ...skipped ? [`${skipped} skipped`] : [], ...counts];
    return [name, `${took}`, code === 0 ? 'passed' : 'FAILED', why ?? said.join(', ')];
  });
  const total = [...kinds].map(([kind, checked]) => `${checked.size} ${kind}`).join(', ');
  const lines = [['lane', 'seconds', '', 'checked'], ...rows, ['all', `${seconds(started)}`, '', `distinct: ${total}`]];
  const widths = [0, 1, 2].map(column => Math.max(...lines.map(line => line[column].length)));
  return lines.map(([name, took, ...rest]) =>
    [name.padEnd(widths[0]), took.padStart(widths[1]), rest[0].padEnd(widths[2]), rest[1]].join('  ').trimEnd()).join('\n');
}

all(chosen(process.argv.slice(2))).then(results => {
  console.log(`\n${table(results)}\n`);
  const failed = results.filter(({ code }) => code !== 0).length;
  const count = field => results.reduce((total, result) => total + result[field], 0);
  console.log(`tests: ${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped`);
  process.exitCode = failed === 0 ? 0 : 1;
});
