"""Commands get the assembly that they would have made, and an app is synthesized only when that changes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import HERE, VARIABLES

from emulator.engine.aws import client
from emulator.engine.server import Emulator
from rehearsal import caller, summary, world
from rehearsal.lookups import Lookups
from rehearsal.play import Options, Play
from rehearsal.processes import Processes
from rehearsal.report import Printer

INVALID = HERE / "apps" / "invalid"
EXAMPLES = HERE.parents[1] / "examples"
ROOT, PROD, REGION = "111111111111", "222222222222", "eu-west-1"


@pytest.fixture
def syntheses(tmp_path, monkeypatch):
    """Each synthesis: whether it was validated, and the region of who asked."""
    report = tmp_path / "syntheses"
    monkeypatch.setenv("SYNTHESES", str(report))
    return lambda: [line.split() for line in report.read_text("utf-8").splitlines()]


def rehearse(app_dir: Path, **options: Any) -> dict[str, Any]:
    """What is made of an app, without the ids that are another each time."""
    play = Play(Options(app_dir, env=VARIABLES, **options), Processes(), Printer())
    try:
        play.run()
        context = json.loads((play.sandbox.cwd / "cdk.context.json").read_text("utf-8"))
        made = [stack for stacks in world.stacks_by_account().values() for stack in stacks]
        stacks = {(stack.account_id, re.sub("-[0-9a-f]{8}-.*", "", stack.name)): stack for stack in made}
        data = summary.data(play)
        return {
            "tree": data["organizations"][0]["tree"],
            "stacks": {key: (stack.status, stack.template) for key, stack in stacks.items()},
            "commands": [item["command"] for item in data["organizations"][0]["commands"]],
            "problems": data["problems"],
            "context": context,
            "syntheses": data["syntheses"],
        }
    finally:
        play.close()


def test_it_comes_to_the_same_when_every_command_synthesizes():
    """With accounts that are looked up, and the zones in which one of them has a network."""
    short, long = (rehearse(EXAMPLES / "minimal", every_command_synthesizes=every) for every in (False, True))
    # without accounts; with them; with what the CLI finds in one that is not bootstrapped, which is nothing; with its zones
    assert (short.pop("syntheses"), long.pop("syntheses")) == (4, 1)
    root = f"availability-zones:account={ROOT}:region={REGION}"
    assert short["context"].pop(root) == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    # the account, what its stack has written, its zones
    assert len(short["context"]) == 3
    assert short == long


@pytest.mark.parametrize(
    ("invalid", "told"),
    [
        ("template", "Additional properties are not allowed"),
        ("annotation", "ERROR not before Monday"),
        ("lookup", "SSM parameter not available in account 111111111111, region eu-west-1: /acme"),
    ],
)
def test_what_must_not_be_deployed_is_not(monkeypatch, syntheses, invalid, told):
    monkeypatch.setenv("INVALID", invalid)
    (problem,) = rehearse(INVALID)["problems"]
    assert problem.startswith("'cdk deploy '**'' failed: ") and told in problem
    assert ["true", "eu-west-1"] in syntheses()


def test_an_app_is_validated_once_and_made_by_who_deploys_it(syntheses):
    assert rehearse(INVALID, twice=True)["problems"] == []
    assert syntheses() == [["false", "us-east-1"], ["true", "eu-west-1"], ["false", "eu-west-1"]]


def test_another_caller_has_an_assembly_of_its_own(drive, syntheses):
    synthesis = drive(INVALID).play.synthesis
    for region in (REGION, REGION, "us-west-2", "us-west-2"):
        synthesis.prepare(ROOT, region)
    assert syntheses()[1:] == [["true", REGION], ["false", "us-west-2"]]


def test_what_only_the_cli_looks_up_it_looks_up(drive, monkeypatch):
    monkeypatch.setenv("INVALID", "lookup")
    driver = drive(INVALID).bootstrapped()
    client("ssm", ROOT, REGION).put_parameter(Name="/acme", Value="there", Type="String")
    deployed = driver.everything()
    assert deployed.code == 0, driver.text(deployed)
    (stack,) = (stack for stack in world.stacks_by_account()[ROOT] if stack.name == "root-access")
    assert stack.template["Outputs"]["found"]["Value"] == "there"


def test_zones_are_looked_up_by_a_role_that_trusts_the_caller():
    role = f"cdk-hnb659fds-lookup-role-{PROD}-{REGION}"
    props = {"account": PROD, "region": REGION, "lookupRoleArn": f"arn:${{AWS::Partition}}:iam::{PROD}:role/{role}"}
    question = {"key": f"availability-zones:account={PROD}:region={REGION}", "provider": "availability-zones", "props": props}

    def trusting(account: str) -> str:
        principal = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
        return json.dumps({"Version": "2012-10-17", "Statement": [principal]})

    with Emulator():
        iam = client("iam", PROD, REGION)
        assert Lookups(ROOT, REGION).answers([question], set()) == {}
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=trusting("333333333333"))
        assert Lookups(ROOT, REGION).answers([question], set()) == {}
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=trusting(ROOT))
        assert Lookups(ROOT, REGION).answers([question], set()) == {
            question["key"]: ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
        }


@pytest.mark.parametrize("language", ["typescript", "python", "java", "go", "csharp"])
def test_who_calls_is_read_in_the_source(language):
    assert caller.probable(EXAMPLES / language) == (ROOT, REGION)


def test_who_calls_is_nobody_when_the_source_does_not_say():
    assert caller.probable(INVALID) == (caller.NOBODY, caller.NOWHERE)
