"""Buckets of S3, by the calls that CloudFormation makes, and what the CDK's functions fill and empty them with."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

from botocore.exceptions import ClientError
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, get_canned_acl, s3_backends

from emulator.engine import policies
from emulator.engine.api import fit
from emulator.engine.errors import ResourceFailure
from emulator.engine.handlers import Handled
from emulator.engine.resources import Resource, register


@register
class Bucket(Resource):
    type = "AWS::S3::Bucket"
    create_only = ("BucketName", "BucketNamePrefix", "BucketNamespace")
    beside = (
        "AbacStatus",
        "AccessControl",
        "AnalyticsConfigurations",
        "IntelligentTieringConfigurations",
        "InventoryConfigurations",
        "LifecycleConfiguration",
        "MetadataConfiguration",
        "MetadataTableConfiguration",
        "MetricsConfigurations",
        "ReplicationConfiguration",
    )

    def create(self, properties: dict[str, Any]) -> None:
        place = self.place
        name = properties.get("BucketName", place.name)
        where = (
            {} if place.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": place.region}}
        )
        self.api("s3").create_bucket(
            Bucket=name, ObjectLockEnabledForBucket=bool(properties.get("ObjectLockEnabled", False)), **where
        )
        self.physical_id = name
        domain = "amazonaws.com.cn" if place.partition == "aws-cn" else "amazonaws.com"
        self.attributes = {
            "Arn": f"arn:{place.partition}:s3:::{name}",
            "DomainName": f"{name}.s3.{domain}",
            "RegionalDomainName": f"{name}.s3.{place.region}.{domain}",
            "DualStackDomainName": f"{name}.s3.dualstack.{place.region}.{domain}",
            "WebsiteURL": f"http://{name}.s3-website-{place.region}.{domain}",
        }
        self.update(properties, {})

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        api, name = self.api("s3"), self.physical_id
        for key, configure in _CONFIGURE.items():
            if key in properties and properties[key] != before.get(key):
                configure(api, name, properties[key])
        for key in [key for key in before if key not in properties]:
            if key in _REMOVE:
                getattr(api, _REMOVE[key])(Bucket=name)
            elif key in _RESET:
                _CONFIGURE[key](api, name, _RESET[key])

    def delete(self, properties: dict[str, Any]) -> None:
        api = self.api("s3")
        versions = api.list_object_versions(Bucket=self.physical_id)
        if versions.get("Versions") or versions.get("DeleteMarkers"):
            raise ResourceFailure(
                "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
            )
        api.delete_bucket(Bucket=self.physical_id)


def _versioning(api: Any, bucket: str, value: dict[str, Any]) -> None:
    api.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": value["Status"]})


def _encryption(api: Any, bucket: str, value: dict[str, Any]) -> None:
    rules = [
        _renamed(rule, {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"})
        for rule in value["ServerSideEncryptionConfiguration"]
    ]
    rules = [
        {key: rule[key] for key in ("ApplyServerSideEncryptionByDefault", "BucketKeyEnabled") if key in rule}
        for rule in rules
    ]
    api.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})


def _public_access(api: Any, bucket: str, value: dict[str, Any]) -> None:
    api.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration={key: bool(on) for key, on in value.items()}
    )


def _ownership(api: Any, bucket: str, value: dict[str, Any]) -> None:
    api.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=value)


def _tags(api: Any, bucket: str, value: list[dict[str, str]]) -> None:
    api.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": value})


def _logging(api: Any, bucket: str, value: dict[str, Any]) -> None:
    target = value.get("DestinationBucketName", bucket)
    if target != bucket:
        api.head_bucket(Bucket=target)
    # moto asks the target for an ACL that buckets without ACLs cannot have
    for account in list(s3_backends.values()):
        for backend in account.values():
            if bucket in backend.buckets:
                backend.buckets[bucket].logging = {
                    "TargetBucket": target,
                    "TargetPrefix": value.get("LogFilePrefix", ""),
                }


def _object_lock(api: Any, bucket: str, value: dict[str, Any]) -> None:
    retention = value.get("Rule", {}).get("DefaultRetention")
    rule = (
        {"Rule": {"DefaultRetention": {key: int(kept) if key != "Mode" else kept for key, kept in retention.items()}}}
        if retention
        else {}
    )
    api.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", **rule})


def _lifecycle(api: Any, bucket: str, value: dict[str, Any]) -> None:
    api.put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": [_lifecycle_rule(rule) for rule in value["Rules"]]}
    )


def _lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """CloudFormation and the API name the same things differently."""
    made: dict[str, Any] = {"Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "Id" in rule:
        made["ID"] = rule["Id"]
    if "ExpirationInDays" in rule:
        made["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    elif rule.get("ExpiredObjectDeleteMarker"):
        made["Expiration"] = {"ExpiredObjectDeleteMarker": True}
    old = rule.get("NoncurrentVersionExpiration")
    if old or "NoncurrentVersionExpirationInDays" in rule:
        days = old["NoncurrentDays"] if old else rule["NoncurrentVersionExpirationInDays"]
        made["NoncurrentVersionExpiration"] = {"NoncurrentDays": int(days)}
    if "AbortIncompleteMultipartUpload" in rule:
        made["AbortIncompleteMultipartUpload"] = {
            "DaysAfterInitiation": int(rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"])
        }
    for key, days in (("Transitions", "Days"), ("NoncurrentVersionTransitions", "NoncurrentDays")):
        if key in rule:
            made[key] = [
                {days: int(step.get("TransitionInDays", 0)), "StorageClass": step["StorageClass"]} for step in rule[key]
            ]
    return made


def _cors(api: Any, bucket: str, value: dict[str, Any]) -> None:
    renamed = {"Id": "ID", "MaxAge": "MaxAgeSeconds", "ExposedHeaders": "ExposeHeaders"}
    rules = [{renamed.get(key, key): item for key, item in rule.items()} for rule in value["CorsRules"]]
    configuration = {"CORSConfiguration": {"CORSRules": rules}}
    api.put_bucket_cors(Bucket=bucket, **fit(api, "put_bucket_cors", configuration))


def _website(api: Any, bucket: str, value: dict[str, Any]) -> None:
    made: dict[str, Any] = {key: value[key] for key in ("RedirectAllRequestsTo",) if key in value}
    if "IndexDocument" in value:
        made["IndexDocument"] = {"Suffix": value["IndexDocument"]}
    if "ErrorDocument" in value:
        made["ErrorDocument"] = {"Key": value["ErrorDocument"]}
    if value.get("RoutingRules"):
        made["RoutingRules"] = [
            {
                "Redirect": rule["RedirectRule"],
                **({"Condition": rule["RoutingRuleCondition"]} if "RoutingRuleCondition" in rule else {}),
            }
            for rule in value["RoutingRules"]
        ]
    api.put_bucket_website(Bucket=bucket, WebsiteConfiguration=made)


def _notifications(api: Any, bucket: str, value: dict[str, Any]) -> None:
    made: dict[str, Any] = {}
    for kind, target, argument in (
        ("Topic", "Topic", "TopicArn"),
        ("Queue", "Queue", "QueueArn"),
        ("Lambda", "Function", "LambdaFunctionArn"),
    ):
        name = "LambdaFunctionConfigurations" if kind == "Lambda" else f"{kind}Configurations"
        for item in value.get(f"{kind}Configurations", []):
            rules = item.get("Filter", {}).get("S3Key", {}).get("Rules", [])
            wanted = {argument: item[target], "Events": [item["Event"]]}
            if rules:
                wanted["Filter"] = {"Key": {"FilterRules": rules}}
            made.setdefault(name, []).append(wanted)
    # turned on by being there
    if str(value.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled", "")).lower() == "true":
        made["EventBridgeConfiguration"] = {}
    api.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=made)


def _acceleration(api: Any, bucket: str, value: dict[str, Any]) -> None:
    configuration = {"Status": value["AccelerationStatus"]}
    api.put_bucket_accelerate_configuration(Bucket=bucket, AccelerateConfiguration=configuration)


def _acl(api: Any, bucket: str, value: str) -> None:
    try:
        controls = api.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    except ClientError:  # as new buckets have it
        controls = [{"ObjectOwnership": "BucketOwnerEnforced"}]
    if value != "Private" and controls[0]["ObjectOwnership"] == "BucketOwnerEnforced":
        raise ResourceFailure("Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", value).lower()
    # a call without a body is one without a length, which moto refuses
    for accounts in list(s3_backends.values()):
        for backend in accounts.values():
            if bucket in backend.buckets:
                backend.buckets[bucket].set_acl(get_canned_acl(words))


def _renamed(value: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {
        names.get(key, key): _renamed(item, names) if isinstance(item, dict) else item for key, item in value.items()
    }


_CONFIGURE = {
    "OwnershipControls": _ownership,
    "PublicAccessBlockConfiguration": _public_access,
    "VersioningConfiguration": _versioning,
    "BucketEncryption": _encryption,
    "LifecycleConfiguration": _lifecycle,
    "ObjectLockConfiguration": _object_lock,
    "LoggingConfiguration": _logging,
    "Tags": _tags,
    "CorsConfiguration": _cors,
    "WebsiteConfiguration": _website,
    "NotificationConfiguration": _notifications,
    "AccelerateConfiguration": _acceleration,
    "AccessControl": _acl,
}
# what the call to take it away is, and what a bucket has again where there is none
_REMOVE = {
    "BucketEncryption": "delete_bucket_encryption",
    "CorsConfiguration": "delete_bucket_cors",
    "LifecycleConfiguration": "delete_bucket_lifecycle",
    "OwnershipControls": "delete_bucket_ownership_controls",
    "PublicAccessBlockConfiguration": "delete_public_access_block",
    "Tags": "delete_bucket_tagging",
    "WebsiteConfiguration": "delete_bucket_website",
}
_RESET: dict[str, Any] = {
    "AccelerateConfiguration": {"AccelerationStatus": "Suspended"},
    "AccessControl": "Private",
    "NotificationConfiguration": {},
    "VersioningConfiguration": {"Status": "Suspended"},
}


@register
class BucketPolicy(Resource):
    type = "AWS::S3::BucketPolicy"
    create_only = ("Bucket",)

    def create(self, properties: dict[str, Any]) -> None:
        self.update(properties, {})
        self.physical_id = properties["Bucket"]

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        self.api("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=json.dumps(properties["PolicyDocument"]))

    def delete(self, properties: dict[str, Any]) -> None:
        self.api("s3").delete_bucket_policy(Bucket=properties["Bucket"])


def _permission(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
    """moto applies a Deny without looking at its conditions; the emulated AWS counts as HTTPS.

    A condition on anything else needs the caller, which moto does not tell here: such a statement is left out.
    """
    context = {"aws:SecureTransport": "true"}
    document = json.loads(bucket.policy) if bucket.policy else {"Statement": []}
    for statement in document["Statement"]:
        keys = {key for operator in statement.get("Condition", {}).values() for key in operator}
        request = policies.Request(action, resource, {"AWS": "*"}, context)
        if statement["Effect"] == "Deny" and keys <= set(context) and policies.applies(statement, request):
            return PermissionResult.DENIED
    return PermissionResult.NEUTRAL


FakeBucket.get_permission = _permission  # type: ignore[method-assign]


@register
class EmptyBucket(Handled):
    """Empties the bucket when it is deleted, if the bucket's tag still says so."""

    type = "Custom::S3AutoDeleteObjects"

    def answer(self, request: str, properties: dict[str, Any], before: dict[str, Any]) -> None:
        if request == "Update" and before.get("BucketName") != properties["BucketName"]:
            self.physical_id = str(properties["BucketName"])
        if request != "Delete":
            return
        api, bucket = self.api("s3"), properties["BucketName"]
        try:
            tags = api.get_bucket_tagging(Bucket=bucket)["TagSet"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchBucket":
                return
            raise self.failed(error.response["Error"]["Message"]) from error
        if {"Key": "aws-cdk:auto-delete-objects", "Value": "true"} in tags:
            empty(api, bucket)


def empty(api: Any, bucket: str) -> None:
    while True:
        page = api.list_object_versions(Bucket=bucket)
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if not found:
            return
        keys = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]
        api.delete_objects(Bucket=bucket, Delete={"Objects": keys})


@register
class BucketDeployment(Handled):
    """Unpacks the sources into the bucket; what the sources mark is not filled in."""

    type = "Custom::CDKBucketDeployment"

    def answer(self, request: str, properties: dict[str, Any], before: dict[str, Any]) -> None:
        api, bucket = self.api("s3"), properties["DestinationBucketName"]
        prefix = properties.get("DestinationBucketKeyPrefix", "").strip("/")
        if request == "Delete":
            if str(properties.get("RetainOnDelete", "true")).lower() == "false":
                self._take(api, bucket, prefix)
            return
        if str(properties.get("Prune", "true")).lower() == "true":
            self._take(api, bucket, prefix)
        extract = str(properties.get("Extract", "true")).lower() == "true"
        for source, key in zip(properties["SourceBucketNames"], properties["SourceObjectKeys"], strict=True):
            data = api.get_object(Bucket=source, Key=key)["Body"].read()
            for name, content in _files(data, key) if extract else [(key, data)]:
                api.put_object(Bucket=bucket, Key=f"{prefix}/{name}" if prefix else name, Body=content)
        self.attributes = {
            "DestinationBucketArn": properties.get("DestinationBucketArn", ""),
            "SourceObjectKeys": properties["SourceObjectKeys"],
        }

    def _take(self, api: Any, bucket: str, prefix: str) -> None:
        for item in api.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", []):
            api.delete_object(Bucket=bucket, Key=item["Key"])


def _files(data: bytes, key: str) -> list[tuple[str, bytes]]:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return [(key, data)]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(item.filename, archive.read(item)) for item in archive.infolist() if not item.is_dir()]
