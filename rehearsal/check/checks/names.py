"""Names that AWS gives only once: has somebody taken those that the app wants?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from check.app import Org, Stage, literal
from check.aws import Aws
from check.checks.accounts import account_of
from check.checks.identity_center import is_read
from check.nested import Part, as_far_as_seen, parts, unseen
from check.rows import Answer, Group, Question, bad, good
from check.taken import BUCKET, SOMEBODY, TYPES, ZONE, Name, bucket_exists, of_others
from check.toolkit import NAME, way_out
from rehearsal.app import PLACEHOLDER


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    # stages may share an account
    accounts: dict[str, Stage] = {}
    for stage in org.stages:
        if accounts.setdefault(stage.account_id or stage.name, stage) == stage and _has_names(org, stage):
            group = Group.FIRST_COMMAND if stage == org.root else Group.SERVICES
            yield Question(
                group,
                f"{stage.name}: names",
                lambda stage=stage: as_far_as_seen(_names(org, stage, aws), org.stacks_of(stage)),
            )
    for fact in org.of("needs"):
        question, _, kind = fact["name"].partition(" ")
        if question not in ("region", "quota") and (question != "name" or kind not in TYPES) and not is_read(fact):
            yield Question(Group.SERVICES, f"{fact['subject']}: {fact['name']}", lambda fact=fact: _unread(fact))


def _has_names(org: Org, stage: Stage) -> bool:
    return any(_named(org, stage)) or bool(_needed(org, stage)) or unseen(org.stacks_of(stage)) > 0


def _unread(fact: dict[str, str]) -> Answer:
    return bad(
        f"a fact of {fact['source']} says that '{fact['name']}' is needed, which this check cannot ask",
        "name it `region`, `quota <service> <code> <region>`, `name <type>`, or something else of docs/organization.schema.json",
    )


def _names(org: Org, stage: Stage, aws: Aws) -> Answer:
    # names in root are asked of whose credentials these are
    account_id = "" if stage == org.root else account_of(stage, aws)
    names, later = _wanted(org, stage, account_id if account_id is None else account_id or aws.account_id)
    known_later = f"; {_count(later, 'more name is', 'more names are')} known only when they are deployed" if later else ""
    if account_id is None:
        # of a new account, only what is unique among all accounts can be taken
        buckets = [name for name in names if name.type == BUCKET and PLACEHOLDER not in name.value]
        taken = {name: SOMEBODY for name in buckets if bucket_exists(name.value, "", aws)}
        return _answer(taken, len(names), 0, "the account will be new" + known_later)
    ours, others = 0, {}
    for region in dict.fromkeys(name.region for name in names):
        own = {stack.name for stack in org.stacks_of(stage)}
        strangers, mine = of_others([name for name in names if name.region == region], own, account_id, region, aws)
        ours += mine
        others |= strangers
    return _answer(others, len(names), ours, known_later.removeprefix("; "))


def _answer(others: dict[Name, str], count: int, ours: int, more: str) -> Answer:
    of = f"of {_count(count, 'name', 'names')}"
    own = f"{_count(ours, 'is', 'are')} of the app's own stacks" if ours else ""
    if not others:
        return good("; ".join(filter(None, [f"none {of} is taken{' by others' if ours else ''}", own, more])))
    told = ", ".join(f"{name} ({who})" for name, who in others.items())
    return bad(
        "; ".join(filter(None, [f"{len(others)} {of} {'is' if len(others) == 1 else 'are'} taken: {told}", own, more])),
        "; ".join(_advice(others)),
    )


def _advice(others: dict[Name, str]) -> Iterator[str]:
    # nobody chose the names of the bootstrap one by one
    chosen = [who for name, who in others.items() if name.stack != NAME]
    if chosen and all(who == SOMEBODY for who in chosen):
        yield "give another name by its prop"
    elif chosen:
        yield "give another name by its prop, bring what exists into the app by `cdk import`, or delete it"
    if of_bootstrap := [who for name, who in others.items() if name.stack == NAME]:
        yield way_out(somebody=SOMEBODY in of_bootstrap)


def _count(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _named(org: Org, stage: Stage) -> Iterator[tuple[Part, str, str, Any]]:
    """What the app names itself: where, logical ID, type and name."""
    for part in (part for stack in org.stacks_of(stage) for part in parts(stack)):
        for logical_id, resource in part.resources():
            _, key = TYPES.get(resource["Type"], ("", ""))
            properties = resource.get("Properties", {})
            # a zone of networks is asked by nobody else
            if key in properties and not properties.get("VPCs"):
                yield part, logical_id, resource["Type"], properties[key]


def _needed(org: Org, stage: Stage) -> list[Name]:
    """What others than the templates want to have, such as `name AWS::IAM::Role`."""
    words = [(fact, fact["name"].partition(" ")) for fact in org.of("needs") if fact["subject"] == stage.name]
    return [
        Name(kind, _plain(kind, fact["value"]), stage.region)
        for fact, (question, _, kind) in words
        if question == "name" and kind in TYPES
    ]


def _wanted(org: Org, stage: Stage, account_id: str | None) -> tuple[list[Name], int]:
    """The names, and how many more there are that nobody knows before they are deployed."""
    names, later = _needed(org, stage), 0
    for part, logical_id, kind, value in _named(org, stage):
        region = part.stack.region or stage.region
        name = literal(value, account_id or PLACEHOLDER, region, part.parameters)
        if name is None or "{{resolve:" in name or part.stack.account != PLACEHOLDER and PLACEHOLDER in name:
            later += 1
        else:
            name = name.replace(PLACEHOLDER, account_id or PLACEHOLDER)
            names.append(Name(kind, _plain(kind, name), region, part.stack.name, (*part.path, logical_id)))
    return list(dict.fromkeys(names)), later


def _plain(kind: str, name: str) -> str:
    return name.rstrip(".").lower() if kind == ZONE else name
