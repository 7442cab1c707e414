"""The service-linked role of ECS, which it makes when an account first uses it."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.engine.faults import faults
from emulator.engine.refusals import Asked, refuses


@refuses("AWS::ECS::Cluster", "AWS::ECS::ClusterCapacityProviderAssociations", "AWS::ECS::Service")
def service_linked_role(asked: Asked) -> Iterator[str]:
    if asked.before is None and faults.meets("late-service-linked-role", asked.place.type):
        yield "Unable to assume the service linked role. Please verify that the ECS service linked role exists."
