"""AWS::Organizations::*: organization, units, accounts, policies."""

from __future__ import annotations

import json
from typing import Any

from emulator.engine.errors import ResourceFailure
from emulator.engine.resources import Resource, register
from emulator.services.organizations import StrictOrganizations, backend_of


class _Organizational(Resource):
    @property
    def backend(self) -> StrictOrganizations:
        return backend_of(self.place.account_id)

    def tag(self, resource_id: str, properties: dict[str, Any], before: dict[str, Any] | None = None) -> None:
        api = self.api("organizations")
        wanted = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
        gone = [tag["Key"] for tag in (before or {}).get("Tags", []) if tag["Key"] not in wanted]
        if gone:
            api.untag_resource(ResourceId=resource_id, TagKeys=gone)
        if wanted:
            api.tag_resource(
                ResourceId=resource_id, Tags=[{"Key": key, "Value": value} for key, value in wanted.items()]
            )


@register
class Organization(_Organizational):
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
class OrganizationalUnit(_Organizational):
    type = "AWS::Organizations::OrganizationalUnit"
    create_only = ("ParentId",)

    def create(self, properties: dict[str, Any]) -> None:
        made = self.api("organizations").create_organizational_unit(
            ParentId=properties["ParentId"], Name=properties["Name"], Tags=properties.get("Tags", [])
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


@register
class Account(_Organizational):
    type = "AWS::Organizations::Account"
    one_at_a_time = True

    def create(self, properties: dict[str, Any]) -> None:
        if self.place.parallel:
            raise ResourceFailure(
                "Account creation failed with reason [CONCURRENT_ACCOUNT_MODIFICATION]: nothing orders it and "
                f"{', '.join(self.place.parallel)}; chain accounts with DependsOn"
            )
        api, email = self.api("organizations"), properties["Email"]
        self.backend.need_management()
        # the handler's own check is on the exact spelling; the account service ignores case
        if any(account.email == email for account in self.backend.accounts):
            raise ResourceFailure(
                f'Resource handler returned message: "Account creation failed: '
                f'account with email [{email}] already exists" '
                "(HandlerErrorCode: AlreadyExists)"
            )
        role = {"RoleName": properties["RoleName"]} if "RoleName" in properties else {}
        request = api.create_account(
            AccountName=properties["AccountName"], Email=email, Tags=properties.get("Tags", []), **role
        )
        status = api.describe_create_account_status(CreateAccountRequestId=request["CreateAccountStatus"]["Id"])[
            "CreateAccountStatus"
        ]
        if status["State"] != "SUCCEEDED":
            raise ResourceFailure(
                f'Resource handler returned message: "Account creation failed with reason [{status["FailureReason"]}] '
                f'for [{properties["AccountName"]}], {email}" (HandlerErrorCode: {_code(status["FailureReason"])})'
            )
        self.physical_id = status["AccountId"]
        self._move(properties)
        found = api.describe_account(AccountId=self.physical_id)["Account"]
        self.attributes = {
            "AccountId": found["Id"],
            "Arn": found["Arn"],
            "Status": found["Status"],
            "JoinedMethod": found["JoinedMethod"],
            "JoinedTimestamp": str(found["JoinedTimestamp"]),
        }

    def _move(self, properties: dict[str, Any]) -> None:
        api = self.api("organizations")
        parents = properties.get("ParentIds") or []
        if len(parents) > 1:
            raise ResourceFailure(f"ParentIds: exactly one parent is allowed, received {len(parents)}")
        root = api.list_roots()["Roots"][0]["Id"]
        source = api.list_parents(ChildId=self.physical_id)["Parents"][0]["Id"]
        target = parents[0] if parents else root
        if source != target:
            api.move_account(AccountId=self.physical_id, SourceParentId=source, DestinationParentId=target)

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        for name in ("AccountName", "Email", "RoleName"):
            if properties.get(name) != before.get(name):
                raise ResourceFailure(
                    f'Resource handler returned message: "You cannot update {name} of an account" '
                    "(HandlerErrorCode: NotUpdatable)"
                )
        self._move(properties)
        self.tag(self.physical_id, properties, before)

    def delete(self, properties: dict[str, Any]) -> None:
        self.api("organizations").close_account(AccountId=self.physical_id)


def _code(reason: str) -> str:
    return {
        "EMAIL_ALREADY_EXISTS": "AlreadyExists",
        "ACCOUNT_LIMIT_EXCEEDED": "ServiceLimitExceeded",
        "CONCURRENT_ACCOUNT_MODIFICATION": "ResourceConflict",
    }.get(reason, "GeneralServiceException")


@register
class Policy(_Organizational):
    type = "AWS::Organizations::Policy"
    create_only = ("Type",)

    def create(self, properties: dict[str, Any]) -> None:
        made = self.api("organizations").create_policy(
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
            api.attach_policy(PolicyId=self.physical_id, TargetId=target)
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
class ResourcePolicy(_Organizational):
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
