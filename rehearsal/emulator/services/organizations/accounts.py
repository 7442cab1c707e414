"""Accounts of an organization: created one at a time, moved and closed."""

from __future__ import annotations

from typing import Any

from emulator.engine.errors import ResourceFailure
from emulator.engine.resources import register
from emulator.services.organizations.resource import OrganizationsResource


@register
class Account(OrganizationsResource):
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
