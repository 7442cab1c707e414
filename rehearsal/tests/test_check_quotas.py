"""`check` of quotas: what the first services need, and what is in use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import reduce
from typing import Any

import pytest
from checking import ADDRESS, account, administrator, api, created, known, organization, rows, said

from check import actions
from check.app import Org
from check.aws import _joined
from check.rows import Row
from emulator.engine.server import Emulator

STAGE = json.dumps({"prod": {}})
SUBJECT = "prod/eu-west-1: quotas"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def test_quotas_count_what_is_there_but_not_what_the_app_has_made(emulator, tmp_path):
    prod = account()
    org = organization(tmp_path, STAGES=STAGE, NETWORK="prod", CONTEXT=known({ADDRESS: prod}))
    ec2 = api("ec2", prod)
    there = len(ec2.describe_vpcs()["Vpcs"])
    for number in range(4 - there):
        ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")
    subject = "prod/eu-west-1: quotas"
    assert said(rows(org, administrator(emulator)))[subject] == "✔ enough: 5 of 5 VPCs, 1 of 5 Elastic IP addresses"
    resources = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.100.0.0/16"}},
        "Address": {"Type": "AWS::EC2::EIP"},
    }
    body = json.dumps({"Resources": resources})
    api("cloudformation", prod).create_stack(StackName="acme-prod-network", TemplateBody=body)
    assert said(rows(org, administrator(emulator)))[subject] == "✔ enough: 5 of 5 VPCs, 1 of 5 Elastic IP addresses"
    api("cloudformation", prod).delete_stack(StackName="acme-prod-network")
    api("cloudformation", prod).create_stack(StackName="of-others", TemplateBody=body)
    found = rows(org, administrator(emulator))
    assert said(found)[subject] == "✘ too low: 6 of 5 VPCs"
    assert found[subject].advice == (
        "ask for 6 by `aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-F678F1CE "
        "--region eu-west-1 --desired-value 6`, in the account: it takes minutes to days"
    )


def test_vcpus_are_at_least_those_of_the_smallest_types(emulator, tmp_path):
    org = organization(tmp_path, STAGES=STAGE)
    nodes = {"ScalingConfig": {"DesiredSize": 2, "MinSize": 1}, "InstanceTypes": ["m7g.xlarge", "c7i-flex.large"]}
    resources: dict[str, Any] = {
        "Nodes": {"Type": "AWS::EKS::Nodegroup", "Properties": nodes},
        "Spot": {"Type": "AWS::EKS::Nodegroup", "Properties": {**nodes, "CapacityType": "SPOT"}},
        "Large": {"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": "r7g.2xlarge"}},
        "Small": {"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": "t4g.nano"}},
        # of quotas of their own, and of a type that only the deployment knows
        "Graphics": {"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": "g5.xlarge"}},
        "Chosen": {"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": {"Ref": "Type"}}},
        "Group": {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": {"MinSize": "3"}},
        "Cluster": {"Type": "AWS::EKS::Cluster", "Properties": {"ComputeConfig": {"Enabled": True}}},
        "Empty": {"Type": "AWS::EKS::Cluster", "Properties": {}},
        "Site": {"Type": "AWS::CloudFront::Distribution", "Properties": {}},
    }
    stack = next(stack for stack in org.stacks if stack.path == "acme/prod/access")
    stack.template.write_text(json.dumps({"Resources": resources}), "utf-8")
    found = rows(org, administrator(emulator))
    assert said(found)["prod/eu-west-1: quotas"] == (
        "✘ too low in a new account: 18 of 5 vCPUs of running on-demand standard instances"
    )
    assert found["prod/eu-west-1: quotas"].advice == (
        "ask for 18 by `aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A "
        "--region eu-west-1 --desired-value 18`, as soon as the account exists: it takes minutes to days"
    )
    assert said(found)["prod/us-east-1: quotas"] == "✔ enough in a new account: 1 of 500 CloudFront distributions"


def test_what_a_third_party_needs(emulator, tmp_path):
    account()
    created("prod")
    needs = [
        {"subject": "prod", "name": "region", "value": "me-south-1"},
        {"subject": "prod", "name": "quota ec2 L-1216C47A eu-central-1", "value": "8"},
        {"subject": "prod", "name": "quota cloudfront L-24B04930 us-east-1", "value": "2"},
        {"subject": "prod", "name": "quota vpc L-00000000 eu-west-1", "value": "2"},
        {"subject": "prod", "name": "quota ec2", "value": "many"},
        {"subject": "root", "name": "quota vpc L-F678F1CE eu-west-1", "value": "5"},
    ]
    found = rows(organization(tmp_path, STAGES=STAGE, NEEDS=json.dumps(needs)), administrator(emulator))
    answers = said(found)
    assert answers["prod: regions"].endswith(" me-south-1 is off in account " + account_id_of(found))
    assert answers["prod/eu-central-1: quotas"] == "✘ too low: 8 of 5 vCPUs of running on-demand standard instances"
    assert answers["prod/us-east-1: quotas"] == "✔ enough: 2 of 500 CloudFront distributions"
    assert answers["prod/eu-west-1: quotas"] == "✘ too low: vpc has no quota L-00000000 here"
    assert answers["prod: quota ec2"] == "✘ a fact of acme/Needs says that 'quota ec2' is needed, with the value 'many'"
    assert answers["root/eu-west-1: quotas"] == "✔ enough: 5 of 5 VPCs"


def account_id_of(found: dict[str, Row]) -> str:
    return found["prod: account"].found.split(" ")[0]


def wanting(folder: Any, prod: str, **resources: dict[str, Any]) -> Org:
    """An app whose stack `access` in prod has these instead."""
    org = organization(folder, STAGES=STAGE, CONTEXT=known({ADDRESS: prod}))
    stack = next(stack for stack in org.stacks if stack.path == "acme/prod/access")
    stack.template.write_text(json.dumps({"Resources": resources}), "utf-8")
    return org


def test_running_instances_that_the_app_has_not_made_count(emulator, tmp_path):
    prod = account()
    org = wanting(tmp_path, prod, Small={"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": "t4g.nano"}})
    ec2 = api("ec2", prod)
    image = ec2.describe_images()["Images"][0]["ImageId"]

    def run(kind: str, tags: dict[str, str] | None = None, **more: Any) -> str:
        named = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
        specified = [{"ResourceType": "instance", "Tags": named}] if named else []
        made = ec2.run_instances(
            ImageId=image, InstanceType=kind, MinCount=1, MaxCount=1, TagSpecifications=specified, **more
        )["Instances"][0]
        return made["InstanceId"]

    def used() -> str:
        return said(rows(org, administrator(emulator)))[SUBJECT]

    of = "5 vCPUs of running on-demand standard instances"
    assert used() == f"✔ enough: 1 of {of}"
    # of the family, nobody would know how many it has
    run("t3.nano")
    assert used() == f"✔ enough: 3 of {of}"
    # of quotas of their own, of the app, and of nobody any more
    run("g4dn.xlarge")
    run("m5.xlarge", InstanceMarketOptions={"MarketType": "spot"})
    run("m5.xlarge", {"aws:cloudformation:stack-name": "acme-prod-access"})
    ec2.stop_instances(InstanceIds=[run("m5.xlarge")])
    assert used() == f"✔ enough: 3 of {of}"
    run("m5.xlarge", {"aws:cloudformation:stack-name": "of-others"})
    assert used() == f"✘ too low: 7 of {of}"


def test_nodes_of_the_apps_own_cluster_do_not_count_twice(emulator, tmp_path):
    prod = account()
    cluster = {"Type": "AWS::EKS::Cluster", "Properties": {"ComputeConfig": {"Enabled": True}}}
    org = wanting(tmp_path, prod, Cluster=cluster)
    ec2 = api("ec2", prod)
    image = ec2.describe_images()["Images"][0]["ImageId"]
    for name in ("acme", "other"):
        ec2.run_instances(
            ImageId=image, InstanceType="m5.large", MinCount=1, MaxCount=1,
            TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "eks:cluster-name", "Value": name}]}],
        )  # fmt: skip
    assert said(rows(org, administrator(emulator)))[SUBJECT] == "✔ enough: 5 of 5 vCPUs of running on-demand standard instances"
    # a parameter is made faster than a cluster, and is found by its name as well
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Name": "acme", "Value": "1"}}
    api("cloudformation", prod).create_stack(StackName="acme-prod-access", TemplateBody=json.dumps({"Resources": {"Cluster": parameter}}))
    assert said(rows(org, administrator(emulator)))[SUBJECT] == "✔ enough: 3 of 5 vCPUs of running on-demand standard instances"


def distribution(enabled: bool = True) -> dict[str, Any]:
    origin = {"Id": "one", "DomainName": "acme.example", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}
    behavior = {"TargetOriginId": "one", "ViewerProtocolPolicy": "https-only", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}
    return {
        "Type": "AWS::CloudFront::Distribution",
        "Properties": {"DistributionConfig": {"Enabled": enabled, "Origins": [origin], "DefaultCacheBehavior": behavior}},
    }


def test_distributions_that_the_app_has_not_made_count(emulator, tmp_path):
    prod = account()
    org = wanting(tmp_path, prod, Site=distribution(), Other=distribution())
    cloudformation = api("cloudformation", prod)

    def used() -> str:
        return said(rows(org, administrator(emulator)))["prod/us-east-1: quotas"]

    assert used() == "✔ enough: 2 of 500 CloudFront distributions"
    cloudformation.create_stack(StackName="acme-prod-access", TemplateBody=json.dumps({"Resources": {"Site": distribution()}}))
    assert used() == "✔ enough: 2 of 500 CloudFront distributions"
    three = {f"Site{number}": distribution() for number in range(3)}
    cloudformation.create_stack(StackName="of-others", TemplateBody=json.dumps({"Resources": three}))
    assert used() == "✔ enough: 5 of 500 CloudFront distributions"


@pytest.mark.parametrize("removed", ["cloudfront:ListDistributions", "cloudformation:ListStackResources", "ec2:DescribeInstances"])
def test_what_a_role_may_not_count_is_unknown(emulator, tmp_path, monkeypatch, removed):
    prod = account()
    org = wanting(tmp_path, prod, Site=distribution(), Small={"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": "t4g.nano"}})
    others = json.dumps({"Resources": {"Site": distribution()}})
    api("cloudformation", prod).create_stack(StackName="of-others", TemplateBody=others)
    whole = actions.policy
    monkeypatch.setattr("check.aws.policy", lambda given: whole(tuple(action for action in given if action != removed)))
    found = rows(org, administrator(emulator))
    subject, other = SUBJECT, "prod/us-east-1: quotas"
    if removed != "ec2:DescribeInstances":
        subject, other = other, subject
    assert (found[subject].verdict, found[subject].found.partition(": ")[0]) == ("?", f"{removed} is not allowed")
    assert removed in found[subject].actions
    assert (found[other].verdict, removed in found[other].actions) == ("✔", False)


def test_pages_of_a_list_inside_of_something():
    """Such as CloudFront's."""
    pages = [{"DistributionList": {"Items": [number], "IsTruncated": number < 3}} for number in (1, 2, 3)]
    assert reduce(_joined, pages) == {"DistributionList": {"Items": [1, 2, 3], "IsTruncated": False}}
