"""Roles, code, runtimes and environments of functions, and the rights that event sources ask for."""

from __future__ import annotations

import json
from collections.abc import Iterator

from botocore.exceptions import ClientError
from moto.awslambda.models import lambda_backends

from emulator.engine import aws, quotas
from emulator.engine.conditions import NotUnderstood
from emulator.engine.faults import faults
from emulator.engine.handlers import function_of
from emulator.engine.identities import refusal, role_of
from emulator.engine.policies import Request, allows
from emulator.engine.refusals import Asked, refuses

# those that no function could be created with at the end of 2024:
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
_RETIRED = {
    *("nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x"),
    *("python2.7", "python3.6", "python3.7", "ruby2.5", "ruby2.7", "java8", "go1.x", "provided"),
    *("dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "dotnet5.0"),
}
_CANNOT_ASSUME = "The role defined for the function cannot be assumed by Lambda."


@refuses("AWS::Lambda::Function")
def runtime(asked: Asked) -> Iterator[str]:
    given = asked.properties.get("Runtime")
    if given in _RETIRED:
        yield (
            f"The runtime parameter of {given} is no longer supported for creating or updating AWS Lambda functions. "
            "We recommend you use a supported runtime while creating or updating functions."
        )


@refuses("AWS::Lambda::Function")
def role(asked: Asked) -> Iterator[str]:
    arn = str(asked.properties.get("Role", ""))
    # not a role that is emulated: nothing to say
    if not arn.startswith("arn:") or ":role/service-role/" in arn or arn.split(":")[4] != asked.place.account_id:
        return
    found = role_of(arn)
    try:
        if found is None or faults.meets("late-role") or not allows(
            found.assume_role_policy_document,
            Request(
                "sts:AssumeRole",
                arn,
                {"Service": "lambda.amazonaws.com"},
                {"aws:SourceAccount": asked.place.account_id},
            ),
        ):
            yield _CANNOT_ASSUME
    except NotUnderstood:
        return


@refuses("AWS::Lambda::Function")
def environment(asked: Asked) -> Iterator[str]:
    variables = asked.properties.get("Environment", {}).get("Variables", {})
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > quotas.ENVIRONMENT_BYTES:
        yield (
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the 4KB limit. String measured: {measured[:200]}"
        )


@refuses("AWS::Lambda::Function", "AWS::Lambda::LayerVersion")
def code(asked: Asked) -> Iterator[str]:
    given = asked.properties.get("Code") or asked.properties.get("Content") or {}
    bucket, key = given.get("S3Bucket"), given.get("S3Key")
    if not isinstance(bucket, str) or not isinstance(key, str):
        return
    try:
        aws.client("s3", asked.place.account_id, asked.place.region).head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        known = error.response["Error"]["Code"] in ("404", "NoSuchKey")
        what = ("NoSuchKey", "The specified key") if known else ("NoSuchBucket", "The specified bucket")
        yield f"Error occurred while GetObject. S3 Error Code: {what[0]}. S3 Error Message: {what[1]} does not exist."


_SOURCES = {
    "sqs": ("SQS", ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")),
}


@refuses("AWS::Lambda::EventSourceMapping")
def event_source(asked: Asked) -> Iterator[str]:
    source, name = str(asked.properties.get("EventSourceArn", "")), str(asked.properties.get("FunctionName", ""))
    service = source.split(":")[2] if source.count(":") > 4 else ""
    if service not in _SOURCES:
        return
    shown, actions = _SOURCES[service]
    try:
        function = lambda_backends[asked.place.account_id][asked.place.region].get_function(name)
    except Exception:  # moto raises what the API would answer
        yield f"Function does not exist: {name}"
        return
    found = role_of(function.role)
    for action in actions:
        refused = refusal(found, f"{service}:{action}", source) if found is not None else None
        if refused and not refused.startswith("not emulated"):
            yield f"The provided execution role does not have permissions to call {action} on {shown}"


@refuses("AWS::CloudFormation::CustomResource", "Custom::*")
def service_token(asked: Asked) -> Iterator[str]:
    token = str(asked.properties.get("ServiceToken", ""))
    if ":function:" in token and token.split(":")[4] == asked.place.account_id:
        if function_of(asked.place, asked.properties) is None:
            yield f"Function not found: {token}"
