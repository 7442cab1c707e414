"""Is there an organization, and who else takes care of it?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from check.app import Org, template
from check.aws import Aws, Refused
from check.rows import Answer, Group, Question, bad, good

_ORGANIZATION_ID = re.compile(r"(?<![\w-])o-[a-z0-9]{10,32}(?![\w-])")
_ROOT_ID = re.compile(r"(?<![\w-])r-[a-z0-9]{4,32}(?![\w-])")
_UNIT_ID = re.compile(r"(?<![\w-])ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}(?![\w-])")
_CONTROL_TOWER = "controltower.amazonaws.com"


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    if not org.has_management_account:
        return
    yield Question(Group.FIRST_COMMAND, "organization", lambda: _organization(org, aws))
    yield Question(Group.FIRST_COMMAND, "landing zone", lambda: _landing_zone(aws))
    text = "\n".join(str(template(stack)) for stack in org.stacks)
    units = sorted({match[0] for match in _UNIT_ID.finditer(text)})
    for unit_id in units:
        yield Question(Group.ACCOUNTS, f"unit {unit_id}", lambda unit_id=unit_id: _unit(unit_id, aws))


def existing(aws: Aws) -> dict[str, Any] | None:
    """The organization of the caller's account, if it is in one."""
    try:
        return aws.ask("organizations:DescribeOrganization")["Organization"]
    except Refused as refused:
        if refused.code == "AWSOrganizationsNotInUseException":
            return None
        raise


def _organization(org: Org, aws: Aws) -> Answer:
    found = existing(aws)
    if found is None:
        return (
            good("there is none yet, and the app creates one")
            if org.creates_organization
            else bad(
                "the account is in no organization, and the app expects one that exists",
                "leave `organization` out, so that the app creates it",
            )
        )
    where = f"organization {found['Id']}"
    if found["MasterAccountId"] != aws.account_id:
        return bad(
            f"account {aws.account_id} is a member of {where}, whose management account is {found['MasterAccountId']}",
            f"sign in to account {found['MasterAccountId']}: only there can an organization be deployed",
        )
    if found["FeatureSet"] != "ALL":
        return bad(
            f"{where} has only consolidated billing, FeatureSet {found['FeatureSet']}",
            "enable all features in the console of AWS Organizations: every invited account has to agree",
        )
    text = "\n".join(str(template(stack)) for stack in org.stacks)
    others = {*_ORGANIZATION_ID.findall(text)} - {found["Id"]}
    if roots := {*_ROOT_ID.findall(text)}:
        others |= roots - {root["Id"] for root in aws.ask("organizations:ListRoots")["Roots"]}
    if others:
        return bad(
            f"this is {where}, and the app names {', '.join(sorted(others))}, which is not of it",
            "correct the IDs in `OrganizationSource.existing`, or sign in to the other organization",
        )
    if org.creates_organization and not _is_ours(org, aws):
        return bad(
            f"{where} exists already, and the app would create one: AWS refuses that",
            "give `organization: OrganizationSource.existing({ organizationId, organizationRootId })`: `aws organizations "
            "describe-organization` and `list-roots` show both",
        )
    return good(f"{where} has all features, and account {aws.account_id} manages it")


def _is_ours(org: Org, aws: Aws) -> bool:
    """Whether the app's own stack made it."""
    stack, logical_id, _ = next(org.resources("AWS::Organizations::Organization"))
    try:
        resources = aws.ask("cloudformation:DescribeStackResources", region=stack.region or "", StackName=stack.name)
    except Refused:
        return False
    return any(item["LogicalResourceId"] == logical_id for item in resources["StackResources"])


def _landing_zone(aws: Aws) -> Answer:
    if existing(aws) is None:
        return good("none: there is no organization yet")
    services = aws.ask("organizations:ListAWSServiceAccessForOrganization")["EnabledServicePrincipals"]
    if any(service["ServicePrincipal"] == _CONTROL_TOWER for service in services):
        return bad(
            "AWS Control Tower takes care of this organization: it has a trail, AWS Config and policies of its own",
            "name its units by `existingOrganizationalUnits`, add no audit trail for the accounts that it records, and keep a "
            "slot for its policies: AWS attaches a limited number to a unit or account",
        )
    return good("no other one takes care of this organization")


def _unit(unit_id: str, aws: Aws) -> Answer:
    names = {unit["Id"]: unit["Name"] for unit in units_of(aws)}
    if unit_id in names:
        return good(f"exists, and is called {names[unit_id]}")
    return bad(
        f"is not in this organization, whose units are {', '.join(f'{name} ({key})' for key, name in names.items()) or 'none'}",
        "correct `existingOrganizationalUnits`",
    )


def units_of(aws: Aws) -> list[dict[str, str]]:
    """All units, those below others too."""
    parents = [root["Id"] for root in aws.ask("organizations:ListRoots")["Roots"]]
    found: list[dict[str, str]] = []
    while parents:
        units = aws.ask("organizations:ListOrganizationalUnitsForParent", ParentId=parents.pop())["OrganizationalUnits"]
        found += units
        parents += [unit["Id"] for unit in units]
    return found
