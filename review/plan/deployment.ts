import { Assembly, Organization, Stack } from '../assembly/assembly';

/** A command of the CDK CLI, and what it deploys that none before it has deployed. */
export interface Step {
  readonly command: string;
  readonly stacks: Stack[];
}

/** Commands that deploy an app, in their order: an organization comes first, then its bootstraps, then all else. */
export function deployment(assembly: Assembly): Step[] {
  const done = new Set<Stack>();
  const step = (pattern: string, wanted: Stack[]): Step[] => {
    const stacks = assembly.inOrder(wanted).filter(stack => !done.has(stack));
    stacks.forEach(stack => done.add(stack));
    return stacks.length === 0 ? [] : [{ command: `npx cdk deploy ${pattern}`, stacks }];
  };
  const below = (organization: Organization, path: string) => organization.path ? `${organization.path}/${path}` : path;
  return [
    ...assembly.organizations.flatMap(organization => {
      const first = assembly.stack(below(organization, 'root/organization'));
      const start = below(organization, 'bootstrap/');
      return [
        ...step(below(organization, 'root/organization'), first ? [first] : []),
        ...step(`'${start}*'`, assembly.stacks.filter(({ path }) => path.startsWith(start) && !path.slice(start.length).includes('/'))),
      ];
    }),
    ...step("'**'", assembly.stacks),
  ];
}
