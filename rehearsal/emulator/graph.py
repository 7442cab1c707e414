"""The order in which CloudFormation creates the resources of a template."""

from __future__ import annotations

from typing import Any

from emulator import template as templates
from emulator.errors import ValidationError


def dependencies(template: dict[str, Any]) -> dict[str, set[str]]:
    resources = template["Resources"]
    found = {}
    for name, declaration in resources.items():
        explicit = declaration.get("DependsOn", [])
        names = {explicit} if isinstance(explicit, str) else set(explicit)
        unknown = names - set(resources)
        if unknown:
            raise ValidationError(
                f"Template format error: Unresolved resource dependencies [{', '.join(sorted(unknown))}]"
            )
        implicit = templates.references(declaration.get("Properties", {}))
        found[name] = (names | set(implicit)) & set(resources) - {name}
    return found


def order(template: dict[str, Any]) -> list[str]:
    waiting = dependencies(template)
    done: list[str] = []
    while waiting:
        ready = [name for name, needs in waiting.items() if needs <= set(done)]
        if not ready:
            raise ValidationError(f"Circular dependency between resources: [{', '.join(sorted(waiting))}]")
        done.append(ready[0])
        del waiting[ready[0]]
    return done


def parallel(template: dict[str, Any], name: str) -> tuple[str, ...]:
    """The resources of the same type that neither wait for this one nor are waited for by it."""
    needs = dependencies(template)

    def reaches(start: str, goal: str, seen: set[str]) -> bool:
        if start == goal:
            return True
        seen.add(start)
        return any(reaches(step, goal, seen) for step in needs[start] - seen)

    kind = template["Resources"][name]["Type"]
    return tuple(
        other
        for other, declaration in template["Resources"].items()
        if other != name
        and declaration["Type"] == kind
        and not reaches(name, other, set())
        and not reaches(other, name, set())
    )
