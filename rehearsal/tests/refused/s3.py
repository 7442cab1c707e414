"""What S3 refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import (
    ACCOUNT,
    PUBLIC,
    Case,
    Template,
    bucket,
    by,
    document,
    made,
    statement,
    taken,
    template,
    trusted,
)


def replicated(**properties: Any) -> Template:
    rules = [{"Status": "Enabled", "Destination": {"Bucket": {"Fn::GetAtt": ["To", "Arn"]}}}]
    configuration = {"Role": {"Fn::GetAtt": ["R", "Arn"]}, "Rules": rules}
    source = made("AWS::S3::Bucket", ReplicationConfiguration=configuration, VersioningConfiguration=VERSIONED)
    target = made("AWS::S3::Bucket", VersioningConfiguration=VERSIONED)
    source["Properties"].update(properties)
    return template(R=trusted(by("s3")), To=target, B=source)


def bucket_policy(*statements: Template, **properties: Any) -> Template:
    policy = made("AWS::S3::BucketPolicy", Bucket={"Ref": "B"}, PolicyDocument=document(*statements))
    return template(B=made("AWS::S3::Bucket", BucketName="acme-b", **properties), P=policy)


VERSIONED = {"Status": "Enabled"}
OPEN = {"BlockPublicPolicy": False, "BlockPublicAcls": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": False}
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
VERSIONS = {"Status": "Enabled"}


def of_bucket(wrong: Template, right: Template | None = None) -> Case:
    return Case(bucket(**wrong), bucket(**(right or {})))


def lifecycle(**rule: Any) -> Template:
    return {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "Id": "r", **rule}]}}


def encrypted_by(**by_default: Any) -> Template:
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": by_default}]}}


def notified(*statements: Template) -> Template:
    """A bucket that sends events to a queue, with the queue's policy."""
    queue = {"Fn::GetAtt": ["Q", "Arn"]}
    policy = made("AWS::SQS::QueuePolicy", Queues=[{"Ref": "Q"}], PolicyDocument=document(*statements))
    rule = {"Event": "s3:ObjectCreated:*", "Queue": queue}
    source = made("AWS::S3::Bucket", NotificationConfiguration={"QueueConfigurations": [rule]})
    return template(Q=made("AWS::SQS::Queue"), P=policy, B={**source, "DependsOn": "P"})


CASES: dict[str, Case] = {
    "bucket-name-underscore": Case(bucket(BucketName="under_score"), bucket(BucketName="with-dash.and.dot")),
    "bucket-name-case": Case(bucket(BucketName="Upper"), bucket(BucketName="lower")),
    "bucket-name-length": Case(bucket(BucketName="b" * 64), bucket(BucketName="b" * 63)),
    "bucket-access-list": Case(
        bucket(AccessControl="LogDeliveryWrite"),
        bucket(
            AccessControl="LogDeliveryWrite", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
        ),
    ),
    "replication-without-versions": Case(replicated(VersioningConfiguration={"Status": "Suspended"}), replicated()),
    "bucket-policy-of-another": Case(
        bucket_policy(statement(Principal={"AWS": "222222222222"}, Action="s3:*", Resource="arn:aws:s3:::other/*")),
        bucket_policy(statement(Principal={"AWS": "222222222222"}, Action="s3:*", Resource="arn:aws:s3:::acme-b/*")),
    ),
    "public-bucket-policy": Case(
        bucket_policy(PUBLIC), bucket_policy(PUBLIC, PublicAccessBlockConfiguration=OPEN)
    ),
    "public-bucket-policy-with-condition": Case(
        bucket_policy(PUBLIC),
        bucket_policy({**PUBLIC, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}}),
    ),
    "bucket-policy-of-unknown-role": Case(
        bucket_policy({**PUBLIC, "Principal": {"AWS": "arn:aws:iam::222222222222:role/nope"}}),
        bucket_policy({**PUBLIC, "Principal": {"AWS": "arn:aws:iam::999999999999:role/nobody-knows"}}),
    ),
    "name-of-a-bucket": taken("AWS::S3::Bucket", BucketName="acme-taken"),
    "bucket-name-address": of_bucket({"BucketName": "192.168.5.4"}, {"BucketName": "192.168.5.a4"}),
    "bucket-name-reserved": of_bucket({"BucketName": "sthree-acme"}, {"BucketName": "s3-acme"}),
    "bucket-name-of-a-demo": of_bucket({"BucketName": "amzn-s3-demo-acme"}, {"BucketName": "amzn-demo-acme"}),
    "bucket-name-ending": of_bucket({"BucketName": "acme-s3alias"}, {"BucketName": "acme-alias"}),
    "expiration-of-no-days": of_bucket(lifecycle(ExpirationInDays=0), lifecycle(ExpirationInDays=1)),
    "transition-too-early": of_bucket(
        lifecycle(Transitions=[{"StorageClass": "STANDARD_IA", "TransitionInDays": 29}]),
        lifecycle(Transitions=[{"StorageClass": "STANDARD_IA", "TransitionInDays": 30}]),
    ),
    "expiration-before-transition": of_bucket(
        lifecycle(ExpirationInDays=90, Transitions=[{"StorageClass": "GLACIER", "TransitionInDays": 90}]),
        lifecycle(ExpirationInDays=91, Transitions=[{"StorageClass": "GLACIER", "TransitionInDays": 90}]),
    ),
    "lifecycle-without-action": of_bucket(lifecycle(), lifecycle(ExpirationInDays=1)),
    "lock-without-versions": of_bucket(
        {"ObjectLockEnabled": True, "VersioningConfiguration": {"Status": "Suspended"}},
        {"ObjectLockEnabled": True, "VersioningConfiguration": VERSIONS},
    ),
    "lock-not-enabled": of_bucket(
        {
            "ObjectLockConfiguration": {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            }
        },
        {
            "ObjectLockEnabled": True,
            "ObjectLockConfiguration": {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            },
        },
    ),
    "bucket-key-without-kms": of_bucket(
        encrypted_by(SSEAlgorithm="AES256", KMSMasterKeyID="alias/k"), encrypted_by(SSEAlgorithm="AES256")
    ),
    "cors-method": of_bucket(
        {"CorsConfiguration": {"CorsRules": [{"AllowedMethods": ["PATCH"], "AllowedOrigins": ["*"]}]}},
        {"CorsConfiguration": {"CorsRules": [{"AllowedMethods": ["PUT"], "AllowedOrigins": ["*"]}]}},
    ),
    "events-to-a-closed-queue": Case(
        notified(statement(Principal={"Service": "sns.amazonaws.com"}, Action="sqs:SendMessage", Resource="*")),
        notified(statement(Principal={"Service": "s3.amazonaws.com"}, Action="sqs:SendMessage", Resource="*")),
    ),
    "bucket-policy-size": Case(
        bucket_policy(
            statement(
                Principal=ROOT, Action="s3:GetObject", Resource=[f"arn:aws:s3:::acme-b/{n:080}" for n in range(200)]
            )
        ),
        bucket_policy(
            statement(
                Principal=ROOT, Action="s3:GetObject", Resource=[f"arn:aws:s3:::acme-b/{n:080}" for n in range(180)]
            )
        ),
    ),
    "bucket-policy-action": Case(
        bucket_policy(statement(Principal=ROOT, Action="s3:GetObject", Resource="arn:aws:s3:::acme-b")),
        bucket_policy(statement(Principal=ROOT, Action="s3:GetObject", Resource="arn:aws:s3:::acme-b/*")),
    ),
    "bucket-policy-without-principal": Case(
        bucket_policy(statement(Action="s3:GetObject", Resource="arn:aws:s3:::acme-b/*")),
        bucket_policy(statement(Principal=ROOT, Action="s3:GetObject", Resource="arn:aws:s3:::acme-b/*")),
    ),
}

# what a rule refused once, and AWS accepts
ACCEPTED: dict[str, Template] = {
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html
    "a lock of a bucket with versions": bucket(
        VersioningConfiguration=VERSIONS, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    ),
}
