import { readFileSync, writeFileSync } from 'fs';
import { basename, join } from 'path';
import { Language } from './language';
import { packed, run } from '../packages';

export const CSHARP: Language = {
  name: 'csharp',
  tools: [['dotnet', '--version']],
  install(project, { dist, version }) {
    const nupkg = packed(`${dist}/dotnet`, /org\.[\d.]+\.nupkg$/i);
    const csproj = join(project, 'src', 'Acme', 'Acme.csproj');
    writeFileSync(csproj, readFileSync(csproj, 'utf8')
      .replace('Include="CdkMultiAccountOrg" Version="*"', `Include="CdkMultiAccountOrg" Version="[${version}]"`));
    run(project, 'dotnet', ['build', csproj, `-p:RestoreAdditionalProjectSources=${dist}/dotnet`]);
    return { from: basename(nupkg) };
  },
};
