import type { Resource, Stack } from './assembly';

export type Template = Record<string, any>;

/** Template of a nested stack, by its ID and, if it is an asset, its file. */
export type Nested = (id: string, file?: string) => Template | undefined;

/** What a stack has, with its nested stacks. */
export function contentOf(template: Template, nested: Nested): Pick<Stack, 'resources' | 'outputs' | 'declarations'> {
  return {
    resources: new Map(readResources(template, nested, '').map(resource => [resource.id, resource])),
    outputs: template.Outputs ?? {},
    declarations: new Map(readDeclarations(template, nested, '')),
  };
}

/** Of the CDK itself, and different in each version of it. */
const OF_THE_CDK = 'AWS::CDK::Metadata';

/** The CDK writes these into every template, and asks for another version with time. */
const BOOTSTRAP = ['Parameters/BootstrapVersion', 'Rules/CheckBootstrapVersion'];

function readDeclarations(template: Template, nested: Nested, above: string): Array<[string, unknown]> {
  const { Transform: transform, Resources: resources = {} } = template;
  return [
    ...['Conditions', 'Mappings', 'Parameters', 'Rules'].flatMap(section => Object.entries(template[section] ?? {})
      .map(([name, value]): [string, unknown] => [`${section}/${name}`, value])
      .filter(([name]) => !BOOTSTRAP.includes(name)).map(([name, value]): [string, unknown] => [`${above}${name}`, value])),
    ...transform === undefined ? [] : [[`${above}Transform`, transform] as [string, unknown]],
    ...Object.entries<Template>(resources).flatMap(([logicalId, resource]) => {
      const inner = nestedIn(`${above}${logicalId}`, resource, nested);
      return inner ? readDeclarations(inner, nested, `${above}${logicalId}/`) : [];
    }),
  ];
}

function nestedIn(id: string, { Type: type, Metadata: metadata }: Template, nested: Nested): Template | undefined {
  return type === 'AWS::CloudFormation::Stack' ? nested(id, metadata?.['aws:asset:path']) : undefined;
}

function readResources(template: Template, nested: Nested, above: string): Resource[] {
  return Object.entries<Template>(template.Resources ?? {}).flatMap(([logicalId, resource]) => {
    const id = `${above}${logicalId}`;
    const inner = nestedIn(id, resource, nested);
    if (logicalId.startsWith('Fn::')) {
      // a loop, which only CloudFormation writes out
      return [{ id, type: 'Fn::ForEach', properties: { [logicalId]: resource } }];
    }
    const own: Resource = {
      id,
      path: resource.Metadata?.['aws:cdk:path'],
      type: resource.Type,
      properties: resource.Properties ?? {},
      deletionPolicy: resource.DeletionPolicy,
      updateReplacePolicy: resource.UpdateReplacePolicy,
      condition: resource.Condition,
    };
    if (inner) {
      // where its template is uploaded says nothing beside what is in it
      const { TemplateURL: _, ...properties } = own.properties;
      return [{ ...own, properties }, ...readResources(inner, nested, `${id}/`)];
    }
    return resource.Type === OF_THE_CDK ? [] : [own];
  });
}
