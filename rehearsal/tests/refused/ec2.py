"""What EC2 refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import INTERNET, NET, Case, Template, made, network, subnets, template, turned


def each(count: int, kind: str, **properties: Any) -> Template:
    return template(**{f"R{number}": made(kind, **properties) for number in range(count)})


def nat(**resources: Template) -> Template:
    allocation = {"Fn::GetAtt": ["E", "AllocationId"]}
    gateway = made("AWS::EC2::NatGateway", SubnetId={"Ref": "S0"}, AllocationId=allocation)
    after = {"DependsOn": list(resources)} if resources else {}
    return network("a", E=made("AWS::EC2::EIP", Domain="vpc"), N={**gateway, **after}, **resources)


def guarded(**properties: Any) -> Template:
    given = {"GroupDescription": "g", "VpcId": {"Ref": "V"}, **properties}
    return network("a", X=made("AWS::EC2::SecurityGroup", **given))


def opened(first: int, last: int) -> Template:
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, "CidrIp": "10.0.0.0/8"}


def of_another_vpc(vpc: str) -> Template:
    other = made("AWS::EC2::SecurityGroup", GroupDescription="o", VpcId={"Ref": vpc})
    rule = made(
        "AWS::EC2::SecurityGroupIngress",
        GroupId={"Ref": "X"},
        IpProtocol="tcp",
        FromPort=443,
        ToPort=443,
        SourceSecurityGroupId={"Fn::GetAtt": ["O", "GroupId"]},
    )
    body = guarded()
    body["Resources"].update(W=made("AWS::EC2::VPC", CidrBlock="10.9.0.0/16"), O=other, I=rule)
    return body


def endpoint(name: str, twice: bool = False, dns: bool = True) -> Template:
    given = {
        "ServiceName": f"com.amazonaws.{name}",
        "VpcId": {"Ref": "V"},
        "VpcEndpointType": "Interface",
        "SubnetIds": [{"Ref": "S0"}],
        "PrivateDnsEnabled": True,
    }
    body = network("a", X=made("AWS::EC2::VPCEndpoint", **given))
    body["Resources"]["V"]["Properties"].update(EnableDnsHostnames=dns, EnableDnsSupport=dns)
    if twice:
        body["Resources"]["Y"] = {**made("AWS::EC2::VPCEndpoint", **given), "DependsOn": "X"}
    return body


def gateways(vpc: str) -> Template:
    second = made("AWS::EC2::VPCGatewayAttachment", VpcId={"Ref": vpc}, InternetGatewayId={"Ref": "JG"})
    other = {"W": made("AWS::EC2::VPC", CidrBlock="10.9.0.0/16"), "JG": made("AWS::EC2::InternetGateway")}
    return network("a", **INTERNET, **other, JA={**second, "DependsOn": "IA"})


STORE = {"VpcId": {"Ref": "V"}, "ServiceName": "com.amazonaws.eu-west-1.s3"}
INTERFACE = {"VpcEndpointType": "Interface", "PrivateDnsEnabled": True, "SubnetIds": [{"Ref": "A"}]}
GROUPS = {
    f"Of{vpc}": made("AWS::EC2::SecurityGroup", GroupDescription="g", VpcId={"Ref": vpc}) for vpc in ("V", "W")
}
FROM_THE_OTHER = {
    "GroupId": {"Fn::GetAtt": ["OfV", "GroupId"]},
    "SourceSecurityGroupId": {"Fn::GetAtt": ["OfW", "GroupId"]},
    **{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443},
}

CASES: dict[str, Case] = {
    "elastic-ips": Case(each(6, "AWS::EC2::EIP", Domain="vpc"), each(5, "AWS::EC2::EIP", Domain="vpc")),
    # the default VPC counts
    "vpcs": Case(each(5, "AWS::EC2::VPC", CidrBlock="10.0.0.0/16"), each(4, "AWS::EC2::VPC", CidrBlock="10.0.0.0/16")),
    "instance-type": Case(
        template(I=made("AWS::EC2::Instance", ImageId="ami-12345678", InstanceType="x9.nope")),
        template(I=made("AWS::EC2::Instance", ImageId="ami-12345678", InstanceType="t4g.micro")),
    ),
    "nat-without-internet": Case(
        nat(),
        nat(
            G=made("AWS::EC2::InternetGateway"),
            A=made("AWS::EC2::VPCGatewayAttachment", VpcId={"Ref": "V"}, InternetGatewayId={"Ref": "G"}),
        ),
    ),
    "vpc-too-large": turned("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/15"}, {"CidrBlock": "10.0.0.0/16"}),
    "vpc-too-small": turned("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/29"}, {"CidrBlock": "10.0.0.0/28"}),
    "subnet-outside": Case(subnets("10.1.0.0/24"), subnets("10.0.1.0/24")),
    "subnet-overlaps": Case(subnets("10.0.0.0/24", "10.0.0.128/25"), subnets("10.0.0.0/25", "10.0.0.128/25")),
    "subnet-too-small": Case(subnets("10.0.0.0/29"), subnets("10.0.0.0/28")),
    "subnet-zone": Case(subnets("10.0.0.0/24", zone="us-east-1a"), subnets("10.0.0.0/24")),
    "security-group-description": Case(guarded(GroupDescription="für alle"), guarded(GroupDescription="for all (all)")),
    "security-group-name": Case(guarded(GroupName="sg-acme"), guarded(GroupName="acme-sg")),
    "security-group-ports": Case(
        guarded(SecurityGroupIngress=[opened(443, 80)]), guarded(SecurityGroupIngress=[opened(80, 443)])
    ),
    "security-group-rules": Case(
        guarded(SecurityGroupIngress=[opened(port, port) for port in range(61)]),
        guarded(SecurityGroupIngress=[opened(port, port) for port in range(60)]),
    ),
    "security-group-rule-twice": Case(
        guarded(SecurityGroupIngress=[opened(80, 80)] * 2),
        guarded(SecurityGroupIngress=[opened(80, 80), opened(81, 81)]),
    ),
    "security-group-of-another-vpc": Case(of_another_vpc("W"), of_another_vpc("V")),
    "endpoint-service": Case(endpoint("us-east-1.sqs"), endpoint("eu-west-1.sqs")),
    "endpoint-twice": Case(endpoint("eu-west-1.sqs", twice=True), endpoint("eu-west-1.sqs")),
    "endpoint-without-dns": Case(endpoint("eu-west-1.sqs", dns=False), endpoint("eu-west-1.sqs")),
    "gateways-of-a-vpc": Case(gateways("V"), gateways("W")),
}

# what a rule refused once, and AWS accepts
ACCEPTED: dict[str, Template] = {
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html#private-dns-s3
    "an endpoint of each kind": template(
        **NET,
        G=made("AWS::EC2::VPCEndpoint", **STORE, VpcEndpointType="Gateway"),
        I={**made("AWS::EC2::VPCEndpoint", **STORE, **INTERFACE), "DependsOn": "G"},
    ),
    # https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
    "a group of a peer": template(
        **NET,
        **GROUPS,
        P=made("AWS::EC2::VPCPeeringConnection", VpcId={"Ref": "V"}, PeerVpcId={"Ref": "W"}),
        I={**made("AWS::EC2::SecurityGroupIngress", **FROM_THE_OTHER), "DependsOn": "P"},
    ),
}
