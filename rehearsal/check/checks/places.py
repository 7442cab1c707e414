"""Where the app puts units, accounts and policies: IDs, as far as AWS gives them by now."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from check.app import Org, template
from check.aws import Aws
from check.checks.accounts import by_email
from check.checks.organization import managed
from rehearsal.app import StackArtifact

# no ID begins like this
_LATER = "?"


def is_known(place: str) -> bool:
    """Whether it is an ID, and not what will have one."""
    return not place.startswith((_LATER, "/"))


def places(org: Org, values: Iterable[tuple[StackArtifact, Any]], aws: Aws) -> list[str]:
    """An ID for each; where there is none yet, the name of the parameter that will have it, or of what will be made."""
    found = [_place(org, stack, value, aws) for stack, value in values]
    # of what is deployed already
    later = [] if managed(aws) is None else sorted({place for place in found if place.startswith("/")})
    stored: dict[str, str] = {}
    for part in (later[start : start + 10] for start in range(0, len(later), 10)):
        parameters = aws.ask("ssm:GetParameters", region=org.root.region, Names=part)["Parameters"]
        stored |= {item["Name"]: item["Value"] for item in parameters}
    return [stored.get(place, place) for place in found]


def _place(org: Org, stack: StackArtifact, value: Any, aws: Aws) -> str:
    content = template(stack)
    match value:
        case str() if value.startswith("{{resolve:ssm:"):
            return _stored(org, value.removeprefix("{{resolve:ssm:").removesuffix("}}").split(":")[0], aws)
        case str():
            return value
        case {"Ref": str(name)} if name in content.get("Parameters", {}):
            return _stored(org, str(content["Parameters"][name].get("Default", f"{_LATER}{name}")), aws)
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]} if name in content["Resources"]:
            return _of_resource(content["Resources"][name], aws) or f"{_LATER}{stack.name}/{name}"
    return f"{_LATER}{json.dumps(value)}"


def _stored(org: Org, parameter: str, aws: Aws) -> str:
    """What the app's own parameter will have, if it is known by now."""
    for stack, _, properties in org.resources("AWS::SSM::Parameter"):
        value = properties.get("Value")
        if properties.get("Name") == parameter and not (isinstance(value, dict) and value.get("Ref") in template(stack).get("Parameters", {})):
            found = _place(org, stack, value, aws)
            return parameter if found.startswith(_LATER) else found
    return parameter


def _of_resource(resource: dict[str, Any], aws: Aws) -> str | None:
    if managed(aws) is None:
        return None
    if resource["Type"] == "AWS::Organizations::Organization":
        return str(aws.ask("organizations:ListRoots")["Roots"][0]["Id"])
    if resource["Type"] == "AWS::Organizations::Account":
        account = by_email(aws, resource.get("Properties", {}).get("Email"))
        return account["Id"] if account else None
    return None
