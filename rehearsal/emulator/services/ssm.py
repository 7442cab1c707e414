"""AWS::SSM::Parameter."""

from __future__ import annotations

from typing import Any

from emulator.engine.resources import Resource, register

_OPTIONAL = ("AllowedPattern", "DataType", "Description", "Policies", "Tier")


@register
class Parameter(Resource):
    type = "AWS::SSM::Parameter"
    create_only = ("Name",)

    def create(self, properties: dict[str, Any]) -> None:
        name = properties.get("Name", self.place.name)
        self._put(name, properties, Overwrite=False)
        self.physical_id = name
        tags = [{"Key": key, "Value": value} for key, value in properties.get("Tags", {}).items()]
        if tags:
            self.api("ssm").add_tags_to_resource(ResourceType="Parameter", ResourceId=self.physical_id, Tags=tags)

    def _put(self, name: str, properties: dict[str, Any], **more: Any) -> None:
        optional = {key: properties[key] for key in _OPTIONAL if key in properties}
        self.api("ssm").put_parameter(
            Name=name, Type=properties["Type"], Value=str(properties["Value"]), **optional, **more
        )
        self.attributes = {"Type": properties["Type"], "Value": str(properties["Value"])}

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        self._put(self.physical_id, properties, Overwrite=True)

    def delete(self, properties: dict[str, Any]) -> None:
        self.api("ssm").delete_parameter(Name=self.physical_id)
