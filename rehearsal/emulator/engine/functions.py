"""Functions of Lambda run: their code, in a sealed process, as their role, within their time."""

from __future__ import annotations

import hashlib
import io
import json
import re
import secrets
import shutil
import sys
import time
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from moto.awslambda.models import lambda_backends

from emulator.engine import callers, gate, quotas, sdk
from emulator.engine.identities import role_of

_RUNTIME = Path(__file__).parents[1] / "runtime"
# a function that does nothing but calls of the emulated AWS needs a part of it
LONGEST_SECONDS = 60
_LINES = 5
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
_CHAIN = 16
_TIMED_OUT = "Sandbox.Timedout"
# where CloudFormation is answered
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes.html
_ANSWERED_AT = "cloudformation-custom-resource-response.s3.amazonaws.com"


class Host(Protocol):
    """Runs commands without a way out but to the emulated AWS."""

    folder: Path
    endpoint: str

    def run(self, command: list[str], cwd: Path, env: dict[str, str], seconds: float) -> list[str]:
        """Gives what the command printed; ends it after that time."""
        raise NotImplementedError


class CannotRun(Exception):
    """Why this function does not run here; that is no answer of AWS."""


@dataclass
class Outcome:
    value: Any = None
    # as Lambda tells it: errorType, errorMessage, and perhaps a trace
    error: dict[str, Any] | None = None
    log: str = ""

    @property
    def said(self) -> str:
        return f"{self.error.get('errorType', 'Error')}: {self.error.get('errorMessage', '')}" if self.error else ""

    @property
    def is_timed_out(self) -> bool:
        return self.error is not None and self.error.get("errorType") == _TIMED_OUT


_host: list[Host] = []
# what did not run -> why
not_run: dict[str, str] = {}
# function that was invoked and nobody waited for -> its error
failed: dict[str, str] = {}
_answers: dict[str, list[bytes]] = {}
# folder of a function -> packages of the SDK that it names and nobody here has
_missing: dict[str, list[str]] = {}


def run_in(*hosts: Host) -> None:
    _host[:] = hosts


def reset() -> None:
    run_in()
    not_run.clear()
    failed.clear()
    _answers.clear()
    _missing.clear()


def told(name: str, reason: object) -> None:
    not_run[name] = str(reason)


def begin_answer() -> tuple[str, str]:
    """A secret that an answer is put to, and its URL."""
    token = secrets.token_urlsafe(24)
    _answers[token] = []
    return token, f"https://{_ANSWERED_AT}/{token}?AWSAccessKeyId=emulated&Expires=0&Signature=emulated"


def take_answer(token: str) -> bytes | None:
    """The first one counts."""
    found = _answers.pop(token, [])
    return found[0] if found else None


def has_answer(token: str) -> bool:
    return bool(_answers.get(token))


def is_answer(path: str) -> bool:
    return path.lstrip("/") in _answers


def put_answer(path: str, body: bytes) -> None:
    _answers[path.lstrip("/")].append(body)


def run(function: Any, event: Any) -> Outcome:
    """One invocation, within the time of the function and ours; requests of others are answered meanwhile."""
    asking = callers.asking()
    chain = asking.chain + 1 if asking else 1
    if chain > _CHAIN:
        raise CannotRun(f"functions invoke each other in a loop, which Lambda stops after {_CHAIN}")
    host, command = _command(function)
    role = role_of(function.role)
    if role is None:
        raise CannotRun(f"its role is not there: {function.role}")
    home = _prepared(host, function)
    folder = host.folder / secrets.token_hex(8)
    folder.mkdir()
    task = home / "task"
    seconds = min(int(function.timeout), LONGEST_SECONDS)
    request = {
        "event": event,
        "seconds": seconds,
        "handler": function.handler,
        "answeredAt": _ANSWERED_AT,
        "endpoint": host.endpoint,
        "context": {
            "functionName": function.function_name,
            "functionVersion": str(function.version),
            "invokedFunctionArn": function.function_arn,
            "memoryLimitInMB": str(function.memory_size),
            "awsRequestId": str(secrets.token_hex(16)),
            "logGroupName": log_group_of(function),
            "logStreamName": f"2026/01/01/[{function.version}]{secrets.token_hex(16)}",
        },
    }
    (folder / "request.json").write_text(json.dumps(request), "utf-8")
    env = {
        **(function.environment_vars or {}),
        **_reserved(function, request["context"], task),
        **callers.begin(role.arn, function.function_name, chain=chain),
        "AWS_ENDPOINT_URL": host.endpoint,
    }
    started = time.monotonic()
    try:
        lines = gate.aside(lambda: host.run([*command, str(folder)], task, env, seconds + 1))
        result = folder / "result.json"
        outcome = json.loads(result.read_text("utf-8")) if result.exists() else None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    log = "\n".join([line for line in lines if line.strip()][-_LINES:])
    if outcome is None:
        is_late = time.monotonic() - started > seconds
        why = f"Task timed out after {seconds:.2f} seconds" if is_late else "Runtime exited without providing a reason"
        outcome = {"error": {"errorType": _TIMED_OUT if is_late else "Runtime.ExitError", "errorMessage": why}}
    ended = Outcome(outcome.get("value"), outcome.get("error"), log)
    if ended.is_timed_out and seconds < int(function.timeout):
        raise CannotRun(f"it takes longer than the {seconds} s that a function has here")
    return ended


def log_group_of(function: Any) -> str:
    config = getattr(function, "logging_config", None) or {}
    return config.get("LogGroup") or f"/aws/lambda/{function.function_name}"


def _reserved(function: Any, context: dict[str, str], task: Path) -> dict[str, str]:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
    return {
        "_HANDLER": function.handler,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_REGION": function.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": context["logGroupName"],
        "AWS_LAMBDA_LOG_STREAM_NAME": context["logStreamName"],
        "LAMBDA_TASK_ROOT": str(task),
        "LAMBDA_RUNTIME_DIR": str(_RUNTIME),
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
    }


def _command(function: Any) -> tuple[Host, list[str]]:
    if not _host:
        raise CannotRun("nothing here keeps it from the network")
    runtime = function.run_time or ""
    if function.package_type != "Zip" or not runtime:
        raise CannotRun("container images do not run here")
    if re.fullmatch(r"nodejs\d+\.x", runtime):
        return _host[0], ["node", str(_RUNTIME / "node.mjs")]
    if re.fullmatch(r"python3\.\d+", runtime):
        return _host[0], [sys.executable, "-B", str(_RUNTIME / "python.py")]
    raise CannotRun(f"{runtime} does not run here")


def _check_size(archives: list[bytes]) -> None:
    """Before anything is unpacked; what an archive says of its files is all that is unpacked of them."""
    size = 0
    for archive in archives:
        if zipfile.is_zipfile(io.BytesIO(archive)):
            with zipfile.ZipFile(io.BytesIO(archive)) as opened:
                size += sum(item.file_size for item in opened.infolist())
    if size > quotas.UNZIPPED_BYTES:
        raise CannotRun(f"Lambda takes {quotas.UNZIPPED_BYTES} bytes of code and layers, unzipped they are {size}")


def _prepared(host: Host, function: Any) -> Path:
    """The folder with the code and the layers of a function: made once."""
    code = function.code_bytes or b""
    if not code:
        raise CannotRun("its code is not there")
    layers = [_layer(function, layer["Arn"]) for layer in function.layers or []]
    mark = hashlib.sha256(b"\0".join([function.run_time.encode(), code, *layers])).hexdigest()[:32]
    home = host.folder / mark
    if not home.exists():
        unfinished = host.folder / f"{mark}.{secrets.token_hex(4)}"
        try:
            _check_size([code, *layers])
            _unpack(unfinished, function, code, layers)
        # a part that is broken, encrypted, compressed in another way, or in the way of another
        except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError) as error:
            raise CannotRun(f"its code or a layer cannot be unpacked: {error}") from error
        unfinished.rename(home)
        is_node = function.run_time.startswith("nodejs")
        _missing[mark] = sdk.provide(host.folder / "node_modules", home) if is_node else []
    if _missing[mark]:
        raise CannotRun(f"Lambda has {', '.join(_missing[mark])} for it, and this machine has not")
    return home


def _layer(function: Any, arn: str) -> bytes:
    found = lambda_backends[function.account_id][function.region].layers_versions_by_arn(arn)
    if found is None or not found.code_bytes:
        raise CannotRun(f"its layer is not there: {arn}")
    return bytes(found.code_bytes)


def _unpack(home: Path, function: Any, code: bytes, layers: list[bytes]) -> None:
    task = home / "task"
    task.mkdir(parents=True)
    for layer in layers:
        _extract(layer, home / "opt")
    if (home / "opt/nodejs/node_modules").exists():
        # before those of Lambda
        (home / "node_modules").symlink_to("opt/nodejs/node_modules")
    if zipfile.is_zipfile(io.BytesIO(code)):
        return _extract(code, task)
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html
    if function.run_time.startswith("nodejs"):
        (task / "index.js").write_bytes(code)
        module = task / "node_modules" / "cfn-response"
        module.mkdir(parents=True)
        shutil.copy(_RUNTIME / "cfn-response.js", module / "index.js")
    else:
        (task / "index.py").write_bytes(code)
        shutil.copy(_RUNTIME / "cfnresponse.py", task / "cfnresponse.py")


def _extract(archive: bytes, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for item in opened.infolist():
            # a link of an archive is a file with where it leads
            if item.external_attr >> 28 == 0xA:
                raise CannotRun(f"its code has a symbolic link: {item.filename}")
            path = Path(opened.extract(item, folder))
            if not item.is_dir() and item.external_attr >> 16 & 0o111:
                path.chmod(0o755)
