"""Each type that the library, its services and the CDK's constructs beside them create, against AWS's public schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import derive_properties
import derive_shapes
import pytest
from service_templates import NETWORK, REGION, SERVICES, att, of, ref, role
from shape_checks import PATTERN, differences, known, lost, schema_of

from emulator.engine import shapes
from emulator.engine.aws import client
from emulator.engine.resources import Place, make
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends

ACCOUNT = "222222222222"
# one that moto has
IMAGE = "ami-12c6146b"


@pytest.fixture
def account() -> Iterator[None]:
    with Emulator():
        s3 = client("s3", ACCOUNT, REGION)
        s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket="code", Key="x.zip", Body=b"code")
        yield


def deploy(resources: dict[str, Any], name: str = "a-stack-of-a-rather-long-name-as-services-have") -> Any:
    backend = cloudformation_backends[ACCOUNT][REGION]
    api = client("cloudformation", ACCOUNT, REGION)
    call = api.update_stack if backend.find(name) else api.create_stack
    call(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
    stack = backend.get(name)
    failed = [f"{event.logical_id}: {event.reason}" for event in stack.events if event.status.endswith("_FAILED")]
    assert stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), failed
    return stack


@pytest.mark.parametrize("name", SERVICES)
def test_ref_and_attributes_have_the_shape_of_the_schema(account, name):
    count, found = differences(deploy(SERVICES[name][0]))
    assert count and found == []


def test_what_is_read_in_another_way_than_a_schema_says_has_to_be():
    ours = f"arn:aws:organizations::{ACCOUNT}:policy/o-a1b2c3d4e5/resource_control_policy/p-a1b2c3d4"
    ((kind, name),) = PATTERN
    outdated = schema_of(kind).resolver.resolve_cfn_pointer(f"/properties/{name}")["pattern"]
    assert re.search(PATTERN[kind, name], ours) and not re.search(outdated, ours)
    assert not re.search(PATTERN[kind, name], ours.replace("p-a1b2c3d4", ""))


def test_the_shapes_are_those_of_the_schemas():
    assert derive_shapes.FILE.read_text("utf-8") == derive_shapes.derived(), derive_shapes.__doc__


def test_what_properties_have_to_be_is_what_the_schemas_say():
    assert derive_properties.FILE.read_text("utf-8") == derive_properties.derived(), derive_properties.__doc__


def test_a_recorded_type_is_called_as_the_template_says_and_once(account):
    vault = {"Type": "AWS::Backup::BackupVault", "Properties": {"BackupVaultName": "mine"}}
    arn = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": att("vault", "BackupVaultArn")}}
    stack = deploy({"vault": vault, "arn": arn})
    assert stack.resources["vault"].resource.physical_id == "mine"
    assert stack.resources["arn"].properties["Value"] == f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:mine"
    with pytest.raises(AssertionError, match="with identifier 'mine' already exists"):
        deploy({"vault": vault, "arn": arn, "again": vault})


def test_a_bucket_is_deployed_by_a_function_with_a_layer(account):
    resources = {
        "role": role("lambda"),
        "bucket": of("S3::Bucket"),
        "layer": of("Lambda::LayerVersion", Content={"S3Bucket": "code", "S3Key": "x.zip"}),
        "handler": of(
            "Lambda::Function",
            Code={"S3Bucket": "code", "S3Key": "x.zip"},
            Handler="index.handler",
            Runtime="python3.13",
            Role=att("role", "Arn"),
            Layers=[ref("layer")],
        ),
        "files": {
            "Type": "Custom::CDKBucketDeployment",
            "Properties": {
                "ServiceToken": att("handler", "Arn"),
                "SourceBucketNames": ["code"],
                "SourceObjectKeys": ["x.zip"],
                "DestinationBucketName": ref("bucket"),
            },
        },
    }
    stack = deploy(resources)
    layer = stack.resources["layer"].resource.physical_id
    assert re.fullmatch(rf"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:[\w-]+:1", layer)
    function = stack.resources["handler"].resource.physical_id
    found = client("lambda", ACCOUNT, REGION).get_function_configuration(FunctionName=function)
    assert [item["Arn"] for item in found["Layers"]] == [layer]


# types whose names are shorter than a stack's and a resource's together
@pytest.mark.parametrize(
    ("kind", "longest"),
    [
        ("AWS::StepFunctions::StateMachine", 80),
        ("AWS::OpenSearchService::Domain", 28),
        ("AWS::Lambda::Function", 64),
        ("AWS::RDS::DBCluster", 63),
        ("AWS::ElastiCache::ReplicationGroup", 40),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", 32),
        ("AWS::IAM::Role", 64),
        ("AWS::Events::Rule", 64),
        ("AWS::Backup::BackupVault", 50),
    ],
)
def test_a_made_up_name_is_cut_as_aws_cuts_it(kind, longest):
    stack, logical = "orders-and-payments-processing-backend-services", "OrderStateMachine5F2A3E5C"
    name = f"{stack[:24]}-{logical[:24]}-ABCDEFGHIJKL" if "IAM" in kind else f"{stack}-{logical}-ABCDEFGHIJKL"
    place = make(Place(ACCOUNT, REGION, stack, "id", logical, kind, name)).place
    assert len(place.name) <= longest
    first, second, tail = re.fullmatch(r"(.*)-(.*)-(.*)", place.name).groups()
    assert (stack + logical).lower().startswith(first.lower())
    assert logical.lower().startswith(second.lower()) and tail.upper() == "ABCDEFGHIJKL"
    assert all(shapes.fits(shape, place.name) for shape in shapes.of(kind).get("given", {}).values())


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_given_is_dropped(account, name):
    count, found = lost(deploy(SERVICES[name][0]), known(ACCOUNT))
    assert count and found == []


def test_what_is_taken_away_goes(account):
    tags = [{"Key": "stage", "Value": "testing"}]
    resources = {
        "bucket": of("S3::Bucket", CorsConfiguration={"CorsRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}),
        "role": {**role("lambda")},
        "key": of("KMS::Key", Tags=tags),
        "log": of("Logs::LogGroup", Tags=tags),
        "topic": of("SNS::Topic", Tags=tags),
    }
    resources["bucket"]["Properties"]["Tags"] = tags
    resources["role"]["Properties"] |= {"Tags": tags}
    stack = deploy(resources)
    assert state_has_tag()
    name = stack.resources["bucket"].resource.physical_id
    s3 = client("s3", ACCOUNT, REGION)
    assert s3.get_bucket_cors(Bucket=name)["CORSRules"][0]["AllowedMethods"] == ["GET"]
    for item in resources.values():
        item["Properties"].pop("Tags", None)
    del resources["bucket"]["Properties"]["CorsConfiguration"]
    deploy(resources)
    assert not state_has_tag()
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchCORSConfiguration"):
        s3.get_bucket_cors(Bucket=name)


def state_has_tag() -> bool:
    return "stage" in known(ACCOUNT).get("testing", ())


@pytest.mark.parametrize(
    "resources",
    [
        {
            "vpc": of("EC2::VPC", CidrBlock="10.0.0.0/16"),
            "gateway": of("EC2::VPNGateway", Type="ipsec.1"),
            "attachment": of("EC2::VPCGatewayAttachment", VpcId=ref("vpc"), VpnGatewayId=ref("gateway")),
        },
        {
            "store": of("CloudFront::KeyValueStore", Name="store"),
            "function": of(
                "CloudFront::Function",
                Name="function",
                FunctionCode="function handler(event) { return event.request; }",
                FunctionConfig={
                    "Comment": "",
                    "Runtime": "cloudfront-js-2.0",
                    "KeyValueStoreAssociations": [{"KeyValueStoreARN": att("store", "Arn")}],
                },
            ),
        },
        # an instance takes its network interface with it
        {
            **NETWORK,
            "role": role("ec2"),
            "profile": of("IAM::InstanceProfile", Roles=[ref("role")]),
            "bastion": of(
                "EC2::Instance",
                ImageId=IMAGE,
                InstanceType="t3.nano",
                SubnetId=ref("a"),
                SecurityGroupIds=[att("group", "GroupId")],
                IamInstanceProfile=ref("profile"),
            ),
        },
        {
            **NETWORK,
            "template": of(
                "EC2::LaunchTemplate",
                LaunchTemplateData={
                    "ImageId": IMAGE, "InstanceType": "t3.nano", "SecurityGroupIds": [att("group", "GroupId")]
                },
            ),
            "instances": of(
                "AutoScaling::AutoScalingGroup",
                MinSize="1",
                MaxSize="1",
                VPCZoneIdentifier=[ref("a"), ref("b")],
                LaunchTemplate={"LaunchTemplateId": ref("template"), "Version": att("template", "LatestVersionNumber")},
            ),
        },
    ],
)
def test_what_never_worked_comes_and_goes(account, resources):
    stack = deploy(resources)
    count, found = differences(stack)
    assert count and found == []
    client("cloudformation", ACCOUNT, REGION).delete_stack(StackName=stack.name)
    failed = [f"{event.logical_id}: {event.reason}" for event in stack.events if event.status == "DELETE_FAILED"]
    assert (stack.status, stack.stranded) == ("DELETE_COMPLETE", []), failed
