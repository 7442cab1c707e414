"""Distributions of CloudFront and what they refer to."""

from __future__ import annotations

from typing import Any

from moto.acm.models import acm_backends
from moto.cloudfront.models import cloudfront_backends

from emulator.engine.api import ApiResource, Properties
from emulator.engine.errors import ResourceFailure
from emulator.engine.kept import keep
from emulator.engine.resources import EVERYTHING, register


class _CloudFront(ApiResource):
    service = "cloudfront"
    # the back end knows a part of what the type has
    beside = EVERYTHING

    def etag(self, operation: str, **given: Any) -> str:
        return str(getattr(self.client, operation)(**given)["ETag"])


@register
class OriginAccessControl(_CloudFront):
    type = "AWS::CloudFront::OriginAccessControl"
    make, remove, key = "create_origin_access_control", "delete_origin_access_control", "Id"
    identity = ("OriginAccessControl", "Id")
    answers = {"Id": ("OriginAccessControl", "Id")}

    def update(self, properties: Properties, before: Properties) -> None:
        etag = self.etag("get_origin_access_control", Id=self.physical_id)
        self.call("update_origin_access_control", properties, Id=self.physical_id, IfMatch=etag)

    def delete(self, properties: Properties) -> None:
        etag = self.etag("get_origin_access_control", Id=self.physical_id)
        self.call(self.remove, Id=self.physical_id, IfMatch=etag)


@register
class Function(_CloudFront):
    type = "AWS::CloudFront::Function"
    make, remove = "create_function", "delete_function"
    name = "Name"
    identity = ("FunctionSummary", "FunctionMetadata", "FunctionARN")
    answers = {"FunctionARN": ("FunctionSummary", "FunctionMetadata", "FunctionARN")}

    def arguments(self, properties: Properties) -> Properties:
        return {
            **properties,
            "FunctionConfig": _counted(properties["FunctionConfig"]),
            "FunctionCode": properties["FunctionCode"].encode(),
        }

    def delete(self, properties: Properties) -> None:
        name = self.physical_id.rpartition("/")[2]
        self.call(self.remove, Name=name, IfMatch=self.etag("describe_function", Name=name))


@register
class Distribution(_CloudFront):
    type = "AWS::CloudFront::Distribution"
    make, remove, key = "create_distribution", "delete_distribution", "Id"
    identity = ("Distribution", "Id")
    answers = {"Id": ("Distribution", "Id"), "DomainName": ("Distribution", "DomainName")}

    def arguments(self, properties: Properties) -> Properties:
        wanted = properties["DistributionConfig"]
        self._check_certificate(wanted)
        wanted = {**wanted, "Origins": [_with_ports(origin) for origin in wanted.get("Origins", [])]}
        return {"DistributionConfig": {**_as_the_api(wanted), "CallerReference": self.place.name, "Comment": ""}}

    def _check_certificate(self, config: Properties) -> None:
        arn = config.get("ViewerCertificate", {}).get("AcmCertificateArn")
        names = config.get("Aliases", [])
        if names and not arn:
            raise ResourceFailure(
                "To add an alternate domain name, you must attach a trusted certificate (InvalidViewerCertificate)"
            )
        if not arn:
            return
        _, _, _, region, account_id, *_ = arn.split(":")
        known = acm_backends[account_id][region]._certificates
        if region != "us-east-1" or account_id != self.place.account_id or arn not in known:
            raise ResourceFailure(
                f"The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't "
                f"include a valid certificate chain: {arn} (InvalidViewerCertificate)"
            )
        covered = [known[arn].common_name, *known[arn].sans]
        for name in names:
            if not any(name == item or item == f"*.{name.split('.', 1)[-1]}" for item in covered):
                raise ResourceFailure(f"The certificate does not cover {name} (InvalidViewerCertificate)")

    def update(self, properties: Properties, before: Properties) -> None:
        etag = self.etag("get_distribution", Id=self.physical_id)
        given = self.arguments(properties)
        self.call("update_distribution", given, Id=self.physical_id, IfMatch=etag)

    def delete(self, properties: Properties) -> None:
        # CloudFormation disables it and waits, before it deletes
        etag = self.etag("get_distribution", Id=self.physical_id)
        self.call(self.remove, Id=self.physical_id, IfMatch=etag)
        backend = cloudfront_backends[self.place.account_id][self.place.partition]
        backend.invalidations.pop(self.physical_id, None)
        backend.tagger.delete_all_tags_for_resource(
            f"arn:{self.place.partition}:cloudfront::{self.place.account_id}:distribution/{self.physical_id}"
        )


def _with_ports(origin: Properties) -> Properties:
    """CloudFormation's defaults; the API has none."""
    custom = origin.get("CustomOriginConfig")
    return origin if custom is None else {**origin, "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, **custom}}


def _as_the_api(config: Properties) -> Properties:
    found = _counted(config)
    groups = found.get("OriginGroups", {}).get("Items", [])
    # the back end knows no groups
    first = {group["Id"]: group["Members"]["Items"][0]["OriginId"] for group in groups}
    for behavior in (found["DefaultCacheBehavior"], *found.get("CacheBehaviors", {}).get("Items", [])):
        behavior["TargetOriginId"] = first.get(behavior["TargetOriginId"], behavior["TargetOriginId"])
        for trusted in (behavior[key] for key in ("TrustedKeyGroups", "TrustedSigners") if key in behavior):
            trusted["Enabled"] = bool(trusted["Items"])
    if restriction := found.get("Restrictions", {}).get("GeoRestriction"):
        restriction.update(restriction.pop("Locations", {"Quantity": 0, "Items": []}))
    return found


def _counted(value: Any) -> Any:
    """The API wants lists with their length; CloudFormation does not."""
    if isinstance(value, list):
        items = [_counted(item) for item in value]
        return {"Quantity": len(items), "Items": items}
    if not isinstance(value, dict):
        return value
    if value.keys() == {"Items", "Quantity"}:
        # groups of origins are counted there, too
        return {**value, "Items": [_counted(item) for item in value["Items"]]}
    found = {key: _counted(item) for key, item in value.items()}
    renamed = {"IPV6Enabled": "IsIPV6Enabled", "AcmCertificateArn": "ACMCertificateArn"}
    return {renamed.get(key, key): item for key, item in found.items()}


keep(
    "AWS::CloudFront::CachePolicy",
    "AWS::CloudFront::OriginRequestPolicy",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::CloudFront::KeyValueStore",
)
