import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { REPOSITORY, run } from '../packages';

/** A clone in which a release of the files that are here is made, committed or not. */
export class Scratch {
  public readonly clone = mkdtempSync(join(tmpdir(), 'release-'));
  // as on a laptop: where CI is set, each package has a job of its own
  private readonly env: NodeJS.ProcessEnv = { ...process.env, CI: undefined };

  constructor() {
    run(tmpdir(), 'git', ['clone', '--quiet', '--no-tags', REPOSITORY, this.clone]);
    this.git('config', 'user.name', 'releases');
    this.git('config', 'user.email', 'releases@acme.example');
    const changed = run(REPOSITORY, 'git', ['ls-files', '--modified', '--others', '--exclude-standard', '-z']).output.split('\0').filter(Boolean);
    changed.forEach(file => rmSync(join(this.clone, file), { force: true }));
    changed.filter(file => existsSync(join(REPOSITORY, file))).forEach(file => this.copy(file));
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', 'test: what is not committed yet');
    // what `npm ci` has installed for the same lock file; links where they can be, since no tool writes into a package
    const [from, to] = [join(REPOSITORY, 'node_modules'), join(this.clone, 'node_modules')];
    run(tmpdir(), 'sh', ['-c', 'cp -al "$0" "$1" 2>/dev/null || { rm -rf "$1"; cp -a "$0" "$1"; }; rm -rf "$1/.cache"', from, to]);
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

  /** Takes a file or a folder over from the repository. */
  public copy(path: string): void {
    cpSync(join(REPOSITORY, path), join(this.clone, path), { recursive: true });
  }

  public leave(): void {
    // go makes what it downloads read-only
    run(tmpdir(), 'chmod', ['-R', 'u+w', this.clone]);
    rmSync(this.clone, { recursive: true, force: true });
  }
}
