import { ChildProcess, spawn, spawnSync } from 'child_process';
import { mkdirSync, writeFileSync } from 'fs';
import { createServer, AddressInfo } from 'net';
import { join } from 'path';
import { REPOSITORY, run } from '../packages';

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

/** A registry of each kind on this machine, empty at first, to which publib publishes as the release workflow does. */
export class Registries {
  public static async start(folder: string): Promise<Registries> {
    const registries = new Registries(folder, await freePort(), await freePort());
    await registries.serve();
    return registries;
  }

  public readonly maven: string;
  private readonly servers: ChildProcess[] = [];
  private readonly goRepository: string;

  private constructor(
    private readonly folder: string, private readonly npmPort: number, private readonly pypiPort: number,
  ) {
    this.maven = join(folder, 'maven');
    this.goRepository = join(folder, 'go');
  }

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
        [`GIT_CONFIG_KEY_${index}`, `url.file://${this.goRepository}.insteadOf`],
        [`GIT_CONFIG_VALUE_${index}`, url],
      ])),
      GOPRIVATE: GO_REPOSITORY,
    };
  }

  public publishNpm(tarballs: string, home: string): void {
    this.publish('publib-npm', tarballs, home, { NPM_TOKEN: 'none', NPM_REGISTRY: this.npm.slice('http://'.length), DISABLE_HTTPS: 'true' });
  }

  public publishAll(dist: string, home: string): void {
    this.publishNpm(join(dist, 'js'), home);
    this.publish('publib-pypi', join(dist, 'python'), home, { TWINE_USERNAME: 'none', TWINE_PASSWORD: 'none', TWINE_REPOSITORY_URL: this.pypi });
    this.publish('publib-maven', join(dist, 'java'), home, {
      MAVEN_SERVER_ID: 'local', MAVEN_REPOSITORY_URL: `file://${join(this.maven, 'java')}`, MAVEN_USERNAME: 'none', MAVEN_PASSWORD: 'none',
    });
    this.publish('publib-golang', join(dist, 'go'), home, {
      GIT_USER_NAME: 'releases', GIT_USER_EMAIL: 'releases@acme.example', GITHUB_TOKEN: 'none', ...this.goEnv,
    });
  }

  public stop(): void {
    this.servers.forEach(server => server.kill());
  }

  private publish(publib: string, packages: string, home: string, env: NodeJS.ProcessEnv): void {
    // publib writes credentials into the home
    run(home, join(BIN, publib), [packages], { ...process.env, HOME: home, ...env });
  }

  private async serve(): Promise<void> {
    ['pypi', 'maven'].forEach(name => mkdirSync(join(this.folder, name)));
    run(this.folder, 'git', ['init', '--quiet', '--bare', '--initial-branch=main', `${this.goRepository}.git`]);
    writeFileSync(join(this.folder, 'verdaccio.json'), JSON.stringify({
      storage: join(this.folder, 'npm'),
      uplinks: { upstream: { url: run(this.folder, 'npm', ['config', 'get', 'registry']).output.trim() } },
      packages: {
        // of ours, it has what is published into it and nothing else
        'cdk-multi-account-org': { access: '$all', publish: '$all' },
        '**': { access: '$all', proxy: 'upstream' },
      },
      max_body_size: '100mb',
      log: { type: 'stdout', level: 'error' },
    }));
    this.start(join(BIN, 'verdaccio'), '--config', join(this.folder, 'verdaccio.json'), '--listen', `127.0.0.1:${this.npmPort}`);
    this.start(join(REPOSITORY, 'rehearsal', 'python.sh'), '-m', 'pypiserver', 'run', '--interface', '127.0.0.1', '--port', String(this.pypiPort),
      '--passwords', '.', '--authenticate', '.', '--disable-fallback', join(this.folder, 'pypi'));
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
