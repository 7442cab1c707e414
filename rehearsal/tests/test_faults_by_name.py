"""Each fault that has a name: the first attempt fails in AWS's words, and the same again succeeds, unless it says why not."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import ACME
from test_organizations import REGION, ROOT, account, enable_policies, policy, reached, unit

from emulator.engine.aws import client
from emulator.engine.faults import KINDS
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends
from emulator.services.cloudformation.stack_sets import activate
from emulator.services.organizations.backend import backend_of
from rehearsal import summary
from rehearsal.cdk import Command
from rehearsal.faults import wanted
from rehearsal.play import Options, Play, Stopped
from rehearsal.processes import Processes
from rehearsal.report import Printer


@pytest.fixture
def emulator():
    with Emulator() as running:
        yield running


def deploy(resources: dict[str, Any]) -> str:
    """As the CDK CLI does: a stack whose creation was rolled back is deleted first."""
    api, backend = client("cloudformation", ROOT, REGION), cloudformation_backends[ROOT][REGION]
    known = backend.find("s")
    if known and known.status == "ROLLBACK_COMPLETE":
        api.delete_stack(StackName="s")
    api.create_stack(StackName="s", TemplateBody=json.dumps({"Resources": resources}))
    stack = backend.get("s")
    failures = [event.reason for event in stack.events if event.status.endswith("_FAILED")]
    return "; ".join(map(str, failures)) or stack.status


def resource(kind: str, **more: Any) -> dict[str, Any]:
    needs = more.pop("needs", [])
    return {"Type": f"AWS::{kind}", "DependsOn": needs, "Properties": more}


def role(service: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return resource("IAM::Role", AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [statement]})


def new_account() -> dict[str, Any]:
    return {"it": account("one")}


def parameter() -> dict[str, Any]:
    return {"it": resource("SSM::Parameter", Type="String", Value="v")}


def function() -> dict[str, Any]:
    code = {"ZipFile": "exports.handler = async () => {}"}
    made = resource("Lambda::Function", Code=code, Handler="index.handler", Runtime="nodejs22.x", Role={"Fn::GetAtt": ["role", "Arn"]})
    return {"role": role("lambda"), "it": made}


def bucket_policy() -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": {"Fn::GetAtt": ["role", "Arn"]}},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::acme-data/*",
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {
        "role": role("lambda"),
        "bucket": resource("S3::Bucket", BucketName="acme-data"),
        "it": resource("S3::BucketPolicy", Bucket={"Ref": "bucket"}, PolicyDocument=document),
    }


def trail() -> dict[str, Any]:
    allowed = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
    statements = [
        {**allowed, "Action": "s3:GetBucketAcl", "Resource": "arn:aws:s3:::acme-trail"},
        {**allowed, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-trail/*"},
    ]
    document = {"Version": "2012-10-17", "Statement": statements}
    return {
        "bucket": resource("S3::Bucket", BucketName="acme-trail"),
        "policy": resource("S3::BucketPolicy", Bucket={"Ref": "bucket"}, PolicyDocument=document),
        "it": resource("CloudTrail::Trail", TrailName="acme", S3BucketName={"Ref": "bucket"}, IsLogging=True, needs=["policy"]),
    }


def stack_set(retained: str) -> dict[str, Any]:
    """In two accounts, of which the second is too new for it."""
    activate(ROOT)
    group = {"Type": "AWS::IAM::Group", "DeletionPolicy": retained, "Properties": {"GroupName": "everywhere"}}
    targets = {"OrganizationalUnitIds": [backend_of(ROOT).org.root_id]}
    return {
        "it": resource(
            "CloudFormation::StackSet",
            StackSetName="everywhere",
            PermissionModel="SERVICE_MANAGED",
            TemplateBody=json.dumps({"Resources": {"group": group}}),
            StackInstancesGroup=[{"Regions": [REGION], "DeploymentTargets": targets}],
        )
    }


def two_accounts() -> None:
    api = client("organizations", ROOT, REGION)
    api.create_organization(FeatureSet="ALL")
    for name in ("one", "two"):
        api.create_account(AccountName=name, Email=f"aws+{name}@acme.example")


Case = tuple[str, Callable[[], dict[str, Any]], str]
# value, what is deployed, what AWS says
RECOVER: dict[str, Case] = {
    "account-creation-in-progress": ("", new_account, "CONCURRENT_ACCOUNT_MODIFICATION"),
    "account-limit": ("", new_account, "ACCOUNT_LIMIT_EXCEEDED"),
    "concurrent-modification": ("EnablePolicyType", enable_policies, "conflicts with another attempt to modify"),
    "email-taken": ("", new_account, "EMAIL_ALREADY_EXISTS"),
    "failing": ("", parameter, "Internal Failure"),
    "finalizing-organization": ("", new_account, "your organization hasn't finished initializing"),
    "late-bucket-policy": ("", trail, "Incorrect S3 bucket policy is detected for bucket"),
    "late-principal": ("", bucket_policy, "Invalid principal in policy"),
    "late-role": ("", function, "The role defined for the function cannot be assumed by Lambda."),
    "late-service-linked-role": ("", lambda: {"it": resource("ECS::Cluster")}, "Unable to assume the service linked role."),
}
# these have a test of their own
APART = {"account-not-ready", "slow-account", "stack-set-too-early", "too-many-requests"}


@pytest.mark.parametrize("name", RECOVER)
def test_the_same_again_succeeds(emulator, name):
    value, template, words = RECOVER[name]
    client("organizations", ROOT, REGION).create_organization(FeatureSet="ALL")
    resources = template()
    with emulator.faults.having(name, value) as fault:
        assert words in deploy(resources)
    assert fault.is_met
    assert deploy(resources) == "CREATE_COMPLETE"


def test_each_fault_is_here():
    assert {*RECOVER, *APART} == set(KINDS)


def test_an_account_that_was_not_waited_for_is_nobodys(emulator):
    client("organizations", ROOT, REGION).create_organization(FeatureSet="ALL")
    with emulator.faults.having("slow-account"):
        assert "(HandlerErrorCode: NotStabilized)" in deploy(new_account())
    assert "Account with email [aws+one@acme.example] already exists." in deploy(new_account())


@pytest.mark.parametrize(("retained", "again"), [("Delete", "CREATE_COMPLETE"), ("Retain", "already exists")])
def test_a_stack_set_that_is_too_early_leaves_what_its_template_retains(emulator, retained, again):
    two_accounts()
    resources = stack_set(retained)
    with emulator.faults.having("stack-set-too-early"):
        assert "The AWS Access Key Id needs a subscription for the service" in deploy(resources)
    assert again in deploy(resources)


def test_an_account_that_arrives_too_early_is_not_met_again(emulator):
    """Automatic deployment has one attempt, and tells nobody; a change of the stack set is another one."""
    client("organizations", ROOT, REGION).create_organization(FeatureSet="ALL")
    made = stack_set("Delete")
    made["it"]["Properties"]["AutoDeployment"] = {"Enabled": True, "RetainStacksOnAccountRemoval": False}
    assert deploy(made) == "CREATE_COMPLETE"
    api = client("organizations", ROOT, REGION)
    with emulator.faults.having("stack-set-too-early"):
        api.create_account(AccountName="one", Email="aws+one@acme.example")
    api.create_account(AccountName="two", Email="aws+two@acme.example")
    assert reached() == {"one": 0, "two": 1}
    made["it"]["Properties"]["Description"] = "again"
    change = json.dumps({"Resources": made})
    client("cloudformation", ROOT, REGION).update_stack(StackName="s", TemplateBody=change)
    assert reached() == {"one": 1, "two": 1}


def test_what_handlers_make_again_is_not_noticed(emulator):
    """So are the calls that meet another change of the organization in each rehearsal."""
    client("organizations", ROOT, REGION).create_organization(FeatureSet="ALL")
    root = backend_of(ROOT).org.root_id
    client("organizations", ROOT, REGION).enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    emulator.faults.let_time_pass()
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    with emulator.faults.having("too-many-requests") as throttled:
        made = {"u": unit("u", root), "a": account("a", {"Ref": "u"}), "p": policy(deny, target=root)}
        assert deploy(made) == "CREATE_COMPLETE"
    assert throttled.is_met
    assert [fault.value for fault in emulator.faults.on if not fault.is_met] == []


@pytest.mark.parametrize("text", ["none", "late-role=x", "account-limit=many"])
def test_a_fault_that_is_none_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError):
        wanted(text)


def test_the_rehearsal_runs_the_same_command_again(monkeypatch):
    monkeypatch.setenv("STAGES", "prod")
    faults = (("email-taken", "aws+prod@acme.example"), ("late-bucket-policy", ""))
    play = Play(Options(ACME, env=["STAGES"], faults=faults), Processes(), Printer())
    try:
        play.run()
        told = summary.data(play)
    finally:
        play.close()
    deploying = "cdk deploy acme/root/organization"
    assert [command.code for command in play.results[0].commands if command.text == deploying] == [1, 0]
    assert told["faults"] == [
        {
            "fault": "email-taken=aws+prod@acme.example",
            "outcome": f"'{deploying}' failed, and the same command again succeeded",
        },
        {"fault": "late-bucket-policy", "outcome": "not met"},
    ]
    assert told["problems"] == ["nothing in this app has met the fault 'late-bucket-policy'"]


@pytest.mark.parametrize(("fault", "outputs"), [("late-role", ["by a fault", "by itself"]), ("slow-account", ["by itself"])])
def test_only_what_a_fault_has_failed_is_run_again_and_fails_if_it_does_again(drive, monkeypatch, fault, outputs):
    driver = drive()
    play, faults = driver.play, driver.faults
    play.trial.begin(faults, [(fault, "")])

    def cdk(words: list[str], account_id: str, region: str, anew: bool = False) -> Command:
        return Command(words, account_id, 1, 0.0, ["by a fault" if faults.meets("late-role") else "by itself"])

    monkeypatch.setattr(play, "cdk", cdk)
    with pytest.raises(Stopped):
        play._step(driver.result, ["deploy"])
    assert [command.output for command in driver.result.commands] == [[output] for output in outputs]
    assert [failed.output for failed in driver.result.attempt.failed] == [["by itself"]]
