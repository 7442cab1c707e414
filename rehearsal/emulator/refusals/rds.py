"""Versions, users and passwords of databases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emulator.engine.refusals import Asked, refuses

# the oldest that a new database may have, extended support included:
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_PostgreSQL.html and its neighbours
_OLDEST = {"postgres": 11, "mysql": 5, "mariadb": 10}
_RESERVED = {"postgres": {"admin", "rdsadmin", "user"}, "mysql": {"rdsadmin"}, "mariadb": {"rdsadmin"}}


@refuses("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")
def database(asked: Asked) -> Iterator[str]:
    properties = asked.properties
    engine, version = str(properties.get("Engine", "")), str(properties.get("EngineVersion", ""))
    major = re.match(r"\d+", version)
    if major and int(major.group()) < _OLDEST.get(engine, 0):
        yield f"Cannot find version {version} for {engine}"
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
