import { BackupPolicyPlan, backupDocument } from './backup-policy';
import { ec2Document, Ec2PolicyOptions } from './ec2-policy';
import { OrganizationPolicyType } from './organization-policy-type';
import { assigned, ChildPolicyOperator, operatorsProblem, Part } from './policy-syntax';
import { tagDocument, TagRule } from './tag-policy';
import { checkOptions, checkValue, refuse } from '../support/options';

/** Content of an Amazon S3 policy. What it sets, no account can change. */
export interface S3PolicyOptions {
  /** All four settings of block public access of an account: on, or off. */
  readonly blockPublicAccess: boolean;

  /**
   * Operators that child policies may use on it.
   *
   * @default - all
   */
  readonly childOperators?: ChildPolicyOperator[];
}

/** Content of an organization policy without statements, with the type that it is for. */
export class OrganizationPolicyDocument {
  /**
   * Content of an EC2 policy.
   *
   * @param options settings, which AWS applies in all regions
   * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ec2_syntax.html
   * @throws if it sets nothing, or a value is none that AWS takes
   */
  public static ec2(options: Ec2PolicyOptions): OrganizationPolicyDocument {
    return new OrganizationPolicyDocument(OrganizationPolicyType.EC2, ec2Document(options));
  }

  /**
   * Content of an Amazon S3 policy.
   *
   * @param options setting
   * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3_syntax.html
   * @throws if the operators contradict each other
   */
  public static s3(options: S3PolicyOptions): OrganizationPolicyDocument {
    checkOptions('S3PolicyOptions', options, ' of an S3 policy');
    refuse(operatorsProblem('childOperators', options.childOperators));
    return new OrganizationPolicyDocument(OrganizationPolicyType.S3, {
      s3_attributes: { public_access_block_configuration: assigned(options.blockPublicAccess ? 'all' : 'none', options.childOperators) },
    });
  }

  /**
   * Content of a tag policy.
   *
   * @param rules a rule for each key
   * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_example-tag-policies.html
   * @throws if a key has two rules, or a value is none that AWS takes
   */
  public static tags(rules: TagRule[]): OrganizationPolicyDocument {
    checkValue('rules', rules, 'TagRule[]');
    return new OrganizationPolicyDocument(OrganizationPolicyType.TAG, tagDocument(rules));
  }

  /**
   * Content of a backup policy: whole plans. For parts that child policies change, use `json`.
   *
   * @param plans backup plans
   * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html
   * @throws if a name is there twice, or a value is none that AWS takes
   */
  public static backup(plans: BackupPolicyPlan[]): OrganizationPolicyDocument {
    checkValue('plans', plans, 'BackupPolicyPlan[]');
    return new OrganizationPolicyDocument(OrganizationPolicyType.BACKUP, backupDocument(plans));
  }

  /**
   * Content of any type without statements, as AWS's page of its syntax has it.
   *
   * @param policyType type of the policy
   * @param content one object, as JSON
   * @throws if it is no JSON object, or has another key at the top than the type has
   */
  public static json(policyType: OrganizationPolicyType, content: string): OrganizationPolicyDocument {
    checkValue('policyType', policyType, 'class OrganizationPolicyType');
    checkValue('content', content, 'string');
    const document = objectOf(content);
    const { name, _topKey } = policyType;
    const other = Object.keys(document).find(key => key !== _topKey && !key.startsWith('@@'));
    if (_topKey !== undefined && (other !== undefined || !(_topKey in document))) {
      throw new Error(`content has ${other === undefined ? 'no key' : `the key '${other}'`} at the top, and AWS takes '${_topKey}' in a ${name}: `
        + 'put all of it there');
    }
    return new OrganizationPolicyDocument(policyType, document);
  }

  private constructor(
    /** Type that it is for. */
    public readonly policyType: OrganizationPolicyType,
    /**
     * Content as AWS gets it.
     *
     * @internal
     */
    public readonly _content: Part,
  ) {}

  /** Content as JSON, without white space. */
  public toJson(): string {
    return JSON.stringify(this._content);
  }
}

function objectOf(content: string): Part {
  let document: unknown;
  try {
    document = JSON.parse(content);
  } catch {
    // told below
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new Error('content is not one JSON object: write it with JSON.stringify');
  }
  return document as Part;
}
