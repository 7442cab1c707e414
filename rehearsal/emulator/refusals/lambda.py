"""Roles, code, runtimes and environments of functions, and the rights that event sources ask for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError
from moto.awslambda.models import lambda_backends

from emulator.engine import aws, callers, quotas
from emulator.engine.conditions import NotUnderstood
from emulator.engine.faults import faults
from emulator.engine.handlers import function_of
from emulator.engine.identities import role_of
from emulator.engine.policies import Request, allows
from emulator.engine.refusals import Asked, refuses

# those that no function could be created with at the end of 2024:
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
_RETIRED = {
    *("nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x"),
    *("python2.7", "python3.6", "python3.7", "ruby2.5", "ruby2.7", "java8", "go1.x", "provided"),
    *("dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "dotnet5.0"),
}
_RUNTIME = re.compile(r"(nodejs|python|ruby|java|dotnet|go|provided)[\w.]*")
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_RESERVED = {
    *("_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_ACCESS_KEY"),
    *("AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"),
    *("AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"),
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API"),
    *("LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"),
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


@refuses("AWS::Lambda::Function")
def shape(asked: Asked) -> Iterator[str]:
    properties = asked.properties
    runtime, is_inline = str(properties.get("Runtime", "")), "ZipFile" in properties.get("Code", {})
    if properties.get("PackageType", "Zip") == "Zip" and not (runtime and properties.get("Handler")):
        yield "Runtime and Handler are mandatory parameters for functions created with deployment packages."
    if runtime and not _RUNTIME.fullmatch(runtime):
        yield f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set"
    if is_inline and not runtime.startswith(("nodejs", "python")):
        yield "ZipFile can only be used when Runtime is set to either nodejs or python."
    # functions on instances of their own may be larger and longer
    if "CapacityProviderConfig" not in properties:
        for key, limit in (("Timeout", quotas.FUNCTION_SECONDS), ("MemorySize", quotas.FUNCTION_MEMORY)):
            if int(properties.get(key, 128)) > limit:
                argument = key[0].lower() + key[1:]
                yield (
                    f"Value '{properties[key]}' at '{argument}' failed to satisfy constraint: Member must have value "
                    f"less than or equal to {limit}"
                )
    if len(properties.get("Layers", [])) > quotas.FUNCTION_LAYERS:
        yield f"Cannot reference more than {quotas.FUNCTION_LAYERS} layers."
    reserved = sorted(_RESERVED & set(properties.get("Environment", {}).get("Variables", {})))
    if reserved:
        yield (
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"
        )


@refuses("AWS::Lambda::Function")
def concurrency(asked: Asked) -> Iterator[str]:
    wanted, name = (
        int(asked.properties.get("ReservedConcurrentExecutions", 0)),
        asked.properties.get("FunctionName", asked.place.name),
    )
    if not wanted:
        return
    functions = lambda_backends[asked.place.account_id][asked.place.region].list_functions()
    others = sum(int(item.reserved_concurrency or 0) for item in functions if item.function_name != name)
    if quotas.exceeds(wanted + others + quotas.UNRESERVED_CONCURRENCY, quotas.CONCURRENCY):
        yield (
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            f"below its minimum value of [{quotas.UNRESERVED_CONCURRENCY}]."
        )


@refuses("AWS::Lambda::Function")
def rights(asked: Asked) -> Iterator[str]:
    """Lambda tries what its role needs to be in a network, and to send what failed."""
    properties, arn = asked.properties, str(asked.properties.get("Role", ""))
    target = str(properties.get("DeadLetterConfig", {}).get("TargetArn", ""))
    found = role_of(arn) if arn.startswith("arn:") and arn.split(":")[4] == asked.place.account_id else None
    if found is None:
        return
    if properties.get("VpcConfig", {}).get("SubnetIds") and _is_refused(found, "ec2:CreateNetworkInterface", None):
        yield "The provided execution role does not have permissions to call CreateNetworkInterface on EC2"
    for service, action in (("sqs", "SendMessage"), ("sns", "Publish")):
        if f":{service}:" in target and _is_refused(found, f"{service}:{action}", target):
            yield f"The provided execution role does not have permissions to call {action} on {service.upper()}"


def _is_refused(found: Any, action: str, resource: str | None) -> bool:
    refused = callers.refusal(found, action, resource)
    return refused is not None and not refused.startswith("not emulated")


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
        if found is not None and _is_refused(found, f"{service}:{action}", source):
            yield f"The provided execution role does not have permissions to call {action} on {shown}"
    batch, window = (
        int(asked.properties.get("BatchSize", 10)),
        int(asked.properties.get("MaximumBatchingWindowInSeconds", 0)),
    )
    if batch > 10 and not window and not source.endswith(".fifo"):
        yield "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
    _, _, _, region, owner, queue_name = source.split(":", 5)
    try:
        api = aws.client("sqs", owner, region)
        wanted = {
            "QueueUrl": api.get_queue_url(QueueName=queue_name)["QueueUrl"],
            "AttributeNames": ["VisibilityTimeout"],
        }
        hidden = int(api.get_queue_attributes(**wanted)["Attributes"]["VisibilityTimeout"])
    except ClientError:
        return
    if hidden < int(function.timeout):
        yield f"Queue visibility timeout: {hidden} seconds is less than Function timeout: {function.timeout} seconds"


@refuses("AWS::CloudFormation::CustomResource", "Custom::*")
def service_token(asked: Asked) -> Iterator[str]:
    token = str(asked.properties.get("ServiceToken", ""))
    if ":function:" in token and token.split(":")[4] == asked.place.account_id:
        if function_of(asked.place, asked.properties) is None:
            yield f"Function not found: {token}"
