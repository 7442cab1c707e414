"""Clusters, task definitions and services of ECS."""

from __future__ import annotations

from typing import Any

from moto.ecs.models import ecs_backends

from emulator.engine.api import ApiResource, Properties
from emulator.engine.errors import ResourceFailure
from emulator.engine.resources import EVERYTHING, register


class _Ecs(ApiResource):
    service = "ecs"
    # the back end knows a part of what the type has
    beside = EVERYTHING

    @property
    def backend(self) -> Any:
        return ecs_backends[self.place.account_id][self.place.region]


@register
class Cluster(_Ecs):
    type = "AWS::ECS::Cluster"
    make, change, remove = "create_cluster", "update_cluster", "delete_cluster"
    key, name = "Cluster", "ClusterName"
    answers = {"Arn": ("cluster", "clusterArn")}
    renamed = {"ClusterSettings": "settings"}

    def delete(self, properties: Properties) -> None:
        services = [item for item in self.backend.services.values() if item.cluster_name == self.physical_id]
        if any(item.status != "INACTIVE" for item in services):
            raise ResourceFailure("The Cluster cannot be deleted while Services are active. (ClusterContainsServices)")
        super().delete(properties)
        # AWS shows it for a while as inactive
        self.backend.clusters.pop(self.physical_id, None)


@register
class CapacityProviders(_Ecs):
    type = "AWS::ECS::ClusterCapacityProviderAssociations"
    create_only = ("Cluster",)

    def create(self, properties: Properties) -> None:
        self.call("put_cluster_capacity_providers", properties)
        self.physical_id = str(properties["Cluster"])

    def update(self, properties: Properties, before: Properties) -> None:
        self.call("put_cluster_capacity_providers", properties)

    def delete(self, properties: Properties) -> None:
        self.call(
            "put_cluster_capacity_providers",
            Cluster=properties["Cluster"],
            CapacityProviders=[],
            DefaultCapacityProviderStrategy=[],
        )


@register
class TaskDefinition(_Ecs):
    type = "AWS::ECS::TaskDefinition"
    make, remove, key = "register_task_definition", "deregister_task_definition", "TaskDefinition"
    identity = ("taskDefinition", "taskDefinitionArn")
    answers = {"TaskDefinitionArn": ("taskDefinition", "taskDefinitionArn")}

    def arguments(self, properties: Properties) -> Properties:
        family = properties.get("Family", self.place.name)
        return {**properties, "Family": family, "Volumes": [_volume(item) for item in properties.get("Volumes", [])]}

    def update(self, properties: Properties, before: Properties) -> None:
        old = self.physical_id
        super().create(properties)
        self.call(self.remove, TaskDefinition=old)


def _volume(volume: Properties) -> Properties:
    return {{"EFSVolumeConfiguration": "efsVolumeConfiguration"}.get(key, key): item for key, item in volume.items()}


@register
class Service(_Ecs):
    type = "AWS::ECS::Service"
    create_only = ("Cluster", "LaunchType", "ServiceName", "SchedulingStrategy")
    make, change, remove = "create_service", "update_service", "delete_service"
    name = "ServiceName"
    identity = ("service", "serviceArn")
    answers = {"Name": ("service", "serviceName"), "ServiceArn": ("service", "serviceArn")}

    def arguments(self, properties: Properties) -> Properties:
        given = {"DesiredCount": 1, **properties}
        inside = given.get("NetworkConfiguration", {}).get("AwsvpcConfiguration")
        if inside is not None and "SecurityGroups" not in inside:
            groups = self._default_group(inside)
            given["NetworkConfiguration"] = {"AwsvpcConfiguration": {**inside, "SecurityGroups": groups}}
        return given

    def _default_group(self, inside: Properties) -> list[str]:
        """That of the VPC, as AWS has it when a service names none."""
        known = self.api("ec2")
        vpc_id = known.describe_subnets(SubnetIds=inside["Subnets"])["Subnets"][0]["VpcId"]
        filters = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "group-name", "Values": ["default"]}]
        return [group["GroupId"] for group in known.describe_security_groups(Filters=filters)["SecurityGroups"]]

    def own_key(self) -> Properties:
        return {"Service": self.attributes["Name"]}

    def update(self, properties: Properties, before: Properties) -> None:
        known = ("Cluster", "DesiredCount", "TaskDefinition", "LoadBalancers", "NetworkConfiguration")
        given = {key: properties[key] for key in known if key in properties}
        if any(properties.get(key) != before.get(key) for key in known):
            self.call(self.change, given, **self.own_key())

    def delete(self, properties: Properties) -> None:
        cluster = str(properties.get("Cluster", "default")).rsplit("/", 1)[-1]
        self.call(self.remove, Cluster=cluster, Force=True, **self.own_key())
        # AWS shows it for a while as inactive
        self.backend.services.pop(f"{cluster}:{self.attributes['Name']}", None)
