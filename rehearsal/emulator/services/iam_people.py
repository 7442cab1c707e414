"""Groups and users of IAM."""

from __future__ import annotations

from typing import Any

from emulator.engine.resources import Resource, register
from emulator.services.iam import Identity


@register
class Group(Identity):
    type = "AWS::IAM::Group"
    create_only = ("GroupName",)
    kind = "Group"

    def create(self, properties: dict[str, Any]) -> None:
        path = {"Path": properties["Path"]} if "Path" in properties else {}
        made = self.api("iam").create_group(GroupName=properties.get("GroupName", self.place.name), **path)["Group"]
        self.physical_id = made["GroupName"]
        self.attributes = {"Arn": made["Arn"]}
        self.give_policies(properties, {})

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        self.give_policies(properties, before)

    def delete(self, properties: dict[str, Any]) -> None:
        self.take_policies(properties)
        self.iam("delete_group")


@register
class User(Identity):
    type = "AWS::IAM::User"
    create_only = ("UserName",)
    kind = "User"

    def create(self, properties: dict[str, Any]) -> None:
        optional = {key: properties[key] for key in ("Path", "PermissionsBoundary", "Tags") if key in properties}
        made = self.api("iam").create_user(UserName=properties.get("UserName", self.place.name), **optional)["User"]
        self.physical_id = made["UserName"]
        self.attributes = {"Arn": made["Arn"]}
        self._sign_in(properties, {})
        self._join(properties, {})
        self.give_policies(properties, {})

    def _sign_in(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        profile = properties.get("LoginProfile")
        if profile == before.get("LoginProfile"):
            return
        if profile is None:
            self.iam("delete_login_profile")
            return
        verb = "update_login_profile" if before.get("LoginProfile") else "create_login_profile"
        self.iam(
            verb, Password=profile["Password"], PasswordResetRequired=bool(profile.get("PasswordResetRequired", False))
        )

    def _join(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        wanted, had = properties.get("Groups", []), before.get("Groups", [])
        for group in [group for group in had if group not in wanted]:
            self.iam("remove_user_from_group", GroupName=group)
        for group in [group for group in wanted if group not in had]:
            self.iam("add_user_to_group", GroupName=group)

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        self._sign_in(properties, before)
        self._join(properties, before)
        self.give_policies(properties, before)

    def delete(self, properties: dict[str, Any]) -> None:
        self.take_policies(properties)
        self._join({}, properties)
        self._sign_in({}, properties)
        self.iam("delete_user")


@register
class UserToGroupAddition(Resource):
    type = "AWS::IAM::UserToGroupAddition"

    def create(self, properties: dict[str, Any]) -> None:
        self.physical_id = self.place.name
        self.update(properties, {})

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        api = self.api("iam")
        same_group = properties.get("GroupName") == before.get("GroupName")
        for user in before.get("Users", []):
            if not same_group or user not in properties.get("Users", []):
                api.remove_user_from_group(GroupName=before["GroupName"], UserName=user)
        for user in properties.get("Users", []):
            if not same_group or user not in before.get("Users", []):
                api.add_user_to_group(GroupName=properties["GroupName"], UserName=user)

    def delete(self, properties: dict[str, Any]) -> None:
        self.update({}, properties)
