"""How deployed stacks compare with AWS's public schemas, and with what their templates gave."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from xml.etree import ElementTree

import derive_shapes
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from emulator.engine import shapes
from emulator.engine.stacks import Stack, cloudformation_backends
from emulator.engine.values import expand
from rehearsal import state

# attributes that a resource has only with another property: "Return values" of the type's page
ONLY_WITH = shapes.ONLY_WITH
# whose ARNs are of another service: "Resource types defined by …" in the service authorization reference
SERVICE = {"AWS::ApplicationAutoScaling::ScalingPolicy": "autoscaling"}
# called as the resource's own ARN, and of what Identity Center makes for it
OF_ANOTHER = {("AWS::AccountAccess::Application", "IdentitySource.IdentityCenter.ApplicationArn")}
# attributes whose pattern is older than the types of what they name, and what AWS's reference says instead
PATTERN = {
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html: any type of policy
    ("AWS::Organizations::Policy", "Arn"): r"^arn:aws(-[a-z]+)*:organizations::\d{12}:policy/o-[a-z0-9]{10,32}/[a-z0-9_]+_policy/p-\w{8,128}$",
}


def schema_of(kind: str) -> Any:
    return PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind)


def differences(stack: Any) -> tuple[int, list[str]]:
    """How many values were looked at, and what is wrong with which."""
    count, found = 0, []
    for logical, deployed in stack.resources.items():
        kind, resource = deployed.resource.place.type, deployed.resource
        schema = schema_of(kind)
        if not kind.startswith("AWS::"):
            continue
        count += 1
        wrong = reference(schema, kind, deployed, stack)
        if wrong:
            found.append(f"{kind} {logical} Ref: {wrong}")
        for name in schema.get_atts.data:
            pointer = schema.get_atts.data[name]
            if "*" in name or not readable(schema, pointer, deployed.properties, kind):
                continue
            count += 1
            try:
                value = resource.attribute(name)
            except Exception as error:
                found.append(f"{kind} {logical}.{name}: {error}")
                continue
            wrong = misfit(schema, pointer, name, value, stack)
            if wrong:
                found.append(f"{kind} {logical}.{name}: {wrong}")
    return count, found


def readable(schema: Any, pointer: str, properties: dict[str, Any], kind: str) -> bool:
    path = pointer.split("/")[2:]
    name = ".".join(path)
    if name in ONLY_WITH.get(kind, {}):
        return ONLY_WITH[kind][name] in properties
    read_only = schema.schema.get("readOnlyProperties", [])
    if any(pointer == item or pointer.startswith(f"{item}/") for item in read_only):
        return True
    value: Any = properties
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    # of what need not be given, AWS tells what it has put there
    return value is not None


def reference(schema: Any, kind: str, deployed: Any, stack: Stack) -> str | None:
    names = shapes.REF.get(kind) or [item.split("/", 2)[2] for item in schema.schema["primaryIdentifier"]]
    parts = deployed.resource.physical_id.split("|")
    if len(names) == 1:
        parts = [deployed.resource.physical_id]
    if len(parts) != len(names):
        return f"{deployed.resource.physical_id} is not {'|'.join(names)}"
    for name, part in zip(names, parts, strict=True):
        given = deployed.properties.get(name)
        if given is not None:
            # Route 53 knows names without the last dot
            if part != str(given).rstrip("."):
                return f"{part} is not {given}"
            continue
        wrong = misfit(schema, f"/properties/{name}", name, part, stack)
        if wrong:
            return wrong
        try:
            known = deployed.resource.attribute(name.replace("/", "."))
        except Exception:
            continue
        if known != part:
            return f"{part} is not {name}, {known}"
    return None


def misfit(schema: Any, pointer: str, name: str, value: Any, stack: Stack) -> str | None:
    found = schema.resolver.resolve_cfn_pointer(pointer)
    kinds = found.get("type", "string")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    python = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}
    if not any(isinstance(value, python[kind]) for kind in kinds):
        return f"{value!r} is not {kinds}"
    if not isinstance(value, str):
        return None
    if value.count("arn:") > 1:
        return f"an ARN in an ARN: {value}"
    if not found.get("minLength", 0) <= len(value) <= found.get("maxLength", 10**6):
        return f"{value} has {len(value)} characters"
    if "enum" in found and value not in found["enum"]:
        return f"{value} is none of {found['enum']}"
    pattern = PATTERN.get((schema.type_name, name), found.get("pattern", ""))
    if derive_shapes.can_be_read(pattern) and not re.search(pattern, value):
        return f"{value} is not {pattern}"
    form = shapes.FORMATS.get(found.get("format", ""))
    if form and not re.fullmatch(form, value):
        return f"{value} is not {found['format']}"
    if name.lower().endswith("arn") or found.get("format", "").endswith(".Arn"):
        return wrong_arn(schema.type_name, name, value, stack)
    return None


def wrong_arn(kind: str, name: str, value: str, stack: Stack) -> str | None:
    match = re.fullmatch(r"arn:aws:([a-z0-9-]+):([a-z0-9-]*):(\d*):(.+)", value)
    if not match:
        return f"{value} is no ARN"
    service, region, account, _ = match.groups()
    own = name.split(".")[-1].lower() in ("arn", f"{kind.split('::')[2].lower()}arn")
    expected = shapes.of(kind).get("arn", "").split(":")
    if own and (kind, name) not in OF_ANOTHER and service != SERVICE.get(kind, expected[2]):
        return f"{value} is not of {expected[2]}"
    if region not in (stack.region, "") or account not in (stack.account_id, ""):
        return f"{value} is elsewhere"
    return None


def plain(text: str) -> str:
    return re.sub("[^a-z0-9]", "", text.lower())


def told(node: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Each value of a state, with what it is called."""
    if isinstance(node, str) and node.startswith(("{", "[")):
        with suppress(ValueError):
            node = json.loads(node)
    if isinstance(node, str) and node.startswith("<"):
        with suppress(ElementTree.ParseError):
            for element in ElementTree.fromstring(node).iter():
                yield plain(element.tag.split("}")[-1]), plain(element.text or "")
    if is_tag(node):
        key, node = node.values()
    if isinstance(node, dict):
        for name, value in node.items():
            yield plain(key), plain(str(name))
            yield from told(value, str(name))
    elif isinstance(node, list):
        for value in node:
            yield from told(value, key)
    else:
        yield plain(key), plain(str(node))


def is_tag(item: Any) -> bool:
    return isinstance(item, dict) and [name.lower() for name in item] in (["key", "value"], ["tagkey", "tagvalue"])


def given(node: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, str) and node.startswith(("{", "[")):
        with suppress(ValueError):
            node = json.loads(node)
    if isinstance(node, dict):
        for name, value in node.items():
            yield from given(value, name)
    elif isinstance(node, list) and node and all(is_tag(item) for item in node):
        # a tag is known by its name
        yield from ((plain(key), plain(str(value))) for key, value in (item.values() for item in node))
    elif isinstance(node, list):
        for value in node:
            yield from given(value, key)
    else:
        yield plain(key), plain(str(node))


def services_state(account: str) -> Any:
    """All but the stacks, which keep their templates."""
    found = state.snapshot()[account]
    sets = [item for backend in cloudformation_backends[account].values() for item in backend.stack_sets.values()]
    return {
        **{name: part for name, part in found.items() if not name.startswith("cloudformation")},
        "stack sets": [item.properties for item in sets],
    }


# what moto calls otherwise
CALLED = {
    "accelerationstatus": "accelerateconfiguration",
    "availabilityzone": "name",
    "cloudwatchlogsrolearn": "cwrolearn",
    "enablekeyrotation": "keyrotationstatus",
    "enablelogfilevalidation": "logvalidation",
    "errordocument": "key",
    "functionname": "resource",
    "hostedzoneid": "zones",
    "indexdocument": "suffix",
    "isorganizationtrail": "isorgtrail",
    "layers": "arn",
    "logfileprefix": "targetprefix",
    "objectownership": "ownershiprule",
    "policyname": "policies",
    "principal": "service",
    "reservedconcurrentexecutions": "reservedconcurrency",
    "roles": "name",
    "scheduleexpression": "scheduledexpression",
    "targetkeyid": "id arn",
    "zipfile": "codebytes",
}
# what moto says otherwise
SAID = {("objectlockenabled", "enabled"): "true"}
# a secret is not kept, and a queue is told by its name
UNREAD = {"AuthToken", "MasterUserPassword", "Queues", "ScalingTargetId"}


def known(account: str) -> dict[str, set[str]]:
    """Value -> what the services of an account call it."""
    found: dict[str, set[str]] = {}
    for name, value in told(services_state(account)):
        found.setdefault(value, set()).add(name)
    return found


def lost(stack: Stack, names: dict[str, set[str]]) -> tuple[int, list[str]]:
    """How many properties were looked at, and which the account knows nothing of under a like name."""
    count, found = 0, []
    for logical, deployed in stack.resources.items():
        if not deployed.resource.place.type.startswith("AWS::"):
            continue
        for name, value in deployed.properties.items():
            if name in UNREAD:
                continue
            count += 1
            for key, leaf in given(expand(stack, value), name):
                called = [where for where in names.get(SAID.get((key, leaf), leaf), ()) if where]
                if not any(own in where or where in own for own in (key, *CALLED.get(key, "").split()) for where in called):
                    found.append(f"{deployed.resource.place.type} {logical}.{name}: {key} {leaf}")
    return count, found
