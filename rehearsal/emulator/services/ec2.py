"""Networks: VPC, subnets, routes, gateways, endpoints and flow logs."""

from __future__ import annotations

import json
from typing import Any

from moto.ec2.models import ec2_backends

from emulator.engine.api import ApiResource, Properties, tags_of
from emulator.engine.errors import ResourceFailure
from emulator.engine.resources import register


class Ec2Resource(ApiResource):
    service = "ec2"

    @property
    def backend(self) -> Any:
        return ec2_backends[self.place.account_id][self.place.region]

    def arguments(self, properties: Properties) -> Properties:
        return {key: value for key, value in properties.items() if key != "Tags"}

    def created(self, properties: Properties) -> None:
        self.tag(properties, {})

    def updated(self, properties: Properties, before: Properties) -> None:
        self.tag(properties, before)

    def tag(self, properties: Properties, before: Properties) -> None:
        wanted, had = tags_of(properties), tags_of(before)
        gone = [{"Key": key} for key in had if key not in wanted]
        if gone:
            self.client.delete_tags(Resources=[self.physical_id], Tags=gone)
        if wanted != had and wanted:
            self.client.create_tags(
                Resources=[self.physical_id], Tags=[{"Key": key, "Value": str(value)} for key, value in wanted.items()]
            )

    def delete(self, properties: Properties) -> None:
        super().delete(properties)
        # moto keeps them for the next resource of that id
        self.backend.tags.pop(self.physical_id, None)

    def in_use(self, what: str) -> ResourceFailure:
        return ResourceFailure(
            f"{what} '{self.physical_id}' has dependencies and cannot be deleted. (DependencyViolation)"
        )

    def interfaces(self) -> list[Any]:
        return list(self.backend.enis.values())


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
            if name in properties and properties[name] != before.get(name):
                on = str(properties[name]).lower() == "true"
                self.client.modify_vpc_attribute(VpcId=self.physical_id, **{name: {"Value": on}})

    def update(self, properties: Properties, before: Properties) -> None:
        self._dns(properties, before)
        self.tag(properties, before)

    def delete(self, properties: Properties) -> None:
        backend = self.backend
        groups = [group for group in backend.groups[self.physical_id].values() if group.name != "default"]
        gateways = [gateway for gateway in backend.internet_gateways.values() if _id(gateway.vpc) == self.physical_id]
        endpoints = [
            item for item in backend.vpc_end_points.values() if item.vpc_id == self.physical_id and _alive(item)
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


def _alive(item: Any) -> bool:
    return str(getattr(item, "state", "")).lower() not in ("deleted", "deleting")


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


@register
class InternetGateway(Ec2Resource):
    type = "AWS::EC2::InternetGateway"
    make, remove, key = "create_internet_gateway", "delete_internet_gateway", "InternetGatewayId"
    identity = ("InternetGateway", "InternetGatewayId")
    answers = {"InternetGatewayId": ("InternetGateway", "InternetGatewayId")}

    def update(self, properties: Properties, before: Properties) -> None:
        self.tag(properties, before)


@register
class EgressOnlyInternetGateway(Ec2Resource):
    type = "AWS::EC2::EgressOnlyInternetGateway"
    create_only = ("VpcId",)
    make, remove = "create_egress_only_internet_gateway", "delete_egress_only_internet_gateway"
    key = "EgressOnlyInternetGatewayId"
    identity = ("EgressOnlyInternetGateway", "EgressOnlyInternetGatewayId")


@register
class GatewayAttachment(Ec2Resource):
    type = "AWS::EC2::VPCGatewayAttachment"
    create_only = ("VpcId", "InternetGatewayId", "VpnGatewayId")

    def create(self, properties: Properties) -> None:
        self.call("attach_internet_gateway", properties)
        self.physical_id = f"IGW|{properties['VpcId']}"

    def delete(self, properties: Properties) -> None:
        self.call("detach_internet_gateway", properties)


@register
class ElasticAddress(Ec2Resource):
    type = "AWS::EC2::EIP"
    create_only = ("Domain", "NetworkBorderGroup", "PublicIpv4Pool")
    make, remove = "allocate_address", "release_address"
    identity = ("PublicIp",)
    answers = {"AllocationId": ("AllocationId",), "PublicIp": ("PublicIp",)}

    def arguments(self, properties: Properties) -> Properties:
        return {"Domain": properties.get("Domain", "vpc")}

    def tag(self, properties: Properties, before: Properties) -> None:
        public, self.physical_id = self.physical_id, self.attributes["AllocationId"]
        try:
            super().tag(properties, before)
        finally:
            self.physical_id = public

    def update(self, properties: Properties, before: Properties) -> None:
        self.tag(properties, before)

    def delete(self, properties: Properties) -> None:
        allocation = self.attributes["AllocationId"]
        gateways = [gateway for gateway in self.backend.nat_gateways.values() if _alive(gateway)]
        if any(allocation == address.get("allocationId") for item in gateways for address in item.address_set):
            raise ResourceFailure(f"The address '{allocation}' is in use. (InvalidIPAddress.InUse)")
        self.client.release_address(AllocationId=allocation)
        self.backend.tags.pop(allocation, None)


@register
class NatGateway(Ec2Resource):
    type = "AWS::EC2::NatGateway"
    create_only = ("SubnetId", "AllocationId", "ConnectivityType", "PrivateIpAddress")
    make, remove, key = "create_nat_gateway", "delete_nat_gateway", "NatGatewayId"
    identity = ("NatGateway", "NatGatewayId")
    answers = {"NatGatewayId": ("NatGateway", "NatGatewayId")}

    def update(self, properties: Properties, before: Properties) -> None:
        self.tag(properties, before)

    def delete(self, properties: Properties) -> None:
        super().delete(properties)
        # AWS shows it for an hour
        gateway = self.backend.nat_gateways.pop(self.physical_id)
        self.backend.enis.pop(gateway._eni.id, None)


@register
class VpcEndpoint(Ec2Resource):
    type = "AWS::EC2::VPCEndpoint"
    create_only = ("VpcId", "ServiceName", "VpcEndpointType")
    make, change, remove = "create_vpc_endpoint", "modify_vpc_endpoint", "delete_vpc_endpoints"
    key = "VpcEndpointId"
    identity = ("VpcEndpoint", "VpcEndpointId")
    answers = {
        "Id": ("VpcEndpoint", "VpcEndpointId"),
        "NetworkInterfaceIds": ("VpcEndpoint", "NetworkInterfaceIds"),
        "CreationTimestamp": ("VpcEndpoint", "CreationTimestamp"),
    }
    _lists = {"SubnetIds": "Subnet", "RouteTableIds": "RouteTable", "SecurityGroupIds": "SecurityGroup"}

    def arguments(self, properties: Properties) -> Properties:
        return {"VpcEndpointType": "Gateway", **super().arguments(properties)}

    def created(self, properties: Properties) -> None:
        super().created(properties)
        entries = self.client.describe_vpc_endpoints(VpcEndpointIds=[self.physical_id])["VpcEndpoints"][0]
        self.attributes["DnsEntries"] = [
            f"{item.get('HostedZoneId', 'Z1EMULATED')}:{item['DnsName']}" for item in entries.get("DnsEntries", [])
        ]

    def update(self, properties: Properties, before: Properties) -> None:
        changes: Properties = {}
        for key, argument in self._lists.items():
            wanted, had = properties.get(key, []), before.get(key, [])
            changes[f"Add{argument}Ids"] = [item for item in wanted if item not in had]
            changes[f"Remove{argument}Ids"] = [item for item in had if item not in wanted]
        if properties.get("PolicyDocument") != before.get("PolicyDocument"):
            policy = properties.get("PolicyDocument")
            changes |= {"PolicyDocument": json.dumps(policy)} if policy else {"ResetPolicy": True}
        changes = {key: value for key, value in changes.items() if value}
        if changes:
            self.client.modify_vpc_endpoint(VpcEndpointId=self.physical_id, **changes)
        self.tag(properties, before)

    def delete(self, properties: Properties) -> None:
        self.client.delete_vpc_endpoints(VpcEndpointIds=[self.physical_id])
        # AWS shows it for a while
        self.backend.vpc_end_points.pop(self.physical_id, None)
        self.backend.tags.pop(self.physical_id, None)


@register
class FlowLog(Ec2Resource):
    type = "AWS::EC2::FlowLog"
    create_only = (
        "ResourceId",
        "ResourceType",
        "TrafficType",
        "LogGroupName",
        "LogDestination",
        "LogDestinationType",
        "LogFormat",
        "DeliverLogsPermissionArn",
        "MaxAggregationInterval",
    )

    def create(self, properties: Properties) -> None:
        group = properties.get("LogGroupName")
        logs = self.api("logs")
        if group and not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            raise ResourceFailure(f"LogGroup {group} does not exist")
        given = self.arguments({key: value for key, value in properties.items() if key != "ResourceId"})
        made = self.call("create_flow_logs", given, ResourceIds=[properties["ResourceId"]])
        if made.get("Unsuccessful"):
            raise ResourceFailure(made["Unsuccessful"][0]["Error"]["Message"])
        self.physical_id = made["FlowLogIds"][0]
        self.attributes = {"Id": self.physical_id}
        self.tag(properties, {})

    def update(self, properties: Properties, before: Properties) -> None:
        self.tag(properties, before)

    def delete(self, properties: Properties) -> None:
        self.client.delete_flow_logs(FlowLogIds=[self.physical_id])
        self.backend.tags.pop(self.physical_id, None)
