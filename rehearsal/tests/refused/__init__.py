"""For each rule of refusals.json that one template shows: what AWS refuses, and its neighbour that AWS accepts.

A file for each service, as in `emulator/refusals`; CloudFormation's own are of templates and stacks.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from refused.case import Case, Template

CASES: dict[str, Case] = {}
ACCEPTED: dict[str, Template] = {}
for _module in iter_modules(__path__):
    _found = import_module(f"refused.{_module.name}")
    CASES |= getattr(_found, "CASES", {})
    ACCEPTED |= getattr(_found, "ACCEPTED", {})
