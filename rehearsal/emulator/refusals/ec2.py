"""Quotas of a region, types of instances, and what gateways and load balancers need around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moto.ec2.models import ec2_backends

from emulator.engine import quotas
from emulator.engine.policies import as_list
from emulator.engine.refusals import Asked, refuses

_SIZE = re.compile(r"[a-z][a-z0-9-]*\.(nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?)")


@refuses("AWS::EC2::EIP")
def addresses(asked: Asked) -> Iterator[str]:
    if asked.before is None and quotas.exceeds(len(_region(asked).addresses) + 1, quotas.ELASTIC_IPS):
        yield "The maximum number of addresses has been reached."


@refuses("AWS::EC2::VPC")
def vpcs(asked: Asked) -> Iterator[str]:
    if asked.before is None and quotas.exceeds(len(_region(asked).vpcs) + 1, quotas.VPCS):
        yield "The maximum number of VPCs has been reached."


@refuses("AWS::EC2::Instance")
def instance_type(asked: Asked) -> Iterator[str]:
    """By its shape: AWS adds types faster than any list."""
    given = asked.properties.get("InstanceType")
    if isinstance(given, str) and not _SIZE.fullmatch(given):
        yield f"Invalid value '{given}' for InstanceType."


@refuses("AWS::EC2::NatGateway")
def internet_gateway(asked: Asked) -> Iterator[str]:
    subnet = _subnet(asked, asked.properties.get("SubnetId"))
    if subnet is None or asked.properties.get("ConnectivityType") == "private":
        return
    gateways = _region(asked).internet_gateways.values()
    if not any(gateway.vpc and gateway.vpc.id == subnet.vpc_id for gateway in gateways):
        yield f"Network {subnet.vpc_id} has no Internet gateway attached"


@refuses("AWS::ElasticLoadBalancingV2::LoadBalancer")
def zones(asked: Asked) -> Iterator[str]:
    subnets = [_subnet(asked, item) for item in as_list(asked.properties.get("Subnets"))]
    known = {subnet.availability_zone for subnet in subnets if subnet is not None}
    is_application = asked.properties.get("Type", "application") == "application"
    if is_application and subnets and None not in subnets and len(known) < 2:
        yield "At least two subnets in two different Availability Zones must be specified"


def _region(asked: Asked) -> Any:
    return ec2_backends[asked.place.account_id][asked.place.region]


def _subnet(asked: Asked, subnet_id: Any) -> Any:
    try:
        return _region(asked).get_subnet(str(subnet_id))
    except Exception:  # moto raises what the API would answer
        return None
