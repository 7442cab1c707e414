"""The roles of the CDK: whether those that deploy and publish let the caller in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from check.app import Org, Stage
from check.assets import assets
from check.aws import Aws, Refused, Unanswered, partition
from check.checks.accounts import account_of
from check.checks.bootstrap import by_the_app, version_of
from check.checks.members import existing, others
from check.checks.regions import is_on
from check.rows import Answer, Group, Question, bad, good
from check.toolkit import by_hand, toolkit_of
from rehearsal.app import PLACEHOLDER, StackArtifact


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    for stage in [org.root, *others(org)]:
        is_root = stage is org.root
        # what is in no account yet is told by the rows of the bootstrap
        if any(stack.needs_bootstrap for stack in org.stacks_of(stage)) and (is_root or existing(stage, aws)):
            group = Group.FIRST_COMMAND if is_root else Group.SERVICES
            yield Question(group, f"{stage.name}: roles of the CDK", lambda stage=stage: _let_in(org, stage, aws))


def _let_in(org: Org, stage: Stage, aws: Aws) -> Answer:
    account_id = account_of(stage, aws) or ""
    roles = _roles(org.stacks_of(stage), account_id, aws)
    if not roles:
        return good("not yet: the bootstrap makes them")
    elsewhere = [arn for arn, _ in roles if arn.split(":")[4:5] != [account_id]]
    if elsewhere:
        # it would only learn who asks
        return bad(f"{' and '.join(elsewhere)} is of another account", "synthesize again: no synthesizer of the app may name it")
    for (arn, external_id), stack in roles.items():
        try:
            aws.assume(arn, external_id)
        except Unanswered:
            if answer := _reason(org, stage, arn, stack, account_id, aws):
                return answer
            raise
    names = [arn.rpartition("/")[2] for arn, _ in roles]
    return good(f"{' and '.join(names)} let{'s' if len(names) == 1 else ''} you in")


def _roles(stacks: list[StackArtifact], account_id: str, aws: Aws) -> dict[tuple[str, str], StackArtifact]:
    """ARN and external ID of each, as far as their regions are bootstrapped: what is missing has a row already."""
    found: dict[tuple[str, str], StackArtifact] = {}
    for stack in stacks:
        if not (stack.needs_bootstrap and stack.region and is_on(stack.region, account_id, aws)):
            continue
        if version_of(stack.bootstrap_parameter, account_id, stack.region, aws) is None:
            continue
        published = [(asset.role, asset.external_id) for asset in assets(stack)]
        for arn, external_id in [(stack.role, stack.external_id), *published]:
            if arn:
                arn = arn.replace("${AWS::Partition}", partition(stack.region)).replace("${AWS::Region}", stack.region)
                arn = arn.replace("${AWS::AccountId}", account_id).replace(PLACEHOLDER, account_id)
                found.setdefault((arn, external_id), stack)
    return found


def _reason(org: Org, stage: Stage, arn: str, stack: StackArtifact, account_id: str, aws: Aws) -> Answer | None:
    """Why a role lets nobody in; nothing if it is not the role."""
    region, root = stack.region or "", org.root.account_id or ""
    try:
        trust = aws.ask("iam:GetRole", account_id, RoleName=arn.rpartition("/")[2])["Role"]["AssumeRolePolicyDocument"]
    except Refused as refused:
        if refused.code != "NoSuchEntity":
            raise
        trust = None
    if trust is not None and _trusts(trust, root):
        return None
    command = by_hand(
        account_id,
        region,
        None if stage is org.root else root,
        toolkit_of(account_id, region, aws),
        stack.bootstrap_parameter,
    )
    if trust is None:
        return bad(f"{arn} does not exist, and the bootstrap says that it does", f"run `{command} --force`")
    if ours := by_the_app(org, [item for item in org.stacks_of(stage) if item.region == region]):
        return good(f"not yet: {arn} does not trust account {root}, and {ours} has it do so")
    return bad(f"{arn} does not trust account {root}, which deploys", f"run `{command}`")


def _trusts(document: dict[str, Any], account_id: str) -> bool:
    """Whether anybody in the account is trusted, under whatever condition."""
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        principals = statement.get("Principal", {})
        trusted = principals if isinstance(principals, str) else principals.get("AWS", [])
        named = [trusted] if isinstance(trusted, str) else trusted
        if statement.get("Effect") == "Allow" and any(
            item in ("*", account_id) or item.split(":")[4:5] == [account_id] for item in named
        ):
            return True
    return False
