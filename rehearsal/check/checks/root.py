"""What root has of everything: stacks and roles, against its quotas, for an app that is large enough to meet them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from check.app import Org, literal
from check.aws import Aws, Refused, always_on
from check.rows import Answer, Group, Question, bad, good
from rehearsal.app import StackArtifact

# what a smaller app adds is not worth a question
_LARGE = 0.5
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_STACKS, _STACKS_BY_DEFAULT = ("cloudformation", "L-0485CB21"), 2_000
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_ROLES, _ROLES_BY_DEFAULT = ("iam", "L-FE177D64"), 1_000
# letters of a stack's name that are in the longest names of roles
_OF_STACK = 24


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    names = {(stack.region or org.root.region, stack.name) for stack in org.stacks_of(org.root)}
    for region, count in sorted(Counter(region for region, _ in names).items()):
        if count > _STACKS_BY_DEFAULT * _LARGE:
            own = {name for place, name in names if place == region}
            yield Question(Group.FIRST_COMMAND, f"root/{region}: stacks", lambda region=region, own=own: _stacks(region, own, aws))
    if len(_roles_of(org)) > _ROLES_BY_DEFAULT * _LARGE:
        yield Question(Group.FIRST_COMMAND, "root: roles", lambda: _roles(org, aws))


def _stacks(region: str, own: set[str], aws: Aws) -> Answer:
    stacks = aws.ask("cloudformation:ListStacks", region=region)["StackSummaries"]
    there = {stack["StackId"]: stack["StackName"] for stack in stacks if stack["StackStatus"] != "DELETE_COMPLETE"}
    others = sum(name not in own for name in there.values())
    return _compared(others, len(own), "stacks", _STACKS, _STACKS_BY_DEFAULT, region, aws)


def _roles_of(org: Org) -> list[tuple[StackArtifact, dict[str, Any]]]:
    own = {stack.path for stack in org.stacks_of(org.root)}
    return [(stack, properties) for stack, _, properties in org.resources("AWS::IAM::Role") if stack.path in own]


def _roles(org: Org, aws: Aws) -> Answer:
    """CloudFormation begins the names that it makes up with that of the stack, as far as there is room."""
    own = _roles_of(org)
    named = {literal(properties.get("RoleName"), aws.account_id, stack.region or aws.region) for stack, properties in own}
    made_up = tuple(stack.name[:_OF_STACK] for stack, properties in own if "RoleName" not in properties)
    there = [role["RoleName"] for role in aws.ask("iam:ListRoles", PaginationConfig={"PageSize": 1000})["Roles"]]
    others = sum(name not in named and not name.startswith(made_up) for name in there)
    return _compared(others, len(own), "roles", _ROLES, _ROLES_BY_DEFAULT, always_on(aws.region), aws)


def _compared(others: int, own: int, what: str, key: tuple[str, str], default: int, region: str, aws: Aws) -> Answer:
    try:
        quota = int(aws.ask("servicequotas:GetServiceQuota", region=region, ServiceCode=key[0], QuotaCode=key[1])["Quota"]["Value"])
    except Refused as refused:
        if refused.code != "NoSuchResourceException":
            raise
        quota = default
    found = f"{own} {what} of the app and {others} {'other' if others == 1 else 'others'}, and the quota is {quota}"
    if own + others <= quota:
        return good(found)
    return bad(
        found,
        f"ask for {own + others} by `aws service-quotas request-service-quota-increase --service-code {key[0]} "
        f"--quota-code {key[1]} --region {region} --desired-value {own + others}`: it takes hours to days",
    )
