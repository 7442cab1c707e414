"""Each type that the library, its services and the CDK's constructs beside them create, against AWS's public schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import derive_shapes
import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from service_templates import REGION, SERVICES, att, of, ref, role

from emulator.engine import shapes
from emulator.engine.aws import client
from emulator.engine.resources import Place, make
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends
from rehearsal import state

ACCOUNT = "222222222222"
# attributes that a resource has only with another property: "Return values" of the type's page
ONLY_WITH = shapes.ONLY_WITH
# whose ARNs are of another service: "Resource types defined by …" in the service authorization reference
SERVICE = {"AWS::ApplicationAutoScaling::ScalingPolicy": "autoscaling"}


def schema_of(kind: str) -> Any:
    return PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind)


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


def differences(stack: Any) -> tuple[int, list[str]]:
    """How many values were looked at, and what is wrong with which."""
    count, found = 0, []
    for logical, deployed in stack.resources.items():
        kind, resource = deployed.resource.place.type, deployed.resource
        schema = schema_of(kind)
        if not hasattr(schema, "schema"):
            continue
        count += 1
        wrong = reference(schema, kind, deployed)
        if wrong:
            found.append(f"{kind} {logical} Ref: {wrong}")
        for name in schema.get_atts.data:
            pointer = schema.get_atts.data[name]
            if "*" in name or not readable(schema, pointer, deployed.properties, kind):
                continue
            count += 1
            try:
                value = resource.attribute(name)
            except Exception as error:
                found.append(f"{kind} {logical}.{name}: {error}")
                continue
            wrong = misfit(schema, pointer, name, value)
            if wrong:
                found.append(f"{kind} {logical}.{name}: {wrong}")
    return count, found


def readable(schema: Any, pointer: str, properties: dict[str, Any], kind: str) -> bool:
    path = pointer.split("/")[2:]
    name = ".".join(path)
    if name in ONLY_WITH.get(kind, {}):
        return ONLY_WITH[kind][name] in properties
    read_only = schema.schema.get("readOnlyProperties", [])
    if any(pointer == item or pointer.startswith(f"{item}/") for item in read_only):
        return True
    value: Any = properties
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    # of what need not be given, AWS tells what it has put there
    return value is not None


def reference(schema: Any, kind: str, deployed: Any) -> str | None:
    names = shapes.REF.get(kind) or [item.split("/", 2)[2] for item in schema.schema["primaryIdentifier"]]
    parts = deployed.resource.physical_id.split("|")
    if len(names) == 1:
        parts = [deployed.resource.physical_id]
    if len(parts) != len(names):
        return f"{deployed.resource.physical_id} is not {'|'.join(names)}"
    for name, part in zip(names, parts, strict=True):
        given = deployed.properties.get(name)
        if given is not None:
            # Route 53 knows names without the last dot
            if part != str(given).rstrip("."):
                return f"{part} is not {given}"
            continue
        wrong = misfit(schema, f"/properties/{name}", name, part)
        if wrong:
            return wrong
        try:
            known = deployed.resource.attribute(name.replace("/", "."))
        except Exception:
            continue
        if known != part:
            return f"{part} is not {name}, {known}"
    return None


def misfit(schema: Any, pointer: str, name: str, value: Any) -> str | None:
    found = schema.resolver.resolve_cfn_pointer(pointer)
    kinds = found.get("type", "string")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    python = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}
    if not any(isinstance(value, python[kind]) for kind in kinds):
        return f"{value!r} is not {kinds}"
    if not isinstance(value, str):
        return None
    if value.count("arn:") > 1:
        return f"an ARN in an ARN: {value}"
    if not found.get("minLength", 0) <= len(value) <= found.get("maxLength", 10**6):
        return f"{value} has {len(value)} characters"
    if "enum" in found and value not in found["enum"]:
        return f"{value} is none of {found['enum']}"
    pattern = found.get("pattern", "")
    if derive_shapes.can_be_read(pattern) and not re.search(pattern, value):
        return f"{value} is not {pattern}"
    form = shapes.FORMATS.get(found.get("format", ""))
    if form and not re.fullmatch(form, value):
        return f"{value} is not {found['format']}"
    if name.lower().endswith("arn") or found.get("format", "").endswith(".Arn"):
        return wrong_arn(schema.type_name, name, value)
    return None


def wrong_arn(kind: str, name: str, value: str) -> str | None:
    match = re.fullmatch(r"arn:aws:([a-z0-9-]+):([a-z0-9-]*):(\d*):(.+)", value)
    if not match:
        return f"{value} is no ARN"
    service, region, account, _ = match.groups()
    own = name.split(".")[-1].lower() in ("arn", f"{kind.split('::')[2].lower()}arn")
    expected = shapes.of(kind).get("arn", "").split(":")
    if own and service != SERVICE.get(kind, expected[2]):
        return f"{value} is not of {expected[2]}"
    if region not in (REGION, "") or account not in (ACCOUNT, ""):
        return f"{value} is elsewhere"
    return None


@pytest.mark.parametrize("name", SERVICES)
def test_ref_and_attributes_have_the_shape_of_the_schema(account, name):
    count, found = differences(deploy(SERVICES[name][0]))
    assert count and found == []


def test_the_shapes_are_those_of_the_schemas():
    assert derive_shapes.FILE.read_text("utf-8") == derive_shapes.derived(), derive_shapes.__doc__


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


def plain(text: str) -> str:
    return re.sub("[^a-z0-9]", "", text.lower())


def told(node: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Each value of a state, with what it is called."""
    if isinstance(node, str) and node.startswith(("{", "[")):
        with suppress(ValueError):
            node = json.loads(node)
    if is_tag(node):
        key, node = node.values()
    if isinstance(node, dict):
        for name, value in node.items():
            yield plain(key), plain(str(name))
            yield from told(value, str(name))
    elif isinstance(node, list):
        for value in node:
            yield from told(value, key)
    else:
        yield plain(key), plain(str(node))


def is_tag(item: Any) -> bool:
    return isinstance(item, dict) and [name.lower() for name in item] in (["key", "value"], ["tagkey", "tagvalue"])


def given(node: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, str) and node.startswith(("{", "[")):
        with suppress(ValueError):
            node = json.loads(node)
    if isinstance(node, dict):
        for name, value in node.items():
            yield from given(value, name)
    elif isinstance(node, list) and node and all(is_tag(item) for item in node):
        # a tag is known by its name
        yield from ((plain(key), plain(str(value))) for key, value in (item.values() for item in node))
    elif isinstance(node, list):
        for value in node:
            yield from given(value, key)
    else:
        yield plain(key), plain(str(node))


def services_state() -> Any:
    """All but the stacks, which keep their templates."""
    found = state.snapshot()[ACCOUNT]
    return {name: part for name, part in found.items() if not name.startswith("cloudformation")}


# what moto calls otherwise
CALLED = {
    "enablekeyrotation": "keyrotationstatus",
    "policyname": "policies",
    "reservedconcurrentexecutions": "reservedconcurrency",
}
# a secret is not kept, and a queue is told by its name
UNREAD = {"AuthToken", "MasterUserPassword", "Queues", "ScalingTargetId"}


def lost(stack: Any) -> tuple[int, list[str]]:
    """How many properties were looked at, and which the account knows nothing of."""
    known = set(told(services_state()))
    whole = "\n".join(sorted(value for _, value in known))
    count, found = 0, []
    for logical, deployed in stack.resources.items():
        if not deployed.resource.place.type.startswith("AWS::"):
            continue
        for name, value in deployed.properties.items():
            if name in UNREAD:
                continue
            count += 1
            for key, leaf in given(value, name):
                # a number or a word is only found under its name
                names = (key, CALLED.get(key, key))
                at_home = any(
                    leaf == text and (name in where or where in name) for where, text in known if where for name in names
                )
                if not at_home and (len(leaf) < 8 or leaf not in whole):
                    found.append(f"{deployed.resource.place.type} {logical}.{name}: {key} {leaf}")
    return count, found


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_given_is_dropped(account, name):
    count, found = lost(deploy(SERVICES[name][0]))
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
    return ("stage", "testing") in set(told(services_state()))


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
    ],
)
def test_what_never_worked_comes_and_goes(account, resources):
    count, found = differences(deploy(resources))
    assert count and found == []
