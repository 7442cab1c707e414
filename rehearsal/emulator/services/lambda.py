"""Functions of Lambda, kept with their code and their role, and what the CDK's constructs put beside them."""

from __future__ import annotations

import json
import uuid
from typing import Any

from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.organizations.models import organizations_backends

from emulator.engine import functions
from emulator.engine.api import ApiResource, Properties, fit, tags_of
from emulator.engine.handlers import runs
from emulator.engine.kept import keep
from emulator.engine.resources import register

_CODE = ("Code", "Architectures")
# what takes a call of its own
_APART = (*_CODE, "Tags", "ReservedConcurrentExecutions", "RecursiveLoop", "RuntimeManagementConfig")
# what a function has again when a template no longer says it
_DEFAULTS: Properties = {
    "Description": "",
    "Environment": {"Variables": {}},
    "Layers": [],
    "MemorySize": 128,
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
    "EphemeralStorage": {"Size": 512},
    "DeadLetterConfig": {},
    "FileSystemConfigs": [],
    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
}


def _invoke(function: Any, body: str, request: Any, response: dict[str, str]) -> bytes:
    """moto would ask docker."""
    kind = request.get("x-amz-invocation-type") or "RequestResponse"
    if kind == "DryRun":
        return b""
    try:
        outcome = functions.run(function, json.loads(body or "{}"))
    except functions.CannotRun as error:
        functions.told(f"function {function.function_name}", error)
        return b"null"
    runs(function)
    if kind == "Event":
        if outcome.error:
            functions.failed[function.function_name] = outcome.said
        return b""
    if outcome.error:
        response["x-amz-function-error"] = "Unhandled"
    return json.dumps(outcome.error or outcome.value).encode()


LambdaFunction.invoke = _invoke  # type: ignore[method-assign]


class _Lambda(ApiResource):
    service = "lambda"

    @property
    def backend(self) -> Any:
        return lambda_backends[self.place.account_id][self.place.region]


@register
class Function(_Lambda):
    type = "AWS::Lambda::Function"
    create_only = ("FunctionName", "PackageType")
    make = "create_function"
    remove = "delete_function"
    key = name = "FunctionName"
    answers = {"Arn": ("FunctionArn",)}
    beside = (
        *("CodeSigningConfigArn", "FileSystemConfigs", "Layers", "RecursiveLoop"),
        *("RuntimeManagementConfig", "SnapStart"),
    )

    def arguments(self, properties: Properties) -> Properties:
        code = properties["Code"]
        if "ZipFile" in code:
            code = {"ZipFile": code["ZipFile"].encode()}
        return {**self._known(properties), "Code": code}

    def _known(self, properties: Properties) -> Properties:
        """Layers of accounts that nobody emulates, such as AWS's own, are there; the back end looks for each."""
        if "Layers" not in properties:
            return properties
        emulated = {self.place.account_id, *organizations_backends.master_accounts}
        return {**properties, "Layers": [arn for arn in properties["Layers"] if arn.split(":")[4] in emulated]}

    def created(self, properties: Properties) -> None:
        # moto does not keep them
        made = self.backend.get_function(self.physical_id)
        made.logging_config = properties.get("LoggingConfig")
        self._reserve(properties, {})

    def _reserve(self, properties: Properties, before: Properties) -> None:
        wanted = properties.get("ReservedConcurrentExecutions")
        if wanted is not None:
            self.call("put_function_concurrency", properties, **self.own_key())
        elif before.get("ReservedConcurrentExecutions") is not None:
            self.client.delete_function_concurrency(**self.own_key())

    def update(self, properties: Properties, before: Properties) -> None:
        if any(properties.get(key) != before.get(key) for key in _CODE):
            self.call("update_function_code", self.arguments(properties)["Code"], **self.own_key())
        given = {key: value for key, value in self._known(properties).items() if key not in _APART}
        gone = {key: value for key, value in _DEFAULTS.items() if key in before and key not in properties}
        self.client.update_function_configuration(
            **{**fit(self.client, "update_function_configuration", {**gone, **given}), **self.own_key()}
        )
        self._tag(properties, before)
        made = self.backend.get_function(self.physical_id)
        made.logging_config = properties.get("LoggingConfig")
        self._reserve(properties, before)

    def _tag(self, properties: Properties, before: Properties) -> None:
        wanted, had, arn = tags_of(properties), tags_of(before), self.attributes["Arn"]
        if had.keys() - wanted.keys():
            self.client.untag_resource(Resource=arn, TagKeys=sorted(had.keys() - wanted.keys()))
        if wanted != had and wanted:
            self.client.tag_resource(Resource=arn, Tags=wanted)


@register
class LayerVersion(_Lambda):
    type = "AWS::Lambda::LayerVersion"
    name = "LayerName"
    make, remove = "publish_layer_version", "delete_layer_version"
    identity = ("LayerVersionArn",)
    answers = {"LayerVersionArn": ("LayerVersionArn",)}

    def delete(self, properties: Properties) -> None:
        layer, _, version = self.physical_id.rpartition(":")
        name = layer.rpartition(":")[2]
        self.client.delete_layer_version(LayerName=name, VersionNumber=int(version))
        if not self.backend._layers.get_layer_versions(name):
            self.backend._layers._layers.pop(name, None)


@register
class Version(_Lambda):
    """A version is never changed: the CDK gives the next one another logical id."""

    type = "AWS::Lambda::Version"
    create_only = ("FunctionName", "CodeSha256", "Description", "ProvisionedConcurrencyConfig")
    make = "publish_version"
    identity = ("FunctionArn",)
    answers = {"FunctionArn": ("FunctionArn",), "Version": ("Version",)}

    def delete(self, properties: Properties) -> None:
        name, _, version = self.physical_id.rpartition(":")
        self.client.delete_function(FunctionName=name, Qualifier=version)
        # moto remembers them
        self.backend._lambdas._arns.pop(self.physical_id, None)
        self.backend._lambdas._aliases.pop(self.physical_id, None)


@register
class Alias(_Lambda):
    type = "AWS::Lambda::Alias"
    create_only = ("FunctionName", "Name")
    make, change, remove = "create_alias", "update_alias", "delete_alias"
    identity = ("AliasArn",)
    answers = {"AliasArn": ("AliasArn",)}

    def own_key(self) -> Properties:
        name, _, alias = self.physical_id.rpartition(":")
        return {"FunctionName": name, "Name": alias}


@register
class Permission(_Lambda):
    type = "AWS::Lambda::Permission"
    create_only = (
        "Action",
        "EventSourceToken",
        "FunctionName",
        "FunctionUrlAuthType",
        "InvokedViaFunctionUrl",
        "Principal",
        "PrincipalOrgID",
        "SourceAccount",
        "SourceArn",
    )

    def create(self, properties: Properties) -> None:
        self.call("add_permission", properties, StatementId=self.place.name)
        self.physical_id = self.attributes["Id"] = self.place.name

    def delete(self, properties: Properties) -> None:
        gone = self.client.exceptions.ResourceNotFoundException
        try:
            self.client.remove_permission(FunctionName=properties["FunctionName"], StatementId=self.physical_id)
        except gone:  # with its function
            pass


@register
class EventSourceMapping(_Lambda):
    """moto has those of queues, tables and streams; another is kept."""

    type = "AWS::Lambda::EventSourceMapping"
    create_only = ("EventSourceArn", "StartingPosition", "StartingPositionTimestamp", "SelfManagedEventSource")
    make, change, remove, key = (
        "create_event_source_mapping",
        "update_event_source_mapping",
        "delete_event_source_mapping",
        "UUID",
    )
    identity = ("UUID",)

    def create(self, properties: Properties) -> None:
        if _is_known(properties):
            super().create(properties)
            return
        self.physical_id = str(uuid.uuid4())
        self.update(properties, {})
        self.created(properties)

    def update(self, properties: Properties, before: Properties) -> None:
        if _is_known(properties):
            super().update(properties, before)
        else:
            self.kept.put(self.type, self.physical_id, properties)

    def delete(self, properties: Properties) -> None:
        if _is_known(properties):
            super().delete(properties)
        else:
            self.kept.take(self.type, self.physical_id)

    def created(self, properties: Properties) -> None:
        place = self.place
        self.attributes = {
            "Id": self.physical_id,
            "EventSourceMappingArn": f"arn:{place.partition}:lambda:{place.region}:{place.account_id}"
            f":event-source-mapping:{self.physical_id}",
        }


@register
class Url(_Lambda):
    type = "AWS::Lambda::Url"
    create_only = ("Qualifier", "TargetFunctionArn")
    make, change, remove = (
        "create_function_url_config",
        "update_function_url_config",
        "delete_function_url_config",
    )
    renamed = {"TargetFunctionArn": "FunctionName"}
    identity = ("FunctionArn",)
    answers = {"FunctionArn": ("FunctionArn",), "FunctionUrl": ("FunctionUrl",)}

    def own_key(self) -> Properties:
        return {"FunctionName": self.physical_id}


def _is_known(mapping: Properties) -> bool:
    return str(mapping.get("EventSourceArn", "::")).split(":")[2] in ("sqs", "dynamodb", "kinesis")


keep("AWS::Lambda::EventInvokeConfig")
