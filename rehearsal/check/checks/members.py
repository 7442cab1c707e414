"""The accounts beside the management account: by which role each is read."""

from __future__ import annotations

from collections.abc import Iterator

from check.app import Org, Stage
from check.aws import Aws, Refused, Unanswered, partition
from check.checks.accounts import account_of
from check.rows import Answer, Group, Question, good, unknown
from rehearsal.app import PLACEHOLDER, StackArtifact


def lead(org: Org, aws: Aws) -> None:
    """Says how each account is read, before anything is asked there."""
    for stage in others(org):
        account_id = existing(stage, aws)
        if account_id is not None:
            aws.lead(account_id, _roles(org.stacks_of(stage), account_id, aws))


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    for stage in others(org):
        account_id = existing(stage, aws)
        if account_id not in (None, aws.account_id):
            yield Question(
                Group.SERVICES, f"{stage.name}: read by", lambda account_id=account_id: _reader(account_id, aws)
            )


def others(org: Org) -> list[Stage]:
    """The stages whose account is not root's, which they may share."""
    return [stage for stage in org.members if stage.account_id != org.root.account_id]


def existing(stage: Stage, aws: Aws) -> str | None:
    try:
        return account_of(stage, aws)
    except (Refused, Unanswered):
        # told by the rows of accounts, and by each question about this one
        return None


def _roles(stacks: list[StackArtifact], account_id: str, aws: Aws) -> list[str]:
    """The one that bootstraps administers the account from its first day; the CDK's own come later."""
    bootstrapping = [(stack.role, stack.region) for stack in stacks if stack.name == "CDKToolkit"]
    looking = [(stack.lookup_role, stack.region) for stack in stacks]
    found = [
        role.replace("${AWS::Partition}", partition(region or aws.region)).replace(
            PLACEHOLDER, account_id
        )
        for role, region in [*bootstrapping, *looking]
        if role
    ]
    return list(dict.fromkeys(found))


def _reader(account_id: str, aws: Aws) -> Answer:
    try:
        return good(f"{aws.enter(account_id)} lets you in")
    except Unanswered as error:
        return unknown(
            str(error), "allow sts:AssumeRole of a role that is named here, and have the role trust the management account"
        )
