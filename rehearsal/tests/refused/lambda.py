"""What Lambda refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import Case, Template, bucket, by, document, function, made, placed, statement, template, trusted


def polling(*actions: str) -> Template:
    rights = document(statement(Action=list(actions), Resource="*"))
    role = trusted(by("lambda"), Policies=[{"PolicyName": "p", "PolicyDocument": rights}])
    queue = {"Fn::GetAtt": ["Q", "Arn"]}
    source = made("AWS::Lambda::EventSourceMapping", FunctionName={"Ref": "F"}, EventSourceArn=queue)
    resources = function(role)["Resources"]
    return template(**resources, Q=made("AWS::SQS::Queue"), E=source)


CODE = {"S3Bucket": {"Ref": "B"}, "S3Key": "nope.zip"}


def of_function(wrong: Template, right: Template | None = None) -> Case:
    return Case(function(**wrong), function(**(right or {})))


def polled(seconds: int, **properties: Any) -> Template:
    rights = document(statement(Action="sqs:*", Resource="*"))
    role = trusted(by("lambda"), Policies=[{"PolicyName": "p", "PolicyDocument": rights}])
    given = {"FunctionName": {"Ref": "F"}, "EventSourceArn": {"Fn::GetAtt": ["Q", "Arn"]}, **properties}
    return template(
        **function(role, Timeout=seconds)["Resources"],
        Q=made("AWS::SQS::Queue", VisibilityTimeout=60),
        E=made("AWS::Lambda::EventSourceMapping", **given),
    )


INTERFACES = ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface")
LETTERS = {"DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["Q", "Arn"]}}}
LAYER = "arn:aws:lambda:eu-west-1:999999999999:layer:l{}:1"

CASES: dict[str, Case] = {
    "function-role": Case(function(trusted(by("ec2"))), function()),
    "function-environment": Case(
        function(Environment={"Variables": {"AA": "x" * 4088}}), function(Environment={"Variables": {"AA": "x" * 4087}})
    ),
    "function-code": Case(
        {"Resources": {**bucket(BucketName="acme-code")["Resources"], **function(Code=CODE)["Resources"]}}, function()
    ),
    "function-runtime": Case(function(Runtime="nodejs14.x"), function(Runtime="nodejs22.x")),
    "queue-of-a-function": Case(polling("sqs:SendMessage"), polling("sqs:*")),
    "property-unknown-inside": of_function({"Environment": {"variables": {}}}, {"Environment": {"Variables": {}}}),
    "property-missing": Case(
        template(F=made("AWS::Lambda::Function", Code={"ZipFile": "x"}, Handler="i.h", Runtime="nodejs22.x")),
        function(),
    ),
    "function-memory-low": of_function({"MemorySize": 127}, {"MemorySize": 128}),
    "function-memory-high": of_function({"MemorySize": 10241}, {"MemorySize": 10240}),
    "function-timeout": of_function({"Timeout": 901}, {"Timeout": 900}),
    "function-storage": of_function({"EphemeralStorage": {"Size": 511}}, {"EphemeralStorage": {"Size": 512}}),
    "function-variable-reserved": of_function(
        {"Environment": {"Variables": {"AWS_REGION": "x"}}}, {"Environment": {"Variables": {"AWS_REGIONS": "x"}}}
    ),
    "function-variable-alphabet": of_function(
        {"Environment": {"Variables": {"A-B": "x"}}}, {"Environment": {"Variables": {"A_B": "x"}}}
    ),
    "function-layers": of_function(
        {"Layers": [LAYER.format(n) for n in range(6)]}, {"Layers": [LAYER.format(n) for n in range(5)]}
    ),
    "function-without-handler": Case(
        template(
            R=trusted(by("lambda")),
            F=made(
                "AWS::Lambda::Function", Code={"ZipFile": "x"}, Runtime="nodejs22.x", Role={"Fn::GetAtt": ["R", "Arn"]}
            ),
        ),
        function(),
    ),
    "function-inline-of-java": of_function({"Runtime": "java21"}, {"Runtime": "python3.13"}),
    "function-runtime-unknown": of_function({"Runtime": "node22"}, {"Runtime": "nodejs22.x"}),
    "function-name-length": of_function({"FunctionName": "f" * 65}, {"FunctionName": "f" * 64}),
    "function-concurrency": of_function({"ReservedConcurrentExecutions": 901}, {"ReservedConcurrentExecutions": 900}),
    "function-architecture": of_function({"Architectures": ["arm"]}, {"Architectures": ["arm64"]}),
    "function-in-a-network": Case(placed(), placed(*INTERFACES)),
    "function-dead-letters": Case(placed(**LETTERS), placed("sqs:SendMessage", **LETTERS)),
    "permission-without-function": Case(
        template(
            P=made(
                "AWS::Lambda::Permission",
                FunctionName="nope",
                Action="lambda:InvokeFunction",
                Principal="s3.amazonaws.com",
            )
        ),
        template(
            **function()["Resources"],
            P=made(
                "AWS::Lambda::Permission",
                FunctionName={"Ref": "F"},
                Action="lambda:InvokeFunction",
                Principal="s3.amazonaws.com",
            ),
        ),
    ),
    "batch-without-window": Case(polled(30, BatchSize=11), polled(30, BatchSize=11, MaximumBatchingWindowInSeconds=1)),
    "queue-hides-too-short": Case(polled(61), polled(60)),
}
