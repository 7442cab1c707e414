"""Roles and definitions of state machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from emulator.engine.conditions import NotUnderstood
from emulator.engine.identities import role_of
from emulator.engine.policies import Request, allows, as_list
from emulator.engine.refusals import Asked, refuses

# https://docs.aws.amazon.com/step-functions/latest/dg/workflow-states.html
_GO_ON = ("Pass", "Task", "Wait", "Parallel", "Map")
_TYPES = (*_GO_ON, "Choice", "Succeed", "Fail")


@refuses("AWS::StepFunctions::StateMachine")
def role(asked: Asked) -> Iterator[str]:
    arn, place = str(asked.properties.get("RoleArn", "")), asked.place
    found = role_of(arn) if arn.startswith("arn:") and arn.split(":")[4] == place.account_id else None
    if found is None:
        return
    context = {"aws:SourceAccount": place.account_id}
    services = (f"states.{place.region}.amazonaws.com", "states.amazonaws.com")
    requests = [Request("sts:AssumeRole", arn, {"Service": service}, context) for service in services]
    try:
        if not any(allows(found.assume_role_policy_document, request) for request in requests):
            yield (
                "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to "
                "assume the provided role."
            )
    except NotUnderstood:
        return


@refuses("AWS::StepFunctions::StateMachine")
def definition(asked: Asked) -> Iterator[str]:
    text = asked.properties.get("DefinitionString")
    # substitutions stand for what the definition says
    if not isinstance(text, str) or asked.properties.get("DefinitionSubstitutions"):
        return
    try:
        problem = next(_problems(json.loads(text), ""), None)
    except ValueError:
        problem = "INVALID_JSON_DESCRIPTION: the definition is not JSON"
    if problem:
        yield f"Invalid State Machine Definition: '{problem}'"


def _problems(machine: Any, path: str) -> Iterator[str]:
    states = machine.get("States") if isinstance(machine, dict) else None
    if not isinstance(states, dict) or "StartAt" not in machine:
        yield f"SCHEMA_VALIDATION_FAILED: StartAt and States are required at {path or '/'}"
        return
    if machine["StartAt"] not in states:
        yield f"MISSING_TRANSITION_TARGET: Missing 'StartAt' target: {machine['StartAt']} at {path}/StartAt"
    for name, state in states.items():
        for key, target in _targets(state):
            if target not in states:
                yield f"MISSING_TRANSITION_TARGET: Missing '{key}' target: {target} at {path}/States/{name}/{key}"
        if state.get("Type") not in _TYPES:
            yield f"SCHEMA_VALIDATION_FAILED: Value is not a valid type of state at {path}/States/{name}/Type"
        elif state["Type"] in _GO_ON and "Next" not in state and not state.get("End"):
            yield f"SCHEMA_VALIDATION_FAILED: Exactly one of 'Next', 'End' is required at {path}/States/{name}"
        inner = [state.get("Iterator"), state.get("ItemProcessor"), *as_list(state.get("Branches"))]
        for number, machine_inside in enumerate(filter(None, inner)):
            yield from _problems(machine_inside, f"{path}/States/{name}/{number}")


def _targets(state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("Next", "Default"):
        if key in state:
            yield key, state[key]
    for part in (*as_list(state.get("Catch")), *as_list(state.get("Choices"))):
        if "Next" in part:
            yield "Next", part["Next"]
