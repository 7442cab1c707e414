"""How to delete what moto creates from a template but does not delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Properties = dict[str, Any]
Delete = tuple[str, str, Callable[[str, Properties, Any], Properties]]


def _by(argument: str) -> Callable[[str, Properties, Any], Properties]:
    return lambda physical_id, _properties, _resource: {argument: physical_id}


def _by_list(argument: str) -> Callable[[str, Properties, Any], Properties]:
    return lambda physical_id, _properties, _resource: {argument: [physical_id]}


def _route(_physical_id: str, properties: Properties, _resource: Any) -> Properties:
    keys = ("RouteTableId", "DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
    return {key: properties[key] for key in keys if key in properties}


def _attachment(_physical_id: str, properties: Properties, _resource: Any) -> Properties:
    return {key: properties[key] for key in ("InternetGatewayId", "VpcId") if key in properties}


def _ingress(_physical_id: str, properties: Properties, _resource: Any) -> Properties:
    permission: Properties = {"IpProtocol": str(properties["IpProtocol"])}
    permission.update({key: int(properties[key]) for key in ("FromPort", "ToPort") if key in properties})
    if "CidrIp" in properties:
        permission["IpRanges"] = [{"CidrIp": properties["CidrIp"]}]
    if "SourceSecurityGroupId" in properties:
        permission["UserIdGroupPairs"] = [{"GroupId": properties["SourceSecurityGroupId"]}]
    return {"GroupId": properties["GroupId"], "IpPermissions": [permission]}


def _address(_physical_id: str, _properties: Properties, resource: Any) -> Properties:
    return {"AllocationId": resource.model.allocation_id}


def _service(physical_id: str, properties: Properties, _resource: Any) -> Properties:
    return {"cluster": properties["Cluster"], "service": physical_id, "force": True}


# deleted together with the resource that they belong to, or kept nowhere in moto
GONE_WITH_ANOTHER = {"AWS::EC2::SubnetRouteTableAssociation", "AWS::Lambda::Permission", "AWS::Lambda::Version"}

DELETES: dict[str, Delete] = {
    "AWS::EC2::EIP": ("ec2", "release_address", _address),
    "AWS::EC2::FlowLog": ("ec2", "delete_flow_logs", _by_list("FlowLogIds")),
    "AWS::EC2::InternetGateway": ("ec2", "delete_internet_gateway", _by("InternetGatewayId")),
    "AWS::EC2::NatGateway": ("ec2", "delete_nat_gateway", _by("NatGatewayId")),
    "AWS::EC2::Route": ("ec2", "delete_route", _route),
    "AWS::EC2::RouteTable": ("ec2", "delete_route_table", _by("RouteTableId")),
    "AWS::EC2::SecurityGroupIngress": ("ec2", "revoke_security_group_ingress", _ingress),
    "AWS::EC2::Volume": ("ec2", "delete_volume", _by("VolumeId")),
    "AWS::EC2::VPCEndpoint": ("ec2", "delete_vpc_endpoints", _by_list("VpcEndpointIds")),
    "AWS::EC2::VPCGatewayAttachment": ("ec2", "detach_internet_gateway", _attachment),
    "AWS::EC2::VPCPeeringConnection": ("ec2", "delete_vpc_peering_connection", _by("VpcPeeringConnectionId")),
    "AWS::ECS::Cluster": ("ecs", "delete_cluster", _by("cluster")),
    "AWS::ECS::Service": ("ecs", "delete_service", _service),
    "AWS::ECS::TaskDefinition": ("ecs", "deregister_task_definition", _by("taskDefinition")),
    "AWS::ElasticLoadBalancingV2::Listener": ("elbv2", "delete_listener", _by("ListenerArn")),
    "AWS::ElasticLoadBalancingV2::ListenerRule": ("elbv2", "delete_rule", _by("RuleArn")),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("elbv2", "delete_target_group", _by("TargetGroupArn")),
    "AWS::Route53::HealthCheck": ("route53", "delete_health_check", _by("HealthCheckId")),
    "AWS::Route53::HostedZone": ("route53", "delete_hosted_zone", _by("Id")),
}
