"""Derives what properties have to be from the public schemas of resource providers, as cfn-lint carries them.

Types that `service_templates.py`, `refused/`, the emulator's services and `src` name: what the library, its services
and the CDK's constructs beside them create. Run it by `rehearsal/python.sh rehearsal/tests/derive_properties.py`,
after another cfn-lint or for another type.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from cfnlint.data.schemas.extensions import aws_rds_dbinstance
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from derive_shapes import can_be_read

REGION = "us-east-1"
REPOSITORY = Path(__file__).parents[2]
FILE = REPOSITORY / "rehearsal/emulator/data/properties.json"
_NAMES = re.compile(r"""["'`](?:AWS::)?([A-Z]\w+::[A-Z]\w+)["'`]""")
# lists that AWS extends without asking, such as runtimes: a newer CDK may know more of them
_LONGEST_LIST = 20
_ENGINES = ("mariadb", "mysql", "postgres")
_KEYWORDS = {
    *("$ref", "type", "enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum", "multipleOf"),
    *("minItems", "maxItems", "uniqueItems", "required", "items", "additionalProperties", "allOf", "anyOf", "oneOf"),
    *("properties", "patternProperties", "definitions"),
}
_NAMED = ("properties", "patternProperties", "definitions")


def kinds() -> list[str]:
    folders = [
        *(REPOSITORY / "rehearsal/emulator/services").rglob("*.py"),
        *(REPOSITORY / "rehearsal/emulator/refusals").rglob("*.py"),
        *Path(__file__).with_name("refused").glob("*.py"),
        Path(__file__).with_name("service_templates.py"),
        *(REPOSITORY / "src").rglob("*.ts"),
    ]
    found = {f"AWS::{name}" for file in folders for name in _NAMES.findall(file.read_text("utf-8"))}
    return sorted(found & set(PROVIDER_SCHEMA_MANAGER.get_resource_types(REGION)))


def derived() -> str:
    """The data file: a line for each type, so that a difference can be read."""
    source = f"cfn-lint {version('cfn-lint')}: AWS's public schemas of resource providers"
    lines = []
    for kind in kinds():
        document = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
        # CloudFormation checks those that a resource provider handles
        if document.get("handlers"):
            lines.append(f"{json.dumps(kind)}: {json.dumps(_pruned(document), separators=(',', ':'), sort_keys=True)}")
    body = ",\n".join(lines)
    found = {"generated": "by rehearsal/tests/derive_properties.py", "source": source, "versions": versions()}
    head = json.dumps(found, separators=(",", ":"))[:-1]
    return f'{head},\n"types": {{\n{body}\n}}}}\n'


def versions() -> dict[str, list[str]]:
    """Versions of each engine of which RDS makes single instances."""
    rules = json.loads(files(aws_rds_dbinstance).joinpath("engine_version.json").read_text())["allOf"]
    named = {rule["if"]["properties"]["Engine"].get("const"): rule["then"]["properties"] for rule in rules}
    return {engine: named[engine]["EngineVersion"]["enum"] for engine in _ENGINES}


def _pruned(node: Any, of_names: bool = False) -> Any:
    if isinstance(node, list):
        return [_pruned(item) for item in node]
    if not isinstance(node, dict):
        return node
    if of_names:
        # of another dialect: no name is refused by it
        return {name if can_be_read(name) else "": _pruned(part) for name, part in node.items()}
    return {
        key: value if key in ("enum", "required") else _pruned(value, key in _NAMED)
        for key, value in node.items()
        if key in _KEYWORDS and not _is_open(key, value)
    }


def _is_open(key: str, value: Any) -> bool:
    if key == "enum":
        return len(value) > _LONGEST_LIST and isinstance(value[0], str)
    return key == "pattern" and not can_be_read(value) or key == "uniqueItems" and not value


if __name__ == "__main__":
    FILE.write_text(derived(), "utf-8")
