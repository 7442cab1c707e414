"""Redis and Valkey of ElastiCache."""

from __future__ import annotations

from typing import Any

from moto.elasticache.models import elasticache_backends

from emulator.engine.api import ApiResource, Properties
from emulator.engine.errors import ResourceFailure
from emulator.engine.kept import keep
from emulator.engine.resources import EVERYTHING, register


class _Cache(ApiResource):
    service = "elasticache"
    # the back end knows a part of what the type has
    beside = EVERYTHING

    @property
    def backend(self) -> Any:
        return elasticache_backends[self.place.account_id][self.place.region]

    def default_name(self) -> str:
        return super().default_name().lower()


@register
class SubnetGroup(_Cache):
    type = "AWS::ElastiCache::SubnetGroup"
    make = "create_cache_subnet_group"
    name = "CacheSubnetGroupName"
    renamed = {"Description": "CacheSubnetGroupDescription"}

    def update(self, properties: Properties, before: Properties) -> None:
        # moto cannot change one
        self.delete(before)
        super().create({**properties, self.name: self.physical_id})

    def delete(self, properties: Properties) -> None:
        used = [item for item in self.backend.replication_groups.values() if self._is_used_by(item)]
        if used:
            raise ResourceFailure(
                f"Cache subnet group {self.physical_id} is currently in use by a cache cluster. (CacheSubnetGroupInUse)"
            )
        self.backend.cache_subnet_groups.pop(self.physical_id, None)

    def _is_used_by(self, group: Any) -> bool:
        return getattr(group, "cache_subnet_group_name", None) == self.physical_id


@register
class User(_Cache):
    type = "AWS::ElastiCache::User"
    create_only = ("Engine", "UserName")
    make, remove = "create_user", "delete_user"
    key = name = "UserId"
    answers = {"Arn": ("ARN",), "Status": ("Status",)}

    def delete(self, properties: Properties) -> None:
        super().delete(properties)
        # moto marks it and keeps it
        self.backend.users.pop(self.physical_id, None)


@register
class ReplicationGroup(_Cache):
    type = "AWS::ElastiCache::ReplicationGroup"
    create_only = (
        "AtRestEncryptionEnabled",
        "CacheSubnetGroupName",
        "KmsKeyId",
        "Port",
        "SnapshotName",
        "NetworkType",
    )
    make, remove = "create_replication_group", "delete_replication_group"
    key = name = "ReplicationGroupId"
    answers = {
        "PrimaryEndPoint.Address": ("NodeGroups", "0", "PrimaryEndpoint", "Address"),
        "PrimaryEndPoint.Port": ("NodeGroups", "0", "PrimaryEndpoint", "Port"),
        "ReaderEndPoint.Address": ("NodeGroups", "0", "ReaderEndpoint", "Address"),
        "ReaderEndPoint.Port": ("NodeGroups", "0", "ReaderEndpoint", "Port"),
        "ConfigurationEndPoint.Address": ("ConfigurationEndpoint", "Address"),
        "ConfigurationEndPoint.Port": ("ConfigurationEndpoint", "Port"),
    }

    def create(self, properties: Properties) -> None:
        group = properties.get("CacheSubnetGroupName")
        if group and group not in self.backend.cache_subnet_groups:
            raise ResourceFailure(f"Cache Subnet Group {group} does not exist. (CacheSubnetGroupNotFoundFault)")
        super().create(properties)

    def created(self, properties: Properties) -> None:
        found = self.client.describe_replication_groups(ReplicationGroupId=self.physical_id)["ReplicationGroups"][0]
        self.read(found)
        place = self.place
        # moto tells no endpoint of some
        address = f"{self.physical_id}.emulated.cache.amazonaws.com"
        port = str(properties.get("Port", 6379))
        for name, prefix in (
            ("PrimaryEndPoint", "master."),
            ("ReaderEndPoint", "replica."),
            ("ConfigurationEndPoint", ""),
        ):
            self.attributes.setdefault(f"{name}.Address", f"{prefix}{address}")
            self.attributes[f"{name}.Port"] = port
        self.attributes["Arn"] = (
            f"arn:{place.partition}:elasticache:{place.region}:{place.account_id}:replicationgroup:{self.physical_id}"
        )

    def update(self, properties: Properties, before: Properties) -> None:
        names = ("ReplicationGroupDescription", "NumCacheClusters", "SnapshotRetentionLimit")
        group = self.backend.replication_groups[self.physical_id]
        # moto knows only the primary cluster of a change; the rest is set as it is
        for name, attribute in zip(
            names, ("description", "num_cache_clusters", "snapshot_retention_limit"), strict=True
        ):
            if name in properties and hasattr(group, attribute):
                value = properties[name]
                setattr(group, attribute, value if attribute == "description" else int(value))

    def delete(self, properties: Properties) -> None:
        self.call(self.remove, **self.own_key())
        # moto marks it and keeps it
        self.backend.replication_groups.pop(self.physical_id, None)

    def delete_with_snapshot(self, properties: Properties) -> None:
        snapshot = f"{self.place.stack_name}-snapshot-{self.physical_id}".lower()
        self.call("create_snapshot", ReplicationGroupId=self.physical_id, SnapshotName=snapshot)
        self.delete(properties)


keep("AWS::ElastiCache::ParameterGroup", "AWS::ElastiCache::UserGroup")
