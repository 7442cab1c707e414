"""The emulated AWS as a web server for one run, in threads of this process."""

from __future__ import annotations

import json
import logging
import re
import secrets
import socket
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any
from urllib.parse import unquote

from flask import Flask
from moto.core.base_backend import BackendDict
from moto.core.utils import convert_to_flask_response
from moto.moto_server import werkzeug_app
from moto.moto_server.werkzeug_app import (
    BackendRequest,
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from emulator.engine import aws, callers, faults, functions, gate, operations, quotas, sdk, serving
from emulator.engine import lookups as _lookups  # noqa: F401  moto asks itself less
from emulator.engine.allowed import refusal, undecided
from emulator.services import accountaccess, load, route53, sts
from emulator.services.cloudformation import cloud_control, stack_sets
from emulator.services.cloudformation.api import CloudFormationResponse
from emulator.services.ec2 import images

load()
# a page in a browser gets no word of ours
werkzeug_app.DISABLE_GLOBAL_CORS = True

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/")
# what moto adds for whoever tests with it
_NO_SERVICES = ("moto_api", "instance_metadata")


def _credential(environ: dict[str, Any]) -> re.Match[str] | None:
    """Who asks, for which region and service: in a header, or in the URL of a request that somebody else has signed."""
    return _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION") or unquote(environ.get("QUERY_STRING", "")))


class _QuietHandler(MotoRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


class Application:
    """moto's dispatcher, with what moto has not, such as Cloud Control, in front, one request at a time."""

    def __init__(self) -> None:
        self.moto = DomainDispatcherApplication(self._create_app)
        # moto lists its own folders for every request
        self.moto.get_backend_for_host = cache(self.moto.get_backend_for_host)  # type: ignore[method-assign]
        self.unknown: list[str] = []

    def _create_app(self, service: Any) -> Flask:
        if service in _NO_SERVICES:
            return Flask(service)
        if service != "cloudformation":
            return create_backend_app(service)
        app = Flask("cloudformation")
        app.request_class = BackendRequest
        app.add_url_rule(
            "/",
            endpoint="cloudformation",
            methods=["GET", "POST"],
            view_func=convert_to_flask_response(CloudFormationResponse.dispatch),
        )
        return app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        credential = _credential(environ)
        try:
            return self._answer(environ, start_response, credential)
        except Exception as error:  # the emulator's own fault, not an answer of AWS
            service = credential.group(3) if credential else ""
            return self._not_emulated(service, f"{type(error).__name__}: {error}", start_response)

    def _answer(
        self, environ: dict[str, Any], start_response: Callable[..., Any], credential: re.Match[str] | None
    ) -> Iterable[bytes]:
        if credential is None or "HTTP_X_MOTO_ACCOUNT_ID" in environ:
            caller = callers.acting()
        else:
            asked = operations.read(environ, *credential.group(2, 3))
            with gate.lock():
                caller = callers.of(credential.group(1))
                # the calls of this one are decided when they are known
                refused = refusal(asked, caller) if caller and environ["PATH_INFO"] != sdk.PATH else None
            if refused:
                return operations.answer(asked.protocol, *refused, start_response)
            if caller:
                environ["HTTP_X_MOTO_ACCOUNT_ID"] = caller.account_id
        with gate.request(), callers.calling(caller):
            if environ["PATH_INFO"] == sdk.PATH and caller:
                return sdk.answer(environ, start_response, caller)
            if credential and credential.group(3) == "cloudcontrolapi":
                return cloud_control.answer(environ, start_response, credential.group(2))
            if credential and credential.group(3) == "account-access":
                return accountaccess.answer(environ, start_response, credential.group(2))
            return self.moto(environ, start_response)

    def _not_emulated(self, service: str, error: str, start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.unknown.append(f"{service}: {error}")
        start_response("501 Not Implemented", [("Content-Type", "application/x-amz-json-1.1")])
        return [json.dumps({"__type": "NotImplemented", "message": f"not emulated: {service}: {error}"}).encode()]


class Door:
    """Lets in who has credentials of this run: its own, or those that the emulated AWS has given out."""

    def __init__(self, application: Application) -> None:
        self.application = application
        # who calls is the root user of an account, not an administrator of it
        self.as_root_user = False
        self.secret = secrets.token_hex(16).upper()

    def credentials(self, account_id: str) -> dict[str, str]:
        """The key names its account, so that no state is needed to know who calls."""
        mark = "R" if self.as_root_user else ""
        return {"AWS_ACCESS_KEY_ID": f"AKIA{account_id}{mark}{self.secret}", "AWS_SECRET_ACCESS_KEY": "emulated"}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # its path is the secret
        if environ["REQUEST_METHOD"] == "PUT" and functions.is_answer(environ["PATH_INFO"]):
            functions.put_answer(environ["PATH_INFO"], operations.body_of(environ))
            start_response("200 OK", [("Content-Length", "0")])
            return [b""]
        credential = _credential(environ)
        if credential is None or not self._knows(credential.group(1)):
            # https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html, and that of JSON's protocols
            asked = operations.read(environ, *credential.group(2, 3)) if credential else None
            protocol = asked.protocol if asked and asked.protocol else "rest-json"
            code = "UnrecognizedClientException" if "json" in protocol else "InvalidClientTokenId"
            message = "The security token included in the request is invalid: it is not of this rehearsal."
            return operations.answer(protocol, code, message, start_response)
        # who calls is said by the key alone
        inside = {name: value for name, value in environ.items() if not name.startswith("HTTP_X_MOTO_")}
        return self.application(inside, start_response)

    def _knows(self, key: str) -> bool:
        if own := callers.KEY.fullmatch(key):
            return secrets.compare_digest(own.group(3), self.secret)
        with gate.lock():
            return callers.of(key) is not None


class Emulator:
    """`with Emulator() as emulator:` gives a fresh, empty AWS; `emulator.serve(listener)` lets others in."""

    def __init__(self) -> None:
        self.faults = faults.faults
        self.application = Application()
        self.door = Door(self.application)
        self.credentials = self.door.credentials

    def start(self) -> Emulator:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        reset()
        aws.serve_with(self.application)
        return self

    def serve(self, listener: socket.socket) -> Callable[[], None]:
        """Answers who connects, until the function that it gives is called."""
        server = make_server(
            "127.0.0.1", 0, self.door, threaded=True, request_handler=_QuietHandler, fd=listener.fileno()
        )
        server.daemon_threads = True
        return serving.until_stopped(server)

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(self, *_: object) -> None:
        pass


def reset() -> None:
    known = list(BackendDict._instances)
    BackendDict.reset()
    # a back end that asks another one while it is reset makes that anew
    for backends in known:
        backends.clear()
    faults.faults.clear()
    faults.calls.clear()
    callers.sessions.clear()
    callers.denials.clear()
    quotas.granted.clear()
    quotas.reached.clear()
    functions.reset()
    undecided.clear()
    aws.client.cache_clear()
    sts.install()
    images.install()
    route53.install()
    stack_sets.install()
