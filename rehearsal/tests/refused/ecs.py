"""What ECS refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import REGION, Case, Template, by, fargate, service, template, trusted


def task(**properties: Any) -> Template:
    return template(R=trusted(by("ecs-tasks")), T=fargate(**properties))


def behind(target: str = "G", container: str = "c") -> Template:
    balanced = {"ContainerName": container, "ContainerPort": 80, "TargetGroupArn": {"Ref": target}}
    return service(LoadBalancers=[balanced])


CASES: dict[str, Case] = {
    "task-size": Case(task(Cpu="300"), task(Cpu="512", Memory="1024")),
    "task-memory": Case(task(Cpu="1024", Memory="777"), task(Cpu="1024", Memory="2048")),
    "task-network": Case(task(NetworkMode="bridge"), task()),
    "task-without-size": Case(task(Cpu=None), task()),
    "task-logs-without-role": Case(
        task(
            ContainerDefinitions=[
                {
                    "Name": "c",
                    "Image": "i",
                    "LogConfiguration": {
                        "LogDriver": "awslogs",
                        "Options": {"awslogs-group": "g", "awslogs-region": REGION, "awslogs-stream-prefix": "s"},
                    },
                }
            ]
        ),
        task(
            ExecutionRoleArn={"Fn::GetAtt": ["R", "Arn"]},
            ContainerDefinitions=[
                {
                    "Name": "c",
                    "Image": "i",
                    "LogConfiguration": {
                        "LogDriver": "awslogs",
                        "Options": {"awslogs-group": "g", "awslogs-region": REGION, "awslogs-stream-prefix": "s"},
                    },
                }
            ],
        ),
    ),
    "service-without-network": Case(service(NetworkConfiguration=None), service()),
    "service-of-another-kind": Case(service(fargate(RequiresCompatibilities=["EC2"])), service()),
    "service-container": Case(behind(container="nope"), behind()),
    "service-without-balancer": Case(behind("Free"), behind()),
    "service-of-instances": Case(behind("Instances"), behind()),
}
