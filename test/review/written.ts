import { writeFileSync } from 'fs';
import { join } from 'path';
import { Assembly, Fact } from '../../review/assembly/assembly';
import { newOutdir } from '../orgs';

interface Resource {
  readonly Type: string;
  readonly Properties?: object;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export type Resources = Record<string, Resource>;

/** An assembly of an app that says these facts, with a stack for each path, which has other sections as well. */
export function written(
  facts: Fact[], stacks: Record<string, Resources> = {}, terminationProtection = false, sections: object = {},
): Assembly {
  const folder = newOutdir();
  const artifacts = Object.entries(stacks).map(([path, resources]) => {
    const id = path.replaceAll('/', '-');
    const withPaths = Object.entries(resources).map(([name, resource]) =>
      [name, { ...resource, Metadata: { 'aws:cdk:path': `${path}/${name}/Resource` } }]);
    writeFileSync(join(folder, `${id}.template.json`), JSON.stringify({ ...sections, Resources: Object.fromEntries(withPaths) }));
    return [id, {
      type: 'aws:cloudformation:stack',
      displayName: path,
      environment: 'aws://222222222222/eu-west-1',
      properties: { templateFile: `${id}.template.json`, stackName: id, terminationProtection },
    }];
  });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ artifacts: Object.fromEntries(artifacts) }));
  writeFileSync(join(folder, 'acme.organization.json'), JSON.stringify({ version: 1, namespace: 'acme', facts }));
  return Assembly.read(folder);
}
