"""Who calls, as what, and what that may do: each request from outside is decided by all policies of the path."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from conftest import ACME

from emulator.engine import callers, operations, sdk
from emulator.engine.allowed import undecided
from emulator.engine.aws import client
from emulator.engine.identities import role_of
from emulator.engine.server import Emulator
from rehearsal.play import Options, Play
from rehearsal.processes import Processes
from rehearsal.report import Printer

ROOT, MEMBER, REGION = "111111111111", "222222222222", "eu-west-1"
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
STACK = json.dumps({"Resources": {"group": {"Type": "AWS::IAM::Group"}}})


class Outside:
    """AWS as a real client meets it."""

    def __init__(self, emulator: Emulator, url: str) -> None:
        self.emulator, self.url = emulator, url

    def api(self, service: str, keys: dict[str, str]) -> Any:
        names = {"AccessKeyId": "aws_access_key_id", "SecretAccessKey": "aws_secret_access_key"}
        given = {names[name]: value for name, value in keys.items() if name in names}
        config = Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}, proxies={})
        return boto3.client(service, region_name=REGION, endpoint_url=self.url, config=config, **given)

    def own(self, account_id: str = ROOT) -> dict[str, str]:
        made = self.emulator.credentials(account_id)
        return {"AccessKeyId": made["AWS_ACCESS_KEY_ID"], "SecretAccessKey": made["AWS_SECRET_ACCESS_KEY"]}

    def session(self, role_arn: str, keys: dict[str, str] | None = None, **more: Any) -> dict[str, str]:
        sts = self.api("sts", keys or self.own())
        return sts.assume_role(RoleArn=role_arn, RoleSessionName="job", **more)["Credentials"]


@pytest.fixture
def outside() -> Iterator[Outside]:
    with ExitStack() as stack:
        emulator = stack.enter_context(Emulator())
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        stack.callback(emulator.serve(listener))
        yield Outside(emulator, f"http://127.0.0.1:{listener.getsockname()[1]}")


def statements(*given: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": given})


def role(name: str, *allowed: dict[str, Any], account: str = ROOT, trusted: Any = None, **condition: Any) -> str:
    trust = {"Effect": "Allow", "Principal": trusted or {"AWS": ROOT}, "Action": "sts:AssumeRole", **condition}
    iam = client("iam", account, REGION)
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=statements(trust))["Role"]["Arn"]
    if allowed:
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=statements(*allowed))
    return arn


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def organization(*members: str) -> Any:
    api = client("organizations", ROOT, REGION)
    api.create_organization(FeatureSet="ALL")
    root = api.list_roots()["Roots"][0]["Id"]
    made = api.create_account(AccountName="prod", Email="aws+prod@acme.example")["CreateAccountStatus"]
    return api, root, made["AccountId"]


def test_an_administrator_and_a_root_user_say_who_they_are(outside):
    ask = lambda: outside.api("sts", outside.own()).get_caller_identity()["Arn"]  # noqa: E731
    assert ask() == f"arn:aws:iam::{ROOT}:user/administrator"
    outside.emulator.door.as_root_user = True
    assert ask() == f"arn:aws:iam::{ROOT}:root"


def test_a_root_user_assumes_no_role(outside):
    arn = role("deploy", account=MEMBER)
    assert outside.session(arn)
    outside.emulator.door.as_root_user = True
    sts = outside.api("sts", outside.own())
    told = refused(sts.assume_role, RoleArn=arn, RoleSessionName="job")
    assert told == "AccessDenied: Roles may not be assumed by root accounts."


def test_a_role_is_assumed_by_whom_it_trusts_under_its_conditions(outside):
    other = role("other", account=MEMBER, trusted={"AWS": f"arn:aws:iam::{ROOT}:user/somebody"})
    sts = outside.api("sts", outside.own())
    assert "because no resource-based policy allows the sts:AssumeRole action" in refused(
        sts.assume_role, RoleArn=other, RoleSessionName="job"
    )
    named = role("named", account=MEMBER, Condition={"StringEquals": {"sts:RoleSessionName": "job"}})
    assert outside.session(named)
    assert "AccessDenied" in refused(sts.assume_role, RoleArn=named, RoleSessionName="another")
    device = role("device", account=MEMBER, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    assert "AccessDenied" in refused(sts.assume_role, RoleArn=device, RoleSessionName="job")
    unknown = role("unknown", account=MEMBER, Condition={"StringEquals": {"aws:Weather": "fair"}})
    assert "not emulated: condition key 'aws:Weather'" in refused(
        sts.assume_role, RoleArn=unknown, RoleSessionName="job"
    )


def test_a_role_goes_on_to_another_by_a_right_of_its_own(outside):
    there = role("there", account=MEMBER)
    for name, allowed, works in [("without", [], False), ("with", [{**EVERYTHING, "Action": "sts:AssumeRole"}], True)]:
        keys = outside.session(role(name, *allowed))
        if works:
            assert outside.session(there, keys)
        else:
            told = refused(outside.api("sts", keys).assume_role, RoleArn=there, RoleSessionName="job")
            assert "because no identity-based policy allows the sts:AssumeRole action" in told


def test_a_resource_control_policy_binds_who_comes_from_root(outside):
    api, root, member = organization()
    there = f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole"
    assert outside.session(there)
    api.enable_policy_type(RootId=root, PolicyType="RESOURCE_CONTROL_POLICY")
    denied = {"Effect": "Deny", "Principal": "*", "Action": ["sts:AssumeRole", "s3:CreateBucket"], "Resource": "*"}
    made = api.create_policy(Name="no", Description="", Type="RESOURCE_CONTROL_POLICY", Content=statements(denied))
    api.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=root)
    told = refused(outside.api("sts", outside.own()).assume_role, RoleArn=there, RoleSessionName="job")
    assert "with an explicit deny in a resource control policy" in told
    # a role that deploys, or that a function has, is in an account that it binds as well
    assert "with an explicit deny in a resource control policy" in str(callers.refusal(role_of(there), "s3:CreateBucket", "*"))
    assert callers.refusal(role_of(there), "s3:ListAllMyBuckets", "*") is None


def test_a_service_control_policy_binds_sessions_of_members(outside):
    api, root, member = organization()
    keys = outside.session(f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole")
    cloudformation = outside.api("cloudformation", keys)
    assert cloudformation.describe_stacks()["Stacks"] == []
    api.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    denied = {"Effect": "Deny", "Action": "cloudformation:*", "Resource": "*"}
    made = api.create_policy(Name="no", Description="", Type="SERVICE_CONTROL_POLICY", Content=statements(denied))
    api.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=root)
    assert "with an explicit deny in a service control policy" in refused(cloudformation.describe_stacks)
    # which binds no one in the management account
    assert outside.api("cloudformation", outside.own()).describe_stacks()["Stacks"] == []


def test_a_session_policy_limits_the_session(outside):
    arn = role("all", EVERYTHING)
    keys = outside.session(arn, Policy=statements({**EVERYTHING, "Action": "s3:*"}))
    told = refused(outside.api("ssm", keys).get_parameter, Name="/acme")
    assert "because no session policy allows the ssm:GetParameter action" in told
    assert "ParameterNotFound" in refused(outside.api("ssm", outside.session(arn)).get_parameter, Name="/acme")


def test_what_nobody_knows_of_a_session_is_told(outside):
    arn = role("all", EVERYTHING)
    outside.session(arn, PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}], Tags=[{"Key": "k", "Value": "v"}])
    assert undecided == {"sts:AssumeRole with PolicyArns", "sts:AssumeRole with Tags"}


def test_a_user_has_the_rights_of_their_groups(outside):
    iam = client("iam", ROOT, REGION)
    iam.create_user(UserName="ada")
    keys = iam.create_access_key(UserName="ada")["AccessKey"]
    api = outside.api("cloudformation", keys)
    assert "because no identity-based policy allows the cloudformation:DescribeStacks action" in refused(
        api.describe_stacks
    )
    iam.create_group(GroupName="engineers")
    iam.put_group_policy(GroupName="engineers", PolicyName="own", PolicyDocument=statements(EVERYTHING))
    iam.add_user_to_group(GroupName="engineers", UserName="ada")
    assert api.describe_stacks()["Stacks"] == []


def test_a_user_names_sessions_after_themselves(outside):
    """As the access roles demand, whose callers may also be roles, which have no name of a user."""
    denied = {
        "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole",
        "Condition": {
            "StringNotEquals": {"sts:RoleSessionName": "${aws:username}"}, "Null": {"aws:username": "false"},
        },
    }
    trusted = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sts:AssumeRole"}
    there = client("iam", MEMBER, REGION).create_role(
        RoleName="there", AssumeRolePolicyDocument=statements(trusted, denied)
    )["Role"]["Arn"]
    iam = client("iam", ROOT, REGION)
    iam.create_user(UserName="ada")
    iam.put_user_policy(UserName="ada", PolicyName="own", PolicyDocument=statements(EVERYTHING))
    sts = outside.api("sts", iam.create_access_key(UserName="ada")["AccessKey"])
    assert "with an explicit deny" in refused(sts.assume_role, RoleArn=there, RoleSessionName="bob")
    assert sts.assume_role(RoleArn=there, RoleSessionName="ada")["AssumedRoleUser"]["Arn"].endswith("/there/ada")
    assert outside.session(there, outside.session(role("caller", {**EVERYTHING, "Action": "sts:AssumeRole"})))


def test_a_file_needs_the_right_to_put_it_there(outside):
    s3 = client("s3", ROOT, REGION)
    for name in ("assets", "other"):
        s3.create_bucket(Bucket=f"acme-{name}", CreateBucketConfiguration={"LocationConstraint": REGION})
    publisher = role(
        "publisher",
        {
            "Effect": "Allow",
            "Action": ["s3:PutObject", "s3:GetBucketLocation"],
            "Resource": ["arn:aws:s3:::acme-assets", "arn:aws:s3:::acme-assets/*"],
            "Condition": {"StringEquals": {"aws:ResourceAccount": ROOT}},
        },
    )
    api = outside.api("s3", outside.session(publisher))
    api.put_object(Bucket="acme-assets", Key="a.json", Body=b"{}")
    assert api.get_bucket_location(Bucket="acme-assets")["LocationConstraint"] == REGION
    assert "s3:PutObject on resource: arn:aws:s3:::acme-other/a.json" in refused(
        api.put_object, Bucket="acme-other", Key="a.json", Body=b"{}"
    )
    assert "s3:ListBucket on resource: arn:aws:s3:::acme-assets" in refused(api.list_objects_v2, Bucket="acme-assets")


def test_a_name_of_a_bucket_that_another_account_has_is_taken_and_not_denied(outside):
    made = {"Bucket": "acme-data", "CreateBucketConfiguration": {"LocationConstraint": REGION}}
    client("s3", MEMBER, REGION).create_bucket(**made)
    assert refused(outside.api("s3", outside.own()).create_bucket, **made).startswith("BucketAlreadyExists: ")


def test_a_url_that_somebody_has_signed_has_their_rights(outside):
    s3 = client("s3", ROOT, REGION)
    s3.create_bucket(Bucket="acme-assets", CreateBucketConfiguration={"LocationConstraint": REGION})
    for key in ("mine", "other"):
        s3.put_object(Bucket="acme-assets", Key=key, Body=b"here")
    reader = role("reader", {**EVERYTHING, "Resource": "arn:aws:s3:::acme-assets/mine"})
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"})
    keys = outside.session(reader)
    api = boto3.client(
        "s3",
        region_name=REGION,
        endpoint_url=outside.url,
        config=config,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
    )

    def got(key: str) -> int:
        url = api.generate_presigned_url("get_object", Params={"Bucket": "acme-assets", "Key": key})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as answer:
            return answer.status

    assert got("mine") == 200
    with pytest.raises(urllib.error.HTTPError, match="403"):
        got("other")


@pytest.mark.parametrize("source", ["acme-assets/a b", "/acme-assets/a b"])
def test_a_copy_needs_the_right_to_read_what_it_copies(outside, source):
    s3 = client("s3", ROOT, REGION)
    s3.create_bucket(Bucket="acme-assets", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="acme-assets", Key="a b", Body=b"here")
    put = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-assets/a b"}
    copy = {"Bucket": "acme-assets", "Key": "c", "CopySource": source}
    outside.api("s3", outside.session(role("copier", put, read))).copy_object(**copy)
    told = refused(outside.api("s3", outside.session(role("putter", put))).copy_object, **copy)
    assert "s3:GetObject on resource: arn:aws:s3:::acme-assets/a b" in told


def test_a_change_set_needs_the_right_to_pass_its_role(outside):
    service = role("service", EVERYTHING, trusted={"Service": "cloudformation.amazonaws.com"})
    change = {"StackName": "s", "ChangeSetName": "c", "ChangeSetType": "CREATE", "TemplateBody": STACK, "RoleARN": service}
    create = {**EVERYTHING, "Action": "cloudformation:*"}
    without = outside.api("cloudformation", outside.session(role("without", create)))
    assert f"iam:PassRole on resource: {service}" in refused(without.create_change_set, **change)
    passes = {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": service,
        "Condition": {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}},
    }
    able = outside.api("cloudformation", outside.session(role("able", create, passes)))
    assert able.create_change_set(**change)["Id"]
    # one that CloudFormation cannot have
    another = {**change, "StackName": "t", "RoleARN": role("another", EVERYTHING)}
    everything = outside.api("cloudformation", outside.own())
    assert "is invalid or cannot be assumed" in refused(everything.create_change_set, **another)


def test_a_lookup_of_accounts_needs_the_right_to_list_them(outside):
    organization()
    listing = {"Effect": "Allow", "Action": "cloudformation:ListResources", "Resource": "*"}
    words = {"TypeName": "AWS::Organizations::Account"}
    less = outside.api("cloudcontrol", outside.session(role("less", listing)))
    assert "organizations:ListAccounts" in refused(less.list_resources, **words)
    enough = role("enough", listing, {**listing, "Action": "organizations:ListAccounts"})
    found = outside.api("cloudcontrol", outside.session(enough)).list_resources(**words)
    assert len(found["ResourceDescriptions"]) == 2


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("ec2", "describe_vpcs", "UnauthorizedOperation"),
        ("route53", "list_hosted_zones_by_name", "AccessDenied"),
        ("cloudcontrol", "list_resources", "AccessDeniedException"),
        ("ssm", "describe_parameters", "AccessDeniedException"),
        ("lambda", "list_functions", "AccessDeniedException"),
    ],
)
def test_each_protocol_refuses_in_its_words(outside, service, call, code):
    api = outside.api(service, outside.session(role("nobody")))
    arguments = {"TypeName": "AWS::Organizations::Account"} if service == "cloudcontrol" else {}
    assert refused(getattr(api, call), **arguments).startswith(f"{code}: User: arn:aws:sts::{ROOT}:assumed-role/nobody/job")


def test_a_new_account_has_no_subscription_for_a_while(outside):
    _, _, member = organization()
    keys = outside.session(f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole")
    cloudformation, ssm = outside.api("cloudformation", keys), outside.api("ssm", keys)
    words = "The AWS Access Key Id needs a subscription for the service"
    with outside.emulator.faults.having("account-not-ready"):
        assert refused(cloudformation.describe_stacks) == f"OptInRequired: {words}"
        assert ssm.describe_parameters()["Parameters"] == []
        assert outside.api("cloudformation", outside.own()).describe_stacks()["Stacks"] == []
    with outside.emulator.faults.having("account-not-ready", "ssm"):
        assert refused(ssm.describe_parameters) == f"SubscriptionRequiredException: {words}"
        by_sdk = client("ssm", member, REGION), callers.administrator(member), "DescribeParameters", {}, REGION
        assert refused(lambda: sdk.call(*by_sdk)) == f"SubscriptionRequiredException: {words}"
    assert cloudformation.describe_stacks()["Stacks"] == []


def test_a_request_that_nobody_can_read_is_told(outside, monkeypatch):
    monkeypatch.setattr(operations, "read", lambda *_: 1 / 0)
    assert "ZeroDivisionError" in refused(outside.api("ssm", outside.own()).describe_parameters)
    assert outside.emulator.application.unknown == ["ssm: ZeroDivisionError: division by zero"]


def test_a_rehearsal_as_a_root_user_is_refused_in_members(monkeypatch):
    monkeypatch.setenv("STAGES", "prod")
    play = Play(Options(ACME, env=["STAGES"], caller="root-user"), Processes(), Printer())
    try:
        (result,) = play.run()
        assert "Roles may not be assumed by root accounts" in "".join(line for item in result.attempt.failed for line in item.output)
    finally:
        play.close()
