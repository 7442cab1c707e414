"""What is checked, in the order of the table: each subject has a function `questions(org, aws)`. `places` is what several share."""

from __future__ import annotations

from collections.abc import Iterator

from check.app import Org
from check.aws import Aws
from check.checks import (
    accounts,
    bootstrap,
    caller,
    domains,
    identity_center,
    landing_zone,
    members,
    names,
    organization,
    organization_names,
    policies,
    quotas,
    regions,
    rights,
    roles,
    root,
    units,
)
from check.rows import Group, Question, unknown

_ALL = (
    rights,
    organization,
    landing_zone,
    units,
    organization_names,
    accounts,
    members,
    bootstrap,
    roles,
    regions,
    names,
    root,
    domains,
    identity_center,
    policies,
    quotas,
)


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    """In another account than the app's, all answers would be about the wrong one."""
    yield from caller.questions(org, aws)
    if aws.account_id != org.root.account_id:
        said = unknown(f"not asked: it would be about account {aws.account_id}", f"sign in to account {org.root.account_id}")
        yield Question(Group.ACCOUNTS, "everything else", lambda: said)
        return
    members.lead(org, aws)
    for subject in _ALL:
        yield from subject.questions(org, aws)
