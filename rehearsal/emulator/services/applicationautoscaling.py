"""Targets of Application Auto Scaling, and the policies that scale them."""

from __future__ import annotations

from emulator.engine.api import ApiResource, Properties
from emulator.engine.resources import EVERYTHING, register


class _Scaling(ApiResource):
    service = "application-autoscaling"
    # the back end knows a part of what the type has
    beside = EVERYTHING


_TARGET = ("ServiceNamespace", "ResourceId", "ScalableDimension")


@register
class ScalableTarget(_Scaling):
    type = "AWS::ApplicationAutoScaling::ScalableTarget"
    create_only = _TARGET

    def create(self, properties: Properties) -> None:
        self.call("register_scalable_target", properties)
        self.physical_id = "|".join(
            str(properties[key]) for key in ("ResourceId", "ScalableDimension", "ServiceNamespace")
        )
        self.attributes["Id"] = self.physical_id

    def update(self, properties: Properties, before: Properties) -> None:
        self.call("register_scalable_target", properties)

    def delete(self, properties: Properties) -> None:
        self.call("deregister_scalable_target", {key: properties[key] for key in _TARGET})


@register
class ScalingPolicy(_Scaling):
    type = "AWS::ApplicationAutoScaling::ScalingPolicy"
    create_only = ("PolicyName", "ServiceNamespace", "ResourceId", "ScalableDimension", "ScalingTargetId")
    make = change = "put_scaling_policy"
    identity = ("PolicyARN",)
    answers = {"Arn": ("PolicyARN",), "PolicyName": ("PolicyName",)}

    def arguments(self, properties: Properties) -> Properties:
        given = {**properties, **_target(properties)}
        step = given.pop("StepScalingPolicyConfiguration", None)
        tracking = given.pop("TargetTrackingScalingPolicyConfiguration", None)
        return {
            **given,
            **({"StepScalingPolicyConfiguration": step} if step else {}),
            **({"TargetTrackingScalingPolicyConfiguration": tracking} if tracking else {}),
        }

    def delete(self, properties: Properties) -> None:
        self.call("delete_scaling_policy", {**_target(properties), "PolicyName": properties["PolicyName"]})


def _target(properties: Properties) -> Properties:
    if "ScalingTargetId" in properties:
        resource, dimension, namespace = str(properties["ScalingTargetId"]).split("|")
        return {"ResourceId": resource, "ScalableDimension": dimension, "ServiceNamespace": namespace}
    return {key: properties[key] for key in _TARGET}
