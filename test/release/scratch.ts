import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { REPOSITORY, run } from '../packages';

/** A clone in which a release is made, and a home in which nothing of the user's is. */
export class Scratch {
  public readonly folder = mkdtempSync(join(tmpdir(), 'release-'));
  public readonly clone = join(this.folder, 'clone');
  public readonly home = join(this.folder, 'home');
  // as on a laptop: where CI is set, each package has a job of its own
  private readonly env: NodeJS.ProcessEnv = { ...process.env, CI: undefined };

  constructor() {
    mkdirSync(this.home);
    run(this.folder, 'git', ['clone', '--quiet', '--no-tags', REPOSITORY, this.clone]);
    this.git('config', 'user.name', 'releases');
    this.git('config', 'user.email', 'releases@acme.example');
  }

  public set registry(url: string) {
    this.env.npm_config_registry = url;
  }

  public git(...words: string[]): string {
    return run(this.clone, 'git', words).output.trim();
  }

  public run(command: string, ...words: string[]): string {
    return run(this.clone, command, words, this.env).output;
  }

  public projen(task: string): string {
    return this.run('npx', 'projen', task);
  }

  public write(file: string, content: string): void {
    writeFileSync(join(this.clone, file), content);
  }

  public leave(): void {
    // go makes what it downloads read-only
    run(tmpdir(), 'chmod', ['-R', 'u+w', this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
