"""Custom::AWS: the AWS call that a template describes, made for real against the emulated AWS."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from emulator.engine import aws, callers, sdk
from emulator.engine.callers import Caller
from emulator.engine.errors import ResourceFailure
from emulator.engine.handlers import asker, function_of, missing_attribute, ran, runs
from emulator.engine.resources import Resource, register


def _api(client: Any, call: dict[str, Any]) -> str:
    """'enableAWSServiceAccess' and 'EnableAWSServiceAccessCommand' are the same operation."""
    wanted = re.sub(r"command$", "", call["action"].lower())
    for name in client.meta.service_model.operation_names:
        if name.lower() == wanted:
            return str(name)
    raise ResourceFailure(f"{client.meta.service_model.service_name} has no operation {call['action']}")


@register
class AwsCustomResource(Resource):
    type = "Custom::AWS"
    replaces_itself = True

    def create(self, properties: dict[str, Any]) -> None:
        self.physical_id = self.place.name
        runs(function_of(self.place, properties))
        self._call(properties, properties.get("Create") or properties.get("Update"))

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        runs(function_of(self.place, properties))
        self._call(properties, properties.get("Update"))

    def delete(self, properties: dict[str, Any]) -> None:
        self._call(properties, properties.get("Delete"), keep_id=True)
        ran(function_of(self.place, properties))

    def _asker(self, properties: dict[str, Any], call: dict[str, Any]) -> Caller:
        """The role of the function, or the one that the call names."""
        own, region = asker(self.place, properties), self._region(call)
        if not (arn := call.get("assumedRoleArn")):
            return own
        name = re.sub(r"[^\w+=,.@-]", "", f"{self.physical_id}")[:64]
        given = {"RoleArn": arn, "RoleSessionName": name, "ExternalId": call.get("externalId")}
        given = {key: value for key, value in given.items() if value}
        answer = sdk.call(aws.client("sts", own.account_id, region), own, "AssumeRole", given, region)
        return callers.sessions[answer["Credentials"]["AccessKeyId"]].caller

    def asked(self, call: dict[str, Any], caller: Caller) -> tuple[Any, str, dict[str, Any], str]:
        """Client, operation, parameters and region of a call."""
        client = aws.client(sdk.service_name(call["service"]), caller.account_id, self._region(call))
        return client, _api(client, call), _replace_id(call.get("parameters") or {}, self.physical_id), self._region(call)

    def _region(self, call: dict[str, Any]) -> str:
        return call.get("region") or self.place.region

    def _call(self, properties: dict[str, Any], text: str | None, keep_id: bool = False) -> None:
        if not text:
            return
        call = json.loads(text) if isinstance(text, str) else text
        client: Any = None
        data: dict[str, Any] = {}
        try:
            caller = self._asker(properties, call)
            client, *asked = self.asked(call, caller)
            answer = sdk.call(client, caller, *asked)
            answer.pop("ResponseMetadata", None)
            data = _flatten(answer)
        except ClientError as error:
            pattern = call.get("ignoreErrorCodesMatching")
            # whoever assumes a role is not in the part of the CDK's function that ignores anything
            if not pattern or client is None or not re.search(pattern, sdk.error_of(client, error)["name"]):
                raise ResourceFailure(
                    "Received response status [FAILED] from custom resource. Message returned: "
                    f"{error.response['Error']['Message']}"
                ) from error
        self._remember(call, data, keep_id)

    def _remember(self, call: dict[str, Any], data: dict[str, Any], keep_id: bool) -> None:
        identity = call.get("physicalResourceId") or {}
        if not keep_id:
            if "id" in identity:
                self.physical_id = identity["id"]
            elif identity.get("responsePath") in data:
                self.physical_id = str(data[identity["responsePath"]])
        wanted = call.get("outputPaths") or ([call["outputPath"]] if call.get("outputPath") else None)
        if wanted is not None:
            data = {key: value for key, value in data.items() if any(key.startswith(path) for path in wanted)}
        self.attributes = data

    def attribute(self, name: str) -> Any:
        if name not in self.attributes:
            raise missing_attribute(name)
        return self.attributes[name]


def _replace_id(node: Any, physical_id: str) -> Any:
    if isinstance(node, dict):
        return {key: _replace_id(value, physical_id) for key, value in node.items()}
    if isinstance(node, list):
        return [_replace_id(value, physical_id) for value in node]
    return physical_id if node == "PHYSICAL:RESOURCEID:" else node


def _flatten(node: Any, path: str = "") -> dict[str, Any]:
    if isinstance(node, dict):
        items = node.items()
    elif isinstance(node, list):
        items = enumerate(node)  # type: ignore[assignment]
    else:
        return {path: node.isoformat() if isinstance(node, datetime) else node}
    found: dict[str, Any] = {}
    for key, value in items:
        found.update(_flatten(value, f"{path}.{key}" if path else str(key)))
    return found
