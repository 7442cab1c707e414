from __future__ import annotations

import json

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
        ({"Fn::GetAZs": "ap-northeast-1"}, ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"]),
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
        "Resources:\n  a:\n    Type: AWS::IAM::Policy\n    Properties:\n      Version: 2012-10-17\n"
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


def test_a_resource_that_refers_to_itself_is_a_circle():
    with pytest.raises(ValidationError, match=r"Circular dependency between resources: \[a\]"):
        assert Graph(resources(a=("T", ["a"]))).order


def test_a_chain_of_all_the_resources_of_a_template():
    names = [f"n{number}" for number in range(500)]
    chain = dict(zip(names, [("T", []), *(("T", [name]) for name in names)], strict=False))
    assert Graph(resources(**dict(reversed(chain.items())))).order == names


def parsed(given=None, **parts):
    transform = {"Transform": "AWS::LanguageExtensions"}
    return template.parse(json.dumps({**transform, "Resources": {"Q": QUEUE}, **parts}), given)


QUEUE = {"Type": "AWS::SQS::Queue"}
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Name"}}}


def each(collection, fragment, name="Loop", identifier="Name"):
    return {f"Fn::ForEach::{name}": [identifier, collection, fragment]}


def test_loops_make_resources_conditions_and_outputs():
    made = parsed(
        Conditions=each(["A", "B"], {"Is${Name}": {"Fn::Equals": [{"Ref": "AWS::Region"}, "${Name}"]}}),
        Resources=each(["A", "B"], {"Topic${Name}": {**TOPIC, "Condition": "Is${Name}"}}),
        Outputs=each(
            ["A", "B"],
            each(
                ["TopicArn", "TopicName"],
                {"${Name}${What}": {"Value": {"Fn::GetAtt": [{"Fn::Sub": "Topic${Name}"}, {"Ref": "What"}]}}},
                "Inner",
                "What",
            ),
        ),
    )
    assert made["Resources"] == {
        f"Topic{name}": {**TOPIC, "Properties": {"DisplayName": name}, "Condition": f"Is{name}"} for name in "AB"
    }
    assert made["Conditions"]["IsB"] == {"Fn::Equals": [{"Ref": "AWS::Region"}, "B"]}
    assert list(made["Outputs"]) == ["ATopicArn", "ATopicName", "BTopicArn", "BTopicName"]
    assert made["Outputs"]["BTopicName"]["Value"] == {"Fn::GetAtt": ["TopicB", "TopicName"]}


def test_a_loop_goes_over_a_parameter_or_a_mapping():
    names = {"Parameters": {"Names": {"Type": "CommaDelimitedList", "Default": "A,B"}}}
    loop = each({"Ref": "Names"}, {"Topic${Name}": TOPIC})
    assert list(parsed(Resources=loop, **names)["Resources"]) == ["TopicA", "TopicB"]
    assert list(parsed({"Names": "C"}, Resources=loop, **names)["Resources"]) == ["TopicC"]
    mapped = each({"Fn::FindInMap": ["M", "a", "b"]}, {"Topic&{Name}": TOPIC})
    found = parsed(Resources=mapped, Mappings={"M": {"a": {"b": ["x-1", "x-2"]}}})["Resources"]
    assert {name: made["Properties"]["DisplayName"] for name, made in found.items()} == {"Topicx1": "x-1", "Topicx2": "x-2"}


@pytest.mark.parametrize(
    "loop, words",
    [
        (each(["A"], {"Topic": TOPIC}), "the output key needs"),
        ({"Fn::ForEach::Loop": ["Name", ["A"]]}, "Fn::ForEach layout is incorrect"),
        (each({"Fn::GetAtt": ["Q", "Arn"]}, {"T${Name}": TOPIC}), "cannot be resolved before the template is deployed"),
        ({**each(["A"], {"T${Name}": TOPIC}), "TA": TOPIC}, "Duplicate key TA"),
    ],
)
def test_a_loop_has_a_form(loop, words):
    with pytest.raises(ValidationError, match=f"Transform AWS::LanguageExtensions failed with: .*{words}"):
        parsed(Resources=loop)


def test_a_policy_of_a_resource_is_a_parameter():
    made = parsed(
        Parameters={"P": {"Type": "String", "Default": "Retain"}}, Resources={"Q": {**QUEUE, "DeletionPolicy": {"Ref": "P"}}}
    )
    assert made["Resources"]["Q"]["DeletionPolicy"] == "Retain"


@pytest.mark.parametrize("transform", ["AWS::Serverless-2016-10-31", "AWS::CodeDeployBlueGreen", "Own"])
def test_other_macros_are_refused_by_name(transform):
    with pytest.raises(ValidationError, match=f"the emulator does not run the transform {transform}"):
        parsed(Transform=[transform])
    included = {"Q": {**QUEUE, "Properties": {"Fn::Transform": {"Name": transform}}}}
    with pytest.raises(ValidationError, match=f"the emulator does not run the transform {transform}"):
        parsed(Resources=included)


# words as in the errors of ValidateTemplate
@pytest.mark.parametrize(
    "parts, words",
    [
        ({"Transform": [], "Resources": each(["A"], {"T${Name}": TOPIC})}, "Fn::ForEach::Loop needs the transform"),
        ({"Transform": [], "Outputs": {"O": {"Value": {"Fn::Length": [1]}}}}, "Fn::Length needs the transform"),
        ({"Resources": {"X": {"Type": "AWS::SQS::Quee"}}}, r"Unrecognized resource types: \[AWS::SQS::Quee\]"),
        ({"Resources": {"X": {**QUEUE, "Propertys": {}}}}, "Invalid template resource property 'Propertys'"),
        ({"Resources": {"X": {**QUEUE, "DeletionPolicy": "Snapshot"}}}, "does not support deletion policy Snapshot"),
        ({"Resources": {"X": {**QUEUE, "DeletionPolicy": ["Retain"]}}}, "Every DeletionPolicy member must be a string"),
        ({"Resources": {"X": {**QUEUE, "Properties": {"A": [{"B": None}]}}}}, r"\[/Resources/X/Properties/A/0/B\] 'null'"),
        ({"AWSTemplateFormatVersion": "2010-09-10"}, "unsupported value for AWSTemplateFormatVersion"),
        ({"Parameters": {"P": {"Type": "Text"}}}, "Unrecognized parameter type: Text"),
        ({"Parameters": {"P": {"Type": "String", "Defualt": "x"}}}, "Invalid template parameter property 'Defualt'"),
        ({"Mappings": {"M": {"a": "b"}}}, r"must be a map of maps. \[M\]"),
        ({"Outputs": {"O": {"Description": "x"}}}, "Every Outputs member must contain a Value object"),
        ({"Outputs": {"O": {"Value": ["a"]}}}, "must evaluate to a String"),
    ],
)
def test_a_template_is_refused_before_it_is_deployed(parts, words):
    with pytest.raises(ValidationError, match=words):
        parsed(**parts)


@pytest.mark.parametrize(
    "parts, words",
    [
        ({"Resources": {"X": {**QUEUE, "Condition": "C"}}}, "unresolved condition dependency C"),
        ({"Outputs": {"O": {"Value": {"Fn::If": ["C", "a", "b"]}}}}, "unresolved condition dependency C"),
        ({"Conditions": {"C": {"Fn::Equals": [{"Ref": "Q"}, "a"]}}}, r"Unresolved dependencies \[Q\]. Cannot reference"),
    ],
)
def test_what_a_template_names_is_there(parts, words):
    with pytest.raises(ValidationError, match=words):
        Graph(parsed(**parts))


@pytest.mark.parametrize(
    "kind", ["AWS::CDK::Metadata", "AWS::DeviceFarm::Project", "Custom::Own", "Acme::Own::Thing", "Acme::Own::Thing::MODULE"]
)
def test_types_that_an_account_may_have(kind):
    assert parsed(Resources={"X": {"Type": kind}})


@pytest.mark.parametrize(
    "kind",
    [
        "Number", "List<Number>", "CommaDelimitedList", "AWS::EC2::KeyPair::KeyName", "List<AWS::EC2::Subnet::Id>",
        "AWS::SSM::Parameter::Name", "AWS::SSM::Parameter::Value<String>",
        "AWS::SSM::Parameter::Value<List<AWS::EC2::Image::Id>>",
    ],
)
def test_types_that_a_parameter_may_have(kind):
    assert parsed(Parameters={"P": {"Type": kind, "Default": "1"}})
