import { ChildProcess, spawn, SpawnOptions } from 'child_process';
import { constants } from 'os';

const SIGNALS: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Milliseconds that a process has to end by itself after a signal. */
const PATIENCE = 2_000;

/** As a shell says it. */
const NOT_STARTED = 127;

/** Windows has no groups of processes. */
const HAS_GROUPS = process.platform !== 'win32';

export interface Ended {
  /** Exit code, or the signal that ended it. */
  readonly by: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

export type Run = (command: string, words: string[], options: SpawnOptions) => Promise<Ended>;

/** A signal that stopped the command. */
export class Interrupted extends Error {
  public readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`received ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** Lets work start processes that do not outlive it: a signal goes to them, and is an error once they have ended. */
export async function withProcesses<T>(work: (run: Run) => Promise<T>): Promise<T> {
  let received: NodeJS.Signals | undefined;
  let running: ChildProcess | undefined;
  const kill = (signal: NodeJS.Signals) => {
    try {
      process.kill(HAS_GROUPS ? -running!.pid! : running!.pid!, signal);
    } catch {
      // it has just ended by itself
    }
  };
  const stop = (signal: NodeJS.Signals) => {
    received ??= signal;
    if (running?.pid !== undefined) {
      kill(signal);
      setTimeout(kill, PATIENCE, 'SIGKILL').unref();
    }
  };
  const goOn = () => {
    if (received !== undefined) {
      throw new Interrupted(received);
    }
  };
  const run: Run = async (command, words, options) => {
    goOn();
    // a group of its own: what the process has started ends with it
    running = spawn(command, words, { ...options, detached: HAS_GROUPS });
    const ended = await endOf(running, () => received && kill('SIGKILL'));
    running = undefined;
    goOn();
    return ended;
  };
  SIGNALS.forEach(signal => process.on(signal, stop));
  try {
    const done = await work(run);
    goOn();
    return done;
  } finally {
    SIGNALS.forEach(signal => process.off(signal, stop));
  }
}

function endOf(child: ChildProcess, onExit: () => void): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', text => written[name] += text);
  }
  return new Promise(resolve => {
    child.on('error', ({ message }) => resolve({ by: NOT_STARTED, stdout: '', stderr: message }));
    child.on('exit', onExit);
    child.on('close', (code, signal) => resolve({ by: code ?? signal!, ...written }));
  });
}
