"""The order in which CloudFormation creates the resources of a template."""

from __future__ import annotations

import heapq
from collections import deque
from functools import cached_property
from typing import Any, ClassVar

from emulator.engine import template as templates
from emulator.engine.errors import ValidationError


class Graph:
    _known: ClassVar[deque[Graph]] = deque(maxlen=16)

    @classmethod
    def of(cls, template: dict[str, Any]) -> Graph:
        """Looks at each resource once, as `parse` reads a text once."""
        found = next((graph for graph in cls._known if graph.template is template), None)
        if found is None:
            found = cls(template)
            cls._known.append(found)
        return found

    def __init__(self, template: dict[str, Any]) -> None:
        self.template = template
        self.resources: dict[str, Any] = template["Resources"]
        self.parameters: dict[str, Any] = template.get("Parameters", {})
        self._check_conditions()
        self._check("Outputs", set(templates.references(template.get("Outputs", {}))))
        self.needs = {name: self._needs(name, declaration) for name, declaration in self.resources.items()}

    def _needs(self, name: str, declaration: dict[str, Any]) -> set[str]:
        explicit = declaration.get("DependsOn", [])
        names = {explicit} if isinstance(explicit, str) else set(explicit)
        named = set(templates.references(declaration.get("Properties", {})))
        self._check("Resources", {*(need for need in names if need not in self.resources), *named})
        return (names | named).intersection(self.resources)

    def _check_conditions(self) -> None:
        declared = self.template.get("Conditions", {})
        named = sorted({name for name in templates.references(declared) if name in self.resources})
        if named:
            raise ValidationError(
                f"Template format error: Unresolved dependencies [{', '.join(named)}]. "
                "Cannot reference resources in the Conditions block of the template"
            )
        for part in (*self.resources.values(), *self.template.get("Outputs", {}).values()):
            for name in templates.conditions(part):
                if name not in declared:
                    raise ValidationError(f"Template error: unresolved condition dependency {name}")

    def _check(self, block: str, names: set[str]) -> None:
        unknown = sorted(
            name
            for name in names
            if not (name in self.resources or name in self.parameters or name.startswith("AWS::"))
        )
        if unknown:
            raise ValidationError(
                f"Template format error: Unresolved resource dependencies [{', '.join(unknown)}] "
                f"in the {block} block of the template"
            )

    @cached_property
    def order(self) -> list[str]:
        """Always the first one of the template that waits for nothing more."""
        names = list(self.resources)
        index = {name: number for number, name in enumerate(names)}
        waiting = {name: len(needs) for name, needs in self.needs.items()}
        users: dict[str, list[str]] = {name: [] for name in names}
        for name, needs in self.needs.items():
            for need in needs:
                users[need].append(name)
        ready = [index[name] for name in names if not waiting[name]]
        done: list[str] = []
        while ready:
            name = names[heapq.heappop(ready)]
            done.append(name)
            for user in users[name]:
                waiting[user] -= 1
                if not waiting[user]:
                    heapq.heappush(ready, index[user])
        if len(done) < len(names):
            circle = ", ".join(sorted(set(names) - set(done)))
            raise ValidationError(f"Circular dependency between resources: [{circle}]")
        return done

    @cached_property
    def _before(self) -> dict[str, int]:
        """All that comes before a resource and itself, a bit for each."""
        found: dict[str, int] = {}
        for number, name in enumerate(self.order):
            found[name] = 1 << number
            for need in self.needs[name]:
                found[name] |= found[need]
        return found

    def parallel(self, name: str) -> tuple[str, ...]:
        """The resources of the same type that neither wait for this one nor are waited for by it."""
        before, kind = self._before, self.resources[name]["Type"]
        return tuple(
            other
            for other, declaration in self.resources.items()
            if declaration["Type"] == kind and before[name] | before[other] not in (before[name], before[other])
        )
