"""AWS::Logs::LogGroup."""

from __future__ import annotations

from typing import Any

from emulator.engine.resources import Resource, register


@register
class LogGroup(Resource):
    type = "AWS::Logs::LogGroup"
    create_only = ("LogGroupName",)
    beside = ("DataProtectionPolicy", "DeletionProtectionEnabled", "FieldIndexPolicies", "KmsKeyId", "LogGroupClass")

    def create(self, properties: dict[str, Any]) -> None:
        api = self.api("logs")
        name = properties.get("LogGroupName", self.place.name)
        key = {"kmsKeyId": properties["KmsKeyId"]} if "KmsKeyId" in properties else {}
        api.create_log_group(
            logGroupName=name, tags={tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}, **key
        )
        self.physical_id = name
        self._retain(properties)

    def attribute(self, name: str) -> Any:
        place = self.place
        if name == "Arn":
            return f"arn:{place.partition}:logs:{place.region}:{place.account_id}:log-group:{self.physical_id}:*"
        return super().attribute(name)

    def _retain(self, properties: dict[str, Any]) -> None:
        if "RetentionInDays" in properties:
            self.api("logs").put_retention_policy(
                logGroupName=self.physical_id, retentionInDays=int(properties["RetentionInDays"])
            )

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        if "RetentionInDays" in before and "RetentionInDays" not in properties:
            self.api("logs").delete_retention_policy(logGroupName=self.physical_id)
        self._retain(properties)

    def delete(self, properties: dict[str, Any]) -> None:
        self.api("logs").delete_log_group(logGroupName=self.physical_id)
