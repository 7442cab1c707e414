"""What `check` reads of templates before they are deployed: names, under which conditions, and in which account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from checking import NOBODY, administrator, api, iam_role, organization, told

from check.app import template
from check.checks import names
from emulator.engine.server import Emulator



@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def test_names_that_are_known_only_later(emulator, tmp_path):
    org = organization(tmp_path)
    (stack,) = [stack for stack in org.stacks if stack.name == "acme-root-access"]
    content = template(stack)
    content["Resources"]["later"] = iam_role({"Fn::GetAtt": ["admin430D0ED3", "RoleId"]})  # type: ignore[arg-type]
    content["Resources"]["secret"] = iam_role("{{resolve:ssm:/acme/name}}")
    content["Resources"]["named"] = iam_role({"Fn::Sub": "${Prefix}-${AWS::Region}"})  # type: ignore[arg-type]
    content["Parameters"]["Prefix"] = {"Type": "String", "Default": "acme"}
    api("iam").create_role(RoleName="acme-eu-west-1", AssumeRolePolicyDocument=NOBODY)
    assert told(names, org, administrator(emulator), "root: names")[0] == (
        "✘ 1 of 6 names is taken: role acme-eu-west-1 (no stack in eu-west-1 has it); "
        "2 more names are known only when they are deployed"
    )


def test_conditions_by_the_defaults_of_parameters(emulator, tmp_path):
    org = organization(tmp_path)
    (stack,) = [stack for stack in org.stacks if stack.name == "acme-root-access"]
    content = template(stack)
    content["Parameters"]["Size"] = {"Type": "String", "Default": "small"}
    small, unset = {"Fn::Equals": [{"Ref": "Size"}, "small"]}, {"Fn::Equals": [{"Ref": "BootstrapVersion"}, "6"]}
    here = {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}
    content["Conditions"] = {
        "yes": small, "no": {"Fn::Not": [small]}, "both": {"Fn::And": [{"Condition": "yes"}, {"Condition": "no"}]},
        "one": {"Fn::Or": [{"Condition": "yes"}, unset]}, "unset": unset, "never": {"Fn::And": [unset, {"Condition": "no"}]},
        "none": {"Fn::Or": [{"Condition": "no"}, {"Condition": "both"}]}, "here": here, "open": {"Fn::Not": [unset]},
    }
    iam = api("iam")
    for condition in content["Conditions"]:
        content["Resources"][condition] = {**iam_role(condition), "Condition": condition}
        iam.create_role(RoleName=condition, AssumeRolePolicyDocument=NOBODY)
    found_ = told(names, org, administrator(emulator), "root: names")[0].partition(": ")[2]
    # what nobody knows is asked
    assert [text.partition(" (")[0] for text in found_.split(", ")] == [f"role {name}" for name in ("yes", "one", "unset", "here", "open")]


@pytest.mark.parametrize(("stages", "names_of_prod"), [(["prod"], 11), (["audit", "prod"], 10)])
def test_a_stack_that_is_in_no_stage_is_of_the_only_account_that_is_unknown(emulator, tmp_path, stages, names_of_prod):
    org = organization(tmp_path, STAGES=json.dumps({name: {} for name in stages}), OUTSIDE="prod")
    assert told(names, org, administrator(emulator), "prod: names") == [
        f"✔ none of {names_of_prod} names is taken; the account will be new"
    ]
