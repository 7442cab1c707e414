"""Which operation a request is: each one that botocore makes of these services is found again, with where it goes."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from botocore import xform_name

from emulator.engine import aws
from emulator.engine.operations import _operation, _routes
from emulator.engine.server import Emulator

ACCOUNT, REGION = "222222222222", "eu-west-1"


@pytest.fixture(autouse=True)
def emulator():
    with Emulator():
        yield


class Caught(Exception):
    pass


class Catch:
    def send(self, request: Any) -> Any:
        self.request = request
        raise Caught


def given(shape: Any) -> Any:
    """The least that botocore takes."""
    kind, least = shape.type_name, int(shape.metadata.get("min", 1) or 1)
    if kind == "structure" and getattr(shape, "is_tagged_union", False):
        name = next(iter(shape.members))
        return {name: given(shape.members[name])}
    if kind == "structure":
        return {name: given(shape.members[name]) for name in shape.required_members}
    if kind == "list":
        return [given(shape.member)] * least
    if kind == "map":
        return {}
    if kind == "string":
        return shape.enum[0] if getattr(shape, "enum", None) else "acme" + "x" * (least - 4)
    if kind in ("integer", "long"):
        return least
    return {"boolean": True, "blob": b"x", "timestamp": 0, "double": 1.0, "float": 1.0}[kind]


def found(service: str, operation: str) -> tuple[str | None, dict[str, Any]]:
    client, catch = aws.client(service, ACCOUNT, REGION), Catch()
    client._endpoint.http_session = catch
    shape = client.meta.service_model.operation_model(operation).input_shape
    with pytest.raises(Caught):
        getattr(client, xform_name(operation))(**(given(shape) if shape else {}))
    request = catch.request
    url = urlsplit(request.url)
    body = request.body or b""
    body = body.read() if hasattr(body, "read") else body.encode() if isinstance(body, str) else body
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    texts = {name: value.decode() if isinstance(value, bytes) else str(value) for name, value in headers.items()}
    return _operation(
        client.meta.service_model,
        {
            **texts,
            "REQUEST_METHOD": request.method,
            "PATH_INFO": unquote(url.path),
            "QUERY_STRING": url.query,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        },
    )


# by another host
ELSEWHERE = {"WriteGetObjectResponse", "ListDirectoryBuckets"}
SAME = {"UploadPartCopy": "UploadPart"}


@pytest.mark.parametrize(
    "service",
    ["s3", "lambda", "route53", "cloudfront", "eks", "efs", "iam", "sqs", "ssm", "organizations", "cloudwatch"],
)
def test_each_request_is_found_again(service):
    model = aws.client(service, ACCOUNT, REGION).meta.service_model
    here = [name for name in model.operation_names if name not in ELSEWHERE]
    names = [name for name in here if not model.operation_model(name).deprecated]
    wrong = {name: said for name in names if (said := found(service, name)[0]) != SAME.get(name, name)}
    assert wrong == {}


def test_what_botocore_has_changed_of_its_models_is_known():
    names = ("PutBucketTagging", "ListObjectsV2", "ListObjects", "CreateBucket")
    for _ in range(2):
        assert [found("s3", name)[0] for name in names] == list(names)
        _routes.cache_clear()


def test_where_it_goes_is_found():
    assert found("s3", "GetObject")[1] == {"Bucket": "acme", "Key": "acme"}
    assert found("lambda", "Invoke")[1]["FunctionName"] == "acme"
    assert found("ssm", "PutParameter")[1]["Name"] == "acme"


def test_a_header_of_another_protocol_changes_nothing():
    model = aws.client("s3", ACCOUNT, REGION).meta.service_model
    asked = {"REQUEST_METHOD": "DELETE", "PATH_INFO": "/acme/a", "HTTP_X_AMZ_TARGET": "AmazonS3.ListBuckets"}
    assert _operation(model, asked)[0] == "DeleteObject"


def test_an_older_client_speaks_by_forms():
    model, body = aws.client("sqs", ACCOUNT, REGION).meta.service_model, b"Action=SendMessage&QueueUrl=q"
    asked = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    assert _operation(model, asked) == ("SendMessage", {"Action": "SendMessage", "QueueUrl": "q"})
