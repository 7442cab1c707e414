import { createHash } from 'crypto';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnOrganizationalUnit } from 'aws-cdk-lib/aws-organizations';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { parameterName } from './parameters';
import { StageAccount } from '../stage-account';

/**
 * One new organizational unit, in a stack of its own: a unit that is removed from the code leaves its stack behind, and
 * finds it again when it is added back.
 */
export class OrganizationalUnit extends Stack {
  /** Name of the parameter with its ID. */
  public readonly parameterName: string;

  constructor(root: StageAccount, path: string, parentId: string) {
    const id = unitId(path);
    super(root, `unit-${id}`, { description: `The organizational unit ${path.replace(/[^\x20-\x7e]/g, '?').slice(0, 200)}` });
    const unit = new CfnOrganizationalUnit(this, 'Unit', { name: path.split('/').pop()!, parentId });
    // deleted only if its own creation is rolled back, when it is still empty; retained from then on
    unit.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.parameterName = parameterName(root.namespace, 'unit', id);
    new CfnParameter(this, 'Id', { name: this.parameterName, type: 'String', value: unit.attrId });
  }
}

/** `workloads--production`, and a hash wherever that does not tell it from all others. */
export function unitId(path: string): string {
  const readable = path.replace(/\//g, '--');
  if (/^[a-z0-9]+(-[a-z0-9]+)*(\/[a-z0-9]+(-[a-z0-9]+)*)*$/i.test(path) && readable.length <= 60) {
    return readable;
  }
  const words = readable.replace(/[^a-z0-9-]/gi, '').slice(0, 60);
  return `${words}-${createHash('sha256').update(path).digest('hex').slice(0, 8)}`;
}
