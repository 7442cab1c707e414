"""Databases of RDS: what is protected stays, what has a snapshot policy leaves one."""

from __future__ import annotations

from typing import Any

from emulator.engine.api import ApiResource, Properties
from emulator.engine.errors import ResourceFailure
from emulator.engine.resources import EVERYTHING, register


class _Rds(ApiResource):
    service = "rds"
    # the back end knows a part of what the type has
    beside = EVERYTHING

    def default_name(self) -> str:
        return super().default_name().lower()


@register
class SubnetGroup(_Rds):
    type = "AWS::RDS::DBSubnetGroup"
    make, change, remove = "create_db_subnet_group", "modify_db_subnet_group", "delete_db_subnet_group"
    key = name = "DBSubnetGroupName"

    def create(self, properties: Properties) -> None:
        name = str(properties.get(self.name, self.default_name())).lower()
        super().create({**properties, self.name: name})

    def delete(self, properties: Properties) -> None:
        instances = self.client.describe_db_instances()["DBInstances"]
        clusters = self.client.describe_db_clusters()["DBClusters"]
        used = [item.get("DBSubnetGroup", {}).get("DBSubnetGroupName") for item in instances]
        if self.physical_id in [*used, *(item.get("DBSubnetGroup") for item in clusters)]:
            raise ResourceFailure(
                f"Cannot delete the subnet group '{self.physical_id}' because at least one database is still using it. "
                "(InvalidDBSubnetGroupStateFault)"
            )
        super().delete(properties)


class _ParameterGroup(_Rds):
    # 'db_parameter_group' or 'db_cluster_parameter_group'
    kind = ""
    renamed = {"Family": "DBParameterGroupFamily"}

    def created(self, properties: Properties) -> None:
        self._set(properties)

    def updated(self, properties: Properties, before: Properties) -> None:
        self._set(properties)

    def _set(self, properties: Properties) -> None:
        wanted = [
            {"ParameterName": key, "ParameterValue": str(value), "ApplyMethod": "pending-reboot"}
            for key, value in properties.get("Parameters", {}).items()
        ]
        # twenty at a time, as the API wants them
        for start in range(0, len(wanted), 20):
            getattr(self.client, f"modify_{self.kind}")(
                **{self.key: self.physical_id}, Parameters=wanted[start : start + 20]
            )

    def arguments(self, properties: Properties) -> Properties:
        return {"Description": "", **{key: value for key, value in properties.items() if key != "Parameters"}}

    def update(self, properties: Properties, before: Properties) -> None:
        self._set(properties)


@register
class ParameterGroup(_ParameterGroup):
    type = "AWS::RDS::DBParameterGroup"
    create_only = ("Family", "Description")
    kind, make, remove = "db_parameter_group", "create_db_parameter_group", "delete_db_parameter_group"
    key = name = "DBParameterGroupName"


@register
class ClusterParameterGroup(_ParameterGroup):
    type = "AWS::RDS::DBClusterParameterGroup"
    create_only = ("Family", "Description")
    kind = "db_cluster_parameter_group"
    make, remove = "create_db_cluster_parameter_group", "delete_db_cluster_parameter_group"
    key = name = "DBClusterParameterGroupName"


@register
class OptionGroup(_Rds):
    type = "AWS::RDS::OptionGroup"
    create_only = ("EngineName", "MajorEngineVersion", "OptionGroupDescription")
    make, remove = "create_option_group", "delete_option_group"
    key = name = "OptionGroupName"


class _Database(_Rds):
    def delete(self, properties: Properties) -> None:
        self.call(self.remove, **self.own_key(), SkipFinalSnapshot=True)

    def delete_with_snapshot(self, properties: Properties) -> None:
        snapshot = f"{self.place.stack_name}-snapshot-{self.physical_id}".lower()[:255]
        self.call(self.remove, **self.own_key(), SkipFinalSnapshot=False, FinalDBSnapshotIdentifier=snapshot)
        self._forget_backups()

    def _forget_backups(self) -> None:
        """Automated ones, which go with the database."""

    def arguments(self, properties: Properties) -> Properties:
        return {key: value for key, value in properties.items() if key != "DeleteAutomatedBackups"}

    def update(self, properties: Properties, before: Properties) -> None:
        settled = [*self.create_only]
        if properties.get("ManageMasterUserPassword") == before.get("ManageMasterUserPassword"):
            # moto would make another secret
            settled.append("ManageMasterUserPassword")
        super().update(_without(properties, *settled), _without(before, *settled))


@register
class Cluster(_Database):
    type = "AWS::RDS::DBCluster"
    create_only = ("Engine", "StorageEncrypted", "KmsKeyId", "DBSubnetGroupName", "DatabaseName", "MasterUsername")
    make, change, remove = "create_db_cluster", "modify_db_cluster", "delete_db_cluster"
    key = name = "DBClusterIdentifier"
    answers = {
        "DBClusterArn": ("DBCluster", "DBClusterArn"),
        "DBClusterResourceId": ("DBCluster", "DbClusterResourceId"),
        "Endpoint.Address": ("DBCluster", "Endpoint"),
        "Endpoint.Port": ("DBCluster", "Port"),
        "ReadEndpoint.Address": ("DBCluster", "ReaderEndpoint"),
        "MasterUserSecret.SecretArn": ("DBCluster", "MasterUserSecret", "SecretArn"),
    }

    def delete(self, properties: Properties) -> None:
        super().delete(properties)
        if str(properties.get("DeleteAutomatedBackups", True)).lower() != "false":
            self._forget_backups()

    def _forget_backups(self) -> None:
        found = self.client.describe_db_cluster_snapshots(
            DBClusterIdentifier=self.physical_id, SnapshotType="automated"
        )
        for snapshot in found["DBClusterSnapshots"]:
            self.client.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=snapshot["DBClusterSnapshotIdentifier"])

    def created(self, properties: Properties) -> None:
        self._wait()

    def updated(self, properties: Properties, before: Properties) -> None:
        self._wait()

    def _wait(self) -> None:
        """moto moves on a little whenever somebody looks."""
        for _ in range(2):
            found = self.client.describe_db_clusters(DBClusterIdentifier=self.physical_id)["DBClusters"][0]
        self.read({"DBCluster": found})
        self.attributes["Endpoint.Port"] = str(found["Port"])

    def read(self, answer: Any) -> None:
        super().read(answer)
        if "Endpoint.Port" in self.attributes:
            self.attributes["Endpoint.Port"] = str(self.attributes["Endpoint.Port"])

    def arguments(self, properties: Properties) -> Properties:
        return _with_secret_key(super().arguments(properties))


@register
class Instance(_Database):
    type = "AWS::RDS::DBInstance"
    create_only = (
        "DBName",
        "DBClusterIdentifier",
        "KmsKeyId",
        "StorageEncrypted",
        "MasterUsername",
        "DBSubnetGroupName",
    )
    make, change, remove = "create_db_instance", "modify_db_instance", "delete_db_instance"
    key = name = "DBInstanceIdentifier"
    answers = {
        "DBInstanceArn": ("DBInstance", "DBInstanceArn"),
        "DbiResourceId": ("DBInstance", "DbiResourceId"),
        "Endpoint.Address": ("DBInstance", "Endpoint", "Address"),
        "Endpoint.Port": ("DBInstance", "Endpoint", "Port"),
        "Endpoint.HostedZoneId": ("DBInstance", "Endpoint", "HostedZoneId"),
        "MasterUserSecret.SecretArn": ("DBInstance", "MasterUserSecret", "SecretArn"),
    }

    def create(self, properties: Properties) -> None:
        if "SourceDBInstanceIdentifier" in properties:
            self._replicate(properties)
        else:
            super().create(properties)
        for _ in range(2):
            found = self.client.describe_db_instances(DBInstanceIdentifier=self.physical_id)["DBInstances"][0]
        self.read({"DBInstance": found})

    def _replicate(self, properties: Properties) -> None:
        given = {**self.arguments(properties), self.name: properties.get(self.name, self.default_name())}
        self.read(self.call("create_db_instance_read_replica", given))
        self.physical_id = str(given[self.name])

    def read(self, answer: Any) -> None:
        super().read(answer)
        if "Endpoint.Port" in self.attributes:
            self.attributes["Endpoint.Port"] = str(self.attributes["Endpoint.Port"])

    def arguments(self, properties: Properties) -> Properties:
        given = _with_secret_key(super().arguments(properties))
        groups = given.pop("VPCSecurityGroups", None)
        return {**given, **({"VpcSecurityGroupIds": groups} if groups else {})}

    def delete_with_snapshot(self, properties: Properties) -> None:
        # an instance of a cluster has no storage of its own, and CloudFormation takes none of a replica
        if "DBClusterIdentifier" in properties or "SourceDBInstanceIdentifier" in properties:
            self.delete(properties)
        else:
            super().delete_with_snapshot(properties)

    def delete(self, properties: Properties) -> None:
        keep = str(properties.get("DeleteAutomatedBackups", True)).lower() == "false"
        self.call(self.remove, **self.own_key(), SkipFinalSnapshot=True, DeleteAutomatedBackups=not keep)


def _without(properties: Properties, *names: str) -> Properties:
    return {key: value for key, value in properties.items() if key not in names}


def _with_secret_key(properties: Properties) -> Properties:
    key = properties.get("MasterUserSecret", {}).get("KmsKeyId")
    return {**_without(properties, "MasterUserSecret"), **({"MasterUserSecretKmsKeyId": key} if key else {})}
