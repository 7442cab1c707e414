"""What CloudTrail refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import Case, Template, document, made, statement, template


def trail(*statements: Template, **properties: Any) -> Template:
    policy = made("AWS::S3::BucketPolicy", Bucket={"Ref": "B"}, PolicyDocument=document(*statements))
    given = {"S3BucketName": {"Ref": "B"}, "IsLogging": True, **properties}
    recorder = {**made("AWS::CloudTrail::Trail", **given), "DependsOn": "P"}
    return template(B=made("AWS::S3::Bucket", BucketName="acme-b"), P=policy, T=recorder)


CLOUDTRAIL = {"Service": "cloudtrail.amazonaws.com"}
READS_ACL = statement(Principal=CLOUDTRAIL, Action="s3:GetBucketAcl", Resource="arn:aws:s3:::acme-b")
WRITES = statement(Principal=CLOUDTRAIL, Action="s3:PutObject", Resource="arn:aws:s3:::acme-b/AWSLogs/222222222222/*")

CASES: dict[str, Case] = {
    "trail-name": Case(trail(READS_ACL, WRITES, TrailName="a b"), trail(READS_ACL, WRITES, TrailName="a-b")),
    "trail-name-length": Case(trail(READS_ACL, WRITES, TrailName="ab"), trail(READS_ACL, WRITES, TrailName="abc")),
    "trail-name-dashes": Case(trail(READS_ACL, WRITES, TrailName="a--b"), trail(READS_ACL, WRITES, TrailName="a-b")),
    "trail-bucket-closed": Case(trail(READS_ACL), trail(READS_ACL, WRITES)),
    "trail-group-without-role": Case(
        trail(READS_ACL, WRITES, CloudWatchLogsLogGroupArn="arn:aws:logs:eu-west-1:222222222222:log-group:g:*"),
        trail(READS_ACL, WRITES),
    ),
}
