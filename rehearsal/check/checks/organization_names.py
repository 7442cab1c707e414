"""Names of units and policies, which an organization has only once: has somebody taken those that the app wants?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from check.app import Org
from check.aws import Aws
from check.checks.organization import managed
from check.checks.places import is_known, places
from check.stacks import made
from check.rows import Answer, Group, Question, bad, good

_UNIT, _POLICY = "AWS::Organizations::OrganizationalUnit", "AWS::Organizations::Policy"


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    if not org.has_management_account:
        return
    if any(org.resources(_UNIT)):
        yield Question(Group.ACCOUNTS, "names of units", lambda: _units(org, aws))
    if any(org.resources(_POLICY)):
        yield Question(Group.ACCOUNTS, "names of policies", lambda: _policies(org, aws))


def _units(org: Org, aws: Aws) -> Answer:
    """https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateOrganizationalUnit.html: once below a parent."""
    units = list(org.resources(_UNIT))
    if managed(aws) is None:
        return _answer([], units, "there is no organization yet", "")
    taken = []
    parents = places(org, [(stack, properties["ParentId"]) for stack, _, properties in units], aws)
    for parent, (stack, logical_id, properties) in zip(parents, units, strict=True):
        # what is made later has no units yet
        if not is_known(parent):
            continue
        for unit in aws.ask("organizations:ListOrganizationalUnitsForParent", ParentId=parent)["OrganizationalUnits"]:
            if unit["Name"] == properties["Name"] and made(stack, logical_id, aws) != unit["Id"]:
                taken.append(f"{unit['Name']} ({unit['Id']}, below {parent})")
    return _answer(
        taken,
        units,
        "",
        "name the unit that exists in `existingOrganizationalUnits`, or give the app's another name by `organizationalUnit`",
    )


def _policies(org: Org, aws: Aws) -> Answer:
    """https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html: once for each type."""
    policies = list(org.resources(_POLICY))
    if managed(aws) is None:
        return _answer([], policies, "there is no organization yet", "")
    taken = []
    for stack, logical_id, properties in policies:
        there = aws.ask("organizations:ListPolicies", Filter=properties["Type"])["Policies"]
        ids = [policy["Id"] for policy in there if policy["Name"] == properties["Name"]]
        if ids and made(stack, logical_id, aws) not in ids:
            taken.append(f"{properties['Name']} ({ids[0]})")
    return _answer(taken, policies, "", "rename or delete the policy that exists, or give the app's another name by its prop")


def _answer(taken: list[str], wanted: list[tuple[Any, str, dict[str, Any]]], why: str, advice: str) -> Answer:
    unknown = sum(not isinstance(properties["Name"], str) for _, _, properties in wanted)
    known = len(wanted) - unknown
    of = f"of {known} {'name' if known == 1 else 'names'}"
    more = f"{unknown} more {'is' if unknown == 1 else 'are'} known only when deployed" if unknown else ""
    if taken:
        found = f"{len(taken)} {of} {'is' if len(taken) == 1 else 'are'} taken by others: {', '.join(taken)}"
        return bad("; ".join(filter(None, [found, more])), advice)
    return good("; ".join(filter(None, [f"none {of} is taken by others", why, more])))
