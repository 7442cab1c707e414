"""Stack policies: a stack without one allows all updates of its resources, with one only what it says."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from emulator.engine.errors import ResourceFailure, ValidationError


def read(body: str) -> list[dict[str, Any]]:
    try:
        policy = json.loads(body)
        statements = policy["Statement"]
        statements = statements if isinstance(statements, list) else [statements]
        valid = all(statement["Effect"] in ("Allow", "Deny") for statement in statements)
    except (ValueError, KeyError, TypeError):
        valid, statements = False, []
    if not valid:
        raise ValidationError("Error validating stack policy: Invalid stack policy")
    return statements


def check(body: str, action: str, logical_id: str, kind: str) -> None:
    """`action` is one of Modify, Replace and Delete."""
    if not body:
        return
    update, allowed = f"Update:{action}", False
    for number, statement in enumerate(read(body), 1):
        if not _applies(statement, update, f"LogicalResourceId/{logical_id}", kind):
            continue
        if statement["Effect"] == "Deny":
            raise ResourceFailure(
                f"Action denied by stack policy: Statement [#{number}] does not allow [{update}] "
                f"for resource [LogicalResourceId/{logical_id}]"
            )
        allowed = True
    if not allowed:
        raise ResourceFailure(
            f"Action denied by stack policy: No statement allows [{update}] "
            f"for resource [LogicalResourceId/{logical_id}]"
        )


def _applies(statement: dict[str, Any], action: str, resource: str, kind: str) -> bool:
    return (
        _named(statement, "Action", action.lower(), str.lower)
        and _named(statement, "Resource", resource, str)
        and _fits_type(statement.get("Condition", {}), kind)
    )


def _named(statement: dict[str, Any], element: str, value: str, spelt: Any) -> bool:
    if f"Not{element}" in statement:
        return not any(fnmatchcase(value, spelt(item)) for item in _list(statement[f"Not{element}"]))
    return any(fnmatchcase(value, spelt(item)) for item in _list(statement.get(element, [])))


def _fits_type(condition: dict[str, Any], kind: str) -> bool:
    """Types of resources are all that a condition may name here."""
    return all(
        any(
            fnmatchcase(kind, item) if operator == "StringLike" else kind == item
            for item in _list(values["ResourceType"])
        )
        for operator, values in condition.items()
    )


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
