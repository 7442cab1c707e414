"""`check` of the accounts of stages: by whom they are read, regions and quotas."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from checking import (
    ADDRESS, ROOT, account, administrator, api, bootstrap, cdk_role, created, known, organization, role, rows, said, user, without,
)

from check import actions
from check.rows import Row
from emulator.engine import quotas
from emulator.engine.server import Emulator

ENABLE = "under Account in its console, or there by `aws account enable-region --region-name me-south-1`: it takes minutes to hours"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def of_prod(found: dict[str, Row]) -> dict[str, str]:
    rows_of_prod = {subject: text for subject, text in said(found).items() if subject.startswith("prod")}
    # of another file of tests
    rows_of_prod.pop("prod: names", None)
    return rows_of_prod


STAGE = json.dumps({"prod": {}})


def test_before_the_accounts_exist_nobody_is_asked_there(emulator, tmp_path):
    aws = administrator(emulator)
    org = organization(tmp_path, STAGES=json.dumps({"audit": {"region": "me-south-1"}, "prod": {}}), NETWORK="prod")
    found = rows(org, aws)
    answers = said(found)
    assert answers["root/eu-west-1: bootstrap"] == f"✔ not yet: `npx cdk bootstrap aws://{ROOT}/eu-west-1` does it"
    assert answers["root: regions"] == "✔ eu-west-1 is on"
    assert answers["root: roles of the CDK"] == "✔ not yet: the bootstrap makes them"
    assert answers["audit/me-south-1: bootstrap"] == "✔ not yet: `npx cdk deploy 'acme/bootstrap/*'` does it, once the account exists"
    assert answers["audit: regions"] == "✘ me-south-1 is off in a new account"
    assert found["audit: regions"].advice == f"enable it as soon as the account exists, {ENABLE}"
    assert of_prod(found) == {
        "prod: account": "✔ will be created with the address aws+prod@acme.example, which no account of the organization has",
        "prod/eu-west-1: bootstrap": "✔ not yet: `npx cdk deploy 'acme/bootstrap/*'` does it, once the account exists",
        "prod: regions": "✔ eu-west-1 is on",
        "prod/eu-west-1: quotas": "✔ enough in a new account: 2 of 5 VPCs, 1 of 5 Elastic IP addresses",
    }
    assert {account_id for account_id, _, _ in aws.calls} == {""}


def test_a_region_that_can_be_off(emulator, tmp_path):
    prod = account()
    created("prod")
    org = organization(tmp_path, STAGES=json.dumps({"prod": {"region": "me-south-1"}}), NETWORK="prod")
    found = rows(org, administrator(emulator))
    assert of_prod(found) == {
        "prod: account": f"✔ {prod} has the address {ADDRESS}: the app will find it",
        "prod: read by": f"✔ arn:aws:iam::{prod}:role/OrganizationAccountAccessRole lets you in",
        "prod: roles of the CDK": "✔ not yet: the bootstrap makes them",
        "prod: regions": f"✘ me-south-1 is off in account {prod}",
        "prod/me-south-1: bootstrap": f"? me-south-1 is off in account {prod}, so nothing can be asked there",
        "prod/me-south-1: quotas": "? me-south-1 is off, so its quotas cannot be asked",
    }
    assert found["prod: regions"].advice == f"enable it {ENABLE}"
    api("account", prod, "us-east-1").enable_region(RegionName="me-south-1")
    answers = of_prod(rows(org, administrator(emulator)))
    assert answers["prod: regions"] == "✔ me-south-1 is on"
    assert answers["prod/me-south-1: bootstrap"] == "✔ not yet: `npx cdk deploy 'acme/bootstrap/*'` does it"
    assert answers["prod/me-south-1: quotas"] == "✔ enough: 2 of 5 VPCs, 1 of 5 Elastic IP addresses"


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
        "✘ too low in a new account: 18 of 5 vCPUs of running on-demand standard instances, besides those that are there"
    )
    assert found["prod/eu-west-1: quotas"].advice == (
        "ask for 18 by `aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A "
        "--region eu-west-1 --desired-value 18`, as soon as the account exists: it takes minutes to days"
    )
    assert said(found)["prod/us-east-1: quotas"] == "✔ enough in a new account: 1 of 500 CloudFront distributions, besides those that are there"


def test_what_a_third_party_needs(emulator, tmp_path):
    account()
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
    return next(word for word in re.findall(r"\d+", found["prod: account"].found) if len(word) == 12)


MEMBERS = ("prod: read by", "prod: regions", "prod/me-south-1: bootstrap", "prod/me-south-1: quotas")
IN_MEMBERS = {
    "account:ListRegions": MEMBERS[1:],
    "cloudformation:DescribeStacks": MEMBERS[2:3],
    "ec2:DescribeAddresses": MEMBERS[3:],
    "ec2:DescribeVpcs": MEMBERS[3:],
    "servicequotas:GetServiceQuota": MEMBERS[3:],
    "ssm:GetParameter": MEMBERS[2:3],
}


@pytest.fixture
def in_order(emulator, tmp_path):
    prod = account()
    api("account", prod, "us-east-1").enable_region(RegionName="me-south-1")
    bootstrap(ROOT, 30)
    for name in ("deploy", "file-publishing"):
        role(ROOT, cdk_role(ROOT, name))
    return organization(
        tmp_path, STAGES=json.dumps({"prod": {"region": "me-south-1"}}), NETWORK="prod", CONTEXT=known({ADDRESS: prod})
    )


@pytest.mark.parametrize("removed", sorted(IN_MEMBERS))
def test_what_a_role_may_not_read_is_unknown(emulator, in_order, monkeypatch, removed):
    whole = actions.policy
    monkeypatch.setattr("check.aws.policy", lambda given: whole(tuple(action for action in given if action != removed)))
    found = rows(in_order, administrator(emulator))
    assert {subject for subject in MEMBERS if found[subject].verdict == "?"} == set(IN_MEMBERS[removed])
    assert {subject for subject in MEMBERS if removed in found[subject].actions} == set(IN_MEMBERS[removed])


def test_an_account_that_nobody_may_enter_is_unknown(emulator, in_order):
    found = rows(in_order, user(emulator, without("sts:AssumeRole")))
    assert {subject for subject in (*MEMBERS, "root: roles of the CDK") if found[subject].verdict == "?"} == {
        *MEMBERS,
        "root: roles of the CDK",
    }


def test_the_published_policy_is_enough(emulator, in_order):
    found = rows(in_order, user(emulator, actions.policy()))
    assert {subject: found[subject].verdict for subject in MEMBERS} == dict.fromkeys(MEMBERS, "✔")
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    assert len(json.dumps(actions.policy(actions.OF_MEMBERS), separators=(",", ":"))) <= 2_048


def test_of_200_accounts_each_is_asked_little(emulator, tmp_path):
    quotas.granted["Default maximum number of accounts"] = 300
    names = [f"stage{number}" for number in range(200)]
    ids = {f"aws+{name}@acme.example": account(f"aws+{name}@acme.example") for name in names}
    stages = {name: {"region": "me-south-1"} for name in names}
    api("account", ids["aws+stage0@acme.example"], "us-east-1").enable_region(RegionName="me-south-1")
    org = organization(tmp_path, STAGES=json.dumps(stages), NETWORK="stage0", CONTEXT=known(ids))
    aws = administrator(emulator)
    start = time.monotonic()
    found = rows(org, aws)
    print(f"{len(found)} rows, {len(aws.calls)} calls, {time.monotonic() - start:.1f} seconds")
    # an assumed role is of the account that it is in, and pages of the whole organization are of nobody's account
    apart = ("sts:AssumeRole", "organizations:")
    calls = Counter((account_id, region) for account_id, region, action in aws.calls if not action.startswith(apart))
    assert max(calls.values()) <= 12, calls.most_common(3)
    assert len([action for _, _, action in aws.calls if action == "sts:AssumeRole"]) == 200
    assert {account_id for account_id, _ in calls} == {"", *ids.values()}
