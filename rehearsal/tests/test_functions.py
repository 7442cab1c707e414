"""Functions of custom resources run, sealed and as their role: what they answer is what CloudFormation says."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.engine import functions
from emulator.engine.allowed import undecided
from emulator.engine.aws import client
from emulator.engine.guard import Guard
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends
from emulator.services import stepfunctions
from rehearsal.functions import SealedFunctions
from rehearsal.processes import Processes
from rehearsal.seal import choose

ACCOUNT, REGION = "222222222222", "eu-west-1"
Template = dict[str, Any]
NO_ANSWER = "CloudFormation did not receive a response from your Custom Resource."

ANSWER = """
const response = require('cfn-response');
exports.h = (event, context) => { %s };
"""
SUCCESS = "response.send(event, context, 'SUCCESS', %s, %s);"


@pytest.fixture(autouse=True)
def guard(tmp_path: Path) -> Iterator[Guard]:
    with Emulator() as emulator:
        guard = Guard()
        seal = choose(emulator, guard, Processes(), tmp_path)
        functions.run_in(SealedFunctions(seal, tmp_path))
        yield guard
        seal.close()


def api(service: str = "cloudformation") -> Any:
    return client(service, ACCOUNT, REGION)


def may(*actions: str, resource: Any = "*") -> Template:
    statement = {"Effect": "Allow", "Action": [*actions, "logs:*"], "Resource": resource}
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}],
        },
    }


def function(code: str | bytes, runtime: str = "nodejs22.x", handler: str = "index.h", **more: Any) -> Template:
    if isinstance(code, bytes):
        s3 = api("s3")
        s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket="code", Key="x.zip", Body=code)
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"S3Bucket": "code", "S3Key": "x.zip"} if isinstance(code, bytes) else {"ZipFile": code},
            "Handler": handler,
            "Runtime": runtime,
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Timeout": 20,
            **more,
        },
    }


def zipped(**files: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return made.getvalue()


def thing(**properties: Any) -> Template:
    token = {"Fn::GetAtt": ["Function", "Arn"]}
    return {"Type": "Custom::Thing", "Properties": {"ServiceToken": token, **properties}}


def app(made: Template, role: Template | None = None, **properties: Any) -> Template:
    return {"Role": role or may(), "Function": made, "Thing": thing(**properties)}


def node(body: str, **more: Any) -> Template:
    return function(ANSWER % body, **more)


def deploy(resources: Template, outputs: dict[str, Any] | None = None) -> Any:
    backend = cloudformation_backends[ACCOUNT][REGION]
    call = api().update_stack if backend.find("s") else api().create_stack
    named = {name: {"Value": value} for name, value in (outputs or {}).items()}
    call(StackName="s", TemplateBody=json.dumps({"Resources": resources, "Outputs": named}))
    return backend.get("s")


def output(stack: Any, key: str = "Answer") -> str:
    assert stack.status.endswith("_COMPLETE") and "ROLLBACK" not in stack.status, reasons(stack)
    return next(item["OutputValue"] for item in stack.outputs if item["OutputKey"] == key)


def answered(made: Template, role: Template | None = None, **properties: Any) -> Any:
    """What the function says, as `Answer` of its data."""
    return json.loads(output(deploy(app(made, role, **properties), {"Answer": {"Fn::GetAtt": ["Thing", "Answer"]}})))


def reasons(stack: Any) -> str:
    return "\n".join(event.reason or "" for event in stack.events if event.logical_id == "Thing")


def statuses(stack: Any) -> list[str]:
    return [event.status for event in stack.events if event.logical_id == "Thing"]


def says(value: str) -> str:
    return SUCCESS % (f"{{ Answer: JSON.stringify({value}) }}", "'thing'")


def test_a_function_answers_with_an_id_and_data():
    made = node(says("[event.RequestType, event.LogicalResourceId, event.ResourceType, event.ResourceProperties.Nested]"))
    stack = deploy(
        app(made, Nested={"On": True, "Many": [1, 2.5, "x"]}),
        {"Answer": {"Fn::GetAtt": ["Thing", "Answer"]}, "Id": {"Ref": "Thing"}},
    )
    wanted = ["Create", "Thing", "Custom::Thing", {"On": "true", "Many": ["1", "2.5", "x"]}]
    assert json.loads(output(stack)) == wanted
    assert output(stack, "Id") == "thing"
    assert functions.not_run == {}


def test_an_attribute_that_the_answer_has_not():
    stack = deploy(app(node(SUCCESS % ("{}", "'a'"))), {"Answer": {"Fn::GetAtt": ["Thing", "Nope"]}})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "Vendor response doesn't contain Nope key" in "".join(event.reason or "" for event in stack.events)


def test_a_function_that_throws_is_tried_again_and_then_told():
    log = "console.log('tried'); throw new TypeError('boom');"
    stack = deploy(app(node(log)))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert NO_ANSWER in reasons(stack)
    assert "TypeError: boom" in reasons(stack)


def test_a_failure_has_the_reason_of_the_function():
    body = """
      const body = JSON.stringify({ ...event, Status: 'FAILED', Reason: 'no luck', PhysicalResourceId: 'x' });
      const { hostname, pathname, search } = new URL(event.ResponseURL);
      require('https').request({ hostname, path: pathname + search, method: 'PUT' }).end(body);"""
    stack = deploy(app(node(body)))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "Received response status [FAILED] from custom resource. Message returned: no luck (RequestId: " in reasons(stack)


def test_a_failure_whose_reason_is_in_the_log_is_told_with_its_end():
    stack = deploy(app(node("console.log('no zone acme.example'); response.send(event, context, 'FAILED');")))
    assert "The log ends with: no zone acme.example" in reasons(stack)


@pytest.mark.parametrize("body", ["for (;;);", "return new Promise((resolve) => setTimeout(resolve, 60000));"])
def test_a_function_that_takes_too_long_is_ended(body):
    stack = deploy(app(node(f"if (event.RequestType === 'Create') {{ {body} }} {says('1')}", Timeout=1)))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert NO_ANSWER in reasons(stack)
    assert "Task timed out after 1.00 seconds" in reasons(stack)


def test_a_function_that_takes_longer_than_here_is_told(monkeypatch):
    monkeypatch.setattr(functions, "LONGEST_SECONDS", 1)
    stack = deploy(app(node("return new Promise((resolve) => setTimeout(resolve, 60000));", Timeout=60)))
    assert stack.status == "CREATE_COMPLETE"
    assert list(functions.not_run.values()) == ["it takes longer than the 1 s that a function has here"]


def test_an_archive_that_lambda_does_not_take_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(functions.quotas, "UNZIPPED_BYTES", 100)
    deploy(app(function(zipped(**{"index.js": "x" * 101}))))
    assert list(functions.not_run.values()) == ["Lambda takes 100 bytes of code and layers, unzipped they are 101"]


@pytest.mark.parametrize("code", [zipped(**{"index.js": "x", "index.js/y": ""}), zipped(**{"index.js": "x" * 99}).replace(b"xx", b"yy")])
def test_an_archive_that_is_broken_is_told(code):
    deploy(app(function(code)))
    assert [reason.partition(":")[0] for reason in functions.not_run.values()] == ["its code or a layer cannot be unpacked"]


def test_functions_that_invoke_each_other_without_end(monkeypatch):
    monkeypatch.setattr(functions, "_CHAIN", 3)
    code = """
      const { Lambda } = require('@aws-sdk/client-lambda');
      exports.h = () => new Lambda({}).invoke({ FunctionName: process.env.AWS_LAMBDA_FUNCTION_NAME });"""
    stack = deploy({"Role": may("lambda:InvokeFunction"), "Function": function(code)})
    api("lambda").invoke(FunctionName=stack.resources["Function"].resource.physical_id)
    assert list(functions.not_run.values()) == ["functions invoke each other in a loop, which Lambda stops after 3"]


def test_python_has_no_more_than_lambda_has():
    code = """
import importlib, cfnresponse
def h(event, context):
    cfnresponse.send(event, context, "SUCCESS", {"Answer": str([found(name) for name in ("boto3", "urllib3", "moto", "flask")])})
def found(name):
    try:
        return importlib.import_module(name).__name__
    except ImportError as error:
        return str(error)
"""
    stack = deploy(app(function(code, "python3.13")), {"Answer": {"Fn::GetAtt": ["Thing", "Answer"]}})
    assert output(stack) == str(["boto3", "urllib3", "No module named 'moto'", "No module named 'flask'"])
    # only for code that is in the template
    api().delete_stack(StackName="s")
    stack = deploy(app(function(zipped(**{"index.py": code}), "python3.13")))
    assert "No module named 'cfnresponse'" in reasons(stack)


def test_a_function_that_ends_without_an_answer():
    stack = deploy(app(node("return Promise.resolve(1);")))
    assert NO_ANSWER in reasons(stack)
    assert "It ended without one." in reasons(stack)


def test_an_answer_that_is_too_long_or_without_an_id():
    assert "Response object is too long." in reasons(deploy(app(node(SUCCESS % ("{ A: 'x'.repeat(4096) }", "'a'")))))
    api().delete_stack(StackName="s")
    body = """
      const body = JSON.stringify({ ...event, Status: 'SUCCESS', PhysicalResourceId: '' });
      return fetch(event.ResponseURL, { method: 'PUT', body });"""
    assert "Invalid PhysicalResourceId" in reasons(deploy(app(node(body))))
    api().delete_stack(StackName="s")
    assert 'Data is no object: "x"' in reasons(deploy(app(node(SUCCESS % ("'x'", "'a'")))))


def test_a_library_of_a_function_is_loaded_inside_of_the_seal(monkeypatch):
    started = []
    monkeypatch.setattr(Processes, "run", lambda self, command, cwd, env, *_, **__: started.append((command, env)))
    functions._host[0].run(["node"], Path("/"), {"LD_PRELOAD": "/opt/x.so", "MODE": "on"}, 1)
    ((command, env),) = started
    assert command[-3:] == ["env", "LD_PRELOAD=/opt/x.so", "node"]
    assert env["MODE"] == "on" and "LD_PRELOAD" not in env
    assert env["HOME"] != str(functions._host[0].seal.private / "home")


def test_the_network_is_refused(guard):
    body = f"require('net').connect(443, '203.0.113.7').on('error', (error) => {{ {says('error.code')} }});"
    assert answered(node(body)) == "ECONNREFUSED"
    assert "203.0.113.7:443" in guard.refused


PUT = """
const {{ SSMClient, PutParameterCommand }} = require('@aws-sdk/client-ssm');
new SSMClient({{}}).send(new PutParameterCommand({{ Name: '/made', Value: 'x', Type: 'String' }})).then(
  (found) => {{ {found} }}, (error) => {{ {error} }});"""


def test_a_call_needs_its_right():
    asks = node(PUT.format(found=says("found.Version"), error=says("[error.name, error.message]")))
    name, message = answered(asks, may("ssm:GetParameter"))
    assert name == "AccessDeniedException"
    assert "is not authorized to perform: ssm:PutParameter on resource: arn:aws:ssm:eu-west-1:222222222222:parameter/made" in message
    assert answered(asks, may("ssm:PutParameter"), Again="1") == 1
    assert api("ssm").get_parameter(Name="/made")["Parameter"]["Value"] == "x"


def test_a_call_that_nobody_can_decide_about_is_told():
    code = """
      const { DynamoDB } = require('@aws-sdk/client-dynamodb');
      new DynamoDB({}).transactGetItems({ TransactItems: [] }).catch((error) => { %s });"""
    assert answered(node(code % says("error.name"))) != "AccessDeniedException"
    assert undecided == {"dynamodb:TransactGetItems"}


def test_a_client_of_the_sdk_is_as_lambda_has_it():
    code = """
      import { S3, GetObjectCommand, NoSuchKey, paginateListObjectsV2, BucketCannedACL } from '@aws-sdk/client-s3';
      export const h = async (event) => {
        const { DynamoDBClient, DescribeTableCommand, ResourceNotFoundException } = await import('@aws-sdk/client-dynamodb');
        const s3 = new S3({ region: process.env.AWS_REGION });
        const Bucket = event.ResourceProperties.Bucket;
        for (const Key of ['a', 'b', 'c']) await s3.putObject({ Bucket, Key, Body: Buffer.from(Key) });
        const read = await (await s3.send(new GetObjectCommand({ Bucket, Key: 'b' }))).Body.transformToString();
        const missing = await s3.getObject({ Bucket, Key: 'nope' }).catch((error) => error instanceof NoSuchKey);
        const table = await new DynamoDBClient({}).send(new DescribeTableCommand({ TableName: 'nope' }))
          .catch((error) => [error instanceof ResourceNotFoundException, error.name, error.$metadata.httpStatusCode]);
        const keys = [];
        for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, MaxKeys: 2 })) keys.push(page.Contents.map((item) => item.Key));
        const Answer = JSON.stringify([read, missing, table, keys, BucketCannedACL.public_read]);
        const body = JSON.stringify({ ...event, Status: 'SUCCESS', PhysicalResourceId: 'a', Data: { Answer } });
        await fetch(event.ResponseURL, { method: 'PUT', body });
      };"""
    resources = app(function(zipped(**{"index.mjs": code})), may("s3:*", "dynamodb:*"), Bucket={"Ref": "Bucket"})
    stack = deploy({**resources, "Bucket": {"Type": "AWS::S3::Bucket"}}, {"Answer": {"Fn::GetAtt": ["Thing", "Answer"]}})
    read, missing, table, keys, enumerated = json.loads(output(stack))
    assert (read, missing, enumerated) == ("b", True, "public-read")
    assert table == [True, "ResourceNotFoundException", 400]
    assert keys == [["a", "b"], ["c"]]


def test_an_sdk_of_its_own_is_used_and_decided():
    package = Path(__file__).parents[2] / "node_modules/@aws-sdk/client-codeartifact"
    code = """
      const { CodeartifactClient, ListDomainsCommand } = require(%s);
      new CodeartifactClient({}).send(new ListDomainsCommand({})).catch((error) => { %s });"""
    name, message = answered(node(code % (json.dumps(str(package)), says("[error.name, error.message]"))))
    assert name == "AccessDeniedException"
    assert "is not authorized to perform: codeartifact:ListDomains" in message


PYTHON = """
import boto3, cfnresponse, json, os
def h(event, context):
    calls = {
        'ssm': lambda: boto3.client('ssm').put_parameter(Name='/made', Value='x', Type='String')['Version'],
        's3': lambda: [one['Name'] for one in boto3.client('s3').list_buckets()['Buckets']],
        'sqs': lambda: boto3.client('sqs').list_queues().get('QueueUrls'),
        'ec2': lambda: len(boto3.client('ec2').describe_vpcs()['Vpcs']),
        'iam': lambda: len(boto3.client('iam').list_users()['Users']),
        'lambda': lambda: boto3.client('lambda').get_function(FunctionName=context.function_name)['Configuration']['Runtime'],
        'sts': lambda: boto3.client('sts').get_caller_identity()['Arn'].split('/')[-1] == context.function_name,
    }
    found = {}
    for name, call in calls.items():
        try:
            found[name] = call()
        except Exception as error:
            found[name] = error.response['Error']['Code']
    cfnresponse.send(event, context, cfnresponse.SUCCESS, {'Answer': json.dumps(found)}, 'a')
"""


def test_python_has_boto3_and_the_rights_of_its_role():
    made = function(PYTHON, "python3.13")
    allowed = may("ssm:PutParameter", "s3:ListAllMyBuckets", "sqs:ListQueues", "ec2:DescribeVpcs", "iam:ListUsers", "lambda:GetFunction")
    assert answered(made, may(), At="1") == {
        "ssm": "AccessDeniedException",
        "s3": "AccessDenied",
        "sqs": "AccessDeniedException",
        "ec2": "UnauthorizedOperation",
        "iam": "AccessDenied",
        "lambda": "AccessDeniedException",
        "sts": True,
    }
    assert answered(made, allowed, At="2") == {
        "ssm": 1, "s3": [], "sqs": None, "ec2": 1, "iam": 0, "lambda": "python3.13", "sts": True,
    }


NOTED = """
const {{ SQSClient, SendMessageCommand }} = require('@aws-sdk/client-sqs');
const note = [event.RequestType, event.PhysicalResourceId ?? null, event.ResourceProperties.Name, event.OldResourceProperties?.Name ?? null];
new SQSClient({{}}).send(new SendMessageCommand({{ QueueUrl: event.ResourceProperties.Queue, MessageBody: JSON.stringify(note) }}))
  .then(() => response.send(event, context, 'SUCCESS', {{}}, {id}));"""


def noted(identity: str, name: str, **more: Template) -> Template:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "notes"}}
    resources = app(node(NOTED.format(id=identity)), may("sqs:SendMessage"), Name=name, Queue={"Ref": "Queue"})
    return {"Queue": {**queue, "DeletionPolicy": "Retain"}, **resources, **more}


def notes() -> list[Any]:
    sqs, found = api("sqs"), []
    url = sqs.get_queue_url(QueueName="notes")["QueueUrl"]
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(message["Body"]) for message in messages]
    return found


FAILING = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Fn::ImportValue": "none"}}, "DependsOn": "Thing"}


def test_a_change_keeps_the_id_and_a_deletion_is_asked_for():
    assert deploy(noted("'same'", "one")).status == "CREATE_COMPLETE"
    assert deploy(noted("'same'", "two")).status == "UPDATE_COMPLETE"
    api().delete_stack(StackName="s")
    assert notes() == [["Create", None, "one", None], ["Update", "same", "two", "one"], ["Delete", "same", "two", None]]


def test_another_id_is_a_replacement_and_the_one_before_is_deleted():
    identity = "event.ResourceProperties.Name"
    deploy(noted(identity, "one"))
    deploy(noted(identity, "two"))
    assert notes() == [["Create", None, "one", None], ["Update", "one", "two", "one"], ["Delete", "one", "one", None]]


def test_a_rollback_asks_for_what_undoes():
    identity = "event.ResourceProperties.Name"
    assert deploy(noted(identity, "one", Failing=FAILING)).status == "ROLLBACK_COMPLETE"
    assert notes() == [["Create", None, "one", None], ["Delete", "one", "one", None]]
    api().delete_stack(StackName="s")
    api("sqs").delete_queue(QueueUrl=api("sqs").get_queue_url(QueueName="notes")["QueueUrl"])
    deploy(noted(identity, "one"))
    assert deploy(noted(identity, "two", Failing=FAILING)).status == "UPDATE_ROLLBACK_COMPLETE"
    assert notes()[1:] == [["Update", "one", "two", "one"], ["Update", "two", "one", "two"], ["Delete", "two", "two", None]]


def test_a_token_of_nothing_and_one_that_changes():
    token = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:nope"
    stack = deploy({"Thing": {"Type": "Custom::Thing", "Properties": {"ServiceToken": token}}})
    assert f"Function not found: {token}" in reasons(stack)
    api().delete_stack(StackName="s")
    resources = app(node(says("1")))
    deploy(resources)
    other = {**resources, "Other": resources["Function"], "Thing": {"Type": "Custom::Thing", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Other", "Arn"]}}}}
    assert "Modifying service token is not allowed." in reasons(deploy(other))


def test_what_cannot_run_is_told_and_recorded():
    java = function(zipped(**{"x.jar": "x"}), "java21", "x.Handler::handle")
    deploy(app(java))
    topic = {"Type": "AWS::SNS::Topic"}
    stack = deploy({**app(java), "Topic": topic, "Other": {"Type": "Custom::Other", "Properties": {"ServiceToken": {"Ref": "Topic"}}}})
    assert stack.status == "UPDATE_COMPLETE"
    told = functions.not_run
    assert "java21 does not run here" in told.values()
    assert "nobody answers a topic here" in told.values()
    assert type(stack.resources["Thing"].resource).__name__ == "FunctionResource" and stack.resources["Thing"].resource.physical_id


def test_a_package_that_nobody_here_has_is_told():
    deploy(app(node("require('@aws-sdk/client-nope')")))
    assert list(functions.not_run.values()) == ["Lambda has @aws-sdk/client-nope for it, and this machine has not"]


def test_a_role_that_a_function_assumes_decides():
    code = """
      const { SSM } = require('@aws-sdk/client-ssm');
      const { fromTemporaryCredentials } = require('@aws-sdk/credential-providers');
      const ssm = new SSM({ credentials: fromTemporaryCredentials({ params: { RoleArn: event.ResourceProperties.Other } }) });
      ssm.getParameters({ Names: ['/x'] }).then((found) => { %s }, (error) => { %s });""" % (
        says("found.InvalidParameters"), says("error.message"))
    other = may("ssm:GetParameters")
    other["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] = {"AWS": {"Ref": "AWS::AccountId"}}

    def asked(action: str, at: str) -> Any:
        resources = {**app(node(code), may(action), Other={"Fn::GetAtt": ["Other", "Arn"]}, At=at), "Other": other}
        return json.loads(output(deploy(resources, {"Answer": {"Fn::GetAtt": ["Thing", "Answer"]}})))

    assert "is not authorized to perform: sts:AssumeRole" in asked("ssm:GetParameters", "1")
    assert asked("sts:AssumeRole", "2") == ["/x"]


def test_a_call_that_invokes_a_function_runs_it():
    resources = {
        "Role": may("lambda:InvokeFunction"),
        "Function": function("exports.h = async ({ n }) => { if (n > 1) throw new RangeError('big'); return { n }; }"),
        "Caller": function("exports.h = 1"),
        "Call": {
            "Type": "Custom::AWS",
            "Properties": {
                "ServiceToken": {"Fn::GetAtt": ["Caller", "Arn"]},
                "Create": {"Fn::Sub": json.dumps({
                    "service": "Lambda", "action": "invoke",
                    "parameters": {"FunctionName": "${Function}", "Payload": '{"n": 1}'},
                    "physicalResourceId": {"id": "once"},
                })},
            },
        },
    }
    stack = deploy(resources, {"Answer": {"Fn::GetAtt": ["Call", "StatusCode"]}})
    assert output(stack) == "200"
    assert functions.not_run == {}
    call = api("lambda").invoke(FunctionName=stack.resources["Function"].resource.physical_id, Payload=b'{"n": 2}')
    assert call["FunctionError"] == "Unhandled"
    assert json.loads(call["Payload"].read())["errorMessage"] == "big"


def called(**call: Any) -> Template:
    """A call that the CDK's function makes, with the id of whom it asks as."""
    whole = {"service": "STS", "action": "GetCallerIdentity", "physicalResourceId": {"responsePath": "Arn"}, **call}
    properties = {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}, "Create": {"Fn::Sub": json.dumps(whole)}}
    return {"Type": "Custom::AWS", "Properties": properties}


def test_a_call_is_made_as_the_role_of_its_function_or_as_the_one_that_it_names():
    other = may()
    other["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] = {"AWS": {"Ref": "AWS::AccountId"}}
    resources = {"Role": may("sts:AssumeRole"), "Other": other, "Function": function("exports.h = 1")}
    calls = {"Own": called(), "Named": called(assumedRoleArn="${Other.Arn}")}
    stack = deploy({**resources, **calls}, {name: {"Ref": name} for name in calls})
    roles = {name: stack.resources[name].resource.physical_id for name in ("Role", "Other")}
    assert f"/{roles['Role']}/" in output(stack, "Own")
    assert f"/{roles['Other']}/" in output(stack, "Named")
    api().delete_stack(StackName="s")
    alone = {**resources, "Role": may(), "Named": calls["Named"]}
    assert "is not authorized to perform: sts:AssumeRole" in str([event.reason for event in deploy(alone).events])


def test_what_the_public_may_of_an_account_is_a_right_of_its_own():
    call = {"service": "S3Control", "action": "putPublicAccessBlock", "physicalResourceId": {"id": "x"}}
    given = {"AccountId": ACCOUNT, "PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}
    resources = {"Function": function("exports.h = 1"), "Call": called(**call, parameters=given)}
    told = [event.reason for event in deploy({**resources, "Role": may("s3:PutBucketPublicAccessBlock")}).events]
    assert "is not authorized to perform: s3:PutAccountPublicAccessBlock" in str(told)
    api().delete_stack(StackName="s")
    assert deploy({**resources, "Role": may("s3:PutAccountPublicAccessBlock")}).status == "CREATE_COMPLETE"


def test_each_service_has_its_own_code_for_a_right_that_is_missing():
    call = {"service": "EC2", "action": "describeVpcs", "physicalResourceId": {"id": "x"}}
    resources = {"Role": may(), "Function": function("exports.h = 1")}
    ignored = called(**call, ignoreErrorCodesMatching="^UnauthorizedOperation$")
    assert deploy({**resources, "Call": ignored}).status == "CREATE_COMPLETE"


def test_a_waiter_needs_the_right_of_its_call():
    code = """
      const { LambdaClient, waitUntilFunctionActiveV2 } = require('@aws-sdk/client-lambda');
      waitUntilFunctionActiveV2({ client: new LambdaClient({}), maxWaitTime: 9 }, { FunctionName: context.functionName })
        .then((found) => { %s }, (error) => { %s });""" % (says("found.state"), says("error.message"))
    assert "is not authorized to perform: lambda:GetFunction" in answered(node(code), At="1")
    assert answered(node(code), may("lambda:GetFunction"), At="2") == "SUCCESS"


ENDLESS = """
import sys
from pathlib import Path
import test_functions as tests
from rehearsal.sandbox import Sandbox
with tests.Emulator() as emulator:
    sandbox, guard = Sandbox(Path(sys.argv[1])), tests.Guard()
    seal = tests.choose(emulator, guard, tests.Processes(), sandbox.private)
    tests.functions.run_in(tests.SealedFunctions(seal, sandbox.private))
    print(sandbox.path, flush=True)
    tests.deploy(tests.app(tests.node("for (;;);")))
"""


def running(folder: str) -> list[str]:
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if folder in (text := file.read_text("utf-8", "replace")) and "node.mjs" in text:
                found.append(text)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
def test_a_rehearsal_that_is_killed_leaves_no_function(tmp_path):
    (tmp_path / "cdk.json").write_text('{ "app": "true" }', "utf-8")
    here = Path(__file__).parent
    env = {**os.environ, "PYTHONPATH": f"{here.parent}:{here}"}
    command = [sys.executable, "-B", "-c", ENDLESS, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as rehearsal:
        assert rehearsal.stdout is not None
        folder = rehearsal.stdout.readline().strip()
        wait_until(lambda: running(folder))
        rehearsal.kill()
    wait_until(lambda: not running(folder) and not Path(folder).exists())


def wait_until(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("functions") / "cdk.out"
    env = {**os.environ, "CDK_OUTDIR": str(out)}
    subprocess.run(["node", str(Path(__file__).parent / "apps/functions/app.js")], env=env, check=True)
    return out


@pytest.fixture
def constructs(assembly: Path) -> Any:
    """Deploys a stack of the app, whose assets are where its bootstrap would have them."""
    s3, name = api("s3"), f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    api("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")

    def start(stack: str) -> Any:
        for asset in json.loads((assembly / f"{stack}.assets.json").read_text("utf-8"))["files"].values():
            path = assembly / asset["source"]["path"]
            files = {str(file.relative_to(path)): file.read_text("utf-8") for file in path.rglob("*") if file.is_file()}
            body = zipped(**files) if files else path.read_bytes()
            (where,) = asset["destinations"].values()
            s3.put_object(Bucket=name, Key=where["objectKey"], Body=body)
        text = (assembly / f"{stack}.template.json").read_text("utf-8")
        api().create_stack(StackName=stack, TemplateBody=text, Capabilities=["CAPABILITY_IAM"])
        return cloudformation_backends[ACCOUNT][REGION].get(stack)

    return start


def failures(stack: Any) -> str:
    return "\n".join(f"{event.logical_id}: {event.reason}" for event in stack.events if "FAILED" in event.status)


def test_a_handler_that_throws_fails_the_stack(constructs):
    stack = constructs("throwing")
    assert stack.status == "ROLLBACK_COMPLETE"
    assert NO_ANSWER in failures(stack)


def test_a_call_that_invokes_a_function_needs_no_docker(constructs):
    stack = constructs("invoking")
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    refused = "is not authorized to perform: lambda:InvokeFunction"
    assert refused in failures(constructs("forbidden"))
    assert functions.not_run == {}


@pytest.mark.parametrize(("name", "said"), [("provided", "made-x Create"), ("waited", "made-x complete")])
def test_a_provider_answers(constructs, name, said):
    stack = constructs(name)
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    assert [item["OutputValue"] for item in stack.outputs] == [said]


def test_a_provider_that_is_never_complete_times_out(constructs, monkeypatch):
    monkeypatch.setattr(stepfunctions, "_ATTEMPTS", 2)
    assert "Operation timed out" in failures(constructs("endless"))


def test_a_trigger_runs_its_function(constructs):
    assert "not now" in failures(constructs("triggered"))


def test_functions_of_the_cdk_run(constructs):
    stack = constructs("handled")
    assert stack.status == "CREATE_COMPLETE", failures(stack)
    (group,) = api("logs").describe_log_groups(logGroupNamePrefix="/acme/kept")["logGroups"]
    assert group["retentionInDays"] == 7
    (provider,) = api("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert provider["Arn"].endswith("oidc-provider/token.acme.example")
    assert functions.not_run == {}
