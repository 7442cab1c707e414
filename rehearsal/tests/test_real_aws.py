"""The experiments of `npm run test:aws`, against the emulated AWS: whom they refuse, what they ask, and that they leave nothing."""

from __future__ import annotations

import json
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from checking import assembly
from conftest import HERE
from test_guardrails import EVERYTHING, MEMBER, OURS, THEIRS, caller_of, guardrails

from emulator.engine.aws import client, client_of
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends

FOLDER = HERE.parents[1] / "test" / "aws"
MINE = "999999999999"


@pytest.fixture
def experiments(monkeypatch) -> Iterator[dict[str, Any]]:
    monkeypatch.syspath_prepend(str(FOLDER))
    yield runpy.run_path(str(FOLDER / "__main__.py"))
    for name in ("experiment", "change_sets", "deeds", "readings", "simulations", "validations"):
        sys.modules.pop(name, None)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


class Session(boto3.Session):
    """Of an administrator of an account in the emulated AWS."""

    def __init__(self, emulator: Emulator, account_id: str) -> None:
        super().__init__(region_name="eu-west-1")
        self.emulator, self.key = emulator, emulator.credentials(account_id)["AWS_ACCESS_KEY_ID"]

    def client(self, service: str, region_name: str = "eu-west-1", **_: Any) -> Any:
        return client_of(self.emulator.door, self.key, service, region_name)


def test_an_account_has_to_be_named(experiments, capsys):
    with pytest.raises(SystemExit):
        experiments["arguments"]([])
    assert "--account is missing" in capsys.readouterr().err
    assert experiments["main"](["--list"]) == 0
    assert capsys.readouterr().out.count("leaves") == 5


def test_another_account_and_a_management_account_are_refused(experiments, emulator):
    refused = experiments["refused"]
    assert refused(Session(emulator, MINE), MINE) is None
    assert refused(Session(emulator, "111111111111"), MINE) == f"--account is {MINE}, and the credentials are of 111111111111"
    made = client("organizations", MINE, "us-east-1").create_organization(FeatureSet="ALL")["Organization"]
    assert refused(Session(emulator, MINE), MINE) == (
        f"{MINE} manages organization {made['Id']}: a throw-away account manages none"
    )


def test_what_check_reads_is_answered_as_it_is_read(experiments, emulator):
    # of AWS, which has it in a region of its own
    client("s3", "438097961670", "eu-west-1").create_bucket(
        Bucket="assets-438097961670-eu-west-1", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    setting = experiments["Setting"](Session(emulator, MINE), "eu-west-1", None, None)
    outcomes = experiments["Readings"]().run(setting)
    assert [outcome for outcome in outcomes if outcome.holds is not True] == [] and len(outcomes) == 15


def test_an_answer_that_check_would_misread_is_told(experiments, emulator):
    # nobody has the bucket of AWS here
    setting = experiments["Setting"](Session(emulator, MINE), "eu-west-1", None, None)
    found = {outcome.found for outcome in experiments["Readings"]().run(setting) if outcome.holds is False}
    assert found == {"AWS answers 404, check expects 403", "AWS answers 404, check expects 403 or 301"}


def test_templates_are_validated_and_change_sets_leave_nothing(experiments, emulator, tmp_path):
    folder = assembly(tmp_path / "out", TRAIL="yes")
    setting = experiments["Setting"](Session(emulator, MINE), "eu-west-1", folder, None)
    validated = experiments["Validations"]().run(setting)
    assert {outcome.holds for outcome in validated} == {True} and len(validated) > 5
    tried = {outcome.subject: outcome for outcome in experiments["ChangeSets"]().run(setting)}
    access = next(outcome for name, outcome in tried.items() if name.startswith("acmeprodaccess"))
    assert access.holds is True, access.found
    account = next(outcome for name, outcome in tried.items() if name.startswith("acmerootaccountprod"))
    assert (account.holds, account.found) == (None, "not tried: it has a AWS::Organizations::Account")
    assert cloudformation_backends[MINE]["eu-west-1"].living() == []


def test_what_aws_would_refuse_is_told(experiments, emulator, tmp_path):
    bad = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleNam": "x"}}}}
    (tmp_path / "bad.template.json").write_text(json.dumps({**bad, "Mappings": []}), "utf-8")
    (outcome,) = experiments["ChangeSets"]().run(experiments["Setting"](Session(emulator, MINE), "eu-west-1", tmp_path, None))
    assert outcome.holds is False and outcome.found
    assert cloudformation_backends[MINE]["eu-west-1"].living() == []


@pytest.mark.parametrize(("decision", "holds"), [("allowed", True), ("implicitDeny", False), ("explicitDeny", False)])
def test_iam_decides_or_does_not_as_expected(experiments, tmp_path, decision, holds):
    policy = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    request = {
        "principal": "arn:aws:iam::222222222222:user/ada", "action": "iam:GetUser", "resource": "*", "allowed": True,
        "context": {"aws:SecureTransport": "true", "aws:TagKeys": ["team"]}, "identity": [policy], "controls": [[policy], [policy]],
    }
    (tmp_path / "requests").write_text("\n".join(json.dumps(one) for one in (request, {**request, "resourcePolicy": policy})), "utf-8")
    iam = boto3.client("iam", region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")
    text = json.dumps(policy)
    with Stubber(iam) as stub:
        stub.add_response(
            "simulate_custom_policy",
            {"EvaluationResults": [{"EvalActionName": "iam:GetUser", "EvalDecision": decision}]},
            {
                "PolicyInputList": [text],
                "ActionNames": ["iam:GetUser"],
                "ResourceArns": ["*"],
                "ContextEntries": [
                    {"ContextKeyName": "aws:SecureTransport", "ContextKeyValues": ["true"], "ContextKeyType": "boolean"},
                    {"ContextKeyName": "aws:TagKeys", "ContextKeyValues": ["team"], "ContextKeyType": "stringList"},
                ],
                "OrderedOrganizationPolicyInputList": [{"ServiceControlPolicyInputList": [text]}] * 2,
            },
        )

        class Stubbed(boto3.Session):
            def client(self, *_: Any, **__: Any) -> Any:
                return iam

        setting = experiments["Setting"](Stubbed(region_name="us-east-1"), "us-east-1", None, Path(tmp_path / "requests"))
        asked, left = experiments["Simulations"]().run(setting)
    assert (asked.holds, left.holds) == (holds, None)
    assert left.found.startswith("1 of 2 not tried")


def deed_lines(change: Any = lambda line: line) -> str:
    """As the tests of the guardrails write them."""
    lines = []
    for name, one in guardrails().items():
        for deed, allowed in [*((deed, False) for deed in one["stops"]), *((deed, True) for deed in one["letsPass"])]:
            principal, account, about = caller_of(deed)
            bound = one["type"] == "SERVICE_CONTROL_POLICY" and account == MEMBER
            elsewhere = "aws:ResourceAccount" in deed.get("context", {})
            known = {"aws:RequestedRegion": "eu-west-1", "aws:ViaAWSService": "false", "aws:ResourceOrgID": THEIRS if elsewhere else OURS}
            context = {**known, **about, **deed.get("context", {})}
            lines.append(
                {
                    "name": f"{name}: {deed['deedName']}",
                    "principal": next(iter(principal.values())), "action": deed["action"], "resource": deed.get("resource", "*"),
                    "context": {key: value for key, value in context.items() if value},
                    "identity": [EVERYTHING], "controls": [[EVERYTHING, one["policy"]], [EVERYTHING]] if bound else [], "allowed": allowed,
                }
            )
    return "\n".join(json.dumps(change(line)) for line in lines)


def test_iam_decides_of_each_deed_of_a_guardrail(experiments, emulator, tmp_path):
    (tmp_path / "deeds").write_text(deed_lines(), "utf-8")
    *outcomes, left = experiments["Deeds"]().run(
        experiments["Setting"](Session(emulator, MINE), "eu-west-1", None, None, tmp_path / "deeds")
    )
    assert [outcome for outcome in outcomes if outcome.holds is not True] == [] and len(outcomes) > 100
    assert left.holds is None and left.found.endswith("no service control policy has a say")


def test_a_deed_that_iam_would_not_stop_is_told(experiments, emulator, tmp_path):
    (tmp_path / "deeds").write_text(
        deed_lines(lambda line: {**line, "allowed": not line["allowed"]} if "create an IAM user" in line["name"] else line), "utf-8"
    )
    outcomes = experiments["Deeds"]().run(experiments["Setting"](Session(emulator, MINE), "eu-west-1", None, None, tmp_path / "deeds"))
    assert {outcome.found for outcome in outcomes if outcome.holds is False} == {"IAM says explicitDeny, the tests allowed"}


def test_deeds_are_skipped_aloud(experiments, emulator, capsys):
    setting = experiments["Setting"](Session(emulator, MINE), "eu-west-1", None, None)
    assert experiments["report"]({"deeds": experiments["Deeds"]().run(setting)}) == 0
    assert "0 as expected, 0 not, 1 skipped\n  ? guardrails: not tried, none of their deeds: give --deeds" in capsys.readouterr().out


def test_a_level_without_a_policy_that_allows_stops_everything(emulator):
    text = json.dumps(EVERYTHING)

    def decision(*levels: list[str]) -> str:
        answer = client("iam", MINE, "us-east-1").simulate_custom_policy(
            PolicyInputList=[text], ActionNames=["s3:ListAllMyBuckets"],
            OrderedOrganizationPolicyInputList=[{"ServiceControlPolicyInputList": level} for level in levels],
        )
        return answer["EvaluationResults"][0]["EvalDecision"]

    limited = json.dumps({"Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]})
    assert [decision(), decision([text], [text])] == ["allowed"] * 2
    assert [decision([text], [limited]), decision([limited], [text])] == ["implicitDeny"] * 2
