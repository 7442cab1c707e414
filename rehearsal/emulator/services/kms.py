"""Keys of KMS and their aliases."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from moto.kms import models, utils

from emulator.engine.resources import Resource, register


@register
class Key(Resource):
    type = "AWS::KMS::Key"
    create_only = ("KeySpec", "KeyUsage", "MultiRegion")
    beside = ("BypassPolicyLockoutSafetyCheck", "PendingWindowInDays", "RotationPeriodInDays")

    def create(self, properties: dict[str, Any]) -> None:
        policy = {"Policy": json.dumps(properties["KeyPolicy"])} if "KeyPolicy" in properties else {}
        made = self.api("kms").create_key(
            Description=properties.get("Description", ""),
            KeySpec=properties.get("KeySpec", "SYMMETRIC_DEFAULT"),
            KeyUsage=properties.get("KeyUsage", "ENCRYPT_DECRYPT"),
            MultiRegion=bool(properties.get("MultiRegion", False)),
            Tags=[{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", [])],
            **policy,
        )["KeyMetadata"]
        self.physical_id = made["KeyId"]
        self.attributes = {"Arn": made["Arn"], "KeyId": made["KeyId"]}
        self._rotate(properties)

    def _rotate(self, properties: dict[str, Any]) -> None:
        api = self.api("kms")
        change = api.enable_key_rotation if properties.get("EnableKeyRotation") else api.disable_key_rotation
        if properties.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT":
            change(KeyId=self.physical_id)

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        api = self.api("kms")
        if "KeyPolicy" in properties:
            api.put_key_policy(KeyId=self.physical_id, PolicyName="default", Policy=json.dumps(properties["KeyPolicy"]))
        api.update_key_description(KeyId=self.physical_id, Description=properties.get("Description", ""))
        self._rotate(properties)

    def delete(self, properties: dict[str, Any]) -> None:
        self.api("kms").schedule_key_deletion(
            KeyId=self.physical_id, PendingWindowInDays=int(properties.get("PendingWindowInDays", 30))
        )


@register
class Alias(Resource):
    type = "AWS::KMS::Alias"
    create_only = ("AliasName",)

    def create(self, properties: dict[str, Any]) -> None:
        self.api("kms").create_alias(AliasName=properties["AliasName"], TargetKeyId=properties["TargetKeyId"])
        self.physical_id = properties["AliasName"]

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        self.api("kms").update_alias(AliasName=self.physical_id, TargetKeyId=properties["TargetKeyId"])

    def delete(self, properties: dict[str, Any]) -> None:
        self.api("kms").delete_alias(AliasName=self.physical_id)


class _LateKey:
    """moto makes a pair of keys for each key of KMS, also for one that cannot sign."""

    @cached_property
    def _pair(self) -> Any:
        return utils.RSAPrivateKey(2048)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pair, name)


def _private_key(key_spec: str) -> Any:
    return utils.generate_private_key(key_spec) if key_spec.startswith(("RSA", "ECC")) else _LateKey()


models.generate_private_key = _private_key  # type: ignore[assignment]
