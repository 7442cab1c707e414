"""Transforms of a template: loops of AWS::LanguageExtensions run, other macros are refused by name.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

import re
from typing import Any

from emulator.engine.errors import ValidationError

_EXTENSIONS = "AWS::LanguageExtensions"
# what this one makes of a rotation, the type does itself
_NOTHING_TO_EXPAND = re.compile(r"AWS::SecretsManager-\d{4}-\d\d-\d\d")
_LOOP = re.compile(r"Fn::ForEach::[A-Za-z0-9]+")
_ITS_FUNCTIONS = ("Fn::Length", "Fn::ToJsonString")
_SECTIONS = ("Conditions", "Resources", "Outputs")


def apply(template: dict[str, Any], given: dict[str, str]) -> dict[str, Any]:
    """The template that CloudFormation deploys."""
    named = template.get("Transform", [])
    names = named if isinstance(named, list) else [named]
    for name in [name if isinstance(name, str) else name.get("Name", "") for name in names]:
        if name != _EXTENSIONS and not _NOTHING_TO_EXPAND.fullmatch(name):
            raise ValidationError(f"the emulator does not run the transform {name}")
    extended = _EXTENSIONS in names
    for section in _SECTIONS:
        _check(template.get(section, {}), extended)
    if not extended:
        return template
    loops = _Loops(template, given)
    made = {key: loops.expand(value) if key in _SECTIONS else value for key, value in template.items()}
    for declared in made["Resources"].values():
        loops.name_policies(declared)
    return made


def _check(node: Any, extended: bool) -> None:
    if isinstance(node, list):
        for item in node:
            _check(item, extended)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "Fn::Transform":
                raise ValidationError(f"the emulator does not run the transform {value.get('Name')}")
            default = key == "Fn::FindInMap" and isinstance(value, list) and len(value) > 3
            if not extended and (key in _ITS_FUNCTIONS or _LOOP.fullmatch(key) or default):
                raise ValidationError(f"Template error: {key} needs the transform {_EXTENSIONS}")
            _check(value, extended)


class _Loops:
    def __init__(self, template: dict[str, Any], given: dict[str, str]) -> None:
        self.parameters, self.mappings = template.get("Parameters", {}), template.get("Mappings", {})
        self.given = given

    def expand(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self.expand(item) for item in node]
        if not isinstance(node, dict):
            return node
        found: dict[str, Any] = {}
        for key, value in node.items():
            for name, made in self._iterations(key, value) if _LOOP.fullmatch(key) else [(key, self.expand(value))]:
                if name in found:
                    raise _failed(f"Duplicate key {name} in the result of {key}")
                found[name] = made
        text = found.get("Fn::Sub") if len(found) == 1 else None
        # a name that the loop has completed
        return text if isinstance(text, str) and "${" not in text else found

    def name_policies(self, declared: dict[str, Any]) -> None:
        """With this transform, they may refer to a parameter."""
        for attribute in ("DeletionPolicy", "UpdateReplacePolicy"):
            if isinstance(declared.get(attribute), dict):
                (declared[attribute],) = self._values(declared[attribute])

    def _iterations(self, loop: str, argument: Any) -> list[tuple[str, Any]]:
        if not isinstance(argument, list) or len(argument) != 3 or not isinstance(argument[2], dict):
            raise _failed("Fn::ForEach layout is incorrect")
        identifier, collection, fragment = argument
        made: list[tuple[str, Any]] = []
        for value in self._values(collection):
            filled = _fill(fragment, str(identifier), value)
            if list(filled) == list(fragment) and not any(_LOOP.fullmatch(key) for key in fragment):
                raise _failed(f"{loop}: the output key needs ${{{identifier}}}")
            made += self.expand(filled).items()
        return made

    def _values(self, collection: Any) -> list[str]:
        if isinstance(collection, list):
            return [value for item in collection for value in self._values(item)]
        if not isinstance(collection, dict):
            return [str(collection)]
        ((function, argument),) = collection.items()
        declared = self.parameters.get(argument, {}) if function == "Ref" else {}
        if declared.get("Type") == "CommaDelimitedList":
            value = self.given.get(argument, declared.get("Default", ""))
            return [item.strip() for item in value.split(",")]
        if declared.get("Type") == "String":
            return [self.given.get(argument, declared.get("Default", ""))]
        if function == "Fn::FindInMap":
            (mapping,), (first,), (second,) = (self._values(part) for part in argument[:3])
            return self._values(self.mappings.get(mapping, {}).get(first, {}).get(second, []))
        raise _failed("Fn::ForEach collection cannot be resolved before the template is deployed")


def _failed(reason: str) -> ValidationError:
    return ValidationError(f"Transform {_EXTENSIONS} failed with: {reason}")


def _fill(node: Any, identifier: str, value: str) -> Any:
    """`&{…}` leaves out what a name may not have."""
    if isinstance(node, str):
        plain = re.sub(r"[^A-Za-z0-9]", "", value)
        return node.replace(f"${{{identifier}}}", value).replace(f"&{{{identifier}}}", plain)
    if isinstance(node, list):
        return [_fill(item, identifier, value) for item in node]
    if not isinstance(node, dict):
        return node
    if node == {"Ref": identifier}:
        return value
    return {_fill(key, identifier, value): _fill(item, identifier, value) for key, item in node.items()}
