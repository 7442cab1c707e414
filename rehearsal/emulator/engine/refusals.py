"""Rules of services: what AWS refuses of a resource, before anything of it is created or changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from emulator.engine import properties
from emulator.engine.errors import ResourceFailure
from emulator.engine.resources import Place

Properties = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A creation, or a change of what was there before."""

    place: Place
    properties: Properties
    before: Properties | None
    template: dict[str, Any]


# yields AWS's words for each thing that it refuses
Rule = Callable[[Asked], Iterator[str]]
_rules: defaultdict[str, list[Rule]] = defaultdict(list)


def refuses(*kinds: str) -> Callable[[Rule], Rule]:
    def register(rule: Rule) -> Rule:
        for kind in kinds:
            _rules[kind].append(rule)
        return rule

    return register


def check(asked: Asked) -> None:
    kind = asked.place.type
    misfits = properties.misfits(asked.place, asked.properties)
    # a rule reads what has its type; where both refuse, the service says more
    if ": expected type: " in misfits:
        raise ResourceFailure(misfits)
    # all custom resources are of one kind
    for rule in _rules.get("Custom::*" if kind.startswith("Custom::") else kind, ()):
        for words in rule(asked):
            raise ResourceFailure(words)
    if misfits:
        raise ResourceFailure(misfits)
