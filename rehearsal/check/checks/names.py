"""Names that AWS gives only once: has somebody taken those that the app wants?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from os.path import commonprefix
from typing import Any

from check.app import Org, Stage, literal, template
from check.aws import Aws, Refused
from check.checks.accounts import account_of
from check.rows import Answer, Group, Question, bad, good
from rehearsal.app import PLACEHOLDER, StackArtifact

# type -> what people call it, and the property with the name
_TYPES = {
    "AWS::CloudTrail::Trail": ("trail", "TrailName"),
    "AWS::IAM::Group": ("group", "GroupName"),
    "AWS::IAM::ManagedPolicy": ("managed policy", "ManagedPolicyName"),
    "AWS::IAM::Role": ("role", "RoleName"),
    "AWS::IAM::User": ("user", "UserName"),
    "AWS::Logs::LogGroup": ("log group", "LogGroupName"),
    "AWS::Route53::HostedZone": ("hosted zone", "Name"),
    "AWS::S3::Bucket": ("bucket", "BucketName"),
    "AWS::SSM::Parameter": ("parameter", "Name"),
}
_BUCKET, _ZONE = "AWS::S3::Bucket", "AWS::Route53::HostedZone"
# there is no resource in these yet, or no more
_EMPTY = ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_COMPLETE")
# AWS takes ten names, or a filter of fifty
_FEW_PARAMETERS = 20


@dataclass(frozen=True)
class Name:
    type: str
    value: str
    region: str
    # none of them if the name is of a resource in no template
    stack: str = ""
    logical_id: str = ""

    def __str__(self) -> str:
        return f"{_TYPES[self.type][0]} {self.value}"


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    # stages may share an account
    accounts: dict[str, Stage] = {}
    for stage in org.stages:
        if accounts.setdefault(stage.account_id or stage.name, stage) == stage and (any(_named(org, stage)) or _needed(org, stage)):
            group = Group.FIRST_COMMAND if stage == org.root else Group.SERVICES
            yield Question(group, f"{stage.name}: names", lambda stage=stage: _names(org, stage, aws))
    for fact in org.of("needs"):
        question, _, kind = fact["name"].partition(" ")
        if question not in ("region", "quota") and (question != "name" or kind not in _TYPES):
            yield Question(Group.SERVICES, f"{fact['subject']}: {fact['name']}", lambda fact=fact: _unread(fact))


def _unread(fact: dict[str, str]) -> Answer:
    return bad(
        f"a fact of {fact['source']} says that '{fact['name']}' is needed, which this check cannot ask",
        "name it `region`, `quota <service> <code> <region>`, or `name <type>` by docs/organization.schema.json",
    )


def _names(org: Org, stage: Stage, aws: Aws) -> Answer:
    # names in root are asked of whose credentials these are
    account_id = "" if stage == org.root else account_of(stage, aws)
    names, unknown = _wanted(org, stage, account_id if account_id is None else account_id or aws.account_id)
    known_later = f"; {_count(unknown, 'more name is', 'more names are')} known only when they are deployed" if unknown else ""
    if account_id is None:
        # of a new account, only what is unique among all accounts can be taken
        taken = [
            name for name in names if name.type == _BUCKET and PLACEHOLDER not in name.value and _bucket_exists(name.value, "", aws)
        ]
        return _answer([f"{name} (AWS answers as for a bucket of another account)" for name in taken], len(names), 0, "the account will be new" + known_later)
    ours, others = 0, []
    for region in dict.fromkeys(name.region for name in names):
        found = _taken([name for name in names if name.region == region], account_id, region, aws)
        own = {stack.name for stack in org.stacks_of(stage)}
        strangers = _strangers(found, own, account_id, region, aws)
        ours += len(found) - len(strangers)
        others += strangers
    return _answer(others, len(names), ours, known_later.removeprefix("; "))


def _answer(others: list[str], count: int, ours: int, more: str) -> Answer:
    of = f"of {_count(count, 'name', 'names')}"
    own = f"{_count(ours, 'is', 'are')} of the app's own stacks" if ours else ""
    if not others:
        return good("; ".join(filter(None, [f"none {of} is taken{' by others' if ours else ''}", own, more])))
    return bad(
        "; ".join(filter(None, [f"{len(others)} {of} {'is' if len(others) == 1 else 'are'} taken: {', '.join(others)}", own, more])),
        "give another name by its prop"
        if all("another account" in name for name in others)
        else "give another name by its prop, bring what exists into the app by `cdk import`, or delete it",
    )


def _count(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _named(org: Org, stage: Stage) -> Iterator[tuple[StackArtifact, str, str, Any]]:
    """Stack, logical ID, type and name of what the app names itself."""
    for stack in org.stacks_of(stage):
        content, parameters = template(stack), _defaults(stack)
        for logical_id, resource in content.get("Resources", {}).items():
            condition = {"Condition": resource["Condition"]} if "Condition" in resource else True
            if _holds(condition, content.get("Conditions", {}), parameters) is False:
                continue
            _, key = _TYPES.get(resource["Type"], ("", ""))
            properties = resource.get("Properties", {})
            # a zone of networks is asked by nobody else
            if key in properties and not properties.get("VPCs"):
                yield stack, logical_id, resource["Type"], properties[key]


def _needed(org: Org, stage: Stage) -> list[Name]:
    """What others than the templates want to have, such as `name AWS::IAM::Role`."""
    words = [(fact, fact["name"].partition(" ")) for fact in org.of("needs") if fact["subject"] == stage.name]
    return [
        Name(kind, _plain(kind, fact["value"]), stage.region)
        for fact, (question, _, kind) in words
        if question == "name" and kind in _TYPES
    ]


def _wanted(org: Org, stage: Stage, account_id: str | None) -> tuple[list[Name], int]:
    """The names, and how many more there are that nobody knows before they are deployed."""
    names, unknown = _needed(org, stage), 0
    for stack, logical_id, kind, value in _named(org, stage):
        region = stack.region or stage.region
        name = literal(value, account_id or PLACEHOLDER, region, _defaults(stack))
        if name is None or "{{resolve:" in name or stack.account != PLACEHOLDER and PLACEHOLDER in name:
            unknown += 1
        else:
            name = name.replace(PLACEHOLDER, account_id or PLACEHOLDER)
            names.append(Name(kind, _plain(kind, name), region, stack.name, logical_id))
    return list(dict.fromkeys(names)), unknown


def _defaults(stack: StackArtifact) -> dict[str, str]:
    """The CDK deploys with these; the default of a parameter of SSM is only where its value is."""
    return {
        name: str(parameter["Default"])
        for name, parameter in template(stack).get("Parameters", {}).items()
        if "Default" in parameter and not parameter["Type"].startswith("AWS::SSM::")
    }


def _holds(condition: Any, conditions: dict[str, Any], parameters: dict[str, str]) -> bool | None:
    """Whether a condition of a template is so; nothing if that is known only when it is deployed."""

    def holds(part: Any) -> bool | None:
        return _holds(part, conditions, parameters)

    match condition:
        case bool():
            return condition
        case {"Condition": str(name)}:
            return holds(conditions.get(name))
        case {"Fn::Not": [part]}:
            return None if (found := holds(part)) is None else not found
        case {"Fn::And": [*parts]}:
            found_all = [holds(part) for part in parts]
            return False if False in found_all else None if None in found_all else True
        case {"Fn::Or": [*parts]}:
            found_any = [holds(part) for part in parts]
            return True if True in found_any else None if None in found_any else False
        case {"Fn::Equals": [one, other]}:
            sides = [literal(value, "", "", parameters) for value in (one, other)]
            elsewhere = any(word in json.dumps(condition) for word in ("AWS::AccountId", "AWS::Region"))
            return None if elsewhere or None in sides else sides[0] == sides[1]
    return None


def _plain(kind: str, name: str) -> str:
    return name.rstrip(".").lower() if kind == _ZONE else name


def _taken(names: list[Name], account_id: str, region: str, aws: Aws) -> dict[Name, list[str]]:
    """Those that exist, and the physical IDs with that name."""
    found: dict[Name, list[str]] = {}
    for kind in dict.fromkeys(name.type for name in names):
        mine = [name for name in names if name.type == kind]
        there = list(_LOOKUPS[kind](sorted({name.value for name in mine}), account_id, region, aws))
        for name in mine:
            if ids := [physical_id for value, physical_id in there if _same(kind, value, name.value)]:
                found[name] = ids
    return found


def _same(kind: str, one: str, other: str) -> bool:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: names differ by more than case
    return one.lower() == other.lower() if kind.startswith("AWS::IAM::") else one == other


def _strangers(taken: dict[Name, list[str]], own: set[str], account_id: str, region: str, aws: Aws) -> list[str]:
    """Those that no stack of the app has, and who has them."""
    if not taken:
        return []
    stacks = aws.ask("cloudformation:ListStacks", account_id, region)["StackSummaries"]
    # a stack that is deleted is told for a while
    there = {stack["StackName"] for stack in stacks if stack["StackStatus"] not in _EMPTY}
    others = []
    for name, ids in taken.items():
        if name.stack in there and name.stack in own and _has(name, ids, account_id, region, aws):
            continue
        if name.type == _BUCKET and not _is_in_account(name.value, account_id, aws):
            others.append(f"{name} (AWS answers as for a bucket of another account)")
            continue
        holder = next((stack for stack in _holders(name, ids, account_id, region, aws) if stack in there), None)
        if holder not in own:
            others.append(f"{name} ({f'stack {holder} has it' if holder else f'no stack in {region} has it'})")
    return others


def _has(name: Name, ids: list[str], account_id: str, region: str, aws: Aws) -> bool:
    resources = aws.ask("cloudformation:ListStackResources", account_id, region, StackName=name.stack)["StackResourceSummaries"]
    return any(item["LogicalResourceId"] == name.logical_id and item.get("PhysicalResourceId") in ids for item in resources)


def _holders(name: Name, ids: list[str], account_id: str, region: str, aws: Aws) -> list[str]:
    try:
        found = aws.ask("cloudformation:DescribeStackResources", account_id, region, PhysicalResourceId=ids[0])
    except Refused as refused:
        if refused.code == "ValidationError":
            return []
        raise
    # the first hundred resources of the stack are told: the one that was asked for need not be among them
    resources = found["StackResources"]
    exact = [item for item in resources if item["ResourceType"] == name.type and item.get("PhysicalResourceId") == ids[0]]
    return [item["StackName"] for item in exact or resources]


Lookup = Callable[[list[str], str, str, Aws], Iterable[tuple[str, str]]]


def _of_iam(action: str, key: str, name: str, physical_id: str, **parameters: str) -> Lookup:
    """A page has up to a thousand; one question for each name would be many more."""

    def look(names: list[str], account_id: str, region: str, aws: Aws) -> Iterable[tuple[str, str]]:
        found = aws.ask(action, account_id, PaginationConfig={"PageSize": 1000}, **parameters)[key]
        return [(item[name], item[physical_id]) for item in found]

    return look


def _trails(names: list[str], account_id: str, region: str, aws: Aws) -> Iterable[tuple[str, str]]:
    found = aws.ask("cloudtrail:DescribeTrails", account_id, region, includeShadowTrails=True)["trailList"]
    return [(item["Name"], item["Name"]) for item in found]


def _log_groups(names: list[str], account_id: str, region: str, aws: Aws) -> Iterable[tuple[str, str]]:
    start = commonprefix(names)
    found = aws.ask("logs:DescribeLogGroups", account_id, region, **({"logGroupNamePrefix": start} if start else {}))
    return [(item["logGroupName"], item["logGroupName"]) for item in found["logGroups"]]


def _parameters(names: list[str], account_id: str, region: str, aws: Aws) -> Iterable[tuple[str, str]]:
    if len(names) > _FEW_PARAMETERS:
        for part in (names[start : start + 50] for start in range(0, len(names), 50)):
            filters = [{"Key": "Name", "Option": "Equals", "Values": part}]
            pages = {"PageSize": 50}
            found = aws.ask("ssm:DescribeParameters", account_id, region, ParameterFilters=filters, PaginationConfig=pages)
            yield from ((item["Name"], item["Name"]) for item in found["Parameters"])
        return
    for part in (names[start : start + 10] for start in range(0, len(names), 10)):
        free = aws.ask("ssm:GetParameters", account_id, region, Names=part)["InvalidParameters"]
        yield from ((name, name) for name in part if name not in free)


def zones(name: str, account_id: str, aws: Aws) -> list[str]:
    """The IDs of the public hosted zones of this name."""
    # the list begins with those of the name, and goes on
    found = aws.ask("route53:ListHostedZonesByName", account_id, DNSName=f"{name}.", MaxItems="10")["HostedZones"]
    return [
        zone["Id"].rpartition("/")[2]
        for zone in found
        if zone["Name"].rstrip(".") == name and not zone.get("Config", {}).get("PrivateZone")
    ]


def _zones(names: list[str], account_id: str, region: str, aws: Aws) -> Iterable[tuple[str, str]]:
    return [(name, zone_id) for name in names for zone_id in zones(name, account_id, aws)]


def _buckets(names: list[str], account_id: str, region: str, aws: Aws) -> Iterable[tuple[str, str]]:
    return [(name, name) for name in names if _bucket_exists(name, account_id, aws)]


def _is_in_account(bucket: str, account_id: str, aws: Aws) -> bool:
    return any(item["Name"] == bucket for item in aws.ask("s3:ListAllMyBuckets", account_id)["Buckets"])


def _bucket_exists(name: str, account_id: str, aws: Aws) -> bool:
    try:
        aws.ask("s3:HeadBucket", account_id, Bucket=name)
    except Refused as refused:
        if refused.code in ("404", "NoSuchBucket"):
            return False
        # in another region, or somebody's
        if refused.code not in ("301", "403"):
            raise
    return True


_LOOKUPS: dict[str, Lookup] = {
    "AWS::CloudTrail::Trail": _trails,
    "AWS::IAM::Group": _of_iam("iam:ListGroups", "Groups", "GroupName", "GroupName"),
    "AWS::IAM::ManagedPolicy": _of_iam("iam:ListPolicies", "Policies", "PolicyName", "Arn", Scope="Local"),
    "AWS::IAM::Role": _of_iam("iam:ListRoles", "Roles", "RoleName", "RoleName"),
    "AWS::IAM::User": _of_iam("iam:ListUsers", "Users", "UserName", "UserName"),
    "AWS::Logs::LogGroup": _log_groups,
    "AWS::Route53::HostedZone": _zones,
    "AWS::S3::Bucket": _buckets,
    "AWS::SSM::Parameter": _parameters,
}
