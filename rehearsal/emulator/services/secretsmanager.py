"""Secrets with generated passwords, the database that one opens, and when it changes."""

from __future__ import annotations

import json
from typing import Any

from emulator.engine.errors import ResourceFailure
from emulator.engine.kept import keep
from emulator.engine.resources import EVERYTHING, Resource, register

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
_DATABASES = {
    "AWS::RDS::DBInstance": ("rds", "describe_db_instances", "DBInstanceIdentifier", "DBInstances"),
    "AWS::RDS::DBCluster": ("rds", "describe_db_clusters", "DBClusterIdentifier", "DBClusters"),
}


@register
class Secret(Resource):
    type = "AWS::SecretsManager::Secret"
    beside = ("GenerateSecretString", "ReplicaRegions")
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


@register
class TargetAttachment(Resource):
    """Writes where the database is into the secret."""

    type = "AWS::SecretsManager::SecretTargetAttachment"
    beside = EVERYTHING
    create_only = ("SecretId",)

    def create(self, properties: dict[str, str]) -> None:
        self.update(properties, {})
        self.physical_id = properties["SecretId"]
        self.attributes = {"Id": self.physical_id}

    def update(self, properties: dict[str, str], before: dict[str, str]) -> None:
        api = self.api("secretsmanager")
        known = json.loads(api.get_secret_value(SecretId=properties["SecretId"])["SecretString"])
        api.put_secret_value(
            SecretId=properties["SecretId"], SecretString=json.dumps({**known, **self._target(properties)})
        )

    def _target(self, properties: dict[str, str]) -> dict[str, object]:
        if properties["TargetType"] not in _DATABASES:
            return {}
        service, operation, argument, answer = _DATABASES[properties["TargetType"]]
        found = getattr(self.api(service), operation)(**{argument: properties["TargetId"]})[answer][0]
        endpoint = found["Endpoint"]
        host, port = (
            (endpoint["Address"], endpoint["Port"]) if isinstance(endpoint, dict) else (endpoint, found["Port"])
        )
        return {"engine": found["Engine"], "host": host, "port": port, argument: properties["TargetId"]}

    def delete(self, properties: dict[str, str]) -> None:
        pass


@register
class RotationSchedule(Resource):
    """Kept with the secret; nothing rotates in a rehearsal."""

    type = "AWS::SecretsManager::RotationSchedule"
    beside = EVERYTHING
    create_only = ("SecretId",)

    def create(self, properties: dict[str, str]) -> None:
        if not any(
            key in properties for key in ("RotationLambdaARN", "HostedRotationLambda", "ExternalSecretRotationRoleArn")
        ):
            raise ResourceFailure("A rotation needs RotationLambdaARN or HostedRotationLambda")
        self.api("secretsmanager").describe_secret(SecretId=properties["SecretId"])
        self.physical_id = properties["SecretId"]
        self.attributes = {"Id": self.physical_id}

    def update(self, properties: dict[str, str], before: dict[str, str]) -> None:
        pass

    def delete(self, properties: dict[str, str]) -> None:
        pass


keep("AWS::SecretsManager::ResourcePolicy")
