"""What calls list, and what they do not: whoever reads the first page only, or expects exactly what was asked for, fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator.engine.aws import client, client_of
from emulator.engine.server import Emulator

ACCOUNT, REGION = "222222222222", "eu-west-1"


@pytest.fixture(autouse=True)
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def api(service: str) -> Any:
    return client(service, ACCOUNT, REGION)


def parameters(count: int, **more: str) -> dict[str, Any]:
    one = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "1"}, **more}
    return {"Resources": {f"P{number}": one for number in range(count)}}


def test_zones_by_name_go_on_after_the_name():
    route53 = api("route53")
    for number, name in enumerate(("acme.example", "a.acme.example", "zebra.example", "acme.com", "acme.example")):
        route53.create_hosted_zone(Name=name, CallerReference=str(number))

    def listed(**more: str) -> list[str]:
        return [zone["Name"] for zone in route53.list_hosted_zones_by_name(**more)["HostedZones"]]

    whole = ["acme.com.", "acme.example.", "acme.example.", "a.acme.example.", "zebra.example."]
    assert listed() == whole
    assert listed(DNSName="acme.example") == whole[1:]
    assert listed(DNSName="b.acme.example.") == whole[4:]
    first = route53.list_hosted_zones_by_name(DNSName="acme.example.", MaxItems="1")
    assert (first["IsTruncated"], first["NextDNSName"]) == (True, "acme.example.")
    rest = route53.list_hosted_zones_by_name(DNSName="acme.example.", HostedZoneId=first["NextHostedZoneId"])
    assert ([zone["Name"] for zone in rest["HostedZones"]], rest["IsTruncated"]) == (whole[2:], False)
    assert first["HostedZones"][0]["Id"] not in [zone["Id"] for zone in rest["HostedZones"]]


def test_a_hundred_resources_of_a_stack():
    cloudformation = api("cloudformation")
    cloudformation.create_stack(StackName="many", TemplateBody=json.dumps(parameters(101)))
    assert len(cloudformation.describe_stack_resources(StackName="many")["StackResources"]) == 100
    assert len(cloudformation.list_stack_resources(StackName="many")["StackResourceSummaries"]) == 101


def test_a_stack_that_is_deleted_is_told_of_what_it_left():
    cloudformation = api("cloudformation")
    cloudformation.create_stack(StackName="left", TemplateBody=json.dumps(parameters(1, DeletionPolicy="Retain")))
    (made,) = cloudformation.describe_stack_resources(StackName="left")["StackResources"]
    cloudformation.delete_stack(StackName="left")
    (left,) = cloudformation.describe_stack_resources(PhysicalResourceId=made["PhysicalResourceId"])["StackResources"]
    assert (left["StackName"], left["LogicalResourceId"]) == ("left", "P0")


def test_all_stacks_are_a_list(emulator):
    api("cloudformation").create_stack(StackName="one", TemplateBody=json.dumps(parameters(1)))
    iam = api("iam")
    iam.create_user(UserName="ada")
    key = iam.create_access_key(UserName="ada")["AccessKey"]["AccessKeyId"]

    def allow(*actions: str) -> Any:
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName="ada", PolicyName="own", PolicyDocument=document)
        return client_of(emulator.door, key, "cloudformation", REGION)

    described = allow("cloudformation:DescribeStacks")
    assert [stack["StackName"] for stack in described.describe_stacks(StackName="one")["Stacks"]] == ["one"]
    with pytest.raises(ClientError, match="cloudformation:ListStacks"):
        described.describe_stacks()
    listed = allow("cloudformation:DescribeStacks", "cloudformation:ListStacks")
    assert [stack["StackName"] for stack in listed.describe_stacks()["Stacks"]] == ["one"]


def test_a_stack_inside_of_another_says_whose_it_is():
    s3 = api("s3")
    s3.create_bucket(Bucket="acme", CreateBucketConfiguration={"LocationConstraint": REGION})

    def nesting(name: str) -> dict[str, Any]:
        url = f"https://acme.s3.{REGION}.amazonaws.com/{name}"
        return {"Resources": {"Inside": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}}}

    s3.put_object(Bucket="acme", Key="inner", Body=json.dumps(parameters(1)))
    s3.put_object(Bucket="acme", Key="middle", Body=json.dumps(nesting("inner")))
    cloudformation = api("cloudformation")
    cloudformation.create_stack(StackName="outer", TemplateBody=json.dumps(nesting("middle")))
    outer, middle, inner = cloudformation.list_stacks()["StackSummaries"]
    assert [stack.get("ParentId") for stack in (outer, middle, inner)] == [None, outer["StackId"], middle["StackId"]]
    assert [stack.get("RootId") for stack in (outer, middle, inner)] == [None, outer["StackId"], outer["StackId"]]
