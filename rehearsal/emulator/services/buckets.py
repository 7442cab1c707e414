"""Custom resources of the CDK that fill and empty buckets."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from botocore.exceptions import ClientError

from emulator.engine.handlers import Handled
from emulator.engine.resources import register

Properties = dict[str, Any]


@register
class EmptyBucket(Handled):
    """Empties the bucket when it is deleted, if the bucket's tag still says so."""

    type = "Custom::S3AutoDeleteObjects"

    def answer(self, request: str, properties: Properties, before: Properties) -> None:
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

    def answer(self, request: str, properties: Properties, before: Properties) -> None:
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
