"""Instances of IAM Identity Center that the app names: whether each is there, and has what the app needs of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from check.app import Org
from check.aws import Aws, Refused, Unanswered, always_on
from check.checks.organization import managed
from check.nested import parts
from check.rows import Answer, Group, Question, bad, good, unknown
from check.stacks import physical_id

_NEEDS = _INSTANCE, _SETS, _ACCESS, _GROUP, _NEW_GROUP, _GROUP_ID, _USER_ID = (
    "identity-center",
    "permission-sets",
    "account-access",
    "identity-center-group",
    "identity-center-new-group",
    "identity-center-group-id",
    "identity-center-user-id",
)
_FACT = re.compile(rf"({'|'.join(_NEEDS)}) (arn:[a-z-]+:sso:::instance/(?:sso)?ins-[A-Za-z0-9.-]{{16}})")


@dataclass
class _Wanted:
    arn: str
    # values by what is needed, each once
    values: dict[str, list[str]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.arn.rpartition("/")[2]


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    for wanted in _all(org):
        # without a fact of its own, an instance is needed by those about it
        for what, needs, answer in (
            ("instance", wanted.values, _instance),
            ("permission sets", (_SETS,), _permission_sets),
            ("account access", (_ACCESS,), _application),
            ("groups", (_GROUP, _NEW_GROUP, _GROUP_ID), _groups),
            ("users", (_USER_ID,), _users),
        ):
            if any(need in wanted.values for need in needs):
                yield Question(
                    Group.SERVICES,
                    f"{wanted.id}: {what}",
                    lambda wanted=wanted, answer=answer: answer(wanted, org, aws),
                )


def is_read(fact: dict[str, str]) -> bool:
    return _FACT.fullmatch(fact["name"]) is not None


def _all(org: Org) -> list[_Wanted]:
    found: dict[str, _Wanted] = {}
    for fact in org.of("needs"):
        if match := _FACT.fullmatch(fact["name"]):
            values = found.setdefault(match[2], _Wanted(match[2])).values.setdefault(match[1], [])
            if fact["value"] not in values:
                values.append(fact["value"])
    return list(found.values())


def _listed(aws: Aws) -> list[dict[str, Any]]:
    # https://docs.aws.amazon.com/cli/latest/reference/sso-admin/list-instances.html: of all regions, in one call
    return aws.ask("sso:ListInstances", region=always_on(aws.region), RegionScope="ALL_REGIONS")["Instances"]


def _instance(wanted: _Wanted, org: Org, aws: Aws) -> Answer:
    there = _listed(aws)
    found = next((item for item in there if item["InstanceArn"] == wanted.arn), None)
    if found is None:
        others = " and ".join(f"{item['InstanceArn']} in {item['PrimaryRegion']}" for item in there)
        return bad(
            f"account {aws.account_id} has {f'{others}, and not this one' if others else 'no instance of IAM Identity Center'}",
            "correct `IdentityCenter.fromArn`"
            if others
            else "enable IAM Identity Center in its console, and give the ARN and region to `IdentityCenter.fromArn`",
        )
    if (owner := found["OwnerAccountId"]) != aws.account_id:
        return bad(
            f"it is of account {owner}, and not of the organization that account {aws.account_id} manages",
            "give `IdentityCenter.fromArn` the instance of the organization",
        )
    if managed(aws) is None:
        # https://docs.aws.amazon.com/singlesignon/latest/userguide/identity-center-instances.html
        return bad(
            f"it is of account {owner} alone, which is in no organization: it lets nobody into other accounts",
            "create the organization, then enable IAM Identity Center for it, and give its ARN to `IdentityCenter.fromArn`",
        )
    if found["Status"] != "ACTIVE":
        return bad(f"it is {found['Status']}", "wait until it is ACTIVE, or look in the console of IAM Identity Center")
    home = found["PrimaryRegion"]
    if wrong := [region for region in wanted.values.get(_INSTANCE, []) if region != home]:
        return bad(
            f"its primary region is {home}, and the app says {' and '.join(wrong)}",
            f"give `IdentityCenter.fromArn('{wanted.arn}', '{home}')`",
        )
    return good(f"it is the instance of the organization, in {home}")


def _usable(wanted: _Wanted, aws: Aws) -> dict[str, Any]:
    """What can be asked about, wherever the app says that it is."""
    for item in _listed(aws):
        if item["InstanceArn"] == wanted.arn and item["OwnerAccountId"] == aws.account_id:
            return item
    raise Unanswered("", "not asked: the instance is not there", f"do what is said of `{wanted.id}: instance`")


def _permission_sets(wanted: _Wanted, org: Org, aws: Aws) -> Answer:
    region = _usable(wanted, aws)["PrimaryRegion"]
    enabled = aws.ask("sso:DescribeInstance", region=region, InstanceArn=wanted.arn).get("PermissionSetsEnabled")
    if enabled is None:
        return unknown("AWS does not say whether they are on", "look in the settings of IAM Identity Center, in its console")
    if not enabled:
        # https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_UpdateInstance.html
        return bad(
            "they are switched off, and AWS would refuse to create one",
            f"switch them on, which is for good, by `aws sso-admin update-instance --instance-arn {wanted.arn} "
            f"--permission-sets-enabled --region {region}`, or choose a source of people that needs none",
        )
    return good("they are switched on")


def _application(wanted: _Wanted, org: Org, aws: Aws) -> Answer:
    """An account has one such instance, and the instance one application.

    https://docs.aws.amazon.com/account-access/latest/APIReference/API_CreateApplication.html
    """
    region = _usable(wanted, aws)["PrimaryRegion"]
    there = [item["applicationArn"] for item in aws.ask("account-access:ListApplications", region=region)["applications"]]
    said = []
    for value in wanted.values[_ACCESS]:
        if value and value not in there:
            return bad(
                f"application {value} is not there, and {' and '.join(there) or 'none'} is",
                f"give `applicationArn: '{there[0]}'`" if there else "leave `applicationArn` out, so that the app creates it",
            )
        if not value and there and not (_own(org, "AWS::AccountAccess::Application", aws) & set(there)):
            return bad(
                f"application {there[0]} exists already, and the app would create one: an instance has a single one",
                f"give `applicationArn: '{there[0]}'`",
            )
        said.append(f"{value} is there" if value else f"{there[0]} is the app's" if there else "none is there yet, and the app creates it")
    return good("; ".join(said))


def _groups(wanted: _Wanted, org: Org, aws: Aws) -> Answer:
    instance = _usable(wanted, aws)
    used, created = (wanted.values.get(need, []) for need in (_GROUP, _NEW_GROUP))
    missing = [name for name in used if _group_id(name, instance, aws) is None]
    taken = [name for name in created if (found := _group_id(name, instance, aws)) and not _is_ours(org, found, instance, aws)]
    said, advice = [], []
    if missing:
        said.append(f"no group is called {' or '.join(missing)}")
        advice.append(
            "correct `groupName`, create it in IAM Identity Center or by the identity provider, or have the app do so by `createGroups: true`"
        )
    if taken:
        said.append(f"{' and '.join(taken)} {'exists' if len(taken) == 1 else 'exist'} already, and the app would create {_it(taken)}")
        advice.append(f"leave `createGroups` out, so that the app finds {_it(taken)}, or give another `groupName`")
    by_id = wanted.values.get(_GROUP_ID, [])
    for what, how in _others(by_id, _GROUPS, instance, aws):
        said.append(what)
        advice.append(how)
    if said:
        return bad("; ".join(said), "; ".join(dict.fromkeys(advice)))
    there = len(used) + len(by_id)
    counts = (_there(there, "group") if there else "", f"the app creates {_count(len(created), 'group')}" if created else "")
    return good(", and ".join(filter(None, counts)))


def _users(wanted: _Wanted, org: Org, aws: Aws) -> Answer:
    by_id = wanted.values[_USER_ID]
    if others := list(_others(by_id, _PERSONS, _usable(wanted, aws), aws)):
        said, advice = zip(*others, strict=True)
        return bad("; ".join(said), "; ".join(dict.fromkeys(advice)))
    return good(_there(len(by_id), "user"))


@dataclass(frozen=True)
class _Kind:
    called: str
    # as the API writes it, and the member that is its name
    type: str
    name: str
    option: str
    # what to do with one that has another name since
    renamed: str


_GROUPS = _Kind(
    *("group", "Group", "DisplayName", "groupIds"),
    "or else rename it there, or leave it out of the code, deploy, and add it again as it is called",
)
_PERSONS = _Kind("user", "User", "UserName", "userIds", "or else take that name, in `addUser` as well")

def _others(values: list[str], kind: _Kind, instance: dict[str, Any], aws: Aws) -> Iterator[tuple[str, str]]:
    """What is not there by its ID, or is called otherwise there: whoever mistakes an ID lets in somebody else."""
    for value in values:
        identifier, _, name = value.partition(" ")
        try:
            found = aws.ask(
                f"identitystore:Describe{kind.type}",
                region=instance["PrimaryRegion"],
                IdentityStoreId=instance["IdentityStoreId"],
                **{f"{kind.type}Id": identifier},
            ).get(kind.name, "")
        except Refused as refused:
            if refused.code != "ResourceNotFoundException":
                raise
            yield (
                f"no {kind.called} has the ID {identifier}, which the app gives {name}",
                f"correct `{kind.option}`: who is deleted and made again has another ID",
            )
        else:
            # upper case makes no other name there
            if found.casefold() != name.casefold():
                yield (
                    f"the {kind.called} with the ID {identifier}, which the app gives {name}, is called {found or 'nothing'}",
                    f"correct `{kind.option}` if that is another {kind.called}, {kind.renamed}",
                )


def _group_id(name: str, instance: dict[str, Any], aws: Aws) -> str | None:
    """As the deployment asks for it: a store has up to a hundred thousand groups, and an app names few."""
    attribute = {"AttributePath": "displayName", "AttributeValue": name}
    try:
        return str(
            aws.ask(
                "identitystore:GetGroupId",
                region=instance["PrimaryRegion"],
                IdentityStoreId=instance["IdentityStoreId"],
                AlternateIdentifier={"UniqueAttribute": attribute},
            )["GroupId"]
        )
    except Refused as refused:
        if refused.code != "ResourceNotFoundException":
            raise
        return None


def _is_ours(org: Org, group_id: str, instance: dict[str, Any], aws: Aws) -> bool:
    return f"{group_id}|{instance['IdentityStoreId']}" in _own(org, "AWS::IdentityStore::Group", aws)


def _own(org: Org, kind: str, aws: Aws) -> set[str]:
    """Physical IDs of what the app's stacks have made of this type."""
    return {
        physical_id(stack.name, (*part.path, logical_id), "", stack.region or aws.region, aws)
        for stack in org.stacks_of(org.root)
        for part in parts(stack)
        for logical_id, resource in part.resources()
        if resource["Type"] == kind
    }


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _there(number: int, what: str) -> str:
    return f"{_count(number, what)} {'is' if number == 1 else 'are'} there"


def _it(names: list[str]) -> str:
    return "it" if len(names) == 1 else "them"
