"""Values that stacks share: exports hold on to their readers, outputs that are read by name do not."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from refused.case import HANDLE, Template, made

from emulator.engine.aws import client
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends

ACCOUNT, OTHER, REGION = "222222222222", "333333333333", "eu-west-1"


@pytest.fixture(autouse=True)
def emulator():
    with Emulator() as running:
        yield running


def api(service: str = "cloudformation", account: str = ACCOUNT, region: str = REGION):
    return client(service, account, region)


def deploy(name: str, body: Template, account: str = ACCOUNT, region: str = REGION) -> str:
    calls = api(account=account, region=region)
    known = cloudformation_backends[account][region].find(name)
    (calls.update_stack if known else calls.create_stack)(StackName=name, TemplateBody=json.dumps(body))
    stack = cloudformation_backends[account][region].get(name)
    return f"{stack.status} {' '.join(event.reason or '' for event in stack.events)}"


def exporting(value: str, **more: Template) -> Template:
    shared = {"Shared": {"Value": value, "Export": {"Name": "shared"}}}
    return {"Resources": {"H": HANDLE, **more}, "Outputs": shared}


READER: Template = {
    "Resources": {"P": made("AWS::SSM::Parameter", Type="String", Value={"Fn::ImportValue": "shared"})}
}
WITHOUT: Template = {"Resources": {"H": HANDLE}}


def test_two_exports_of_a_name():
    assert "CREATE_COMPLETE" in deploy("one", exporting("1"))
    assert "ROLLBACK_COMPLETE" in (text := deploy("two", exporting("2")))
    assert "Export with name shared is already exported by stack one." in text
    assert "CREATE_COMPLETE" in deploy("two", exporting("2"), region="eu-central-1")
    assert "CREATE_COMPLETE" in deploy("two", exporting("2"), account=OTHER)


def test_an_export_in_use_does_not_change():
    deploy("one", exporting("1"))
    deploy("reader", READER)
    text = deploy("one", exporting("2", Q=made("AWS::SQS::Queue")))
    assert text.startswith("UPDATE_ROLLBACK_COMPLETE")
    assert "Export shared cannot be updated as it is in use by reader." in text
    assert cloudformation_backends[ACCOUNT][REGION].import_value("shared") == "1"
    assert "QueueUrls" not in api("sqs").list_queues()
    # what does not touch the value is accepted
    assert deploy("one", exporting("1", Q=made("AWS::SQS::Queue"))).startswith("UPDATE_COMPLETE")


def test_an_export_in_use_does_not_go():
    deploy("one", exporting("1", Q=made("AWS::SQS::Queue")))
    deploy("reader", READER)
    text = deploy("one", WITHOUT)
    assert text.startswith("UPDATE_ROLLBACK_COMPLETE")
    assert "Export shared cannot be deleted as it is in use by reader." in text
    assert len(api("sqs").list_queues()["QueueUrls"]) == 1


def test_the_stack_of_an_export_in_use_is_not_deleted():
    deploy("one", exporting("1"))
    deploy("reader", READER)
    api().delete_stack(StackName="one")
    stack = api().describe_stacks(StackName="one")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert stack["StackStatusReason"] == "Delete canceled. Cannot delete export shared as it is in use by reader."
    api().delete_stack(StackName="reader")
    api().delete_stack(StackName="one")
    assert cloudformation_backends[ACCOUNT][REGION].living() == []


def test_once_nobody_imports_it_an_export_may_change():
    deploy("one", exporting("1"))
    deploy("reader", READER)
    assert deploy("reader", WITHOUT).startswith("UPDATE_COMPLETE")
    assert deploy("one", exporting("2")).startswith("UPDATE_COMPLETE")


def test_who_imports_is_told():
    deploy("one", exporting("1"))
    with pytest.raises(ClientError, match="Export 'shared' is not imported by any stack."):
        api().list_imports(ExportName="shared")
    deploy("reader", READER)
    assert api().list_imports(ExportName="shared")["Imports"] == ["reader"]


def reading(**reference: str) -> Template:
    output = {"Fn::GetStackOutput": {"StackName": "one", "OutputName": "Shared", **reference}}
    return {"Resources": {"P": made("AWS::SSM::Parameter", Name="/read", Type="String", Value=output)}}


def value() -> str:
    return api("ssm").get_parameter(Name="/read")["Parameter"]["Value"]


def test_an_output_is_read_by_the_name_of_its_stack_and_holds_nothing():
    deploy("one", exporting("1"))
    assert deploy("reader", reading()).startswith("CREATE_COMPLETE")
    assert value() == "1"
    assert deploy("one", exporting("2")).startswith("UPDATE_COMPLETE")
    assert value() == "1"


def test_an_output_of_another_region_is_read():
    deploy("one", exporting("far"), region="eu-central-1")
    assert deploy("reader", reading(Region="eu-central-1")).startswith("CREATE_COMPLETE")
    assert value() == "far"


def test_an_output_of_another_account_is_read_by_a_role_of_it():
    deploy("one", exporting("theirs"), account=OTHER)
    role = f"arn:aws:iam::{OTHER}:role/reader"
    assert f"Role {role} is invalid or cannot be assumed" in deploy("reader", reading(RoleArn=role))
    api("iam", OTHER).create_role(RoleName="reader", AssumeRolePolicyDocument="{}")
    assert deploy("second", reading(RoleArn=role)).startswith("CREATE_COMPLETE")
    assert value() == "theirs"


@pytest.mark.parametrize("wrong", [{"StackName": "none"}, {"OutputName": "None"}])
def test_an_output_that_is_not_there(wrong):
    deploy("one", exporting("1"))
    assert "does not exist" in deploy("reader", reading(**wrong))
