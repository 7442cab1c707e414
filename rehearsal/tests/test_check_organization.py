"""What `check` says of an organization in which others are at work: names, invitations, landing zones, a large root."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from checking import REGION, ROOT, administrator, api, known, limited, organization, rows, said, world

from check import actions
from check.app import Org, template
from check.checks import caller, root
from check.rows import Row, answered
from emulator.engine import quotas
from emulator.engine.server import Emulator
from rehearsal.checked import Emulated

ORGANIZATION = json.dumps({"organizationId": "o-abcdefghij", "organizationRootId": "r-ab12"})
STAGES = json.dumps({"audit": {"organizationalUnit": "security/deep"}, "prod": {"organizationalUnit": "workloads"}})
UNIT, POLICY = "AWS::Organizations::OrganizationalUnit", "AWS::Organizations::Policy"
PROD = {"id": "222222222222", "name": "prod", "email": "aws+prod@acme.example"}
NOTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]})


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def existing(folder: Path, **variables: str) -> Org:
    world(folder, [])
    return organization(folder / "out", **{"ORGANIZATION": ORGANIZATION, "STAGES": STAGES, **variables})


def unit(name: str, parent: str = "r-ab12") -> str:
    return str(api("organizations").create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]["Id"])


def policy(name: str) -> str:
    organizations = api("organizations")
    kind = "SERVICE_CONTROL_POLICY"
    return str(organizations.create_policy(Name=name, Description="", Type=kind, Content=NOTHING)["Policy"]["PolicySummary"]["Id"])


def deploy(name: str, resources: dict[str, Any]) -> str:
    text = json.dumps({"Resources": resources})
    api("cloudformation").create_stack(StackName=name, TemplateBody=text, Capabilities=["CAPABILITY_NAMED_IAM"])
    return str(api("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])


def stack_of(org: Org, kind: str, name: str) -> str:
    return next(stack.name for stack, _, properties in org.resources(kind) if properties["Name"] == name)


def whole(row: Row) -> list[str]:
    return [f"{row.verdict} {row.found}", row.advice]


def test_names_before_there_is_an_organization(emulator, tmp_path):
    found = said(rows(organization(tmp_path, STAGES=STAGES, TRAIL="yes"), administrator(emulator)))
    assert found["names of units"] == "✔ none of 3 names is taken by others; there is no organization yet"
    assert found["names of policies"] == "✔ none of 3 names is taken by others; there is no organization yet"


def test_a_unit_of_somebody_else_has_the_name(emulator, tmp_path):
    org = existing(tmp_path)
    # elsewhere, and in other letters
    unit("workloads", unit("Workloads"))
    assert said(rows(org, administrator(emulator)))["names of units"] == "✔ none of 3 names is taken by others"
    other = unit("workloads")
    assert whole(rows(org, administrator(emulator))["names of units"]) == [
        f"✘ 1 of 3 names is taken by others: workloads ({other}, below r-ab12)",
        "name the unit that exists in `existingOrganizationalUnits`, or give the app's another name by `organizationalUnit`",
    ]


def test_a_unit_of_the_app_has_its_name(emulator, tmp_path):
    org = existing(tmp_path)
    properties = {"Name": "security", "ParentId": "r-ab12"}
    told = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Name": "/acme/unit/security", "Value": {"Ref": "Unit"}}}
    name = stack_of(org, UNIT, "security")
    assert deploy(name, {"Unit": {"Type": UNIT, "Properties": properties, "DeletionPolicy": "Retain"}, "Id": told}) == "CREATE_COMPLETE"
    assert said(rows(org, administrator(emulator)))["names of units"] == "✔ none of 3 names is taken by others"
    # and what is below it by now
    (security,) = api("organizations").list_organizational_units_for_parent(ParentId="r-ab12")["OrganizationalUnits"]
    deep = unit("deep", security["Id"])
    assert said(rows(org, administrator(emulator)))["names of units"] == (
        f"✘ 1 of 3 names is taken by others: deep ({deep}, below {security['Id']})"
    )
    # no stack has it any more, so that the app would make it again
    api("cloudformation").delete_stack(StackName=name)
    assert said(rows(org, administrator(emulator)))["names of units"] == (
        f"✘ 1 of 3 names is taken by others: security ({security['Id']}, below r-ab12)"
    )


def test_a_name_that_is_known_later(emulator, tmp_path):
    org = existing(tmp_path)
    for _, _, properties in org.resources(UNIT):
        if properties["Name"] == "workloads":
            properties["Name"] = {"Ref": "AWS::StackName"}
    unit("workloads")
    assert said(rows(org, administrator(emulator)))["names of units"] == (
        "✔ none of 2 names is taken by others; 1 more is known only when deployed"
    )


def test_a_policy_of_somebody_else_has_the_name(emulator, tmp_path):
    org, subject = existing(tmp_path, TRAIL="yes"), "service control policy: number"
    before = said(rows(org, administrator(emulator)))
    assert before["names of policies"] == "✔ none of 3 names is taken by others"
    assert before[subject] == "✔ at most 4 of 10 on any target: 3 of the app, and 1 other"
    other = policy("acme-members-stay")
    found = rows(org, administrator(emulator))
    assert whole(found["names of policies"]) == [
        f"✘ 1 of 3 names is taken by others: acme-members-stay ({other})",
        "rename or delete the policy that exists, or give the app's another name by its prop",
    ]
    assert said(found)[subject] == "✔ at most 5 of 10 on any target: 3 of the app, and 2 others"


def test_a_policy_of_the_app_has_its_name(emulator, tmp_path):
    org = existing(tmp_path, TRAIL="yes")
    stack, logical_id, properties = next(org.resources(POLICY))
    assert deploy(stack.name, {logical_id: {"Type": POLICY, "Properties": {**properties, "TargetIds": []}}}) == "CREATE_COMPLETE"
    found = said(rows(org, administrator(emulator)))
    assert found["names of policies"] == "✔ none of 3 names is taken by others"
    assert found["service control policy: number"] == "✔ at most 4 of 10 on any target: 3 of the app, and 1 other"


def test_slots_of_control_tower(emulator, tmp_path):
    org = existing(tmp_path, TRAIL="yes")
    policy("aws-guardrails-AbCdEf")
    policy("own")
    assert said(rows(org, administrator(emulator)))["service control policy: number"] == (
        "✔ at most 6 of 10 on any target: 3 of the app, and 3 others, 1 of them of AWS Control Tower"
    )


def invite(kind: str, number: str) -> None:
    api("organizations").invite_account_to_organization(Target={"Type": kind, "Id": number})


def test_invitations_count(emulator, tmp_path):
    quotas.granted[quotas.ACCOUNTS.name] = 4
    org = existing(tmp_path)
    invite("ACCOUNT", "444444444444")
    subject = "quota of accounts"
    assert said(rows(org, administrator(emulator)))[subject] == (
        "✔ 1 account exists, 1 more is invited, the app creates 2 (audit, prod), and the quota is 4"
    )
    invite("EMAIL", "somebody@else.example")
    found = rows(org, administrator(emulator))
    assert whole(found[subject]) == [
        "✘ 1 account exists, 2 more are invited, the app creates 2 (audit, prod), and the quota is 4",
        "ask AWS for 5 accounts in Service Quotas, AWS Organizations, L-E619E033: it takes hours to days",
    ]
    # as AWS would
    made = api("organizations").create_account(AccountName="a", Email="a@acme.example")["CreateAccountStatus"]
    refused = api("organizations").create_account(AccountName="b", Email="b@acme.example")["CreateAccountStatus"]
    assert (made["State"], refused["State"], refused["FailureReason"]) == ("SUCCEEDED", "FAILED", "ACCOUNT_LIMIT_EXCEEDED")


def test_an_invitation_that_was_answered_counts_no_more(emulator, tmp_path):
    org, aws = existing(tmp_path), administrator(emulator)
    invite("ACCOUNT", "444444444444")
    aws.who()
    for state, expected in (("REQUESTED", "1 more is invited, "), ("DECLINED", ""), ("EXPIRED", ""), ("CANCELED", "")):
        answer = aws.ask("organizations:ListHandshakesForOrganization", Filter={"ActionType": "INVITE"})
        answer["Handshakes"][0]["State"] = state
        assert said(rows(org, aws))["quota of accounts"] == (
            f"✔ 1 account exists, {expected}the app creates 2 (audit, prod), and the quota is 10"
        )


def test_an_account_that_is_invited(emulator, tmp_path):
    world(tmp_path, [])
    stages = json.dumps({"audit": {"accountId": "444444444444"}, "prod": {}})
    org = organization(tmp_path / "out", ORGANIZATION=ORGANIZATION, STAGES=stages)
    assert said(rows(org, administrator(emulator)))["audit: account"] == "✘ account 444444444444 is not in this organization"
    invite("ACCOUNT", "444444444444")
    invite("EMAIL", "AWS+Prod@acme.example")
    found = rows(org, administrator(emulator))
    assert whole(found["audit: account"]) == [
        "✘ account 444444444444 is invited, and has not accepted",
        "accept the invitation in that account, under AWS Organizations, Invitations",
    ]
    assert whole(found["prod: account"]) == [
        "✘ aws+prod@acme.example is the address of an account that is invited and has not accepted: AWS would create none with it",
        "accept the invitation in that account, under AWS Organizations, Invitations, and the app finds it",
    ]


def control_tower() -> None:
    api("organizations").enable_aws_service_access(ServicePrincipal="controltower.amazonaws.com")


def test_control_tower(emulator, tmp_path):
    org = existing(tmp_path)
    control_tower()
    assert said(rows(org, administrator(emulator)))["landing zone"] == (
        "✔ AWS Control Tower takes care of this organization, which the app leaves as it is; "
        "the app's accounts are in no unit that exists, so it enrolls none of them"
    )


def test_a_unit_of_control_tower(emulator, tmp_path):
    world(tmp_path, [])
    control_tower()
    sandbox = unit("Sandbox")
    stages, units = json.dumps({"prod": {"organizationalUnit": "play"}}), json.dumps({"play": sandbox})
    found = said(rows(organization(tmp_path / "out", ORGANIZATION=ORGANIZATION, STAGES=stages, UNITS=units), administrator(emulator)))
    assert found["landing zone"] == (
        "✔ AWS Control Tower takes care of this organization, which the app leaves as it is; "
        "of the accounts in Sandbox, it enrolls those of the app only if its settings have automatic enrollment"
    )
    assert found[f"unit {sandbox}"] == "✔ exists, and is called Sandbox"


@pytest.mark.parametrize(("stack", "name"), [
    ("AWSAccelerator-PipelineStack", "Landing Zone Accelerator on AWS"),
    ("adf-global-base-bootstrap", "AWS Deployment Framework"),
    ("serverlessrepo-aws-deployment-framework", "AWS Deployment Framework"),
    ("organization-formation-build", "org-formation"),
])  # fmt: skip
def test_another_landing_zone(emulator, tmp_path, stack, name):
    org = existing(tmp_path)
    control_tower()
    deploy(stack, {"Topic": {"Type": "AWS::SNS::Topic"}})
    assert whole(rows(org, administrator(emulator))["landing zone"]) == [
        f"? {name} takes care of this organization: stack {stack} is in eu-west-1. It has units, accounts and policies of its own, "
        "and beside it the app has not been tried",
        "give the app units of its own, and leave its accounts and policies out of the other one's configuration",
    ]
    api("cloudformation").delete_stack(StackName=stack)
    assert said(rows(org, administrator(emulator)))["landing zone"].startswith("✔ AWS Control Tower")


def test_a_home_region_that_is_off(emulator, tmp_path):
    world(tmp_path, [])
    org = organization(tmp_path / "out", ORGANIZATION=ORGANIZATION, STAGES=STAGES)
    org.facts = [{**fact, "value": "me-south-1"} if fact["name"] == "region" else fact for fact in org.facts]
    found = rows(org, Emulated(emulator, emulator.credentials(ROOT)["AWS_ACCESS_KEY_ID"], "me-south-1"))
    assert said(found)["landing zone"] == "✔ no other one takes care of this organization, by its services"
    # where AWS would know no key
    assert "cloudformation:ListStacks" not in found["landing zone"].actions
    assert said(found)["caller: rights"] == "? me-south-1 is off, so nothing can be asked there"


def trail(name: str, of_organization: bool, region: str = REGION) -> None:
    api("s3").create_bucket(Bucket=f"{name.lower()}-logs", CreateBucketConfiguration={"LocationConstraint": REGION})
    api("cloudtrail").create_trail(
        Name=name, S3BucketName=f"{name.lower()}-logs", IsOrganizationTrail=of_organization, IsMultiRegionTrail=True
    )


def test_a_second_trail(emulator, tmp_path):
    subject = "trail of the organization"
    assert said(rows(organization(tmp_path / "new", TRAIL="yes"), administrator(emulator)))[subject] == (
        "✔ there is no organization yet that another trail could record"
    )
    org = existing(tmp_path, TRAIL="yes")
    trail("of-this-account", of_organization=False)
    assert said(rows(org, administrator(emulator)))[subject] == "✔ no other trail records the organization"
    trail("theirs", of_organization=True)
    assert whole(rows(org, administrator(emulator))[subject]) == [
        "✘ theirs records the accounts already, and the app records them a second time, which AWS bills",
        "leave the audit trail out, or turn the other one off in the console of CloudTrail",
    ]


def test_the_trail_of_control_tower(emulator, tmp_path):
    """Before landing zones of version 3.0 it has one for each account."""
    org = existing(tmp_path, TRAIL="yes")
    trail("aws-controltower-BaselineCloudTrail", of_organization=False)
    assert whole(rows(org, administrator(emulator))["trail of the organization"]) == [
        "✘ aws-controltower-BaselineCloudTrail (by AWS Control Tower) records the accounts already, and the app records them a "
        "second time, which AWS bills",
        "leave the audit trail out, or turn the other one off in the settings of the landing zone",
    ]


def test_a_trail_of_nobody_is_not_asked_for(emulator, tmp_path):
    assert "trail of the organization" not in rows(existing(tmp_path), administrator(emulator))


RECORDER = {
    "Type": "AWS::Config::ConfigurationRecorder",
    "Properties": {"RoleARN": f"arn:aws:iam::{PROD['id']}:role/config", "Name": "ours"},
}


def test_a_recorder_of_aws_config(emulator, tmp_path):
    subject = "prod/eu-west-1: AWS Config"
    org = existing(tmp_path)
    stack = next(stack for stack in org.stacks_of(org.members[1]) if stack.name != "CDKToolkit")
    assert not any(row.endswith("AWS Config") for row in rows(org, administrator(emulator)))
    template(stack)["Resources"]["Recorder"] = RECORDER
    assert said(rows(org, administrator(emulator)))[subject] == "✔ a new account has no recorder"
    made = api("organizations").create_account(AccountName="prod", Email=PROD["email"])["CreateAccountStatus"]["AccountId"]
    assert said(rows(org, administrator(emulator)))[subject] == "✔ no other recorder is there"
    recorder = {"name": "aws-controltower-BaselineConfigRecorder", "roleARN": f"arn:aws:iam::{made}:role/config"}
    api("config", made).put_configuration_recorder(ConfigurationRecorder=recorder)
    assert whole(rows(org, administrator(emulator))[subject]) == [
        "✘ recorder aws-controltower-BaselineConfigRecorder is there already, and AWS takes one for each region",
        "leave the app's recorder out, or delete the other one by `aws configservice delete-configuration-recorder`",
    ]
    less = limited(emulator, [action for action in actions.OF_MANAGEMENT if action != "organizations:ListAccounts"])
    assert rows(org, less)[subject].verdict == "?"


def test_an_organization_that_a_rollback_has_left(emulator, tmp_path):
    """It is nobody's: deploying again would be refused."""
    org = organization(tmp_path)
    stack, logical_id, _ = next(org.resources("AWS::Organizations::Organization"))
    resources = {
        logical_id: {"Type": "AWS::Organizations::Organization", "Properties": {}, "DeletionPolicy": "Retain"},
        "Wrong": {
            "Type": "AWS::SSM::Parameter", "DependsOn": logical_id, "Properties": {"Type": "String", "Name": "/aws/no", "Value": "no"},
        },
    }  # fmt: skip
    assert deploy(stack.name, resources) == "ROLLBACK_COMPLETE"
    made = api("organizations").describe_organization()["Organization"]["Id"]
    assert said(rows(org, administrator(emulator)))["organization"] == (
        f"✘ organization {made} exists already, and the app would create one: AWS refuses that"
    )


def test_an_organization_that_the_stack_had_before(emulator, tmp_path):
    org, aws = organization(tmp_path), administrator(emulator)
    stack, logical_id, _ = next(org.resources("AWS::Organizations::Organization"))
    deploy(stack.name, {logical_id: {"Type": "AWS::Organizations::Organization", "Properties": {}}})
    aws.who()
    made = api("organizations").describe_organization()["Organization"]["Id"]
    assert said(rows(org, aws))["organization"] == f"✔ organization {made} has all features, and account 111111111111 manages it"
    (item,) = aws.ask("cloudformation:ListStackResources", region=REGION, StackName=stack.name)["StackResourceSummaries"]
    item["PhysicalResourceId"] = "o-zzzzzzzzzz"
    assert said(rows(org, aws))["organization"].startswith(f"✘ organization {made} exists already, and the app would create one")


@pytest.mark.parametrize("status", ["DELETE_SKIPPED", "DELETE_COMPLETE"])
def test_a_policy_that_a_stack_has_left(emulator, tmp_path, status):
    """AWS goes on telling of it in the resources of the stack."""
    org, aws = existing(tmp_path, TRAIL="yes"), administrator(emulator)
    stack, logical_id, properties = next(org.resources(POLICY))
    deploy(stack.name, {logical_id: {"Type": POLICY, "Properties": {**properties, "TargetIds": []}}})
    aws.who()
    (item,) = aws.ask("cloudformation:ListStackResources", region=REGION, StackName=stack.name)["StackResourceSummaries"]
    item["ResourceStatus"] = status
    assert said(rows(org, aws))["names of policies"] == (
        f"✘ 1 of 3 names is taken by others: {properties['Name']} ({item['PhysicalResourceId']})"
    )


def test_what_only_the_management_account_is_told(emulator, tmp_path):
    world(tmp_path, [], organizations=[{
        "id": "o-abcdefghij", "management": PROD["id"],
        "root": {"id": "r-ab12", "accounts": [PROD, {"id": ROOT, "name": "acme", "email": "aws@acme.example"}]},
    }])  # fmt: skip
    found = rows(organization(tmp_path / "out", STAGES=STAGES, TRAIL="yes"), administrator(emulator))
    for subject in ("quota of accounts", "landing zone", "names of units", "names of policies", "prod: account", "trail of the organization"):
        assert whole(found[subject]) == [
            "? account 111111111111 is a member of an organization: only its management account 222222222222 is told",
            "sign in to account 222222222222",
        ], subject


def test_a_federated_user(emulator, tmp_path):
    org, aws = organization(tmp_path), administrator(emulator)
    aws.identity, aws.account_id = {"Account": ROOT, "Arn": f"arn:aws:sts::{ROOT}:federated-user/ada"}, ROOT
    found = {row.subject: row for row in answered(caller.questions(org, aws), aws)}
    assert whole(found["caller"]) == [
        "✘ you are arn:aws:sts::111111111111:federated-user/ada, a session of GetFederationToken, which can assume no role",
        "sign in as a user or a role",
    ]


def grown(org: Org, folder: Path, stacks: int, roles: int) -> None:
    """So many more stacks in root, and roles in the first of them."""
    pattern = org.stacks_of(org.root)[0]
    folder.mkdir(exist_ok=True)
    for number in range(stacks):
        file = folder / f"{number}.json"
        count = roles if number == 0 else 0
        made = {f"Role{index}": {"Type": "AWS::IAM::Role", "Properties": {}} for index in range(count)}
        file.write_text(json.dumps({"Resources": made}), "utf-8")
        org.stacks.append(replace(pattern, path=f"acme/root/{folder.name}{number}", name=f"acme-root-{folder.name}{number}", template=file))


def of_root(org: Org, emulator: Emulator) -> dict[str, Row]:
    aws = administrator(emulator)
    aws.who()
    return {row.subject: row for row in answered(root.questions(org, aws), aws)}


def test_a_large_root(emulator, tmp_path):
    org = organization(tmp_path / "out")
    own = len({stack.name for stack in org.stacks_of(org.root)})
    roles = len([1 for stack, _, _ in org.resources("AWS::IAM::Role") if stack in org.stacks_of(org.root)])
    grown(org, tmp_path / "enough", 1_000 - own, 500 - roles)
    assert of_root(org, emulator) == {}
    grown(org, tmp_path / "more", 1, 1)
    for name in ("theirs", "acme-root-more0"):
        deploy(name, {"Topic": {"Type": "AWS::SNS::Topic"}})
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    for name in (*(f"theirs-{number}" for number in range(500)), "acme-root-more0-Role0-ABC"):
        api("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    found = of_root(org, emulator)
    assert whole(found["root/eu-west-1: stacks"]) == ["✔ 1001 stacks of the app and 1 other, and the quota is 2000", ""]
    assert whole(found["root: roles"]) == [
        "✘ 501 roles of the app and 500 others, and the quota is 1000",
        "ask for 1001 by `aws service-quotas request-service-quota-increase --service-code iam --quota-code L-FE177D64 "
        "--region us-east-1 --desired-value 1001`: it takes hours to days",
    ]


def test_a_small_root_is_not_asked(emulator, tmp_path):
    assert of_root(organization(tmp_path), emulator) == {}
