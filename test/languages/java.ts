import { readFileSync, rmSync, writeFileSync } from 'fs';
import { homedir } from 'os';
import { join } from 'path';
import { Language } from './language';
import { run } from '../packages';

const PACKAGE = 'io/github/cdkmultiaccountorg';

export const JAVA: Language = {
  name: 'java',
  tools: [['javac', '-version'], ['mvn', '--version']],
  first: { file: 'src/main/java/com/myorg/AcmeApp.java', command: 'mvn -e -q exec:java -Dexec.mainClass=com.myorg.AcmeApp' },
  install(project, version, { maven }) {
    const pom = join(project, 'pom.xml');
    writeFileSync(pom, readFileSync(pom, 'utf8').replace('</project>', `
      <repositories>
        <repository><id>released</id><url>file://${maven}/java</url></repository>
      </repositories>
    </project>`));
    // a repository of our own, where what was released before is not taken for what is released now
    const local = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cdk-multi-account-org', 'maven');
    rmSync(join(local, PACKAGE), { recursive: true, force: true });
    const env = { MAVEN_OPTS: `-Dmaven.repo.local=${local} -Dcdk-multi-account-org.version=${version}` };
    run(project, 'mvn', ['--batch-mode', '--quiet', 'compile'], { ...process.env, ...env });
    const metadata = readFileSync(join(local, PACKAGE, 'cdk-multi-account-org', version, `cdk-multi-account-org-${version}.pom`), 'utf8');
    return { version: /<version>([\d.]+)<\/version>/.exec(metadata)![1], env };
  },
};
