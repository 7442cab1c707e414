"""May this principal do this? A small IAM evaluation, for the policies that AWS checks at creation."""

from __future__ import annotations

import fnmatch
import json
from dataclasses import dataclass, field
from typing import Any

_VERSIONS = ("2008-10-17", "2012-10-17")


@dataclass(frozen=True)
class Request:
    action: str
    resource: str
    # {'Service': 'cloudtrail.amazonaws.com'}, {'AWS': account id} or {'AWS': ARN of a role}
    principal: dict[str, str]
    context: dict[str, str] = field(default_factory=dict)


def allows(policy: str | bytes | dict[str, Any] | None, request: Request) -> bool:
    if not policy:
        return False
    document = policy if isinstance(policy, dict) else json.loads(policy)
    effects = {statement["Effect"] for statement in _list(document.get("Statement")) if applies(statement, request)}
    return "Allow" in effects and "Deny" not in effects


def applies(statement: dict[str, Any], request: Request) -> bool:
    return (
        _principal(statement, request.principal)
        and _matches_either(statement, "Action", request.action, ignore_case=True)
        and _matches_either(statement, "Resource", request.resource)
        and _conditions(statement.get("Condition", {}), request.context)
    )


def is_resource_policy(document: Any) -> bool:
    """Whether it has the parts that a policy of a resource must have, whatever they say."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return False
    statements = _list(document.get("Statement")) if isinstance(document, dict) else []
    return (
        bool(statements)
        and document.get("Version", _VERSIONS[0]) in _VERSIONS
        and all(isinstance(statement, dict) and _is_whole(statement) for statement in statements)
    )


def _is_whole(statement: dict[str, Any]) -> bool:
    return statement.get("Effect") in ("Allow", "Deny") and all(
        (key in statement) != (f"Not{key}" in statement) for key in ("Principal", "Action")
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _like(pattern: str, value: str) -> bool:
    return fnmatch.fnmatchcase(value, pattern.replace("[", "[[]"))


def _matches_either(statement: dict[str, Any], key: str, value: str, ignore_case: bool = False) -> bool:
    if ignore_case:
        value = value.lower()
    patterns = _list(statement.get(key, statement.get(f"Not{key}", "*")))
    matched = any(_like(str(pattern).lower() if ignore_case else str(pattern), value) for pattern in patterns)
    return matched if f"Not{key}" not in statement else not matched


def _principal(statement: dict[str, Any], principal: dict[str, str]) -> bool:
    if "NotPrincipal" in statement:
        return not _names(statement["NotPrincipal"], principal)
    return _names(statement.get("Principal"), principal)


def _names(declared: Any, principal: dict[str, str]) -> bool:
    if declared == "*":
        return True
    if not isinstance(declared, dict):
        return False
    ((kind, name),) = principal.items()
    # who calls as a role may be named by the role or by its account
    account = name.split(":")[4] if name.startswith("arn:") else ""
    for value in map(str, _list(declared.get(kind))):
        if value in ("*", name) or kind == "AWS" and value.split(":")[4:5] == [name]:
            return True
        if account and (value == account or value.endswith(f"::{account}:root")):
            return True
    return False


def _conditions(conditions: dict[str, Any], context: dict[str, str]) -> bool:
    known = {key.lower(): value for key, value in context.items()}
    return all(
        _condition(operator, known.get(key.lower()), [str(item) for item in _list(expected)])
        for operator, keys in conditions.items()
        for key, expected in keys.items()
    )


def _condition(operator: str, actual: str | None, expected: list[str]) -> bool:
    name = operator.split(":")[-1]
    if name == "Null":
        return (actual is None) == (expected[0].lower() == "true")
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    negated = "Not" in name
    if actual is None:
        return if_exists or negated
    if name == "Bool":
        return actual.lower() == expected[0].lower()
    if "Like" in name or name.startswith("Arn"):
        found = any(_like(value, actual) for value in expected)
    elif "IgnoreCase" in name:
        found = actual.lower() in [value.lower() for value in expected]
    else:
        found = actual in expected
    return found != negated
