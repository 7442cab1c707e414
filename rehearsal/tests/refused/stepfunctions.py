"""What Step Functions refuses, and neighbours that it accepts."""

from __future__ import annotations

import json
from typing import Any

from refused.case import Case, Template, by, made, template, trusted


def machine(**definition: Any) -> Template:
    text = json.dumps(definition)
    made_of = {"RoleArn": {"Fn::GetAtt": ["R", "Arn"]}, "DefinitionString": text}
    return template(R=trusted(by("states")), S=made("AWS::StepFunctions::StateMachine", **made_of))


def machine_of(trust: str) -> Template:
    body = machine(StartAt="X", States={"X": {"Type": "Pass", "End": True}})
    return {"Resources": {**body["Resources"], "R": trusted(by(trust))}}


CASES: dict[str, Case] = {
    "state-machine": Case(
        machine(StartAt="X", States={}), machine(StartAt="X", States={"X": {"Type": "Pass", "End": True}})
    ),
    "state-machine-target": Case(
        machine(StartAt="X", States={"X": {"Type": "Pass", "Next": "Y"}}),
        machine(StartAt="X", States={"X": {"Type": "Pass", "Next": "Y"}, "Y": {"Type": "Succeed"}}),
    ),
    "state-without-end": Case(
        machine(StartAt="X", States={"X": {"Type": "Pass"}}),
        machine(StartAt="X", States={"X": {"Type": "Pass", "End": True}}),
    ),
    "state-type": Case(
        machine(StartAt="X", States={"X": {"Type": "Run", "End": True}}),
        machine(StartAt="X", States={"X": {"Type": "Pass", "End": True}}),
    ),
    "state-machine-role": Case(machine_of("lambda"), machine_of("states")),
}
