"""What all types of Organizations have in common."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from emulator.engine.faults import faults
from emulator.engine.resources import Resource
from emulator.services.organizations.backend import StrictOrganizations, backend_of


# https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-organizations, BaseHandlerStd of each type:
# all calls but the one that creates; that one is CloudFormation's to make again, which does not say how often:
# https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
_RETRIES = 2
_RETRIED = ("ConcurrentModificationException", "TooManyRequestsException", "ServiceException")


class OrganizationsResource(Resource):
    def retried(self, operation: str, **arguments: Any) -> Any:
        """As AWS's handlers call what something else may be changing; their seconds of waiting are left out."""
        for attempt in range(_RETRIES + 1):
            if attempt < _RETRIES and faults.meets("repeated", operation):
                continue
            try:
                return getattr(self.api("organizations"), operation)(**arguments)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _RETRIED or attempt == _RETRIES:
                    raise
        raise AssertionError("unreachable")

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
