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
from emulator.engine.errors import ResourceFailure
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends
from emulator.services.accountaccess import ApplicationResource, EntitlementResource, applications
from emulator.services.sso.backend import enable

FOLDER = HERE.parents[1] / "test" / "aws"
MINE = "999999999999"


@pytest.fixture
def experiments(monkeypatch) -> Iterator[dict[str, Any]]:
    monkeypatch.syspath_prepend(str(FOLDER))
    yield runpy.run_path(str(FOLDER / "__main__.py"))
    for name in ("account_access", "experiment", "change_sets", "deeds", "readings", "simulations", "validations"):
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
    assert capsys.readouterr().out.count("leaves") == 6


def test_another_account_and_a_management_account_are_refused(experiments, emulator):
    refused = experiments["refused"]
    assert refused(Session(emulator, MINE), MINE) is None
    assert refused(Session(emulator, "111111111111"), MINE) == f"--account is {MINE}, and the credentials are of 111111111111"
    made = client("organizations", MINE, "us-east-1").create_organization(FeatureSet="ALL")["Organization"]
    assert refused(Session(emulator, MINE), MINE) == (
        f"{MINE} manages organization {made['Id']}: a throw-away account manages none"
    )
    assert refused(Session(emulator, MINE), MINE, made["Id"]) is None
    assert refused(Session(emulator, MINE), MINE, "o-0123456789") == f"--organization is o-0123456789, and {MINE} manages {made['Id']}"
    alone = "888888888888"
    assert refused(Session(emulator, alone), alone, made["Id"]) == f"--organization is {made['Id']}, and {alone} is in none"
    member = client("organizations", MINE, "us-east-1").create_account(AccountName="prod", Email="aws+prod@acme.example")
    account_id = member["CreateAccountStatus"]["AccountId"]
    assert refused(Session(emulator, account_id), account_id) is None
    assert refused(Session(emulator, account_id), account_id, made["Id"]) == f"--organization is {made['Id']}, and {account_id} manages none"


def test_an_organization_is_for_the_one_experiment_that_needs_it(experiments, capsys):
    named = ["--account", MINE, "--organization", "o-0123456789"]
    with pytest.raises(SystemExit):
        experiments["arguments"](named)
    assert "in a management account nothing else is tried: add --only account-access" in capsys.readouterr().err
    assert experiments["arguments"]([*named, "--only", "account-access"]).organization == "o-0123456789"


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


# --- the account access manager


INSTANCE, STORE = "arn:aws:sso:::instance/ssoins-0123456789abcdef", "d-0123456789"


@pytest.fixture
def access(experiments, emulator) -> Iterator[Any]:
    """Its outcomes in a throw-away organization with an instance of IAM Identity Center, by their subjects."""
    organization = client("organizations", MINE, "us-east-1").create_organization(FeatureSet="ALL")["Organization"]
    enable(MINE, "eu-west-1", INSTANCE, STORE)
    setting = experiments["Setting"](Session(emulator, MINE), "eu-west-1", None, None, None, organization["Id"])

    def run() -> dict[str, Any]:
        return {outcome.subject: outcome for outcome in experiments["AccountAccess"]().run(setting)}

    yield run


def trusted() -> list[str]:
    found = client("organizations", MINE, "us-east-1").list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    return [item["ServicePrincipal"] for item in found]


def test_the_account_access_manager_takes_and_refuses_what_is_assumed(access, capsys, experiments):
    outcomes = access()
    mfa = outcomes.pop("aws:MultiFactorAuthPresent of a session")
    assert (mfa.holds, mfa.found.split(":")[0]) == (None, "not tried")
    assert [outcome for outcome in outcomes.values() if outcome.holds is not True] == [] and len(outcomes) == 7
    assert experiments["report"]({"account-access": list(outcomes.values())}) == 0
    assert "✔ the deletion of an application with entitlements: Resource handler returned message:" in capsys.readouterr().out
    assert cloudformation_backends[MINE]["eu-west-1"].living() == [] == applications() == trusted()
    assert client("identitystore", MINE, "eu-west-1").list_groups(IdentityStoreId=STORE)["Groups"] == []
    assert client("iam", MINE, "us-east-1").list_roles()["Roles"] == []


def test_trusted_access_that_was_there_stays(access):
    client("organizations", MINE, "us-east-1").enable_aws_service_access(ServicePrincipal="account-access.amazonaws.com")
    assert access()["an application before trusted access"].holds is None
    assert trusted() == ["account-access.amazonaws.com"]


def test_another_answer_of_the_account_access_manager_is_told_with_who_assumes_what(access, monkeypatch):
    create = EntitlementResource.create

    def verifying(self: Any, properties: Any) -> None:
        name = properties["Entitlement"]["PrincipalRole"]["RoleArn"].rpartition("/")[2]
        if name not in [role["RoleName"] for role in client("iam", MINE, "us-east-1").list_roles()["Roles"]]:
            # not every answer has a code
            raise ResourceFailure("Error verifying role")
        create(self, properties)

    monkeypatch.setattr(EntitlementResource, "create", verifying)
    (bad,) = [outcome for outcome in access().values() if outcome.holds is False]
    assert bad.subject == "an entitlement to a role that does not exist"
    assert bad.found == (
        "AWS refuses it: Error verifying role; rehearsal/emulator/services/accountaccess.py, and src/people/account-access.ts, whose stack cannot wait for those of the roles, "
        "assumes that AWS does it"
    )


def test_an_application_that_needs_no_trusted_access_makes_room_for_the_next(access, monkeypatch):
    create = ApplicationResource.create

    def trusting(self: Any, properties: Any) -> None:
        client("organizations", MINE, "us-east-1").enable_aws_service_access(ServicePrincipal="account-access.amazonaws.com")
        create(self, properties)

    monkeypatch.setattr(ApplicationResource, "create", trusting)
    (bad,) = [outcome for outcome in access().values() if outcome.holds is False]
    assert bad.subject == "an application before trusted access" and bad.found.startswith("AWS does it; ")
    assert trusted() == []


def test_what_cannot_be_deleted_is_told_and_keeps_its_trusted_access(access, monkeypatch):
    def refuse(self: Any, properties: Any) -> None:
        raise self.failure("no", "InternalFailure")

    monkeypatch.setattr(ApplicationResource, "delete", refuse)
    (stack,) = [outcome for subject, outcome in access().items() if subject.startswith("arn:")]
    assert stack.holds is False and stack.found.startswith("it is left, delete it: ") and stack.found.endswith("InternalFailure)")
    assert trusted() == ["account-access.amazonaws.com"]


def test_without_what_the_account_access_manager_is_asked_of_nothing_is_tried(experiments, emulator, access):
    setting = experiments["Setting"](Session(emulator, MINE), "eu-west-1", None, None)
    (outcome,) = experiments["AccountAccess"]().run(setting)
    assert outcome.holds is None and outcome.found.endswith("give --organization, a throw-away one")
    setting = experiments["Setting"](Session(emulator, MINE), "us-east-1", None, None, None, "o-0123456789")
    (outcome,) = experiments["AccountAccess"]().run(setting)
    assert outcome.holds is None and "has no instance of IAM Identity Center in us-east-1" in outcome.found
    client("organizations", MINE, "us-east-1").enable_aws_service_access(ServicePrincipal="account-access.amazonaws.com")
    theirs = {"Type": "AWS::AccountAccess::Application", "Properties": {"IdentitySource": {"IdentityCenter": {"InstanceArn": INSTANCE}}}}
    client("cloudformation", MINE, "eu-west-1").create_stack(StackName="theirs", TemplateBody=json.dumps({"Resources": {"A": theirs}}))
    (outcome,) = access().values()
    assert outcome.holds is None and applications()[0].arn in outcome.found


def test_a_ground_that_cannot_be_made_is_told_and_nothing_is_left(access, monkeypatch):
    def refuse(self: Any, properties: Any) -> None:
        raise self.failure("no", "AccessDenied")

    monkeypatch.setattr(ApplicationResource, "create", refuse)
    (outcome,) = [one for one in access().values() if one.holds is False]
    assert outcome.found.startswith("it could not be made: ") and "AccessDenied" in outcome.found
    assert cloudformation_backends[MINE]["eu-west-1"].living() == [] == trusted()
