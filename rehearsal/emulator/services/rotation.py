"""What belongs to a secret: the database that it opens, and when it changes."""

from __future__ import annotations

import json

from emulator.engine.errors import ResourceFailure
from emulator.engine.resources import Resource, register

_CALLS = {
    "AWS::RDS::DBInstance": ("rds", "describe_db_instances", "DBInstanceIdentifier", "DBInstances"),
    "AWS::RDS::DBCluster": ("rds", "describe_db_clusters", "DBClusterIdentifier", "DBClusters"),
}


@register
class TargetAttachment(Resource):
    """Writes where the database is into the secret."""

    type = "AWS::SecretsManager::SecretTargetAttachment"
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
        if properties["TargetType"] not in _CALLS:
            return {}
        service, operation, argument, answer = _CALLS[properties["TargetType"]]
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
