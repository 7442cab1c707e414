"""What is checked: each file has a function `questions(org, aws)`, and is found by being here."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from check.app import Org
from check.aws import Aws
from check.checks import caller, members
from check.rows import Group, Question, unknown


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    """In another account than the app's, all answers would be about the wrong one."""
    yield from caller.questions(org, aws)
    if aws.account_id != org.root.account_id:
        said = unknown(f"not asked: it would be about account {aws.account_id}", f"sign in to account {org.root.account_id}")
        yield Question(Group.ACCOUNTS, "everything else", lambda: said)
        return
    members.lead(org, aws)
    for name in sorted(module.name for module in iter_modules(__path__) if module.name != "caller"):
        yield from import_module(f"{__name__}.{name}").questions(org, aws)
