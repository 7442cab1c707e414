"""What `check` says of names that AWS has already."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from checking import NOBODY, REGION, ROOT, administrator, api, calls, deployed, found, iam_role, known, organization, told

from check.actions import OF_MANAGEMENT, policy
from check.app import Org
from check.checks import names
from check.rows import Row
from check.taken import TYPES
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends
from rehearsal.checked import Emulated

ELSEWHERE = "999999999999"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def needs(org: Org, stage: str, kind: str, value: str) -> None:
    org.facts.append({"kind": "needs", "subject": stage, "name": f"name {kind}", "value": value, "source": "acme/other"})


def member(aws: Emulated, name: str) -> str:
    """An account of the organization, which is made for it, and led into."""
    organizations = api("organizations")
    organizations.create_organization(FeatureSet="ALL")
    made = organizations.create_account(AccountName=name, Email=f"aws+{name}@acme.example")["CreateAccountStatus"]
    account_id = organizations.describe_create_account_status(CreateAccountRequestId=made["Id"])["CreateAccountStatus"]["AccountId"]
    aws.lead(account_id, [f"arn:aws:iam::{account_id}:role/OrganizationAccountAccessRole"])
    return account_id


def test_nothing_is_taken_in_a_fresh_account(emulator, tmp_path):
    aws, org = administrator(emulator), organization(tmp_path, TRAIL="1", DOMAIN="acme.example")
    assert told(names, org, aws, "root: names") == ["✔ none of 11 names is taken"]
    # no call for types of which the app names nothing, and none about stacks but whether one bootstraps
    assert sorted(set(calls(aws, ""))) == [
        "cloudformation:DescribeStacks", "cloudtrail:DescribeTrails", "iam:ListRoles", "organizations:DescribeOrganization",
        "route53:ListHostedZonesByName", "ssm:GetParameters",
    ]
    assert told(names, org, aws, "prod: names") == ["✔ none of 11 names is taken; the account will be new"]


def test_who_has_each_name_of_each_type(emulator, tmp_path):
    aws, org = administrator(emulator), organization(tmp_path, TRAIL="1", DOMAIN="acme.example")
    iam, s3 = api("iam"), api("s3")
    iam.create_role(RoleName="ACME-root-admin", AssumeRolePolicyDocument=NOBODY)
    iam.create_user(UserName="ada")
    iam.create_group(GroupName="engineers")
    iam.create_policy(PolicyName="boundary", PolicyDocument=json.dumps(policy()))
    api("ssm").put_parameter(Name="/acme/root-id", Value="r-1234", Type="String")
    api("logs").create_log_group(logGroupName="/acme/log")
    s3.create_bucket(Bucket="trails", CreateBucketConfiguration={"LocationConstraint": REGION})
    api("s3", ELSEWHERE).create_bucket(Bucket="acme-media", CreateBucketConfiguration={"LocationConstraint": REGION})
    api("cloudtrail").create_trail(Name="acme-trail", S3BucketName="trails")
    api("route53").create_hosted_zone(Name="acme.example", CallerReference="1")
    deployed("others", {"Role": iam_role("acme-root-read-only")})
    for kind, value in {
        "AWS::IAM::User": "ada", "AWS::IAM::Group": "engineers", "AWS::IAM::ManagedPolicy": "boundary",
        "AWS::Logs::LogGroup": "/acme/log", "AWS::S3::Bucket": "trails",
    }.items():
        needs(org, "root", kind, value)
    needs(org, "root", "AWS::S3::Bucket", "acme-media")
    needs(org, "root", "AWS::Logs::LogGroup", "/acme/log/free")
    (row,) = [row for subject, row in found(names, org, aws).items() if subject == "root: names"]
    assert (row.verdict, row.found.partition(": ")[0]) == ("✘", "11 of 18 names are taken")
    nobody = "(no stack in eu-west-1 has it)"
    assert sorted(row.found.partition(": ")[2].split(", ")) == [
        "bucket acme-media (AWS answers as for a bucket of another account)", f"bucket trails {nobody}", f"group engineers {nobody}",
        f"hosted zone acme.example {nobody}", f"log group /acme/log {nobody}", f"managed policy boundary {nobody}",
        f"parameter /acme/root-id {nobody}", f"role acme-root-admin {nobody}", "role acme-root-read-only (stack others has it)",
        f"trail acme-trail {nobody}", f"user ada {nobody}",
    ]
    assert row.advice == "give another name by its prop, bring what exists into the app by `cdk import`, or delete it"


def test_another_stack_has_it(emulator, tmp_path):
    deployed("others", {"Role": iam_role("acme-root-admin")})
    assert told(names, organization(tmp_path), administrator(emulator), "root: names") == [
        "✘ 1 of 5 names is taken: role acme-root-admin (stack others has it)",
        "give another name by its prop, bring what exists into the app by `cdk import`, or delete it",
    ]


def test_what_a_stack_left_when_it_was_deleted_is_of_no_stack(emulator, tmp_path):
    deployed("others", {"Role": {**iam_role("acme-root-admin"), "DeletionPolicy": "Retain"}})
    api("cloudformation").delete_stack(StackName="others")
    assert told(names, organization(tmp_path), administrator(emulator), "root: names")[0] == (
        "✘ 1 of 5 names is taken: role acme-root-admin (no stack in eu-west-1 has it)"
    )


def test_what_the_apps_own_stack_has_is_fine(emulator, tmp_path):
    aws, org = administrator(emulator), organization(tmp_path)
    resources = {logical_id: iam_role(properties["RoleName"]) for stack, logical_id, properties in org.resources("AWS::IAM::Role")
                 if stack.name == "acme-root-access"}
    deployed("acme-root-access", resources)
    assert told(names, org, aws, "root: names") == [
        "✔ none of 5 names is taken by others; 2 are of the app's own stacks"
    ]
    assert calls(aws, "").count("cloudformation:ListStackResources") == 1
    # whoever else tells that it is needed
    needs(org, "root", "AWS::IAM::Role", "acme-root-dns")
    deployed("acme-root-dns", {"Role": iam_role("acme-root-dns")})
    org.stacks = [replace(stack, name="acme-root-dns") if stack.name == "acme-root-structure" else stack for stack in org.stacks]
    assert told(names, org, administrator(emulator), "root: names") == [
        "✔ none of 6 names is taken by others; 3 are of the app's own stacks"
    ]


def test_a_stack_that_is_there_has_not_all_that_the_app_wants_in_it(emulator, tmp_path):
    deployed("acme-root-access", {"Other": iam_role("other")})
    api("iam").create_role(RoleName="acme-root-admin", AssumeRolePolicyDocument=NOBODY)
    assert told(names, organization(tmp_path), administrator(emulator), "root: names")[0] == (
        "✘ 1 of 5 names is taken: role acme-root-admin (no stack in eu-west-1 has it)"
    )


def test_what_the_apps_own_stack_has_no_more_is_taken(emulator, tmp_path):
    org = organization(tmp_path)
    (logical_id,) = [key for _, key, properties in org.resources("AWS::IAM::Role") if properties["RoleName"] == "acme-root-admin"]
    deployed("CDKToolkit", {"Other": iam_role("other")})
    deployed("acme-root-access", {logical_id: iam_role("acme-root-admin")})
    assert told(names, org, administrator(emulator), "root: names")[0] == (
        "✔ none of 5 names is taken by others; 1 is of the app's own stacks"
    )
    # as after an update that was rolled back
    cloudformation_backends[ROOT][REGION].get("acme-root-access").resources[logical_id].status = "DELETE_COMPLETE"
    assert told(names, org, administrator(emulator), "root: names")[0] == (
        "✘ 1 of 5 names is taken: role acme-root-admin (no stack in eu-west-1 has it)"
    )


def test_a_member_that_exists(emulator, tmp_path):
    aws = administrator(emulator)
    prod = member(aws, "prod")
    org = organization(tmp_path, CONTEXT=known({"aws+prod@acme.example": prod}))
    staging = f"cdk-hnb659fds-assets-{prod}-{REGION}"
    assert told(names, org, aws, "prod: names") == ["✔ none of 10 names is taken"]

    again = administrator(emulator)
    again.lead(prod, [f"arn:aws:iam::{prod}:role/OrganizationAccountAccessRole"])
    api("s3", ELSEWHERE).create_bucket(Bucket=staging, CreateBucketConfiguration={"LocationConstraint": REGION})
    assert told(names, org, again, "prod: names") == [
        f"✘ 1 of 10 names is taken: bucket {staging} (AWS answers as for a bucket of another account)",
        "give `@aws-cdk/core:bootstrapQualifier` in the context of the app another value, and bootstrap with `--qualifier`",
    ]
    assert sorted(calls(again, prod)) == [
        "cloudformation:DescribeStacks", "cloudformation:ListStacks", "ecr:DescribeRepositories", "iam:ListRoles", "s3:HeadBucket",
        "s3:ListAllMyBuckets", "ssm:GetParameters",
    ]
    # what an earlier bootstrap left is in the way as much as what others have
    api("s3", ELSEWHERE).delete_bucket(Bucket=staging)
    api("s3", prod).create_bucket(Bucket=staging, CreateBucketConfiguration={"LocationConstraint": REGION})
    needs(org, "prod", "AWS::IAM::Role", "deployer")
    api("iam", prod).create_role(RoleName="deployer", AssumeRolePolicyDocument=NOBODY)
    once_more = administrator(emulator)
    once_more.lead(prod, [f"arn:aws:iam::{prod}:role/OrganizationAccountAccessRole"])
    assert told(names, org, once_more, "prod: names") == [
        f"✘ 2 of 11 names are taken: role deployer (no stack in eu-west-1 has it), bucket {staging} (no stack in eu-west-1 has it)",
        "give another name by its prop, bring what exists into the app by `cdk import`, or delete it; "
        "delete what an earlier bootstrap left, a bucket once it is empty, and bootstrap again",
    ]


def test_a_member_in_which_all_is_deployed(emulator, tmp_path):
    aws = administrator(emulator)
    prod = member(aws, "prod")
    org = organization(tmp_path, DOMAIN="acme.example", CONTEXT=known({"aws+prod@acme.example": prod}))
    (stage,) = [stage for stage in org.stages if stage.name == "prod"]
    wanted, _ = names._wanted(org, stage, prod)
    for stack in dict.fromkeys(name.stack for name in wanted):
        resources = {}
        for name in [name for name in wanted if name.stack == stack]:
            _, key = TYPES[name.type]
            more = {"Type": "String", "Value": "1"} if key == "Name" and "Parameter" in name.type else {}
            made = iam_role(name.value)["Properties"] if key == "RoleName" else {key: name.value, **more}
            resources[name.path[-1]] = {"Type": name.type, "Properties": made}
        deployed(stack, resources, prod)
    assert told(names, org, aws, "prod: names") == [
        "✔ none of 11 names is taken by others; 11 are of the app's own stacks"
    ]
    # no call for a type, but for zones: their IDs are no names
    assert Counter(calls(aws, prod)) == {
        "cloudformation:DescribeStacks": 1, "cloudformation:ListStacks": 1, "cloudformation:ListStackResources": 3,
        "route53:ListHostedZonesByName": 1,
    }  # fmt: skip


def test_a_member_that_cannot_be_read(emulator, tmp_path):
    aws = administrator(emulator)
    prod = member(aws, "prod")
    aws.lead(prod, [])
    row = found(names, organization(tmp_path), aws)["prod: names"]
    assert (row.verdict, row.found) == (
        "?", f"account {prod} cannot be read: the app names no role in it that could be assumed to look",
    )


def test_the_bucket_of_an_account_that_does_not_exist_yet(emulator, tmp_path):
    aws, org = administrator(emulator), organization(tmp_path)
    api("s3", ELSEWHERE).create_bucket(Bucket="acme-media", CreateBucketConfiguration={"LocationConstraint": REGION})
    needs(org, "prod", "AWS::S3::Bucket", "acme-media")
    needs(org, "prod", "AWS::IAM::Role", "acme")
    assert told(names, org, aws, "prod: names") == [
        "✘ 1 of 12 names is taken: bucket acme-media (AWS answers as for a bucket of another account); the account will be new",
        "give another name by its prop",
    ]
    assert calls(aws, "").count("s3:HeadBucket") == 1


def test_many_names_take_few_calls_until_one_is_taken(emulator, tmp_path):
    aws, org = administrator(emulator), organization(tmp_path)
    for number in range(120):
        needs(org, "root", "AWS::SSM::Parameter", f"/other/{number}")
        needs(org, "root", "AWS::IAM::Role", f"other-{number}")
    api("ssm").put_parameter(Name="/other/119", Value="1", Type="String")
    for number in range(3):
        api("iam").create_role(RoleName=f"other-{number}", AssumeRolePolicyDocument=NOBODY)
    row = found(names, org, aws)["root: names"]
    taken = ["parameter /other/119", *(f"role other-{number}" for number in range(3))]
    holders = ", ".join(f"{name} (no stack in eu-west-1 has it)" for name in taken)
    assert row.found == f"4 of 245 names are taken: {holders}"
    # one about the bootstrap, and one for each of the four
    assert len([action for action in calls(aws, "") if not action.startswith("organizations:")]) == 4 + 1 + 4


def test_a_right_that_is_missing_is_named(emulator, tmp_path):
    iam = api("iam")
    iam.create_user(UserName="checker")
    key = iam.create_access_key(UserName="checker")["AccessKey"]["AccessKeyId"]
    org = organization(tmp_path, TRAIL="1", DOMAIN="acme.example")
    for kind in ("IAM::User", "IAM::Group", "IAM::ManagedPolicy", "Logs::LogGroup"):
        needs(org, "root", f"AWS::{kind}", "free")
    needs(org, "root", "AWS::S3::Bucket", "trails")
    api("s3").create_bucket(Bucket="trails", CreateBucketConfiguration={"LocationConstraint": REGION})
    deployed("others", {"Role": iam_role("acme-root-admin")})

    def row(missing: str) -> Row:
        rights = policy(tuple(action for action in OF_MANAGEMENT if action != missing))
        iam.put_user_policy(UserName="checker", PolicyName="check", PolicyDocument=json.dumps(rights))
        return found(names, org, Emulated(emulator, key, REGION))["root: names"]

    whole = row("")
    assert whole.actions == [
        "cloudformation:DescribeStackResources", "cloudformation:DescribeStacks", "cloudformation:ListStacks",
        "cloudtrail:DescribeTrails", "iam:ListGroups", "iam:ListPolicies", "iam:ListRoles", "iam:ListUsers", "logs:DescribeLogGroups",
        "route53:ListHostedZonesByName",
        "s3:ListAllMyBuckets", "ssm:GetParameters",
    ]
    assert whole.verdict == "✘"
    for missing in OF_MANAGEMENT:
        less = row(missing)
        if missing in whole.actions:
            assert (less.verdict, less.found.partition(": ")[0]) == ("?", f"{missing} is not allowed")
            assert less.advice == f"allow {missing}: `check --policy` prints all that is needed"
        else:
            assert less == whole


def test_all_may_ask_whether_a_bucket_is_there(emulator, tmp_path):
    """And the emulator tells who has no rights at all, as AWS does."""
    api("s3", ELSEWHERE).create_bucket(Bucket="acme-media", CreateBucketConfiguration={"LocationConstraint": REGION})
    api("iam").create_user(UserName="nobody")
    key = api("iam").create_access_key(UserName="nobody")["AccessKey"]["AccessKeyId"]
    aws = Emulated(emulator, key, REGION)
    s3 = aws.make(aws.caller, "s3", REGION)
    codes = {}
    for name in ("acme-media", "free"):
        with pytest.raises(ClientError) as refused:
            s3.head_bucket(Bucket=name)
        codes[name] = refused.value.response["Error"]["Code"]
    assert codes == {"acme-media": "403", "free": "404"}
