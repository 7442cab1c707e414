"""What AWS refuses is refused in its words, and what stands beside it is accepted: a row of refusals.json each."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from refused import ACCEPTED, CASES
from refused.case import many, padded
from refused.ecs import behind
from refusing import REGION, api, deploy

from emulator.engine.server import Emulator

ROWS: list[dict[str, str]] = json.loads((Path(__file__).parents[1] / "refusals.json").read_text("utf-8"))
# rows are added, never taken away
LEAST = 340


@pytest.fixture(autouse=True)
def emulator():
    with Emulator() as running:
        yield running


def _exists(test: str) -> bool:
    file, name = test.split("::")
    return f"def {name}(" in (Path(__file__).parent / file).read_text("utf-8")


def test_every_row_has_its_source_and_its_test():
    names = [row["rule"] for row in ROWS]
    assert len(ROWS) >= LEAST and len(set(names)) == len(names)
    for row in ROWS:
        assert row["words"] and row["source"].startswith("https://")
        assert row["rule"] in CASES or _exists(row["test"]), row["rule"]
    assert CASES.keys() <= set(names)


@pytest.mark.parametrize("row", [row for row in ROWS if row["rule"] in CASES], ids=lambda row: row["rule"])
def test_it_is_refused(row):
    case = CASES[row["rule"]]
    case.ready()
    assert case.beside is None or deploy(case.beside, "other") == ""
    assert case.before is None or deploy(case.before) == ""
    assert row["words"] in deploy(case.refused, **case.parameters)


@pytest.mark.parametrize("what", ACCEPTED)
def test_what_aws_accepts_is_not_refused(what):
    assert deploy(ACCEPTED[what]) == ""


def test_how_networks_that_existed_are_connected_is_not_known():
    ec2 = api("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    other = ec2.create_security_group(GroupName="other", Description="other", VpcId=vpc)["GroupId"]
    source = {"GroupId": {"Fn::GetAtt": ["G", "GroupId"]}, "SourceSecurityGroupId": other}
    ports = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    resources = {
        "V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "G": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "g", "VpcId": {"Ref": "V"}}},
        "I": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {**source, **ports}},
    }
    assert deploy({"Resources": resources}) == ""


def test_a_target_group_has_a_balancer_as_soon_as_a_listener_leads_to_it():
    assert deploy(behind()) == ""
    after = deepcopy(behind("Free"))
    after["Resources"]["L"]["Properties"]["DefaultActions"] = [{"Type": "forward", "TargetGroupArn": {"Ref": "Free"}}]
    assert deploy(after) == ""


@pytest.mark.parametrize("rule", CASES)
def test_its_neighbour_is_accepted(rule):
    case = CASES[rule]
    case.ready()
    assert case.beside is None or deploy(case.beside, "other") == ""
    assert case.before is None or deploy(case.before) == ""
    assert deploy(case.accepted, **case.parameters) == ""


def uploaded(length: int) -> str:
    where = {"LocationConstraint": REGION}
    api("s3").create_bucket(Bucket="acme-templates", CreateBucketConfiguration=where)
    api("s3").put_object(Bucket="acme-templates", Key="t", Body=padded(length).encode())
    return f"https://acme-templates.s3.{REGION}.amazonaws.com/t"


def words_of(rule: str) -> str:
    return re.escape(next(row["words"] for row in ROWS if row["rule"] == rule))


def test_a_template_by_url_has_a_size():
    with pytest.raises(ClientError, match=words_of("uploaded-template-size")):
        api("cloudformation").create_stack(StackName="s", TemplateURL=uploaded(1_000_001))


def test_a_template_of_one_megabyte_is_accepted():
    api("cloudformation").create_stack(StackName="s", TemplateURL=uploaded(1_000_000))


@pytest.mark.parametrize("name", ["a_b", "1a", "a" * 129])
def test_a_stack_name_has_its_alphabet(name):
    with pytest.raises(ClientError, match=words_of("stack-name")):
        api("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(many(1)))
    assert deploy(many(1), "a" * 128) == ""
