"""Load balancers of the second generation, their listeners and target groups."""

from __future__ import annotations

from typing import Any

from moto.acm.models import acm_backends

from emulator.engine.api import ApiResource, Properties
from emulator.engine.errors import ResourceFailure
from emulator.engine.resources import EVERYTHING, register


class _Balancing(ApiResource):
    service = "elbv2"
    # the back end knows a part of what the type has
    beside = EVERYTHING


def _pairs(items: Any) -> list[Properties]:
    return [{"Key": item["Key"], "Value": str(item["Value"])} for item in items or []]


@register
class LoadBalancer(_Balancing):
    type = "AWS::ElasticLoadBalancingV2::LoadBalancer"
    create_only = ("Scheme", "Type")
    make, remove, key = "create_load_balancer", "delete_load_balancer", "LoadBalancerArn"
    name = "Name"
    identity = ("LoadBalancers", "0", "LoadBalancerArn")
    answers = {
        "LoadBalancerArn": ("LoadBalancers", "0", "LoadBalancerArn"),
        "DNSName": ("LoadBalancers", "0", "DNSName"),
        "CanonicalHostedZoneID": ("LoadBalancers", "0", "CanonicalHostedZoneId"),
        "LoadBalancerName": ("LoadBalancers", "0", "LoadBalancerName"),
        "SecurityGroups": ("LoadBalancers", "0", "SecurityGroups"),
    }

    def created(self, properties: Properties) -> None:
        self.attributes["LoadBalancerFullName"] = self.physical_id.split(":loadbalancer/")[-1]
        self._set(properties)

    def _set(self, properties: Properties) -> None:
        wanted = _pairs(properties.get("LoadBalancerAttributes"))
        if wanted:
            self.client.modify_load_balancer_attributes(LoadBalancerArn=self.physical_id, Attributes=wanted)

    def update(self, properties: Properties, before: Properties) -> None:
        self._set(properties)
        if properties.get("SecurityGroups") != before.get("SecurityGroups"):
            self.call("set_security_groups", properties, **self.own_key())
        if properties.get("Subnets") != before.get("Subnets"):
            self.call("set_subnets", properties, **self.own_key())

    def delete(self, properties: Properties) -> None:
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
        attributes = _pairs(properties.get("LoadBalancerAttributes"))
        if {"Key": "deletion_protection.enabled", "Value": "true"} in attributes:
            raise ResourceFailure(
                f"Load balancer '{self.physical_id}' cannot be deleted because deletion protection is enabled "
                "(OperationNotPermitted)"
            )
        super().delete(properties)


@register
class TargetGroup(_Balancing):
    type = "AWS::ElasticLoadBalancingV2::TargetGroup"
    create_only = ("Name", "Port", "Protocol", "VpcId", "TargetType", "ProtocolVersion")
    make, change, remove, key = "create_target_group", "modify_target_group", "delete_target_group", "TargetGroupArn"
    name = "Name"
    identity = ("TargetGroups", "0", "TargetGroupArn")
    answers = {
        "TargetGroupArn": ("TargetGroups", "0", "TargetGroupArn"),
        "TargetGroupName": ("TargetGroups", "0", "TargetGroupName"),
        "LoadBalancerArns": ("TargetGroups", "0", "LoadBalancerArns"),
    }

    def created(self, properties: Properties) -> None:
        self.attributes["TargetGroupFullName"] = self.physical_id.split(":")[-1]
        self._set(properties)

    def updated(self, properties: Properties, before: Properties) -> None:
        self._set(properties)

    def _set(self, properties: Properties) -> None:
        wanted = _pairs(properties.get("TargetGroupAttributes"))
        if wanted:
            self.client.modify_target_group_attributes(TargetGroupArn=self.physical_id, Attributes=wanted)


@register
class Listener(_Balancing):
    type = "AWS::ElasticLoadBalancingV2::Listener"
    create_only = ("LoadBalancerArn",)
    make, change, remove, key = "create_listener", "modify_listener", "delete_listener", "ListenerArn"
    identity = ("Listeners", "0", "ListenerArn")
    answers = {"ListenerArn": ("Listeners", "0", "ListenerArn")}

    def create(self, properties: Properties) -> None:
        for item in properties.get("Certificates") or []:
            self._need(str(item["CertificateArn"]))
        super().create(properties)

    def _need(self, arn: str) -> None:
        _, _, _, region, account_id, *_ = arn.split(":")
        known = acm_backends[account_id][region]._certificates
        if region != self.place.region or arn not in known or known[arn].status != "ISSUED":
            raise ResourceFailure(f"Certificate ARN '{arn}' is not valid (CertificateNotFound)")


@register
class ListenerRule(_Balancing):
    type = "AWS::ElasticLoadBalancingV2::ListenerRule"
    create_only = ("ListenerArn",)
    make, change, remove, key = "create_rule", "modify_rule", "delete_rule", "RuleArn"
    identity = ("Rules", "0", "RuleArn")
    answers = {"RuleArn": ("Rules", "0", "RuleArn"), "IsDefault": ("Rules", "0", "IsDefault")}
