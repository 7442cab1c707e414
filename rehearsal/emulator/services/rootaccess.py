"""Central root access: what root may do for the root users of its accounts.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableOrganizationsRootCredentialsManagement.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableOrganizationsRootSessions.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOrganizationsFeatures.html
"""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.iam import urls

from emulator.engine.aws import client
from emulator.engine.identities import organization_of
from emulator.services.simulation import Simulator


class OrganizationNotFound(ServiceException):
    code = "OrganizationNotFoundException"
    message = "Organization not found."


class CallerIsNotManagementAccount(ServiceException):
    code = "CallerIsNotManagementAccountException"
    message = "The account making the request is not the management account for the organization."


class ServiceAccessNotEnabled(ServiceException):
    code = "ServiceAccessNotEnabledException"
    message = "Trusted access is not enabled for IAM in AWS Organizations."


class RootAccess(Simulator):
    def enable_organizations_root_credentials_management(self) -> ActionResult:
        return self._features("RootCredentialsManagement")

    def enable_organizations_root_sessions(self) -> ActionResult:
        return self._features("RootSessions")

    def list_organizations_features(self) -> ActionResult:
        return self._features()

    def _features(self, *more: str) -> ActionResult:
        organization = organization_of(self.current_account)
        if organization is None:
            raise OrganizationNotFound
        if organization.account_id != self.current_account:
            raise CallerIsNotManagementAccount
        services = client("organizations", self.current_account, "us-east-1").list_aws_service_access_for_organization()
        if not any(service["ServicePrincipal"] == "iam.amazonaws.com" for service in services["EnabledServicePrincipals"]):
            raise ServiceAccessNotEnabled
        features = enabled(organization)
        features.update(more)
        return ActionResult({"OrganizationId": organization.org.id, "EnabledFeatures": sorted(features)})


def enabled(organization: Any) -> set[str]:
    """What is switched on in an organization, to which more can be added."""
    # moto begins anew by making its back ends anew
    features: set[str] = vars(organization).setdefault("root_access", set())
    return features


urls.url_paths["{0}/$"] = RootAccess.dispatch
