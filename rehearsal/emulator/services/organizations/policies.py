"""Policies of an organization, and the one of its resource."""

from __future__ import annotations

import json
from typing import Any

from emulator.engine.resources import register
from emulator.services.organizations.resource import OrganizationsResource


@register
class Policy(OrganizationsResource):
    type = "AWS::Organizations::Policy"
    create_only = ("Type",)

    def create(self, properties: dict[str, Any]) -> None:
        made = self.retried(
            "create_policy",
            Name=properties["Name"],
            Type=properties["Type"],
            Description=properties.get("Description", ""),
            Content=_text(properties["Content"]),
            Tags=properties.get("Tags", []),
        )["Policy"]["PolicySummary"]
        self.physical_id = made["Id"]
        self.attributes = {"Id": made["Id"], "Arn": made["Arn"], "AwsManaged": False}
        self._attach(properties.get("TargetIds", []), [])

    def _attach(self, wanted: list[str], attached: list[str]) -> None:
        api = self.api("organizations")
        for target in [target for target in wanted if target not in attached]:
            self.retried("attach_policy", PolicyId=self.physical_id, TargetId=target)
        for target in [target for target in attached if target not in wanted]:
            api.detach_policy(PolicyId=self.physical_id, TargetId=target)

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        self.api("organizations").update_policy(
            PolicyId=self.physical_id,
            Name=properties["Name"],
            Description=properties.get("Description", ""),
            Content=_text(properties["Content"]),
        )
        self._attach(properties.get("TargetIds", []), before.get("TargetIds", []))
        self.tag(self.physical_id, properties, before)

    def delete(self, properties: dict[str, Any]) -> None:
        api = self.api("organizations")
        for target in api.list_targets_for_policy(PolicyId=self.physical_id)["Targets"]:
            api.detach_policy(PolicyId=self.physical_id, TargetId=target["TargetId"])
        api.delete_policy(PolicyId=self.physical_id)


def _text(content: Any) -> str:
    return content if isinstance(content, str) else json.dumps(content, separators=(",", ":"))


@register
class ResourcePolicy(OrganizationsResource):
    """moto has no organization resource policy: its text is kept with the stack."""

    type = "AWS::Organizations::ResourcePolicy"

    def create(self, properties: dict[str, Any]) -> None:
        self.backend.need_management()
        self.physical_id = "rp-emulated"
        self.attributes = {
            "Id": self.physical_id,
            "Arn": f"arn:aws:organizations::{self.place.account_id}:resourcepolicy/{self.physical_id}",
        }

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        pass

    def delete(self, properties: dict[str, Any]) -> None:
        pass
