import { createHash } from 'crypto';
import { appendFileSync, existsSync, readFileSync } from 'fs';

/**
 * What the evaluator has decided before in the same run of `.ci/run`, which names an empty file: the newest aws-cdk-lib
 * asks what the oldest has asked, but for what differs in its policy documents. Without a file nothing is known.
 */
class Decisions {
  private readonly known: Map<string, boolean>;

  constructor(private readonly file = process.env.IAM_DECISIONS) {
    const lines = file && existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    this.known = new Map(lines.map(line => [line.slice(0, 40), line.endsWith('allowed')]));
  }

  public get(question: string): boolean | undefined {
    return this.known.get(sha1(question));
  }

  public set(question: string, allowed: boolean): void {
    if (this.file) {
      appendFileSync(this.file, `${sha1(question)} ${allowed ? 'allowed' : 'denied'}\n`);
    }
  }
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

export const decisions = new Decisions();
