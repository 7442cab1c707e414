"""The comparison sees whatever changes in an account, and nothing when only somebody looks."""

from __future__ import annotations

import json

import pytest

from emulator.engine.aws import client
from emulator.engine.server import Emulator
from rehearsal import state

ACCOUNT, REGION = "222222222222", "eu-west-1"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "sts:AssumeRole"}],
    }
)

ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


@pytest.fixture
def account():
    with Emulator():
        api("iam").create_role(RoleName="admin", AssumeRolePolicyDocument=TRUST)
        api("s3").create_bucket(Bucket="acme-data", CreateBucketConfiguration={"LocationConstraint": REGION})
        api("s3").put_object(Bucket="acme-data", Key="k", Body=b"one")
        api("ssm").put_parameter(Name="/a", Value="1", Type="String")
        api("kms").create_key()
        api("sqs").create_queue(QueueName="jobs")
        yield ACCOUNT


def api(service):
    return client(service, ACCOUNT, REGION)


def set_queue(**attributes):
    api("sqs").set_queue_attributes(QueueUrl="jobs", Attributes=attributes)


PLANTED = {
    "an inline policy": lambda: api("iam").put_role_policy(RoleName="admin", PolicyName="p", PolicyDocument=ALLOW),
    "a trust policy": lambda: api("iam").update_assume_role_policy(
        RoleName="admin", PolicyDocument=TRUST.replace("1111", "3333")
    ),
    "a tag of a role": lambda: api("iam").tag_role(RoleName="admin", Tags=[{"Key": "a", "Value": "b"}]),
    "versioning": lambda: api("s3").put_bucket_versioning(
        Bucket="acme-data", VersioningConfiguration={"Status": "Enabled"}
    ),
    "the content of an object": lambda: api("s3").put_object(Bucket="acme-data", Key="k", Body=b"two"),
    "a parameter's value": lambda: api("ssm").put_parameter(Name="/a", Value="2", Overwrite=True),
    "a key that is disabled": lambda: api("kms").disable_key(KeyId=api("kms").list_keys()["Keys"][0]["KeyId"]),
    "a queue": lambda: api("sqs").create_queue(QueueName="new"),
    "a setting of a queue": lambda: set_queue(VisibilityTimeout="60"),
    "the policy of a queue": lambda: set_queue(Policy=ALLOW),
    "a queue that is gone": lambda: api("sqs").delete_queue(QueueUrl="jobs"),
    "a service that was not in use": lambda: api("sns").create_topic(Name="new"),
    "another region": lambda: client("sns", ACCOUNT, "us-west-2").create_topic(Name="far"),
    "a role that is gone": lambda: api("iam").delete_role(RoleName="admin"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_difference_is_found(account, name):
    before = state.snapshot()
    PLANTED[name]()
    assert list(state.changed_accounts(before, state.snapshot())) == [account]


def test_the_same_difference_in_the_account_at_hand_is_told_apart(account):
    before = state.snapshot()
    client("sns", "333333333333", REGION).create_topic(Name="new")
    assert list(state.changed_accounts(before, state.snapshot())) == ["333333333333"]


def test_looking_changes_nothing(account):
    before = state.snapshot()
    api("iam").list_roles()
    api("s3").get_object(Bucket="acme-data", Key="k")["Body"].read()
    api("ssm").get_parameter(Name="/a")
    api("sns").list_topics()
    api("sqs").get_queue_attributes(QueueUrl="jobs", AttributeNames=["All"])
    client("sts", "111111111111", REGION).assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/admin", RoleSessionName="somebody"
    )
    assert state.changed_accounts(before, state.snapshot()) == {}


def test_a_fresh_aws_has_nothing_of_the_last():
    with Emulator():
        api("ecs").list_clusters()
        api("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")
    with Emulator():
        client("ecs", "333333333333", REGION).create_cluster(clusterName="new")
        assert list(state.snapshot()) == ["333333333333"]


def test_a_role_that_does_not_trust_the_caller_cannot_be_assumed(account):
    sts = client("sts", "444444444444", REGION)
    with pytest.raises(Exception, match="not authorized to perform: sts:AssumeRole"):
        sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/admin", RoleSessionName="somebody")


def test_the_lines_name_the_place():
    assert state.differences({"a": [1, 2]}, {"a": [1, 3]}) == ["/a/1: 2 became 3"]
    assert state.differences({"a": 1}, {"b": 1}) == ["/a: removed", "/b: added"]
