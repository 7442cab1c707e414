import { App, Aws, CfnResource, NestedStack, Stack } from 'aws-cdk-lib';
import { CfnGroup } from 'aws-cdk-lib/aws-identitystore';
import { CfnAssignment, CfnPermissionSet } from 'aws-cdk-lib/aws-sso';
import { EMAIL, REGION, ROOT, stageNames } from './case';
import { IdentityCenter, MultiAccountOrg, People, PeopleSource, StageRoles } from 'cdk-multi-account-org';

const GROUPS = Array.from({ length: 30 }, (_, index) => `group-${index}`);
const ROLES = ['admin', 'read-only'];
const INSTANCE = 'arn:aws:sso:::instance/ssoins-1234567890abcdef';
const PER_STACK = 150;

function organization(app: App, count: number, source?: PeopleSource): MultiAccountOrg {
  const acme = new MultiAccountOrg(app, 'acme', { managementAccountId: ROOT, email: EMAIL, homeRegion: REGION });
  if (source) {
    new People(acme, 'people', { source });
  }
  stageNames(count).forEach(name => acme.addStage(name));
  return acme;
}

/** All groups in all roles of all stages, by this library. */
function people(source: (instance: IdentityCenter) => PeopleSource): (app: App, count: number) => void {
  return (app, count) => {
    const acme = organization(app, count, source(IdentityCenter.fromArn(INSTANCE, REGION)));
    GROUPS.forEach(group => acme.addGroup(group, { canAssume: ROLES.map(role => StageRoles.ofAll(role)) }));
  };
}

type Grant = (scope: Stack, id: string, group: string, account: string, role: string) => CfnResource;
type Grants = (scope: Stack) => Grant;

/** The same organization without people, and what lets them in by hand, with the L1s of the CDK. */
function byHand(grants: Grants): (app: App, count: number) => void {
  return (app, count) => {
    const acme = organization(app, count);
    const stack = acme.root.addStack('by-hand');
    const grant = grants(stack);
    for (const group of GROUPS) {
      const { attrGroupId } = new CfnGroup(stack, group, { identityStoreId: 'd-1234567890', displayName: group });
      for (let first = 0; first < count; first += PER_STACK) {
        const stages = acme.stages.slice(first, first + PER_STACK);
        for (const role of ROLES) {
          const part = new NestedStack(stack, `${group}-${role}-${first}`);
          for (const stage of stages) {
            const accountId = acme.management!.accountIdOf(stage, stack);
            grant(part, stage.node.id, attrGroupId, accountId, stage.conventionalName(role));
          }
        }
      }
    }
  };
}

/** Sources of people of IAM Identity Center, each with the same by hand. */
export const PEOPLE: Record<string, (app: App, count: number) => void> = {
  'account-access': people(instance => PeopleSource.accountAccess({ instance, createGroups: true })),
  'account-access-by-hand': byHand(() => (scope, id, group, account, role) => new CfnResource(scope, id, {
    type: 'AWS::AccountAccess::Entitlement',
    properties: {
      ApplicationArn: `arn:aws:account-access:${REGION}:${ROOT}:application/1`,
      Entitlement: {
        PrincipalRole: { Principal: { IdentityCenter: { GroupId: group } }, RoleArn: `arn:${Aws.PARTITION}:iam::${account}:role/${role}` },
      },
    },
  })),
  'permission-sets': people(instance => PeopleSource.permissionSets({ instance, createGroups: true })),
  'permission-sets-by-hand': byHand(stack => {
    const [admin, readOnly] = ['AdministratorAccess', 'ReadOnlyAccess'].map(name => new CfnPermissionSet(stack, name, {
      instanceArn: INSTANCE, name, managedPolicies: [`arn:${Aws.PARTITION}:iam::aws:policy/${name}`],
    }));
    return (scope, id, group, account, role) => new CfnAssignment(scope, id, {
      instanceArn: INSTANCE,
      permissionSetArn: (role.endsWith('admin') ? admin : readOnly).attrPermissionSetArn,
      principalId: group,
      principalType: 'GROUP',
      targetId: account,
      targetType: 'AWS_ACCOUNT',
    });
  }),
};
