"""`check` of what is in stacks inside of stacks."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from checking import ADDRESS, account, administrator, api, known, organization, rows, said

from check.app import Org
from check.assets import assets
from emulator.engine.server import Emulator

STAGE = json.dumps({"prod": {}})
NOBODY = json.dumps({"Version": "2012-10-17", "Statement": []})
LOOK = "look into their templates yourself: the app does not have them as assets"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def deploy(org: Org, prod: str, toolkit: str = "CDKToolkit") -> None:
    """The bootstrap, and the stack with the others in it, as the CDK does."""
    (bootstrap,) = [stack for stack in org.stacks if stack.name == "CDKToolkit"]
    (outer,) = [stack for stack in org.stacks if stack.path == "acme/prod/outer"]
    named = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}
    cloudformation = api("cloudformation", prod)
    cloudformation.create_stack(StackName=toolkit, TemplateBody=bootstrap.template.read_text("utf-8"), **named)
    for asset in assets(outer):
        if asset.file:
            api("s3", prod).put_object(Bucket=asset.place, Key=asset.key, Body=asset.file.read_bytes())
    cloudformation.create_stack(StackName=outer.name, TemplateBody=outer.template.read_text("utf-8"), **named)


def test_names_in_a_stack_inside_of_another(emulator, tmp_path):
    prod = account()
    org = organization(tmp_path, STAGES=STAGE, NESTED="prod", CONTEXT=known({ADDRESS: prod}))
    iam = api("iam", prod)
    iam.create_role(RoleName="acme-inside", AssumeRolePolicyDocument=NOBODY)
    assert said(rows(org, administrator(emulator)))["prod: names"] == (
        "✘ 1 of 11 names is taken: role acme-inside (no stack in eu-west-1 has it)"
    )
    iam.delete_role(RoleName="acme-inside")
    deploy(org, prod)
    aws = administrator(emulator)
    assert said(rows(org, aws))["prod: names"] == "✔ none of 11 names is taken by others; 9 are of the app's own stacks"
    # of the bootstrap, and of each stack on the way
    assert [action for account_id, _, action in aws.calls if account_id == prod].count("cloudformation:ListStackResources") == 1 + 3


def test_names_in_a_stack_inside_of_another_by_a_bootstrap_of_another_name(emulator, tmp_path):
    """Where nobody knows that anything is deployed, AWS is asked for each type first."""
    prod = account()
    org = organization(tmp_path, STAGES=STAGE, NESTED="prod", CONTEXT=known({ADDRESS: prod}))
    deploy(org, prod, "Toolkit")
    found = said(rows(org, administrator(emulator)))["prod: names"]
    assert found.startswith("✘ 8 of 11 names are taken: ")
    assert found.endswith(" (stack Toolkit has it); 1 is of the app's own stacks")


def test_a_name_that_another_part_of_the_apps_own_stack_has(emulator, tmp_path):
    """It is the app's, whatever is nested in what."""
    prod = account()
    org = organization(tmp_path, STAGES=STAGE, NESTED="prod", CONTEXT=known({ADDRESS: prod}))
    deploy(org, prod)
    fact = {"kind": "needs", "subject": "prod", "name": "name AWS::IAM::Role", "value": "acme-inside", "source": "acme/other"}
    org.facts.append(fact)
    assert said(rows(org, administrator(emulator)))["prod: names"] == (
        "✔ none of 12 names is taken by others; 10 are of the app's own stacks"
    )


def test_quotas_in_a_stack_inside_of_another(emulator, tmp_path):
    prod = account()
    org = organization(tmp_path, STAGES=STAGE, NESTED="prod", CONTEXT=known({ADDRESS: prod}))
    there = len(api("ec2", prod).describe_vpcs()["Vpcs"])
    expected = f"✔ enough: {there + 1} of 5 VPCs"
    assert said(rows(org, administrator(emulator)))["prod/eu-west-1: quotas"] == expected
    deploy(org, prod)
    assert len(api("ec2", prod).describe_vpcs()["Vpcs"]) == there + 1
    assert said(rows(org, administrator(emulator)))["prod/eu-west-1: quotas"] == expected


def test_a_template_that_the_app_does_not_have(emulator, tmp_path):
    org = organization(tmp_path, STAGES=STAGE, NESTED="prod")
    (outer,) = [stack for stack in org.stacks if stack.path == "acme/prod/outer"]
    body = json.loads(outer.template.read_text("utf-8"))
    for number in range(2):
        elsewhere = {"TemplateURL": f"https://s3.amazonaws.com/others/{number}.json"}
        body["Resources"][f"Other{number}"] = {"Type": "AWS::CloudFormation::Stack", "Properties": elsewhere}
    outer.template.write_text(json.dumps(body), "utf-8")
    found = rows(org, administrator(emulator))
    assert (said(found)["prod: names"], found["prod: names"].advice) == (
        "? none of 11 names is taken; the account will be new; could not look into 2 nested stacks", LOOK
    )
    assert (said(found)["prod/eu-west-1: quotas"], found["prod/eu-west-1: quotas"].advice) == (
        "? enough in a new account: 2 of 5 VPCs; could not look into 2 nested stacks", LOOK
    )
    del body["Resources"]["Other1"], body["Resources"]["middleNestedStackmiddleNestedStackResourceD6C54E49"]
    again = organization(tmp_path / "again", STAGES=STAGE, NESTED="prod")
    (outer,) = [stack for stack in again.stacks if stack.path == "acme/prod/outer"]
    outer.template.write_text(json.dumps(body), "utf-8")
    assert said(rows(again, administrator(emulator)))["prod/eu-west-1: quotas"] == (
        "? the templates that the app has need none; could not look into 1 nested stack"
    )
