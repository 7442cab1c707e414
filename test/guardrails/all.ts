import * as iam from 'aws-cdk-lib/aws-iam';
import { Guardrail, IGuardrail } from '../../src';
import { ROOT } from '../orgs';

const DEPLOYER = new iam.ArnPrincipal(`arn:aws:iam::${ROOT}:role/deployer`);

/** All that there are. */
export const ALL: IGuardrail[] = [
  ...Object.values(Guardrail).filter((value): value is IGuardrail => value instanceof Guardrail),
  Guardrail.allowedRegions(['eu-west-1']),
  Guardrail.allowedServices(['dynamodb', 'sqs']),
  Guardrail.allowedInstanceTypes(['t3.*']),
  Guardrail.requiredTags(['team']),
  Guardrail.identityPerimeter(['888888888888']),
  Guardrail.onlyDeployersDeploy([DEPLOYER]),
];
