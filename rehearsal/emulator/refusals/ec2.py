"""Quotas of a region, types of instances, and what subnets, groups, endpoints and gateways need around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moto.ec2.models import ec2_backends

from emulator.engine import quotas
from emulator.engine.refusals import Asked, refuses
from emulator.engine.stacks import cloudformation_backends

_SIZE = re.compile(r"[a-z][a-z0-9-]*\.(nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?)")


@refuses("AWS::EC2::EIP")
def addresses(asked: Asked) -> Iterator[str]:
    if asked.before is None and quotas.exceeds(len(region_of(asked).addresses) + 1, quotas.ELASTIC_IPS):
        yield "The maximum number of addresses has been reached."


@refuses("AWS::EC2::VPC")
def vpcs(asked: Asked) -> Iterator[str]:
    if asked.before is None and quotas.exceeds(len(region_of(asked).vpcs) + 1, quotas.VPCS):
        yield "The maximum number of VPCs has been reached."


@refuses("AWS::EC2::Instance")
def instance_type(asked: Asked) -> Iterator[str]:
    """By its shape: AWS adds types faster than any list."""
    given = asked.properties.get("InstanceType")
    if isinstance(given, str) and not _SIZE.fullmatch(given):
        yield f"Invalid value '{given}' for InstanceType."


@refuses("AWS::EC2::NatGateway")
def internet_gateway(asked: Asked) -> Iterator[str]:
    subnet = subnet_of(asked, asked.properties.get("SubnetId"))
    if subnet is None or asked.properties.get("ConnectivityType") == "private":
        return
    gateways = region_of(asked).internet_gateways.values()
    if not any(gateway.vpc and gateway.vpc.id == subnet.vpc_id for gateway in gateways):
        yield f"Network {subnet.vpc_id} has no Internet gateway attached"


@refuses("AWS::EC2::Subnet")
def subnet(asked: Asked) -> Iterator[str]:
    cidr, zone = str(asked.properties.get("CidrBlock", "")), asked.properties.get("AvailabilityZone")
    if cidr and not 16 <= int(cidr.rpartition("/")[2] or 0) <= 28:
        yield f"The CIDR '{cidr}' is invalid."
    if isinstance(zone, str) and not zone.startswith(asked.place.region):
        yield (
            f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in "
            f"zones of {asked.place.region}"
        )


@refuses("AWS::EC2::SecurityGroup")
def security_group(asked: Asked) -> Iterator[str]:
    name, description = str(asked.properties.get("GroupName", "g")), str(asked.properties.get("GroupDescription", ""))
    if name.lower().startswith("sg-"):
        yield f"Value ({name}) for parameter GroupName is invalid. Group names may not be in the format sg-*."
    if not re.fullmatch(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}", description):
        yield (
            f"Value ({description}) for parameter GroupDescription is invalid. Character sets beyond ASCII are not "
            "supported."
        )
    for direction in ("Ingress", "Egress"):
        for rule in asked.properties.get(f"SecurityGroup{direction}", []):
            yield from _ports(rule)


@refuses("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
def security_group_rule(asked: Asked) -> Iterator[str]:
    yield from _ports(asked.properties)
    known = region_of(asked)
    ids = (asked.properties.get(key) for key in ("GroupId", "SourceSecurityGroupId", "DestinationSecurityGroupId"))
    groups = [known.get_security_group_from_id(item) for item in ids if item]
    networks = {group.vpc_id for group in groups if group is not None}
    if len(networks) > 1 and networks <= _made(asked) and not _are_connected(known, networks):
        yield "You have specified two resources that belong to different networks."


def _made(asked: Asked) -> set[str]:
    """What stacks have made. Nobody knows how what existed before is connected."""
    stacks = cloudformation_backends[asked.place.account_id][asked.place.region].living()
    return {deployed.resource.physical_id for stack in stacks for deployed in stack.resources.values()}


def _are_connected(known: Any, networks: set[str]) -> bool:
    """https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html, and through a transit gateway."""
    peers = ({item.vpc.id, item.peer_vpc.id} for item in known.vpc_pcxs.values())
    attached = {item.resource_id for item in known.transit_gateway_attachments.values()}
    return networks <= attached or any(networks <= pair for pair in peers)


def _ports(rule: dict[str, Any]) -> Iterator[str]:
    first, last = rule.get("FromPort"), rule.get("ToPort")
    if (
        first is not None
        and last is not None
        and int(first) > int(last)
        and str(rule.get("IpProtocol")) in ("tcp", "udp")
    ):
        yield f"Invalid {str(rule['IpProtocol']).upper()} port range ({first}-{last})"


@refuses("AWS::EC2::VPCEndpoint")
def endpoint(asked: Asked) -> Iterator[str]:
    properties, region = asked.properties, asked.place.region
    name, vpc_id = str(properties.get("ServiceName", "")), properties.get("VpcId")
    named = re.match(r"com\.amazonaws\.([a-z]{2}(-[a-z]+)+-\d)\.", name)
    if named and named.group(1) != properties.get("ServiceRegion", region):
        yield f"The Vpc Endpoint Service '{name}' does not exist"
    vpc = region_of(asked).vpcs.get(str(vpc_id))
    is_private = str(properties.get("PrivateDnsEnabled", "")).lower() == "true"
    if vpc is None or not is_private or properties.get("VpcEndpointType") != "Interface":
        return
    if "false" in (str(vpc.enable_dns_support).lower(), str(vpc.enable_dns_hostnames).lower()):
        yield (
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for "
            f"{vpc_id}"
        )
    others = (
        item
        for item in region_of(asked).vpc_end_points.values()
        # a gateway has no domain
        if item.vpc_id == vpc_id and item.state != "deleted" and item.vpc_endpoint_type == "Interface"
    )
    if asked.before is None and any(item.service_name == name and item.private_dns_enabled for item in others):
        domain = ".".join(reversed(name.split(".")[2:])) + ".amazonaws.com"
        yield (
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
            f"{domain} in the VPC {vpc_id}"
        )


@refuses("AWS::EC2::VPCGatewayAttachment")
def attachment(asked: Asked) -> Iterator[str]:
    vpc_id, wanted = asked.properties.get("VpcId"), asked.properties.get("InternetGatewayId")
    gateways = region_of(asked).internet_gateways.values() if wanted else ()
    if any(gateway.vpc and gateway.vpc.id == vpc_id and gateway.id != wanted for gateway in gateways):
        yield f"Network {vpc_id} already has an internet gateway attached"


def region_of(asked: Asked) -> Any:
    return ec2_backends[asked.place.account_id][asked.place.region]


def subnet_of(asked: Asked, subnet_id: Any) -> Any:
    try:
        return region_of(asked).get_subnet(str(subnet_id))
    except Exception:  # moto raises what the API would answer
        return None
