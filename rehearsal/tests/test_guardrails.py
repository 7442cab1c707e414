"""What the guardrails of the library stop and let pass, by the evaluator that decides in rehearsals, and in deployments."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from typing import Any

import handlers
import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from conftest import HERE
from shape_checks import schema_of

from emulator.engine import callers
from emulator.engine.aws import client
from emulator.engine.identities import role_of
from emulator.engine.needs import Need
from emulator.engine.policies import Request, as_list
from emulator.engine.rights import Identity, Target, decide
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends
from rehearsal import summary, world
from rehearsal.cdk import Command
from rehearsal.failures import Watch, told
from rehearsal.play import Stopped
from rehearsal.report import Printer
from rehearsal.selection import Selection

ROOT, MEMBER, OUTSIDE, REGION = "111111111111", "333333333333", "999999999999", "eu-west-1"
OURS, THEIRS = "o-a1b2c3d4e5", "o-zzzzzzzzzz"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ANYBODY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}


@cache
def guardrails() -> dict[str, dict[str, Any]]:
    node = shutil.which("node")
    assert node
    done = subprocess.run(
        [node, str(HERE / "apps" / "guarded" / "deeds.js")],
        env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stderr
    return {one["name"]: one for one in json.loads(done.stdout)}


def caller_of(deed: dict[str, Any]) -> tuple[dict[str, str], str, dict[str, str | None]]:
    """Principal, account, and what AWS adds of them."""
    caller = deed.get("caller", "ADMINISTRATOR")
    if caller.startswith("SERVICE"):
        account, organization = (OUTSIDE, THEIRS) if caller.endswith("STRANGER") else (MEMBER, OURS)
        about = {"aws:PrincipalIsAWSService": "true", "aws:SourceAccount": account, "aws:SourceOrgID": organization}
        return {"Service": "cloudformation.amazonaws.com"}, "", {**about, "aws:PrincipalArn": None}
    account = {"MANAGEMENT": ROOT, "STRANGER": OUTSIDE}.get(caller, MEMBER)
    name = {
        "DEPLOYMENT": f"cdk-hnb659fds-cfn-exec-role-{MEMBER}-{REGION}",
        "BOOTSTRAP": "OrganizationAccountAccessRole",
    }.get(caller, "administrator")
    is_root = caller in ("ROOT_USER", "PRIVILEGED_ROOT_SESSION")
    arn = f"arn:aws:iam::{account}:root" if is_root else f"arn:aws:iam::{account}:role/{deed.get('roleName', name)}"
    about = {
        "aws:PrincipalArn": arn,
        "aws:PrincipalAccount": account,
        "aws:PrincipalOrgID": THEIRS if account == OUTSIDE else OURS,
        "aws:PrincipalIsAWSService": "false",
        "aws:AssumedRoot": "true" if caller == "PRIVILEGED_ROOT_SESSION" else None,
        "aws:SourceAccount": None,
        "aws:SourceOrgID": None,
    }
    session = arn if is_root else f"arn:aws:sts::{account}:assumed-role/{arn.rsplit('/', 1)[-1]}/session"
    return {"AWS": session}, account, about


def succeeds(deed: dict[str, Any], *policies: dict[str, Any]) -> bool:
    principal, account, about = caller_of(deed)
    resource = deed.get("resource", "*")
    given = {key: value or None for key, value in deed.get("context", {}).items()}
    parts = resource.split(":")
    owner = given.get("aws:ResourceAccount") or (parts[4] if len(parts) > 4 and parts[4] else MEMBER)
    context = {
        "aws:ViaAWSService": "false",
        "aws:SecureTransport": "true",
        "aws:RequestedRegion": parts[3] if len(parts) > 3 and parts[3] else REGION,
        "aws:ResourceAccount": owner,
        "aws:ResourceOrgID": OURS if owner in (MEMBER, ROOT) else THEIRS,
        **about,
        **given,
    }
    of = {kind: [one["policy"] for one in policies if one["type"] == kind] for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")}
    request = Request(deed["action"], resource, principal, context)
    identity = Identity([EVERYTHING] if account else [], controls=[[EVERYTHING, *of["SERVICE_CONTROL_POLICY"]]] if account == MEMBER else [])
    target = Target(owner, ANYBODY, [[ANYBODY, *of["RESOURCE_CONTROL_POLICY"]]] if owner == MEMBER else [])
    return decide(request, identity, target).allowed


def test_every_guardrail_stops_and_lets_pass_what_it_says():
    wrong = [
        f"{name}: {deed['deedName']}"
        for name, one in guardrails().items()
        for deeds, expected in ((one["stops"], False), (one["letsPass"], True))
        for deed in deeds
        if succeeds(deed, one) is not expected or not succeeds(deed)
    ]
    assert wrong == []
    assert len(guardrails()) >= 25


@pytest.fixture
def emulator():
    with Emulator() as running:
        yield running


@pytest.fixture
def member(emulator) -> str:
    """An account with the policies of these guardrails, and who deploys there."""
    organizations = client("organizations", ROOT, "us-east-1")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    made = organizations.create_account(Email="aws+prod@acme.example", AccountName="prod")["CreateAccountStatus"]["AccountId"]
    for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        enabled = {item["Type"] for item in organizations.list_roots()["Roots"][0]["PolicyTypes"]}
        if kind not in enabled:
            organizations.enable_policy_type(RootId=root, PolicyType=kind)
        for name in ("deny-iam-users", "deny-public-databases", "require-encryption", "required-tags", "deny-public-buckets", "deny-public-functions", "require-imdsv2", "require-tls"):
            one = guardrails()[name]
            if one["type"] == kind:
                policy = organizations.create_policy(Name=name, Description=name, Type=kind, Content=json.dumps(one["policy"]))["Policy"]
                organizations.attach_policy(PolicyId=policy["PolicySummary"]["Id"], TargetId=root)
    return made


def role_in(account: str) -> str:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "cloudformation.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    iam = client("iam", account, REGION)
    role = iam.create_role(RoleName="cdk-hnb659fds-cfn-exec-role", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName="cdk-hnb659fds-cfn-exec-role", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
    return role


def deploy(account: str, kind: str, *, launch_template: dict[str, Any] | None = None, **properties: Any) -> str:
    role = role_in(account)
    resources = {"it": {"Type": kind, "Properties": properties}}
    if launch_template:
        resources["template"] = {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": launch_template}}
        properties["LaunchTemplate"] = {"LaunchTemplateId": {"Ref": "template"}, "Version": {"Fn::GetAtt": ["template", "LatestVersionNumber"]}}
    template = {"Resources": resources}
    client("cloudformation", account, REGION).create_stack(StackName="s", TemplateBody=json.dumps(template), RoleARN=role)
    stack = cloudformation_backends[account][REGION].get("s")
    failed = [str(event.reason) for event in stack.events if event.status == "CREATE_FAILED"]
    return failed[0] if failed else stack.status


TAGGED = {"Tags": [{"Key": "team", "Value": "shop"}]}
INSTANCE = {"ImageId": "ami-12c6146b", "InstanceType": "t3.micro", **TAGGED}


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::IAM::User", {}),
        ("AWS::S3::Bucket", {"AccessControl": "PublicRead", "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}}),
        ("AWS::SQS::Queue", {}),
        ("AWS::RDS::DBCluster", {"Engine": "aurora-mysql", **TAGGED}),
        ("AWS::EFS::FileSystem", {"FileSystemTags": TAGGED["Tags"]}),
        ("AWS::EC2::Volume", {"AvailabilityZone": "eu-west-1a", "Size": 8, **TAGGED}),
        ("AWS::EC2::Instance", INSTANCE),
        ("AWS::EC2::Instance", {**INSTANCE, "MetadataOptions": {"HttpTokens": "optional"}, "launch_template": {"MetadataOptions": {"HttpTokens": "required"}}}),
        ("AWS::Neptune::DBCluster", TAGGED),
        ("AWS::Lambda::Url", {"AuthType": "NONE", "TargetFunctionArn": "shop"}),
    ],
)
def test_a_deployment_that_a_guardrail_stops_fails_in_its_words(member, kind, properties):
    assert "with an explicit deny in a service control policy" in deploy(member, kind, **properties)


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::S3::Bucket", {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}),
        ("AWS::SQS::Queue", TAGGED),
        ("AWS::IAM::Group", {}),
        ("AWS::EC2::Volume", {"AvailabilityZone": "eu-west-1a", "Size": 8, "Encrypted": True, **TAGGED}),
        ("AWS::EC2::Instance", {**INSTANCE, "MetadataOptions": {"HttpTokens": "required"}}),
        ("AWS::EC2::Instance", {**INSTANCE, "launch_template": {"MetadataOptions": {"HttpTokens": "required"}}}),
    ],
)
def test_others_go_on(member, kind, properties):
    assert deploy(member, kind, **properties) == "CREATE_COMPLETE"


def test_what_an_instance_is_changed_to_is_stopped_too(member):
    assert deploy(member, "AWS::EC2::Instance", **INSTANCE, MetadataOptions={"HttpTokens": "required"}) == "CREATE_COMPLETE"
    stack = cloudformation_backends[member][REGION].get("s")
    changed = {"Type": "AWS::EC2::Instance", "Properties": {**INSTANCE, "MetadataOptions": {"HttpTokens": "optional"}}}
    client("cloudformation", member, REGION).update_stack(StackName="s", TemplateBody=json.dumps({"Resources": {"it": changed}}), RoleARN=stack.role_arn)
    (reason,) = [str(event.reason) for event in stack.events if event.status == "UPDATE_FAILED"]
    assert "perform: ec2:ModifyInstanceMetadataOptions on resource: arn:aws:ec2:eu-west-1:" in reason
    assert "with an explicit deny in a service control policy" in reason


def test_each_type_that_a_guardrail_stops_is_decided():
    stopped = {
        action.lower()
        for one in guardrails().values()
        for statement in one["policy"]["Statement"]
        for action in as_list(statement.get("Action"))
    }
    decided = json.loads(handlers.FILE.read_text("utf-8"))
    schemas = {kind: schema_of(kind).schema for kind in PROVIDER_SCHEMA_MANAGER.get_resource_types("us-east-1") if kind.startswith("AWS::")}
    found = {kind: {operation: handlers.action(kind, schema, operation) for operation in handlers.VERBS} for kind, schema in schemas.items()}
    missing = {kind for kind, actions in found.items() if kind not in decided and stopped & {str(action).lower() for action in actions.values()}}
    # it is made by a client of CloudFormation, and never by a template
    assert missing == {"AWS::CloudFormation::ChangeSet"}
    assert {kind: {name: action for name, action in found[kind].items() if action} for kind in decided} == decided


def test_a_rehearsal_tells_which_guardrail_stops_a_deployment(drive, capsys, monkeypatch):
    monkeypatch.setenv("CDK_VALIDATION", "false")
    driver = drive(HERE / "apps" / "guarded", concurrency=4).bootstrapped()
    assert driver.deploy("acme/root/organization").code == 0
    driver.bootstraps()
    with pytest.raises(Stopped):
        driver.play._step(driver.result, driver.play._deploy("acme/prod/*"))
    data = summary.data(driver.play)
    found = {failed["name"]: [cause["stoppedBy"] for cause in failed["causes"]] for failed in data["failures"]}
    policies = "acme-guardrails-service-control-"
    assert found == {
        f"acme-prod-{guardrail}": [{"policy": policies + number, "statement": statement, "guardrail": guardrail}]
        for guardrail, statement, number in (
            ("allowed-regions", "AllowedRegions", "2"),
            ("deny-iam-users", "DenyIamUsers", "1"),
            ("deny-public-databases", "DenyPublicDatabases", "1"),
            ("no-topics", "Mine", "2"),
            ("require-encryption", "RequireEncryptedClusters", "2"),
            ("require-imdsv2", "RequireImdsv2", "2"),
        )
    }
    stacks = {stack.name: stack.status for view in world.accounts(ROOT) for stack in view.stacks}
    assert (stacks["acme-prod-fine"], stacks["acme-prod-spared"]) == ("CREATE_COMPLETE", "CREATE_COMPLETE")
    capsys.readouterr()
    told.show(data, Printer())
    text = capsys.readouterr().out
    assert "guardrail 'deny-iam-users' stops this, by statement DenyIamUsers of policy 'acme-guardrails-service-control-1'\n" in text
    assert re.search(r"with an explicit deny in a service control policy: arn:aws:organizations::\d+:policy/o-\w+/service_control_policy/p-\w+\"", text)


def attached(names: Iterable[str]) -> dict[str, tuple[str, list[str]]]:
    """Content and targets of these policies."""
    organizations = client("organizations", ROOT, "us-east-1")
    kinds = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
    found = [one for kind in kinds for one in organizations.list_policies(Filter=kind)["Policies"] if one["Name"] in names]
    return {
        one["Name"]: (
            organizations.describe_policy(PolicyId=one["Id"])["Policy"]["Content"],
            sorted(target["TargetId"] for target in organizations.list_targets_for_policy(PolicyId=one["Id"])["Targets"]),
        )
        for one in found
    }


def test_policies_that_exist_stay_as_they_are(drive, monkeypatch):
    monkeypatch.setenv("ORGANIZATION", json.dumps({"organizationId": "o-abcdefghij", "organizationRootId": "r-ab12"}))
    driver = drive(HERE / "apps" / "guarded").bootstrapped()
    organizations = client("organizations", ROOT, "us-east-1")
    if not organizations.list_roots()["Roots"][0]["PolicyTypes"]:
        organizations.enable_policy_type(RootId="r-ab12", PolicyType="SERVICE_CONTROL_POLICY")
    content = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]})
    names = {f"own-{number}": target for number, target in enumerate(["r-ab12", "r-ab12", MEMBER])}
    for name, target in names.items():
        made = organizations.create_policy(Name=name, Description="", Type="SERVICE_CONTROL_POLICY", Content=content)["Policy"]
        organizations.attach_policy(PolicyId=made["PolicySummary"]["Id"], TargetId=target)
    before = attached([*names, "FullAWSAccess"])
    done = driver.deploy("acme/root/organization")
    assert done.code == 0, driver.text(done)
    assert attached([*names, "FullAWSAccess"]) == before and len(before) == 4
    ours = [f"acme-guardrails-{name}" for name in ("service-control-1", "service-control-2", "resource-control-1")]
    assert {name: targets for name, (_, targets) in attached(ours).items()} == dict.fromkeys(ours, [MEMBER])


def test_a_policy_that_is_of_no_guardrail_is_told_too(member, tmp_path):
    refused = callers.of_role(role_of(role_in(member)), "ada").refusal(Need("iam:CreateUser", "*"), callers.target(member), {})
    watch = Watch(tmp_path, tmp_path, ROOT, REGION)
    (failed,) = watch.failed(Command(["deploy"], ROOT, 1, 0.1, [f"AccessDenied: {refused}"]), Selection([], ["deploy"]))
    assert failed.stop is not None
    assert failed.text.endswith(": statement DenyIamUsers of policy 'deny-iam-users' stops this")
    stranger = callers.administrator(OUTSIDE).refusal(Need("sqs:SendMessage", "*"), callers.target(member, ANYBODY), {"aws:SecureTransport": "false"})
    assert stranger.endswith("with an explicit deny in a resource control policy")
