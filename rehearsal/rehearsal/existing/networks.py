"""VPCs with their subnets and routes, security groups, load balancers."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from moto.ec2.models import route_tables, security_groups, subnets, vpcs, vpn_gateway
from moto.elbv2 import models as elbv2

from rehearsal.existing.place import Item, Place, called, tags


class _Routes:
    """The default routes of a VPC, with the gateways to which they lead. What no subnet needs is not made."""

    def __init__(self, api: Any, vpc_id: str, public_subnet: str | None) -> None:
        self.api, self.vpc_id, self.public_subnet = api, vpc_id, public_subnet

    def of(self, kind: str) -> dict[str, str]:
        if kind == "Public":
            return {"GatewayId": self._internet_gateway}
        return {} if kind == "Isolated" else self._out

    @cached_property
    def _internet_gateway(self) -> str:
        made = self.api.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.api.attach_internet_gateway(InternetGatewayId=made, VpcId=self.vpc_id)
        return made

    @cached_property
    def _out(self) -> dict[str, str]:
        if self.public_subnet is None:
            return {"TransitGatewayId": self.api.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]}
        address = self.api.allocate_address(Domain="vpc")["AllocationId"]
        made = self.api.create_nat_gateway(SubnetId=self.public_subnet, AllocationId=address)
        return {"NatGatewayId": made["NatGateway"]["NatGatewayId"]}


def make_vpc(place: Place, item: Item) -> None:
    api = place.api("ec2")
    with called(vpcs, "random_vpc_id", item.get("id")):
        vpc_id = api.create_vpc(CidrBlock=item["cidr"])["Vpc"]["VpcId"]
    if item.get("tags"):
        api.create_tags(Resources=[vpc_id], Tags=tags(item))
    if "vpnGatewayId" in item:
        with called(vpn_gateway, "random_vpn_gateway_id", item["vpnGatewayId"]):
            api.create_vpn_gateway(Type="ipsec.1")
        api.attach_vpn_gateway(VpnGatewayId=item["vpnGatewayId"], VpcId=vpc_id)
    found = [(subnet, _subnet(api, vpc_id, subnet)) for subnet in item.get("subnets", [])]
    public = next((subnet_id for subnet, subnet_id in found if subnet["type"] == "Public"), None)
    routes, tables = _Routes(api, vpc_id, public), dict[str, str]()
    for subnet, subnet_id in found:
        table = subnet.get("routeTableId", subnet_id)
        if table not in tables:
            tables[table] = _route_table(api, vpc_id, subnet, routes.of(subnet["type"]))
        api.associate_route_table(RouteTableId=tables[table], SubnetId=subnet_id)


def _route_table(api: Any, vpc_id: str, subnet: Item, target: dict[str, str]) -> str:
    with called(route_tables, "random_route_table_id", subnet.get("routeTableId")):
        made = api.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    if target:
        api.create_route(RouteTableId=made, DestinationCidrBlock="0.0.0.0/0", **target)
    return made


def _subnet(api: Any, vpc_id: str, item: Item) -> str:
    with called(subnets, "random_subnet_id", item.get("id")):
        made = api.create_subnet(VpcId=vpc_id, CidrBlock=item["cidr"], AvailabilityZone=item["availabilityZone"])
    subnet_id = made["Subnet"]["SubnetId"]
    if item.get("tags"):
        api.create_tags(Resources=[subnet_id], Tags=tags(item))
    return subnet_id


def make_security_group(place: Place, item: Item) -> None:
    api = place.api("ec2")
    vpc = {"VpcId": item["vpcId"]} if "vpcId" in item else {}
    if vpc:
        # moto makes it in a VPC that does not exist, too
        api.describe_vpcs(VpcIds=[item["vpcId"]])
    with called(security_groups, "random_security_group_id", item.get("id")):
        group_id = api.create_security_group(GroupName=item["name"], Description=item["name"], **vpc)["GroupId"]
    if item.get("tags"):
        api.create_tags(Resources=[group_id], Tags=tags(item))
    if not item.get("allowAllOutbound", True):
        everything = api.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]["IpPermissionsEgress"]
        api.revoke_security_group_egress(GroupId=group_id, IpPermissions=everything)


def make_load_balancer(place: Place, item: Item) -> None:
    api = place.api("elbv2")
    if item.get("securityGroupIds"):
        place.api("ec2").describe_security_groups(GroupIds=item["securityGroupIds"])
    with called(elbv2, "make_arn_for_load_balancer", item.get("arn")):
        made = api.create_load_balancer(
            Name=item["name"],
            Type=item.get("type", "application"),
            Scheme=item.get("scheme", "internet-facing"),
            Subnets=item["subnetIds"],
            SecurityGroups=item.get("securityGroupIds", []),
            **({"Tags": tags(item)} if item.get("tags") else {}),
        )["LoadBalancers"][0]["LoadBalancerArn"]
    for listener in item.get("listeners", []):
        certificate = listener.get("certificateArn")
        api.create_listener(
            LoadBalancerArn=made,
            Port=listener["port"],
            Protocol=listener["protocol"],
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
            **({"Certificates": [{"CertificateArn": certificate}]} if certificate else {}),
        )
