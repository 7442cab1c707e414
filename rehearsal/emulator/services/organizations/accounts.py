"""Accounts of an organization: created one at a time, moved and closed, as AWS's public handler does.

https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-organizations/tree/main/aws-organizations-account
"""

from __future__ import annotations

from typing import Any

from emulator.engine.errors import ResourceFailure
from emulator.engine.faults import faults
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
            raise _failure(f"Account with email [{email}] already exists.", "AlreadyExists")
        role = {"RoleName": properties["RoleName"]} if "RoleName" in properties else {}
        request = api.create_account(
            AccountName=properties["AccountName"], Email=email, Tags=properties.get("Tags", []), **role
        )
        status = api.describe_create_account_status(CreateAccountRequestId=request["CreateAccountStatus"]["Id"])[
            "CreateAccountStatus"
        ]
        if status["State"] != "SUCCEEDED":
            reason = status["FailureReason"]
            raise _failure(
                f"Account creation failed with reason [{reason}] for request id: {status['Id']}",
                _CODES.get(reason, "GeneralServiceException"),
            )
        if faults.meets("slow-account", email):
            # it polls five times; what it has asked for exists, without its parent, and no stack knows its id
            raise _failure(
                "DescribeCreateAccountStatus returns IN_PROGRESS state before time out. Please check account creation status with "
                f"CreateAccountRequestID [{status['Id']}] and import account to CloudFormation if it is created successfully.",
                "NotStabilized",
            )
        self.physical_id = status["AccountId"]
        self._move(properties)
        found = api.describe_account(AccountId=self.physical_id)["Account"]
        self.attributes = {
            "AccountId": found["Id"],
            "Arn": found["Arn"],
            "Status": found["Status"],
            "State": found["Status"],
            "Paths": self.backend.paths_of(self.physical_id),
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
            self.retried(
                "move_account", AccountId=self.physical_id, SourceParentId=source, DestinationParentId=target
            )

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        if properties.get("RoleName", "").lower() != before.get("RoleName", "").lower():
            raise _failure("You cannot update IAM role name.", "InvalidRequest")
        if any(properties[name].lower() != before[name].lower() for name in ("AccountName", "Email")):
            raise _failure(
                "To modify the account name or account email attributes, you must sign in as the root user and modify the values "
                "on the account settings page in the AWS Management Console.",
                "InvalidRequest",
            )
        # where the account really is, it does not ask
        if (properties.get("ParentIds") or None) != (before.get("ParentIds") or None):
            self._move(properties)
        self.tag(self.physical_id, properties, before)

    def delete(self, properties: dict[str, Any]) -> None:
        self.api("organizations").close_account(AccountId=self.physical_id)


def _failure(message: str, code: str) -> ResourceFailure:
    return ResourceFailure(f'Resource handler returned message: "{message}" (HandlerErrorCode: {code})')


_CODES = {
    "EMAIL_ALREADY_EXISTS": "AlreadyExists",
    "ACCOUNT_LIMIT_EXCEEDED": "ServiceLimitExceeded",
    "CONCURRENT_ACCOUNT_MODIFICATION": "InvalidRequest",
}
