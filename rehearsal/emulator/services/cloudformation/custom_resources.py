"""Custom::AWS: the AWS call that a template describes, made for real against the emulated AWS."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from emulator.engine import aws, callers
from emulator.engine.allowed import refused
from emulator.engine.errors import ResourceFailure
from emulator.engine.handlers import function_of, missing_attribute, ran, runs
from emulator.engine.identities import role_of
from emulator.engine.resources import Resource, register
from emulator.engine.sdk import service_name


def operation(client: Any, action: str) -> str:
    """'enableAWSServiceAccess' and 'EnableAWSServiceAccessCommand' are the same operation."""
    wanted = re.sub(r"command$", "", action.lower())
    for name in client.meta.service_model.operation_names:
        if name.lower() == wanted:
            return xform_name(name)
    raise ResourceFailure(f"{client.meta.service_model.service_name} has no operation {action}")


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

    def refusal(self, properties: dict[str, Any], call: dict[str, Any]) -> str | None:
        """What AWS answers if the role of the function may not do what the call needs."""
        function, role = self.caller(properties)
        client, region = self._client(call), call.get("region") or self.place.region
        api = client.meta.method_to_api_mapping[operation(client, call["action"])]
        return refused(callers.of_role(role, function.function_name), client.meta.service_model, api, self._parameters(call), region)

    def caller(self, properties: dict[str, Any]) -> tuple[Any, Any]:
        """The function, and its role."""
        function = function_of(self.place, properties)
        role = role_of(function.role) if function is not None else None
        if role is None:
            raise ResourceFailure(f"Invalid ServiceToken, no function with a role: {properties.get('ServiceToken')}")
        return function, role

    def _client(self, call: dict[str, Any]) -> Any:
        return aws.client(service_name(call["service"]), self.place.account_id, call.get("region") or self.place.region)

    def _parameters(self, call: dict[str, Any]) -> dict[str, Any]:
        return _replace_id(call.get("parameters") or {}, self.physical_id)

    def _call(self, properties: dict[str, Any], text: str | None, keep_id: bool = False) -> None:
        if not text:
            return
        call = json.loads(text) if isinstance(text, str) else text
        client = self._client(call)
        method = operation(client, call["action"])
        data: dict[str, Any] = {}
        try:
            if refused := self.refusal(properties, call):
                is_json = "json" in client.meta.service_model.protocol
                code = "AccessDeniedException" if is_json else "AccessDenied"
                raise ClientError({"Error": {"Code": code, "Message": refused}}, call["action"])
            answer = getattr(client, method)(**self._parameters(call))
            answer.pop("ResponseMetadata", None)
            data = _flatten(answer)
        except ClientError as error:
            pattern = call.get("ignoreErrorCodesMatching")
            if not pattern or not re.search(pattern, error.response["Error"]["Code"]):
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
