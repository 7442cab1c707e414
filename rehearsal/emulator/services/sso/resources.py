"""Permission sets and assignments in templates, as AWS's public handlers make them.

https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-sso
What is gone already counts as deleted:
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

from botocore.exceptions import ClientError

from emulator.engine.api import ApiResource, Properties
from emulator.engine.errors import ResourceFailure
from emulator.engine.resources import register


def failure(message: str, code: str) -> ResourceFailure:
    return ResourceFailure(f'Resource handler returned message: "{message}" (HandlerErrorCode: {code})')


def _unless_failed(status: dict[str, Any]) -> None:
    if status["Status"] == "FAILED":
        told = f"Request {status['RequestId']} failed due to: {status['FailureReason']}"
        raise failure(f"Error occurred during operation '{told}'.", "GeneralServiceException")


@register
class PermissionSet(ApiResource):
    type = "AWS::SSO::PermissionSet"
    create_only = ("InstanceArn", "Name")
    service = "sso-admin"
    renamed = {"RelayStateType": "RelayState"}

    def create(self, properties: Properties) -> None:
        try:
            made = self.call("create_permission_set", properties)["PermissionSet"]["PermissionSetArn"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConflictException":
                raise failure(error.response["Error"]["Message"], "AlreadyExists") from error
            raise
        self.attributes["PermissionSetArn"] = made
        self.physical_id = f"{properties['InstanceArn']}|{made}"
        self._give(properties, {})

    def update(self, properties: Properties, before: Properties) -> None:
        own = self._own(properties)
        self.call("update_permission_set", properties, **own)
        self._give(properties, before)
        asked = self.call("provision_permission_set", **own, TargetType="ALL_PROVISIONED_ACCOUNTS")
        _unless_failed(asked["PermissionSetProvisioningStatus"])

    def delete(self, properties: Properties) -> None:
        with contextlib.suppress(self.client.exceptions.ResourceNotFoundException):
            self.call("delete_permission_set", **self._own(properties))

    def _own(self, properties: Properties) -> Properties:
        return {"InstanceArn": properties["InstanceArn"], "PermissionSetArn": self.attributes["PermissionSetArn"]}

    def _give(self, properties: Properties, before: Properties) -> None:
        for name, noun, argument in (
            ("ManagedPolicies", "managed_policy", "ManagedPolicyArn"),
            (
                "CustomerManagedPolicyReferences",
                "customer_managed_policy_reference",
                "CustomerManagedPolicyReference",
            ),
        ):
            wanted, had = properties.get(name, []), before.get(name, [])
            for one in [one for one in had if one not in wanted]:
                self.call(f"detach_{noun}_from_permission_set", **self._own(properties), **{argument: one})
            for one in [one for one in wanted if one not in had]:
                self.call(f"attach_{noun}_to_permission_set", **self._own(properties), **{argument: one})
        for name, noun in (("InlinePolicy", "inline_policy"), ("PermissionsBoundary", "permissions_boundary")):
            if given := properties.get(name):
                text = given if isinstance(given, str) or name != "InlinePolicy" else json.dumps(given)
                self.call(f"put_{noun}_to_permission_set", **self._own(properties), **{name: text})
            elif before.get(name):
                self.call(f"delete_{noun}_from_permission_set", **self._own(properties))


@register
class Assignment(ApiResource):
    type = "AWS::SSO::Assignment"
    create_only = ("InstanceArn", "PermissionSetArn", "PrincipalId", "PrincipalType", "TargetId", "TargetType")
    service = "sso-admin"

    def create(self, properties: Properties) -> None:
        if self._exists(properties):
            told = "Assignment already exists. Can't process creation."
            raise failure(f"Resource of type '{self.type}' with identifier '{told}' already exists.", "AlreadyExists")
        asked = self.call("create_account_assignment", properties)["AccountAssignmentCreationStatus"]
        _unless_failed(asked)
        order = ("InstanceArn", "TargetId", "TargetType", "PermissionSetArn", "PrincipalType", "PrincipalId")
        self.physical_id = "|".join(str(properties[name]) for name in order)

    def _exists(self, properties: Properties) -> bool:
        known = self.call("list_account_assignments", properties, AccountId=properties["TargetId"])
        return any(
            one["PrincipalId"] == properties["PrincipalId"] and one["PrincipalType"] == properties["PrincipalType"]
            for one in known["AccountAssignments"]
        )

    def update(self, properties: Properties, before: Properties) -> None:
        """All that it has is new with another one."""

    def delete(self, properties: Properties) -> None:
        with contextlib.suppress(self.client.exceptions.ResourceNotFoundException):
            _unless_failed(self.call("delete_account_assignment", properties)["AccountAssignmentDeletionStatus"])
