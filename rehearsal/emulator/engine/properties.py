"""Whether properties fit AWS's public schema of their type, as CloudFormation checks before it asks the service.

The words are those of aws-cloudformation/cloudformation-resource-schema: no value is shown, only what it had to be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from emulator.engine import shapes
from emulator.engine.resources import Place

Schema = dict[str, Any]
# adds to what is wrong with the value at a path
Check = Callable[[Any, str, list[str]], None]
_PYTHON = {"array": list, "object": dict}
_NAMES = {
    "array": "JSONArray",
    "object": "JSONObject",
    "string": "String",
    "integer": "Integer",
    "number": "Number",
    "boolean": "Boolean",
}
_BOOLEANS = (True, False, "true", "false", "True", "False")


@cache
def _data() -> dict[str, Any]:
    file = Path(__file__).parents[1] / "data" / "properties.json"
    return json.loads(file.read_text("utf-8"))


def _schemas() -> dict[str, Schema]:
    return _data()["types"]


def versions(engine: str) -> list[str]:
    """Of databases that RDS had when the schemas were read."""
    return _data()["versions"].get(engine, [])


def misfits(place: Place, properties: dict[str, Any]) -> str:
    """AWS's words for all that does not fit, or nothing."""
    found: list[str] = []
    _check_of(place.type)(properties, "#", found)
    if not found:
        return ""
    return "\n".join([f"Properties validation failed for resource {place.logical_id} with message:", *found])


def _schema_of(kind: str) -> Schema:
    """In full for types that the library has, else which properties there are and have to be."""
    shape = shapes.of(kind)
    names = {"properties": dict.fromkeys(shape["props"].split(), {}), "additionalProperties": False} if "props" in shape else {}
    return _schemas().get(kind) or {**names, "required": shape.get("needs", [])}


@cache
def _check_of(kind: str) -> Check:
    schema = _schema_of(kind)
    known: dict[str, Check] = {}

    def referred(name: str) -> Check:
        # a definition may contain itself
        def check(value: Any, path: str, found: list[str]) -> None:
            if name not in known:
                known[name] = _compile(schema["definitions"][name], referred)
            known[name](value, path, found)

        return check

    return _compile(schema, referred)


def _compile(schema: Schema, referred: Callable[[str], Check]) -> Check:
    checks: list[Check] = [
        *([referred(schema["$ref"].rsplit("/", 1)[-1])] if "$ref" in schema else []),
        *([_typed(schema["type"])] if "type" in schema else []),
        *(_KEYWORDS[key](schema[key]) for key in schema if key in _KEYWORDS),
        *(_either(key, [_compile(item, referred) for item in schema[key]]) for key in _EITHER if key in schema),
    ]
    if "items" in schema:
        checks.append(_each(_compile(schema["items"], referred)))
    parts = {name: _compile(part, referred) for name, part in schema.get("properties", {}).items()}
    others = [(re.compile(key), _compile(part, referred)) for key, part in schema.get("patternProperties", {}).items()]
    extra = schema.get("additionalProperties")
    rest = _compile(extra, referred) if isinstance(extra, dict) else None
    if parts or others or rest or extra is False:
        checks.append(_members(parts, others, rest, extra is not False))

    def check(value: Any, path: str, found: list[str]) -> None:
        for part in checks:
            part(value, path, found)

    return check


def _typed(wanted: str | list[str]) -> Check:
    kinds = [wanted] if isinstance(wanted, str) else wanted

    def check(value: Any, path: str, found: list[str]) -> None:
        if not any(_is(kind, value) for kind in kinds):
            actual = next((name for kind, name in _NAMES.items() if _is_exactly(kind, value)), "Null")
            found.append(f"{path}: expected type: {_NAMES.get(kinds[0], kinds[0])}, found: {actual}")

    return check


def _is(kind: str, value: Any) -> bool:
    """CloudFormation makes numbers, booleans and strings of each other."""
    if kind in _PYTHON:
        return isinstance(value, _PYTHON[kind])
    if kind == "string":
        return isinstance(value, (str, int, float))
    if kind == "boolean":
        return value in _BOOLEANS and not isinstance(value, (dict, list))
    number = _number(value)
    return number is not None and (kind == "number" or number == int(number))


def _is_exactly(kind: str, value: Any) -> bool:
    python = {**_PYTHON, "string": str, "integer": int, "number": float, "boolean": bool}[kind]
    return type(value) is python


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else str(value) if isinstance(value, (int, float)) else None


def _constraint(keyword: str, fits: Callable[[Any], bool]) -> Check:
    def check(value: Any, path: str, found: list[str]) -> None:
        if not fits(value):
            found.append(f"{path}: failed validation constraint for keyword [{keyword}]")

    return check


def _numeric(keyword: str, fits: Callable[[float, float], bool]) -> Callable[[Any], Check]:
    return lambda limit: _constraint(keyword, lambda value: (number := _number(value)) is None or fits(number, limit))


def _pattern(text: str) -> Check:
    pattern = re.compile(text)
    return _constraint("pattern", lambda value: not isinstance(value, str) or pattern.search(value) is not None)


def _enum(allowed: list[Any]) -> Check:
    names = {str(item) for item in allowed} | {str(item).lower() for item in allowed if isinstance(item, bool)}
    return _constraint("enum", lambda value: isinstance(value, (dict, list)) or str(value) in names)


def _sized(kind: type, words: str, is_too_much: Callable[[int, int], bool]) -> Callable[[int], Check]:
    def make(limit: int) -> Check:
        def check(value: Any, path: str, found: list[str]) -> None:
            measured = _text(value) if kind is str else value
            if isinstance(measured, kind) and is_too_much(len(measured), limit):  # type: ignore[arg-type]
                found.append(f"{path}: {words.format(limit, len(measured))}")  # type: ignore[arg-type]

        return check

    return make


def _unique(wanted: bool) -> Check:
    def check(value: Any, path: str, found: list[str]) -> None:
        if (
            wanted
            and isinstance(value, list)
            and len({json.dumps(item, sort_keys=True) for item in value}) < len(value)
        ):
            found.append(f"{path}: array items are not unique")

    return check


def _required(names: list[str]) -> Check:
    def check(value: Any, path: str, found: list[str]) -> None:
        if isinstance(value, dict):
            found += [f"{path}: required key [{name}] not found" for name in names if name not in value]

    return check


def _each(item: Check) -> Check:
    def check(value: Any, path: str, found: list[str]) -> None:
        for number, part in enumerate(value if isinstance(value, list) else ()):
            item(part, f"{path}/{number}", found)

    return check


def _members(
    parts: dict[str, Check], others: list[tuple[re.Pattern[str], Check]], rest: Check | None, is_open: bool
) -> Check:
    def check(value: Any, path: str, found: list[str]) -> None:
        for name, part in value.items() if isinstance(value, dict) else ():
            checks = [parts[name]] if name in parts else [other for key, other in others if key.search(name)]
            if not checks and rest is not None:
                checks = [rest]
            if not checks and not is_open:
                found.append(f"{path}: extraneous key [{name}] is not permitted")
            for inner in checks:
                inner(part, f"{path}/{name}", found)

    return check


def _either(keyword: str, options: list[Check]) -> Check:
    def check(value: Any, path: str, found: list[str]) -> None:
        count = len(options) - sum(bool(_found_by(option, value, path)) for option in options)
        words = _EITHER[keyword](count, len(options))
        if words:
            found.append(f"{path}: #: {words}")

    return check


def _found_by(check: Check, value: Any, path: str) -> list[str]:
    found: list[str] = []
    check(value, path, found)
    return found


_EITHER: dict[str, Callable[[int, int], str]] = {
    "allOf": lambda count, total: "" if count == total else f"only {count} subschema matches out of {total}",
    "anyOf": lambda count, total: "" if count else f"no subschema matched out of the total {total} subschemas",
    "oneOf": lambda count, _: "" if count == 1 else f"{count} subschemas matched instead of one",
}
_KEYWORDS: dict[str, Callable[[Any], Check]] = {
    "pattern": _pattern,
    "enum": _enum,
    "const": lambda value: _constraint("const", lambda given: str(given) == str(value)),
    "minimum": _numeric("minimum", lambda number, limit: number >= limit),
    "maximum": _numeric("maximum", lambda number, limit: number <= limit),
    "multipleOf": _numeric("multipleOf", lambda number, limit: number % limit == 0),
    "minLength": _sized(str, "expected minLength: {}, actual: {}", lambda length, limit: length < limit),
    "maxLength": _sized(str, "expected maxLength: {}, actual: {}", lambda length, limit: length > limit),
    "minItems": _sized(list, "expected minimum item count: {}, found: {}", lambda length, limit: length < limit),
    "maxItems": _sized(list, "expected maximum item count: {}, found: {}", lambda length, limit: length > limit),
    "uniqueItems": _unique,
    "required": _required,
}
