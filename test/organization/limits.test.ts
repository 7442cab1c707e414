import { Stage } from 'aws-cdk-lib';
import { MultiAccountOrg, OrganizationSource, StageAccess, StageProfile, StageRoles } from '../../src';
import { EXISTING, orgProps, Synthesized, testApp } from '../orgs';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const LIMITS = { Parameters: 200, Resources: 500, Outputs: 200, Mappings: 200 };

function organization(stages: number, source: OrganizationSource, adopted: boolean): MultiAccountOrg {
  const org = new MultiAccountOrg(testApp(), 'acme', orgProps({ organization: source }));
  const account = (index: number) => adopted ? { accountId: `${100_000_000_000 + index}` } : {};
  const audit = org.addStage('audit', { profile: StageProfile.AUDIT, access: StageAccess.NONE, ...account(0) });
  org.addAuditTrail({ storedIn: audit });
  Array.from({ length: stages - 1 }, (_, index) => org.addStage(`s${index}`, {
    access: index < 5 ? StageAccess.READ_ONLY : StageAccess.NONE, ...account(index + 1),
  }));
  org.addDomain('acme.example', { stages: org.stages });
  org.addUser('ada', { groups: [org.addGroup('engineers', { canAssume: [StageRoles.ofAll('read-only')] })] });
  return org;
}

describe.each<[string, OrganizationSource, boolean]>([
  ['created', OrganizationSource.create(), false],
  ['in an organization that exists', EXISTING, false],
  ['adopted', EXISTING, true],
])('each template of root is within the limits of CloudFormation: accounts %s,', (_, source, adopted) => {
  test.each([70])('%i stages', stages => {
    const root: Stage = organization(stages, source, adopted).root;
    const synthesized = new Synthesized(root.synth({ skipValidation: true }));
    expect(synthesized.stacks.size).toBeGreaterThan(stages);
    for (const [path, { template }] of synthesized.stacks) {
      for (const [section, limit] of Object.entries(LIMITS)) {
        expect([path, section, Object.keys(template[section] ?? {}).length <= limit]).toEqual([path, section, true]);
      }
      const body = JSON.stringify(template);
      expect([path, body.split('{{resolve:').length <= 61]).toEqual([path, true]);
      expect([path, body.length <= 200_000]).toEqual([path, true]);
    }
  }, 300_000);
});
