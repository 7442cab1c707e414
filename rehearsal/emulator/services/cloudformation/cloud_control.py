"""Cloud Control for AWS::Organizations::Account: the CDK CLI's context lookup asks it for account ids."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from moto.organizations.models import organizations_backends

_TYPE = "AWS::Organizations::Account"


class _Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    operation = environ.get("HTTP_X_AMZ_TARGET", "").rsplit(".", 1)[-1]
    try:
        status, result = "200 OK", _call(operation, json.loads(body or b"{}"), _account(environ))
    except _Refused as error:
        status, result = "400 Bad Request", {"__type": error.code, "message": str(error)}
    data = json.dumps(result).encode()
    start_response(status, [("Content-Type", "application/x-amz-json-1.0"), ("Content-Length", str(len(data)))])
    return [data]


def _account(environ: dict[str, Any]) -> str:
    if "HTTP_X_MOTO_ACCOUNT_ID" in environ:
        return environ["HTTP_X_MOTO_ACCOUNT_ID"]
    from moto.iam.models import get_account_id_from

    return get_account_id_from(environ["HTTP_AUTHORIZATION"].split("Credential=")[1].split("/")[0])


def _call(operation: str, request: dict[str, Any], caller: str) -> dict[str, Any]:
    if request.get("TypeName") != _TYPE:
        raise _Refused(
            "UnsupportedActionException", f"Resource type {request.get('TypeName')} is not emulated by Cloud Control"
        )
    accounts = _accounts(caller)
    if operation == "ListResources":
        # the real handler leaves out what is suspended
        return _page([account for account in accounts if account.status == "ACTIVE"], request)
    if operation == "GetResource":
        for account in accounts:
            if account.id == request["Identifier"]:
                return {"TypeName": _TYPE, "ResourceDescription": _description(account)}
        raise _Refused(
            "ResourceNotFoundException",
            f"Resource of type '{_TYPE}' with identifier '{request['Identifier']}' was not found.",
        )
    raise _Refused("UnsupportedActionException", f"{operation} is not emulated by Cloud Control")


def _accounts(caller: str) -> list[Any]:
    backend = organizations_backends[caller]["aws"]
    if backend.org is None:
        code = (
            "AccessDeniedException" if caller in organizations_backends.master_accounts else "GeneralServiceException"
        )
        raise _Refused(code, "Your account is not a member of an organization.")
    return backend.accounts


def _page(accounts: list[Any], request: dict[str, Any]) -> dict[str, Any]:
    start, size = int(request.get("NextToken") or 0), int(request.get("MaxResults") or 100)
    end = start + size
    page = {"TypeName": _TYPE, "ResourceDescriptions": [_description(account) for account in accounts[start:end]]}
    return {**page, "NextToken": str(end)} if end < len(accounts) else page


def _description(account: Any) -> dict[str, str]:
    """The real handler returns these three properties."""
    properties = {"AccountId": account.id, "AccountName": account.name, "Email": account.email}
    return {"Identifier": account.id, "Properties": json.dumps(properties)}
