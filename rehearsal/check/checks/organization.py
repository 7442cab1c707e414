"""Is there an organization, and who else takes care of it?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from check.app import Org
from check.aws import Aws, Refused
from check.rows import Answer, Group, Question, bad, good

_ROOT_ID = re.compile(r"(?<![\w-])r-[a-z0-9]{4,32}(?![\w-])")
_UNIT_ID = re.compile(r"(?<![\w-])ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}(?![\w-])")
_CONTROL_TOWER = "controltower.amazonaws.com"


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    if not org.has_management_account:
        return
    yield Question(Group.FIRST_COMMAND, "organization", lambda: _organization(org, aws))
    yield Question(Group.FIRST_COMMAND, "landing zone", lambda: _landing_zone(org, aws))
    for unit_id in sorted({match[0] for match in _UNIT_ID.finditer(_places(org))}):
        yield Question(Group.ACCOUNTS, f"unit {unit_id}", lambda unit_id=unit_id: _unit(unit_id, aws))


def _places(org: Org) -> str:
    """What the app's accounts, units and policies are put into and attached to: IDs elsewhere may be of a partner."""
    types = [f"AWS::Organizations::{name}" for name in ("Account", "OrganizationalUnit", "Policy")]
    named = ("ParentId", "ParentIds", "TargetIds")
    return str([properties.get(name) for _, _, properties in org.resources(*types) for name in named])


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
    others = {org.root.organization_id} - {None, found["Id"]}
    if roots := {org.root.organization_root_id, *_ROOT_ID.findall(_places(org))} - {None}:
        others |= roots - {root["Id"] for root in aws.ask("organizations:ListRoots")["Roots"]}
    if others:
        return bad(
            f"this is {where}, and the app names {', '.join(sorted(filter(None, others)))}, which is not of it",
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
        resources = aws.ask("cloudformation:ListStackResources", region=stack.region or "", StackName=stack.name)
    except Refused as refused:
        if refused.code == "ValidationError":
            return False
        raise
    return any(item["LogicalResourceId"] == logical_id for item in resources["StackResourceSummaries"])


def _landing_zone(org: Org, aws: Aws) -> Answer:
    if existing(aws) is None:
        return good("none: there is no organization yet")
    services = aws.ask("organizations:ListAWSServiceAccessForOrganization")["EnabledServicePrincipals"]
    if any(service["ServicePrincipal"] == _CONTROL_TOWER for service in services):
        control_tower = "AWS Control Tower takes care of this organization: it has a trail, AWS Config and policies of its own"
        if org.of("records"):
            return bad(
                f"{control_tower}, and the app records the accounts a second time",
                "leave the audit trail out, or turn the trail off in the settings of the landing zone",
            )
        return good(f"{control_tower}, which the app leaves as they are")
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
