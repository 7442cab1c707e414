"""What ElastiCache refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import Case, Template, made, template


def replicas(**properties: Any) -> Template:
    given = {
        "ReplicationGroupDescription": "r",
        "Engine": "valkey",
        "CacheNodeType": "cache.t4g.micro",
        "NumCacheClusters": 2,
        **properties,
    }
    return template(X=made("AWS::ElastiCache::ReplicationGroup", **given))


SHARDS = {"ReplicationGroupDescription": "r", "Engine": "valkey", "CacheNodeType": "cache.t4g.micro"}

CASES: dict[str, Case] = {
    "cache-token": Case(
        replicas(AuthToken="short", TransitEncryptionEnabled=True),
        replicas(AuthToken="t" * 16, TransitEncryptionEnabled=True),
    ),
    "cache-token-in-clear": Case(
        replicas(AuthToken="t" * 16, TransitEncryptionEnabled=False), replicas(TransitEncryptionEnabled=True)
    ),
    "cache-that-cannot-fail-over": Case(
        replicas(NumCacheClusters=1, AutomaticFailoverEnabled=True), replicas(AutomaticFailoverEnabled=True)
    ),
    "cache-name-length": Case(replicas(ReplicationGroupId="r" * 41), replicas(ReplicationGroupId="r" * 40)),
}

# what a rule refused once, and AWS accepts
ACCEPTED: dict[str, Template] = {
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
    "shards without replicas": template(
        C=made(
            "AWS::ElastiCache::ReplicationGroup",
            **SHARDS,
            **{"AutomaticFailoverEnabled": True, "NumNodeGroups": 2, "ReplicasPerNodeGroup": 0},
        )
    ),
}
