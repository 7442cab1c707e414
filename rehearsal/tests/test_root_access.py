"""Central root access, as IAM answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator.engine import aws, callers
from emulator.engine.aws import client
from emulator.engine.server import Emulator

ROOT = "111111111111"


@pytest.fixture(autouse=True)
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def refused(account_id: str) -> str:
    with pytest.raises(ClientError) as error:
        client("iam", account_id, "us-east-1").enable_organizations_root_sessions()
    return error.value.response["Error"]["Code"]


def test_it_needs_an_organization_with_trusted_access_and_its_management_account():
    assert refused(ROOT) == "OrganizationNotFoundException"
    organizations = client("organizations", ROOT, "us-east-1")
    made = organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    assert refused(ROOT) == "ServiceAccessNotEnabledException"
    member = organizations.create_account(Email="aws+prod@acme.example", AccountName="prod")["CreateAccountStatus"]["AccountId"]
    assert refused(member) == "CallerIsNotManagementAccountException"
    organizations.enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
    iam = client("iam", ROOT, "us-east-1")
    assert iam.list_organizations_features()["EnabledFeatures"] == []
    assert iam.enable_organizations_root_sessions()["EnabledFeatures"] == ["RootSessions"]
    # again is no error
    iam.enable_organizations_root_sessions()
    answer = iam.enable_organizations_root_credentials_management()
    assert (answer["OrganizationId"], answer["EnabledFeatures"]) == (made, ["RootCredentialsManagement", "RootSessions"])


UNLOCKS = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"


def session(running: Emulator, account_id: str, target: str, task: str = UNLOCKS, **more: Any) -> str:
    """A session by an administrator of the account; its key, or what AWS says."""
    sts = aws.client_of(running.door, running.credentials(account_id)["AWS_ACCESS_KEY_ID"], "sts", "eu-west-1")
    try:
        return sts.assume_root(TargetPrincipal=target, TaskPolicyArn={"arn": task}, **more)["Credentials"]["AccessKeyId"]
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"


def test_root_alone_opens_a_session_of_a_root_user_for_a_task(emulator):
    def denied(account_id: str, target: str) -> str:
        who = f"User: arn:aws:iam::{account_id}:user/administrator is not authorized to perform: sts:AssumeRoot"
        return f"AccessDenied: {who} on resource: arn:aws:iam::{target}:root"

    member = "222222222222"
    assert session(emulator, ROOT, member) == denied(ROOT, member)
    organizations = client("organizations", ROOT, "us-east-1")
    organizations.create_organization(FeatureSet="ALL")
    member = organizations.create_account(Email="aws+prod@acme.example", AccountName="prod")["CreateAccountStatus"]["AccountId"]
    organizations.enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
    client("iam", ROOT, "us-east-1").enable_organizations_root_credentials_management()
    assert session(emulator, ROOT, member) == denied(ROOT, member)
    client("iam", ROOT, "us-east-1").enable_organizations_root_sessions()
    assert session(emulator, member, member) == denied(member, member)
    assert session(emulator, ROOT, ROOT) == denied(ROOT, ROOT)
    assert session(emulator, ROOT, "999999999999") == denied(ROOT, "999999999999")
    assert "is not a task policy" in session(emulator, ROOT, member, "arn:aws:iam::aws:policy/AdministratorAccess")
    assert "less than or equal to 900" in session(emulator, ROOT, member, DurationSeconds=901)
    for target in (member, f"arn:aws:iam::{member}:root"):
        caller = aws.client_of(emulator.door, session(emulator, ROOT, target), "sts", "eu-west-1").get_caller_identity()
        assert (caller["Arn"], caller["Account"]) == (f"arn:aws:iam::{member}:root", member)


def test_a_root_user_gets_past_policies_of_buckets_and_queues_and_not_past_those_of_keys(emulator):
    key = callers.given(callers.RootTask("222222222222", {"Statement": []}))["AWS_ACCESS_KEY_ID"]
    calls = {name: aws.client_of(emulator.door, key, name, "us-east-1") for name in ("kms", "s3", "sqs")}
    nobody = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
    calls["s3"].create_bucket(Bucket="acme")
    calls["s3"].put_bucket_policy(Bucket="acme", Policy=json.dumps(nobody))
    calls["s3"].put_bucket_policy(Bucket="acme", Policy=json.dumps(nobody))
    queue = calls["sqs"].create_queue(QueueName="acme", Attributes={"Policy": json.dumps(nobody)})["QueueUrl"]
    calls["sqs"].set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "1"})
    made = calls["kms"].create_key(Policy=json.dumps(nobody), BypassPolicyLockoutSafetyCheck=True)["KeyMetadata"]["KeyId"]
    for call, given in (
        (calls["s3"].get_bucket_location, {"Bucket": "acme"}),
        (calls["sqs"].delete_queue, {"QueueUrl": queue}),
        (calls["kms"].put_key_policy, {"KeyId": made, "PolicyName": "default", "Policy": json.dumps(nobody)}),
    ):
        with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
            call(**given)
