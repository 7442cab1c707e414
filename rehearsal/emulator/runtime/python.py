"""What Lambda's Python does with one invocation: the folder with the request is the argument, its result goes there."""

import importlib
import json
import os
import socket
import ssl
import sys
import threading
import time
import traceback
from importlib.machinery import PathFinder
from urllib.parse import urlsplit

_FOLDER = sys.argv[1]
_BROUGHT = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
with open(os.path.join(_FOLDER, "request.json"), encoding="utf-8") as _file:
    _REQUEST = json.load(_file)


def _answer_arrives():
    """What is put to CloudFormation's bucket arrives, although nobody here has its certificate."""
    bucket, emulator = _REQUEST["answeredAt"], urlsplit(_REQUEST["endpoint"])
    look_up, wrap = socket.getaddrinfo, ssl.SSLContext.wrap_socket

    def getaddrinfo(host, port, *more, **named):
        where = (emulator.hostname, emulator.port) if host == bucket else (host, port)
        return look_up(*where, *more, **named)

    def wrap_socket(self, sock, *more, **named):
        return sock if named.get("server_hostname") == bucket else wrap(self, sock, *more, **named)

    socket.getaddrinfo, ssl.SSLContext.wrap_socket = getaddrinfo, wrap_socket
    # no proxy is between them
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = f"{os.environ.get('NO_PROXY', '')},{bucket}"


def _limit_imports(task):
    """The code, its layers, and what Lambda has: not what this machine has beside it.

    https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
    https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
    """
    layers = os.path.join(os.path.dirname(task), "opt", "python")
    version = os.environ["AWS_EXECUTION_ENV"].rpartition("_")[2]
    own = os.path.dirname(os.path.abspath(__file__))
    here = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    others = [path for path in sys.path if path not in here and os.path.abspath(path) != own]
    sys.path[:] = [task, layers, os.path.join(layers, "lib", version, "site-packages"), *others]

    class Brought:
        @staticmethod
        def find_spec(name, path=None, target=None):
            return PathFinder.find_spec(name, here, target) if path is None and name in _BROUGHT else None

    sys.meta_path.append(Brought)


class Context:
    def __init__(self, known, seconds):
        self.function_name = known["functionName"]
        self.function_version = known["functionVersion"]
        self.invoked_function_arn = known["invokedFunctionArn"]
        self.memory_limit_in_mb = known["memoryLimitInMB"]
        self.aws_request_id = known["awsRequestId"]
        self.log_group_name = known["logGroupName"]
        self.log_stream_name = known["logStreamName"]
        self.identity = self.client_context = None
        self._over = time.monotonic() + seconds

    def get_remaining_time_in_millis(self):
        return max(0, int((self._over - time.monotonic()) * 1000))


def _end(result):
    with open(os.path.join(_FOLDER, "result.json"), "w", encoding="utf-8") as file:
        json.dump(result, file)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _fail(error):
    trace = traceback.format_exception(type(error), error, error.__traceback__)
    print("".join(trace), file=sys.stderr)
    _end({"error": {"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": trace}})


def _time_out():
    late = f"Task timed out after {_REQUEST['seconds']:.2f} seconds"
    text = f"RequestId: {_REQUEST['context']['awsRequestId']} Error: {late}"
    _end({"error": {"errorType": "Sandbox.Timedout", "errorMessage": text}})


def main():
    timer = threading.Timer(_REQUEST["seconds"], _time_out)
    timer.daemon = True
    timer.start()
    _answer_arrives()
    _limit_imports(os.environ["LAMBDA_TASK_ROOT"])
    module, _, name = _REQUEST["handler"].rpartition(".")
    try:
        handler = getattr(importlib.import_module(module.replace("/", ".")), name)
        value = handler(_REQUEST["event"], Context(_REQUEST["context"], _REQUEST["seconds"]))
        json.dumps(value)
    except BaseException as error:  # also SystemExit
        _fail(error)
    _end({"value": value})


sys.argv[:] = sys.argv[:1]
main()
