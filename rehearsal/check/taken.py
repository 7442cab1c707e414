"""What has a name in AWS already: the resources of each type, and the stacks that have them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from os.path import commonprefix

from check.aws import Aws, Refused
from check.stacks import GONE, deployed, physical_id
from check.toolkit import toolkit_of

# type -> what people call it, and the property with the name
TYPES = {
    "AWS::CloudTrail::Trail": ("trail", "TrailName"),
    "AWS::ECR::Repository": ("repository", "RepositoryName"),
    "AWS::IAM::Group": ("group", "GroupName"),
    "AWS::IAM::ManagedPolicy": ("managed policy", "ManagedPolicyName"),
    "AWS::IAM::Role": ("role", "RoleName"),
    "AWS::IAM::User": ("user", "UserName"),
    "AWS::Logs::LogGroup": ("log group", "LogGroupName"),
    "AWS::Route53::HostedZone": ("hosted zone", "Name"),
    "AWS::S3::Bucket": ("bucket", "BucketName"),
    "AWS::SSM::Parameter": ("parameter", "Name"),
}
BUCKET, REPOSITORY, ROLE, ZONE = "AWS::S3::Bucket", "AWS::ECR::Repository", "AWS::IAM::Role", "AWS::Route53::HostedZone"
SOMEBODY = "AWS answers as for a bucket of another account"
# AWS takes ten names, or a filter of fifty
_FEW_PARAMETERS = 20


@dataclass(frozen=True)
class Name:
    type: str
    value: str
    region: str
    # none of them if the name is of a resource in no template
    stack: str = ""
    # its logical ID, after those of the stacks inside the stack that it is in
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{TYPES[self.type][0]} {self.value}"


def _which_exist(names: list[Name], account_id: str, region: str, aws: Aws) -> dict[Name, list[str]]:
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


def of_others(names: list[Name], own: set[str], account_id: str, region: str, aws: Aws) -> tuple[dict[Name, str], int]:
    """Who has those that exist and that no stack of the app has; and how many its stacks have."""
    # where the CDK can have deployed already, a stack is asked for all that it has; elsewhere, each type
    can_deploy = toolkit_of(account_id, region, aws) is not None
    rest = [name for name in names if not (can_deploy and name.type != ZONE and _has(name, [], own, account_id, region, aws))]
    found = _which_exist(rest, account_id, region, aws)
    others: dict[Name, str] = {}
    for name, ids in found.items():
        if _has(name, ids, own, account_id, region, aws):
            continue
        if name.type == BUCKET and not _is_in_account(name.value, account_id, aws):
            others[name] = SOMEBODY
            continue
        stack = holder(name.type, ids[0], account_id, region, aws)
        if stack not in own:
            others[name] = f"stack {stack} has it" if stack else f"no stack in {region} has it"
    return others, len(names) - len(rest) + len(found) - len(others)


def _has(name: Name, ids: list[str], own: set[str], account_id: str, region: str, aws: Aws) -> bool:
    """Whether the stack that the app has it in has it, by one of these physical IDs or by its name."""
    if name.stack not in own or name.stack not in deployed(region, aws, account_id):
        return False
    there = physical_id(name.stack, name.path, account_id, region, aws)
    return there in ids if ids else there == name.value or there.startswith("arn:") and there.endswith(f"/{name.value}")


def holder(kind: str, resource: str, account_id: str, region: str, aws: Aws) -> str | None:
    """The stack that has what has this physical ID, at the very outside."""
    try:
        found = aws.ask("cloudformation:DescribeStackResources", account_id, region, PhysicalResourceId=resource)
    except Refused as refused:
        if refused.code == "ValidationError":
            return None
        raise
    # the first hundred resources of the stack are told: the one that was asked for need not be among them
    all_ = found["StackResources"]
    exact = [item for item in all_ if item["ResourceType"] == kind and item.get("PhysicalResourceId") == resource]
    there = deployed(region, aws, account_id)
    live = [item for item in exact or all_ if item["StackName"] in there and item["ResourceStatus"] not in GONE]
    return next((there[item["StackName"]] for item in live), None)


Lookup = Callable[[list[str], str, str, Aws], Iterable[tuple[str, str]]]


def _of_iam(action: str, key: str, name: str, physical_id: str, **parameters: str) -> Lookup:
    """A page has up to a thousand; one question for each name would be many more."""

    def look(names: list[str], account_id: str, region: str, aws: Aws) -> Iterable[tuple[str, str]]:
        found = aws.ask(action, account_id, PaginationConfig={"PageSize": 1000}, **parameters)[key]
        return [(item[name], item[physical_id]) for item in found]

    return look


def _repositories(names: list[str], account_id: str, region: str, aws: Aws) -> Iterable[tuple[str, str]]:
    found = aws.ask("ecr:DescribeRepositories", account_id, region, PaginationConfig={"PageSize": 1000})["repositories"]
    return [(item["repositoryName"], item["repositoryName"]) for item in found]


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
    found = aws.ask("route53:ListHostedZonesByName", account_id, DNSName=f"{name}.", MaxItems="100")["HostedZones"]
    return [
        zone["Id"].rpartition("/")[2]
        for zone in found
        if zone["Name"].rstrip(".") == name and not zone.get("Config", {}).get("PrivateZone")
    ]


def _zones(names: list[str], account_id: str, region: str, aws: Aws) -> Iterable[tuple[str, str]]:
    return [(name, zone_id) for name in names for zone_id in zones(name, account_id, aws)]


def _buckets(names: list[str], account_id: str, region: str, aws: Aws) -> Iterable[tuple[str, str]]:
    return [(name, name) for name in names if bucket_exists(name, account_id, aws)]


def _is_in_account(bucket: str, account_id: str, aws: Aws) -> bool:
    return any(item["Name"] == bucket for item in aws.ask("s3:ListAllMyBuckets", account_id)["Buckets"])


def bucket_exists(name: str, account_id: str, aws: Aws) -> bool:
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
    "AWS::ECR::Repository": _repositories,
    "AWS::IAM::Group": _of_iam("iam:ListGroups", "Groups", "GroupName", "GroupName"),
    "AWS::IAM::ManagedPolicy": _of_iam("iam:ListPolicies", "Policies", "PolicyName", "Arn", Scope="Local"),
    "AWS::IAM::Role": _of_iam("iam:ListRoles", "Roles", "RoleName", "RoleName"),
    "AWS::IAM::User": _of_iam("iam:ListUsers", "Users", "UserName", "UserName"),
    "AWS::Logs::LogGroup": _log_groups,
    "AWS::Route53::HostedZone": _zones,
    "AWS::S3::Bucket": _buckets,
    "AWS::SSM::Parameter": _parameters,
}
