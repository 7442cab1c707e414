import { arnOf, resolve } from '../resolve';
import { Deployed } from '../templates';

/** Where something of a stage is in its templates. */
export class Ids {
  constructor(private readonly stacks: Deployed[]) {}

  /** The logical id of the resource of this type whose id begins like this. */
  public id(stage: string, type: string, begin = ''): string {
    return this.find(stage, type, begin)[1];
  }

  public arn(stage: string, type: string, begin = ''): string {
    return arnOf(...this.find(stage, type, begin));
  }

  public property(stage: string, type: string, name: string, begin = ''): unknown {
    const [deployed, id] = this.find(stage, type, begin);
    return resolve(deployed, deployed.template.Resources[id].Properties![name]);
  }

  private find(stage: string, type: string, begin: string): [Deployed, string] {
    const found = this.stacks.filter(({ stack }) => stack.startsWith(`acme/${stage}/`)).flatMap(deployed =>
      Object.entries(deployed.template.Resources)
        .filter(([id, { Type }]) => Type === `AWS::${type}` && id.startsWith(begin))
        .map(([id]): [Deployed, string] => [deployed, id]));
    if (found.length !== 1) {
      throw new Error(`${found.length} ${type} in ${stage} begin with '${begin}'`);
    }
    return found[0];
  }
}
