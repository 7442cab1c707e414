"""How to delete what moto creates from a template but does not delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Properties = dict[str, Any]
Delete = tuple[str, str, Callable[[str, Properties, Any], Properties]]


def _by(argument: str) -> Callable[[str, Properties, Any], Properties]:
    return lambda physical_id, _properties, _resource: {argument: physical_id}


# deleted together with the resource that they belong to, or kept nowhere in moto
GONE_WITH_ANOTHER = {"AWS::Lambda::Permission", "AWS::Lambda::Version"}

DELETES: dict[str, Delete] = {
    "AWS::EC2::Volume": ("ec2", "delete_volume", _by("VolumeId")),
    "AWS::EC2::VPNGateway": ("ec2", "delete_vpn_gateway", _by("VpnGatewayId")),
    "AWS::EC2::VPCPeeringConnection": ("ec2", "delete_vpc_peering_connection", _by("VpcPeeringConnectionId")),
    "AWS::Route53::HealthCheck": ("route53", "delete_health_check", _by("HealthCheckId")),
}
