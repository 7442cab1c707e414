"""The AWS SDK for JavaScript that Lambda has: its packages, made of botocore's models, and the door that they call.

https://docs.aws.amazon.com/lambda/latest/dg/nodejs-package.html#nodejs-package-dependencies
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from emulator.engine import aws, callers
from emulator.engine.allowed import refusal
from emulator.engine.errors import ResourceFailure
from emulator.engine.operations import Asked, body_of

PATH = "/.sdk-for-javascript"
_RUNTIME = Path(__file__).parents[1] / "runtime"
_IMPORTED = re.compile(r"""["'`](@aws-sdk/[a-z0-9-]+|@smithy/[a-z0-9-]+|aws-sdk)(?:/[\w./-]*)?["'`]""")
_CODE = (".js", ".mjs", ".cjs")
# packages of the SDK that are no clients
_OTHERS = {"@aws-sdk/credential-providers": "credential-providers.js"}

# where the SDK and botocore call a service by different names
_NAMES = {
    "cloudwatchlogs": "logs",
    "cloudwatchevents": "events",
    "cognitoidentityprovider": "cognito-idp",
    "configservice": "config",
    "costandusagereportservice": "cur",
    "costexplorer": "ce",
    "databasemigrationservice": "dms",
    "directoryservice": "ds",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearchservice": "es",
    "eventbridge": "events",
    "iotdataplane": "iot-data",
    "sfn": "stepfunctions",
}
_services: dict[str, str] = {}


def service_name(name: str) -> str:
    """'Organizations', '@aws-sdk/client-organizations' or 'CloudWatchLogs' become botocore's name."""
    key = re.sub(r"[^a-z0-9]", "", name.lower().removeprefix("@aws-sdk/client-"))
    if not _services:
        session = botocore.session.get_session()
        _services.update({re.sub(r"[^a-z0-9]", "", service): service for service in session.get_available_services()})
        _services.update(_NAMES)
    if key not in _services:
        raise ResourceFailure(f"Package @aws-sdk/client-{key} does not exist.")
    return _services[key]


def provide(folder: Path, home: Path) -> list[str]:
    """Makes the packages that the code names and does not bring; gives those that cannot be made."""
    missing, code = [], home / "task"
    for name in sorted(_imported(code)):
        package = folder / name
        if any((place / name).exists() for place in (folder, code / "node_modules", home / "node_modules")):
            continue
        if (text := _package(name)) is None:
            missing.append(name)
            continue
        package.mkdir(parents=True)
        (package / "index.js").write_text(text, "utf-8")
    return missing


def _imported(code: Path) -> set[str]:
    files = (file for file in code.rglob("*") if file.suffix in _CODE)
    own = (file for file in files if "node_modules" not in file.relative_to(code).parts)
    return {name for file in own for name in _IMPORTED.findall(file.read_text("utf-8", "replace"))}


@cache
def _package(name: str) -> str | None:
    if name in _OTHERS:
        return f"module.exports = require({json.dumps(str(_RUNTIME / _OTHERS[name]))});\n"
    try:
        described = _described(service_name(name)) if name.startswith("@aws-sdk/client-") else None
    except ResourceFailure:
        return None
    if described is None:
        return None
    names = ", ".join(described["names"])
    # the last line is how Node.js knows what can be imported
    return (
        f"module.exports = require({json.dumps(str(_RUNTIME / 'sdk.js'))})({json.dumps(described)});\n"
        f"0 && (module.exports = {{ {names} }});\n"
    )


def _described(service: str) -> dict[str, Any]:
    client = aws.client(service, "000000000000", "us-east-1")
    model = client.meta.service_model
    called = re.sub(r"\s", "", str(model.service_id))
    called = called[0].upper() + called[1:]
    shapes = {name: model.shape_for(name) for name in model.shape_names}
    enums = {
        name: {re.sub(r"^(?=\d)|[^A-Za-z0-9_]", "_", value): value for value in shape.enum}
        for name, shape in shapes.items()
        if getattr(shape, "enum", None)
    }
    errors = [shape.name for shape in model.error_shapes]
    operations = sorted(model.operation_names)
    paged = [operation for operation in operations if client.can_paginate(xform_name(operation))]
    waiters = sorted(model_name for model_name in _waiters(service))
    return {
        "service": service,
        "called": called,
        "operations": operations,
        "errors": errors,
        "enums": enums,
        "paged": paged,
        "waiters": waiters,
        "names": [
            f"{called}Client",
            called,
            f"{called}ServiceException",
            *(f"{operation}Command" for operation in operations),
            *errors,
            *enums,
            *(f"paginate{operation}" for operation in paged),
            *(f"{verb}{waiter}" for waiter in waiters for verb in ("waitFor", "waitUntil")),
        ],
    }


def _waiters(service: str) -> tuple[str, ...]:
    try:
        return tuple(_waiter_model(service).waiter_names)
    except Exception:  # botocore raises one error for each thing that it has not
        return ()


@cache
def _waiter_model(service: str) -> Any:
    return botocore.session.get_session().get_waiter_model(service)


def answer(environ: dict[str, Any], start_response: Callable[..., Any], caller: callers.Caller) -> Iterable[bytes]:
    """A call of a client of the SDK: `service`, `operation`, `region` and `input`."""
    asked = json.loads(body_of(environ))
    client = aws.client(asked["service"], caller.account_id, asked["region"])
    try:
        found: dict[str, Any] = {"output": _call(client, asked, caller)}
    except (ClientError, BotoCoreError, WaiterError) as error:
        found = {"error": error_of(client, error)}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(found).encode()]


def _call(client: Any, asked: dict[str, Any], caller: callers.Caller) -> Any:
    given = _decoded(asked["input"])
    if "waiter" in asked:
        return _waited(client, asked, given, caller)
    model = client.meta.service_model.operation_model(asked["operation"])
    given = _known(model.input_shape, given) if model.input_shape else {}
    output = call(client, caller, asked["operation"], given, asked["region"])
    if asked["operation"] == "Invoke":
        # no stream in the SDK
        output["Payload"] = output["Payload"].read()
    encoded = _encoded(output)
    method = xform_name(asked["operation"])
    if client.can_paginate(method):
        encoded["$next"] = _next(client.get_paginator(method)._pagination_cfg, output)
    return encoded


def call(client: Any, caller: callers.Caller, operation: str, given: dict[str, Any], region: str) -> Any:
    """A call of the caller's, if they may make it."""
    _decide(client, caller, operation, given, region)
    with callers.calling_as(caller):
        try:
            return getattr(client, xform_name(operation))(**given)
        except ClientError as error:
            raise _as_of_aws(error) from error


def _as_of_aws(error: ClientError) -> ClientError:
    """moto refuses a service-linked role that exists as it does any other role."""
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    if (error.operation_name, code) != ("CreateServiceLinkedRole", "EntityAlreadyExists"):
        return error
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
    name = message.split()[3]
    words = f"Service role name {name} has been taken in this account, please try a different suffix."
    return ClientError({"Error": {"Code": "InvalidInput", "Message": words}}, error.operation_name)


def _decide(client: Any, caller: callers.Caller, operation: str, given: dict[str, Any], region: str) -> None:
    model = client.meta.service_model
    if found := refusal(Asked(model.signing_name, region, model, operation, given), caller):
        code, words = found
        raise ClientError({"Error": {"Code": code, "Message": words}}, operation)


def _waited(client: Any, asked: dict[str, Any], given: dict[str, Any], caller: callers.Caller) -> dict[str, Any]:
    """A waiter asks by a call, which needs its right."""
    operation = _waiter_model(asked["service"]).get_waiter(asked["waiter"]).operation
    _decide(client, caller, operation, given, asked["region"])
    with callers.calling_as(caller):
        # nothing is late here
        client.get_waiter(xform_name(asked["waiter"])).wait(**given, WaiterConfig={"Delay": 1, "MaxAttempts": 3})
    return {}


def _next(config: dict[str, Any], output: dict[str, Any]) -> dict[str, Any]:
    inputs, outputs = (
        [value] if isinstance(value, str) else value for value in (config["input_token"], config["output_token"])
    )
    found = {}
    for name, path in zip(inputs, outputs, strict=False):
        for alternative in path.split(" || "):
            if output.get(alternative):
                found[name] = output[alternative]
                break
    return found


def error_of(client: Any, error: Exception) -> dict[str, Any]:
    if not isinstance(error, ClientError):
        return {"name": type(error).__name__, "code": type(error).__name__, "message": str(error), "status": 400}
    told, metadata = error.response["Error"], error.response.get("ResponseMetadata", {})
    code = str(told.get("Code", "Unknown"))
    named = next(
        (
            shape.name
            for shape in client.meta.service_model.error_shapes
            if code in (shape.name, shape.metadata.get("error", {}).get("code"))
        ),
        None,
    )
    return {
        "name": named or {"404": "NotFound", "403": "Forbidden"}.get(code, code),
        "code": code,
        "message": str(told.get("Message", "")),
        "status": metadata.get("HTTPStatusCode", 400),
    }


def _known(shape: Any, value: Any) -> Any:
    """The SDK sends what its model has, and scalars as text where the protocol is text."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict) and not getattr(shape, "is_document_type", False):
        return {name: _known(shape.members[name], item) for name, item in value.items() if name in shape.members}
    if kind == "list" and isinstance(value, list):
        return [_known(shape.member, item) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {key: _known(shape.value, item) for key, item in value.items()}
    if kind == "string" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if kind in ("integer", "long") and isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$bytes" in value:
        return base64.b64decode(value["$bytes"])
    if "$date" in value:
        # Python 3.10 knows no Z
        return datetime.fromisoformat(value["$date"].replace("Z", "+00:00"))
    return {key: _decoded(item) for key, item in value.items()}


def _encoded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _encoded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_encoded(item) for item in value]
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"$date": value.isoformat()}
    if hasattr(value, "read"):
        return {"$stream": base64.b64encode(value.read()).decode()}
    return value
