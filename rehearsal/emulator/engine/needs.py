"""What a call of AWS's API needs of its caller: data, each with its source.

The service authorization reference is a lower bound: it has no dependent actions of several calls that need some. What is
not here needs the action of its own name, on whatever resource a policy names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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
    "ssm:GetParameter": (_REFERENCE.format("awssystemsmanager"), (Need("ssm:GetParameter", _PARAMETER),)),
    "ssm:PutParameter": (_REFERENCE.format("awssystemsmanager"), (Need("ssm:PutParameter", _PARAMETER),)),
    "ssm:DeleteParameter": (_REFERENCE.format("awssystemsmanager"), (Need("ssm:DeleteParameter", _PARAMETER),)),
}

# where the API and IAM call a service by different names
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_PREFIXES = {"monitoring": "cloudwatch", "email": "ses", "execute-api": "apigateway"}

# what CloudFormation's made-up names of service-linked roles cannot tell
_SERVICE_LINKED_ROLES = {"opensearchservice.amazonaws.com": "AWSServiceRoleForAmazonOpenSearchService"}


def needs_of(
    service: str, operation: str, parameters: Mapping[str, Any], place: Mapping[str, str]
) -> list[Need]:
    """`service` is as requests are signed, `place` has what the parameters do not."""
    prefix = _PREFIXES.get(service, service)
    known = NEEDS.get(f"{prefix}:{operation}")
    if known is None:
        return [Need(f"{prefix}:{operation}", None)]
    names = {**place, **{key: value for key, value in parameters.items() if isinstance(value, str)}}
    names["Name"] = names.get("Name", "").lstrip("/")
    names["role"] = _SERVICE_LINKED_ROLES.get(names.get("AWSServiceName", ""), "*")
    lists = _record_sets(parameters)
    return [
        Need(
            need.action,
            need.resource and _filled(need.resource, names),
            {
                key: lists[value[0]] if isinstance(value, list) else _filled(value or "", names)
                for key, value in need.context.items()
            },
        )
        for need in known[1]
    ]


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
