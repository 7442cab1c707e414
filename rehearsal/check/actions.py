"""What is asked of AWS: each action once, with the calls that it allows. Nothing else is called, and all of it reads."""

from __future__ import annotations

from typing import Any

from botocore import xform_name

# action -> client and call of boto3, where they are not of the action's own name
_CALLS = {
    "s3:ListAllMyBuckets": ("s3", "list_buckets"),
    # https://docs.aws.amazon.com/servicequotas/latest/userguide/identity-access-management.html
    "servicequotas:GetAWSDefaultServiceQuota": ("service-quotas", "get_aws_default_service_quota"),
    "servicequotas:GetServiceQuota": ("service-quotas", "get_service_quota"),
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenter.html
    "sso:DescribeInstance": ("sso-admin", "describe_instance"),
    "sso:ListInstances": ("sso-admin", "list_instances"),
}

# everybody may ask these, whatever a policy says: they are in none
# HeadBucket needs s3:ListBucket to answer 200; who has no right is told 403 or 404, which says whether the name is free
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
OPEN = ("s3:HeadBucket",)

# in the other accounts, with the role that bootstraps them, or the one of the CDK that looks up
OF_MEMBERS = (
    "account:ListRegions",
    "cloudformation:DescribeStackResources",
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplate",
    "cloudformation:ListStackResources",
    "cloudformation:ListStacks",
    "cloudfront:ListDistributions",
    "cloudtrail:DescribeTrails",
    "config:DescribeConfigurationRecorders",
    "ec2:DescribeAddresses",
    "ec2:DescribeInstances",
    "ec2:DescribeVpcs",
    "ecr:DescribeRepositories",
    "iam:GetRole",
    "iam:ListGroups",
    "iam:ListPolicies",
    "iam:ListRoles",
    "iam:ListUsers",
    "logs:DescribeLogGroups",
    "route53:ListHostedZonesByName",
    "s3:ListAllMyBuckets",
    "servicequotas:GetAWSDefaultServiceQuota",
    "servicequotas:GetServiceQuota",
    "ssm:DescribeParameters",
    "ssm:GetParameter",
    "ssm:GetParameters",
)

# in the management account, with the caller's own credentials
OF_MANAGEMENT = (
    *OF_MEMBERS,
    "account-access:ListApplications",
    "iam:SimulatePrincipalPolicy",
    "identitystore:DescribeGroup",
    "identitystore:DescribeUser",
    "identitystore:GetGroupId",
    "organizations:DescribeOrganization",
    "organizations:DescribeOrganizationalUnit",
    "organizations:ListAWSServiceAccessForOrganization",
    "organizations:ListAccounts",
    "organizations:ListHandshakesForOrganization",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListPolicies",
    "organizations:ListPoliciesForTarget",
    "organizations:ListRoots",
    "pricing:GetProducts",
    "route53:GetHostedZone",
    "sso:DescribeInstance",
    "sso:ListInstances",
    "sts:AssumeRole",
)


def call_of(action: str) -> tuple[str, str]:
    """Client and method of boto3."""
    service, _, name = action.partition(":")
    return _CALLS.get(action) or (service, xform_name(name))


def policy(actions: tuple[str, ...] = OF_MANAGEMENT) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}],
    }
