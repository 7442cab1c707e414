"""Which operation of AWS's API an HTTP request is, and how the refusal of one is said there."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import botocore.session

# what the signature of a request calls a service that botocore has by another name
_SIGNED = {
    "monitoring": "cloudwatch",
    "email": "ses",
    "states": "stepfunctions",
    "elasticloadbalancing": "elbv2",
    "cloudcontrolapi": "cloudcontrol",
    "servicequotas": "service-quotas",
    # the portal, which botocore calls so, signs nothing
    "sso": "sso-admin",
}


@dataclass(frozen=True)
class Asked:
    service: str
    region: str
    # botocore's model of the service; None if it has no service of that name
    model: Any
    # as the API calls it; None if that cannot be told
    operation: str | None
    parameters: dict[str, Any]

    @property
    def protocol(self) -> str:
        return str(self.model.protocol) if self.model else ""


def body_of(environ: dict[str, Any]) -> bytes:
    """The body, which can be read again."""
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH")
    data = stream.read(int(length)) if length else stream.read() if environ.get("wsgi.input_terminated") else b""
    environ["wsgi.input"] = io.BytesIO(data)
    return bytes(data)


def read(environ: dict[str, Any], region: str, signed: str) -> Asked:
    """The body can be read again."""
    model = _model(_SIGNED.get(signed, signed))
    operation, parameters = _operation(model, environ) if model else (None, {})
    return Asked(signed, region, model, operation, parameters)


@cache
def _model(name: str) -> Any:
    session = botocore.session.get_session()
    return session.get_service_model(name) if name in session.get_available_services() else None


def _operation(model: Any, environ: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
    query = _form(environ.get("QUERY_STRING", ""))
    target, path = environ.get("HTTP_X_AMZ_TARGET", ""), environ.get("PATH_INFO", "/")
    # who speaks another protocol sends no target, and is answered by what the path or the form says
    if target and "json" in model.metadata.get("protocols", [model.protocol]):
        data = body_of(environ)
        found = target.rpartition(".")[2]
        return (found if found in model.operation_names else None), _object(data)
    if rpc := re.fullmatch(r"/service/\w+/operation/(\w+)", path):
        return rpc.group(1), {}
    if not model.protocol.startswith("rest"):
        form = query if "Action" in query else _form(body_of(environ).decode("utf-8", "replace"))
        return form.get("Action"), form
    operation, parameters = _of_path(model, environ["REQUEST_METHOD"], path, query)
    if operation in ("CopyObject", "PutObject"):
        source = environ.get("HTTP_X_AMZ_COPY_SOURCE")
        return ("CopyObject", {**parameters, "CopySource": source}) if source else ("PutObject", parameters)
    return operation, parameters


def _object(data: bytes) -> dict[str, Any]:
    """What is no object is refused by who is asked."""
    try:
        found = json.loads(data or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _form(text: str) -> dict[str, Any]:
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def _of_path(model: Any, method: str, path: str, query: dict[str, str]) -> tuple[str | None, dict[str, Any]]:
    """Of several that fit, the one that says most of its path and of its query."""
    found = [
        (route, match.groupdict())
        for route in _routes(model.service_name)
        if route.method == method
        and route.values.items() <= query.items()
        and route.names <= query.keys()
        and (match := route.path.fullmatch(path))
    ]
    if not found:
        return None, {}
    route, parameters = max(found, key=lambda item: item[0].weight)
    return route.operation, {**query, **parameters}


@dataclass(frozen=True)
class _Route:
    operation: str
    method: str
    path: re.Pattern[str]
    # what a query has to say, and what it has to have
    values: dict[str, str]
    names: frozenset[str]
    weight: tuple[int, ...]


@cache
def _routes(service: str) -> tuple[_Route, ...]:
    return tuple(_each_route(_model(service)))


def _each_route(model: Any) -> Iterator[_Route]:
    for name in model.operation_names:
        operation = model.operation_model(name)
        http = operation.http
        # botocore takes the bucket out of the path, as soon as somebody asks for it
        path, _, query = http["requestUri"].partition("?")
        path = http.get("authPath", path)
        pattern = re.sub(r"\\\{([\w\\-]+?)(\\\+)?\\\}", _group, re.escape(path.rstrip("/")))
        values = {key: items[0] for key, items in parse_qs(query, keep_blank_values=True).items() if key != "x-id"}
        shape = operation.input_shape
        required = [shape.members[member].serialization for member in shape.required_members] if shape else []
        names = frozenset(item["name"] for item in required if item.get("location") == "querystring")
        weight = (len(values) + len(names), len(path.split("{")[0]), path.count("/"), not operation.deprecated)
        yield _Route(name, http["method"], re.compile(pattern + "/?"), values, names, weight)


def _group(label: re.Match[str]) -> str:
    name = re.sub(r"\W", "", label[1])
    return f"(?P<{name}>{'.+' if label[2] else '[^/]+'})"


_DENIED = {"json": "AccessDeniedException", "rest-json": "AccessDeniedException", "ec2": "UnauthorizedOperation"}


def denied(protocol: str) -> str:
    """The code for want of a right."""
    return _DENIED.get(_kind(protocol), "AccessDenied")


def _kind(protocol: str) -> str:
    return "json" if "cbor" in protocol else protocol


def answer(protocol: str, code: str, words: str, start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A refusal.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
    """
    kind = _kind(protocol)
    if "json" in kind:
        body = json.dumps({"__type": code, "message": words, "Message": words})
        content = "application/json" if kind == "rest-json" else "application/x-amz-json-1.1"
        headers = [("Content-Type", content), ("x-amzn-ErrorType", code)]
        start_response("403 Forbidden" if kind == "rest-json" else "400 Bad Request", headers)
        return [body.encode()]
    error = f"<Code>{code}</Code><Message>{escape(words)}</Message>"
    body = {
        "ec2": f"<Response><Errors><Error>{error}</Error></Errors><RequestID>r</RequestID></Response>",
        "rest-xml": f"<Error>{error}<RequestId>r</RequestId></Error>",
    }.get(kind, f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error><RequestId>r</RequestId></ErrorResponse>")
    start_response("403 Forbidden", [("Content-Type", "text/xml")])
    return [body.encode()]
