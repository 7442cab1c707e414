"""What `check` says of the policies of an organization, beside those of the app."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from checking import administrator, api, calls, deployed, found, organization, told

from check.app import Org, template
from check.checks import policies
from emulator.engine.server import Emulator

ACCESS = "trusted access: cloudtrail.amazonaws.com"
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]}


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


OF_RESOURCES = {**DENY, "Statement": [{**DENY["Statement"][0], "Principal": "*"}]}


def kept(policies_: int, kind: str = "SERVICE_CONTROL_POLICY") -> list[str]:
    """An organization with so many policies at its root, and the IDs of organization and root."""
    organizations = api("organizations")
    made = organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    (root,) = organizations.list_roots()["Roots"]
    organizations.enable_policy_type(RootId=root["Id"], PolicyType=kind)
    content = json.dumps(OF_RESOURCES if kind == "RESOURCE_CONTROL_POLICY" else DENY)
    for number in range(policies_):
        policy_ = organizations.create_policy(
            Name=f"own-{number}", Description="", Type=kind, Content=content
        )
        organizations.attach_policy(PolicyId=policy_["Policy"]["PolicySummary"]["Id"], TargetId=root["Id"])
    return [made, root["Id"]]


def adopting(folder: Path, made: list[str]) -> Org:
    return organization(folder, TRAIL="1", ORGANIZATION=json.dumps(dict(zip(("organizationId", "organizationRootId"), made))))


def edited(org: Org, kind: str, change: Any) -> None:
    """Each resource of this type, as `change` makes it."""
    for stack in org.stacks:
        for resource in template(stack)["Resources"].values():
            if resource["Type"] == kind:
                change(resource)


def test_policies_before_there_is_an_organization(emulator, tmp_path):
    org, aws = organization(tmp_path, TRAIL="1"), administrator(emulator)
    assert {subject: f"{row.verdict} {row.found}" for subject, row in found(policies, org, aws).items()} == {
        "service control policy: type": "✔ there is no organization yet, and the app's will have it",
        "service control policy: number": "✔ at most 3 of 10 on any target: 2 of the app, and 1 other",
        "service control policy: size": "✔ the longest, acme-audit-seal, has 1,885 of 10,240 characters",
        ACCESS: "✔ is not enabled yet, the app enables it for a trail of the organization",
    }


def test_an_app_without_policies_asks_nothing(emulator, tmp_path):
    aws, org = administrator(emulator), organization(tmp_path)
    edited(org, "AWS::Organizations::Policy", lambda resource: resource.update(Type="AWS::SNS::Topic"))
    assert found(policies, org, aws) == {}
    assert calls(aws, "") == []


def test_policies_of_an_organization_that_exists(emulator, tmp_path):
    org, aws = adopting(tmp_path, kept(6)), administrator(emulator)
    number = "service control policy: number"
    assert told(policies, org, aws, number) == ["✔ at most 10 of 10 on any target: 3 of the app, and 7 others"]
    assert calls(aws, "").count("organizations:ListPoliciesForTarget") == 0


def test_no_room_for_a_policy(emulator, tmp_path):
    made = kept(7)
    org, organizations, number = adopting(tmp_path, made), api("organizations"), "service control policy: number"
    # they are at the root, and the app's are not
    room = ["✔ each target that exists has room for those of the app: AWS takes 10"]
    assert told(policies, org, administrator(emulator), number) == room
    status = organizations.create_account(AccountName="audit", Email="aws+audit@acme.example")["CreateAccountStatus"]["Id"]
    audit = organizations.describe_create_account_status(CreateAccountRequestId=status)["CreateAccountStatus"]["AccountId"]
    assert told(policies, org, administrator(emulator), number) == room
    for policy_ in organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]:
        if policy_["Name"] != "FullAWSAccess":
            organizations.attach_policy(PolicyId=policy_["Id"], TargetId=audit)
    own = ", ".join(["FullAWSAccess", *(f"own-{number}" for number in range(7))])
    ours = ", ".join(sorted(properties["Name"] for _, _, properties in org.resources("AWS::Organizations::Policy")))
    full = [
        f"✘ {audit} has 8 ({own}), and the app attaches 3 ({ours}): AWS takes 10",
        "merge policies, or detach some: AWS raises this quota for nobody",
    ]
    assert told(policies, org, administrator(emulator), number) == full
    # where only a parameter says which account it is
    edited(org, "AWS::Organizations::Account", lambda resource: resource["Properties"].update(Email="other@acme.example"))
    assert told(policies, org, administrator(emulator), number) == room
    (name,) = [p["Name"] for _, _, p in org.resources("AWS::SSM::Parameter") if "account/audit" in str(p["Name"])]
    api("ssm").put_parameter(Name=name, Value=audit, Type="String")
    assert told(policies, org, administrator(emulator), number) == full


def test_no_room_at_the_root(emulator, tmp_path):
    made = kept(9)
    org = organization(tmp_path, TRAIL="1")
    own = ", ".join(["FullAWSAccess", *(f"own-{number}" for number in range(9))])
    assert told(policies, org, administrator(emulator), "service control policy: number")[0] == (
        f"✘ {made[1]} has 10 ({own}), and the app attaches 1 (acme-members-stay): AWS takes 10"
    )


@pytest.mark.parametrize(
    ("kind", "there", "of_aws", "ours", "quota"),
    [
        ("SERVICE_CONTROL_POLICY", 8, "FullAWSAccess", ["acme-guardrails-service-control-1", "acme-guardrails-service-control-2"], 10),
        ("RESOURCE_CONTROL_POLICY", 4, "RCPFullAWSAccess", ["acme-guardrails-resource-control-1"], 5),
    ],
)
def test_guardrails_count_beside_what_is_there(emulator, tmp_path, kind, there, of_aws, ours, quota):
    made = kept(there, kind)
    org, subject = organization(tmp_path, GUARDRAILS="1"), f"{kind.lower().replace('_', ' ')}: number"
    own = [f"own-{number}" for number in range(there)]
    assert told(policies, org, administrator(emulator), subject) == [
        f"✘ {made[1]} has {there + 1} ({', '.join([of_aws, *own])}), and the app attaches {len(ours)} ({', '.join(ours)}): AWS takes {quota}",
        "merge policies, or detach some: AWS raises this quota for nobody",
    ]
    organizations = api("organizations")
    gone = next(one for one in organizations.list_policies(Filter=kind)["Policies"] if one["Name"] == own[0])
    organizations.detach_policy(PolicyId=gone["Id"], TargetId=made[1])
    assert told(policies, org, administrator(emulator), subject) == [f"✔ each target that exists has room for those of the app: AWS takes {quota}"]


def test_the_apps_own_policies_count_once(emulator, tmp_path):
    org = adopting(tmp_path, kept(6))
    stacks = list(org.resources("AWS::Organizations::Policy"))
    assert len(stacks) == 3
    for stack, logical_id, properties in stacks[:2]:
        deployed(stack.name, {logical_id: {"Type": "AWS::Organizations::Policy", "Properties": {**properties, "TargetIds": []}}})
    assert told(policies, org, administrator(emulator), "service control policy: number") == [
        "✔ at most 10 of 10 on any target: 3 of the app, and 7 others"
    ]


def test_a_policy_type(emulator, tmp_path):
    made = kept(0)
    org, subject = adopting(tmp_path, made), "service control policy: type"
    api("organizations").disable_policy_type(RootId=made[1], PolicyType="SERVICE_CONTROL_POLICY")
    assert told(policies, org, administrator(emulator), subject) == ["✔ is not enabled yet, the app enables it"]
    api("organizations").enable_policy_type(RootId=made[1], PolicyType="SERVICE_CONTROL_POLICY")
    assert told(policies, org, administrator(emulator), subject) == ["✔ is enabled"]


def test_a_policy_type_that_nobody_enables(emulator, tmp_path):
    org = adopting(tmp_path, kept(0))
    edited(org, "AWS::Organizations::Policy", lambda resource: resource["Properties"].update(Type="BACKUP_POLICY"))
    assert told(policies, org, administrator(emulator), "backup policy: type") == [
        "✘ BACKUP_POLICY is not enabled, and the app attaches policies of it",
        "enable it: AWS Organizations, Policies, or `enablePolicyType('BACKUP_POLICY')`",
    ]


def test_a_policy_that_is_too_long(emulator, tmp_path):
    org, subject = organization(tmp_path, TRAIL="1"), "service control policy: size"

    def longer(resource: dict[str, Any]) -> None:
        if resource["Properties"]["Name"] == "acme-members-stay":
            resource["Properties"]["Content"]["Statement"][0]["Sid"] = "x" * 10_240
        if resource["Properties"]["Name"] == "acme-audit-seal":
            resource["Properties"]["Content"] = {"Ref": "AWS::NoValue"}

    edited(org, "AWS::Organizations::Policy", longer)
    assert told(policies, org, administrator(emulator), subject) == [
        "✘ acme-members-stay has 10,420 characters: AWS takes 10,240; 1 of them is complete only when deployed",
        "make two of one, or shorten it: each target has room for some",
    ]


def test_trusted_access(emulator, tmp_path):
    org = adopting(tmp_path, kept(0))
    edited(org, "Custom::AWS", lambda resource: resource.update(Type="Custom::Other"))
    edited(org, "AWS::SSM::Parameter", lambda resource: resource.update(
        Type="AWS::CloudFormation::StackSet", Properties={"PermissionModel": "SERVICE_MANAGED"}
    ))
    rows = {subject: row for subject, row in found(policies, org, administrator(emulator)).items() if "access" in subject}
    assert {subject: (f"{row.verdict} {row.found}", row.advice) for subject, row in rows.items()} == {
        ACCESS: (
            "✘ is not enabled, and the app has a trail of the organization",
            "enable it in the console of the service, or by `enableServiceAccess`",
        ),
        "trusted access: member.org.stacksets.cloudformation.amazonaws.com": (
            "✘ is not enabled, and the app has stack sets that AWS deploys to its accounts",
            "enable it in the console of the service, or by `enableServiceAccess`",
        ),
    }
    api("organizations").enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
    assert told(policies, org, administrator(emulator), ACCESS) == ["✔ is enabled, for a trail of the organization"]
