"""AWS quotas that are enforced, each with the page that states it. They change: keep them here, as data."""

from __future__ import annotations


class Quota(int):
    """A number that knows its source."""

    source: str

    def __new__(cls, value: int, source: str) -> Quota:
        quota = super().__new__(cls, value)
        quota.source = source
        return quota


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
ACCOUNTS = Quota(10, _ORGANIZATIONS)
# characters of a policy's text, white space included
POLICY_CHARACTERS = {
    "SERVICE_CONTROL_POLICY": Quota(10_240, _ORGANIZATIONS),
    "RESOURCE_CONTROL_POLICY": Quota(5_120, _ORGANIZATIONS),
    "TAG_POLICY": Quota(10_000, _ORGANIZATIONS),
    "BACKUP_POLICY": Quota(10_000, _ORGANIZATIONS),
    "AISERVICES_OPT_OUT_POLICY": Quota(2_500, _ORGANIZATIONS),
}
# policies attached to one root, unit or account, the AWS managed one included
POLICIES_PER_TARGET = {
    "SERVICE_CONTROL_POLICY": Quota(10, _ORGANIZATIONS),
    "RESOURCE_CONTROL_POLICY": Quota(5, _ORGANIZATIONS),
    "TAG_POLICY": Quota(10, _ORGANIZATIONS),
    "BACKUP_POLICY": Quota(10, _ORGANIZATIONS),
    "AISERVICES_OPT_OUT_POLICY": Quota(5, _ORGANIZATIONS),
}
POLICY_DESCRIPTION_CHARACTERS = Quota(512, _ORGANIZATIONS)
# levels of organizational units below the root
UNIT_DEPTH = Quota(5, _ORGANIZATIONS)
# seconds that the creation of one account takes while there are other requests; another creation fails then
ACCOUNT_CREATION_SECONDS = 0.5

# characters without white space: of the inline policies of one identity together, of a managed policy, of a trust
INLINE_POLICY_CHARACTERS = {"Role": Quota(10_240, _IAM), "Group": Quota(5_120, _IAM), "User": Quota(2_048, _IAM)}
MANAGED_POLICY_CHARACTERS = Quota(6_144, _IAM)
TRUST_POLICY_CHARACTERS = Quota(2_048, _IAM)
MANAGED_POLICIES = Quota(10, _IAM)
IAM_NAME_CHARACTERS = {
    "Role": Quota(64, _IAM),
    "User": Quota(64, _IAM),
    "Group": Quota(128, _IAM),
    "ManagedPolicy": Quota(128, _IAM),
}

ENVIRONMENT_BYTES = Quota(4_096, _LAMBDA)
ELASTIC_IPS = Quota(5, f"{_DOCS}/vpc/latest/userguide/amazon-vpc-limits.html")
VPCS = Quota(5, f"{_DOCS}/vpc/latest/userguide/amazon-vpc-limits.html")
_TIERS = f"{_DOCS}/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"
STANDARD_PARAMETER_BYTES = Quota(4_096, _TIERS)
