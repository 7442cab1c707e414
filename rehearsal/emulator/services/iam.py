"""Roles and policies of IAM."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, iam_backends

from emulator.engine.resources import Resource, register

_KINDS = ("Role", "User", "Group")


@cache
def _aws_policies() -> dict[str, Any]:
    return json.loads(aws_managed_policies_data)


def know_aws_policy(account_id: str, partition: str, arn: str) -> None:
    """moto would load all of AWS's policies into every account, or none: load those in use."""
    known = iam_backends[account_id][partition].managed_policies
    name = arn.rsplit("/", 1)[-1]
    if ":iam::aws:policy/" in arn and arn not in known and name in _aws_policies():
        known[arn] = AWSManagedPolicy.from_data(name, account_id, partition, _aws_policies()[name])


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
        self.iam("update_assume_role_policy", PolicyDocument=json.dumps(properties["AssumeRolePolicyDocument"]))
        self.iam(
            "update_role",
            Description=properties.get("Description", ""),
            MaxSessionDuration=int(properties.get("MaxSessionDuration", 3600)),
        )
        if properties.get("PermissionsBoundary"):
            self.iam("put_role_permissions_boundary", PermissionsBoundary=properties["PermissionsBoundary"])
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
