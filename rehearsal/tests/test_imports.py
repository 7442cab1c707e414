"""IMPORT change sets: an organization that exists comes into a stack, and nothing else changes."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from refused.case import HANDLE, Template, made

from emulator.engine.aws import client
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends

ROOT, REGION = "111111111111", "eu-west-1"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}

KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ROOT}:root"}, "Action": "kms:*", "Resource": "*"}
    ],
}


@pytest.fixture(autouse=True)
def emulator():
    with Emulator() as running:
        yield running


def api(service: str = "cloudformation"):
    return client(service, ROOT, REGION)


def world() -> dict[str, tuple[str, str, Template]]:
    """What exists: logical id -> identifier and declaration."""
    calls = api("organizations")
    made_organization = calls.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    root = calls.list_roots()["Roots"][0]["Id"]
    calls.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    unit = calls.create_organizational_unit(ParentId=root, Name="unit")["OrganizationalUnit"]["Id"]
    status = calls.create_account(AccountName="a", Email="aws+a@acme.example")["CreateAccountStatus"]
    account = calls.describe_create_account_status(CreateAccountRequestId=status["Id"])["CreateAccountStatus"]
    policy = calls.create_policy(Name="p", Type="SERVICE_CONTROL_POLICY", Description="", Content=json.dumps(POLICY))
    return {
        "O": ("Id", made_organization, made("AWS::Organizations::Organization")),
        "U": ("Id", unit, made("AWS::Organizations::OrganizationalUnit", Name="unit", ParentId=root)),
        "A": (
            "AccountId",
            account["AccountId"],
            made("AWS::Organizations::Account", AccountName="a", Email="aws+a@acme.example"),
        ),
        "P": (
            "Id",
            policy["Policy"]["PolicySummary"]["Id"],
            made("AWS::Organizations::Policy", Name="p", Type="SERVICE_CONTROL_POLICY", Content=POLICY),
        ),
    }


def kept(declaration: Template) -> Template:
    return {**declaration, "DeletionPolicy": "Retain"}


def bring(resources: Template, identifiers: dict[str, dict[str, str]], **more: object) -> str:
    wanted = [
        {"ResourceType": resources[name]["Type"], "LogicalResourceId": name, "ResourceIdentifier": identifier}
        for name, identifier in identifiers.items()
    ]
    api().create_change_set(
        StackName="s",
        ChangeSetName="c",
        ChangeSetType="IMPORT",
        ResourcesToImport=wanted,
        TemplateBody=json.dumps({"Resources": resources, **more}),
    )
    api().execute_change_set(StackName="s", ChangeSetName="c")
    return cloudformation_backends[ROOT][REGION].get("s").status


def test_an_organization_comes_into_a_stack():
    found = world()
    resources = {name: kept(declaration) for name, (_, _, declaration) in found.items()}
    identifiers = {name: {key: identity} for name, (key, identity, _) in found.items()}
    assert bring(resources, identifiers) == "IMPORT_COMPLETE"
    stack = cloudformation_backends[ROOT][REGION].get("s")
    assert {name: item.resource.physical_id for name, item in stack.resources.items()} == {
        name: identity for name, (_, identity, _) in found.items()
    }
    # it is the stack's own from now on
    changed = {**resources, "U": {**resources["U"], "Properties": {**resources["U"]["Properties"], "Name": "new"}}}
    output = {"Arn": {"Value": {"Fn::GetAtt": ["A", "Arn"]}}, "Root": {"Value": {"Fn::GetAtt": ["O", "RootId"]}}}
    api().update_stack(StackName="s", TemplateBody=json.dumps({"Resources": changed, "Outputs": output}))
    assert stack.status == "UPDATE_COMPLETE"
    unit = api("organizations").describe_organizational_unit(OrganizationalUnitId=found["U"][1])["OrganizationalUnit"]
    assert unit["Name"] == "new"
    assert len(api("organizations").list_accounts()["Accounts"]) == 2


def test_what_is_not_there_is_not_imported():
    unit = world()["U"][2]
    assert bring({"U": kept(unit)}, {"U": {"Id": "ou-0000-00000000"}}) == "IMPORT_ROLLBACK_COMPLETE"
    stack = cloudformation_backends[ROOT][REGION].get("s")
    words = "Resource of type 'AWS::Organizations::OrganizationalUnit' with identifier 'ou-0000-00000000' was not found."
    assert words in [event.reason for event in stack.events] and stack.resources == {}


def test_an_import_brings_nothing_else():
    key, identity, unit = world()["U"]
    with pytest.raises(ClientError, match=r"Resources \[H\] is missing from ResourceToImport list"):
        bring({"U": kept(unit), "H": HANDLE}, {"U": {key: identity}})


def test_an_import_changes_nothing():
    key, identity, unit = world()["U"]
    api().create_stack(StackName="s", TemplateBody=json.dumps({"Resources": {"H": HANDLE}}))
    with pytest.raises(ClientError, match=r"You have modified resources \[H\] in your template"):
        bring({"U": kept(unit), "H": kept(HANDLE)}, {"U": {key: identity}})
    with pytest.raises(ClientError, match=r"you cannot modify or add \[Outputs\]"):
        bring({"U": kept(unit), "H": HANDLE}, {"U": {key: identity}}, Outputs={"O": {"Value": "v"}})
    assert bring({"U": kept(unit), "H": HANDLE}, {"U": {key: identity}}) == "IMPORT_COMPLETE"


def test_what_is_imported_says_what_becomes_of_it():
    key, identity, unit = world()["U"]
    with pytest.raises(ClientError, match="DeletionPolicy"):
        bring({"U": unit}, {"U": {key: identity}})


# what a stack has left behind when it was deleted
KEPT = {
    "B": ("BucketName", made("AWS::S3::Bucket", BucketName="acme-kept", VersioningConfiguration={"Status": "Enabled"})),
    "L": ("LogGroupName", made("AWS::Logs::LogGroup", LogGroupName="/acme/kept", RetentionInDays=7)),
    "K": ("KeyId", made("AWS::KMS::Key", KeyPolicy=KEY_POLICY)),
    "T": (
        "TableName",
        made(
            "AWS::DynamoDB::Table",
            TableName="kept",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        ),
    ),
}


def test_data_that_was_retained_comes_back_into_a_stack():
    resources = {name: kept(declaration) for name, (_, declaration) in KEPT.items()}
    arns = {name: {"Value": {"Fn::GetAtt": [name, "Arn"]}} for name in resources}
    backend = cloudformation_backends[ROOT][REGION]
    api().create_stack(StackName="s", TemplateBody=json.dumps({"Resources": resources, "Outputs": arns}))
    before = backend.get("s")
    identities = {name: item.resource.physical_id for name, item in before.resources.items()}
    outputs = before.outputs
    api().delete_stack(StackName="s")
    # what the CLI asks for
    summaries = api().get_template_summary(TemplateBody=json.dumps({"Resources": resources}))
    names = {
        name: summary["ResourceIdentifiers"]
        for summary in summaries["ResourceIdentifierSummaries"]
        for name in summary["LogicalResourceIds"]
    }
    assert names == {name: [key] for name, (key, _) in KEPT.items()}
    assert bring(resources, {name: {KEPT[name][0]: identity} for name, identity in identities.items()}) == "IMPORT_COMPLETE"
    api().update_stack(StackName="s", TemplateBody=json.dumps({"Resources": resources, "Outputs": arns}))
    assert backend.get("s").status == "UPDATE_COMPLETE" and backend.get("s").outputs == outputs
    assert {name: item.resource.physical_id for name, item in backend.get("s").resources.items()} == identities


def test_data_that_is_not_there_does_not_come():
    bucket = kept(KEPT["B"][1])
    assert bring({"B": bucket}, {"B": {"BucketName": "acme-kept"}}) == "IMPORT_ROLLBACK_COMPLETE"
