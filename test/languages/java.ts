import { readFileSync, rmSync, writeFileSync } from 'fs';
import { homedir } from 'os';
import { join } from 'path';
import { Language } from './language';
import { packed, run } from '../packages';

const REPOSITORY = 'io/github/cdkmultiaccountorg';

export const JAVA: Language = {
  name: 'java',
  tools: [['javac', '-version'], ['mvn', '--version']],
  install(project, { dist, version }) {
    packed(`${dist}/java/${REPOSITORY}/cdk-multi-account-org/${version}`, /org-[\d.]+\.jar$/);
    const pom = join(project, 'pom.xml');
    writeFileSync(pom, readFileSync(pom, 'utf8').replace('</project>', `
      <repositories>
        <repository><id>packed</id><url>file://${dist}/java</url></repository>
      </repositories>
    </project>`));
    // a repository of our own, where what was packed before is not taken for what is packed now
    const local = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cdk-multi-account-org', 'maven');
    rmSync(join(local, REPOSITORY), { recursive: true, force: true });
    const env = { MAVEN_OPTS: `-Dmaven.repo.local=${local} -Dcdk-multi-account-org.version=${version}` };
    run(project, 'mvn', ['--batch-mode', '--quiet', 'compile'], { ...process.env, ...env });
    return { from: `cdk-multi-account-org-${version}.jar`, env };
  },
};
