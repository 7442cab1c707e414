"""Internet and NAT gateways, and the addresses that these have."""

from __future__ import annotations

from emulator.engine.api import Properties
from emulator.engine.errors import ResourceFailure
from emulator.engine.resources import register
from emulator.services.ec2.resource import Ec2Resource, is_alive


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
        kind, name = self._kind(properties)
        self.call(f"attach_{name}", properties)
        self.physical_id = f"{kind}|{properties['VpcId']}"
        self.attributes["AttachmentType"] = kind

    def _kind(self, properties: Properties) -> tuple[str, str]:
        return ("VGW", "vpn_gateway") if "VpnGatewayId" in properties else ("IGW", "internet_gateway")

    def delete(self, properties: Properties) -> None:
        self.call(f"detach_{self._kind(properties)[1]}", properties)


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
        gateways = [gateway for gateway in self.backend.nat_gateways.values() if is_alive(gateway)]
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
