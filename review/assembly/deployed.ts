import { readFileSync } from 'fs';
import type { Stack } from './assembly';
import { contentOf, Template } from './template';
import { inOneLine } from '../terminal';

/** A stack as AWS has it. */
interface DeployedStack {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Not set where several share the account. */
  readonly stage?: string;
  readonly status: string;
  readonly terminationProtection: boolean;
  readonly template: Template;
  /** Templates of the stacks in it, by their IDs: `outer/inner`. */
  readonly nested: Record<string, Template>;
}

interface Unread {
  readonly stage: string;
  readonly region: string;
  readonly why: string;
}

/** States in which a stack is what its template says. */
const WELL = /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK)_COMPLETE$/;

/** What AWS had of an app when `check --json` asked it. */
export function deployedIn(file: string): { stacks: Stack[]; notes: string[] } {
  const organizations = organizationsIn(file);
  const stacks = organizations.flatMap(organization => organization.stacks);
  return {
    stacks: stacks.map(stackOf),
    notes: [
      ...organizations.flatMap(({ unread }) => unread).map(({ stage, region, why }) =>
        `nothing is known of stacks of ${stage} in ${region}, all of which are told as new: ${inOneLine(why)}`),
      ...stacks.filter(({ status }) => !WELL.test(status)).map(({ name, account, region, status }) =>
        `${name} in account ${account}, ${region} was in state ${status}, in which it need not be as its template has it`),
    ],
  };
}

function organizationsIn(file: string): Array<{ stacks: DeployedStack[]; unread: Unread[] }> {
  const { organizations } = read(file);
  const hasTemplate = (stack?: DeployedStack) => typeof stack?.template === 'object' && stack.template !== null;
  if (!Array.isArray(organizations) || organizations.length === 0 || !organizations.every(one =>
    Array.isArray(one?.stacks) && Array.isArray(one.unread) && one.stacks.every(hasTemplate))) {
    throw new Error(`'${file}' does not say which stacks are deployed: write it by 'check --json', or give the folder of an assembly, such as `
      + "the cdk.out that 'rehearse --keep-output' keeps");
  }
  return organizations;
}

function read(file: string): { organizations?: Array<{ stacks: DeployedStack[]; unread: Unread[] }> } {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    throw new Error(`'${file}' is no JSON: ${(error as Error).message}`);
  }
}

function stackOf(deployed: DeployedStack): Stack {
  const { name, account, region, stage, terminationProtection, template, nested } = deployed;
  const content = contentOf(template, id => nested[id]);
  const path = pathOf(name, content.resources) ?? `${account}/${region}/${name}`;
  return { path, name, account, region, stage, terminationProtection, after: [], ...content };
}

/** By the paths of its constructs, as far as its name is made of its path. */
function pathOf(name: string, resources: Stack['resources']): string | undefined {
  const [first = ''] = [...resources.values()].flatMap(({ path }) => path ?? []);
  const parts = first.split('/');
  const length = parts.findIndex((_, index) => parts.slice(0, index + 1).join('-') === name) + 1;
  return length === 0 ? undefined : parts.slice(0, length).join('/');
}
