"""Sizes of Fargate, the service-linked role, and what services need of their tasks, networks and target groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError
from moto.elbv2.models import elbv2_backends

from emulator.engine import aws
from emulator.engine.faults import faults
from emulator.engine.refusals import Asked, refuses

# MiB for each size of CPU: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
_FARGATE: dict[int, set[int]] = {
    256: {512, 1024, 2048},
    512: set(range(1024, 4097, 1024)),
    1024: set(range(2048, 8193, 1024)),
    2048: set(range(4096, 16385, 1024)),
    4096: set(range(8192, 30721, 1024)),
    8192: set(range(16384, 61441, 4096)),
    16384: set(range(32768, 122881, 8192)),
}
# larger ones come without asking
_LARGEST = max(_FARGATE)


@refuses("AWS::ECS::Cluster", "AWS::ECS::ClusterCapacityProviderAssociations", "AWS::ECS::Service")
def service_linked_role(asked: Asked) -> Iterator[str]:
    if asked.before is None and faults.meets("late-service-linked-role", asked.place.type):
        yield "Unable to assume the service linked role. Please verify that the ECS service linked role exists."


@refuses("AWS::ECS::TaskDefinition")
def task(asked: Asked) -> Iterator[str]:
    properties = asked.properties
    if "FARGATE" not in properties.get("RequiresCompatibilities", []):
        return
    cpu, memory = str(properties.get("Cpu", "")), str(properties.get("Memory", ""))
    if not cpu or not memory:
        yield "Fargate requires that 'cpu' and 'memory' be defined at the task level."
    # other notations, such as "1 vCPU", are AWS's to read
    elif cpu.isdigit() and memory.isdigit() and int(cpu) <= _LARGEST and int(memory) not in _FARGATE.get(int(cpu), ()):
        yield f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory."
    if properties.get("NetworkMode") != "awsvpc":
        yield "Fargate only supports network mode 'awsvpc'."
    drivers = [item.get("LogConfiguration", {}).get("LogDriver") for item in properties.get("ContainerDefinitions", [])]
    if "awslogs" in drivers and not properties.get("ExecutionRoleArn"):
        yield "Fargate requires task definition to have execution role ARN to support log driver awslogs."


@refuses("AWS::ECS::Service")
def service(asked: Asked) -> Iterator[str]:
    properties = asked.properties
    definition = _definition(asked, properties.get("TaskDefinition"))
    if definition is None:
        return
    is_inside = definition.get("networkMode") == "awsvpc"
    if is_inside and not properties.get("NetworkConfiguration"):
        yield "Network Configuration must be provided when networkMode 'awsvpc' is specified."
    if properties.get("LaunchType") == "FARGATE" and "FARGATE" not in definition.get("requiresCompatibilities", []):
        yield "Task definition does not support launch_type FARGATE."
    names = [item.get("name") for item in definition.get("containerDefinitions", [])]
    for balanced in properties.get("LoadBalancers", []):
        name, arn = balanced.get("ContainerName"), balanced.get("TargetGroupArn")
        if name not in names:
            yield f"The container {name} does not exist in the task definition."
        group = elbv2_backends[asked.place.account_id][asked.place.region].target_groups.get(arn)
        if group is not None and is_inside and group.target_type == "instance":
            yield (
                f"The provided target group {arn} has target type instance, which is incompatible with the awsvpc "
                "network mode specified in the task definition."
            )
        if group is not None and arn not in _forwarded(asked):
            yield f"The target group with targetGroupArn {arn} does not have an associated load balancer."


def _forwarded(asked: Asked) -> set[str]:
    """The target groups to which listeners and their rules lead now; what each group says of it is from its creation."""
    balancers = elbv2_backends[asked.place.account_id][asked.place.region].load_balancers.values()
    listeners = [listener for balancer in balancers for listener in balancer.listeners.values()]
    own = [action for listener in listeners for action in listener.default_actions]
    rules = [action for listener in listeners for rule in listener.rules.values() for action in rule.actions]
    found = set()
    for action in (*own, *rules):
        several = action.data.get("ForwardConfig", {}).get("TargetGroups", [])
        found |= {item.get("TargetGroupArn") for item in (action.data, *several)}
    return found


def _definition(asked: Asked, arn: Any) -> dict[str, Any] | None:
    try:
        ecs = aws.client("ecs", asked.place.account_id, asked.place.region)
        return ecs.describe_task_definition(taskDefinition=str(arn))["taskDefinition"]
    except ClientError:
        return None
