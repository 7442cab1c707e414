import { App, Aspects, Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as fc from 'fast-check';
import {
  CrossAccountAccessRole, CrossAccountAccessRoleProps, IdentityCenter, People, PeopleSource, PermissionSetsOptions,
} from '../../src';
import { Acme, acmeOfKnownAccounts, EXISTING, PROD, ROOT } from '../orgs';
import { Mistake, mistake, wordOf } from './mistake';

const word = wordOf(2, 12);
const READ_ONLY = iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess');
const SUPPORT = "canAssume of group 'engineers' has 'acme/prod/mine/support'";
const ACCESS = 'or use PeopleSource.accountAccess';

function withSets(
  app: App, options: Partial<PermissionSetsOptions> = {}, defined = acmeOfKnownAccounts(EXISTING, app),
): Acme {
  const instance = IdentityCenter.fromArn('arn:aws:sso:::instance/ssoins-1234567890abcdef', 'eu-west-1');
  new People(defined.org, 'people', { source: PeopleSource.permissionSets({ instance, ...options }) });
  return defined;
}

/** A group that may assume a role of the stage `prod`. */
function assuming(app: App, props: Partial<CrossAccountAccessRoleProps>): CrossAccountAccessRole {
  const { org, prod } = withSets(app);
  const role = new CrossAccountAccessRole(new Stack(prod, 'mine'), 'support', {
    roleName: 'support', trustedPrincipals: [new iam.AccountPrincipal(ROOT)], managedPolicies: [READ_ONLY], ...props,
  });
  org.addGroup('engineers', { canAssume: [role] });
  return role;
}

function inline(...statements: iam.PolicyStatementProps[]): Partial<CrossAccountAccessRoleProps> {
  return {
    inlinePolicies: {
      it: new iam.PolicyDocument({ statements: statements.map(props => new iam.PolicyStatement({ actions: ['s3:*'], resources: ['*'], ...props })) }),
    },
  };
}

/** Mistakes with permission sets. */
export const PERMISSION_SET_MISTAKES: Mistake[] = [
  mistake('permissionSets: where the management account is not yours', [0],
    app => withSets(app, {}, acmeOfKnownAccounts(undefined, app)),
    () => ["'acme/people' cannot use IAM Identity Center, because the management account is not yours", 'have its owner do it']),
  mistake('relayState: no URL', word, (app, relayState) => withSets(app, { relayState }),
    relayState => [`relayState is '${relayState}'`, 'give the URL of a page of the console']),
  mistake('relayState: too long', fc.stringMatching(/^[a-z]{240,260}$/), (app, path) => withSets(app, { relayState: `https://${path}` }),
    path => [`relayState is 'https://${path}'`, 'of up to 240 characters']),
  mistake('permissionSets: until', ['2099-01-31'],
    (app, until) => { const { org, dev } = withSets(app); org.addGroup('engineers', { canAssume: [dev.admin], until }); },
    until => [`until of group 'engineers' is '${until}', which a permission set cannot say`, 'remove the group then']),
  mistake('permissionSets: a role that asks for an externalId', word, (app, externalId) => { assuming(app, { externalId }); },
    () => [SUPPORT, 'asks for an externalId', 'give a role without']),
  mistake('permissionSets: an imported role', word, (app, roleName) => {
    const { org, prod } = withSets(app);
    org.addGroup('engineers', {
      canAssume: [CrossAccountAccessRole.fromCrossAccountAccessRoleAttributes(new Stack(prod, 'mine'), 'support', { accountId: PROD, roleName })],
    });
  }, () => [SUPPORT, 'of which this app knows the name alone', 'define the role here', ACCESS]),
  mistake('permissionSets: a role in no stage', word, (app, roleName) => {
    withSets(app).org.addGroup('engineers', {
      canAssume: [new CrossAccountAccessRole(new Stack(app, 'mine'), 'support', {
        roleName, trustedPrincipals: [new iam.AccountPrincipal(ROOT)], managedPolicies: [READ_ONLY],
      })],
    });
  }, () => ["canAssume of group 'engineers' has 'mine/support', which is in no stage", 'define the role in a stage', ACCESS]),
  mistake('permissionSets: a role that holds something of its account', [Aws.ACCOUNT_ID, Aws.REGION, Aws.STACK_ID],
    (app, token) => { assuming(app, inline({ resources: [`arn:aws:s3:::data-${token}`] })); },
    () => [`${SUPPORT}, whose definition has 'AWS::`, 'the same in all accounts', 'write it as a literal', ACCESS]),
  mistake('permissionSets: a policy that asks how somebody has come', ['aws:MultiFactorAuthPresent', 'aws:PrincipalTag', 'aws:userid'],
    (app, key) => { assuming(app, inline({ conditions: { StringEquals: { [key === 'aws:PrincipalTag' ? `${key}/team` : key]: 'true' } } })); },
    key => [`${SUPPORT}, whose policies ask for '${key}'`, 'leave that out', ACCESS]),
  mistake('permissionSets: more inline policy than a permission set takes', fc.integer({ min: 600, max: 700 }),
    (app, count) => { assuming(app, inline({ actions: Array.from({ length: count }, (_, index) => `s3:Something${1000 + index}`) })); },
    () => [`${SUPPORT}, whose inline policies have`, 'a permission set takes 10240', 'move some to a managed policy with a name', ACCESS]),
  mistake('permissionSets: more description than a permission set takes', fc.integer({ min: 701, max: 1000 }),
    (app, length) => { assuming(app, { description: 'a'.repeat(length) }); },
    length => [`${SUPPORT}, whose description has ${length} characters`, 'takes 700', 'shorten it']),
  mistake('permissionSets: two roles of a stage that are one', word, (app, name) => {
    const { org, prod } = withSets(app);
    const stack = new Stack(prod, 'mine');
    org.addGroup('engineers', {
      canAssume: [name, `acme-prod-${name}`].map(roleName => new CrossAccountAccessRole(stack, roleName, {
        roleName, trustedPrincipals: [new iam.AccountPrincipal(ROOT)], managedPolicies: [READ_ONLY],
      })),
    });
  }, name => [`has 'acme/prod/mine/acme-prod-${name}' and 'acme/prod/mine/${name}', which are one permission set`, 'name one']),
  mistake('permissionSets: a role that an aspect changes', word, (app, limit) => {
    const role = assuming(app, {});
    Aspects.of(role).add({
      visit: node => node instanceof iam.CfnRole && node.addPropertyOverride('PermissionsBoundary', `arn:aws:iam::aws:policy/${limit}`),
    });
  }, () => [SUPPORT, 'which an aspect has changed', 'give it its policies and boundary where it is defined', ACCESS]),
];
