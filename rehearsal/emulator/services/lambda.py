"""AWS::Lambda::Function: kept with its code and its role, never run."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import lambda_backends

from emulator.engine.api import ApiResource, fit
from emulator.engine.resources import register

_CONFIGURATION = ("Code", "Tags", "ReservedConcurrentExecutions")


@register
class Function(ApiResource):
    type = "AWS::Lambda::Function"
    create_only = ("FunctionName", "PackageType")
    service = "lambda"
    make = "create_function"
    remove = "delete_function"
    key = name = "FunctionName"
    answers = {"Arn": ("FunctionArn",)}

    longest = 64

    def arguments(self, properties: dict[str, Any]) -> dict[str, Any]:
        code = properties["Code"]
        if "ZipFile" in code:
            code = {"ZipFile": code["ZipFile"].encode()}
        return {**properties, "Code": code}

    def created(self, properties: dict[str, Any]) -> None:
        place = self.place
        # moto does not keep it
        lambda_backends[place.account_id][place.region].get_function(self.physical_id).logging_config = properties.get(
            "LoggingConfig"
        )

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        if properties["Code"] != before["Code"]:
            code = self.arguments(properties)["Code"]
            self.call("update_function_code", code, FunctionName=self.physical_id)
        wanted = {key: value for key, value in properties.items() if key not in _CONFIGURATION}
        self.client.update_function_configuration(
            **{**fit(self.client, "update_function_configuration", wanted), "FunctionName": self.physical_id}
        )
        self.created(properties)
