"""Names, policies, access lists and replication of buckets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError
from moto.s3.models import s3_backends

from emulator.engine import aws
from emulator.engine.policies import as_list
from emulator.engine.refusals import Asked, refuses
from emulator.refusals.principals import unknown

_PRIVATE = ("Private", "BucketOwnerFullControl", "BucketOwnerRead", None)


@refuses("AWS::S3::Bucket")
def name(asked: Asked) -> Iterator[str]:
    given = asked.properties.get("BucketName")
    if not isinstance(given, str):
        return
    if "_" in given:
        yield "Bucket name should not contain '_'"
    if re.search("[A-Z]", given):
        yield "Bucket name should not contain uppercase characters"
    if not 3 <= len(given) <= 63:
        yield "Bucket name should be between 3 and 63 characters long"
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*[a-z0-9]", given) or ".." in given:
        yield "The specified bucket is not valid."


@refuses("AWS::S3::Bucket")
def taken(asked: Asked) -> Iterator[str]:
    """Of all accounts together."""
    given = asked.properties.get("BucketName")
    if not given or given == (asked.before or {}).get("BucketName"):
        return
    if any(given in backend.buckets for _, _, backend in s3_backends.iter_backends()):
        yield f"{given} already exists"


@refuses("AWS::S3::Bucket")
def access_list(asked: Asked) -> Iterator[str]:
    """Buckets have no access lists unless their ownership controls say so."""
    rules = asked.properties.get("OwnershipControls", {}).get("Rules") or [{}]
    owned = rules[0].get("ObjectOwnership", "BucketOwnerEnforced") == "BucketOwnerEnforced"
    if owned and asked.properties.get("AccessControl") not in _PRIVATE:
        yield "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"


@refuses("AWS::S3::Bucket")
def replication(asked: Asked) -> Iterator[str]:
    properties = asked.properties
    wanted = properties.get("ReplicationConfiguration")
    if wanted and properties.get("VersioningConfiguration", {}).get("Status") != "Enabled":
        yield "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
    for rule in wanted.get("Rules", []) if wanted else []:
        target = str(rule.get("Destination", {}).get("Bucket", "")).rsplit(":", 1)[-1]
        try:
            status = _s3(asked).get_bucket_versioning(Bucket=target).get("Status")
        except ClientError:
            yield "Destination bucket must exist."
            return
        if status != "Enabled":
            yield "Destination bucket must have versioning enabled."


@refuses("AWS::S3::BucketPolicy")
def policy(asked: Asked) -> Iterator[str]:
    bucket, document = str(asked.properties.get("Bucket")), asked.properties.get("PolicyDocument")
    statements = as_list(document.get("Statement")) if isinstance(document, dict) else []
    for statement in statements:
        for resource in as_list(statement.get("Resource")):
            target = str(resource).rsplit(":::", 1)[-1].split("/")[0]
            if ":::" in str(resource) and not re.search(r"[*?$]", target) and target != bucket:
                yield "Policy has invalid resource"
    for _ in unknown(document, asked.place.account_id):
        yield "Invalid principal in policy"
    if any(_is_public(statement) for statement in statements) and _blocks(asked, bucket):
        caller = f"arn:{asked.place.partition}:iam::{asked.place.account_id}:root"
        yield (
            f"User: {caller} is not authorized to perform: s3:PutBucketPolicy on resource: "
            f'"arn:{asked.place.partition}:s3:::{bucket}" because public policies are prevented by the '
            "BlockPublicPolicy setting in S3 Block Public Access."
        )


def _is_public(statement: dict[str, Any]) -> bool:
    """With any condition it may not be; what conditions are fixed enough, AWS says at length."""
    principal = statement.get("Principal")
    everybody = principal == "*" or isinstance(principal, dict) and "*" in as_list(principal.get("AWS"))
    return statement.get("Effect") == "Allow" and everybody and not statement.get("Condition")


def _blocks(asked: Asked, bucket: str) -> bool:
    """New buckets block public policies."""
    try:
        found = _s3(asked).get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    except ClientError as error:
        return error.response["Error"]["Code"] == "NoSuchPublicAccessBlockConfiguration"
    return bool(found.get("BlockPublicPolicy"))


def _s3(asked: Asked) -> Any:
    return aws.client("s3", asked.place.account_id, asked.place.region)
