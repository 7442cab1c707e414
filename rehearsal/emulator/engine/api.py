"""Types whose properties are the arguments of an API call, as most are: the call's own shape says how."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, ClassVar

from emulator.engine.resources import Resource

Properties = dict[str, Any]


def fit(client: Any, operation: str, properties: Properties) -> Properties:
    """The part of the properties that the operation takes, in its spelling and its types."""
    model = client.meta.service_model
    shape = model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape
    return _fit(shape, properties)


def _fit(shape: Any, value: Any) -> Any:
    kind = shape.type_name
    if kind == "structure":
        members = {name.lower(): name for name in shape.members}
        found = {members[key.lower()]: item for key, item in value.items() if key.lower() in members}
        return {
            key: _fit(shape.members[key], item)
            for key, item in found.items()
            # CloudFormation leaves out a list that the call wants filled
            if not (item == [] and shape.members[key].metadata.get("min", 0) > 0)
        }
    if kind == "list":
        return _list(shape.member, value)
    if kind == "map":
        if isinstance(value, list):  # tags
            value = {tag["Key"]: tag["Value"] for tag in value}
        return {key: _fit(shape.value, item) for key, item in value.items()}
    return _scalar(kind, value)


def _list(member: Any, value: Any) -> list[Any]:
    if member.type_name == "structure":
        names = list(member.members)
        if isinstance(value, dict):
            value = [{"Key": key, "Value": item} for key, item in value.items()]
        if {name.lower() for name in names} == {"tagkey", "tagvalue"}:
            value = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in value]
    return [_fit(member, item) for item in (value if isinstance(value, list) else [value])]


def _scalar(kind: str, value: Any) -> Any:
    if kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("float", "double"):
        return float(value)
    if kind == "string":
        if isinstance(value, bool):
            return str(value).lower()
        return value if isinstance(value, str) else json.dumps(value) if isinstance(value, (dict, list)) else str(value)
    return value


def tags_of(properties: Properties) -> dict[str, str]:
    tags = properties.get("Tags", {})
    return dict(tags) if isinstance(tags, dict) else {tag["Key"]: tag["Value"] for tag in tags}


class ApiResource(Resource):
    """One call each to create, change and delete. What a subclass leaves out, AWS has not."""

    service: ClassVar[str] = ""
    make: ClassVar[str] = ""
    # without one, every change is a replacement
    change: ClassVar[str] = ""
    remove: ClassVar[str] = ""
    # the argument that names the resource, in the calls that change and delete it
    key: ClassVar[str] = ""
    # the property that is the name, if the caller may choose it
    name: ClassVar[str] = ""
    # where the answer tells the physical id: a path of keys
    identity: ClassVar[tuple[str, ...]] = ()
    # attribute of CloudFormation -> path in the answer
    answers: ClassVar[dict[str, tuple[str, ...]]] = {}
    # property -> argument, where the two names differ
    renamed: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls) -> None:
        if cls.name and cls.name not in cls.create_only:
            cls.create_only = (*cls.create_only, cls.name)

    @property
    def client(self) -> Any:
        return self.api(self.service)

    def call(self, operation: str, properties: Properties | None = None, **more: Any) -> Any:
        given = {self.renamed.get(key, key): value for key, value in (properties or {}).items()}
        return getattr(self.client, operation)(**fit(self.client, operation, {**given, **more}))

    def default_name(self) -> str:
        return self.place.name

    def create(self, properties: Properties) -> None:
        if self.name and self.name not in properties:
            properties = {**properties, self.name: self.default_name()}
        answer = self.call(self.make, self.arguments(properties))
        self.physical_id = str(_at(answer, self.identity)) if self.identity else str(properties[self.name])
        self.read(answer)
        self.created(properties)

    def arguments(self, properties: Properties) -> Properties:
        return properties

    def created(self, properties: Properties) -> None:
        """What takes further calls."""

    def read(self, answer: Any) -> None:
        for attribute, path in self.answers.items():
            value = _at(answer, path)
            if value is not None:
                self.attributes[attribute] = value.isoformat() if isinstance(value, datetime) else value

    def update(self, properties: Properties, before: Properties) -> None:
        if not self.change:
            self.delete(before)
            self.create(properties)
            return
        tags = {"Tags", "TagList"}
        if any(properties.get(key) != before.get(key) for key in {*properties, *before} - tags):
            self.read(self.call(self.change, self.arguments(properties), **self.own_key()))
        self.updated(properties, before)

    def updated(self, properties: Properties, before: Properties) -> None:
        """What takes further calls."""

    def delete(self, properties: Properties) -> None:
        self.call(self.remove, **self.own_key())

    def own_key(self) -> Properties:
        return {self.key: self.physical_id} if self.key else {}


def _at(answer: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if isinstance(answer, list):
            answer = answer[int(step)] if int(step) < len(answer) else None
        elif isinstance(answer, dict):
            answer = answer.get(step)
        else:
            return None
    return answer
