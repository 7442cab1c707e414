"""What is checked: each file has a function `questions(org, aws)`, and is found by being here."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from check.app import Org
from check.aws import Aws
from check.rows import Question


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    # the caller comes first: it says whose AWS the others are about
    names = sorted((module.name for module in iter_modules(__path__)), key=lambda name: (name != "caller", name))
    for name in names:
        yield from import_module(f"{__name__}.{name}").questions(org, aws)
