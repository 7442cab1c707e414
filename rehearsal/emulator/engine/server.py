"""The emulated AWS as a web server on a free loopback port, in a thread of this process."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from flask import Flask
from moto.core.base_backend import BackendDict
from moto.core.utils import convert_to_flask_response
from moto.moto_server.werkzeug_app import (
    BackendRequest,
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from emulator.engine import aws, faults, gate
from emulator.engine import lookups as _lookups  # noqa: F401  moto asks itself less
from emulator.services import load, route53, sts
from emulator.services.cloudformation import cloud_control, stack_sets
from emulator.services.cloudformation.api import CloudFormationResponse
from emulator.services.ec2 import images

load()

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/")
_ACCOUNT_KEY = re.compile(r"AKIA(\d{12})")


class _QuietHandler(MotoRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


def access_key(account_id: str) -> str:
    """The key names its account, so that no state is needed to know who calls."""
    return f"AKIA{account_id}"


def credentials(account_id: str) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": access_key(account_id), "AWS_SECRET_ACCESS_KEY": "emulated"}


class Application:
    """moto's dispatcher, with our own CloudFormation and Cloud Control in front, one request at a time."""

    def __init__(self) -> None:
        self.moto = DomainDispatcherApplication(self._create_app)
        # moto lists its own folders for every request
        self.moto.get_backend_for_host = cache(self.moto.get_backend_for_host)  # type: ignore[method-assign]
        self.unknown: list[str] = []

    def _create_app(self, service: Any) -> Flask:
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
        credential = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
        service = credential.group(3) if credential else ""
        known = _ACCOUNT_KEY.fullmatch(credential.group(1)) if credential else None
        if known and "HTTP_X_MOTO_ACCOUNT_ID" not in environ:
            environ["HTTP_X_MOTO_ACCOUNT_ID"] = known.group(1)
        with gate.request():
            if service == "cloudcontrolapi":
                return cloud_control.answer(environ, start_response)
            try:
                return self.moto(environ, start_response)
            except Exception as error:  # moto's own fault, not an answer of AWS
                return self._not_emulated(service, f"{type(error).__name__}: {error}", start_response)

    def _not_emulated(self, service: str, error: str, start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.unknown.append(f"{service}: {error}")
        start_response("501 Not Implemented", [("Content-Type", "application/x-amz-json-1.1")])
        return [json.dumps({"__type": "NotImplemented", "message": f"not emulated: {service}: {error}"}).encode()]


class Emulator:
    """`with Emulator() as emulator:` gives a fresh, empty AWS at `emulator.url`."""

    def __init__(self) -> None:
        self.faults = faults.faults
        self.application = Application()
        self._server = make_server("127.0.0.1", 0, self.application, threaded=True, request_handler=_QuietHandler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.port}"

    def start(self) -> Emulator:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        reset()
        aws.serve_with(self.application)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def reset() -> None:
    BackendDict.reset()
    faults.faults.clear()
    faults.calls.clear()
    aws.client.cache_clear()
    sts.install()
    images.install()
    route53.install()
    stack_sets.install()
