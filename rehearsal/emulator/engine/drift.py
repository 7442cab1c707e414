"""Drift: what a stack gave its resources, against what they are now.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from emulator.engine import shapes
from emulator.engine.errors import reason_of
from emulator.engine.reads import can_read, read
from emulator.engine.resources import Recorded
from emulator.engine.stacks import Deployed, Stack, now
from emulator.engine.values import expand

_SECURE = ("{{resolve:secretsmanager:", "{{resolve:ssm-secure:")


def detect(stack: Stack) -> list[dict[str, Any]]:
    """One for each resource that was checked: those whose types do not support it are left out, as AWS does."""
    return [
        {
            "StackId": stack.id,
            "LogicalResourceId": name,
            "PhysicalResourceId": deployed.resource.physical_id,
            "ResourceType": deployed.resource.place.type,
            "Timestamp": now(),
            **_compared(stack, deployed),
        }
        for name, deployed in stack.resources.items()
        if shapes.is_readable(deployed.resource.place.type)
    ]


def status(drifts: list[dict[str, Any]]) -> str:
    found = {drift["StackResourceDriftStatus"] for drift in drifts}
    if found & {"MODIFIED", "DELETED"}:
        return "DRIFTED"
    return "UNKNOWN" if "UNKNOWN" in found else "IN_SYNC"


def _compared(stack: Stack, deployed: Deployed) -> dict[str, Any]:
    kind = deployed.resource.place.type
    if isinstance(deployed.resource, Recorded) or not can_read(kind):
        return {"StackResourceDriftStatus": "UNKNOWN", "DriftStatusReason": f"the emulator does not read {kind} back"}
    given = {name: expand(stack, value) for name, value in deployed.properties.items() if not _is_secure(value)}
    try:
        found = {_plain(name): _own(value) for name, value in read(deployed.resource).items()}
    except LookupError:
        return {"StackResourceDriftStatus": "DELETED", "ExpectedProperties": json.dumps(given)}
    except Exception as error:
        return {"StackResourceDriftStatus": "UNKNOWN", "DriftStatusReason": reason_of(error)}
    differences = [
        difference
        for name, value in given.items()
        if _plain(name) in found
        for difference in _differences(value, found[_plain(name)], f"/{name}")
    ]
    actual = {name: found.get(_plain(name), value) for name, value in given.items()}
    return {
        "StackResourceDriftStatus": "MODIFIED" if differences else "IN_SYNC",
        "ExpectedProperties": json.dumps(given),
        "ActualProperties": json.dumps(actual, default=str),
        "PropertyDifferences": differences,
    }


def _own(value: Any) -> Any:
    """Without the tags that CloudFormation adds, which no template has."""
    if not isinstance(value, list):
        return value
    return [item for item in value if not (isinstance(item, dict) and str(item.get("Key", "")).startswith("aws:"))]


def _is_secure(value: Any) -> bool:
    text = json.dumps(value)
    return any(start in text for start in _SECURE)


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _differences(given: Any, found: Any, path: str) -> Iterator[dict[str, Any]]:
    """What an answer does not tell of a structure is not known to differ."""
    given, found = _parsed(given), _parsed(found)
    if found is None:
        yield _difference(path, given, None, "REMOVE")
    elif isinstance(given, dict) and isinstance(found, dict):
        names = {_plain(name): name for name in found}
        for name, value in given.items():
            if _plain(name) in names:
                yield from _differences(value, found[names[_plain(name)]], f"{path}/{name}")
    elif isinstance(given, list) and isinstance(found, list):
        yield from _list_differences(given, found, path)
    elif isinstance(given, (dict, list)) or isinstance(found, (dict, list)):
        # in another form than it was given
        return
    elif _text(given) != _text(found):
        yield _difference(path, given, found, "NOT_EQUAL")


def _list_differences(given: list[Any], found: list[Any], path: str) -> Iterator[dict[str, Any]]:
    left = list(found)
    for index, value in enumerate(given):
        same = next((item for item in left if not list(_differences(value, item, ""))), None)
        if same is None:
            yield _difference(f"{path}/{index}", value, None, "REMOVE")
        else:
            left.remove(same)
    for index, value in enumerate(left, len(given)):
        yield _difference(f"{path}/{index}", None, value, "ADD")


def _difference(path: str, expected: Any, actual: Any, kind: str) -> dict[str, Any]:
    return {
        "PropertyPath": path,
        "ExpectedValue": _shown(expected),
        "ActualValue": _shown(actual),
        "DifferenceType": kind,
    }


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _text(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    # domain names end in a dot or not
    return (text[:-2] if text.endswith(".0") else text).rstrip(".").lower() if text else text
