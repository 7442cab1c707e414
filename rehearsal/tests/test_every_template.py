"""Everything that the library defines, by the templates that AWS would get: all of it against AWS's public schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import every_template
import pytest
from every_template import Synthesized
from shape_checks import differences, known, lost

from emulator.engine import drift
from emulator.engine.resources import Recorded
from emulator.engine.server import Emulator
from emulator.engine.stacks import Stack

# whose templates have all that those of the other profiles have
DEPLOYED = ("root", "audit", "prod", "testing")


def is_deployed(stack: Synthesized) -> bool:
    """A bootstrap wherever something follows it."""
    if stack.name == every_template.BOOTSTRAP:
        return stack.template.name.startswith(tuple(f"acmebootstrap{stage}" for stage in DEPLOYED))
    return stack.name.split("-")[1] in DEPLOYED


def paths(node: Any, path: str) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key != "Ref" and not key.startswith("Fn::"):
                yield f"{path}.{key}"
                yield from paths(value, f"{path}.{key}")
    elif isinstance(node, list):
        for value in node:
            yield from paths(value, path)


def written(stacks: list[Synthesized]) -> set[str]:
    """Each type with each of its properties, at any depth."""
    resources = [
        declared for stack in stacks for declared in json.loads(stack.template.read_text("utf-8"))["Resources"].values()
    ]
    return {path for declared in resources for path in paths(declared.get("Properties", {}), declared["Type"])}


# one test: what it looks at takes long to deploy
def test_everything_is_emulated_as_the_schemas_say(tmp_path):
    every_template.synthesize(tmp_path)
    synthesized = list(every_template.stacks(tmp_path))
    wanted = [stack for stack in synthesized if is_deployed(stack)]
    assert written(synthesized) - written(wanted) == set()
    with Emulator(), pytest.MonkeyPatch.context() as patch:
        deployed = every_template.deploy(wanted, patch)
        failed = [
            f"{stack.name} {event.logical_id}: {event.reason}"
            for stack in deployed
            for event in stack.events
            if event.status.endswith("_FAILED")
        ]
        assert failed == [] and {stack.status for stack in deployed} == {"CREATE_COMPLETE"}
        everything = [item.resource for stack in deployed for item in stack.resources.values()]
        assert [resource.place.type for resource in everything if isinstance(resource, Recorded)] == []
        assert len({resource.place.type for resource in everything}) > 70
        compared(deployed)
        # nobody has changed anything
        drifted = [found for stack in deployed for found in drift.detect(stack) if found.get("PropertyDifferences")]
        assert drifted == []


def compared(stacks: list[Stack]) -> None:
    shapes = [differences(stack) for stack in stacks]
    assert sum(count for count, _ in shapes) > 2_000 and [wrong for _, wrongs in shapes for wrong in wrongs] == []
    names = {account: known(account) for account in {stack.account_id for stack in stacks}}
    read = [lost(stack, names[stack.account_id]) for stack in stacks]
    assert sum(count for count, _ in read) > 2_000 and [wrong for _, wrongs in read for wrong in wrongs] == []
