"""A rule of refusals.json that one template shows, and templates that several services need."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moto.acm.models import acm_backends

from emulator.engine.aws import client

Template = dict[str, Any]


@dataclass(frozen=True)
class Case:
    refused: Template | str
    accepted: Template | str
    # deployed before, as the stack of the same name, and as another one
    before: Template | None = None
    beside: Template | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    # what no template of the account and region makes
    ready: Callable[[], None] = lambda: None


def made(kind: str, **properties: Any) -> Template:
    return {"Type": kind, "Properties": properties}


def template(**resources: Template) -> Template:
    return {"Resources": resources}


def many(count: int) -> Template:
    return template(**{f"P{number}": HANDLE for number in range(count)})


def parameters(count: int) -> Template:
    return {**many(1), "Parameters": {f"P{number}": {"Type": "String", "Default": "v"} for number in range(count)}}


def padded(length: int) -> str:
    body = json.dumps(many(1))
    return body + " " * (length - len(body))


def statement(**more: Any) -> Template:
    return {"Effect": "Allow", **more}


def document(*statements: Template) -> Template:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trusted(*statements: Template, **properties: Any) -> Template:
    return made("AWS::IAM::Role", AssumeRolePolicyDocument=document(*statements), **properties)


def by(service: str) -> Template:
    return statement(Principal={"Service": f"{service}.amazonaws.com"}, Action="sts:AssumeRole")


def bucket(**properties: Any) -> Template:
    return template(B=made("AWS::S3::Bucket", **properties))


def key(*statements: Template, **properties: Any) -> Template:
    return made("AWS::KMS::Key", KeyPolicy=document(*statements), **properties)


def function(role: Template | None = None, **properties: Any) -> Template:
    given = {"Code": {"ZipFile": "x"}, "Handler": "i.h", "Runtime": "nodejs22.x", "Role": {"Fn::GetAtt": ["R", "Arn"]}}
    return template(R=role or trusted(by("lambda")), F=made("AWS::Lambda::Function", **{**given, **properties}))


def network(*zones: str, **resources: Template) -> Template:
    subnets = {
        f"S{number}": made(
            "AWS::EC2::Subnet", VpcId={"Ref": "V"}, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"eu-west-1{zone}"
        )
        for number, zone in enumerate(zones)
    }
    return template(V=made("AWS::EC2::VPC", CidrBlock="10.0.0.0/16"), **subnets, **resources)


def parameter(value: str, **properties: Any) -> Template:
    return template(P=made("AWS::SSM::Parameter", Type="String", Value=value, **properties))


def taken(kind: str, **properties: Any) -> Case:
    """The name is another stack's; with another name it is accepted."""
    (key,) = (key for key, value in properties.items() if "taken" in str(value))
    free = str(properties[key]).replace("taken", "free")
    resource = template(R=made(kind, **properties))
    return Case(resource, template(R=made(kind, **{**properties, key: free})), beside=resource)


ROOT_KEY = statement(Principal={"AWS": "arn:aws:iam::222222222222:root"}, Action="kms:*", Resource="*")
PUBLIC = statement(Principal="*", Action="s3:GetObject", Resource="arn:aws:s3:::acme-b/*")
LAMBDA_ROLE = trusted(by("lambda"), RoleName="there")
HANDLE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
ACCOUNT, REGION = "222222222222", "eu-west-1"


def turned(kind: str, wrong: Template, right: Template | None = None, **base: Any) -> Case:
    """One resource, with properties that are refused and with such that are not."""
    return Case(template(X=made(kind, **{**base, **wrong})), template(X=made(kind, **{**base, **(right or {})})))


def fargate(**properties: Any) -> Template:
    container = {"Name": "c", "Image": "public.ecr.aws/nginx/nginx:1", "PortMappings": [{"ContainerPort": 80}]}
    given = {
        "RequiresCompatibilities": ["FARGATE"],
        "NetworkMode": "awsvpc",
        "Cpu": "256",
        "Memory": "512",
        "ContainerDefinitions": [container],
        **properties,
    }
    return made("AWS::ECS::TaskDefinition", **{name: value for name, value in given.items() if value is not None})


IN_SUBNET = {"AwsvpcConfiguration": {"Subnets": [{"Ref": "S0"}]}}


def service(definition: Template | None = None, **properties: Any) -> Template:
    given = {
        "Cluster": {"Ref": "C"},
        "TaskDefinition": {"Ref": "T"},
        "LaunchType": "FARGATE",
        "NetworkConfiguration": IN_SUBNET,
        **properties,
    }
    wanted = {name: value for name, value in given.items() if value is not None}
    ordered = {"DependsOn": "L"} if "LoadBalancers" in wanted else {}
    return network(
        "a",
        "b",
        C=made("AWS::ECS::Cluster"),
        T=definition or fargate(),
        X={**made("AWS::ECS::Service", **wanted), **ordered},
        **TARGETS,
    )


def group(**properties: Any) -> Template:
    return made(
        "AWS::ElasticLoadBalancingV2::TargetGroup", VpcId={"Ref": "V"}, **{"Port": 80, "Protocol": "HTTP", **properties}
    )


FORWARD = [{"Type": "forward", "TargetGroupArn": {"Ref": "G"}}]
TARGETS = {
    "B": made("AWS::ElasticLoadBalancingV2::LoadBalancer", Subnets=[{"Ref": "S0"}, {"Ref": "S1"}], Scheme="internal"),
    "G": group(TargetType="ip"),
    "L": made(
        "AWS::ElasticLoadBalancingV2::Listener",
        LoadBalancerArn={"Ref": "B"},
        Port=80,
        Protocol="HTTP",
        DefaultActions=FORWARD,
    ),
    "Free": group(TargetType="ip"),
    "Instances": group(TargetType="instance"),
}


def subnets(*ranges: str, zone: str = "eu-west-1a") -> Template:
    made_of = {
        f"S{number}": made("AWS::EC2::Subnet", VpcId={"Ref": "V"}, CidrBlock=cidr, AvailabilityZone=zone)
        for number, cidr in enumerate(ranges)
    }
    return template(V=made("AWS::EC2::VPC", CidrBlock="10.0.0.0/16"), **made_of)


def certificate(region: str) -> str:
    return f"arn:aws:acm:{region}:{ACCOUNT}:certificate/12345678-1234-1234-1234-123456789012"


def placed(*rights: str, **more: Any) -> Template:
    """A function that reaches what needs rights of its role."""
    allowed = document(statement(Action=list(rights) or "s3:GetObject", Resource="*"))
    role = trusted(by("lambda"), Policies=[{"PolicyName": "p", "PolicyDocument": allowed}])
    inside = {"VpcConfig": {"SubnetIds": [{"Ref": "S0"}], "SecurityGroupIds": [{"Fn::GetAtt": ["G", "GroupId"]}]}}
    guard = made("AWS::EC2::SecurityGroup", GroupDescription="g", VpcId={"Ref": "V"})
    return network("a", G=guard, Q=made("AWS::SQS::Queue"), **function(role, **(more or inside))["Resources"])


def issued() -> None:
    """Certificates that are there, of a known ARN."""
    for region in ("us-east-1", REGION):
        known = acm_backends[ACCOUNT][region]._certificates
        arn = client("acm", ACCOUNT, region).request_certificate(DomainName="*.acme.example")["CertificateArn"]
        found = known.pop(arn)
        found.arn, found.status = certificate(region), "ISSUED"
        known[found.arn] = found


INTERNET = {
    "IG": made("AWS::EC2::InternetGateway"),
    "IA": made("AWS::EC2::VPCGatewayAttachment", VpcId={"Ref": "V"}, InternetGatewayId={"Ref": "IG"}),
}
NET = {
    "V": made("AWS::EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsSupport=True, EnableDnsHostnames=True),
    "W": made("AWS::EC2::VPC", CidrBlock="10.1.0.0/16"),
    "A": made("AWS::EC2::Subnet", VpcId={"Ref": "V"}, CidrBlock="10.0.0.0/24", AvailabilityZone="eu-west-1a"),
}
