"""The organization and its units."""

from __future__ import annotations

from typing import Any

from emulator.engine.errors import ResourceFailure
from emulator.engine.resources import register
from emulator.services.organizations.resource import OrganizationsResource


@register
class Organization(OrganizationsResource):
    type = "AWS::Organizations::Organization"

    def create(self, properties: dict[str, Any]) -> None:
        features = properties.get("FeatureSet", "ALL")
        made = self.api("organizations").create_organization(FeatureSet=features)["Organization"]
        root = self.api("organizations").list_roots()["Roots"][0]
        self.physical_id = made["Id"]
        self.attributes = {
            "Id": made["Id"],
            "Arn": made["Arn"],
            "RootId": root["Id"],
            "ManagementAccountId": made["MasterAccountId"],
            "ManagementAccountArn": made["MasterAccountArn"],
            "ManagementAccountEmail": made["MasterAccountEmail"],
        }

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        if properties.get("FeatureSet", "ALL") != before.get("FeatureSet", "ALL"):
            raise ResourceFailure("Organization update is not supported: FeatureSet cannot be changed")

    def delete(self, properties: dict[str, Any]) -> None:
        self.api("organizations").delete_organization()


@register
class OrganizationalUnit(OrganizationsResource):
    type = "AWS::Organizations::OrganizationalUnit"
    create_only = ("ParentId",)

    def create(self, properties: dict[str, Any]) -> None:
        made = self.retried(
            "create_organizational_unit", ParentId=properties["ParentId"], Name=properties["Name"], Tags=properties.get("Tags", [])
        )
        unit = made["OrganizationalUnit"]
        self.physical_id = unit["Id"]
        self.attributes = {"Id": unit["Id"], "Arn": unit["Arn"]}

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        if properties["Name"] != before["Name"]:
            self.api("organizations").update_organizational_unit(
                OrganizationalUnitId=self.physical_id, Name=properties["Name"]
            )
        self.tag(self.physical_id, properties, before)

    def delete(self, properties: dict[str, Any]) -> None:
        self.api("organizations").delete_organizational_unit(OrganizationalUnitId=self.physical_id)
