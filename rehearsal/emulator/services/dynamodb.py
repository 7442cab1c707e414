"""Tables of DynamoDB, as the older and the newer type write them."""

from __future__ import annotations

from typing import Any

from emulator.engine.api import ApiResource, Properties, tags_of
from emulator.engine.errors import ResourceFailure
from emulator.engine.resources import EVERYTHING, register


@register
class Table(ApiResource):
    type = "AWS::DynamoDB::Table"
    beside = EVERYTHING
    create_only = ("KeySchema", "LocalSecondaryIndexes", "TableName")
    service = "dynamodb"
    make, change, remove = "create_table", "update_table", "delete_table"
    key = name = "TableName"
    answers = {
        "Arn": ("TableDescription", "TableArn"),
        "TableId": ("TableDescription", "TableId"),
        "StreamArn": ("TableDescription", "LatestStreamArn"),
    }

    def settings(self, properties: Properties) -> Properties:
        """What applies to this table here; a global table says it for each region."""
        return properties

    def arguments(self, properties: Properties) -> Properties:
        settings = self.settings(properties)
        names = (
            "AttributeDefinitions",
            "KeySchema",
            "LocalSecondaryIndexes",
            "GlobalSecondaryIndexes",
            "BillingMode",
            "TableName",
            "ProvisionedThroughput",
        )
        given = {key: properties[key] for key in names if key in properties}
        encryption = properties.get("SSESpecification", {})
        if encryption:
            wanted = {"Enabled": encryption.get("SSEEnabled", False), "SSEType": encryption.get("SSEType", "KMS")}
            key = settings.get("SSESpecification", {}).get("KMSMasterKeyId") or encryption.get("KMSMasterKeyId")
            given["SSESpecification"] = {**wanted, **({"KMSMasterKeyId": key} if key else {})}
        if "StreamSpecification" in properties:
            given["StreamSpecification"] = {"StreamEnabled": True, **properties["StreamSpecification"]}
        for name in ("DeletionProtectionEnabled", "TableClass"):
            if name in settings:
                given[name] = settings[name]
        tags = tags_of(settings)
        return {**given, **({"Tags": tags} if tags else {})}

    def created(self, properties: Properties) -> None:
        self._configure(properties, {})

    def _configure(self, properties: Properties, before: Properties) -> None:
        settings = self.settings(properties)
        recovery = settings.get("PointInTimeRecoverySpecification", {})
        if recovery != (self.settings(before) if before else {}).get("PointInTimeRecoverySpecification", {}):
            self.call(
                "update_continuous_backups",
                {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False, **recovery}},
                TableName=self.physical_id,
            )
        lifetime = properties.get("TimeToLiveSpecification")
        if lifetime and lifetime != before.get("TimeToLiveSpecification"):
            self.call("update_time_to_live", {"TimeToLiveSpecification": lifetime}, TableName=self.physical_id)
        policy = settings.get("ResourcePolicy", {}).get("PolicyDocument")
        if policy:
            self.call("put_resource_policy", {"Policy": policy}, ResourceArn=self.attributes["Arn"])

    def update(self, properties: Properties, before: Properties) -> None:
        wanted, had = self.arguments(properties), self.arguments(before)
        indexes = (wanted.pop("GlobalSecondaryIndexes", []), had.pop("GlobalSecondaryIndexes", []))
        changed = {key: value for key, value in wanted.items() if value != had.get(key) and key != "Tags"}
        if "AttributeDefinitions" in changed or indexes[0] != indexes[1]:
            changed["AttributeDefinitions"] = wanted["AttributeDefinitions"]
            changed["GlobalSecondaryIndexUpdates"] = _index_changes(*indexes)
            if not changed["GlobalSecondaryIndexUpdates"]:
                del changed["GlobalSecondaryIndexUpdates"]
        if "StreamSpecification" in had and "StreamSpecification" not in wanted:
            changed["StreamSpecification"] = {"StreamEnabled": False}
        if had.get("DeletionProtectionEnabled") and "DeletionProtectionEnabled" not in wanted:
            changed["DeletionProtectionEnabled"] = False
        if changed:
            self.call(self.change, changed, TableName=self.physical_id)
        self._configure(properties, before)

    def delete(self, properties: Properties) -> None:
        self.client.delete_table(TableName=self.physical_id)


def _index_changes(wanted: list[Any], had: list[Any]) -> list[Any]:
    names, known = {item["IndexName"] for item in wanted}, {item["IndexName"] for item in had}
    created = [{"Create": item} for item in wanted if item["IndexName"] not in known]
    return created + [{"Delete": {"IndexName": name}} for name in sorted(known - names)]


@register
class GlobalTable(Table):
    type = "AWS::DynamoDB::GlobalTable"

    def settings(self, properties: Properties) -> Properties:
        for replica in properties["Replicas"]:
            if replica["Region"] == self.place.region:
                return dict(replica)
        raise ResourceFailure(f"Replicas must include the region of the stack, {self.place.region}")

    def arguments(self, properties: Properties) -> Properties:
        given = super().arguments(properties)
        # moto has no on-demand limits, and a global table no throughput of its own
        given.setdefault("BillingMode", "PROVISIONED")
        if given["BillingMode"] == "PROVISIONED":
            given.setdefault("ProvisionedThroughput", {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
        return given
