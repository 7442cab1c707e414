"""Which types, classes of instances and versions AWS has, and in which region."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Iterator

# whose types our services create
SERVICES = ("CloudFront", "ECR", "ECS", "EKS", "ElastiCache", "OpenSearchService", "RDS", "Route53", "SES", "SecretsManager")
# regions that only agencies of the United States see
SECRET = "-iso"
ENGINES = ("aurora-mysql", "aurora-postgresql", "mariadb", "mysql", "postgres")
CACHES = ("redis", "valkey")
MOST_REGIONS = 53
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def derive(schemas: Path) -> dict[str, Any]:
    providers = {file.stem: set(_read(file)) for file in sorted((schemas / "providers").glob("*-*.json")) if SECRET not in file.stem}
    classes = _classes(schemas / "extensions")
    regions = sorted({*providers, *(region for fleet in classes.values() for region in fleet)})
    if len(regions) > MOST_REGIONS:
        raise ValueError(f"{len(regions)} regions, and a number in JavaScript is exact up to {MOST_REGIONS} bits: divide the sets")
    sets: list[str] = []

    def numbered(members: set[str]) -> str:
        """Number of a set of regions, each of which is a bit."""
        bits = _base36(sum(1 << regions.index(region) for region in members))
        if bits not in sets:
            sets.append(bits)
        return _base36(sets.index(bits))

    types = sorted({name for names in providers.values() for name in names if name.split("::")[1] in SERVICES})
    missing = {name: {region for region, names in providers.items() if name not in names} for name in types}
    versions = _versions(schemas / "extensions")
    return {
        "REGIONS": " ".join(regions),
        "REGIONS_WITH_TYPES": numbered(set(providers)),
        "MISSING_TYPES": {name: numbered(where) for name, where in missing.items() if where},
        "CLASSES": {fleet: _encoded(in_regions, numbered) for fleet, in_regions in classes.items()},
        "VERSIONS": versions,
        "MISSING_CLASSES": _missing(schemas / "extensions", classes, versions),
        "FARGATE": _fargate(schemas / "extensions"),
        # last, because all above number theirs
        "REGION_SETS": " ".join(sets),
    }


def facts(constants: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Kind and name of everything that constants say."""
    regions, sets = constants["REGIONS"].split(), constants["REGION_SETS"].split()

    def members(number: str) -> list[str]:
        bits = int(sets[int(number, 36)], 36)
        return [region for index, region in enumerate(regions) if bits >> index & 1]

    yield from (("regions", region) for region in regions)
    for name, where in constants["MISSING_TYPES"].items():
        yield from (("types that are missing", f"{name} {region}") for region in members(where))
    for fleet, families in constants["CLASSES"].items():
        for family in families.split():
            name, groups = family.split("=")
            for group in groups.split(";"):
                sizes, where = group.split("@")
                yield from (("classes", f"{fleet} {name}.{size} {region}") for size in sizes.split(",") for region in members(where))
    for engine, text in constants["VERSIONS"].items():
        available, deprecated = text.split("|")
        yield from (("versions", f"{engine} {version}") for version in available.split())
        yield from (("deprecated versions", f"{engine} {version}") for version in deprecated.split())
    for engine, text in constants["MISSING_CLASSES"].items():
        for group in text.split(";"):
            of_versions, names = group.split("=")
            yield from (("classes that versions lack", f"{engine} {version} {name}") for version in of_versions.split() for name in names.split())
    for cpu, memory in constants["FARGATE"].items():
        yield from (("Fargate's sizes", f"{cpu} {value}") for value in memory)


def _classes(extensions: Path) -> dict[str, dict[str, set[str]]]:
    """Classes of each fleet in each region, without what the service adds to the name that EC2 has for them."""
    databases: dict[str, dict[str, set[str]]] = {engine: {} for engine in ENGINES}
    for region, rules in _read(extensions / "aws_rds_dbinstance/dbinstanceclass_enum.json").items():
        for rule in rules["allOf"]:
            given = rule["if"]["properties"]
            engine = given["Engine"]["const"]
            # with a license that nobody names
            if engine in databases and given["LicenseModel"] is False:
                names = {name.removeprefix("db.") for name in rule["then"]["properties"]["DBInstanceClass"]["enum"]}
                # two lists of prices, and a class that only one of them has cannot always be ordered
                databases[engine][region] = databases[engine].get(region, names) & names
    return {
        **databases,
        "elasticache": _listed(extensions / "aws_elasticache_cachecluster/cachenodetype_enum.json", "cache."),
        "opensearch": _listed(extensions / "aws_opensearchservice_domain/clusterconfig_instancetype_enum.json", ".search"),
    }


def _listed(file: Path, affix: str) -> dict[str, set[str]]:
    # beside the regions there is a description
    rules = {region: rule for region, rule in _read(file).items() if isinstance(rule, dict)}
    return {region: {name.removeprefix(affix).removesuffix(affix) for name in rule["enum"]} for region, rule in rules.items()}


def _encoded(in_regions: dict[str, set[str]], numbered: Any) -> str:
    """`<family>=<size>,<size>@<set of regions>;… …`"""
    where: dict[str, set[str]] = {}
    for region, names in in_regions.items():
        for name in names:
            where.setdefault(name, set()).add(region)
    families: dict[str, dict[str, list[str]]] = {}
    for name in sorted(where):
        family, _, size = name.partition(".")
        families.setdefault(family, {}).setdefault(numbered(where[name]), []).append(size)

    def written(groups: dict[str, list[str]]) -> str:
        return ";".join(f"{','.join(sizes)}@{number}" for number, sizes in groups.items())

    return " ".join(f"{family}={written(groups)}" for family, groups in families.items())


def _versions(extensions: Path) -> dict[str, str]:
    """`<versions>|<versions with which nothing new can be created>`"""
    found = {}
    for engine in ENGINES:
        # a cluster may be asked for a major version, an instance of it has one
        folder = extensions / ("aws_rds_dbcluster" if engine.startswith("aurora") else "aws_rds_dbinstance")
        deprecated = _of_engine(_read(folder / "engine_version_deprecated.json"), engine, "if")
        found[engine] = _halves(_of_engine(_read(folder / "engine_version.json"), engine, "then"), deprecated)
    caches = _read(extensions / "aws_elasticache_cachecluster/engine_version.json")
    return {**found, **{engine: _halves(_of_engine(caches, engine, "then"), set()) for engine in CACHES}}


def _missing(extensions: Path, classes: dict[str, dict[str, set[str]]], versions: dict[str, str]) -> dict[str, str]:
    """`<versions>=<families and classes that these lack>;…`, of versions with which something new can be created."""
    rules = _read(extensions / "aws_rds_dbinstance/db_instance_class.json")["allOf"]
    return {engine: _missing_of(engine, rules, set().union(*classes[engine].values()), versions[engine]) for engine in ENGINES}


def _missing_of(engine: str, rules: list[Any], every: set[str], versions: str) -> str:
    ofs = [rule for rule in rules if rule["if"]["properties"]["Engine"]["const"] == engine]
    groups: dict[str, list[str]] = {}
    for version in versions.split("|")[0].split():
        lists = [
            {name.removeprefix("db.") for name in rule["then"]["properties"]["DBInstanceClass"]["enum"]}
            for rule in ofs
            if re.match(rule["if"]["properties"]["EngineVersion"]["pattern"], version)
        ]
        if lists:
            groups.setdefault(" ".join(_briefly(every - set.intersection(*lists), every)), []).append(version)
    return ";".join(f"{' '.join(of)}={missing}" for missing, of in groups.items() if missing)


def _briefly(names: set[str], every: set[str]) -> list[str]:
    """Classes, or the family where it is all of it."""
    left = {_family(name) for name in every - names}
    return sorted({name if _family(name) in left else _family(name) for name in names})


def _family(name: str) -> str:
    return name.partition(".")[0]


def _of_engine(document: Any, engine: str, part: str) -> set[str]:
    rules = [rule for rule in document["allOf"] if rule["if"]["properties"]["Engine"].get("const") == engine]
    return {version for rule in rules for version in rule[part]["properties"]["EngineVersion"]["enum"]}


def _halves(every: set[str], deprecated: set[str]) -> str:
    return "|".join(" ".join(sorted(half, key=_numbers)) for half in (every - deprecated, deprecated))


def _numbers(version: str) -> list[tuple[int, str]]:
    return [(int(part) if part.isdigit() else -1, part) for part in version.replace("-", ".").split(".")]


def _fargate(extensions: Path) -> dict[str, list[int]]:
    """MiB that a task of so many CPU units may have."""
    found = {}
    for rule in _read(extensions / "aws_ecs_taskdefinition/fargate_cpu_memory.json")["then"]["anyOf"]:
        (cpu,), memory = rule["properties"]["Cpu"]["then"]["enum"], rule["properties"]["Memory"]["then"]
        found[cpu] = memory.get("enum") or list(range(memory["minimum"], memory["maximum"] + 1, memory["multipleOf"]))
    return found


def _base36(number: int) -> str:
    return (_base36(number // 36) if number >= 36 else "") + DIGITS[number % 36]


def _read(file: Path) -> Any:
    return json.loads(file.read_text("utf-8"))
