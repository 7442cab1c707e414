from __future__ import annotations

import pytest

from emulator.engine import template
from emulator.engine.errors import ValidationError
from emulator.engine.graph import Graph


def scope(resources=None, parameters=None, **parts):
    attributes = resources or {}
    return template.Scope(
        {"Resources": {}, **parts},
        {"AWS::Region": "eu-west-1", "AWS::Partition": "aws"},
        parameters or {},
        lambda name, attribute: attributes[(name, attribute)],
        lambda name: f"imported {name}",
        lambda reference: f"{reference['OutputName']} of {reference['StackName']}",
    )


@pytest.mark.parametrize(
    "node, expected",
    [
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "given"}, "value"),
        ({"Ref": "bucket"}, "bucket-id"),
        ({"Fn::GetAtt": ["bucket", "Arn"]}, "bucket-arn"),
        ({"Fn::GetAtt": "bucket.Arn"}, "bucket-arn"),
        ({"Fn::Join": ["-", ["a", {"Ref": "given"}]]}, "a-value"),
        ({"Fn::Sub": "${AWS::Region} ${bucket.Arn} ${!kept}"}, "eu-west-1 bucket-arn ${kept}"),
        ({"Fn::Sub": ["${own} ${given}", {"own": {"Ref": "bucket"}}]}, "bucket-id value"),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::If": ["yes", "then", "else"]}, "then"),
        ({"Fn::If": ["no", "then", {"Ref": "AWS::NoValue"}]}, template.NO_VALUE),
        ({"Fn::FindInMap": ["map", "first", "second"]}, "found"),
        ({"Fn::ImportValue": "there"}, "imported there"),
        ({"Fn::GetStackOutput": {"StackName": "there", "OutputName": {"Ref": "given"}}}, "value of there"),
        ({"Fn::Base64": "text"}, "dGV4dA=="),
        ({"Fn::GetAZs": ""}, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]),
        ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"Fn::ToJsonString": {"a": {"Ref": "given"}}}, '{"a":"value"}'),
        ({"kept": 1, "left out": {"Ref": "AWS::NoValue"}}, {"kept": 1}),
    ],
)
def test_an_expression(node, expected):
    resources = {("bucket", None): "bucket-id", ("bucket", "Arn"): "bucket-arn"}
    conditions = {"yes": {"Fn::Equals": ["true", True]}, "no": {"Fn::Not": [{"Condition": "yes"}]}}
    found = scope(
        resources, {"given": "value"}, Conditions=conditions, Mappings={"map": {"first": {"second": "found"}}}
    )
    assert found.resolve(node) == expected


def test_an_unknown_function_is_an_error():
    with pytest.raises(ValidationError, match="Fn::Nonsense is not emulated"):
        scope().resolve({"Fn::Nonsense": []})


def test_yaml_keeps_dates_as_text_and_reads_short_tags():
    parsed = template.parse(
        "Resources:\n  a:\n    Type: T\n    Properties:\n      Version: 2012-10-17\n"
        "      B: !GetAtt c.Arn\n      C: !If [d, !Ref e, !Sub '${f}']\n"
    )
    assert parsed["Resources"]["a"]["Properties"] == {
        "Version": "2012-10-17",
        "B": {"Fn::GetAtt": ["c", "Arn"]},
        "C": {"Fn::If": ["d", {"Ref": "e"}, {"Fn::Sub": "${f}"}]},
    }


def test_a_parameter_from_a_store_that_lacks_it_fails_like_an_environment_without_bootstrap():
    declared = {
        "Parameters": {"version": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/x/version"}}
    }
    with pytest.raises(ValidationError, match="Unable to fetch parameters"):
        template.parameter_values(declared, {}, lambda name: None)


def resources(**declared):
    return {"Resources": {name: {"Type": kind, "DependsOn": needs} for name, (kind, needs) in declared.items()}}


def test_resources_are_created_in_the_order_of_their_dependencies():
    made = resources(a=("T", ["c"]), b=("T", []), c=("T", ["b"]))
    assert Graph(made).order == ["b", "c", "a"]


def test_a_circle_is_an_error():
    with pytest.raises(ValidationError, match="Circular dependency"):
        Graph(resources(a=("T", ["b"]), b=("T", ["a"]))).order


def test_only_resources_without_an_order_between_them_are_parallel():
    made = resources(a=("T", []), between=("X", ["a"]), b=("T", ["between"]), c=("T", []))
    assert Graph(made).parallel("b") == ("c",)
    assert Graph(made).parallel("c") == ("a", "b")
