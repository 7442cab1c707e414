"""boto3 clients that talk to the emulated AWS in this process: every call is checked against the real API shapes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from copy import copy
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from werkzeug.test import EnvironBuilder, run_wsgi_app

ACCOUNT_HEADER = "x-moto-account-id"
ENDPOINT = "http://127.0.0.1:1"

_application: list[Callable[..., Any]] = []


class _Body(io.BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()


def serve_with(application: Callable[..., Any]) -> None:
    _application[:] = [application]


class _InProcess:
    """Takes the place of a client's HTTP session: answers in this process, as what an account sees."""

    def __init__(self, account_id: str) -> None:
        self.account_id = account_id

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        return answer(_application[0], request, {ACCOUNT_HEADER: self.account_id})


class _Signed:
    """The same, as what who has this key sees: rights are decided."""

    def __init__(self, door: Callable[..., Any], key: str) -> None:
        self.door, self.key = door, key

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        signed = request.headers["Authorization"]
        text = signed.decode() if isinstance(signed, bytes) else str(signed)
        return answer(self.door, request, {"Authorization": re.sub("Credential=[^/]+", f"Credential={self.key}", text)})


def answer(application: Callable[..., Any], request: AWSPreparedRequest, more: dict[str, str]) -> AWSResponse:
    """What this application answers to the request with these headers."""
    headers = {
        key: value.decode() if isinstance(value, bytes) else str(value) for key, value in request.headers.items()
    }
    url = urlsplit(request.url)
    body = request.body if request.body is not None else b""
    environ = EnvironBuilder(
        path=url.path,
        query_string=url.query,
        base_url=ENDPOINT,
        method=request.method,
        headers={**headers, **more},
        data=body.read() if hasattr(body, "read") else body,
    ).get_environ()
    # werkzeug decodes the path; moto wants it as it was sent
    environ["RAW_URI"] = environ["REQUEST_URI"] = url.path + (f"?{url.query}" if url.query else "")
    chunks, status, answered = run_wsgi_app(application, environ, buffered=True)
    # a server sends no body to HEAD, whatever the application gives it
    content = b"" if request.method == "HEAD" else b"".join(chunks)
    return AWSResponse(request.url, int(status.split()[0]), dict(answered), _Body(content))


@cache
def client(service: str, account_id: str, region: str) -> Any:
    """Clients of different accounts differ by their HTTP session only; the rest is large, and slow to make."""
    shared = _client(service, region)
    # `copy` stumbles over the attributes that a client makes up
    made = object.__new__(type(shared))
    vars(made).update(vars(shared), _endpoint=copy(shared._endpoint))
    made._endpoint.http_session = _InProcess(account_id)
    return made


def client_of(door: Callable[..., Any], key: str, service: str, region: str) -> Any:
    """A client of who has the key, at the door that lets others in."""
    made: Any = client.__wrapped__(service, "", region)
    made._endpoint.http_session = _Signed(door, key)
    return made


@cache
def _client(service: str, region: str) -> Any:
    return _session().client(
        service,
        region_name=region,
        endpoint_url=ENDPOINT,
        aws_access_key_id="AKIAEMULATED",
        aws_secret_access_key="emulated",
        config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}, proxies={}, user_agent="emulator"),
    )


@cache
def _session() -> boto3.session.Session:
    return boto3.session.Session()
