"""What the CDK deploys with: whether it is there, new enough, and what the app expects."""

from __future__ import annotations

from collections.abc import Iterator

from check.app import Org, Stage
from check.assets import assets
from check.aws import Aws, Refused
from check.checks.accounts import account_of
from check.checks.members import others
from check.checks.regions import is_on
from check.rows import Answer, Group, Question, bad, good, unknown
from check.taken import BUCKET, REPOSITORY, ROLE, SOMEBODY, Name, of_others
from check.toolkit import NAME, Toolkit, by_hand, qualifier_of, toolkit_of, way_out
from rehearsal.app import PLACEHOLDER, StackArtifact

# what a change that was given up leaves has never been there
_NEVER_THERE = "REVIEW_IN_PROGRESS"
_ROLES = ("cfn-exec", "deploy", "file-publishing", "image-publishing", "lookup")


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    for stage in [org.root, *others(org)]:
        group = Group.FIRST_COMMAND if stage is org.root else Group.SERVICES
        for region, stacks in _by_region(org.stacks_of(stage)).items():
            yield Question(
                group,
                f"{stage.name}/{region}: bootstrap",
                lambda stage=stage, region=region, stacks=stacks: _bootstrap(org, stage, region, stacks, aws),
            )


def by_the_app(org: Org, stacks: list[StackArtifact]) -> str | None:
    """The command that bootstraps these, if the app does."""
    if not any(stack.name == NAME for stack in stacks):
        return None
    return f"`npx cdk deploy '{org.id}/bootstrap/*'`" if org.id else "`npx cdk deploy 'bootstrap/*'`"


def version_of(parameter: str, account_id: str, region: str, aws: Aws) -> int | None:
    try:
        return int(aws.ask("ssm:GetParameter", account_id, region, Name=parameter)["Parameter"]["Value"])
    except Refused as refused:
        if refused.code == "ParameterNotFound":
            return None
        raise


def _by_region(stacks: list[StackArtifact]) -> dict[str, list[StackArtifact]]:
    found: dict[str, list[StackArtifact]] = {}
    for stack in stacks:
        if stack.region and (stack.needs_bootstrap or stack.name == NAME):
            found.setdefault(stack.region, []).append(stack)
    return dict(sorted(found.items()))


def _bootstrap(org: Org, stage: Stage, region: str, stacks: list[StackArtifact], aws: Aws) -> Answer:
    ours = by_the_app(org, stacks)
    account_id = account_of(stage, aws)
    if account_id is None:
        if ours:
            return good(f"not yet: {ours} does it, once the account exists")
        return bad("the account does not exist yet, and the app does not bootstrap it", "give the stage `bootstrapRoleName`")
    if not is_on(region, account_id, aws):
        return unknown(f"{region} is off in account {account_id}, so nothing can be asked there", "enable the region first")
    toolkit = toolkit_of(account_id, region, aws)
    if toolkit and toolkit.status == _NEVER_THERE:
        toolkit = None
    if toolkit and (trouble := _trouble(toolkit.status)):
        return trouble
    needed = _needed(stacks)
    there = {name: version_of(name, account_id, region, aws) for name in needed}
    if toolkit and (ours or None in there.values()) and (other := _other_qualifier(toolkit, needed)):
        return other
    if toolkit and (other := _lost(toolkit, ours, org.root.account_id) if ours else _other_bucket(toolkit, account_id, stacks)):
        return other
    missing = [name for name, version in there.items() if version is None]
    if missing and not ours and not toolkit and (left := _left(qualifier_of(missing[0]), account_id, region, aws)):
        return left
    trusted = None if stage is org.root else org.root.account_id
    command = f"`{by_hand(account_id, region, trusted, toolkit, next(iter(missing or needed), ''))}`"
    return _compared(needed, there, ours, command, stage is org.root, _peculiar(toolkit))


def _compared(
    needed: dict[str, int], there: dict[str, int | None], ours: str | None, command: str, is_root: bool, peculiar: str
) -> Answer:
    if not there:
        return good(f"nothing needs it yet, and {ours} does it{peculiar}")
    missing = [name for name, version in there.items() if version is None]
    if missing:
        if ours or is_root:
            return good(f"not yet: {ours or command} does it{peculiar}")
        return bad(f"not bootstrapped: parameter {' and '.join(missing)} is not there{peculiar}", f"run {command}")
    versions = [version for version in there.values() if version is not None]
    told = f"version {' and '.join(map(str, versions))}, and the app needs {max(needed.values())}"
    if any(version < needed[name] for name, version in zip(there, versions, strict=True)):
        return good(f"{told}: {ours} updates it{peculiar}") if ours else bad(f"{told}{peculiar}", f"run {command}")
    return good(f"{told}{peculiar}")


def _needed(stacks: list[StackArtifact]) -> dict[str, int]:
    """The version that each parameter has to have."""
    found: dict[str, int] = {}
    for stack in stacks:
        if stack.needs_bootstrap:
            found[stack.bootstrap_parameter] = max(found.get(stack.bootstrap_parameter, 0), stack.needs_bootstrap)
    return found


def _trouble(status: str) -> Answer | None:
    what = f"stack {NAME} is in state {status}"
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


def _other_qualifier(toolkit: Toolkit, needed: dict[str, int]) -> Answer | None:
    """What updates the stack leaves it its qualifier."""
    wanted = sorted(qualifier_of(name) for name in needed)
    if not toolkit.qualifier or not wanted or toolkit.qualifier in wanted:
        return None
    return bad(
        f"stack {NAME} has the qualifier {toolkit.qualifier}, and the app uses {' and '.join(wanted)}",
        f"give `@aws-cdk/core:bootstrapQualifier` in the context of the app the value {toolkit.qualifier}",
    )


def _lost(toolkit: Toolkit, ours: str, root: str | None) -> Answer | None:
    """What the app's template would take away from the stack, whose parameters it leaves."""
    others_ = [item for item in toolkit.trusted if item != root]
    keep = "leave `bootstrapRoleName` of the stage out, so that the app leaves the stack as it is"
    if toolkit.variant:
        return bad(f"stack {NAME} is of another template, '{toolkit.variant}', which {ours} would replace", keep)
    if others_:
        return bad(
            f"stack {NAME} lets {' and '.join(others_)} deploy to the account, which {ours} would end",
            f"{keep}, or take them out of its parameter TrustedAccounts",
        )
    return None


def _other_bucket(toolkit: Toolkit, account_id: str, stacks: list[StackArtifact]) -> Answer | None:
    """One that was given another name by hand is one into which the app does not publish."""
    wanted = {asset.place.replace(PLACEHOLDER, account_id) for stack in stacks for asset in assets(stack) if asset.file}
    if not toolkit.bucket or not wanted or toolkit.bucket in wanted or "${" in "".join(wanted):
        return None
    return bad(
        f"stack {NAME} has the bucket {toolkit.bucket}, and the app publishes to {' and '.join(sorted(wanted))}",
        f"give `fileAssetsBucketName` of the app's synthesizer the value {toolkit.bucket}",
    )


def _peculiar(toolkit: Toolkit | None) -> str:
    found = []
    if toolkit and toolkit.boundary:
        found.append(f"the permissions boundary {toolkit.boundary}")
    if toolkit and toolkit.key:
        found.append(f"the KMS key {toolkit.key}")
    if toolkit and toolkit.variant:
        found.append(f"a template of its own, '{toolkit.variant}'")
    return f"; its stack has {' and '.join(found)}" if found else ""


def _left(qualifier: str, account_id: str, region: str, aws: Aws) -> Answer | None:
    """What an earlier one left is in the way of the next, which wants the same names."""
    end = f"{account_id}-{region}"
    names = [
        Name(BUCKET, f"cdk-{qualifier}-assets-{end}", region),
        Name(REPOSITORY, f"cdk-{qualifier}-container-assets-{end}", region),
        *(Name(ROLE, f"cdk-{qualifier}-{role}-role-{end}", region) for role in _ROLES),
    ]
    found, _ = of_others(names, set(), account_id, region, aws)
    if not found:
        return None
    told = ", ".join(f"{name} ({who})" for name, who in found.items())
    return bad(
        f"not bootstrapped, and names that the bootstrap needs are taken: {told}", way_out(somebody=SOMEBODY in found.values())
    )
