"""The role that a permission set is in an account.

https://docs.aws.amazon.com/singlesignon/latest/userguide/howtocmp.html
https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random
from moto.ssoadmin.models import PermissionSet
from moto.utilities.utils import get_partition

from emulator.engine import quotas
from emulator.engine.aws import client
from emulator.engine.identities import know_aws_policy

_INLINE = "AwsSSOInlinePolicy"
# https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html
_LONGEST_SESSION = 12 * 3600
AUDIENCE = "https://signin.aws.amazon.com/saml"


class Failed(Exception):
    """The request was taken, and is told to have failed."""


def role_of(permission_set: PermissionSet, account_id: str, region: str) -> Any:
    """The role in this account, or None."""
    name = re.compile(f"AWSReservedSSO_{re.escape(permission_set.name)}_[0-9a-f]{{16}}")
    roles = iam_backends[account_id][get_partition(region)].roles.values()
    return next((role for role in roles if role.path == _path(region) and name.fullmatch(role.name)), None)


def provision(permission_set: PermissionSet, account_id: str, region: str) -> None:
    """Makes the role, or makes it again what the permission set says."""
    policies, boundary = _policies(permission_set, account_id, region)
    iam = client("iam", account_id, region)
    role = role_of(permission_set, account_id, region)
    if role is None:
        name = f"AWSReservedSSO_{permission_set.name}_{mock_random.get_random_hex(16)}"
        iam.create_role(
            RoleName=name,
            Path=_path(region),
            AssumeRolePolicyDocument=json.dumps(_trust(account_id, region)),
            MaxSessionDuration=_LONGEST_SESSION,
        )
    else:
        name = role.name
    attached = {item["PolicyArn"] for item in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]}
    for arn in sorted(attached - set(policies)):
        iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    for arn in [arn for arn in policies if arn not in attached]:
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    if permission_set.inline_policy:
        iam.put_role_policy(RoleName=name, PolicyName=_INLINE, PolicyDocument=permission_set.inline_policy)
    elif _INLINE in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=_INLINE)
    if boundary:
        iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)
    elif role is not None and role.permissions_boundary_arn:
        iam.delete_role_permissions_boundary(RoleName=name)


def remove(permission_set: PermissionSet, account_id: str, region: str) -> None:
    role = role_of(permission_set, account_id, region)
    if role is None:
        return
    iam = client("iam", account_id, region)
    for arn in list(role.managed_policies):
        iam.detach_role_policy(RoleName=role.name, PolicyArn=arn)
    for name in list(role.policies):
        iam.delete_role_policy(RoleName=role.name, PolicyName=name)
    iam.delete_role(RoleName=role.name)
    backend = iam_backends[account_id][get_partition(region)]
    if not any(other.path == _path(region) for other in backend.roles.values()):
        # that it goes with the last role is inferred
        backend.saml_providers.pop(provider_of(account_id, region).rpartition("/")[2])


def _policies(permission_set: PermissionSet, account_id: str, region: str) -> tuple[list[str], str]:
    """ARNs of what it attaches, and of its boundary, all of which the account has to have."""
    partition = get_partition(region)
    boundary = vars(permission_set).get("boundary") or {}
    own = [_arn(partition, account_id, policy.path, policy.name) for policy in permission_set.customer_managed_policies]
    attached = [*(policy.arn for policy in permission_set.managed_policies), *own]
    limit = boundary.get("ManagedPolicyArn", "")
    if reference := boundary.get("CustomerManagedPolicyReference"):
        limit = _arn(partition, account_id, reference.get("Path", "/"), reference["Name"])
    for arn in filter(None, (*attached, limit)):
        know_aws_policy(account_id, partition, arn)
        if arn not in iam_backends[account_id][partition].managed_policies:
            raise Failed(f"Received a 404 status error: Not supported policy {arn}.")
    if quotas.exceeds(len(attached), quotas.MANAGED_POLICIES["Role"]):
        most = quotas.value_of(quotas.MANAGED_POLICIES["Role"])
        raise Failed(f"Received a 409 status error: Cannot exceed quota for PoliciesPerRole: {most}.")
    return attached, limit


def _arn(partition: str, account_id: str, path: str, name: str) -> str:
    return f"arn:{partition}:iam::{account_id}:policy{path}{name}"


def _path(region: str) -> str:
    return "/aws-reserved/sso.amazonaws.com/" + ("" if region == "us-east-1" else f"{region}/")


def _trust(account_id: str, region: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider_of(account_id, region)},
        "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        "Condition": {"StringEquals": {"SAML:aud": AUDIENCE}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def provider_of(account_id: str, region: str) -> str:
    """Of an account, for all of its permission sets."""
    backend = iam_backends[account_id][get_partition(region)]
    known = next((name for name in backend.saml_providers if re.fullmatch("AWSSSO_.*_DO_NOT_DELETE", name)), None)
    if known is None:
        known = f"AWSSSO_{mock_random.get_random_hex(16)}_DO_NOT_DELETE"
        backend.create_saml_provider(known, "")
    return str(backend.saml_providers[known].arn)
