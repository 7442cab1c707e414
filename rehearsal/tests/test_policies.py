from __future__ import annotations

import pytest

from emulator.engine.policies import Request, allows

TRAIL = "arn:aws:cloudtrail:eu-west-1:111111111111:trail/acme"
SERVICE = {"Service": "cloudtrail.amazonaws.com"}
REQUEST = Request(
    "s3:PutObject",
    "arn:aws:s3:::b/AWSLogs/1/x",
    SERVICE,
    {"aws:SourceArn": TRAIL, "s3:x-amz-acl": "bucket-owner-full-control"},
)


def allow(**parts):
    return {
        "Effect": "Allow",
        "Principal": SERVICE,
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::b/AWSLogs/*",
        **parts,
    }


@pytest.mark.parametrize(
    "statements, expected",
    [
        ([allow()], True),
        ([], False),
        ([allow(Principal={"Service": "config.amazonaws.com"})], False),
        ([allow(Principal="*")], True),
        ([allow(Action=["S3:Put*"])], True),
        ([allow(Resource="arn:aws:s3:::b/other/*")], False),
        ([allow(Condition={"StringEquals": {"AWS:SourceArn": TRAIL}})], True),
        ([allow(Condition={"StringEquals": {"aws:SourceArn": "arn:other"}})], False),
        ([allow(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:111111111111:trail/*"}})], True),
        ([allow(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})], False),
        ([allow(Condition={"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}})], True),
        ([allow(Condition={"Null": {"aws:SourceArn": "false"}})], True),
        (
            [
                allow(),
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": "*",
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
            True,
        ),
        (
            [
                allow(),
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": "*",
                    "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
                },
            ],
            False,
        ),
    ],
)
def test_a_bucket_policy(statements, expected):
    assert allows({"Statement": statements}, REQUEST) is expected


@pytest.mark.parametrize(
    "trusted, expected",
    [("arn:aws:iam::111111111111:root", True), ("111111111111", True), ("arn:aws:iam::222222222222:root", False)],
)
def test_a_trust_policy(trusted, expected):
    policy = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}]}
    assert allows(policy, Request("sts:AssumeRole", "*", {"AWS": "111111111111"})) is expected
