import { ALL } from './all';
import { bound } from './deeds';
import { isControl } from './security-hub';
import { Guardrail, IGuardrail, OrganizationPolicyType } from '../../src';
import { acmeOfKnownAccounts, EXISTING } from '../orgs';

const { org } = acmeOfKnownAccounts(EXISTING);
const of = (guardrail: IGuardrail) => bound(guardrail, org);

describe.each(ALL.map(one => [one.guardrailName, of(one)] as const))('%s', (_, { risk, controls = [] }) => {
  test('says what happens without it, in one sentence', () => {
    expect(risk).toMatch(/^[A-Z][^.]{20,140}\.$/);
  });

  test('names controls that the standards have, each once', () => {
    expect(controls.filter(control => !isControl(control))).toEqual([]);
    expect(new Set(controls).size).toBe(controls.length);
  });
});

test('controls are those of the pages of AWS', () => {
  expect(of(Guardrail.REQUIRE_IMDSV2).controls).toEqual(['FSBP EC2.8', 'CIS 3.0 5.6', 'CIS 5.0 5.7', 'NIST.800-53.r5 AC-3', 'NIST.800-53.r5 AC-6']);
  // of NIST only: AWS Foundational Security Best Practices have no Account.2
  expect(of(Guardrail.STAY_IN_ORGANIZATION).controls).toEqual(['NIST.800-53.r5 CA-9(1)', 'NIST.800-53.r5 CM-2']);
  expect(of(Guardrail.DENY_PURCHASES).controls).toEqual([]);
});

test('ids that no standard has are told', () => {
  const wrong = ['FSBP EC2.5', 'FSBP IAM.28', 'FSBP Ec2.8', 'CIS 4.0 1.3', 'CIS 5.0 6.1', 'NIST.800-53.r5 AC3', 'NIST.800-53.r5 XX-1', 'PCI 1.2'];
  expect(wrong.filter(isControl)).toEqual([]);
});

test('guardrails of a consumer give theirs', () => {
  const config = { policyType: OrganizationPolicyType.SERVICE_CONTROL, statements: [], stops: [], letsPass: [] };
  expect(of(Guardrail.of('mine', { ...config, risk: 'Somebody is wrong.', controls: ['FSBP SageMaker.2'] })))
    .toMatchObject({ risk: 'Somebody is wrong.', controls: ['FSBP SageMaker.2'] });
});
