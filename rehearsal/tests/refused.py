"""For each rule of refusals.json that one template shows: what AWS refuses, and its neighbour that AWS accepts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

Template = dict[str, Any]


@dataclass(frozen=True)
class Case:
    refused: Template | str
    accepted: Template | str
    # deployed before, as the stack of the same name, and as another one
    before: Template | None = None
    beside: Template | None = None
    parameters: dict[str, str] = field(default_factory=dict)


def made(kind: str, **properties: Any) -> Template:
    return {"Type": kind, "Properties": properties}


def template(**resources: Template) -> Template:
    return {"Resources": resources}


def many(count: int) -> Template:
    return template(**{f"P{number}": HANDLE for number in range(count)})


def outputs(count: int) -> Template:
    return {**many(1), "Outputs": {f"O{number}": {"Value": "v"} for number in range(count)}}


def parameters(count: int) -> Template:
    return {**many(1), "Parameters": {f"P{number}": {"Type": "String", "Default": "v"} for number in range(count)}}


def padded(length: int) -> str:
    body = json.dumps(many(1))
    return body + " " * (length - len(body))


def secrets(count: int) -> Template:
    secret = made("AWS::SecretsManager::Secret", Name="s", SecretString="v")
    reader = made("AWS::SSM::Parameter", Type="String", Value="{{resolve:secretsmanager:s}}" * count)
    return template(S=secret, R={**reader, "DependsOn": "S"})


HANDLE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}

CASES: dict[str, Case] = {
    "resources-of-a-template": Case(many(501), many(500)),
    "outputs-of-a-template": Case(outputs(201), outputs(200)),
    "parameters-of-a-template": Case(parameters(201), parameters(200)),
    "inline-template-size": Case(padded(51_201), padded(51_200)),
    "dynamic-references-of-a-template": Case(secrets(61), secrets(60)),
    "template-description-size": Case({**many(1), "Description": "d" * 1025}, {**many(1), "Description": "d" * 1024}),
    "logical-id-alphabet": Case({"Resources": {"a-b": HANDLE}}, {"Resources": {"aB1": HANDLE}}),
    "output-name-alphabet": Case(
        {**many(1), "Outputs": {"a-b": {"Value": "v"}}}, {**many(1), "Outputs": {"aB1": {"Value": "v"}}}
    ),
    "template-sections": Case({**many(1), "Resource": {}}, {**many(1), "Metadata": {}}),
    "resource-type-given": Case({"Resources": {"A": {"Properties": {}}}}, many(1)),
    "deletion-policies": Case(
        template(A={**HANDLE, "DeletionPolicy": "Keep"}), template(A={**HANDLE, "DeletionPolicy": "RetainExceptOnCreate"})
    ),
    "replacement-policies": Case(
        template(A={**HANDLE, "UpdateReplacePolicy": "RetainExceptOnCreate"}),
        template(A={**HANDLE, "UpdateReplacePolicy": "Retain"}),
    ),
}
