"""What Application Auto Scaling refuses, and neighbours that it accepts."""

from __future__ import annotations

from refused.case import Case, Template, made, service, template


def scaled(least: int, most: int) -> Template:
    target = made(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        MinCapacity=least,
        MaxCapacity=most,
        ResourceId={"Fn::Sub": "service/${C}/${X.Name}"},
        ScalableDimension="ecs:service:DesiredCount",
        ServiceNamespace="ecs",
    )
    return template(**service()["Resources"], Y=target)


CASES: dict[str, Case] = {
    "scaling-bounds": Case(scaled(3, 2), scaled(2, 3)),
}
