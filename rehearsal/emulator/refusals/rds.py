"""Versions, sizes, networks, users and passwords of databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moto.ec2.models import ec2_backends
from moto.rds.models import rds_backends

from emulator.engine import properties as schemas
from emulator.engine.refusals import Asked, refuses

# the oldest that a new database may have, extended support included:
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_PostgreSQL.html and its neighbours
_OLDEST = {"postgres": 11, "mysql": 5, "mariadb": 10}
_CLASS = re.compile(r"db\.[a-z][a-z0-9-]*\.(micro|small|medium|(large|\d*xlarge)(\.tpc\d\.mem\dx)?|metal(-\d+xl)?)")
_RESERVED = {"postgres": {"admin", "rdsadmin", "user"}, "mysql": {"rdsadmin"}, "mariadb": {"rdsadmin"}}


@refuses("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")
def database(asked: Asked) -> Iterator[str]:
    properties = asked.properties
    engine, version = str(properties.get("Engine", "")), str(properties.get("EngineVersion", ""))
    major = re.match(r"\d+", version)
    if major and int(major.group()) < _OLDEST.get(engine, 0) or version and _is_missing(engine, version):
        yield f"Cannot find version {version} for {engine}"
    yield from _size(properties, engine)
    yield from _shape(properties, engine, asked)
    user = str(properties.get("MasterUsername", ""))
    if asked.before is None and user.lower() in _RESERVED.get(engine, ()):
        yield f"MasterUsername {user} cannot be used as it is a reserved word used by the engine"
    password = properties.get("MasterUserPassword")
    if isinstance(password, str):
        if len(password) < 8:
            yield "The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters."
        if re.search(r"""[/@" ]|[^ -~]""", password):
            yield (
                "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides "
                "'/', '@', '\"', ' ' may be used."
            )


def _is_missing(engine: str, version: str) -> bool:
    """Between those that there are, and not one of them: newer ones come without asking."""
    known = schemas.versions(engine)
    numbers = [_numbers(item) for item in known]
    own = _numbers(version)
    newest = max((item for item in numbers if item[: len(own) - 1] == own[:-1]), default=())
    return bool(newest) and version not in known and own < newest and own not in [item[: len(own)] for item in numbers]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))


def _size(properties: dict[str, Any], engine: str) -> Iterator[str]:
    kind, is_aurora = str(properties.get("DBInstanceClass", "")), engine.startswith("aurora")
    if kind and kind != "db.serverless" and not _CLASS.fullmatch(kind):
        yield f"Invalid DB Instance class: {kind}"
    if is_aurora and kind.endswith((".micro", ".small")) and not kind.startswith("db.t2"):
        yield (
            "RDS does not support creating a DB instance with the following combination: "
            f"DBInstanceClass={kind}, Engine={engine}"
        )
    storage, disk = properties.get("AllocatedStorage"), properties.get("StorageType", "gp2")
    if storage and engine in _OLDEST and disk in ("gp2", "gp3") and int(storage) < 20:
        yield f"Invalid storage size for engine name {engine} and storage type {disk}: {storage}"
    days = properties.get("BackupRetentionPeriod")
    if days is not None and int(days) > 35:
        yield f"Invalid backup retention period: {days}. Must be between 0 and 35."
    scaling = properties.get("ServerlessV2ScalingConfiguration") or {}
    least, most = float(scaling.get("MinCapacity", 0)), float(scaling.get("MaxCapacity", 256))
    if least > most:
        yield "The minimum capacity must be less than or equal to the maximum capacity."
    if least * 2 % 1 or most * 2 % 1:
        yield "Serverless v2 capacity must be a multiple of 0.5."


def _shape(properties: dict[str, Any], engine: str, asked: Asked) -> Iterator[str]:
    name = properties.get("DBName") or properties.get("DatabaseName")
    if (
        name
        and engine.endswith(("postgres", "postgresql", "mysql"))
        and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", str(name))
    ):
        yield "DBName must begin with a letter and contain only alphanumeric characters."
    others = ("MasterUserPassword", "ManageMasterUserPassword", "SnapshotIdentifier", "DBSnapshotIdentifier")
    sources = (
        "DBClusterIdentifier",
        "SourceDBInstanceIdentifier",
        "SourceDbiResourceId",
        "SourceDBInstanceAutomatedBackupsArn",
        "ReplicationSourceIdentifier",
        "GlobalClusterIdentifier",
    )
    restored = ("DBClusterSnapshotIdentifier", "SourceDBClusterIdentifier", "MasterUserAuthenticationType")
    is_alone = not any(properties.get(key) for key in (*others, *sources, *restored))
    if asked.before is None and is_alone and asked.place.type == "AWS::RDS::DBInstance":
        yield "The parameter MasterUserPassword must be provided and must not be blank."
    group_name = properties.get("DBParameterGroupName")
    groups = rds_backends[asked.place.account_id][asked.place.region].db_parameter_groups
    group = groups.get(str(group_name).lower()) or groups.get(str(group_name))
    major = re.match(r"\d+", str(properties.get("EngineVersion", "")))
    if group is not None and engine == "postgres" and major and group.family != f"{engine}{major.group()}":
        yield (
            f"The parameter group with DBParameterGroupFamily {group.family} can't be used for this instance. Use a "
            f"parameter group with DBParameterGroupFamily {engine}{major.group()}."
        )


@refuses("AWS::RDS::DBSubnetGroup")
def zones(asked: Asked) -> Iterator[str]:
    known = ec2_backends[asked.place.account_id][asked.place.region]
    wanted = set(asked.properties.get("SubnetIds", []))
    found = [subnet for subnets in known.subnets.values() for subnet in subnets.values() if subnet.id in wanted]
    covered = sorted({subnet.availability_zone for subnet in found})
    if len(found) == len(wanted) and len(covered) < 2:
        yield (
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: "
            f"{', '.join(covered)}. Add subnets to cover at least 2 AZs."
        )
