"""What the first services need, against the quotas of each account and region."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from check.app import Org, Stage
from check.aws import Aws, Refused, always_on
from check.checks.accounts import account_of
from check.checks.members import others
from check.checks.regions import is_on, is_on_at_first
from check.nested import Part, as_far_as_seen, parts, unseen
from check.rows import Answer, Group, Question, bad, good, unknown
from check.usage import ADDRESSES, DISTRIBUTIONS, VCPUS, VPCS, Key, used, vcpus_of
from rehearsal.app import StackArtifact

_NAMES = {
    VPCS: "VPCs",
    ADDRESSES: "Elastic IP addresses",
    VCPUS: "vCPUs of running on-demand standard instances",
    DISTRIBUTIONS: "CloudFront distributions",
}
# https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html: every region of a new account has one
_DEFAULT_VPCS = 1
_FACT = re.compile(r"quota (\S+) (\S+) (\S+)")


@dataclass
class _Wanted:
    # of the app's templates, in addition to what is there
    count: int = 0
    # of a third party's facts: what the quota has to be
    at_least: int = 0


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    for stage in [org.root, *others(org)]:
        stacks = org.stacks_of(stage)
        for region, wanted in sorted(_wanted(org, stage, stacks).items()):
            yield Question(
                Group.SERVICES,
                f"{stage.name}/{region}: quotas",
                lambda stage=stage, region=region, wanted=wanted: as_far_as_seen(
                    _answer(org, stage, region, wanted, aws),
                    [stack for stack in org.stacks_of(stage) if (stack.region or stage.region) == region],
                ),
            )
    for fact in _needs(org):
        if _read(fact) is None:
            yield Question(Group.SERVICES, f"{fact['subject']}: {fact['name']}", lambda fact=fact: _unread(fact))


def _wanted(org: Org, stage: Stage, stacks: list[StackArtifact]) -> dict[str, dict[Key, _Wanted]]:
    """By region."""
    found: dict[str, dict[Key, _Wanted]] = {}

    def wanted(region: str, key: Key) -> _Wanted:
        return found.setdefault(region, {}).setdefault(key, _Wanted())

    for stack in stacks:
        region = stack.region or stage.region
        if unseen([stack]):
            found.setdefault(region, {})
        for key, count in (item for part in parts(stack) for item in _counts(part)):
            if count:
                wanted(always_on(stage.region) if key == DISTRIBUTIONS else region, key).count += count
    for fact in _needs(org):
        if fact["subject"] == stage.name and (read := _read(fact)):
            service, code, region, value = read
            need = wanted(region, (service, code))
            need.at_least = max(need.at_least, value)
    return found


def _counts(part: Part) -> Iterator[tuple[Key, int]]:
    for _, resource in part.resources():
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::EC2::VPC":
                yield VPCS, 1
            case "AWS::EC2::EIP":
                yield ADDRESSES, 1
            case "AWS::CloudFront::Distribution":
                yield DISTRIBUTIONS, 1
            case "AWS::EC2::Instance":
                yield VCPUS, vcpus_of([properties.get("InstanceType")])
            case "AWS::EKS::Nodegroup" if properties.get("CapacityType") != "SPOT":
                scaling = properties.get("ScalingConfig", {})
                count = scaling.get("DesiredSize", scaling.get("MinSize", 1))
                yield VCPUS, _number(count) * vcpus_of(properties.get("InstanceTypes", []))
            case "AWS::AutoScaling::AutoScalingGroup":
                yield VCPUS, _number(properties.get("DesiredCapacity", properties.get("MinSize", 0)))
            # its nodes come and go, none of them with less
            case "AWS::EKS::Cluster" if properties.get("ComputeConfig", {}).get("Enabled"):
                yield VCPUS, 1


def _number(value: Any) -> int:
    """What only the deployment knows counts as one."""
    return int(value) if str(value).isdigit() else 1


def _needs(org: Org) -> list[dict[str, str]]:
    return [fact for fact in org.of("needs") if fact["name"].startswith("quota")]


def _read(fact: dict[str, str]) -> tuple[str, str, str, int] | None:
    match = _FACT.fullmatch(fact["name"])
    return (match[1], match[2], match[3], int(fact["value"])) if match and fact["value"].isdigit() else None


def _unread(fact: dict[str, str]) -> Answer:
    return bad(
        f"a fact of {fact['source']} says that '{fact['name']}' is needed, with the value '{fact['value']}'",
        "name it `quota <service> <code> <region>`, with a whole number as its value",
    )


def _answer(org: Org, stage: Stage, region: str, wanted: dict[Key, _Wanted], aws: Aws) -> Answer:
    account_id = account_of(stage, aws)
    if not (is_on_at_first(region) if account_id is None else is_on(region, account_id, aws)):
        return unknown(f"{region} is off, so its quotas cannot be asked", "enable the region first")
    stacks = org.stacks_of(stage)
    enough, less, short, asked_for = [], [], [], []
    for key, want in wanted.items():
        quota = _quota(key, account_id, region, aws)
        if quota is None:
            short.append(f"{key[0]} has no quota {key[1]} here")
            asked_for.append("correct the fact that names it")
            continue
        there = (_DEFAULT_VPCS if key == VPCS else 0) if account_id is None else used(key, stacks, account_id, region, aws)
        needed = max(want.count + there, want.at_least)
        text = f"{needed} of {quota['Value']:g} {_NAMES.get(key) or quota['QuotaName']}"
        if key == VCPUS and account_id is None and needed <= quota["Value"]:
            less.append(text)
            continue
        if needed <= quota["Value"]:
            enough.append(text)
        else:
            short.append(text)
            asked_for.append(
                f"ask for {needed} by `aws service-quotas request-service-quota-increase --service-code {key[0]} "
                f"--quota-code {key[1]} --region {region} --desired-value {needed}`"
            )
    new = " in a new account" if account_id is None else ""
    if less and not short:
        return unknown(
            f"enough by default: {', '.join([*enough, *less])}; AWS may give a new account less",
            "check again once the account exists",
        )
    if not short:
        return good(f"enough{new}: {', '.join(enough)}" if enough else "the templates that the app has need none")
    when = "as soon as the account exists" if new else "in the account"
    return bad(f"too low{new}: {', '.join(short)}", f"{', and '.join(asked_for)}, {when}: it takes minutes to days")


def _quota(key: Key, account_id: str | None, region: str, aws: Aws) -> dict[str, Any] | None:
    """The value that AWS has granted; where it has granted none, and of a new account, the default."""
    parameters = {"ServiceCode": key[0], "QuotaCode": key[1]}
    if account_id is not None:
        try:
            return aws.ask("servicequotas:GetServiceQuota", account_id, region, **parameters)["Quota"]
        except Refused as refused:
            if refused.code != "NoSuchResourceException":
                raise
    try:
        return aws.ask("servicequotas:GetAWSDefaultServiceQuota", account_id or "", region, **parameters)["Quota"]
    except Refused as refused:
        if refused.code != "NoSuchResourceException":
            raise
        return None
