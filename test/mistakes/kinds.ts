import { ACCESS_MISTAKES } from './access';
import { COMBINATION_MISTAKES } from './combinations';
import { CONCERN_MISTAKES } from './concerns';
import { CONTAINER_MISTAKES } from './containers';
import { DATA_MISTAKES } from './data';
import { FARGATE_MISTAKES } from './fargate';
import { GUARDRAIL_MISTAKES } from './guardrails';
import { Mistake } from './mistake';
import { ORGANIZATION_MISTAKES } from './organization';
import { PEOPLE_MISTAKES } from './people';
import { PERMISSION_SET_MISTAKES } from './permission-sets';
import { PLACE_MISTAKES } from './places';
import { POLICY_DOCUMENT_MISTAKES } from './policy-documents';
import { SERVICE_MISTAKES } from './services';
import { TRAIL_MISTAKES } from './trail';

/** All kinds of mistakes, by where they are made. */
export const KINDS: Record<string, Mistake[]> = {
  'The organization and its stages': ORGANIZATION_MISTAKES,
  'Names and places': PLACE_MISTAKES,
  'Audit trail, domains and addresses': TRAIL_MISTAKES,
  'People, roles and grants': [...ACCESS_MISTAKES, ...PEOPLE_MISTAKES, ...PERMISSION_SET_MISTAKES],
  'Policies, facts and the bootstrap': CONCERN_MISTAKES,
  'Guardrails': GUARDRAIL_MISTAKES,
  'Contents of organization policies': POLICY_DOCUMENT_MISTAKES,
  'Databases, caches and search': DATA_MISTAKES,
  'Containers': [...CONTAINER_MISTAKES, ...FARGATE_MISTAKES],
  'Other services': SERVICE_MISTAKES,
  'What goes together': COMBINATION_MISTAKES,
};

export const ALL = Object.values(KINDS).flat();
