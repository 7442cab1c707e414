"""Units that the app names by ID: are they there?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from check.app import Org
from check.aws import Aws, Refused
from check.checks.organization import managed, targets
from check.rows import Answer, Group, Question, bad, good

_UNIT_ID = re.compile(r"(?<![\w-])ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}(?![\w-])")


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    if org.has_management_account:
        for unit_id in named(org):
            yield Question(Group.ACCOUNTS, f"unit {unit_id}", lambda unit_id=unit_id: _unit(unit_id, aws))


def named(org: Org) -> list[str]:
    """The IDs of units that the app does not make."""
    return sorted({match[0] for match in _UNIT_ID.finditer(targets(org))})


def name_of(unit_id: str, aws: Aws) -> str | None:
    """Nothing if the organization has no such unit."""
    try:
        return str(aws.ask("organizations:DescribeOrganizationalUnit", OrganizationalUnitId=unit_id)["OrganizationalUnit"]["Name"])
    except Refused as refused:
        if refused.code == "OrganizationalUnitNotFoundException":
            return None
        raise


def _unit(unit_id: str, aws: Aws) -> Answer:
    if managed(aws) is None:
        return bad("does not exist: there is no organization yet", "correct `existingOrganizationalUnits`")
    if name := name_of(unit_id, aws):
        return good(f"exists, and is called {name}")
    units = ", ".join(f"{unit['Name']} ({unit['Id']})" for unit in _units(aws)) or "none"
    return bad(f"is not in this organization, whose units are {units}", "correct `existingOrganizationalUnits`")


def _units(aws: Aws) -> list[dict[str, str]]:
    """All of them, those below others too."""
    parents = [root["Id"] for root in aws.ask("organizations:ListRoots")["Roots"]]
    found: list[dict[str, str]] = []
    while parents:
        units = aws.ask("organizations:ListOrganizationalUnitsForParent", ParentId=parents.pop())["OrganizationalUnits"]
        found += units
        parents += [unit["Id"] for unit in units]
    return found
