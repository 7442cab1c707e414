"""Roles, groups, users and policies of IAM."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.exceptions import DeleteConflictException
from moto.iam.models import IAMBackend
from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator

from emulator.engine.identities import know_aws_policy
from emulator.engine.resources import Resource, register

_KINDS = ("Role", "User", "Group")


class Identity(Resource):
    """What roles, users and groups have in common: inline and managed policies."""

    kind = ""

    def iam(self, action: str, **arguments: Any) -> Any:
        return getattr(self.api("iam"), action.format(self.kind.lower()))(
            **{f"{self.kind}Name": self.physical_id}, **arguments
        )

    def give_policies(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        wanted, had = properties.get("ManagedPolicyArns", []), before.get("ManagedPolicyArns", [])
        for arn in [arn for arn in had if arn not in wanted]:
            self.iam("detach_{}_policy", PolicyArn=arn)
        for arn in [arn for arn in wanted if arn not in had]:
            know_aws_policy(self.place.account_id, self.place.partition, arn)
            self.iam("attach_{}_policy", PolicyArn=arn)
        inline = {policy["PolicyName"]: policy["PolicyDocument"] for policy in properties.get("Policies", [])}
        for policy in before.get("Policies", []):
            if policy["PolicyName"] not in inline:
                self.iam("delete_{}_policy", PolicyName=policy["PolicyName"])
        for name, document in inline.items():
            self.iam("put_{}_policy", PolicyName=name, PolicyDocument=json.dumps(document))

    def bound(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        if properties.get("PermissionsBoundary"):
            self.iam("put_{}_permissions_boundary", PermissionsBoundary=properties["PermissionsBoundary"])
        elif before.get("PermissionsBoundary"):
            self.iam("delete_{}_permissions_boundary")

    def take_policies(self, properties: dict[str, Any]) -> None:
        """Only what is there: a creation may have stopped half-way."""
        attached = [item["PolicyArn"] for item in self.iam("list_attached_{}_policies")["AttachedPolicies"]]
        inline = self.iam("list_{}_policies")["PolicyNames"]
        self.give_policies(
            {},
            {
                "ManagedPolicyArns": [arn for arn in properties.get("ManagedPolicyArns", []) if arn in attached],
                "Policies": [policy for policy in properties.get("Policies", []) if policy["PolicyName"] in inline],
            },
        )


@register
class Role(Identity):
    type = "AWS::IAM::Role"
    create_only = ("RoleName", "Path")
    kind = "Role"

    def create(self, properties: dict[str, Any]) -> None:
        optional = {
            key: properties[key]
            for key in ("Description", "MaxSessionDuration", "Path", "PermissionsBoundary", "Tags")
            if key in properties
        }
        made = self.api("iam").create_role(
            RoleName=properties.get("RoleName", self.place.name),
            AssumeRolePolicyDocument=json.dumps(properties["AssumeRolePolicyDocument"]),
            **_numbers(optional),
        )["Role"]
        self.physical_id = made["RoleName"]
        self.attributes = {"Arn": made["Arn"], "RoleId": made["RoleId"]}
        self.give_policies(properties, {})

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        # moto wants the version that IAM does not: the CDK CLI's bootstrap template has none
        trust = {"Version": "2012-10-17", **properties["AssumeRolePolicyDocument"]}
        self.iam("update_assume_role_policy", PolicyDocument=json.dumps(trust))
        self.iam(
            "update_role",
            Description=properties.get("Description", ""),
            MaxSessionDuration=int(properties.get("MaxSessionDuration", 3600)),
        )
        self.bound(properties, before)
        self.give_policies(properties, before)

    def delete(self, properties: dict[str, Any]) -> None:
        self.take_policies(properties)
        self.iam("delete_role")


def _numbers(properties: dict[str, Any]) -> dict[str, Any]:
    return {key: int(value) if key == "MaxSessionDuration" else value for key, value in properties.items()}


@register
class ManagedPolicy(Resource):
    type = "AWS::IAM::ManagedPolicy"
    create_only = ("ManagedPolicyName", "Path", "Description")

    def create(self, properties: dict[str, Any]) -> None:
        optional = {key: properties[key] for key in ("Description", "Path", "Tags") if properties.get(key)}
        made = self.api("iam").create_policy(
            PolicyName=properties.get("ManagedPolicyName", self.place.name),
            PolicyDocument=json.dumps(properties["PolicyDocument"]),
            **optional,
        )["Policy"]
        self.physical_id = made["Arn"]
        self.attributes = {"PolicyArn": made["Arn"], "PolicyId": made["PolicyId"]}
        self._attach(properties, {})

    def _attach(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        api = self.api("iam")
        for kind in _KINDS:
            wanted, had = properties.get(f"{kind}s", []), before.get(f"{kind}s", [])
            for name in [name for name in had if name not in wanted]:
                getattr(api, f"detach_{kind.lower()}_policy")(**{f"{kind}Name": name}, PolicyArn=self.physical_id)
            for name in [name for name in wanted if name not in had]:
                getattr(api, f"attach_{kind.lower()}_policy")(**{f"{kind}Name": name}, PolicyArn=self.physical_id)

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        api = self.api("iam")
        if properties["PolicyDocument"] != before["PolicyDocument"]:
            versions = api.list_policy_versions(PolicyArn=self.physical_id)["Versions"]
            api.create_policy_version(
                PolicyArn=self.physical_id, PolicyDocument=json.dumps(properties["PolicyDocument"]), SetAsDefault=True
            )
            for version in versions:
                api.delete_policy_version(PolicyArn=self.physical_id, VersionId=version["VersionId"])
        self._attach(properties, before)

    def delete(self, properties: dict[str, Any]) -> None:
        self._attach({}, properties)
        api = self.api("iam")
        for version in api.list_policy_versions(PolicyArn=self.physical_id)["Versions"]:
            if not version["IsDefaultVersion"]:
                api.delete_policy_version(PolicyArn=self.physical_id, VersionId=version["VersionId"])
        api.delete_policy(PolicyArn=self.physical_id)


@register
class InlinePolicy(Resource):
    type = "AWS::IAM::Policy"

    def create(self, properties: dict[str, Any]) -> None:
        self.physical_id = self.place.name
        self.update(properties, {})

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        for kind in _KINDS:
            for name in before.get(f"{kind}s", []):
                if name not in properties.get(f"{kind}s", []) or properties["PolicyName"] != before["PolicyName"]:
                    self._call("delete", kind, name, PolicyName=before["PolicyName"])
            for name in properties.get(f"{kind}s", []):
                self._call(
                    "put",
                    kind,
                    name,
                    PolicyName=properties["PolicyName"],
                    PolicyDocument=json.dumps(properties["PolicyDocument"]),
                )

    def delete(self, properties: dict[str, Any]) -> None:
        for kind in _KINDS:
            for name in properties.get(f"{kind}s", []):
                self._call("delete", kind, name, PolicyName=properties["PolicyName"])

    def _call(self, verb: str, kind: str, name: str, **arguments: Any) -> None:
        getattr(self.api("iam"), f"{verb}_{kind.lower()}_policy")(**{f"{kind}Name": name}, **arguments)


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
    # moto has boundaries of roles alone
    beside = ("PermissionsBoundary",)
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
        given = {
            "Password": profile["Password"],
            "PasswordResetRequired": bool(profile.get("PasswordResetRequired", False)),
        }
        if not before.get("LoginProfile"):
            self.iam("create_login_profile", **given)
        # moto forgets in a creation that the password has to be changed
        self.iam("update_login_profile", **given)

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


_of_moto = IAMTrustPolicyDocumentValidator._validate_trust_policy_action


def _is_of_trust(action: str) -> None:
    """moto's list is older than the context that a service sets for a person.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/aam-prepare-roles.html
    """
    if action != "sts:SetContext":
        _of_moto(action)


IAMTrustPolicyDocumentValidator._validate_trust_policy_action = staticmethod(_is_of_trust)  # type: ignore[method-assign]


_delete_device = IAMBackend.delete_virtual_mfa_device


def _unless_in_use(backend: IAMBackend, serial_number: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteVirtualMFADevice.html: deactivated before."""
    device = backend.virtual_mfa_devices.get(serial_number)
    if device and device.user:
        raise DeleteConflictException(f"{serial_number} is in use: deactivate it first.")
    _delete_device(backend, serial_number)


IAMBackend.delete_virtual_mfa_device = _unless_in_use  # type: ignore[method-assign]
