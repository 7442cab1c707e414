"""Names, tokens and replicas of caches."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.engine.refusals import Asked, refuses


@refuses("AWS::ElastiCache::ReplicationGroup")
def replication_group(asked: Asked) -> Iterator[str]:
    properties = asked.properties
    name, token = str(properties.get("ReplicationGroupId", "r")), properties.get("AuthToken")
    if len(name) > 40:
        yield (
            "The parameter ReplicationGroupIdentifier is not a valid identifier because it is longer than 40 "
            "characters."
        )
    if token and not 16 <= len(str(token)) <= 128:
        yield "Invalid AuthToken provided."
    if token and not _is(properties.get("TransitEncryptionEnabled")):
        yield "The AUTH token is only supported when encryption-in-transit is enabled"
    # with shards there is failover even without replicas
    if _is(properties.get("AutomaticFailoverEnabled")) and int(properties.get("NumCacheClusters", 2)) < 2:
        yield "Replication group with automatic failover enabled must have at least one replica"


def _is(value: object) -> bool:
    return str(value).lower() == "true"
