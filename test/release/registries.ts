import { ChildProcess, spawn, spawnSync } from 'child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { createServer, AddressInfo } from 'net';
import { tmpdir } from 'os';
import { join } from 'path';
import { CACHE, REPOSITORY, run } from '../packages';

const GO_REPOSITORY = 'github.com/cdk-multi-account-org/cdk-multi-account-org-go';
const BOUND_SECONDS = '3600';
const BIN = join(REPOSITORY, 'node_modules', '.bin');

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

const FOLDER = join(CACHE, 'registries');
const PYTHON = join(REPOSITORY, 'rehearsal', 'python.sh');

/** A registry of each kind on this machine, to which publib publishes as the release workflow does. */
export class Registries {
  /** With nothing in them. */
  public static async startEmpty(): Promise<Registries> {
    rmSync(FOLDER, { recursive: true, force: true });
    ['pypi', 'maven'].forEach(name => mkdirSync(join(FOLDER, name), { recursive: true }));
    run(FOLDER, 'git', ['init', '--quiet', '--bare', '--initial-branch=main', 'go.git']);
    return Registries.start();
  }

  /** With what the last rehearsal of a release has published. */
  public static async start(): Promise<Registries> {
    if (!existsSync(FOLDER)) {
      throw new Error("nothing has been released on this machine: run 'npx projen packages'");
    }
    const registries = new Registries(await freePort(), await freePort());
    await registries.serve();
    return registries;
  }

  public readonly maven = join(FOLDER, 'maven');
  private readonly home = mkdtempSync(join(tmpdir(), 'registries-'));
  private readonly servers: ChildProcess[] = [];

  private constructor(private readonly npmPort: number, private readonly pypiPort: number) {}

  public get npm(): string {
    return `http://127.0.0.1:${this.npmPort}/`;
  }

  public get pypi(): string {
    return `http://127.0.0.1:${this.pypiPort}/`;
  }

  /** Where go finds the module that has been published, instead of on GitHub. */
  public get goEnv(): NodeJS.ProcessEnv {
    // as go asks for it, and as publib does
    const urls = [`https://${GO_REPOSITORY}`, `https://none@${GO_REPOSITORY}`];
    return {
      GIT_CONFIG_COUNT: String(urls.length),
      ...Object.fromEntries(urls.flatMap((url, index) => [
        [`GIT_CONFIG_KEY_${index}`, `url.file://${join(FOLDER, 'go')}.insteadOf`],
        [`GIT_CONFIG_VALUE_${index}`, url],
      ])),
      GOPRIVATE: GO_REPOSITORY,
    };
  }

  public publishNpm(tarballs: string): void {
    this.publish('publib-npm', tarballs, { NPM_TOKEN: 'none', NPM_REGISTRY: this.npm.slice('http://'.length), DISABLE_HTTPS: 'true' });
  }

  public publishAll(dist: string): void {
    this.publishNpm(join(dist, 'js'));
    this.publish('publib-pypi', join(dist, 'python'), { TWINE_USERNAME: 'none', TWINE_PASSWORD: 'none', TWINE_REPOSITORY_URL: this.pypi });
    this.publish('publib-maven', join(dist, 'java'), {
      MAVEN_SERVER_ID: 'local', MAVEN_REPOSITORY_URL: `file://${join(this.maven, 'java')}`, MAVEN_USERNAME: 'none', MAVEN_PASSWORD: 'none',
    });
    this.publish('publib-golang', join(dist, 'go'), {
      GIT_USER_NAME: 'releases', GIT_USER_EMAIL: 'releases@acme.example', GITHUB_TOKEN: 'none', ...this.goEnv,
    });
  }

  public stop(): void {
    this.servers.forEach(server => server.kill());
    rmSync(this.home, { recursive: true, force: true });
  }

  private publish(publib: string, packages: string, env: NodeJS.ProcessEnv): void {
    // it writes credentials into the home
    run(this.home, join(BIN, publib), [packages], { ...process.env, HOME: this.home, ...env });
  }

  private async serve(): Promise<void> {
    // with all that it has to install on a new machine, which takes longer than a server may
    run(this.home, PYTHON, ['-c', '']);
    const config = join(this.home, 'verdaccio.json');
    writeFileSync(config, JSON.stringify({
      storage: join(FOLDER, 'npm'),
      uplinks: { upstream: { url: run(this.home, 'npm', ['config', 'get', 'registry']).output.trim() } },
      packages: {
        // of ours, it has what is published into it and nothing else
        'cdk-multi-account-org': { access: '$all', publish: '$all' },
        '**': { access: '$all', proxy: 'upstream' },
      },
      max_body_size: '100mb',
      log: { type: 'stdout', level: 'error' },
    }));
    this.start(join(BIN, 'verdaccio'), '--config', config, '--listen', `127.0.0.1:${this.npmPort}`);
    this.start(PYTHON, '-m', 'pypiserver', 'run', '--interface', '127.0.0.1', '--port', String(this.pypiPort),
      '--passwords', '.', '--authenticate', '.', '--disable-fallback', join(FOLDER, 'pypi'));
    for (const url of [this.npm, this.pypi]) {
      await this.answers(url);
    }
  }

  private start(command: string, ...words: string[]): void {
    this.servers.push(spawn('timeout', [BOUND_SECONDS, command, ...words], { stdio: 'ignore' }));
  }

  private async answers(url: string): Promise<void> {
    for (let attempt = 0; attempt < 120; attempt++) {
      if (await fetch(url).then(response => response.ok, () => false)) {
        return;
      }
      spawnSync('sleep', ['1']);
    }
    throw new Error(`${url} does not answer: is the machine too slow?`);
  }
}
