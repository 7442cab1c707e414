"""What the CDK deploys with: whether it is there, new enough, and lets the caller in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from check.actions import OF_MEMBERS, policy
from check.app import Org, Stage
from check.aws import Aws, Refused, Unanswered, partition
from check.checks.accounts import account_of
from check.checks.members import others
from check.checks.regions import is_on
from check.rows import Answer, Group, Question, bad, good, unknown
from rehearsal.app import StackArtifact

_TOOLKIT = "CDKToolkit"
# what a change that was given up leaves has never been there
_NEVER_THERE = "REVIEW_IN_PROGRESS"
_USUAL = "hnb659fds"
# what the CDK itself gives where nobody is trusted
_EVERYTHING = "iam::aws:policy/AdministratorAccess"


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    for stage in [org.root, *others(org)]:
        group = Group.FIRST_COMMAND if stage is org.root else Group.SERVICES
        for region, stacks in _by_region(org.stacks_of(stage)).items():
            yield Question(
                group,
                f"{stage.name}/{region}: bootstrap",
                lambda stage=stage, region=region, stacks=stacks: _bootstrap(org, stage, region, stacks, aws),
            )
    if any(stack.needs_bootstrap for stack in org.stacks_of(org.root)):
        yield Question(Group.FIRST_COMMAND, "root: deploy role", lambda: _let_in(org, aws))


def _by_region(stacks: list[StackArtifact]) -> dict[str, list[StackArtifact]]:
    found: dict[str, list[StackArtifact]] = {}
    for stack in stacks:
        if stack.region and (stack.needs_bootstrap or stack.name == _TOOLKIT):
            found.setdefault(stack.region, []).append(stack)
    return dict(sorted(found.items()))


def _bootstrap(org: Org, stage: Stage, region: str, stacks: list[StackArtifact], aws: Aws) -> Answer:
    ours = None
    if any(stack.name == _TOOLKIT for stack in stacks):
        ours = f"`npx cdk deploy '{org.id}/bootstrap/*'`" if org.id else "`npx cdk deploy 'bootstrap/*'`"
    account_id = account_of(stage, aws)
    if account_id is None:
        if ours:
            return good(f"not yet: {ours} does it, once the account exists")
        return bad("the account does not exist yet, and the app does not bootstrap it", "give the stage `bootstrapRoleName`")
    if not is_on(region, account_id, aws):
        return unknown(f"{region} is off in account {account_id}, so nothing can be asked there", "enable the region first")
    toolkit = _toolkit(account_id, region, aws)
    if toolkit and (trouble := _trouble(toolkit["StackStatus"])):
        return trouble
    needed = _needed(stacks)
    there = {name: _version(name, account_id, region, aws) for name in needed}
    if toolkit and (ours or None in there.values()) and (other := _other_qualifier(toolkit, needed)):
        return other
    by_hand = f"npx cdk bootstrap aws://{account_id}/{region}"
    if stage is not org.root:
        by_hand += f" --trust {org.root.account_id} --cloudformation-execution-policies arn:{partition(region)}:{_EVERYTHING}"
    return _compared(needed, there, ours, by_hand, stage is org.root)


def _compared(
    needed: dict[str, int], there: dict[str, int | None], ours: str | None, by_hand: str, is_root: bool
) -> Answer:
    if not there:
        return good(f"nothing needs it yet, and {ours} does it")
    missing = [name for name, version in there.items() if version is None]
    if missing:
        qualifier = _qualifier(missing[0])
        by_hand += f" --qualifier {qualifier}" if qualifier != _USUAL else ""
        if ours or is_root:
            return good(f"not yet: {ours or f'`{by_hand}`'} does it")
        return bad(f"not bootstrapped: parameter {' and '.join(missing)} is not there", f"run `{by_hand}`")
    versions = [version for version in there.values() if version is not None]
    told = f"version {' and '.join(map(str, versions))}, and the app needs {max(needed.values())}"
    if any(version < needed[name] for name, version in zip(there, versions, strict=True)):
        return good(f"{told}: {ours} updates it") if ours else bad(told, f"run `{by_hand}`")
    return good(told)


def _needed(stacks: list[StackArtifact]) -> dict[str, int]:
    """The version that each parameter has to have."""
    found: dict[str, int] = {}
    for stack in stacks:
        if stack.needs_bootstrap:
            found[stack.bootstrap_parameter] = max(found.get(stack.bootstrap_parameter, 0), stack.needs_bootstrap)
    return found


def _toolkit(account_id: str, region: str, aws: Aws) -> dict[str, Any] | None:
    """The stack that bootstraps the region already."""
    try:
        return aws.ask("cloudformation:DescribeStacks", account_id, region, StackName=_TOOLKIT)["Stacks"][0]
    except Refused as refused:
        if refused.code == "ValidationError":
            return None
        raise


def _trouble(status: str) -> Answer | None:
    what = f"stack {_TOOLKIT} is in state {status}"
    if status == _NEVER_THERE:
        return None
    if status.endswith("_IN_PROGRESS"):
        return bad(what, "wait until it is done, and check again")
    if status == "UPDATE_ROLLBACK_FAILED":
        return bad(what, "continue its rollback in the console of CloudFormation")
    if status.endswith("_FAILED") or status == "ROLLBACK_COMPLETE":
        return bad(
            what,
            "delete it in the console of CloudFormation, then the bucket and the repository that it leaves, and bootstrap again",
        )
    return None


def _other_qualifier(toolkit: dict[str, Any], needed: dict[str, int]) -> Answer | None:
    """What updates the stack leaves it its qualifier."""
    given = {item["ParameterKey"]: item.get("ParameterValue") for item in toolkit.get("Parameters", [])}
    qualifier, wanted = given.get("Qualifier"), sorted(_qualifier(name) for name in needed)
    if not qualifier or not wanted or qualifier in wanted:
        return None
    return bad(
        f"stack {_TOOLKIT} has the qualifier {qualifier}, and the app uses {' and '.join(wanted)}",
        f"give `@aws-cdk/core:bootstrapQualifier` in the context of the app the value {qualifier}",
    )


def _qualifier(parameter: str) -> str:
    return parameter.removeprefix("/cdk-bootstrap/").removesuffix("/version")


def _version(parameter: str, account_id: str, region: str, aws: Aws) -> int | None:
    try:
        return int(aws.ask("ssm:GetParameter", account_id, region, Name=parameter)["Parameter"]["Value"])
    except Refused as refused:
        if refused.code == "ParameterNotFound":
            return None
        raise


def _deploy_roles(org: Org, aws: Aws) -> dict[str, str]:
    """Those of root, with their regions, as far as they are bootstrapped: what is missing has a row already."""
    found = {}
    for stack in org.stacks_of(org.root):
        if stack.role and stack.region and stack.needs_bootstrap and is_on(stack.region, aws.account_id, aws):
            if _version(stack.bootstrap_parameter, aws.account_id, stack.region, aws) is not None:
                found[stack.role.replace("${AWS::Partition}", partition(stack.region))] = stack.region
    return found


def _let_in(org: Org, aws: Aws) -> Answer:
    roles = _deploy_roles(org, aws)
    if not roles:
        return good("not yet: the bootstrap makes it")
    elsewhere = [role for role in roles if role.split(":")[4:5] != [aws.account_id]]
    if elsewhere:
        # it would only learn who asks
        return bad(f"{' and '.join(elsewhere)} is of another account", "synthesize again: no synthesizer of the app may name it")
    for role, region in roles.items():
        reads = json.dumps(policy(OF_MEMBERS), separators=(",", ":"))
        try:
            aws.ask("sts:AssumeRole", RoleArn=role, RoleSessionName="cdk-multi-account-org-check", Policy=reads)
        except Unanswered:
            if not _exists(role, aws):
                return bad(
                    f"{role} does not exist, and the bootstrap says that it does",
                    f"run `npx cdk bootstrap aws://{org.root.account_id}/{region} --force`",
                )
            raise
    return good(f"{' and '.join(roles)} let{'s' if len(roles) == 1 else ''} you in")


def _exists(role: str, aws: Aws) -> bool:
    try:
        aws.ask("iam:GetRole", RoleName=role.rsplit("/", 1)[-1])
    except Refused as refused:
        if refused.code == "NoSuchEntity":
            return False
        raise
    return True
