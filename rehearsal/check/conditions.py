"""Conditions of a template, as far as they are known before it is deployed."""

from __future__ import annotations

import json
from typing import Any

from check.app import literal


def holds(condition: Any, conditions: dict[str, Any], parameters: dict[str, str]) -> bool | None:
    """Whether a condition of a template is so; nothing if that is known only when it is deployed."""

    def inner(part: Any) -> bool | None:
        return holds(part, conditions, parameters)

    match condition:
        case bool():
            return condition
        case {"Condition": str(name)}:
            return inner(conditions.get(name))
        case {"Fn::Not": [part]}:
            return None if (found := inner(part)) is None else not found
        case {"Fn::And": [*parts]}:
            found_all = [inner(part) for part in parts]
            return False if False in found_all else None if None in found_all else True
        case {"Fn::Or": [*parts]}:
            found_any = [inner(part) for part in parts]
            return True if True in found_any else None if None in found_any else False
        case {"Fn::Equals": [one, other]}:
            sides = [literal(value, "", "", parameters) for value in (one, other)]
            elsewhere = any(word in json.dumps(condition) for word in ("AWS::AccountId", "AWS::Region"))
            return None if elsewhere or None in sides else sides[0] == sides[1]
    return None
