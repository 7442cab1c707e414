"""Names, policies, access lists and replication of buckets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError
from moto.s3.models import s3_backends

from emulator.engine import aws, quotas
from emulator.engine.conditions import NotUnderstood
from emulator.engine.policies import Request, allows, as_list
from emulator.engine.refusals import Asked, refuses
from emulator.refusals.principals import unknown

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_RESERVED = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_OF_OBJECTS = re.compile(
    r"s3:((Get|Put|Delete)Object\w*|AbortMultipartUpload|ListMultipartUploadParts|RestoreObject|Replicate\w+)"
)
_OF_BUCKETS = re.compile(r"s3:(ListBucket\w*|(Get|Put|Delete)Bucket\w*)")
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
    if re.fullmatch(r"\d+(\.\d+){3}", given):
        yield "Bucket name must not be formatted as an IP Address"
    is_reserved = given.startswith(_RESERVED) or given.endswith(_RESERVED_ENDS)
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*[a-z0-9]", given) or ".." in given or is_reserved:
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


@refuses("AWS::S3::Bucket")
def lifecycle(asked: Asked) -> Iterator[str]:
    for rule in asked.properties.get("LifecycleConfiguration", {}).get("Rules", []):
        last = rule.get("ExpirationInDays")
        transitions = [*as_list(rule.get("Transitions")), *as_list(rule.get("Transition"))]
        if last is not None and int(last) < 1:
            yield "'Days' for Expiration action must be a positive integer"
        for moved in transitions:
            days, storage = int(moved.get("TransitionInDays", 30)), moved.get("StorageClass")
            if storage in ("STANDARD_IA", "ONEZONE_IA") and days < 30:
                yield f"'Days' in Transition action must be greater than or equal to 30 for storageClass '{storage}'"
            if last is not None and "TransitionInDays" in moved and int(last) <= days:
                yield "'Days' in the Expiration action must be greater than 'Days' in the Transition action"
        if not any(re.search("Expir|Transition|AbortIncomplete", key) for key in rule):
            yield "At least one action needs to be specified in a rule."


@refuses("AWS::S3::Bucket")
def lock(asked: Asked) -> Iterator[str]:
    properties = asked.properties
    is_locked = str(properties.get("ObjectLockEnabled", "")).lower() == "true"
    if is_locked and properties.get("VersioningConfiguration", {}).get("Status") == "Suspended":
        yield "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
    has_versions = properties.get("VersioningConfiguration", {}).get("Status") == "Enabled"
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html
    if properties.get("ObjectLockConfiguration") and not is_locked and not has_versions:
        yield "Object Lock configuration cannot be enabled on existing buckets"


@refuses("AWS::S3::Bucket")
def encryption(asked: Asked) -> Iterator[str]:
    for rule in asked.properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", []):
        default = rule.get("ServerSideEncryptionByDefault", {})
        if default.get("KMSMasterKeyID") and not str(default.get("SSEAlgorithm")).startswith("aws:kms"):
            yield "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse"


@refuses("AWS::S3::Bucket")
def events(asked: Asked) -> Iterator[str]:
    """S3 sends a test to each queue and topic."""
    place, wanted = asked.place, asked.properties.get("NotificationConfiguration", {})
    name = asked.properties.get("BucketName", place.name)
    context = {"aws:SourceArn": f"arn:{place.partition}:s3:::{name}", "aws:SourceAccount": place.account_id}
    for key, action in (("Queue", "sqs:SendMessage"), ("Topic", "sns:Publish")):
        for item in wanted.get(f"{key}Configurations", []):
            arn = str(item.get(key))
            try:
                policy = _policy_of(arn)
                is_open = allows(policy, Request(action, arn, {"Service": "s3.amazonaws.com"}, context))
            except NotUnderstood:
                continue
            except (ClientError, ValueError):
                is_open = False
            if not is_open:
                yield "Unable to validate the following destination configurations"


def _policy_of(arn: str) -> Any:
    _, _, service, region, account_id, name = arn.split(":", 5)
    api = aws.client(service, account_id, region)
    if service == "sns":
        return api.get_topic_attributes(TopicArn=arn)["Attributes"].get("Policy")
    url = api.get_queue_url(QueueName=name)["QueueUrl"]
    return api.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {}).get("Policy")


@refuses("AWS::S3::BucketPolicy")
def policy(asked: Asked) -> Iterator[str]:
    bucket, document = str(asked.properties.get("Bucket")), asked.properties.get("PolicyDocument")
    statements = as_list(document.get("Statement")) if isinstance(document, dict) else []
    for statement in statements:
        for resource in as_list(statement.get("Resource")):
            target = str(resource).rsplit(":::", 1)[-1].split("/")[0]
            if ":::" in str(resource) and not re.search(r"[*?$]", target) and target != bucket:
                yield "Policy has invalid resource"
        if "Principal" not in statement and "NotPrincipal" not in statement:
            yield "Missing required field Principal"
        if not all(
            _applies(str(action), as_list(statement.get("Resource"))) for action in as_list(statement.get("Action"))
        ):
            yield "Action does not apply to any resource(s) in statement"
    if len(json.dumps(document, separators=(",", ":"))) > quotas.BUCKET_POLICY_BYTES:
        yield "Policy exceeds the maximum allowed document size."
    for _ in unknown(document, asked.place.account_id):
        yield "Invalid principal in policy"
    if any(_is_public(statement) for statement in statements) and _blocks(asked, bucket):
        caller = f"arn:{asked.place.partition}:iam::{asked.place.account_id}:root"
        yield (
            f"User: {caller} is not authorized to perform: s3:PutBucketPolicy on resource: "
            f'"arn:{asked.place.partition}:s3:::{bucket}" because public policies are prevented by the '
            "BlockPublicPolicy setting in S3 Block Public Access."
        )


def _applies(action: str, resources: list[Any]) -> bool:
    """Objects have a slash in their ARN, buckets have none."""
    of_objects, of_buckets = _OF_OBJECTS.fullmatch(action), _OF_BUCKETS.fullmatch(action)
    return (
        not resources
        or not (of_objects or of_buckets)
        or any(re.search(r"[*?$]", str(item)) or ("/" in str(item)) == bool(of_objects) for item in resources)
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
