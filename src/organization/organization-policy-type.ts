/**
 * Type of an AWS Organizations policy, with its limits. Each can be attached to the root, to units and to accounts.
 *
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 */
export class OrganizationPolicyType {
  /** Service control policy (SCP): maximum permissions of the principals in an account. */
  public static readonly SERVICE_CONTROL = new OrganizationPolicyType('SERVICE_CONTROL_POLICY', 10240, 10);

  /** Resource control policy (RCP): maximum permissions on the resources in an account. */
  public static readonly RESOURCE_CONTROL = new OrganizationPolicyType('RESOURCE_CONTROL_POLICY', 5120, 5);

  /** Tag policy: keys and values of tags. */
  public static readonly TAG = new OrganizationPolicyType('TAG_POLICY', 10000, 10, 'tags');

  /** Backup policy: backup plans of the accounts. */
  public static readonly BACKUP = new OrganizationPolicyType('BACKUP_POLICY', 10000, 10, 'plans');

  /** AI services opt-out policy: use of content by AWS to improve its AI services. */
  public static readonly AI_SERVICES_OPT_OUT = new OrganizationPolicyType('AISERVICES_OPT_OUT_POLICY', 2500, 5, 'services');

  /** Chat applications policy: access to the accounts from chat applications. */
  public static readonly CHATBOT = new OrganizationPolicyType('CHATBOT_POLICY', 10000, 5);

  /** EC2 policy, a declarative one: attributes of Amazon EC2, Amazon VPC and Amazon EBS. */
  public static readonly EC2 = new OrganizationPolicyType('DECLARATIVE_POLICY_EC2', 10000, 10, 'ec2_attributes');

  // the page of limits has no row for most types below: those of declarative policies are assumed

  /** Amazon S3 policy: block public access of the accounts. */
  public static readonly S3 = new OrganizationPolicyType('S3_POLICY', 10000, 10, 's3_attributes');

  /** Security Hub policy: regions that have AWS Security Hub. */
  public static readonly SECURITY_HUB = new OrganizationPolicyType('SECURITYHUB_POLICY', 10000, 10, 'securityhub');

  /** Security Hub CSPM policy: standards and controls of AWS Security Hub CSPM. CloudFormation cannot create it yet. */
  public static readonly SECURITY_HUB_CSPM = new OrganizationPolicyType('SECURITYHUB_CSPM_POLICY', 10000, 10, undefined, false);

  /** Amazon Inspector policy: regions and kinds of scans. */
  public static readonly INSPECTOR = new OrganizationPolicyType('INSPECTOR_POLICY', 10000, 10, 'inspector');

  /** Amazon Bedrock policy: guardrails that all inference calls pass. */
  public static readonly BEDROCK = new OrganizationPolicyType('BEDROCK_POLICY', 10000, 10, 'bedrock');

  /**
   * Upgrade rollout policy: order of automatic upgrades.
   *
   * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_upgrade_syntax.html
   */
  public static readonly UPGRADE_ROLLOUT = new OrganizationPolicyType('UPGRADE_ROLLOUT_POLICY', 5120, 10, 'upgrade_rollout');

  /** AWS Shield network security director policy: regions that are analyzed. */
  public static readonly NETWORK_SECURITY_DIRECTOR =
    new OrganizationPolicyType('NETWORK_SECURITY_DIRECTOR_POLICY', 10000, 10, 'network_security_director');

  /** Amazon GuardDuty policy: regions and protection plans. */
  public static readonly GUARD_DUTY = new OrganizationPolicyType('GUARDDUTY_POLICY', 10000, 10);

  /**
   * Another policy type.
   *
   * @param name name in AWS Organizations, such as `TAG_POLICY`
   * @param maxLength size limit in characters
   * @param maxAttached number of policies that AWS attaches to one root, unit or account
   */
  public static of(name: string, maxLength: number = 10000, maxAttached: number = 10): OrganizationPolicyType {
    return new OrganizationPolicyType(name, maxLength, maxAttached);
  }

  private constructor(
    /** Name of the type in AWS Organizations. */
    public readonly name: string,
    /** Size limit in characters. */
    public readonly maxLength: number,
    /** Number of policies that AWS attaches to one root, unit or account, its own included. */
    public readonly maxAttached: number,
    /**
     * The one key of its documents at the top, where AWS's syntax page says so.
     *
     * @internal
     */
    public readonly _topKey?: string,
    /**
     * True if the schema of AWS::Organizations::Policy has it.
     *
     * @internal
     */
    public readonly _isInCloudFormation = true,
  ) {}
}
