"""Derives the emulator's shapes from the public schemas of resource providers, as cfn-lint carries them.

Run it by `rehearsal/python.sh rehearsal/tests/derive_shapes.py`, after another cfn-lint.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from cfnlint.data import AdditionalSpecs, schemas
from cfnlint.helpers import REGIONS
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

REGION = "us-east-1"
FILE = Path(__file__).parents[1] / "emulator/engine/shapes.json"
_PLAIN = re.compile(r"[^a-z0-9]")


def derived() -> str:
    """The data file: a line for each type, so that a difference can be read."""
    dated = json.loads(files(schemas).joinpath("version.json").read_text())["schema_date"]
    head = {
        "generated": "by rehearsal/tests/derive_shapes.py",
        "source": f"cfn-lint {version('cfn-lint')}: AWS's schemas of {dated}, and its service authorization reference",
    }
    here = set(PROVIDER_SCHEMA_MANAGER.get_resource_types(REGION))
    everywhere = {kind for region in REGIONS for kind in PROVIDER_SCHEMA_MANAGER.get_resource_types(region)}
    head["elsewhere"] = " ".join(sorted(kind for kind in everywhere - here if kind.startswith("AWS::")))
    services = json.loads(files(AdditionalSpecs).joinpath("Policies.json").read_text())
    lines = [json.dumps(head)[1:-1]]
    for kind in sorted(PROVIDER_SCHEMA_MANAGER.get_resource_types(REGION)):
        if kind.startswith(("AWS::", "Alexa::")) and kind != "AWS::CloudFormation::CustomResource":
            line = _type(kind, PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind), services)
            lines.append(f"{json.dumps(kind)}: {json.dumps(line, separators=(',', ':'), sort_keys=True)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _type(kind: str, schema: Any, services: dict[str, Any]) -> dict[str, Any]:
    document = schema.schema
    read_only = [_path(pointer) for pointer in document.get("readOnlyProperties", [])]
    identity = [_path(pointer) for pointer in document.get("primaryIdentifier", [])]
    others = [_path(item[0]) for item in document.get("additionalIdentifiers", []) if len(item) == 1]
    found = schema.get_atts
    noun = kind.split("::")[2]
    named = [name for name in (f"{noun}Name", "Name") if name in document["properties"]][:1]
    given = {
        name: shape_of(schema, f"/properties/{name}")
        for name in [*identity, *others, *named]
        if name not in read_only and "." not in name
    }
    readable = {name: shape_of(schema, found.data[name]) for name in found.data if _is_read(name, read_only)}
    made = {
        "id": identity,
        "new": sorted({_path(pointer).split(".")[0] for pointer in document.get("createOnlyProperties", [])}),
        "given": given,
        "read": readable,
        # of some types each property is an attribute
        "all": any(not _is_read(name, read_only) for name in found.data),
        "arn": _arn(kind, document, services),
        "props": " ".join(sorted(document["properties"])),
        "needs": sorted(document.get("required", [])),
        "unread": "read" not in document.get("handlers", {}),
    }
    return {key: value for key, value in made.items() if value}


def _is_read(name: str, read_only: list[str]) -> bool:
    return "*" not in name and any(name == item or name.startswith(f"{item}.") for item in read_only)


def _path(pointer: str) -> str:
    return ".".join(pointer.split("/")[2:])


def shape_of(schema: Any, pointer: str) -> dict[str, Any]:
    """What a value looks like: a string of any kind is nothing to say."""
    found = schema.resolver.resolve_cfn_pointer(pointer)
    made = {key: found[key] for key in ("type", "format", "enum", "minLength", "maxLength") if key in found}
    if made.get("minLength", 0) < 2:
        made.pop("minLength", None)
    if isinstance(made.get("type"), list):
        made["type"] = made["type"][0]
    if made.get("type") == "string":
        del made["type"]
    if "(" in made.get("format", ""):
        del made["format"]
    if found.get("pattern") and can_be_read(found["pattern"]):
        made["pattern"] = found["pattern"]
    return made


def can_be_read(pattern: str) -> bool:
    """Some are of other dialects."""
    try:
        re.compile(pattern)
        return True
    except re.error:
        return False


def _arn(kind: str, document: dict[str, Any], services: dict[str, Any]) -> str:
    """How an ARN of the type begins, or is: `{id}` stands for what names the resource."""
    _, family, noun = kind.split("::")[:3]
    prefix = _service(family, document)
    formats = {
        _PLAIN.sub("", name.lower()): item["ARNFormats"][0]
        for name, item in services.get(prefix, {}).get("Resources", {}).items()
        if item.get("ARNFormats")
    }
    arn = formats.get(_PLAIN.sub("", noun.lower()))
    if arn is None:
        dashed = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", noun).lower()
        arn = f"arn:${{Partition}}:{prefix}:${{Region}}:${{Account}}:{dashed}/.*"
    names = {"Partition": "partition", "Region": "region", "Account": "account"}
    arn = re.sub(r"\$\{(\w+)\}", lambda match: f"{{{names.get(match[1], 'id')}}}", arn)
    head = arn.split(".*")[0]
    return head if "{id}" in head else f"{head}{{id}}"


def _service(family: str, document: dict[str, Any]) -> str:
    handlers = document.get("handlers", {}).values()
    actions = [action for handler in handlers for action in handler.get("permissions", [])]
    tagging = document.get("tagging", {}).get("permissions", [])
    used = Counter(action.split(":")[0].lower() for action in [*tagging, *actions])
    return family.lower() if not used or family.lower() in used else used.most_common(1)[0][0]


if __name__ == "__main__":
    FILE.write_text(derived(), "utf-8")
