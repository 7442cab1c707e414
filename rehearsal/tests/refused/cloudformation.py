"""What CloudFormation refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import HANDLE, Case, Template, bucket, function, made, many, padded, parameter, parameters, template


def outputs(count: int) -> Template:
    return {**many(1), "Outputs": {f"O{number}": {"Value": "v"} for number in range(count)}}


def secrets(count: int) -> Template:
    secret = made("AWS::SecretsManager::Secret", Name="s", SecretString="v")
    reader = made("AWS::SSM::Parameter", Type="String", Value="{{resolve:secretsmanager:s}}" * count)
    return template(S=secret, R={**reader, "DependsOn": "S"})


def declared(value: str, name: str = "X", **more: Any) -> Template:
    return {**many(1), "Parameters": {name: {"Type": "String", "Default": value, **more}}}


def named(value: Any) -> Template:
    return made("AWS::SSM::Parameter", Type="String", Value=value)


def ruled(stage: str, size: str) -> Template:
    rule = {
        "RuleCondition": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "Assertions": [{"Assert": {"Fn::Contains": [["large"], {"Ref": "Size"}]}, "AssertDescription": "prod is large"}],
    }
    parameters = {"Stage": {"Type": "String", "Default": stage}, "Size": {"Type": "String", "Default": size}}
    return {**many(1), "Parameters": parameters, "Rules": {"Sizes": rule}}


def stored_rule() -> Template:
    assertion = {"Assert": {"Fn::Not": [{"Fn::Contains": [["1", "5"], {"Ref": "X"}]}]}, "AssertDescription": "newer"}
    body = declared("/version", Type="AWS::SSM::Parameter::Value<String>")
    return {**body, "Rules": {"Version": {"Assertions": [assertion]}}}


def waiting(**resources: Template) -> Template:
    wait = made("AWS::CloudFormation::WaitCondition", Handle={"Ref": "H"}, Timeout="1", Count=1)
    return template(H=HANDLE, W=wait, **resources)


def valued(value: Any, **sections: Any) -> Template:
    return {**template(P=made("AWS::SSM::Parameter", Type="String", Value=value)), **sections}


MAPPINGS = {"Mappings": {"Sizes": {"prod": {"cpu": "2"}}}}
QUEUE = {"Resources": {"Q": made("AWS::SQS::Queue")}}

CASES: dict[str, Case] = {
    "resources-of-a-template": Case(many(501), many(500)),
    "outputs-of-a-template": Case(outputs(201), outputs(200)),
    "parameters-of-a-template": Case(parameters(201), parameters(200)),
    "inline-template-size": Case(padded(51_201), padded(51_200)),
    "dynamic-references-of-a-template": Case(secrets(61), secrets(60)),
    "template-description-size": Case({**many(1), "Description": "d" * 1025}, {**many(1), "Description": "d" * 1024}),
    "logical-id-alphabet": Case({"Resources": {"a-b": HANDLE}}, {"Resources": {"aB1": HANDLE}}),
    "output-name-alphabet": Case(
        {**many(1), "Outputs": {"a-b": {"Value": "v"}}}, {**many(1), "Outputs": {"aB1": {"Value": "v"}}}
    ),
    "template-sections": Case({**many(1), "Resource": {}}, {**many(1), "Metadata": {}}),
    "resource-type-given": Case({"Resources": {"A": {"Properties": {}}}}, many(1)),
    "deletion-policies": Case(
        template(A={**HANDLE, "DeletionPolicy": "Keep"}),
        template(A={**HANDLE, "DeletionPolicy": "RetainExceptOnCreate"}),
    ),
    "replacement-policies": Case(
        template(A={**HANDLE, "UpdateReplacePolicy": "RetainExceptOnCreate"}),
        template(A={**HANDLE, "UpdateReplacePolicy": "Retain"}),
    ),
    "service-token": Case(
        template(C=made("Custom::Thing", ServiceToken="arn:aws:lambda:eu-west-1:222222222222:function:nope")),
        template(**function()["Resources"], C=made("Custom::Thing", ServiceToken={"Fn::GetAtt": ["F", "Arn"]})),
    ),
    "wait-without-signal": Case(waiting(), waiting(P=made("AWS::SSM::Parameter", Type="String", Value={"Ref": "H"}))),
    "unknown-reference": Case(
        template(P=named({"Ref": "Nope"})), template(H=HANDLE, P=named({"Ref": "H"}), Q=named({"Ref": "AWS::Region"}))
    ),
    "unknown-reference-in-text": Case(
        template(P=named({"Fn::Sub": "${Nope.Arn}"})), template(P=named({"Fn::Sub": ["${own}${!Nope}", {"own": "v"}]}))
    ),
    "unknown-dependency": Case(
        template(P={**HANDLE, "DependsOn": "Nope"}), template(H=HANDLE, P={**HANDLE, "DependsOn": ["H"]})
    ),
    "unknown-reference-in-outputs": Case(
        {**many(1), "Outputs": {"O": {"Value": {"Ref": "Nope"}}}},
        {**many(1), "Outputs": {"O": {"Value": {"Ref": "P0"}}}},
    ),
    "circle": Case(
        template(A={**HANDLE, "DependsOn": "B"}, B={**HANDLE, "DependsOn": "A"}),
        template(A={**HANDLE, "DependsOn": "B"}, B=HANDLE),
    ),
    "type-of-a-resource": Case(
        template(A=made("AWS::SQS::Queue")), template(A=HANDLE, B=made("AWS::SQS::Queue")), before=template(A=HANDLE)
    ),
    "parameter-allowed-value": Case(
        declared("c", AllowedValues=["a", "b"]), declared("a,b", Type="CommaDelimitedList", AllowedValues=["a", "b"])
    ),
    "parameter-allowed-pattern": Case(declared("B1", AllowedPattern="[a-z]+"), declared("b", AllowedPattern="[a-z]+")),
    "parameter-min-length": Case(declared("ab", MinLength=3), declared("abc", MinLength=3)),
    "parameter-max-length": Case(declared("abcd", MaxLength=3), declared("abc", MaxLength="3")),
    "parameter-min-value": Case(declared("1", Type="Number", MinValue=2), declared("2", Type="Number", MinValue=2)),
    "parameter-max-value": Case(declared("3", Type="Number", MaxValue=2), declared("2.0", Type="Number", MaxValue=2)),
    "parameter-number": Case(declared("x", Type="Number"), declared("1e3", Type="Number")),
    "parameter-described": Case(
        declared("B", AllowedPattern="[a-z]+", ConstraintDescription="must be small"),
        declared("b", AllowedPattern="[a-z]+", ConstraintDescription="must be small"),
    ),
    "parameter-bytes": Case(declared("x" * 4097), declared("x" * 4096)),
    "parameters-missing": Case(
        {**many(1), "Parameters": {"A": {"Type": "String"}, "B": {"Type": "String"}}},
        {**many(1), "Parameters": {"A": {"Type": "String", "Default": ""}}},
    ),
    "parameter-unknown": Case(many(1), declared("v", name="Other"), parameters={"Other": "v"}),
    "parameter-not-stored": Case(
        declared("/nope", Type="AWS::SSM::Parameter::Value<String>"),
        declared("/there", Type="AWS::SSM::Parameter::Value<String>"),
        beside=parameter("v", Name="/there"),
    ),
    "secure-parameter": Case(
        template(P=named("{{resolve:ssm-secure:/p}}")),
        template(U=made("AWS::IAM::User", LoginProfile={"Password": "{{resolve:ssm-secure:/p}}"})),
        beside=parameter("Passw0rd-of-many", Name="/p"),
    ),
    "rule": Case(ruled("prod", "small"), ruled("dev", "small")),
    # the bootstrap version of the CDK is such a parameter
    "rule-of-stored-parameters": Case(ruled("prod", "small"), stored_rule(), beside=parameter("5", Name="/version")),
    "resource-type-unknown": Case(template(B=made("AWS::S3::Buckett")), bucket()),
    "mapping-missing": Case(
        valued({"Fn::FindInMap": ["Sizes", "dev", "cpu"]}, **MAPPINGS),
        valued({"Fn::FindInMap": ["Sizes", "prod", "cpu"]}, **MAPPINGS),
    ),
    "select-beyond-the-end": Case(valued({"Fn::Select": [2, ["a", "b"]]}), valued({"Fn::Select": [1, ["a", "b"]]})),
    "attribute-unknown": Case(
        {**QUEUE, "Outputs": {"O": {"Value": {"Fn::GetAtt": ["Q", "Nope"]}}}},
        {**QUEUE, "Outputs": {"O": {"Value": {"Fn::GetAtt": ["Q", "QueueName"]}}}},
    ),
    "condition-unknown": Case(
        template(Q={**made("AWS::SQS::Queue"), "Condition": "IsProd"}),
        {
            **template(Q={**made("AWS::SQS::Queue"), "Condition": "IsProd"}),
            "Conditions": {"IsProd": {"Fn::Equals": ["a", "a"]}},
        },
    ),
    "output-that-is-a-list": Case(
        {**QUEUE, "Outputs": {"O": {"Value": ["a"]}}}, {**QUEUE, "Outputs": {"O": {"Value": "a"}}}
    ),
    "template-without-resources": Case({"Resources": {}}, many(1)),
    "template-version": Case(
        {**many(1), "AWSTemplateFormatVersion": "2020-01-01"}, {**many(1), "AWSTemplateFormatVersion": "2010-09-09"}
    ),
    "parameter-type-unknown": Case(
        {**many(1), "Parameters": {"A": {"Type": "Text", "Default": "a"}}},
        {**many(1), "Parameters": {"A": {"Type": "String", "Default": "a"}}},
    ),
    "circle-of-one": Case(template(A={**made("AWS::SQS::Queue"), "DependsOn": "A"}), QUEUE),
    "import-missing": Case(valued({"Fn::ImportValue": "nope"}), valued("v")),
    "template-not-an-object": Case('["Resources"]', many(1)),
    "template-not-json": Case('{"Resources": ', many(1)),
}
