"""Is there an organization, and is it the one that the app means?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from check.app import Org
from check.aws import Aws, Refused, Unanswered
from check.stacks import made
from check.rows import Answer, Group, Question, bad, good

_ROOT_ID = re.compile(r"(?<![\w-])r-[a-z0-9]{4,32}(?![\w-])")
_ORGANIZATION = "AWS::Organizations::Organization"


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    if not org.has_management_account:
        return
    yield Question(Group.FIRST_COMMAND, "organization", lambda: _organization(org, aws))


def targets(org: Org) -> str:
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


def managed(aws: Aws) -> dict[str, Any] | None:
    """The same, if the caller's account manages it: no other one is told of its accounts, units and policies."""
    found = existing(aws)
    if found is not None and (manager := found["MasterAccountId"]) != aws.account_id:
        why = f"account {aws.account_id} is a member of an organization: only its management account {manager} is told"
        raise Unanswered("", why, f"sign in to account {manager}")
    return found


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
    if roots := {org.root.organization_root_id, *_ROOT_ID.findall(targets(org))} - {None}:
        others |= roots - {root["Id"] for root in aws.ask("organizations:ListRoots")["Roots"]}
    if others:
        return bad(
            f"this is {where}, and the app names {', '.join(sorted(filter(None, others)))}, which is not of it",
            "correct the IDs in `OrganizationSource.existing`, or sign in to the other organization",
        )
    if org.creates_organization and not _is_ours(org, found, aws):
        return bad(
            f"{where} exists already, and the app would create one: AWS refuses that",
            "give `organization: OrganizationSource.existing({ organizationId, organizationRootId })`: `aws organizations "
            "describe-organization` and `list-roots` show both",
        )
    return good(f"{where} has all features, and account {aws.account_id} manages it")


def _is_ours(org: Org, found: dict[str, Any], aws: Aws) -> bool:
    """Whether the app's own stack made it, and still has it."""
    return any(made(stack, logical_id, aws) == found["Id"] for stack, logical_id, _ in org.resources(_ORGANIZATION))
