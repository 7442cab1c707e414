"""Endpoints of a VPC for AWS's services."""

from __future__ import annotations

import json

from emulator.engine.api import Properties
from emulator.engine.resources import EVERYTHING, register
from emulator.services.ec2.resource import Ec2Resource


@register
class VpcEndpoint(Ec2Resource):
    type = "AWS::EC2::VPCEndpoint"
    beside = EVERYTHING
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
