"""Everything that the library defines, by the templates that AWS would get: all of it against AWS's public schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import every_template
import pytest
from every_template import Synthesized
from shape_checks import differences, known, lost

from emulator.engine import deployment, drift
from emulator.engine.aws import client
from emulator.engine.resources import Recorded
from emulator.engine.server import Emulator
from emulator.engine.stacks import Stack, cloudformation_backends

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


def reasons(stack: Stack) -> list[str]:
    return [
        f"{stack.name} {event.logical_id}: {event.reason}" for event in stack.events if event.status.endswith("_FAILED")
    ]


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory) -> list[Synthesized]:
    folder = tmp_path_factory.mktemp("services")
    every_template.synthesize(folder)
    return list(every_template.stacks(folder))


# one test: what it looks at takes long to deploy
def test_everything_is_emulated_as_the_schemas_say(synthesized):
    wanted = [stack for stack in synthesized if is_deployed(stack)]
    assert written(synthesized) - written(wanted) == set()
    with Emulator(), pytest.MonkeyPatch.context() as patch:
        deployed = every_template.deploy(wanted, patch)
        assert [reason for stack in deployed for reason in reasons(stack)] == [] and {stack.status for stack in deployed} == {"CREATE_COMPLETE"}
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


def create(stack: Synthesized, template: dict[str, Any]) -> Stack:
    created = cloudformation_backends[stack.account][stack.region].new_stack(stack.name)
    deployment.Deployment(created, json.dumps(template), {}).create()
    return created


def without(synthesized: list[Synthesized], stage: str, last: str) -> Synthesized:
    """One stack of a stage, after those that it needs."""
    *before, wanted = (
        next(stack for stack in synthesized if stack.name == f"acme-{stage}-{name}")
        for name in ("access", "network", last)
    )
    with pytest.MonkeyPatch.context() as patch:
        every_template.deploy(before, patch)
    every_template.publish(wanted)
    return wanted


def failing(template: dict[str, Any]) -> dict[str, Any]:
    """With a resource that AWS refuses after all others are there."""
    resources = template["Resources"]
    refused = {"Type": "String", "Name": "/aws/reserved", "Value": "refused"}
    late = {"Type": "AWS::SSM::Parameter", "Properties": refused, "DependsOn": list(resources)}
    return {**template, "Resources": {**resources, "Late": late}}


@pytest.mark.parametrize("name", ["data", "kubernetes"])
def test_what_is_protected_and_left_by_a_failed_creation_is_not_in_the_way_of_the_next(synthesized, name):
    with Emulator():
        wanted = without(synthesized, "prod", name)
        template = json.loads(wanted.template.read_text("utf-8"))
        failed = create(wanted, failing(template))
        assert failed.status.startswith("ROLLBACK_")
        # as the CLI does with what has never been created
        deployment.delete(failed)
        assert failed.is_deleted, reasons(failed)
        again = create(wanted, template)
        assert again.status == "CREATE_COMPLETE", reasons(again)


def test_a_log_group_that_eks_writes_again_is_not_in_the_way_of_the_next_cluster(synthesized):
    with Emulator():
        wanted = without(synthesized, "testing", "kubernetes")
        template = json.loads(wanted.template.read_text("utf-8"))
        first = create(wanted, template)
        assert first.status == "CREATE_COMPLETE"
        [group] = [
            item.resource for item in first.resources.values() if item.resource.place.type == "AWS::Logs::LogGroup"
        ]
        deployment.delete(first)
        assert first.is_deleted
        client("logs", wanted.account, wanted.region).create_log_group(logGroupName=group.physical_id)
        assert create(wanted, template).status == "CREATE_COMPLETE"
