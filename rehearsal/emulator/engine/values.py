"""The values that a stack's template is filled with: its names, its parameters, its secrets."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote, urlparse

from botocore.exceptions import ClientError
from moto.utilities.utils import get_partition

from emulator.engine import aws, limits, rules
from emulator.engine import template as templates
from emulator.engine.errors import ValidationError
from emulator.engine.identities import role_of
from emulator.engine.policies import Request, allows
from emulator.engine.stacks import Stack, cloudformation_backends, suffix

_DYNAMIC = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^}]+)\}\}")


def default_name(stack: Stack, logical_id: str, resource_type: str) -> str:
    if resource_type == "AWS::S3::Bucket":
        return f"{stack.name[:24]}-{logical_id[:24]}-{suffix()}".lower()
    if resource_type.startswith("AWS::IAM::"):
        return f"{stack.name[:24]}-{logical_id[:24]}-{suffix()}"
    return f"{stack.name}-{logical_id}-{suffix()}"


def pseudo_parameters(stack: Stack) -> dict[str, Any]:
    partition = get_partition(stack.region)
    return {
        "AWS::AccountId": stack.account_id,
        "AWS::Region": stack.region,
        "AWS::Partition": partition,
        "AWS::URLSuffix": "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com",
        "AWS::StackId": stack.id,
        "AWS::StackName": stack.name,
        "AWS::NotificationARNs": [],
    }


def _unseen(*_: Any) -> Any:
    raise ValidationError("Template error: rules see parameters alone")


def read_parameters(stack: Stack, template: dict[str, Any], given: dict[str, str]) -> dict[str, Any]:
    def ssm(name: str) -> str | None:
        try:
            found = aws.client("ssm", stack.account_id, stack.region).get_parameter(Name=name)
        except ClientError:
            return None
        if found["Parameter"]["Type"] == "SecureString":
            # https://github.com/aws/aws-cdk/issues/15135
            raise ValidationError(f"Parameters [{name}] referenced by template have types not supported by CloudFormation.")
        return found["Parameter"]["Value"]

    values = templates.parameter_values(template, given, ssm)
    if "Rules" in template:
        scope = templates.Scope(template, pseudo_parameters(stack), values, _unseen, _unseen, _unseen)
        rules.check(template, scope.condition)
    return values


def check_role(role_arn: str, service: str = "") -> None:
    """A role that is not there, or does not trust who wants to have it, cannot be assumed."""
    role = role_of(role_arn)
    trusted = {"aws:SourceAccount": role_arn.split(":")[4]}
    if role is None or service and not allows(
        role.assume_role_policy_document, Request("sts:AssumeRole", role_arn, {"Service": service}, trusted)
    ):
        raise ValidationError(f"Role {role_arn} is invalid or cannot be assumed")


def read_output(stack: Stack, reference: dict[str, Any]) -> str:
    """Fn::GetStackOutput: of a stack of any account and region, by the role that may read there."""
    name, region = str(reference["StackName"]), reference.get("Region") or stack.region
    role_arn = reference.get("RoleArn")
    account_id = role_arn.split(":")[4] if role_arn else stack.account_id
    if role_arn:
        check_role(role_arn)
    found = cloudformation_backends[account_id][region].find(name)
    if found is None:
        raise ValidationError(f"Stack with id {name} does not exist")
    for output in found.outputs:
        if output["OutputKey"] == reference["OutputName"]:
            return output["OutputValue"]
    raise ValidationError(f"Output {reference['OutputName']} does not exist in stack {name}")


def expand(stack: Stack, node: Any) -> Any:
    """Reads dynamic references; only here, so that no secret is kept in the state of a stack."""
    if isinstance(node, dict):
        return {key: expand(stack, value) for key, value in node.items()}
    if isinstance(node, list):
        return [expand(stack, value) for value in node]
    if not isinstance(node, str) or "{{resolve:" not in node:
        return node

    def read(match: re.Match[str]) -> str:
        service, reference = match.groups()
        if service != "secretsmanager":
            found = aws.client("ssm", stack.account_id, stack.region).get_parameter(
                Name=reference, WithDecryption=True
            )
            return found["Parameter"]["Value"]
        secret, _, rest = reference.partition(":SecretString")
        key, stage, version = [*rest.split(":")[1:], "", "", ""][:3]
        wanted = {"VersionStage": stage, "VersionId": version}
        text = aws.client("secretsmanager", stack.account_id, stack.region).get_secret_value(
            SecretId=secret, **{name: value for name, value in wanted.items() if value}
        )["SecretString"]
        return str(json.loads(text)[key]) if key else text

    return _DYNAMIC.sub(read, node)


def read_template(url: str, account_id: str, region: str) -> str:
    """The bucket is the first part of the path, or of the host name."""
    parsed = urlparse(url)
    path = unquote(parsed.path).lstrip("/")
    host = parsed.hostname or ""
    bucket, _, key = path.partition("/")
    if ".s3." in host or ".s3-" in host:
        bucket, key = host.split(".s3")[0], path
    body = aws.client("s3", account_id, region).get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    limits.check_by_url(body)
    return body
