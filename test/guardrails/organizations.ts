import { App } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Guardrail, Guardrails, GuardrailsProps, MultiAccountOrg, OrganizationSource, StageAccount, StageProfile } from '../../src';
import { ACCOUNTS } from '../isolation/templates';

/** The principal of root whom the guide names as the one that deploys. */
export const DEPLOYER = `arn:aws:iam::${ACCOUNTS.root}:role/deployer`;
/** A pipeline in an account. */
export const PIPELINE = `arn:aws:iam::${ACCOUNTS.prod}:role/pipeline`;
/** Who is spared by each policy of guardrails, in root and in an account. */
export const BREAK_GLASS = ['root', 'prod'].map(stage => `arn:aws:iam::${ACCOUNTS[stage]}:role/break-glass`);

const ADOPTED = ['audit', 'prod', 'staging'];
/** Adopted, and moved into its unit. */
const MOVED = 'staging';

interface Options {
  /** Of an organization that exists, where some accounts are adopted. */
  readonly adopting?: boolean;
  readonly withoutTrail?: boolean;
}

export interface Defined {
  readonly org: MultiAccountOrg;
  readonly stages: Record<string, StageAccount>;
}

/** The organization of the isolation tests with a second region, and what is defined in it. */
export function organizationWith(define: (defined: Defined) => void, options: Options = {}): (app: App) => void {
  const { adopting, withoutTrail } = options;
  return app => {
    const org = new MultiAccountOrg(app, 'acme', {
      managementAccountId: ACCOUNTS.root,
      email: 'aws@acme.example',
      homeRegion: 'eu-west-1',
      bootstrapRegions: ['us-east-1'],
      organization: adopting
        ? OrganizationSource.existing({ organizationId: 'o-a1b2c3d4e5', organizationRootId: 'r-a1b2' }) : OrganizationSource.create(),
    });
    const add = (name: string, profile: StageProfile, organizationalUnit: string) => {
      const adopted = adopting && ADOPTED.includes(name);
      return org.addStage(name, {
        profile,
        ...adopted ? { accountId: ACCOUNTS[name], bootstrapRoleName: 'OrganizationAccountAccessRole' } : {},
        ...!adopted || name === MOVED ? { organizationalUnit } : {},
      });
    };
    const stages = {
      audit: add('audit', StageProfile.AUDIT, 'security'),
      prod: add('prod', StageProfile.PRODUCTION, 'workloads'),
      staging: add('staging', StageProfile.STAGING, 'workloads'),
      dev: add('dev', StageProfile.DEVELOPMENT, 'workloads/development'),
      testing: add('testing', StageProfile.TESTING, 'workloads'),
    };
    if (!withoutTrail) {
      org.addAuditTrail({ storedIn: stages.audit, readers: [stages.audit.readOnly] });
    }
    const group = (name: string, canAssume: StageAccount['admin'][]) => org.addGroup(name, { canAssume });
    const engineers = group('engineers', [stages.dev.admin, stages.testing.admin, stages.staging.readOnly]);
    group('operators', [stages.prod.admin, stages.staging.admin]);
    group('auditors', [stages.audit.readOnly]);
    org.addUser('ada', { groups: [engineers] });
    define({ org, stages });
  };
}

export function role(arn: string): iam.IPrincipal {
  return new iam.ArnPrincipal(arn);
}

/** The default guardrails, and who deploys: on the whole organization. */
export function whole(props: GuardrailsProps = {}): (defined: Defined) => void {
  return ({ org }) => {
    new Guardrails(org, 'guardrails', {
      ...props, guardrails: [...props.guardrails ?? [], Guardrail.onlyDeployersDeploy([role(DEPLOYER)])],
    });
  };
}

/** Guardrails at every level: the root, a unit, a unit in it, and an account. */
export function atEveryLevel({ org, stages }: Defined): void {
  const [inRoot, inProd] = BREAK_GLASS.map(role);
  const spare = [inRoot];
  new Guardrails(org, 'guardrails', { spare });
  new Guardrails(org, 'deployers', {
    spare, organizationalUnits: ['workloads'], guardrails: [Guardrail.onlyDeployersDeploy([role(DEPLOYER)])],
  });
  new Guardrails(org, 'small', {
    spare, organizationalUnits: ['workloads/development'], guardrails: [Guardrail.allowedInstanceTypes(['t3.*'])],
  });
  new Guardrails(org, 'cheap', { spare, stages: [stages.testing], guardrails: [Guardrail.DENY_PURCHASES] });
  org.management!.spare(inProd);
}
