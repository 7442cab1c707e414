"""Values of records, and which of them may stand beside each other."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Any

from moto.route53.models import route53_backends

from emulator.engine.refusals import Asked, refuses

_FATAL = "Invalid Resource Record: FATAL problem"


@refuses("AWS::Route53::RecordSet")
def record(asked: Asked) -> Iterator[str]:
    properties, kind = asked.properties, str(asked.properties.get("Type"))
    name = str(properties.get("Name", "")).rstrip(".").lower()
    if "ResourceRecords" in properties and properties.get("TTL") is None:
        yield f"Invalid request: Missing field 'TTL' in Change with [Action=CREATE, Name={name}., Type={kind}]"
    for value in properties.get("ResourceRecords", []):
        problem = _problem(kind, str(value))
        if problem:
            yield f"{_FATAL}: {problem} encountered with '{value}'"
    zone = _zone(asked)
    if zone is None or asked.before is not None:
        return
    apex = str(zone.name).rstrip(".")
    if kind == "CNAME" and name == apex:
        yield f"RRSet of type CNAME with DNS name {name}. is not permitted at apex in zone {apex}."
    others = {item.type for item in zone.rrsets if str(item.name).rstrip(".").lower() == name}
    if others and (kind == "CNAME") != ("CNAME" in others):
        yield (
            f"RRSet of type {kind} with DNS name {name}. is not permitted as it conflicts with other records with the "
            f"same DNS name in zone {apex}."
        )


def _problem(kind: str, value: str) -> str:
    version = {"A": 4, "AAAA": 6}.get(kind)
    if version and not _is_address(value, version):
        return f"{kind}RRDATAIllegalIPv{version}Address (Value is not a valid IPv{version} address)"
    if kind == "MX" and not re.fullmatch(r"\d+\s+\S+", value):
        return "MXRRDATANotTwoFields (MX record doesn't have 2 fields)"
    if kind in ("TXT", "SPF"):
        if not re.fullmatch(r'\s*("([^"\\]|\\.)*"\s*)+', value):
            return "InvalidCharacterString (Value should be enclosed in quotation marks)"
        if any(len(part) > 257 for part in re.findall(r'"(?:[^"\\]|\\.)*"', value)):
            return "CharacterStringTooLong (Value is too long)"
    return ""


def _is_address(value: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(value).version == version
    except ValueError:
        return False


def _zone(asked: Asked) -> Any:
    """Of its id; by a name it may be any."""
    zones = route53_backends[asked.place.account_id][asked.place.partition].zones
    return zones.get(str(asked.properties.get("HostedZoneId", "")).rpartition("/")[2])
