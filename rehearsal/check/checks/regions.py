"""Regions that the app uses: whether they are on in each account."""

from __future__ import annotations

from collections.abc import Iterator

from check.app import Org, Stage
from check.aws import Aws
from check.checks.accounts import account_of
from check.checks.members import others
from check.rows import Answer, Group, Question, bad, good

# those launched before 20 March 2019, which nobody can switch off; all later ones are off at first
# https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
_ALWAYS_ON = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
)
_OTHER_PARTITIONS = ("cn-", "us-gov-", "eusc-")
# where every account is asked about its regions
_ASKED_IN = "us-east-1"
_ADVICE = "under Account in its console, or there by `aws account enable-region --region-name {}`: it takes minutes to hours"


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    for stage in [org.root, *others(org)]:
        regions = _regions(org, stage)
        if regions:
            group = Group.FIRST_COMMAND if stage is org.root else Group.SERVICES
            yield Question(
                group,
                f"{stage.name}: regions",
                lambda stage=stage, regions=regions: _answer(org, stage, regions, aws),
            )


def is_on(region: str, account_id: str, aws: Aws) -> bool:
    """Only of a region that can be off, AWS is asked."""
    return is_on_at_first(region) or _statuses(account_id, aws).get(region) in ("ENABLED", "ENABLED_BY_DEFAULT")


def is_on_at_first(region: str) -> bool:
    return region in _ALWAYS_ON or region.startswith(_OTHER_PARTITIONS)


def _statuses(account_id: str, aws: Aws) -> dict[str, str]:
    wanted = ["ENABLED", "ENABLED_BY_DEFAULT", "ENABLING"]
    answer = aws.ask("account:ListRegions", account_id, _ASKED_IN, RegionOptStatusContains=wanted)
    return {item["RegionName"]: item["RegionOptStatus"] for item in answer["Regions"]}


def _regions(org: Org, stage: Stage) -> list[str]:
    """Of its stacks, and of what a third party needs."""
    used = {stack.region for stack in org.stacks_of(stage) if stack.region}
    needed = {
        fact["value"] for fact in org.of("needs") if fact["subject"] == stage.name and fact["name"] == "region"
    }
    return sorted(used | needed)


def _answer(org: Org, stage: Stage, regions: list[str], aws: Aws) -> Answer:
    all_on = good(f"{_are(regions)} on")
    if all(is_on_at_first(region) for region in regions):
        return all_on
    account_id = account_of(stage, aws)
    if account_id is None:
        off = [region for region in regions if not is_on_at_first(region)]
        return bad(f"{_are(off)} off in a new account", f"enable {_it(off)} as soon as the account exists, {_advice(off)}")
    off = [region for region in regions if not is_on(region, account_id, aws)]
    if not off:
        return all_on
    coming = [region for region in off if not is_on_at_first(region) and region in _statuses(account_id, aws)]
    if coming == off:
        return bad(f"{_are(off)} being enabled in account {account_id}", "wait, which can take hours, and check again")
    return bad(f"{_are(off)} off in account {account_id}", f"enable {_it(off)} {_advice(off)}")


def _are(regions: list[str]) -> str:
    return f"{', '.join(regions)} {'is' if len(regions) == 1 else 'are'}"


def _it(regions: list[str]) -> str:
    return "it" if len(regions) == 1 else "each"


def _advice(regions: list[str]) -> str:
    return _ADVICE.format(regions[0] if len(regions) == 1 else "…")
