import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { Language } from './language';
import { DIST, packed, run } from '../packages';

export const CSHARP: Language = {
  name: 'csharp',
  tools: [['dotnet', '--version']],
  install(project, version) {
    packed('dotnet', new RegExp(`org\\.${version}\\.nupkg$`, 'i'));
    const csproj = join(project, 'src', 'Acme', 'Acme.csproj');
    writeFileSync(csproj, readFileSync(csproj, 'utf8')
      .replace('Include="CdkMultiAccountOrg" Version="*"', `Include="CdkMultiAccountOrg" Version="[${version}]"`));
    run(project, 'dotnet', ['build', csproj, `-p:RestoreAdditionalProjectSources=${DIST}/dotnet`]);
    return { version };
  },
};
