"""What a type's Ref, attributes and names look like, by AWS's public schema of it."""

from __future__ import annotations

import difflib
import json
import random
import re
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from emulator.engine.errors import ResourceFailure

# Python's own parser of patterns: it changed its name in 3.11
try:
    from re import _constants as tokens
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:
    import sre_constants as tokens  # type: ignore[no-redef]
    import sre_parse as parser  # type: ignore[no-redef]

Shape = dict[str, Any]
_TYPES = {"integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}
ARN = re.compile(r"arn:aws(-[a-z]+)*:[a-z0-9-]+:([a-z]{2}(-[a-z]+)+-\d)?:(\d{12}|aws)?:\S+")
# cfn-lint's formats that an identifier of another resource may have
FORMATS = {
    "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "AWS::EC2::VPC.Id": "vpc-[0-9a-f]{8,17}",
    "AWS::EC2::Subnet.Id": "subnet-[0-9a-f]{8,17}",
    "AWS::EC2::SecurityGroup.Id": "sg-[0-9a-f]{8,17}",
    "AWS::EC2::Image.Id": "ami-[0-9a-f]{8,17}",
    "AWS::Route53::AliasTarget.HostedZoneId": "Z[A-Z0-9]{8,31}",
    "AWS::Route53::HostedZone.Id": "Z[A-Z0-9]{8,31}",
    "ipv4-network": r"\d{1,3}(\.\d{1,3}){3}/\d{1,2}",
}
_REGISTERED = re.compile(r"(Custom::[\w@-]+|(?!AWS::)\w{2,64}(::\w{2,64}){2}(::MODULE)?)")
# names that AWS cuts shorter than the schema says; each by the documentation of the type
LONGEST = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": 32,
    "AWS::ElasticLoadBalancingV2::TargetGroup": 32,
    "AWS::Lambda::Function": 64,
    "AWS::SQS::Queue": 80,
    "AWS::Events::Rule": 64,
    "AWS::ElastiCache::ReplicationGroup": 40,
    "AWS::ElastiCache::User": 40,
    "AWS::OpenSearchService::Domain": 28,
    "AWS::RDS::DBInstance": 63,
}


# where Ref is not all of what identifies a resource: "Return values" of the type's page in the template reference
REF = {
    "AWS::ApplicationAutoScaling::ScalingPolicy": ("Arn",),
    "AWS::Batch::JobDefinition": ("JobDefinitionArn",),
    "AWS::CloudFront::Function": ("FunctionARN",),
    "AWS::EC2::EIP": ("PublicIp",),
    "AWS::ECS::ClusterCapacityProviderAssociations": ("Cluster",),
    "AWS::ECS::Service": ("ServiceArn",),
    "AWS::Events::Rule": ("RuleName",),
    "AWS::IAM::Policy": ("Id",),
    "AWS::Lambda::Permission": ("Id",),
    "AWS::Route53::RecordSet": ("Name",),
}


# an attribute that a resource has only with that property
ONLY_WITH = {
    "AWS::DynamoDB::Table": {"StreamArn": "StreamSpecification"},
    "AWS::DynamoDB::GlobalTable": {"StreamArn": "StreamSpecification"},
    "AWS::RDS::DBCluster": {"MasterUserSecret.SecretArn": "ManageMasterUserPassword"},
    "AWS::RDS::DBInstance": {"MasterUserSecret.SecretArn": "ManageMasterUserPassword"},
}


@cache
def _all() -> dict[str, Any]:
    return json.loads(Path(__file__).with_name("shapes.json").read_text("utf-8"))


def of(kind: str) -> dict[str, Any]:
    """`id` identifies a resource, `given` are names that a template may give, `read` attributes, a change of `new` replaces,
    `props` are its properties, of which it `needs` some; `unread` has no handler that reads."""
    return _all().get(kind, {})


def is_misspelt(kind: str) -> bool:
    """Nobody knows the type. One of AWS may be newer than what is known here, unless it is nearly one of its service."""
    if kind in _all() or kind in _all()["elsewhere"].split() or _REGISTERED.fullmatch(kind):
        return False
    service = kind.rpartition("::")[0]
    like = [known for known in _all() if known.rpartition("::")[0] == service]
    return not kind.startswith("AWS::") or bool(difflib.get_close_matches(kind, like, 1, 0.95))


def is_readable(kind: str) -> bool:
    """Drift is detected of types that have a handler which reads."""
    return kind.startswith("AWS::") and bool(of(kind)) and not of(kind).get("unread", False)


def fits(shape: Shape, value: Any) -> bool:
    """A value has the type, pattern, format and length that its shape says, and is no ARN in an ARN."""
    kind = shape.get("type")
    if kind in _TYPES:
        return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
    if not isinstance(value, str):
        return False
    form = FORMATS.get(shape.get("format", ""))
    return (
        value.count("arn:") < 2
        and shape.get("minLength", 0) <= len(value) <= shape.get("maxLength", 10**6)
        and (form is None or bool(re.fullmatch(form, value)))
        and (not shape.get("format", "").endswith(".Arn") or bool(ARN.fullmatch(value)))
        and ("pattern" not in shape or bool(re.search(shape["pattern"], value)))
        and value in shape.get("enum", [value])
    )


def cut(stack: str, logical: str, tail: str, longest: int) -> str:
    """Stack and logical id share what the random end leaves, as AWS's kit for resource providers has it.

    `IdentifierUtils` of aws-cloudformation/cloudformation-cli-java-plugin.
    """
    stack = re.sub("-{2,}", "-", stack.lstrip("-"))
    free = longest - len(tail) - 2
    half = free // 2
    of_stack = min(len(stack), max(half, free - len(logical)))
    return "-".join(filter(None, (stack[:of_stack].rstrip("-"), logical[: free - of_stack].rstrip("-"), tail)))


def name(place: Any) -> str:
    """The name that CloudFormation makes up, in the length and the letters that the type takes."""
    shapes = list(of(place.type).get("given", {}).values())
    longest = min([shape.get("maxLength", 255) for shape in shapes] + [LONGEST.get(place.type, 255)])
    made = place.name
    tail = made.rpartition("-")[2]
    # a pattern may have a length of its own
    for length in (longest, *(length for length in (128, 80, 64, 50, 40, 32, 28) if length < longest)):
        if len(made) > length:
            made = cut(place.stack_name, place.logical_id, tail, max(length, len(tail) + 2))
        for candidate in _spellings(made):
            if all(fits({"pattern": shape["pattern"]}, candidate) for shape in shapes if "pattern" in shape):
                return candidate
    return cut(place.stack_name, place.logical_id, tail, longest) if len(place.name) > longest else place.name


def _spellings(name: str) -> list[str]:
    """A name in the letters that some types take."""
    plain = re.sub(r"\W", "", name)
    return [name, name.lower(), name.replace("-", "_"), name.lower().replace("-", "_"), plain, plain.lower()]


def arn(kind: str, identity: str, place: Any) -> str:
    if identity.startswith("arn:"):
        return identity
    text = of(kind).get("arn") or f"arn:{{partition}}:{kind.split('::')[1].lower()}:{{region}}:{{account}}:{{id}}"
    return text.format(id=identity, partition=place.partition, region=place.region, account=place.account_id)


def ref(place: Any, properties: dict[str, Any], known: Callable[[str], Any] = lambda _: None) -> str:
    """What identifies a resource: what the template says, what is known, or what the schema makes of it."""
    kind = of(place.type)
    parts = []
    for item in REF.get(place.type) or kind.get("id") or ("",):
        given = _given(properties, item)
        if given is None:
            given = known(item)
        if given is None:
            given = _attribute(place, properties, "", item) if item in kind.get("read", {}) else place.name
        parts.append(str(given))
    return "|".join(parts)


def attribute(place: Any, properties: dict[str, Any], physical_id: str, name: str) -> Any:
    kind = of(place.type)
    if kind and name not in kind.get("read", {}):
        given = _given(properties, name) if kind.get("all") else None
        if given is None and name in kind.get("id", ()):
            given = physical_id
        if given is None:
            raise ResourceFailure(f"Requested attribute {name} doesn't exist in schema for {place.type}")
        return given
    return _attribute(place, properties, physical_id, name)


def _given(properties: dict[str, Any], path: str) -> Any:
    value: Any = properties
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _attribute(place: Any, properties: dict[str, Any], physical_id: str, name: str) -> Any:
    kind = of(place.type)
    shape = kind.get("read", {}).get(name, {})
    if physical_id and list(REF.get(place.type, kind.get("id", ()))) == [name]:
        return physical_id
    given = _given(properties, name)
    if given is not None and fits(shape, given):
        return given
    called = next((str(properties[item]) for item in kind.get("given", {}) if item in properties), place.name)
    identity = physical_id.split("|")[-1] or called
    seed = f"{place.name} {name}"
    # the end of an ARN is what names the resource
    own_id = re.split("[/:]", identity)[-1] if identity.startswith("arn:") else identity
    service = arn(place.type, "x", place).split(":")[2]
    noun = place.type.split("::")[2]
    lower = re.sub(r"\W", "", identity.lower())[-12:]
    if name.lower().endswith("arn") or shape.get("format", "").endswith(".Arn"):
        if name.lower() in ("arn", f"{noun.lower()}arn") or name in kind.get("id", ()):
            return made_up(shape, seed, [arn(place.type, item, place) for item in (own_id, called, lower, lower * 3)])
        other = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name.split(".")[-1][:-3]).lower()
        start = f"arn:{place.partition}:{service}:{place.region}:{place.account_id}"
        return made_up(shape, seed, [f"{start}:{other or 'resource'}/{called}"])
    if name.endswith("Port"):
        return made_up(shape, seed, ["5432"])
    if name.endswith(("Address", "DomainName", "DNSName", "DnsName", "Endpoint")):
        return made_up(shape, seed, [f"{called.lower()}.{service}.{place.region}.emulated"])
    if name.endswith(("Uri", "URI", "Url", "URL")):
        return made_up(shape, seed, [f"https://{called.lower()}.{service}.{place.region}.emulated"])
    if name.endswith("Name"):
        return made_up(shape, seed, [called, called.lower()])
    if name.endswith("Id"):
        return made_up(shape, seed, [own_id, lower, called])
    return made_up(shape, seed, [f"{called}-{name}", lower])


def made_up(shape: Shape, seed: str, candidates: list[Any]) -> Any:
    """The first candidate that fits, or something that does: always the same for the same seed."""
    kind = shape.get("type")
    if kind in _TYPES:
        whole = {"integer": 1, "number": 1, "boolean": False, "object": {}}
        return whole[kind] if kind in whole else [f"{candidates[0]}-{index}" for index in range(4)]
    if "enum" in shape:
        return next((value for value in shape["enum"] if value in ("ACTIVE", "AVAILABLE", "READY")), shape["enum"][0])
    if shape.get("format") == "date-time":
        return "2026-01-01T00:00:00Z"
    for candidate in candidates:
        if fits(shape, candidate):
            return candidate
    pattern = FORMATS.get(shape.get("format", "")) or shape.get("pattern")
    if pattern is None:
        return str(candidates[0])[: shape.get("maxLength", 255)]
    chance = random.Random(zlib.crc32(seed.encode()))
    for _ in range(20):
        text = _text(parser.parse(pattern), chance)
        if fits(shape, text):
            return text
    return str(candidates[0])


_CLASSES = {
    tokens.CATEGORY_DIGIT: "0123456789",
    tokens.CATEGORY_WORD: "abcdefghijklmnopqrstuvwxyz0123456789",
}


def _text(parsed: Any, chance: random.Random) -> str:
    """A text that a pattern takes, as far as identifiers have patterns."""
    return "".join(_part(kind, value, chance) for kind, value in parsed)


def _part(kind: Any, value: Any, chance: random.Random) -> str:
    if kind is tokens.LITERAL:
        return chr(value)
    if kind is tokens.IN:
        return chance.choice(_letters(value))
    if kind is tokens.BRANCH:
        return _text(value[1][0], chance)
    if kind is tokens.SUBPATTERN:
        return _text(value[-1], chance)
    if kind in (tokens.MAX_REPEAT, tokens.MIN_REPEAT):
        least, most, item = value
        # as long as identifiers are; what need not be is left out
        count = least if least == most or least == 0 and most == 1 else min(max(least, 17), int(most))
        return "".join(_text(item, chance) for _ in range(count))
    return "x" if kind in (tokens.ANY, tokens.NOT_LITERAL) else ""


def _letters(items: Any) -> str:
    if items and items[0][0] is tokens.NEGATE:
        return _CLASSES[tokens.CATEGORY_WORD]
    found = ""
    for kind, value in items:
        if kind is tokens.LITERAL:
            found += chr(value)
        elif kind is tokens.RANGE:
            found += "".join(map(chr, range(value[0], value[1] + 1)))
        elif kind is tokens.CATEGORY:
            found += _CLASSES.get(value, "x")
    plain = "".join(letter for letter in found if letter.isascii() and letter.isalnum())
    return plain or found or "x"
