"""What CloudFront refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import Case, Template, certificate, issued, made, template


def distribution(target: str = "o", **properties: Any) -> Template:
    behavior = {
        "TargetOriginId": target,
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    }
    given = {
        "Enabled": True,
        "Origins": [
            {"Id": "o", "DomainName": "o.acme.example", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}
        ],
        "DefaultCacheBehavior": behavior,
        **properties,
    }
    return made("AWS::CloudFront::Distribution", DistributionConfig=given)


def certified(region: str) -> Template:
    return {
        "AcmCertificateArn": certificate(region),
        "SslSupportMethod": "sni-only",
        "MinimumProtocolVersion": "TLSv1.2_2021",
    }


ALIASED = {"Aliases": ["www.acme.example"], "ViewerCertificate": certified("us-east-1")}
BEHAVIOR = distribution()["Properties"]["DistributionConfig"]["DefaultCacheBehavior"]
ORIGIN = distribution()["Properties"]["DistributionConfig"]["Origins"][0]
GROUP_OF_ORIGINS = {
    "Id": "g",
    "FailoverCriteria": {"StatusCodes": {"Quantity": 1, "Items": [500]}},
    "Members": {"Quantity": 2, "Items": [{"OriginId": "a"}, {"OriginId": "b"}]},
}

CASES: dict[str, Case] = {
    "alias-without-certificate": Case(
        template(D=distribution(Aliases=["www.acme.example"])), template(D=distribution(**ALIASED)), ready=issued
    ),
    "alias-certificate-region": Case(
        template(D=distribution(**{**ALIASED, "ViewerCertificate": certified("eu-west-1")})),
        template(D=distribution(**ALIASED)),
        ready=issued,
    ),
    "alias-taken": Case(
        template(D=distribution(**ALIASED)),
        template(D=distribution(**{**ALIASED, "Aliases": ["other.acme.example"]})),
        beside=template(D=distribution(**ALIASED)),
        ready=issued,
    ),
    "origin-missing": Case(template(D=distribution("nope")), template(D=distribution())),
    "root-object": Case(
        template(D=distribution(DefaultRootObject="/index.html")),
        template(D=distribution(DefaultRootObject="index.html")),
    ),
    "price-class": Case(
        template(D=distribution(PriceClass="PriceClass_300")), template(D=distribution(PriceClass="PriceClass_200"))
    ),
}

# what a rule refused once, and AWS accepts
ACCEPTED: dict[str, Template] = {
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
    "origins that stand in for each other": template(
        D=distribution(
            DefaultCacheBehavior={**BEHAVIOR, "TargetOriginId": "g", "TrustedKeyGroups": ["k"]},
            Origins=[{**ORIGIN, "Id": name} for name in ("a", "b")],
            OriginGroups={"Quantity": 1, "Items": [GROUP_OF_ORIGINS]},
            Restrictions={"GeoRestriction": {"RestrictionType": "whitelist", "Locations": ["CH"]}},
        )
    ),
}
