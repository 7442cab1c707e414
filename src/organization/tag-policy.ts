import {
  assigned, ChildPolicyOperator, emptyProblem, formProblem, listed, operatorsProblem, Part, parts, twiceProblem,
} from './policy-syntax';
import { checkOptions, refuse } from '../support/options';

/** Rule of a tag policy about one key. It concerns tags that are there, and requires none. */
export interface TagRule {
  /** Key of the tag, as it is to be written. */
  readonly tagKey: string;

  /**
   * Upper and lower case of the key: others are against the rule.
   *
   * @default true
   */
  readonly matchesCase?: boolean;

  /**
   * Values that are allowed, each with at most one `*` for what differs. An empty list allows none.
   *
   * @default - any
   */
  readonly values?: string[];

  /**
   * Resource types on which AWS refuses tags that are against the rule, such as `ec2:instance` or `ec2:ALL_SUPPORTED`.
   *
   * @default - none: it is reported
   * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_supported-resources-enforcement.html
   */
  readonly enforcedFor?: string[];

  /**
   * Resource types of which reports, and hooks of CloudFormation, tell that they lack the tag.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/organizations/latest/userguide/enforce-required-tag-keys-iac.html
   */
  readonly reportRequiredTagFor?: string[];

  /**
   * Addition of the lists to those of parent policies, instead of replacing them.
   *
   * @default false
   */
  readonly addsToParent?: boolean;

  /**
   * Operators that child policies may use on the key.
   *
   * @default - all
   */
  readonly keyChildOperators?: ChildPolicyOperator[];

  /**
   * Operators that child policies may use on the values.
   *
   * @default - all
   */
  readonly valuesChildOperators?: ChildPolicyOperator[];

  /**
   * Operators that child policies may use on the resource types, of both lists.
   *
   * @default - all
   */
  readonly resourceTypesChildOperators?: ChildPolicyOperator[];
}

export function tagDocument(rules: TagRule[]): Part {
  refuse(emptyProblem('rules', rules));
  rules.forEach((rule, index) => checkOptions('TagRule', rule, ` of tag rule ${index + 1}`));
  refuse([
    // their case is no difference: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_example-tag-policies.html
    ...twiceProblem('tagKey of the rules', rules.map(({ tagKey }) => tagKey), key => key.toLowerCase()),
    ...rules.flatMap(problems),
  ]);
  return {
    tags: Object.fromEntries(rules.map(rule => [rule.tagKey, parts({
      tag_key: rule.matchesCase === false ? undefined : assigned(rule.tagKey, rule.keyChildOperators),
      tag_value: listed(rule.values, rule.addsToParent, rule.valuesChildOperators),
      enforced_for: listed(rule.enforcedFor, rule.addsToParent, rule.resourceTypesChildOperators),
      report_required_tag_for: listed(rule.reportRequiredTagFor, rule.addsToParent, rule.resourceTypesChildOperators),
    }) ?? {}])),
  };
}

/** @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const KEY = /^(?!aws:)[\p{L}\p{N} _.:/=+@-]{1,128}$/iu;
const VALUE = /^[^*]*\*?[^*]*$/;
const RESOURCE_TYPE = /^[a-z0-9-]+:([\w/-]+|\*)$/;

function problems(rule: TagRule): string[] {
  const of = ` of tag '${rule.tagKey}'`;
  const form = 'resource types of one service, such as ec2:instance or ec2:ALL_SUPPORTED';
  return [
    ...formProblem('tagKey', rule.tagKey, KEY, '1 to 128 letters, digits, spaces and _.:/=+-@, without aws: at its beginning', true),
    ...rule.values?.flatMap(value => formProblem(`values${of}`, value, /^[^]{0,256}$/, 'up to 256 characters')) ?? [],
    ...rule.values?.flatMap(value => formProblem(`values${of}`, value, VALUE, 'at most one asterisk in each')) ?? [],
    ...twiceProblem(`values${of}`, rule.values),
    ...(['enforcedFor', 'reportRequiredTagFor'] as const).flatMap(name => [
      ...emptyProblem(`${name}${of}`, rule[name]),
      ...twiceProblem(`${name}${of}`, rule[name]),
      ...rule[name]?.flatMap(type => formProblem(`${name}${of}`, type, RESOURCE_TYPE, form)) ?? [],
    ]),
    ...(['keyChildOperators', 'valuesChildOperators', 'resourceTypesChildOperators'] as const)
      .flatMap(name => operatorsProblem(`${name}${of}`, rule[name])),
  ];
}
