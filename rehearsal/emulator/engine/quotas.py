"""AWS quotas that are enforced, each with the page that states it. They change: keep them here, as data."""

from __future__ import annotations


class Quota(int):
    """A number that knows its source. One that AWS raises on request has the name that Service Quotas gives it."""

    source: str
    name: str

    def __new__(cls, value: int, source: str, name: str = "") -> Quota:
        quota = super().__new__(cls, value)
        quota.source, quota.name = source, name
        if name:
            adjustable[name] = quota
        return quota


adjustable: dict[str, Quota] = {}
# what AWS has granted, by name
granted: dict[str, int] = {}
# whose refusal somebody has met
reached: dict[str, int] = {}


def value_of(quota: Quota) -> int:
    return granted.get(quota.name, quota)


def exceeds(count: int, quota: Quota) -> bool:
    """Whether so many are more than what is granted; remembered, so that it can be told who grants more."""
    if count <= value_of(quota):
        return False
    if quota.name:
        reached[quota.name] = value_of(quota)
    return True


_DOCS = "https://docs.aws.amazon.com"
_CLOUDFORMATION = f"{_DOCS}/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
_ORGANIZATIONS = f"{_DOCS}/organizations/latest/userguide/orgs_reference_limits.html"
_IAM = f"{_DOCS}/IAM/latest/UserGuide/reference_iam-quotas.html"
_LAMBDA = f"{_DOCS}/lambda/latest/dg/gettingstarted-limits.html"

# of a template
INLINE_TEMPLATE_BYTES = Quota(51_200, _CLOUDFORMATION)
TEMPLATE_BYTES = Quota(1_000_000, _CLOUDFORMATION)
TEMPLATE_DESCRIPTION_BYTES = Quota(1_024, _CLOUDFORMATION)
RESOURCES = Quota(500, _CLOUDFORMATION)
PARAMETERS = Quota(200, _CLOUDFORMATION)
OUTPUTS = Quota(200, _CLOUDFORMATION)
MAPPINGS = Quota(200, _CLOUDFORMATION)
DYNAMIC_REFERENCES = Quota(60, _CLOUDFORMATION)
NAME_CHARACTERS = Quota(255, _CLOUDFORMATION)
PARAMETER_BYTES = Quota(4_096, _CLOUDFORMATION)
STACK_NAME_CHARACTERS = Quota(128, f"{_DOCS}/AWSCloudFormation/latest/APIReference/API_CreateStack.html")

# accounts per organization, suspended ones and the management account included
ACCOUNTS = Quota(10, _ORGANIZATIONS, "Default maximum number of accounts")
_UPGRADES = f"{_DOCS}/organizations/latest/userguide/orgs_manage_policies_upgrade_syntax.html"
# characters of a policy's text, white space included, of all types; those without a row there as declarative policies
POLICY_CHARACTERS = {
    "SERVICE_CONTROL_POLICY": Quota(10_240, _ORGANIZATIONS),
    "RESOURCE_CONTROL_POLICY": Quota(5_120, _ORGANIZATIONS),
    "TAG_POLICY": Quota(10_000, _ORGANIZATIONS),
    "BACKUP_POLICY": Quota(10_000, _ORGANIZATIONS),
    "AISERVICES_OPT_OUT_POLICY": Quota(2_500, _ORGANIZATIONS),
    "CHATBOT_POLICY": Quota(10_000, _ORGANIZATIONS),
    "DECLARATIVE_POLICY_EC2": Quota(10_000, _ORGANIZATIONS),
    "S3_POLICY": Quota(10_000, _ORGANIZATIONS),
    "SECURITYHUB_POLICY": Quota(10_000, _ORGANIZATIONS),
    "SECURITYHUB_CSPM_POLICY": Quota(10_000, _ORGANIZATIONS),
    "INSPECTOR_POLICY": Quota(10_000, _ORGANIZATIONS),
    "BEDROCK_POLICY": Quota(10_000, _ORGANIZATIONS),
    "UPGRADE_ROLLOUT_POLICY": Quota(5_120, _UPGRADES),
    "NETWORK_SECURITY_DIRECTOR_POLICY": Quota(10_000, _ORGANIZATIONS),
    "GUARDDUTY_POLICY": Quota(10_000, _ORGANIZATIONS),
}
# policies attached to one root, unit or account, the AWS managed one included, where it is not 10
POLICIES_PER_TARGET = {
    "RESOURCE_CONTROL_POLICY": Quota(5, _ORGANIZATIONS),
    "AISERVICES_OPT_OUT_POLICY": Quota(5, _ORGANIZATIONS),
    "CHATBOT_POLICY": Quota(5, _ORGANIZATIONS),
}
POLICY_DESCRIPTION_CHARACTERS = Quota(512, _ORGANIZATIONS)
# levels of organizational units below the root
UNIT_DEPTH = Quota(5, _ORGANIZATIONS)
# seconds that the creation of one account takes while there are other requests; another creation fails then
ACCOUNT_CREATION_SECONDS = 0.5

# characters without white space: of the inline policies of one identity together, of a managed policy, of a trust
INLINE_POLICY_CHARACTERS = {"Role": Quota(10_240, _IAM), "Group": Quota(5_120, _IAM), "User": Quota(2_048, _IAM)}
MANAGED_POLICY_CHARACTERS = Quota(6_144, _IAM)
TRUST_POLICY_CHARACTERS = Quota(2_048, _IAM, "Role trust policy length")
MANAGED_POLICIES = {
    "Role": Quota(10, _IAM, "Managed policies per role"),
    "Group": Quota(10, _IAM),
    "User": Quota(10, _IAM, "Managed policies per user"),
}
IAM_NAME_CHARACTERS = {
    "Role": Quota(64, _IAM),
    "User": Quota(64, _IAM),
    "Group": Quota(128, _IAM),
    "ManagedPolicy": Quota(128, _IAM),
}

GROUPS_OF_A_USER = Quota(10, _IAM)
SESSION_SECONDS = Quota(43_200, f"{_DOCS}/IAM/latest/APIReference/API_CreateRole.html")
BUCKET_POLICY_BYTES = Quota(20_480, f"{_DOCS}/AmazonS3/latest/userguide/bucket-policies.html")

ENVIRONMENT_BYTES = Quota(4_096, _LAMBDA)
FUNCTION_SECONDS = Quota(900, _LAMBDA)
FUNCTION_MEMORY = Quota(10_240, _LAMBDA)
FUNCTION_LAYERS = Quota(5, _LAMBDA)
UNZIPPED_BYTES = Quota(262_144_000, _LAMBDA)
# of an account's 1,000 concurrent executions, those that no function may reserve
UNRESERVED_CONCURRENCY = Quota(100, f"{_DOCS}/lambda/latest/dg/configuration-concurrency.html")
CONCURRENCY = Quota(1_000, _LAMBDA, "Concurrent executions")
_VPC = f"{_DOCS}/vpc/latest/userguide/amazon-vpc-limits.html"
ELASTIC_IPS = Quota(5, _VPC, "EC2-VPC Elastic IPs")
VPCS = Quota(5, _VPC, "VPCs per Region")
_TIERS = f"{_DOCS}/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"
PARAMETER_LEVELS = Quota(15, f"{_DOCS}/systems-manager/latest/APIReference/API_PutParameter.html")
STANDARD_PARAMETER_BYTES = Quota(4_096, _TIERS)
RULE_TARGETS = Quota(5, f"{_DOCS}/eventbridge/latest/userguide/eb-quota.html")
ALARM_ACTIONS = Quota(5, f"{_DOCS}/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html")
LOG_SUBSCRIPTIONS = Quota(2, f"{_DOCS}/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html")
RULE_CONDITION_VALUES = Quota(5, f"{_DOCS}/elasticloadbalancing/latest/application/load-balancer-limits.html")
BALANCER_NAME_CHARACTERS = Quota(32, f"{_DOCS}/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html")

_RESPONSES = f"{_DOCS}/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html"
CUSTOM_RESOURCE_RESPONSE_BYTES = Quota(4_096, _RESPONSES)
PHYSICAL_ID_BYTES = Quota(1_024, _RESPONSES)
