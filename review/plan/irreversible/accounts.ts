import { at, Rule } from './step';
import { textOf } from '../../assembly/policies';

const address = (email: unknown) => textOf(email) === undefined ? 'its e-mail address' : `its e-mail address '${textOf(email)}'`;

/**
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_close.html
 * https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-closing.html
 */
export const accountIsCreated: Rule = ({ type, change: { what, after } }) =>
  type === 'AWS::Organizations::Account' && what === 'added'
    ? `AWS creates the account, and none is ever deleted at once: closing it takes 90 days, and ${address(at(after, 'Email'))} `
    + 'cannot be that of another account even then'
    : undefined;

export const accountLeaves: Rule = ({ type, before, fate }) => type !== 'AWS::Organizations::Account' ? undefined
  : fate === 'retained'
    ? `the account stays in the organization with all that it runs, and no stack knows it any more: ${address(at(before, 'Email'))} `
    + 'stays taken, so that the code cannot create it again'
    : 'AWS closes the account: nothing in it runs any more, all of it is deleted after 90 days, and '
    + `${address(at(before, 'Email'))} cannot be that of another account`;

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_support-all-features.html */
export const organizationIsCreated: Rule = ({ type, change: { what } }) =>
  type === 'AWS::Organizations::Organization' && what === 'added'
    ? 'AWS makes this account the management account of an organization, which is the same account for as long as there is the '
    + 'organization: it can be deleted only when no other account is in it'
    : undefined;

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_support-all-features.html */
export const organizationGetsAllFeatures: Rule = ({ type, before, after }) =>
  type === 'AWS::Organizations::Organization' && at(before, 'FeatureSet') === 'CONSOLIDATED_BILLING'
    && after !== undefined && at(after, 'FeatureSet') !== 'CONSOLIDATED_BILLING'
    ? 'the organization gets all features once each invited account has agreed, and never goes back to consolidated billing alone'
    : undefined;

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_delete.html */
export const organizationLeaves: Rule = ({ type, fate }) =>
  type === 'AWS::Organizations::Organization' && fate === 'deleted'
    ? 'AWS deletes the organization with its units and policies, unless accounts are in it, and a new one has another ID: '
    + 'what trusts this one by its ID trusts nobody'
    : undefined;
