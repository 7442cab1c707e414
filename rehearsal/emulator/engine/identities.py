"""What a role may do, by all policies that allow and limit it, and whom it trusts."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, iam_backends
from moto.organizations.models import organizations_backends

from emulator.engine.conditions import Context
from emulator.engine.policies import Attached
from emulator.engine.rights import Identity


@cache
def _aws_policies() -> dict[str, Any]:
    return json.loads(aws_managed_policies_data)


def know_aws_policy(account_id: str, partition: str, arn: str) -> None:
    """moto would load all of AWS's policies into every account, or none: load those in use."""
    known = iam_backends[account_id][partition].managed_policies
    name = arn.rsplit("/", 1)[-1]
    if ":iam::aws:policy/" in arn and arn not in known and name in _aws_policies():
        known[arn] = AWSManagedPolicy.from_data(name, account_id, partition, _aws_policies()[name])


def role_of(arn: str) -> Any:
    """The role, or None."""
    _, partition, _, _, account_id, _ = arn.split(":", 5)
    roles = iam_backends[account_id][partition].roles.values()
    return next((role for role in roles if role.arn == arn), None)


def session_of(role: Any, name: str = "session") -> str:
    return f"arn:{role.arn.split(':')[1]}:sts::{role.account_id}:assumed-role/{role.name}/{name}"


def identity_of(principal: Any) -> Identity:
    """Of a role or a user."""
    boundary: list[Any] | None = None
    if arn := getattr(principal, "permissions_boundary_arn", None):
        partition = principal.arn.split(":")[1]
        know_aws_policy(principal.account_id, partition, arn)
        found = iam_backends[principal.account_id][partition].managed_policies.get(arn)
        boundary = [document_of(found)] if found else []
    return Identity(documents_of(principal), boundary, None, controls_of(principal.account_id))


def documents_of(principal: Any) -> list[Any]:
    """The inline and managed policies of a role, a user or a group."""
    return [*principal.policies.values(), *map(document_of, principal.managed_policies.values())]


# what no request of a function has
NEVER = (
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
    "aws:FederatedProvider",
    "aws:SourceIdentity",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:Referer",
    "aws:username",
    "aws:AssumedRoot",
    # of an instance's role alone
    "ec2:RoleDelivery",
)


def context_of(role: Any) -> Context:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"""
    organization = organization_of(role.account_id)
    return {
        **dict.fromkeys(NEVER),
        "aws:PrincipalArn": role.arn,
        "aws:PrincipalAccount": role.account_id,
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalOrgID": organization.org.id if organization else None,
        "aws:PrincipalIsAWSService": "false",
        "aws:ViaAWSService": "false",
        "aws:SecureTransport": "true",
        **{f"aws:PrincipalTag/{tag['Key']}": tag["Value"] for tag in role.tags},
    }


def organization_of(account_id: str) -> Any:
    """What Organizations knows of the organization of an account, or nothing."""
    if account_id not in organizations_backends.master_accounts:
        backend = organizations_backends[account_id]["aws"] if account_id in organizations_backends else None
        return backend if backend is not None and backend.org else None
    management, partition = organizations_backends.master_accounts[account_id]
    return organizations_backends[management][partition]


def controls_of(account_id: str, kind: str = "SERVICE_CONTROL_POLICY") -> list[list[Any]]:
    """The policies of the root, of each unit, and of the account; none that bind the management account.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    """
    organization = organization_of(account_id)
    if organization is None or organization.account_id == account_id:
        return []
    enabled = {item["Type"] for item in organization.ou[0].policy_types if item["Status"] == "ENABLED"}
    if kind not in enabled:
        return []
    places = {place.id: place for place in [*organization.ou, *organization.accounts]}
    path = [places[account_id]]
    while getattr(path[-1], "parent_id", None) in places:
        path.append(places[path[-1].parent_id])
    return [
        [
            Attached(policy.content, policy.name, policy.arn)
            for policy in organization.policies
            if policy.type == kind and place in policy.attachments
        ]
        for place in reversed(path)
    ]


def document_of(policy: Any) -> Any:
    return next(version.document for version in policy.versions if version.is_default)
