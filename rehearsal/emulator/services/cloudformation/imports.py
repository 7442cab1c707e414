"""Resources that come into a stack by an IMPORT change set: those of an organization, and those that keep data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from emulator.engine import reads, shapes
from emulator.engine.deployment import Deployment
from emulator.engine.errors import ResourceFailure, ValidationError, reason_of
from emulator.engine.resources import Resource, make
from emulator.engine.stacks import Deployed, Stack
from emulator.engine.values import expand

Properties = dict[str, Any]


def _account(api: Any, identity: str) -> Properties:
    found = api.describe_account(AccountId=identity)["Account"]
    return {
        "AccountId": found["Id"],
        "JoinedTimestamp": str(found["JoinedTimestamp"]),
        **{key: found[key] for key in ("Arn", "Status", "JoinedMethod")},
    }


def _unit(api: Any, identity: str) -> Properties:
    found = api.describe_organizational_unit(OrganizationalUnitId=identity)["OrganizationalUnit"]
    return {key: found[key] for key in ("Id", "Arn")}


def _policy(api: Any, identity: str) -> Properties:
    found = api.describe_policy(PolicyId=identity)["Policy"]["PolicySummary"]
    return {"Id": found["Id"], "Arn": found["Arn"], "AwsManaged": found["AwsManaged"]}


def _organization(api: Any, identity: str) -> Properties:
    found = api.describe_organization()["Organization"]
    if found["Id"] != identity:
        raise LookupError(identity)
    return {
        **{key: found[key] for key in ("Id", "Arn")},
        "RootId": api.list_roots()["Roots"][0]["Id"],
        "ManagementAccountId": found["MasterAccountId"],
        "ManagementAccountArn": found["MasterAccountArn"],
        "ManagementAccountEmail": found["MasterAccountEmail"],
    }


# what its identifier is called, and how its attributes are read
_IMPORTED: dict[str, tuple[str, Callable[[Any, str], Properties]]] = {
    "AWS::Organizations::Account": ("AccountId", _account),
    "AWS::Organizations::OrganizationalUnit": ("Id", _unit),
    "AWS::Organizations::Policy": ("Id", _policy),
    "AWS::Organizations::Organization": ("Id", _organization),
}


def identifiers(template: Properties) -> list[Properties]:
    """What a client has to say of each resource to import it."""
    names: dict[str, list[str]] = {}
    for name, declared in template["Resources"].items():
        names.setdefault(declared["Type"], []).append(name)
    return [
        {
            "ResourceType": kind,
            "LogicalResourceIds": found,
            "ResourceIdentifiers": [_IMPORTED[kind][0]] if kind in _IMPORTED else shapes.of(kind)["id"],
        }
        for kind, found in names.items()
        if kind in _IMPORTED or shapes.is_readable(kind) and shapes.of(kind).get("id")
    ]


def check(stack: Stack, template: Properties, wanted: list[Properties]) -> None:
    """What AWS says when the change set is made."""
    resources, names = template["Resources"], {item["LogicalResourceId"] for item in wanted}
    before = stack.template.get("Resources", {})
    missing = [name for name in resources if name not in before and name not in names]
    if missing:
        raise ValidationError(f"Resources [{', '.join(missing)}] is missing from ResourceToImport list")
    changed = [name for name in before if resources.get(name) != before[name]]
    if changed:
        raise ValidationError(
            f"You have modified resources [{', '.join(changed)}] in your template that are not being imported. "
            "Update, create or delete operations cannot be executed during import operations."
        )
    if template.get("Outputs", {}) != stack.template.get("Outputs", {}):
        raise ValidationError("As part of the import operation, you cannot modify or add [Outputs]")
    for item in wanted:
        name, kind = item["LogicalResourceId"], item["ResourceType"]
        if "DeletionPolicy" not in resources.get(name, {}):
            raise ValidationError(f"Resources to import must have a DeletionPolicy attribute: [{name}]")
        if kind not in _IMPORTED and kind not in reads.NAMED:
            raise ValidationError(f"the emulator does not import {kind}")


def run(operation: Deployment, wanted: list[Properties]) -> None:
    stack, came = operation.stack, []
    stack.event("IMPORT_IN_PROGRESS", "User Initiated")
    for item in wanted:
        name = item["LogicalResourceId"]
        declaration = operation.template["Resources"][name]
        resource = make(operation.place_of(name, declaration))
        try:
            _adopt(resource, item["ResourceIdentifier"])
        except Exception as error:
            stack.resource_event(resource, "IMPORT_FAILED", reason_of(error))
            for imported in came:
                del stack.resources[imported]
            stack.event("IMPORT_ROLLBACK_IN_PROGRESS", f"The following resource(s) failed to import: [{name}].")
            stack.event("IMPORT_ROLLBACK_COMPLETE")
            return
        properties = operation.scope.resolve(declaration.get("Properties", {}))
        resource.properties = expand(stack, properties)
        stack.resources[name] = Deployed(resource, properties, declaration, "IMPORT_COMPLETE")
        stack.resource_event(resource, "IMPORT_COMPLETE")
        came.append(name)
    operation.keep()
    stack.event("IMPORT_COMPLETE")


def _adopt(resource: Resource, identifier: dict[str, str]) -> None:
    kind, (identity,) = resource.place.type, identifier.values()
    resource.physical_id = identity
    try:
        if kind in reads.NAMED:
            reads.read(resource)
        else:
            resource.attributes = _IMPORTED[kind][1](resource.api("organizations"), identity)
    except (ClientError, LookupError):
        resource.physical_id = ""
        raise ResourceFailure(f"Resource of type '{kind}' with identifier '{identity}' was not found.") from None
