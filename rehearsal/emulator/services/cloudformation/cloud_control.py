"""Cloud Control as the lookups of the CDK CLI ask it: accounts of the organization, what stacks have deployed, what existed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from moto.organizations.models import organizations_backends

from emulator.engine.operations import body_of
from emulator.engine.stacks import cloudformation_backends
from emulator.engine.store import kept_backends

_ACCOUNT = "AWS::Organizations::Account"

Described = dict[str, str]


def kind_of(resource_type: str) -> str:
    """Where the store has what exists outside of stacks."""
    return f"cloud control: {resource_type}"


class _Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def answer(environ: dict[str, Any], start_response: Callable[..., Any], region: str) -> Iterable[bytes]:
    operation, account_id = environ.get("HTTP_X_AMZ_TARGET", "").rsplit(".", 1)[-1], environ["HTTP_X_MOTO_ACCOUNT_ID"]
    try:
        status, result = "200 OK", _call(operation, json.loads(body_of(environ) or b"{}"), account_id, region)
    except _Refused as error:
        status, result = "400 Bad Request", {"__type": error.code, "message": str(error)}
    data = json.dumps(result).encode()
    start_response(status, [("Content-Type", "application/x-amz-json-1.0"), ("Content-Length", str(len(data)))])
    return [data]


def _call(operation: str, request: dict[str, Any], caller: str, region: str) -> dict[str, Any]:
    resource_type = request["TypeName"]
    if operation not in ("ListResources", "GetResource"):
        raise _Refused("UnsupportedActionException", f"{operation} is not emulated by Cloud Control")
    found = _accounts_of(caller) if resource_type == _ACCOUNT else list(_resources(resource_type, caller, region))
    if operation == "ListResources":
        return _page(resource_type, [described for is_listed, described in found if is_listed], request)
    for _, described in found:
        if described["Identifier"] == request["Identifier"]:
            return {"TypeName": resource_type, "ResourceDescription": described}
    raise _Refused(
        "ResourceNotFoundException",
        f"Resource of type '{resource_type}' with identifier '{request['Identifier']}' was not found.",
    )


def _accounts_of(caller: str) -> list[tuple[bool, Described]]:
    # the real handler leaves out what is suspended, and returns three properties
    return [
        (
            account.status == "ACTIVE",
            _described(account.id, {"AccountId": account.id, "AccountName": account.name, "Email": account.email}),
        )
        for account in _accounts(caller)
    ]


def _resources(resource_type: str, caller: str, region: str) -> Iterator[tuple[bool, Described]]:
    for stack in cloudformation_backends[caller][region].living():
        for deployed in stack.resources.values():
            resource = deployed.resource
            if resource.place.type == resource_type:
                yield True, _described(resource.physical_id, {**resource.properties, **resource.attributes})
    for identity, properties in kept_backends[caller][region].items.get(kind_of(resource_type), {}).items():
        yield True, _described(identity, properties)


def _accounts(caller: str) -> list[Any]:
    backend = organizations_backends[caller]["aws"]
    if backend.org is None:
        code = (
            "AccessDeniedException" if caller in organizations_backends.master_accounts else "GeneralServiceException"
        )
        raise _Refused(code, "Your account is not a member of an organization.")
    return backend.accounts


def _page(resource_type: str, found: list[Described], request: dict[str, Any]) -> dict[str, Any]:
    start, size = int(request.get("NextToken") or 0), int(request.get("MaxResults") or 100)
    end = start + size
    page = {"TypeName": resource_type, "ResourceDescriptions": found[start:end]}
    return {**page, "NextToken": str(end)} if end < len(found) else page


def _described(identity: str, properties: dict[str, Any]) -> Described:
    return {"Identifier": identity, "Properties": json.dumps(properties)}
