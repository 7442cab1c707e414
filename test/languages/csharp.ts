import { readFileSync, rmSync, writeFileSync } from 'fs';
import { homedir } from 'os';
import { join } from 'path';
import { Language } from './language';
import { writeTranslations } from './translations';
import { DIST, packed, run } from '../packages';

export const CSHARP: Language = {
  name: 'csharp',
  tools: [['dotnet', '--version']],
  first: { file: 'src/First/Program.cs', command: 'dotnet run --project src/First/First.csproj' },
  install(project, version) {
    packed('dotnet', new RegExp(`org\\.${version}\\.nupkg$`, 'i'));
    const src = join(project, 'src');
    const csproj = join(src, 'Acme', 'Acme.csproj');
    const text = readFileSync(csproj, 'utf8')
      .replace('Include="CdkMultiAccountOrg" Version="*"', `Include="CdkMultiAccountOrg" Version="[${version}]"`);
    // a folder of our own, where what was released before is not taken for what is released now
    const packages = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cdk-multi-account-org', 'nuget');
    rmSync(join(packages, 'cdkmultiaccountorg'), { recursive: true, force: true });
    const env = { NUGET_PACKAGES: packages };
    const build = (file: string) =>
      run(project, 'dotnet', ['build', file, `-p:RestoreAdditionalProjectSources=${DIST}/dotnet`], { ...process.env, ...env });
    const first = join(src, 'First', 'First.csproj');
    [csproj, first].forEach(file => {
      writeFileSync(file, text);
      build(file);
    });
    // the examples of the docs are no app, and show what they do not use
    console.log(`csharp: compiling ${writeTranslations(join(src, 'Examples'))} examples of the docs`);
    const library = join(src, 'Examples', 'Examples.csproj');
    writeFileSync(library, text.replace(/^.*<(OutputType|Nullable|TreatWarningsAsErrors)>.*\n/gm, ''));
    build(library);
    return { version, env };
  },
};
