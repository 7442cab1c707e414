"""What `check --json` says of stacks, and what `plan --against` makes of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from checking import ADDRESS, ROOT, account, administrator, api, assembly, known, user, without
from conftest import HERE

from check import checks
from check.app import Org, read
from check.assets import assets
from check.deployed import deployed, parse
from check.rows import answered
from emulator.engine.server import Emulator

REPOSITORY = HERE.parents[1]
TOPIC = {"Type": "AWS::SNS::Topic", "Metadata": {"aws:cdk:path": "acme/root/old/topic/Resource"}}
YAML = """
Metadata:
  Date: 2012-10-17
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      FifoTopic: true
      TopicName: !Sub "${AWS::Region}-old.fifo"
Outputs:
  Name:
    Value: !GetAtt Topic.TopicName
  Both:
    Value: !Join ["", [!Ref Topic, !Ref "AWS::Region"]]
"""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def app(emulator, tmp_path) -> tuple[Org, Path, str]:
    """An app whose account is there, and root is bootstrapped."""
    prod = account()
    api("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
    # as the CDK CLI does it, by which a nested stack says where its template is
    context = json.dumps({**json.loads(known({ADDRESS: prod})), "aws:cdk:enable-asset-metadata": True})
    folder = assembly(tmp_path / "out", STAGES='{"prod":{}}', NESTED="prod", CONTEXT=context)
    (org,) = read(folder)
    return org, folder, prod


def create(name: str, content: dict[str, Any] | str, account_id: str = ROOT, **more: Any) -> None:
    body = content if isinstance(content, str) else json.dumps(content)
    api("cloudformation", account_id).create_stack(StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"], **more)


def deploy(org: Org, path: str, **more: Any) -> None:
    """As the CLI does: the template as it is."""
    (stack,) = (stack for stack in org.stacks if stack.path == path)
    for asset in assets(stack):
        # of a stack in it; its own is given as text
        if asset.file and asset.file != stack.template:
            api("s3", stack.account or "").put_object(Bucket=asset.place, Key=asset.key, Body=asset.file.read_bytes())
    create(stack.name, stack.template.read_text("utf-8"), stack.account or "", **more)
    status = api("cloudformation", stack.account or "").describe_stacks(StackName=stack.name)["Stacks"][0]
    assert status["StackStatus"] == "CREATE_COMPLETE", status


def seen(org: Org, aws: Any) -> dict[str, Any]:
    aws.who()
    rows = answered(checks.questions(org, aws), aws)
    found = {"namespace": org.namespace, "rows": [row.data() for row in rows], **deployed(org, aws)}
    content = {"version": 1, "organizations": [found]}
    jsonschema.validate(content, json.loads((REPOSITORY / "docs" / "check.schema.json").read_text("utf-8")))
    return content


def planned(folder: Path, content: dict[str, Any]) -> dict[str, Any]:
    file = folder.parent / "check.json"
    file.write_text(json.dumps(content), "utf-8")
    words = ["plan", "--accept", "--json", "--assembly", str(folder), "--against", str(file)]
    done = subprocess.run(["node", str(REPOSITORY / "cli/main.js"), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def whats(plan: dict[str, Any]) -> dict[str, str]:
    return {stack["path"]: stack["what"] for step in plan["steps"] for stack in step["stacks"]}


def test_stacks_that_are_there_changed_or_left_behind(emulator, app):
    org, folder, prod = app
    deploy(org, "acme/root/access", EnableTerminationProtection=True)
    deploy(org, "acme/bootstrap/prod")
    deploy(org, "acme/prod/outer")
    create("acme-root-old", {"Resources": {"topic": TOPIC}})
    # of somebody else, however they are called
    stranger = {"Type": "AWS::SNS::Topic"}
    create("acme-root-shop", {"Resources": {"topic": stranger}})
    create("shop", {"Resources": {"topic": TOPIC}})
    # root is bootstrapped by hand
    create("CDKToolkit", YAML)
    content = seen(org, administrator(emulator))
    (found,) = content["organizations"]
    assert [(stack["name"], stack["account"], stack["stage"]) for stack in found["stacks"]] == [
        ("acme-root-access", ROOT, "root"), ("acme-root-old", ROOT, "root"),
        ("CDKToolkit", prod, "prod"), ("acme-prod-outer", prod, "prod"),
    ]  # fmt: skip
    assert found["unread"] == []

    plan = planned(folder, content)
    what = whats(plan)
    assert {path: what[path] for path in what if what[path] != "new"} == {
        "acme/root/access": "changed", "acme/bootstrap/prod": "untouched", "acme/prod/outer": "untouched",
    }  # fmt: skip
    assert [(stack["path"], stack["resources"]) for stack in plan["left"]] == [("acme/root/old", 1)]
    assert plan["notes"] == []
    # it was the protection alone, and what is in a nested stack counts
    access, _, _, outer = found["stacks"]
    access["terminationProtection"] = False
    (role,) = (one for nested in outer["nested"].values() for one in nested["Resources"].values() if one["Type"] == "AWS::IAM::Role")
    role["Properties"]["Description"] = "other"
    access["status"] = "UPDATE_ROLLBACK_FAILED"
    plan = planned(folder, content)
    what = whats(plan)
    assert (what["acme/root/access"], what["acme/prod/outer"]) == ("untouched", "changed")
    assert plan["notes"] == [
        f"acme-root-access in account {ROOT}, eu-west-1 was in state UPDATE_ROLLBACK_FAILED, in which it need not be as its "
        "template has it"
    ]


def test_a_template_in_yaml():
    assert parse(YAML) == {
        "Metadata": {"Date": "2012-10-17"},
        "Resources": {
            "Topic": {
                "Type": "AWS::SNS::Topic",
                "Properties": {"FifoTopic": True, "TopicName": {"Fn::Sub": "${AWS::Region}-old.fifo"}},
            }
        },
        "Outputs": {
            "Name": {"Value": {"Fn::GetAtt": ["Topic", "TopicName"]}},
            "Both": {"Value": {"Fn::Join": ["", [{"Ref": "Topic"}, {"Ref": "AWS::Region"}]]}},
        },
    }


@pytest.mark.parametrize("missing", ["cloudformation:DescribeStacks", "cloudformation:GetTemplate", "sts:AssumeRole"])
def test_what_may_not_be_read_is_not_told_as_new_without_a_word(emulator, app, missing):
    org, folder, _ = app
    deploy(org, "acme/root/access")
    content = seen(org, user(emulator, without(missing)))
    (found,) = content["organizations"]
    blind = ["prod"] if missing == "sts:AssumeRole" else ["root"]
    assert [item["stage"] for item in found["unread"] if item["stage"] in blind] == blind
    plan = planned(folder, content)
    assert [note for note in plan["notes"] if note.startswith(f"nothing is known of stacks of {blind[0]} in eu-west-1")]
    assert whats(plan)["acme/root/access"] == ("untouched" if missing == "sts:AssumeRole" else "new")


def test_by_another_account_nothing_is_known(emulator, app):
    org, _, prod = app
    found = seen(org, administrator(emulator, prod))["organizations"][0]
    assert (found["stacks"], {item["why"] for item in found["unread"]}) == ([], {f"it would be about account {prod}"})
