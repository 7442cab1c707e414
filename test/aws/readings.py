"""Whether AWS answers as `check` reads it, where there is nothing to find, or something of somebody else."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from experiment import Outcome, Setting

sys.path.insert(0, str(Path(__file__).parents[2] / "rehearsal"))

from check.aws import Aws, Refused, Unanswered, always_on  # noqa: E402

# https://docs.aws.amazon.com/codeartifact/latest/ug/create-s3-gateway-endpoint.html: of AWS, whose region it tells to nobody else
_OF_ANOTHER = ("assets-438097961670-eu-west-1", "eu-west-1")
# https://docs.aws.amazon.com/general/latest/gr/organizations-service.html: nobody has raised it for a throw-away account
_ACCOUNTS = {"ServiceCode": "organizations", "QuotaCode": "L-E619E033"}


class Readings:
    name = "readings"
    question = "is what does not exist, or is of somebody else, answered with the codes that check knows?"
    source = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html, and the pages of the other calls"
    costs = "nothing"
    leaves = "nothing"

    def run(self, setting: Setting) -> list[Outcome]:
        aws = Aws(setting.session, setting.region)
        aws.who()
        none = f"cdk-multi-account-org-experiment-{secrets.token_hex(8)}"
        bucket, its_region = _OF_ANOTHER
        home = always_on(setting.region)
        stack = {"StackName": none}
        return [
            _refused(aws, "404", "s3:HeadBucket", Bucket=none),
            _refused(aws, "403", "s3:HeadBucket", its_region, Bucket=bucket),
            _refused(aws, "403 or 301", "s3:HeadBucket", home, Bucket=bucket),
            _refused(aws, "ValidationError", "cloudformation:DescribeStacks", **stack),
            _refused(aws, "ValidationError", "cloudformation:ListStackResources", **stack),
            _refused(aws, "ValidationError", "cloudformation:DescribeStackResources", PhysicalResourceId=none),
            _refused(aws, "NoSuchEntity", "iam:GetRole", RoleName=none),
            _refused(aws, "ParameterNotFound", "ssm:GetParameter", Name=f"/{none}"),
            _refused(aws, "NoSuchResourceException", "servicequotas:GetServiceQuota", ServiceCode="vpc", QuotaCode="L-00000000"),
            _told(aws, "InvalidParameters has it", lambda answer: f"/{none}" in answer["InvalidParameters"], "ssm:GetParameters", Names=[f"/{none}"]),
            _told(
                aws, "no zone has its name", lambda answer: all(zone["Name"] != f"{none}.example." for zone in answer["HostedZones"]),
                "route53:ListHostedZonesByName", DNSName=f"{none}.example.", MaxItems="10",
            ),
            _told(aws, "there is none", lambda answer: answer["logGroups"] == [], "logs:DescribeLogGroups", logGroupNamePrefix=none),
            _told(aws, "the region is on", _has_region(setting.region), "account:ListRegions"),
            _told(aws, "a number", lambda answer: answer["Quota"]["Value"] > 0, "servicequotas:GetAWSDefaultServiceQuota", home, **_ACCOUNTS),
            _denied(aws, f"arn:aws:iam::{aws.account_id}:role/{none}"),
        ]


def _has_region(name: str) -> Callable[[dict[str, Any]], bool]:
    return lambda answer: any(
        region["RegionName"] == name and region["RegionOptStatus"].startswith("ENABLED") for region in answer["Regions"]
    )


def _refused(aws: Aws, expected: str, action: str, region: str = "", **parameters: Any) -> Outcome:
    subject = f"{action} {' '.join(map(str, parameters.values()))}"
    try:
        aws.ask(action, region=region, **parameters)
    except Refused as refused:
        return Outcome(subject, refused.code in expected.split(" or "), f"AWS answers {refused.code}, check expects {expected}")
    except Unanswered as error:
        return Outcome(subject, None, str(error))
    return Outcome(subject, False, f"AWS finds it, check expects {expected}")


def _told(
    aws: Aws, expected: str, holds: Callable[[dict[str, Any]], bool], action: str, region: str = "", **parameters: Any
) -> Outcome:
    try:
        answer = aws.ask(action, region=region, **parameters)
    except Refused as refused:
        return Outcome(action, False, f"AWS answers {refused.code}, check expects that {expected}")
    except Unanswered as error:
        return Outcome(action, None, str(error))
    return Outcome(action, holds(answer), f"check expects that {expected}: {answer}")


def _denied(aws: Aws, role: str) -> Outcome:
    """A role that does not exist answers as one that lets nobody in: `iam:GetRole` is what tells them apart."""
    subject = f"sts:AssumeRole {role}"
    try:
        aws.ask("sts:AssumeRole", RoleArn=role, RoleSessionName="cdk-multi-account-org-experiment")
    except Unanswered:
        return Outcome(subject, True)
    except Refused as refused:
        return Outcome(subject, False, f"AWS answers {refused.code}, check expects AccessDenied")
    return Outcome(subject, False, "AWS lets in by a role that does not exist")
