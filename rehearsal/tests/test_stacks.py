"""What becomes of a stack: failures without rollback, what a rollback keeps, policies, protection, calls of the CLI."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from refused.case import HANDLE, Template, made

from emulator.engine.aws import client
from emulator.engine.resources import Recorded
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends
from emulator.services.s3 import Bucket
from rehearsal import state

ACCOUNT, REGION = "222222222222", "eu-west-1"
QUEUE = made("AWS::SQS::Queue")
BUCKET = made("AWS::S3::Bucket", BucketName="acme-kept")
FAILING = made("AWS::SSM::Parameter", Type="String", Value={"Fn::ImportValue": "none"})


@pytest.fixture(autouse=True)
def emulator():
    with Emulator() as running:
        yield running


def api(service: str = "cloudformation"):
    return client(service, ACCOUNT, REGION)


def stack():
    return cloudformation_backends[ACCOUNT][REGION].find("s")


def reasons() -> str:
    return " ".join(event.reason or "" for event in stack().events)


def deploy(resources: Template, **more: object) -> str:
    call = api().update_stack if stack() else api().create_stack
    call(StackName="s", TemplateBody=json.dumps({"Resources": resources}), **more)
    return stack().status


def queues() -> int:
    return len(api("sqs").list_queues().get("QueueUrls", []))


def after(resource: str, declaration: Template) -> Template:
    return {**declaration, "DependsOn": resource}


def test_a_creation_that_fails_without_rollback_leaves_what_its_deletion_deletes():
    assert deploy({"Q": QUEUE, "F": after("Q", FAILING)}, DisableRollback=True) == "CREATE_FAILED"
    assert queues() == 1
    api().delete_stack(StackName="s")
    assert queues() == 0


def test_a_creation_that_failed_is_tried_again():
    deploy({"Q": QUEUE, "F": after("Q", FAILING)}, DisableRollback=True)
    assert deploy({"Q": QUEUE, "H": HANDLE}) == "UPDATE_COMPLETE"
    assert queues() == 1


def test_an_update_that_fails_without_rollback_is_rolled_back_later():
    deploy({"H": HANDLE})
    assert deploy({"H": HANDLE, "Q": QUEUE, "F": after("Q", FAILING)}, DisableRollback=True) == "UPDATE_FAILED"
    assert queues() == 1
    api().rollback_stack(StackName="s")
    assert (stack().status, queues()) == ("UPDATE_ROLLBACK_COMPLETE", 0)
    assert list(stack().template["Resources"]) == ["H"]


def test_a_stack_at_rest_cannot_be_rolled_back():
    deploy({"H": HANDLE})
    with pytest.raises(ClientError, match="is in CREATE_COMPLETE state and can not be rolled back"):
        api().rollback_stack(StackName="s")
    with pytest.raises(ClientError, match="is in CREATE_COMPLETE state and can not continue rollback"):
        api().continue_update_rollback(StackName="s")


@pytest.mark.parametrize("policy, left", [("Retain", 1), ("RetainExceptOnCreate", 0), ("Delete", 0)])
def test_what_the_rollback_of_a_creation_keeps(policy, left):
    kept = {**BUCKET, "DeletionPolicy": policy}
    assert deploy({"B": kept, "F": after("B", FAILING)}) == "ROLLBACK_COMPLETE"
    assert len(api("s3").list_buckets()["Buckets"]) == left


@pytest.mark.parametrize("policy, left", [("Retain", 1), ("RetainExceptOnCreate", 1), ("Delete", 0)])
def test_what_a_deletion_keeps(policy, left):
    deploy({"B": {**BUCKET, "DeletionPolicy": policy}})
    api().delete_stack(StackName="s")
    assert len(api("s3").list_buckets()["Buckets"]) == left


# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
def test_a_rollback_of_a_creation_may_delete_what_is_to_be_retained():
    kept = {**BUCKET, "DeletionPolicy": "Retain"}
    assert deploy({"B": kept, "F": after("B", FAILING)}, RetainExceptOnCreate=True) == "ROLLBACK_COMPLETE"
    assert api("s3").list_buckets()["Buckets"] == []


def fill() -> None:
    api("s3").put_object(Bucket="acme-kept", Key="k", Body=b"x")


@pytest.fixture
def filling(monkeypatch):
    """Somebody puts an object into the bucket as soon as it is there, so that it cannot be deleted."""
    create = Bucket.create

    def and_fill(bucket, properties):
        create(bucket, properties)
        fill()

    monkeypatch.setattr(Bucket, "create", and_fill)


# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
def test_a_rollback_of_a_creation_that_fails_leaves_a_stack_that_can_only_be_deleted(filling):
    assert deploy({"B": BUCKET, "Q": after("B", QUEUE), "F": after("Q", FAILING)}) == "ROLLBACK_FAILED"
    assert (list(stack().resources), queues()) == (["B"], 0)
    with pytest.raises(ClientError, match="is in ROLLBACK_FAILED state and can not be updated"):
        deploy({"H": HANDLE})
    with pytest.raises(ClientError, match="is in ROLLBACK_FAILED state and can not be rolled back"):
        api().rollback_stack(StackName="s")
    api().delete_stack(StackName="s")
    assert stack().status == "DELETE_FAILED"
    api("s3").delete_object(Bucket="acme-kept", Key="k")
    api().delete_stack(StackName="s")
    assert stack() is None


# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
def test_a_rollback_of_an_update_goes_on_without_what_it_could_not_delete(filling):
    deploy({"H": HANDLE})
    assert deploy({"H": HANDLE, "Q": QUEUE, "B": after("Q", BUCKET), "F": after("B", FAILING)}) == "UPDATE_ROLLBACK_FAILED"
    with pytest.raises(ClientError, match="is in UPDATE_ROLLBACK_FAILED state and can not be updated"):
        deploy({"H": HANDLE})
    api().continue_update_rollback(StackName="s")
    assert (stack().status, queues()) == ("UPDATE_ROLLBACK_FAILED", 1)
    api().continue_update_rollback(StackName="s", ResourcesToSkip=["B"])
    assert (stack().status, queues()) == ("UPDATE_ROLLBACK_COMPLETE", 0)
    assert len(api("s3").list_buckets()["Buckets"]) == 1 and deploy({"H": HANDLE, "Q": QUEUE}) == "UPDATE_COMPLETE"


# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
def test_what_cannot_be_deleted_is_retained_in_the_next_deletion():
    deploy({"B": BUCKET, "Q": QUEUE})
    fill()
    with pytest.raises(ClientError, match="may only be specified in DELETE_FAILED state"):
        api().delete_stack(StackName="s", RetainResources=["B"])
    api().delete_stack(StackName="s")
    assert (stack().status, list(stack().resources), queues()) == ("DELETE_FAILED", ["B"], 0)
    api().delete_stack(StackName="s", RetainResources=["B"])
    assert stack() is None and len(api("s3").list_buckets()["Buckets"]) == 1


# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
def test_a_creation_that_fails_deletes_the_stack_if_it_is_asked_to():
    api().create_stack(StackName="s", TemplateBody=json.dumps({"Resources": {"F": FAILING}}), OnFailure="DELETE")
    assert stack() is None


TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@pytest.mark.parametrize("kind, given", [("Role", {"AssumeRolePolicyDocument": TRUST}), ("User", {})])
def test_a_boundary_that_is_taken_away_is_gone(kind, given):
    bound = {**given, "PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    boundary = '"arn:aws:iam::aws:policy/ReadOnlyAccess"'
    assert deploy({"I": made(f"AWS::IAM::{kind}", **bound)}) == "CREATE_COMPLETE"
    assert boundary in identities()
    assert deploy({"I": made(f"AWS::IAM::{kind}", **given)}) == "UPDATE_COMPLETE"
    assert boundary not in identities()


def identities() -> str:
    """All roles and users, and what is kept beside them."""
    services = state.snapshot()[ACCOUNT]
    users = [services["iam aws"]["roles"], services.get(f"kept {REGION}")]
    return json.dumps(users)


def test_after_a_rollback_of_its_creation_a_stack_cannot_be_updated():
    deploy({"F": FAILING})
    with pytest.raises(ClientError, match="is in ROLLBACK_COMPLETE state and can not be updated"):
        deploy({"H": HANDLE})


def test_a_protected_stack_is_not_deleted():
    deploy({"H": HANDLE}, EnableTerminationProtection=True)
    with pytest.raises(ClientError, match=r"Stack \[s\] cannot be deleted while TerminationProtection is enabled"):
        api().delete_stack(StackName="s")
    api().update_termination_protection(StackName="s", EnableTerminationProtection=False)
    api().delete_stack(StackName="s")
    assert stack() is None


def statement(effect: str, action: str, resource: str = "*", **more: object) -> dict:
    return {"Effect": effect, "Principal": "*", "Action": action, "Resource": resource, **more}


def policy(*statements: dict) -> str:
    return json.dumps({"Statement": list(statements)})


ALL = statement("Allow", "Update:*")
OF_QUEUES = {"StringEquals": {"ResourceType": ["AWS::SQS::Queue"]}}


def queue(**properties: object) -> Template:
    return made("AWS::SQS::Queue", **properties)


@pytest.mark.parametrize(
    "body, changed, words",
    [
        (policy(ALL, statement("Deny", "Update:Delete")), {"H": HANDLE}, "[#2] does not allow [Update:Delete]"),
        (policy(ALL, statement("Deny", "Update:Modify")), {"H": HANDLE, "Q": queue(DelaySeconds=1)}, "[Update:Modify]"),
        (policy(ALL, statement("Deny", "Update:Replace")), {"H": HANDLE, "Q": queue(QueueName="q")}, "Update:Replace"),
        (policy(statement("Allow", "Update:*", "LogicalResourceId/H")), {"H": HANDLE}, "No statement allows"),
        (
            policy(ALL, statement("Deny", "Update:*", Condition=OF_QUEUES)),
            {"H": HANDLE},
            "Statement [#2] does not allow",
        ),
    ],
)
def test_a_stack_policy_denies_updates(body, changed, words):
    deploy({"H": HANDLE, "Q": QUEUE})
    api().set_stack_policy(StackName="s", StackPolicyBody=body)
    assert api().get_stack_policy(StackName="s")["StackPolicyBody"] == body
    assert deploy(changed) == "UPDATE_ROLLBACK_COMPLETE"
    assert f"{words}" in reasons() and "Action denied by stack policy" in reasons()
    assert "for resource [LogicalResourceId/Q]" in reasons() and queues() == 1
    # a policy for one update takes its place
    assert deploy(changed, StackPolicyDuringUpdateBody=policy(ALL)) == "UPDATE_COMPLETE"


def test_a_stack_policy_allows_the_rest():
    deploy({"H": HANDLE, "Q": QUEUE})
    body = policy(ALL, statement("Deny", "Update:*", "LogicalResourceId/H"))
    api().set_stack_policy(StackName="s", StackPolicyBody=body)
    assert deploy({"H": HANDLE, "Q": queue(DelaySeconds=1)}) == "UPDATE_COMPLETE"


def test_a_stack_policy_has_a_form():
    deploy({"H": HANDLE})
    with pytest.raises(ClientError, match="Error validating stack policy"):
        api().set_stack_policy(StackName="s", StackPolicyBody="{}")


def drifts() -> tuple[str, dict[str, dict]]:
    """The status of the stack, and by resource what has changed."""
    made = api().detect_stack_drift(StackName="s")["StackDriftDetectionId"]
    status = api().describe_stack_drift_detection_status(StackDriftDetectionId=made)
    assert status["DetectionStatus"] == "DETECTION_COMPLETE"
    found = api().describe_stack_resource_drifts(StackName="s")["StackResourceDrifts"]
    return status["StackDriftStatus"], {drift["LogicalResourceId"]: drift for drift in found}


def test_drift_is_what_others_have_changed():
    versioned = {"VersioningConfiguration": {"Status": "Enabled"}}
    user = made("AWS::IAM::User", UserName="u", Tags=[{"Key": "team", "Value": "platform"}])
    deploy({"Q": queue(DelaySeconds=1, QueueName="q"), "B": made("AWS::S3::Bucket", **versioned), "U": user, "H": HANDLE})
    status, found = drifts()
    # types without a handler that reads are not among them
    assert (status, list(found)) == ("IN_SYNC", ["Q", "B", "U"])
    url = stack().resources["Q"].resource.physical_id
    api("sqs").set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "9"})
    bucket = stack().resources["B"].resource.physical_id
    api("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    api("iam").delete_user(UserName="u")
    status, found = drifts()
    statuses = {name: drift["StackResourceDriftStatus"] for name, drift in found.items()}
    assert (status, statuses) == ("DRIFTED", {"Q": "MODIFIED", "B": "MODIFIED", "U": "DELETED"})
    assert found["Q"]["PropertyDifferences"] == [
        {"PropertyPath": "/DelaySeconds", "ExpectedValue": "1", "ActualValue": "9", "DifferenceType": "NOT_EQUAL"}
    ]
    (changed,) = found["B"]["PropertyDifferences"]
    assert (changed["PropertyPath"], changed["ActualValue"]) == ("/VersioningConfiguration/Status", "Suspended")
    assert json.loads(found["Q"]["ExpectedProperties"]) == {"DelaySeconds": 1, "QueueName": "q"}


def test_what_the_emulator_does_not_read_back_is_not_said_to_be_in_sync():
    deploy({"V": made("AWS::Backup::BackupVault", BackupVaultName="v"), "Q": QUEUE})
    status, found = drifts()
    assert (status, found["V"]["StackResourceDriftStatus"]) == ("UNKNOWN", "UNKNOWN")


def test_a_detection_has_an_id():
    with pytest.raises(ClientError, match="does not exist"):
        api().describe_stack_drift_detection_status(StackDriftDetectionId="0" * 36)


def test_a_call_that_is_not_emulated_is_an_error_of_the_api():
    with pytest.raises(ClientError, match="ListTypes is not emulated") as error:
        api().list_types()
    assert error.value.response["Error"]["Code"] == "NotImplemented"


def test_a_fault_of_the_emulator_is_an_error_of_the_api(monkeypatch):
    monkeypatch.setattr(cloudformation_backends[ACCOUNT][REGION], "living", lambda: 1 / 0)
    with pytest.raises(ClientError, match="DescribeStacks: the emulator failed, not AWS: ZeroDivisionError") as error:
        client("cloudformation", ACCOUNT, REGION).describe_stacks()
    assert error.value.response["Error"]["Code"] == "InternalFailure"


@pytest.mark.parametrize(
    "declared, words",
    [
        (made("AWS::SQS::Queue", DelaySecond=1), "#: extraneous key [DelaySecond] is not permitted"),
        (made("AWS::SSM::Parameter", Type="String"), "#: required key [Value] not found"),
        (made("AWS::Backup::BackupVault"), "#: required key [BackupVaultName] not found"),
    ],
)
def test_properties_are_those_of_the_schema(declared, words):
    assert deploy({"X": declared}) == "ROLLBACK_COMPLETE"
    assert f"Properties validation failed for resource X with message:\n{words}" in reasons()


def test_a_type_that_is_newer_than_the_schemas_is_recorded():
    assert deploy({"X": made("AWS::SQS::Mailbox", Name="a"), "Y": made("AWS::NewService::Thing")}) == "CREATE_COMPLETE"
    assert all(isinstance(deployed.resource, Recorded) for deployed in stack().resources.values())


STORED = {
    "Parameters": {"P": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/size"}},
    "Resources": {"Q": queue(DelaySeconds={"Ref": "P"})},
}


def change_set(name: str) -> dict:
    kind = "UPDATE" if stack() else "CREATE"
    body = json.dumps(STORED)
    api().create_change_set(StackName="s", ChangeSetName=name, ChangeSetType=kind, TemplateBody=body)
    return api().describe_change_set(StackName="s", ChangeSetName=name)


def delay() -> str:
    url = api("sqs").list_queues()["QueueUrls"][0]
    return api("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])["Attributes"]["DelaySeconds"]


def test_a_parameter_of_the_store_is_read_when_the_change_set_is_made():
    api("ssm").put_parameter(Name="/size", Type="String", Value="1")
    change_set("one")
    api("ssm").put_parameter(Name="/size", Type="String", Value="2", Overwrite=True)
    api().execute_change_set(StackName="s", ChangeSetName="one")
    assert delay() == "1"
    assert change_set("two")["Status"] == "CREATE_COMPLETE"
    api().execute_change_set(StackName="s", ChangeSetName="two")
    assert delay() == "2"
    third = change_set("three")
    assert third["Status"] == "FAILED" and "The submitted information didn't contain changes." in third["StatusReason"]


def test_a_parameter_of_a_template_is_no_secure_one_of_the_store():
    api("ssm").put_parameter(Name="/size", Type="SecureString", Value="1")
    words = r"Parameters \[/size\] referenced by template have types not supported by CloudFormation"
    with pytest.raises(ClientError, match=words):
        change_set("one")


def test_versions_of_secrets_and_parameters_are_read():
    for value in ("1", "2"):
        api("ssm").put_parameter(Name="/v", Type="String", Value=value, Overwrite=True)
    secret = api("secretsmanager").create_secret(Name="s", SecretString=json.dumps({"k": "old"}))["ARN"]
    api("secretsmanager").put_secret_value(SecretId=secret, SecretString=json.dumps({"k": "new"}))
    of_secret = (f"secretsmanager:{secret}:SecretString:k", "secretsmanager:s:SecretString:k:AWSPREVIOUS")
    references = ("ssm:/v", "ssm:/v:1", *of_secret)
    wanted = " ".join(f"{{{{resolve:{reference}}}}}" for reference in references)
    assert deploy({"P": made("AWS::SSM::Parameter", Name="/read", Type="String", Value=wanted)}) == "CREATE_COMPLETE"
    assert api("ssm").get_parameter(Name="/read")["Parameter"]["Value"] == "2 1 new old"
