"""What a signed request asks for, which rights that needs, and how each protocol says no.

Decided are the calls of the CDK CLI. What a request does not tell, such as on which resource of EC2, is left open.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

import botocore.session
from moto.organizations.models import organizations_backends
from moto.s3.models import s3_backends

from emulator.engine import callers
from emulator.engine.faults import faults
from emulator.engine.needs import Need, needs_of
from emulator.engine.stacks import cloudformation_backends

_QUERY, _JSON = "application/x-www-form-urlencoded", "application/x-amz-json"
_PASSES_A_ROLE = ("CreateChangeSet", "CreateStack", "DeleteStack", "UpdateStack")

# what its handlers call with the caller's rights
# https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html, and the public schema of the type
_OF_CLOUD_CONTROL = {
    ("AWS::Organizations::Account", "ListResources"): ("organizations:ListAccounts",),
    ("AWS::Organizations::Account", "GetResource"): (
        "organizations:DescribeAccount",
        "organizations:ListParents",
        "organizations:ListTagsForResource",
    ),
}
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_OF_BUCKET = {
    "encryption": "s3:GetEncryptionConfiguration",
    "list-type": "s3:ListBucket",
    "location": "s3:GetBucketLocation",
    "versioning": "s3:GetBucketVersioning",
    "versions": "s3:ListBucketVersions",
}
_OF_OBJECT = {
    "DELETE": "s3:DeleteObject",
    "GET": "s3:GetObject",
    "HEAD": "s3:GetObject",
    "POST": "s3:PutObject",
    "PUT": "s3:PutObject",
}


@dataclass(frozen=True)
class Asked:
    service: str
    region: str
    # as the API calls it; empty if that cannot be told
    operation: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    protocol: str = ""
    # of S3
    bucket: str = ""
    key: str = ""


def read(environ: dict[str, Any], service: str, region: str) -> Asked:
    """The body is read, and can be read again."""
    kind = environ.get("CONTENT_TYPE", "")
    method, path = environ.get("REQUEST_METHOD", ""), unquote(environ.get("PATH_INFO", ""))
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    if service == "s3":
        bucket, _, key = path.lstrip("/").partition("/")
        names = [name for name in query if name in _OF_BUCKET]
        action = _OF_OBJECT.get(method, "") if key else _OF_BUCKET[names[0]] if method == "GET" and names else ""
        return Asked(service, region, action, protocol="rest-xml", bucket=bucket, key=key)
    if kind.startswith(_QUERY) or kind.startswith(_JSON):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        if kind.startswith(_JSON):
            name = environ.get("HTTP_X_AMZ_TARGET", "").rsplit(".", 1)[-1]
            return Asked(service, region, name, _object(body), "json")
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        return Asked(service, region, form.get("Action", ""), form, "ec2" if service == "ec2" else "query")
    protocol, routes = _routes(service)
    found = next((name for verb, route, name in routes if verb == method and route.fullmatch(path)), "")
    return Asked(service, region, found, protocol=protocol)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@cache
def _routes(service: str) -> tuple[str, list[tuple[str, re.Pattern[str], str]]]:
    """How a service is called whose operations are in the path."""
    session = botocore.session.get_session()
    if service not in session.get_available_services():
        return "", []
    model = session.get_service_model(service)
    routes = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        escaped = re.escape(http["requestUri"].split("?")[0])
        path = re.sub(r"\\\{\w+(\\\+)?\\\}", lambda found: ".+" if found.group(1) else "[^/]+", escaped)
        routes.append((http["method"], re.compile(path), name))
    return model.protocol, routes


def _needs(asked: Asked, account_id: str) -> list[Need]:
    if not asked.operation or asked.service == "sts":
        # whom a role trusts is decided where it is assumed; everybody may ask who they are
        return []
    if asked.service == "s3":
        return [Need(asked.operation, f"arn:aws:s3:::{asked.bucket}{f'/{asked.key}' if asked.key else ''}")]
    if asked.service == "cloudcontrolapi":
        needed = _OF_CLOUD_CONTROL.get((str(asked.parameters.get("TypeName")), asked.operation), ())
        return [Need(f"cloudformation:{asked.operation}", None), *(Need(action, None) for action in needed)]
    if asked.service != "cloudformation":
        place = {"partition": "aws", "account": account_id, "region": asked.region, "organization": ""}
        try:
            return needs_of(asked.service, asked.operation, asked.parameters, place)
        except KeyError:  # a parameter that is not there
            return []
    name = asked.parameters.get("StackName", "")
    found = cloudformation_backends[account_id][asked.region].find(name) if name else None
    unborn = f"arn:aws:cloudformation:{asked.region}:{account_id}:stack/{name}/*"
    stack = found.id if found else unborn if name else None
    needs = [Need(f"cloudformation:{asked.operation}", stack)]
    if (role := asked.parameters.get("RoleARN")) and asked.operation in _PASSES_A_ROLE:
        needs.append(Need("iam:PassRole", role, {"iam:PassedToService": "cloudformation.amazonaws.com"}))
    return needs


def refusal(asked: Asked, caller: callers.Caller) -> tuple[str, str] | None:
    """Code and message of AWS, if the caller's account is not ready, or the caller has no right."""
    if _is_new(caller.account_id) and faults.meets("account-not-ready", asked.service):
        code = "SubscriptionRequiredException" if asked.protocol == "json" else "OptInRequired"
        return code, "The AWS Access Key Id needs a subscription for the service"
    for need in _needs(asked, caller.account_id):
        account_id, policy = caller.account_id, None
        if asked.service == "s3":
            if asked.bucket not in s3_backends.bucket_accounts:
                return None
            partition, account_id = s3_backends.bucket_accounts[asked.bucket]
            policy = s3_backends[account_id][partition].buckets[asked.bucket].policy
        context = {
            "aws:RequestedRegion": asked.region,
            "aws:ResourceAccount": account_id,
            "s3:ResourceAccount": account_id,
        }
        if message := caller.refusal(need, callers.target(account_id, policy), context):
            return _DENIED.get(asked.protocol, "AccessDenied"), message
    return None


def _is_new(account_id: str) -> bool:
    if account_id not in organizations_backends.master_accounts:
        return False
    management, partition = organizations_backends.master_accounts[account_id]
    return organizations_backends[management][partition].get_account_by_id(account_id).joined_method == "CREATED"


_DENIED = {"json": "AccessDeniedException", "rest-json": "AccessDeniedException", "ec2": "UnauthorizedOperation"}


def answer(asked: Asked, code: str, message: str, start_response: Callable[..., Any]) -> Iterable[bytes]:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html"""
    if asked.protocol in ("json", "rest-json"):
        headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", code)]
        start_response("400 Bad Request" if asked.protocol == "json" else "403 Forbidden", headers)
        return [json.dumps({"__type": code, "message": message}).encode()]
    start_response("403 Forbidden", [("Content-Type", "text/xml")])
    error = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    if asked.service == "s3":
        return [f"<Error>{error}</Error>".encode()]
    if asked.protocol == "ec2":
        return [f"<Response><Errors><Error>{error}</Error></Errors></Response>".encode()]
    return [f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error></ErrorResponse>".encode()]
