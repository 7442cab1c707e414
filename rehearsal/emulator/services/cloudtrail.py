"""AWS::CloudTrail::Trail, refused as AWS refuses it: bucket policy, key policy, trusted access."""

from __future__ import annotations

from typing import Any

from moto.kms.models import kms_backends
from moto.s3.models import s3_backends

from emulator.engine.errors import ResourceFailure
from emulator.engine.faults import faults
from emulator.engine.policies import Request, allows
from emulator.engine.resources import Resource, register
from emulator.services.organizations.backend import StrictOrganizations, backend_of

_SERVICE = {"Service": "cloudtrail.amazonaws.com"}
_ARGUMENTS = {
    "S3BucketName": "S3BucketName",
    "S3KeyPrefix": "S3KeyPrefix",
    "SnsTopicName": "SnsTopicName",
    "IncludeGlobalServiceEvents": "IncludeGlobalServiceEvents",
    "IsMultiRegionTrail": "IsMultiRegionTrail",
    "EnableLogFileValidation": "EnableLogFileValidation",
    "KMSKeyId": "KmsKeyId",
    "IsOrganizationTrail": "IsOrganizationTrail",
    "CloudWatchLogsLogGroupArn": "CloudWatchLogsLogGroupArn",
    "CloudWatchLogsRoleArn": "CloudWatchLogsRoleArn",
}


@register
class Trail(Resource):
    type = "AWS::CloudTrail::Trail"
    create_only = ("TrailName",)

    def create(self, properties: dict[str, Any]) -> None:
        name = properties.get("TrailName", self.place.name)
        self._check(name, properties)
        made = self.api("cloudtrail").create_trail(
            Name=name, TagsList=properties.get("Tags", []), **_arguments(properties)
        )
        self.physical_id = name
        self.attributes = {"Arn": made["TrailARN"]}
        self._log(properties)

    def _log(self, properties: dict[str, Any]) -> None:
        api = self.api("cloudtrail")
        if properties.get("EventSelectors") or properties.get("AdvancedEventSelectors"):
            api.put_event_selectors(
                TrailName=self.physical_id,
                **{key: properties[key] for key in ("EventSelectors", "AdvancedEventSelectors") if key in properties},
            )
        if properties.get("InsightSelectors"):
            api.put_insight_selectors(TrailName=self.physical_id, InsightSelectors=properties["InsightSelectors"])
        (api.start_logging if properties["IsLogging"] else api.stop_logging)(Name=self.physical_id)

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        self._check(self.physical_id, properties)
        self.api("cloudtrail").update_trail(Name=self.physical_id, **_arguments(properties))
        self._log(properties)

    def delete(self, properties: dict[str, Any]) -> None:
        self.api("cloudtrail").delete_trail(Name=self.physical_id)

    def _arn(self, name: str) -> str:
        place = self.place
        return f"arn:{place.partition}:cloudtrail:{place.region}:{place.account_id}:trail/{name}"

    def _check(self, name: str, properties: dict[str, Any]) -> None:
        organization = self._organization(properties)
        if properties.get("IsMultiRegionTrail") and properties.get("IncludeGlobalServiceEvents") is False:
            raise ResourceFailure("Multi-Region trail must include global service events.")
        self._check_bucket(self._arn(name), properties, organization)
        if properties.get("KMSKeyId"):
            self._check_key(self._arn(name), str(properties["KMSKeyId"]))
        group = properties.get("CloudWatchLogsLogGroupArn")
        if group and group.split(":")[4] != self.place.account_id:
            raise ResourceFailure(
                "Access denied. The CloudWatch Logs log group must be in the account that owns the trail."
            )

    def _organization(self, properties: dict[str, Any]) -> StrictOrganizations | None:
        if not properties.get("IsOrganizationTrail"):
            return None
        organization = backend_of(self.place.account_id)
        if organization.org is None:
            raise ResourceFailure(
                "The account that creates an organization trail must be the management account of an organization."
            )
        if _SERVICE["Service"] not in [service["ServicePrincipal"] for service in organization.services]:
            raise ResourceFailure(
                "The request could not be processed because you have not enabled trusted access "
                "for CloudTrail in your organization."
            )
        return organization

    def _check_bucket(
        self, trail_arn: str, properties: dict[str, Any], organization: StrictOrganizations | None
    ) -> None:
        name, place = properties["S3BucketName"], self.place
        if name not in s3_backends.bucket_accounts:
            raise ResourceFailure(f"S3 bucket {name} does not exist!")
        partition, owner = s3_backends.bucket_accounts[name]
        policy = None if faults.meets("late-bucket-policy") else s3_backends[owner][partition].buckets[name].policy
        bucket = f"arn:{place.partition}:s3:::{name}"
        prefix = f"{properties['S3KeyPrefix']}/" if properties.get("S3KeyPrefix") else ""
        source = {
            "aws:SourceArn": trail_arn,
            "aws:SourceAccount": place.account_id,
            "aws:SecureTransport": "true",
            "aws:PrincipalIsAWSService": "true",
            "aws:PrincipalServiceName": _SERVICE["Service"],
        }
        # CreateTrail tries the management account's prefix even for an organization's trail
        owners = [place.account_id]
        if organization is not None and organization.org is not None:
            source["aws:SourceOrgID"] = organization.org.id
            owners.append(organization.org.id)
        needed = [Request("s3:GetBucketAcl", bucket, _SERVICE, source)]
        needed += [
            Request(
                "s3:PutObject",
                f"{bucket}/{prefix}AWSLogs/{owner_id}/CloudTrail/{place.region}/probe",
                _SERVICE,
                {**source, "s3:x-amz-acl": "bucket-owner-full-control"},
            )
            for owner_id in owners
        ]
        for request in needed:
            if not allows(policy, request):
                raise ResourceFailure(
                    f"Incorrect S3 bucket policy is detected for bucket: {name} "
                    f"({request.action} on {request.resource} for {trail_arn} is not allowed)"
                )

    def _check_key(self, trail_arn: str, key_id: str) -> None:
        owner, region = (
            (key_id.split(":")[4], key_id.split(":")[3])
            if ":" in key_id
            else (self.place.account_id, self.place.region)
        )
        backend = kms_backends[owner][region]
        name = key_id.split(":", 5)[-1]
        name = name if name.startswith("alias/") else name.removeprefix("key/")
        key = next((key for key in backend.keys.values() if key.id == name or name in key.aliases), None)
        if key is None:
            raise ResourceFailure(f"The KMS key {key_id} does not exist (KmsKeyDoesNotExistException)")
        context = {
            "aws:SourceArn": trail_arn,
            "aws:SourceAccount": self.place.account_id,
            "kms:EncryptionContext:aws:cloudtrail:arn": trail_arn,
        }
        for action in ("kms:GenerateDataKey", "kms:DescribeKey"):
            if not allows(key.policy, Request(action, key.arn, _SERVICE, context)):
                raise ResourceFailure(
                    f"Insufficient permissions to access S3 bucket or KMS key {key_id} "
                    f"({action} for {trail_arn} is not allowed)"
                )


def _arguments(properties: dict[str, Any]) -> dict[str, Any]:
    return {argument: properties[key] for key, argument in _ARGUMENTS.items() if key in properties}
