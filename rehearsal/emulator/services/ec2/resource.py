"""What most types of EC2 have in common."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

from emulator.engine.api import ApiResource, Properties, tags_of
from emulator.engine.errors import ResourceFailure


class Ec2Resource(ApiResource):
    service = "ec2"

    @property
    def backend(self) -> Any:
        return ec2_backends[self.place.account_id][self.place.region]

    def arguments(self, properties: Properties) -> Properties:
        return {key: value for key, value in properties.items() if key != "Tags"}

    def created(self, properties: Properties) -> None:
        self.tag(properties, {})

    def updated(self, properties: Properties, before: Properties) -> None:
        self.tag(properties, before)

    def tag(self, properties: Properties, before: Properties) -> None:
        if not before:
            self._mark()
        wanted, had = tags_of(properties), tags_of(before)
        gone = [{"Key": key} for key in had if key not in wanted]
        if gone:
            self.client.delete_tags(Resources=[self.physical_id], Tags=gone)
        if wanted != had and wanted:
            self.client.create_tags(
                Resources=[self.physical_id], Tags=[{"Key": key, "Value": str(value)} for key, value in wanted.items()]
            )

    def _mark(self) -> None:
        """CloudFormation says whose a resource is.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
        """
        place = self.place
        self.backend.tags[self.physical_id] |= {
            "aws:cloudformation:stack-name": place.stack_name,
            "aws:cloudformation:stack-id": place.stack_id,
            "aws:cloudformation:logical-id": place.logical_id,
        }

    def delete(self, properties: Properties) -> None:
        super().delete(properties)
        # moto keeps them for the next resource of that id
        self.backend.tags.pop(self.physical_id, None)

    def in_use(self, what: str) -> ResourceFailure:
        return ResourceFailure(
            f"{what} '{self.physical_id}' has dependencies and cannot be deleted. (DependencyViolation)"
        )

    def interfaces(self) -> list[Any]:
        """Those of an instance go with it, also where moto leaves them."""
        enis = self.backend.enis
        for eni in list(enis.values()):
            instance = getattr(eni, "instance", None)
            if instance is not None and instance._state.name in ("shutting-down", "terminated"):
                del enis[eni.id]
        return list(enis.values())


def is_alive(item: Any) -> bool:
    return str(getattr(item, "state", "")).lower() not in ("deleted", "deleting")
