"""What a call of AWS's API needs of its caller: data, each with its source.

The service authorization reference is a lower bound: it has no dependent actions of several calls that need some. What is
not here needs the action of its own name, on whatever resource a policy names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True)
class Need:
    """Braces stand for `partition`, `account`, `region`, or a parameter of the call."""

    action: str
    # nothing where the call does not say on which
    resource: str | None = "*"
    context: Mapping[str, str | list[str] | None] = field(default_factory=dict)


_REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_{}.html"
_STACK_SETS = "stacksets.cloudformation.amazonaws.com"
_STACK_SETS_ROLE = "AWSServiceRoleForCloudFormationStackSetsOrgAdmin"
_SERVICE_PRINCIPAL: dict[str, str | list[str]] = {"organizations:ServicePrincipal": "{ServicePrincipal}"}
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"
_USER = "arn:{partition}:iam::{account}:user/{UserName}"
_PARAMETER = "arn:{partition}:ssm:{region}:{account}:parameter/{Name}"

# operation -> (where AWS says so, what it needs)
NEEDS: dict[str, tuple[str, tuple[Need, ...]]] = {
    # what a solution of AWS allows its function, which makes this call
    "cloudformation:ActivateOrganizationsAccess": (
        "https://github.com/aws-samples/orgs-prescriptive-guidance/blob/main/template.yml",
        (
            Need("cloudformation:ActivateOrganizationsAccess"),
            Need(
                "organizations:EnableAWSServiceAccess",
                context={"organizations:ServicePrincipal": f"member.org.{_STACK_SETS}"},
            ),
            Need(
                "iam:CreateServiceLinkedRole",
                f"arn:{{partition}}:iam::{{account}}:role/aws-service-role/{_STACK_SETS}/{_STACK_SETS_ROLE}",
                {"iam:AWSServiceName": _STACK_SETS},
            ),
            Need(
                "iam:GetRole",
                f"arn:{{partition}}:iam::{{account}}:role/aws-service-role/{_STACK_SETS}/{_STACK_SETS_ROLE}",
            ),
        ),
    ),
    "organizations:EnableAWSServiceAccess": (
        _REFERENCE.format("awsorganizations"),
        (Need("organizations:EnableAWSServiceAccess", context=_SERVICE_PRINCIPAL),),
    ),
    "organizations:EnablePolicyType": (
        _REFERENCE.format("awsorganizations"),
        (
            Need(
                "organizations:EnablePolicyType",
                "arn:{partition}:organizations::{account}:root/{organization}/{RootId}",
                {"organizations:PolicyType": "{PolicyType}"},
            ),
        ),
    ),
    "organizations:RegisterDelegatedAdministrator": (
        _REFERENCE.format("awsorganizations"),
        (
            Need(
                "organizations:RegisterDelegatedAdministrator",
                "arn:{partition}:organizations::{account}:account/{organization}/{AccountId}",
                _SERVICE_PRINCIPAL,
            ),
        ),
    ),
    "iam:UpdateAccountPasswordPolicy": (
        _REFERENCE.format("awsidentityandaccessmanagementiam"),
        (Need("iam:UpdateAccountPasswordPolicy"),),
    ),
    "iam:CreateServiceLinkedRole": (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html",
        (
            Need(
                "iam:CreateServiceLinkedRole",
                "arn:{partition}:iam::{account}:role/aws-service-role/{AWSServiceName}/{role}",
                {"iam:AWSServiceName": "{AWSServiceName}"},
            ),
        ),
    ),
    "iam:CreateVirtualMFADevice": (
        _REFERENCE.format("awsidentityandaccessmanagementiam"),
        (Need("iam:CreateVirtualMFADevice", "arn:{partition}:iam::{account}:mfa/{VirtualMFADeviceName}"),),
    ),
    "iam:DeleteVirtualMFADevice": (
        _REFERENCE.format("awsidentityandaccessmanagementiam"),
        (Need("iam:DeleteVirtualMFADevice", "{SerialNumber}"),),
    ),
    **{
        f"iam:{name}": (_REFERENCE.format("awsidentityandaccessmanagementiam"), (Need(f"iam:{name}", _USER),))
        for name in (
            "DeactivateMFADevice",
            "DeleteAccessKey",
            "EnableMFADevice",
            "ListAccessKeys",
            "ListMFADevices",
            "ResyncMFADevice",
            "UpdateLoginProfile",
        )
    },
    "acm:DescribeCertificate": (
        _REFERENCE.format("awscertificatemanager"),
        (Need("acm:DescribeCertificate", "{CertificateArn}"),),
    ),
    "route53:ChangeResourceRecordSets": (
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html",
        (
            Need(
                "route53:ChangeResourceRecordSets",
                "arn:{partition}:route53:::hostedzone/{HostedZoneId}",
                {
                    "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["{names}"],
                    "route53:ChangeResourceRecordSetsRecordTypes": ["{types}"],
                    "route53:ChangeResourceRecordSetsActions": ["{actions}"],
                },
            ),
        ),
    ),
    # on whatever the keys are
    "s3:DeleteObjects": (_S3, (Need("s3:DeleteObject", None),)),
    "s3:CopyObject": (
        _S3,
        (
            Need("s3:PutObject", "arn:{partition}:s3:::{Bucket}/{Key}"),
            Need("s3:GetObject", "arn:{partition}:s3:::{CopySource}"),
        ),
    ),
    "sts:AssumeRole": (_REFERENCE.format("awssecuritytokenservice"), (Need("sts:AssumeRole", "{RoleArn}"),)),
    "sts:GetCallerIdentity": ("https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html", ()),
    "lambda:Invoke": (
        "https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html",
        (Need("lambda:InvokeFunction", "{function}"),),
    ),
    "kms:ReEncrypt": (
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html",
        (Need("kms:ReEncryptFrom", None), Need("kms:ReEncryptTo", None)),
    ),
    "ssm:GetParameter": (_REFERENCE.format("awssystemsmanager"), (Need("ssm:GetParameter", _PARAMETER),)),
    "ssm:PutParameter": (_REFERENCE.format("awssystemsmanager"), (Need("ssm:PutParameter", _PARAMETER),)),
    "ssm:DeleteParameter": (_REFERENCE.format("awssystemsmanager"), (Need("ssm:DeleteParameter", _PARAMETER),)),
}

# operations that are allowed by actions of other names
_ACTIONS: dict[str, str] = {
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:DeleteBucketAnalyticsConfiguration": "s3:PutAnalyticsConfiguration",
    "s3:DeleteBucketCors": "s3:PutBucketCORS",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketIntelligentTieringConfiguration": "s3:PutIntelligentTieringConfiguration",
    "s3:DeleteBucketInventoryConfiguration": "s3:PutInventoryConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketMetricsConfiguration": "s3:PutMetricsConfiguration",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "s3:DeleteBucketTagging": "s3:PutBucketTagging",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
    "s3:GetBucketAnalyticsConfiguration": "s3:GetAnalyticsConfiguration",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketIntelligentTieringConfiguration": "s3:GetIntelligentTieringConfiguration",
    "s3:GetBucketInventoryConfiguration": "s3:GetInventoryConfiguration",
    "s3:GetBucketLifecycle": "s3:GetLifecycleConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetBucketMetricsConfiguration": "s3:GetMetricsConfiguration",
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListBucketAnalyticsConfigurations": "s3:GetAnalyticsConfiguration",
    "s3:ListBucketIntelligentTieringConfigurations": "s3:GetIntelligentTieringConfiguration",
    "s3:ListBucketInventoryConfigurations": "s3:GetInventoryConfiguration",
    "s3:ListBucketMetricsConfigurations": "s3:GetMetricsConfiguration",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListParts": "s3:ListMultipartUploadParts",
    "s3:PutBucketAccelerateConfiguration": "s3:PutAccelerateConfiguration",
    "s3:PutBucketAnalyticsConfiguration": "s3:PutAnalyticsConfiguration",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketIntelligentTieringConfiguration": "s3:PutIntelligentTieringConfiguration",
    "s3:PutBucketInventoryConfiguration": "s3:PutInventoryConfiguration",
    "s3:PutBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutBucketMetricsConfiguration": "s3:PutMetricsConfiguration",
    "s3:PutBucketNotificationConfiguration": "s3:PutBucketNotification",
    "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
    "s3:PutObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:SelectObjectContent": "s3:GetObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:UploadPartCopy": "s3:PutObject",
    # of an account
    "s3control:DeletePublicAccessBlock": "s3:PutAccountPublicAccessBlock",
    "s3control:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
    "s3control:PutPublicAccessBlock": "s3:PutAccountPublicAccessBlock",
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
    # https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
    "sns:PublishBatch": "sns:Publish",
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
    "lambda:GetLayerVersionByArn": "lambda:GetLayerVersion",
    "lambda:InvokeWithResponseStream": "lambda:InvokeFunction",
}
# beginnings of operations whose actions have other names, so that nobody here knows what a call needs
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbudgetservice.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
UNDECIDED = (
    "apigateway:",
    "budgets:",
    "dynamodb:Transact",
    "dynamodb:ExecuteStatement",
    "dynamodb:BatchExecuteStatement",
    "dynamodb:ExecuteTransaction",
)

# what a grant can allow beside the policy of a key: nobody here knows the grants
# https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
_BY_GRANT = re.compile("(Re)?Encrypt|Decrypt|Generate|Sign|Verify|DeriveSharedSecret|GetPublicKey|DescribeKey|(Create|Retire)Grant")

# where the API and IAM call a service by different names
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_PREFIXES = {"monitoring": "cloudwatch", "email": "ses", "execute-api": "apigateway", "s3control": "s3", "tagging": "tag"}

# what CloudFormation's made-up names of service-linked roles cannot tell
_SERVICE_LINKED_ROLES = {"opensearchservice.amazonaws.com": "AWSServiceRoleForAmazonOpenSearchService"}


def needs_of(
    service: str, operation: str, parameters: Mapping[str, Any], place: Mapping[str, str]
) -> list[Need]:
    """`service` is as requests are signed, or one of several that are signed alike; `place` has what the parameters do not."""
    prefix = _PREFIXES.get(service, service)
    # a query may have any name
    names = {**{key: value for key, value in parameters.items() if isinstance(value, str)}, **place}
    known = NEEDS.get(f"{prefix}:{operation}")
    if known is None:
        own = f"{prefix}:{operation}"
        action = _ACTIONS.get(f"{service}:{operation}") or _ACTIONS.get(own, own)
        return [Need(action, _resource(prefix, operation, names))]
    function = names.get("FunctionName", "")
    if not function.startswith("arn:"):
        function = _filled("arn:{partition}:lambda:{region}:{account}:function:", place) + function
    names["function"] = function
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
    names["CopySource"] = unquote(names.get("CopySource", "").partition("?versionId=")[0]).lstrip("/")
    names["Name"] = names.get("Name", "").lstrip("/")
    names["role"] = _SERVICE_LINKED_ROLES.get(names.get("AWSServiceName", ""), "*")
    lists = _record_sets(parameters)
    return [
        Need(
            need.action,
            _known(need.resource, names),
            {
                key: lists[value[0]] if isinstance(value, list) else _known(value, names)
                for key, value in need.context.items()
            },
        )
        for need in known[1]
    ]


def _resource(prefix: str, operation: str, names: Mapping[str, str]) -> str | None:
    """Of services whose resources have policies of their own, what a call is on."""
    if prefix == "s3":
        return _bucket(names)
    if prefix == "sqs" and len(parts := names.get("QueueUrl", "").rsplit("/", 2)) == 3:
        return _filled("arn:{partition}:sqs:{region}:", names) + f"{parts[1]}:{parts[2]}"
    if prefix == "kms" and (key := names.get("KeyId")) and not _BY_GRANT.match(operation):
        is_alias = "alias/" in key
        return None if is_alias else key if key.startswith("arn:") else _filled("arn:{partition}:kms:{region}:{account}:key/{KeyId}", names)
    return None


def _bucket(names: Mapping[str, str]) -> str | None:
    if "Bucket" not in names:
        return None
    return _filled("arn:{partition}:s3:::{Bucket}", names) + (f"/{names['Key']}" if "Key" in names else "")


def _known(text: str | None, names: Mapping[str, str]) -> str | None:
    """Nothing, too, if the request does not say all of it."""
    known = text is not None and all(name in names for name in re.findall(r"\{(\w+)\}", text))
    return _filled(text, names) if text is not None and known else None


def _filled(text: str, names: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: names[found.group(1)], text)


def _record_sets(parameters: Mapping[str, Any]) -> dict[str, list[str]]:
    changes = parameters.get("ChangeBatch", {}).get("Changes", [])
    sets = [change["ResourceRecordSet"] for change in changes]
    return {
        "{names}": [record["Name"].rstrip(".").lower() for record in sets],
        "{types}": [record["Type"] for record in sets],
        "{actions}": [change["Action"] for change in changes],
    }
