"""AWS::SecretsManager::Secret, with generated passwords."""

from __future__ import annotations

import json
from typing import Any

from emulator.engine.resources import Resource, register

_GENERATOR = (
    "PasswordLength",
    "ExcludeCharacters",
    "ExcludeNumbers",
    "ExcludePunctuation",
    "ExcludeUppercase",
    "ExcludeLowercase",
    "IncludeSpace",
    "RequireEachIncludedType",
)


@register
class Secret(Resource):
    type = "AWS::SecretsManager::Secret"
    create_only = ("Name",)

    def create(self, properties: dict[str, Any]) -> None:
        made = self.api("secretsmanager").create_secret(
            Name=properties.get("Name", self.place.name),
            SecretString=self._text(properties),
            **_settings(properties),
            Tags=properties.get("Tags", []),
        )
        self.physical_id = made["ARN"]
        self.attributes = {"Id": made["ARN"]}

    def _text(self, properties: dict[str, Any]) -> str:
        generator = properties.get("GenerateSecretString")
        if generator is None:
            return properties.get("SecretString", "")
        wanted = {key: generator[key] for key in _GENERATOR if key in generator}
        password = self.api("secretsmanager").get_random_password(**wanted)["RandomPassword"]
        if "GenerateStringKey" not in generator:
            return password
        return json.dumps({**json.loads(generator["SecretStringTemplate"]), generator["GenerateStringKey"]: password})

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        api = self.api("secretsmanager")
        api.update_secret(SecretId=self.physical_id, **_settings(properties))
        keys = ("SecretString", "GenerateSecretString")
        if [properties.get(key) for key in keys] != [before.get(key) for key in keys]:
            api.put_secret_value(SecretId=self.physical_id, SecretString=self._text(properties))

    def delete(self, properties: dict[str, Any]) -> None:
        self.api("secretsmanager").delete_secret(SecretId=self.physical_id, ForceDeleteWithoutRecovery=True)


def _settings(properties: dict[str, Any]) -> dict[str, Any]:
    return {key: properties[key] for key in ("Description", "KmsKeyId") if key in properties}
