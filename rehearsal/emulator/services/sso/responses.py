"""The calls of IAM Identity Center, and what moto has not of them."""

from __future__ import annotations

import json
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.ssoadmin import urls
from moto.ssoadmin.exceptions import ResourceNotFoundException
from moto.ssoadmin.responses import SSOAdminResponse

from emulator.services.sso.backend import StrictSso, backend_of, instances_of


class AccessDenied(JsonRESTError):
    code = 400


class SsoResponse(SSOAdminResponse):
    @property
    def backend(self) -> StrictSso:
        return backend_of(self.current_account, self.region)

    def _set(self) -> Any:
        return self.backend.set_of(self._get_param("InstanceArn"), self._get_param("PermissionSetArn"))

    def list_instances(self) -> str:
        there = self.backend.instances
        # https://docs.aws.amazon.com/cli/latest/reference/sso-admin/list-instances.html
        if self._get_param("RegionScope") == "ALL_REGIONS":
            there = instances_of(self.current_account)
        return json.dumps({"Instances": [instance.to_json() for instance in there]})

    def describe_instance(self) -> str:
        arn = self._get_param("InstanceArn")
        try:
            instance = self.backend.instance(arn)
        except ResourceNotFoundException as error:
            # https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_DescribeInstance.html has no other answer
            raise AccessDenied("AccessDeniedException", f"No access to the instance {arn}") from error
        return json.dumps({**instance.to_json(), "PermissionSetsEnabled": instance.permission_sets_enabled})

    def update_instance(self) -> str:
        enabled = self._get_param("PermissionSetsEnabled")
        self.backend.update_instance(self._get_param("InstanceArn"), self._get_param("Name"), enabled)
        return "{}"

    def create_account_assignment(self) -> str:
        return json.dumps({"AccountAssignmentCreationStatus": self.backend.create_account_assignment(**self._asked())})

    def delete_account_assignment(self) -> str:
        return json.dumps({"AccountAssignmentDeletionStatus": self.backend.delete_account_assignment(**self._asked())})

    def _asked(self) -> dict[str, str]:
        return {
            "instance_arn": self._get_param("InstanceArn"),
            "target_id": self._get_param("TargetId"),
            "target_type": self._get_param("TargetType"),
            "permission_set_arn": self._get_param("PermissionSetArn"),
            "principal_type": self._get_param("PrincipalType"),
            "principal_id": self._get_param("PrincipalId"),
        }

    def provision_permission_set(self) -> str:
        account_id = self._get_param("TargetId") if self._get_param("TargetType") == "AWS_ACCOUNT" else None
        status = self.backend.provision(self._get_param("InstanceArn"), self._get_param("PermissionSetArn"), account_id)
        return json.dumps({"PermissionSetProvisioningStatus": status})

    def describe_account_assignment_creation_status(self) -> str:
        status = self._status("AccountAssignmentCreationRequestId")
        return json.dumps({"AccountAssignmentCreationStatus": status})

    def describe_account_assignment_deletion_status(self) -> str:
        status = self._status("AccountAssignmentDeletionRequestId")
        return json.dumps({"AccountAssignmentDeletionStatus": status})

    def describe_permission_set_provisioning_status(self) -> str:
        return json.dumps({"PermissionSetProvisioningStatus": self._status("ProvisionPermissionSetRequestId")})

    def _status(self, parameter: str) -> Any:
        request = self._get_param(parameter)
        if request not in self.backend.statuses:
            raise ResourceNotFoundException(f"Could not find request with id {request}")
        return self.backend.statuses[request]

    def list_accounts_for_provisioned_permission_set(self) -> str:
        return json.dumps({"AccountIds": self.backend.accounts_of(self._set().permission_set_arn)})

    def list_permission_sets_provisioned_to_account(self) -> str:
        arn, account_id = self._get_param("InstanceArn"), self._get_param("AccountId")
        known = [item.permission_set_arn for item in self.backend.permission_sets if item.instance_arn == arn]
        return json.dumps({"PermissionSets": [one for one in known if account_id in self.backend.accounts_of(one)]})

    def put_permissions_boundary_to_permission_set(self) -> str:
        self._set().boundary = self._get_param("PermissionsBoundary")
        return "{}"

    def get_permissions_boundary_for_permission_set(self) -> str:
        boundary = vars(self._set()).get("boundary")
        if not boundary:
            raise ResourceNotFoundException("Could not find PermissionsBoundary")
        return json.dumps({"PermissionsBoundary": boundary})

    def delete_permissions_boundary_from_permission_set(self) -> str:
        self._set().boundary = None
        return "{}"

    def tag_resource(self) -> str:
        self._tags().update({tag["Key"]: tag["Value"] for tag in self._get_param("Tags")})
        return "{}"

    def untag_resource(self) -> str:
        for key in self._get_param("TagKeys"):
            self._tags().pop(key, None)
        return "{}"

    def list_tags_for_resource(self) -> str:
        return json.dumps({"Tags": [{"Key": key, "Value": value} for key, value in self._tags().items()]})

    def _tags(self) -> dict[str, str]:
        arn = self._get_param("ResourceArn")
        if arn not in self.backend.tags:
            raise ResourceNotFoundException(f"Could not find resource {arn}")
        return self.backend.tags[arn]


urls.url_paths["{0}/$"] = SsoResponse.dispatch
