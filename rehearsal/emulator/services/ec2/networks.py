"""VPCs, subnets and routes."""

from __future__ import annotations

from typing import Any

from emulator.engine.api import Properties
from emulator.engine.resources import register
from emulator.services.ec2.resource import Ec2Resource, is_alive


@register
class Vpc(Ec2Resource):
    type = "AWS::EC2::VPC"
    create_only = ("CidrBlock", "Ipv4IpamPoolId", "InstanceTenancy")
    make, remove, key = "create_vpc", "delete_vpc", "VpcId"
    identity = ("Vpc", "VpcId")
    answers = {"VpcId": ("Vpc", "VpcId"), "CidrBlock": ("Vpc", "CidrBlock")}

    def created(self, properties: Properties) -> None:
        backend = self.backend
        group = next(group for group in backend.groups[self.physical_id].values() if group.name == "default")
        table = next(table for table in backend.route_tables.values() if table.vpc_id == self.physical_id)
        acl = next(acl for acl in backend.network_acls.values() if acl.vpc_id == self.physical_id)
        blocks = self.client.describe_vpcs(VpcIds=[self.physical_id])["Vpcs"][0].get("CidrBlockAssociationSet", [])
        self.attributes |= {
            "DefaultSecurityGroup": group.id,
            "DefaultNetworkAcl": acl.id,
            "CidrBlockAssociations": [block["AssociationId"] for block in blocks],
            "Ipv6CidrBlocks": [],
        }
        self.main_table = table.id
        self._dns(properties, {})
        self.tag(properties, {})

    def _dns(self, properties: Properties, before: Properties) -> None:
        for name in ("EnableDnsSupport", "EnableDnsHostnames"):
            # taken away, it is as in a new VPC
            wanted = properties.get(name, name == "EnableDnsSupport" if name in before else None)
            if wanted is not None and wanted != before.get(name):
                on = str(wanted).lower() == "true"
                self.client.modify_vpc_attribute(VpcId=self.physical_id, **{name: {"Value": on}})

    def update(self, properties: Properties, before: Properties) -> None:
        self._dns(properties, before)
        self.tag(properties, before)

    def delete(self, properties: Properties) -> None:
        backend = self.backend
        groups = [group for group in backend.groups[self.physical_id].values() if group.name != "default"]
        gateways = [gateway for gateway in backend.internet_gateways.values() if _id(gateway.vpc) == self.physical_id]
        endpoints = [
            item for item in backend.vpc_end_points.values() if item.vpc_id == self.physical_id and is_alive(item)
        ]
        if groups or gateways or endpoints:
            raise self.in_use("The vpc")
        acls = [acl.id for acl in backend.network_acls.values() if acl.vpc_id == self.physical_id]
        super().delete(properties)
        # what came with the VPC goes with it
        for acl in acls:
            backend.network_acls.pop(acl, None)
        backend.groups.pop(self.physical_id, None)
        backend.tags.pop(self.main_table, None)


def _id(item: Any) -> str:
    return str(getattr(item, "id", item) or "")


@register
class Subnet(Ec2Resource):
    type = "AWS::EC2::Subnet"
    create_only = ("VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId")
    make, remove, key = "create_subnet", "delete_subnet", "SubnetId"
    identity = ("Subnet", "SubnetId")
    answers = {
        "SubnetId": ("Subnet", "SubnetId"),
        "AvailabilityZone": ("Subnet", "AvailabilityZone"),
        "AvailabilityZoneId": ("Subnet", "AvailabilityZoneId"),
        "CidrBlock": ("Subnet", "CidrBlock"),
        "VpcId": ("Subnet", "VpcId"),
    }

    def created(self, properties: Properties) -> None:
        acls = [acl for acl in self.backend.network_acls.values() if acl.vpc_id == properties["VpcId"]]
        associations = [item.id for acl in acls for item in acl.associations if item.subnet_id == self.physical_id]
        self.attributes |= {"NetworkAclAssociationId": next(iter(associations), ""), "Ipv6CidrBlocks": []}
        self._public(properties)
        self.tag(properties, {})

    def _public(self, properties: Properties) -> None:
        on = str(properties.get("MapPublicIpOnLaunch", False)).lower() == "true"
        self.client.modify_subnet_attribute(SubnetId=self.physical_id, MapPublicIpOnLaunch={"Value": on})

    def update(self, properties: Properties, before: Properties) -> None:
        self._public(properties)
        self.tag(properties, before)

    def delete(self, properties: Properties) -> None:
        if any(_id(interface.subnet) == self.physical_id for interface in self.interfaces()):
            raise self.in_use("The subnet")
        super().delete(properties)
        for acl in self.backend.network_acls.values():
            for key in [key for key, item in acl._associations.items() if item.subnet_id == self.physical_id]:
                del acl._associations[key]


@register
class RouteTable(Ec2Resource):
    type = "AWS::EC2::RouteTable"
    create_only = ("VpcId",)
    make, remove, key = "create_route_table", "delete_route_table", "RouteTableId"
    identity = ("RouteTable", "RouteTableId")
    answers = {"RouteTableId": ("RouteTable", "RouteTableId")}

    def update(self, properties: Properties, before: Properties) -> None:
        self.tag(properties, before)


_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


@register
class Route(Ec2Resource):
    type = "AWS::EC2::Route"
    create_only = ("RouteTableId", *_DESTINATIONS)
    make, change, remove = "create_route", "replace_route", "delete_route"

    def create(self, properties: Properties) -> None:
        self.call(self.make, properties)
        destination = next(properties[key] for key in _DESTINATIONS if key in properties)
        self.physical_id = f"{properties['RouteTableId']}|{destination}"
        self.attributes = {"CidrBlock": destination}

    def delete(self, properties: Properties) -> None:
        self.call(self.remove, {key: properties[key] for key in ("RouteTableId", *_DESTINATIONS) if key in properties})


@register
class SubnetRouteTableAssociation(Ec2Resource):
    type = "AWS::EC2::SubnetRouteTableAssociation"
    create_only = ("SubnetId", "RouteTableId")
    make, remove, key = "associate_route_table", "disassociate_route_table", "AssociationId"
    identity = ("AssociationId",)
    answers = {"Id": ("AssociationId",)}
