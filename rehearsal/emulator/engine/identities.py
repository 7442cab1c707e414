"""What a role may do by its own policies, and whom it trusts."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, iam_backends
from moto.utilities.utils import get_partition

from emulator.engine.policies import Request, allows


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
    account_id, region = arn.split(":")[4], "us-east-1"
    roles = iam_backends[account_id][get_partition(region)].roles.values()
    return next((role for role in roles if role.arn == arn), None)


def may(role: Any, action: str, resource: str, context: dict[str, str] | None = None) -> bool:
    """By its inline and managed policies together, within its boundary."""
    request = Request(action, resource, {"AWS": role.arn}, context or {})
    if role.permissions_boundary_arn:
        partition = role.arn.split(":")[1]
        know_aws_policy(role.account_id, partition, role.permissions_boundary_arn)
        boundary = iam_backends[role.account_id][partition].managed_policies.get(role.permissions_boundary_arn)
        if boundary is None or not allows(_of_everybody([_document(boundary)]), request):
            return False
    documents = [*role.policies.values(), *(_document(policy) for policy in role.managed_policies.values())]
    return allows(_of_everybody(documents), request)


def trusts(role: Any, caller_arn: str, context: dict[str, str] | None = None) -> bool:
    known = {"aws:PrincipalArn": caller_arn, "aws:PrincipalAccount": caller_arn.split(":")[4], **(context or {})}
    return allows(role.assume_role_policy_document, Request("sts:AssumeRole", "*", {"AWS": caller_arn}, known))


def _document(policy: Any) -> Any:
    return next(version.document for version in policy.versions if version.is_default)


def _of_everybody(documents: list[Any]) -> dict[str, Any]:
    """A policy of an identity names no principal: it is about the identity that has it."""
    statements: list[dict[str, Any]] = []
    for document in documents:
        parsed = document if isinstance(document, dict) else json.loads(document)
        found = parsed.get("Statement", [])
        statements += [{**statement, "Principal": "*"} for statement in (found if isinstance(found, list) else [found])]
    return {"Statement": statements}
