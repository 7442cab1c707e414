import { rmSync } from 'fs';
import { homedir } from 'os';
import { join } from 'path';
import { Language } from './language';
import { run } from '../packages';

const REPOSITORY = 'github.com/cdk-multi-account-org/cdk-multi-account-org-go';
const MODULE = `${REPOSITORY}/cdkmultiaccountorg`;

export const GO: Language = {
  name: 'go',
  tools: [['go', 'version']],
  first: { file: 'first/main.go', command: 'go run ./first' },
  install(project, version, { goEnv }) {
    // a cache of our own, where what was released before is not taken for what is released now; for the same reason
    // without Go's index of modules, which knows a module by its folder and lists the files it once had
    const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cdk-multi-account-org', 'go');
    const env = { ...goEnv, GODEBUG: 'goindex=0', GOFLAGS: '-mod=mod -modcacherw', GOMODCACHE: cache };
    for (const folder of [cache, join(cache, 'cache', 'download')]) {
      rmSync(join(folder, REPOSITORY, '..'), { recursive: true, force: true });
    }
    rmSync(join(cache, 'cache', 'vcs'), { recursive: true, force: true });
    const go = (...words: string[]) => run(project, 'go', words, { ...process.env, ...env }).output.trim();
    go('mod', 'edit', `-require=${MODULE}@v${version}`);
    go('mod', 'tidy');
    go('vet', './...');
    const unformatted = run(project, 'gofmt', ['-l', '.']).output.trim();
    if (unformatted !== '') {
      throw new Error(`gofmt would change ${unformatted}: run 'gofmt -w examples/go'`);
    }
    return { version: go('list', '-m', MODULE).split(' v')[1], env };
  },
};
