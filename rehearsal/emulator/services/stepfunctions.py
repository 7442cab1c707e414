"""State machines whose states are functions, as those of the CDK that wait: an execution runs to its end."""

from __future__ import annotations

import json
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.stepfunctions.models import Execution, StateMachine

from emulator.engine import callers, functions
from emulator.engine.handlers import runs
from emulator.engine.identities import role_of

# nothing here takes the time that attempts are for
_ATTEMPTS = 5
# one that goes in a circle would never end
_TRANSITIONS = 100
_start = StateMachine.start_execution


def _start_and_run(machine: StateMachine, *given: Any, **named: Any) -> Execution:
    execution = _start(machine, *given, **named)
    definition = json.loads(machine.definition)
    # what the app starts itself is no part of a deployment
    if callers.asking() is None:
        return execution
    if not all(_is_function(state) for state in definition["States"].values()):
        functions.told(f"state machine {machine.name}", "only states that are functions run here")
        return execution
    _run(machine, definition, execution)
    return execution


def _is_function(state: dict[str, Any]) -> bool:
    known = {"Type", "Resource", "Next", "End", "Retry", "Catch", "Comment", "TimeoutSeconds"}
    return state["Type"] == "Task" and ":function:" in str(state["Resource"]) and state.keys() <= known


def _run(machine: StateMachine, definition: dict[str, Any], execution: Execution) -> None:
    name, value, transitions = definition["StartAt"], json.loads(execution.execution_input), 0
    while name:
        transitions += 1
        if transitions > _TRANSITIONS:
            return functions.told(f"state machine {machine.name}", f"it has not ended after {_TRANSITIONS} states")
        state = definition["States"][name]
        outcome = _task(machine, state, value)
        if outcome.error is None:
            name, value = state.get("Next"), outcome.value
            continue
        error = {"Error": outcome.error.get("errorType"), "Cause": json.dumps(outcome.error)}
        name = next((catch["Next"] for catch in state.get("Catch", []) if _names(catch, error["Error"])), None)
        if name is None:
            execution.status, execution.error, execution.cause = "FAILED", error["Error"], error["Cause"]
            return
        value = error
    execution.status, execution.output = "SUCCEEDED", json.dumps(value)


def _task(machine: StateMachine, state: dict[str, Any], value: Any) -> functions.Outcome:
    arn = str(state["Resource"])
    _, _, _, region, account_id, *_ = arn.split(":")
    role = role_of(machine.roleArn)
    refused = callers.refusal(role, "lambda:InvokeFunction", arn) if role is not None else f"no role {machine.roleArn}"
    if refused:
        return functions.Outcome(error={"errorType": "Lambda.AWSLambdaException", "errorMessage": refused})
    function = lambda_backends[account_id][region].get_function(arn)
    runs(function)
    retries = state.get("Retry", [])
    attempts = 1 + max((int(retry.get("MaxAttempts", 3)) for retry in retries), default=0)
    outcome = functions.Outcome()
    for _ in range(min(attempts, _ATTEMPTS)):
        try:
            outcome = functions.run(function, value)
        except functions.CannotRun as error:
            functions.told(f"function {function.function_name}", error)
            return functions.Outcome()
        if outcome.error is None or not any(_names(retry, outcome.error.get("errorType")) for retry in retries):
            break
    return outcome


def _names(handler: dict[str, Any], error: str | None) -> bool:
    return bool({error, "States.ALL", "States.TaskFailed"} & set(handler["ErrorEquals"]))


StateMachine.start_execution = _start_and_run  # type: ignore[method-assign]
