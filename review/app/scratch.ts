import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'fs';
import { hostname, tmpdir } from 'os';
import { join } from 'path';
import { Run, withProcesses } from './processes';

/** A folder for a while, and what runs in it. */
export interface Scratch {
  readonly folder: string;
  readonly run: Run;
}

/** Its name says whose it is: a process that is killed leaves it to the next one. */
const PREFIX = `cdk-multi-account-org.${hostname()}.`;

/** Gives work a folder, which is gone afterwards, also after a signal. */
export function withScratch<T>(work: (scratch: Scratch) => Promise<T>): Promise<T> {
  removeLeft();
  return withProcesses(async run => {
    const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}.`));
    try {
      return await work({ folder, run });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** Whether a path is in a folder whose process has ended without removing it. */
export function isLeft(path: string): boolean {
  const name = path.split(/[\\/]/).find(part => part.startsWith(PREFIX));
  const [pid] = name?.slice(PREFIX.length).split('.') ?? [];
  return /^\d+$/.test(pid ?? '') && !isAlive(Number(pid));
}

function removeLeft(): void {
  for (const name of readdirSync(tmpdir()).filter(isLeft)) {
    const folder = join(tmpdir(), name);
    if (lstatSync(folder, { throwIfNoEntry: false })?.uid === (process.getuid?.() ?? 0)) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
