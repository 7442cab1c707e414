"""The file of `--world`, checked against its schema: all mistakes at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal.existing import place
from rehearsal.failure import Failure

if TYPE_CHECKING:
    from jsonschema import ValidationError

SCHEMA = Path(__file__).parents[2] / "world.schema.json"


def read(path: Path) -> dict[str, Any]:
    # who gives no world does not wait for it
    from jsonschema import Draft7Validator

    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Failure(f"--world '{path}': {error.strerror}") from error
    except ValueError as error:
        raise Failure(f"--world '{path}' is not JSON: {error}") from error
    errors = Draft7Validator(json.loads(SCHEMA.read_text("utf-8"))).iter_errors(content)
    mistakes = [line for error in sorted(errors, key=lambda error: error.json_path) for line in _told(error)]
    refuse(path, mistakes or list(_doubles(content, (), {})))
    return content


def refuse(path: Path, mistakes: list[str]) -> None:
    if mistakes:
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        raise Failure(f"--world '{path}' has {count}:\n" + "\n".join(f"  {line}" for line in mistakes))


def _told(error: ValidationError) -> Iterator[str]:
    where, received, schema = place.text(tuple(error.absolute_path)), json.dumps(error.instance), error.schema
    if error.validator == "additionalProperties":
        known = schema.get("properties", {})
        for name in sorted(set(error.instance) - set(known)):
            yield f"{where}: '{name}' is unknown: use one of {', '.join(sorted(known))}"
    elif error.validator == "required":
        missing = sorted(set(error.validator_value) - set(error.instance))
        yield f"{where}: {', '.join(missing)} missing, received {_cut(received)}: give it"
    elif error.validator == "enum":
        yield f"{where}: received {_cut(received)}: use one of {', '.join(error.validator_value)}"
    else:
        yield f"{where}: received {_cut(received)}: give {schema.get('description') or _expected(error)}"


def _expected(error: ValidationError) -> str:
    if error.validator == "anyOf":
        return "a text, or an object with value and type"
    if error.validator == "type":
        return {"object": "an object", "array": "a list", "string": "a text"}.get(error.validator_value, "a number")
    return f"what fits {error.validator} {error.validator_value}"


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _doubles(node: Any, path: place.Path, seen: dict[str, str]) -> Iterator[str]:
    """Things that have the id, ARN or e-mail address of another one."""
    if isinstance(node, dict) and node.keys() != {"id", "region"}:
        for name in ("id", "arn", "email"):
            if isinstance(value := node.get(name), str):
                where = place.text(path)
                if value.lower() in seen:
                    yield f"{where}: received {name} '{value}', as {seen[value.lower()]} has it: give each its own"
                seen.setdefault(value.lower(), where)
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key not in ("properties", "content", "trust", "policies", "policy"):
            yield from _doubles(value, (*path, key), seen)
