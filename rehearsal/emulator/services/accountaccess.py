"""Account access manager: people of IAM Identity Center who may assume roles that are there already.

https://docs.aws.amazon.com/account-access/latest/APIReference/Welcome.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.moto_api._internal import mock_random
from moto.ssoadmin.exceptions import ResourceNotFoundException

from emulator.engine.api import Properties
from emulator.engine.errors import ResourceFailure
from emulator.engine.identities import organization_of
from emulator.engine.operations import read
from emulator.engine.resources import Resource, register
from emulator.engine.store import REGIONS
from emulator.services.sso.backend import IdentityCenter, backend_of, need_principal

SERVICE = "account-access.amazonaws.com"
# https://docs.aws.amazon.com/account-access/latest/APIReference/API_CreateEntitlement.html
_KINDS = {"GroupId": "GROUP", "UserId": "USER"}


@dataclass(frozen=True)
class Entitlement:
    kind: str
    principal_id: str
    role_arn: str


@dataclass
class Application:
    arn: str
    instance: IdentityCenter
    tenant_id: str
    created_at: str
    entitlements: dict[str, Entitlement] = field(default_factory=dict)


class AccountAccessBackend(BaseBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.applications: dict[str, Application] = {}


accountaccess_backends = BackendDict(
    AccountAccessBackend, "account-access", use_boto3_regions=False, additional_regions=REGIONS
)


def applications() -> list[Application]:
    """Those of all accounts."""
    return [one for _, _, backend in accountaccess_backends.iter_backends() for one in backend.applications.values()]


def answer(environ: dict[str, Any], start_response: Callable[..., Any], region: str) -> Iterable[bytes]:
    """What somebody asks of its API: what stacks make comes by CloudFormation."""
    asked = read(environ, region, "account-access")
    if asked.operation != "ListApplications":
        raise NotImplementedError(asked.operation or environ["PATH_INFO"])
    backend = accountaccess_backends[environ["HTTP_X_MOTO_ACCOUNT_ID"]][region]
    found = [
        {"applicationArn": one.arn, "tenantId": one.tenant_id, "createdAt": one.created_at, "updatedAt": one.created_at}
        for one in backend.applications.values()
    ]
    data = json.dumps({"applications": found}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
    return [data]


def begin(arn: str, instance: IdentityCenter) -> Application:
    made = Application(arn, instance, f"aa-{mock_random.get_random_hex(16)}", _now())
    accountaccess_backends[instance.account_id][instance.region].applications[arn] = made
    return made


class AccountAccess(Resource):
    @property
    def backend(self) -> AccountAccessBackend:
        return accountaccess_backends[self.place.account_id][self.place.region]

    def failure(self, message: str, code: str) -> ResourceFailure:
        return ResourceFailure(f'Resource handler returned message: "{message}" (HandlerErrorCode: {code})')


@register
class ApplicationResource(AccountAccess):
    type = "AWS::AccountAccess::Application"
    create_only = ("IdentitySource",)

    def create(self, properties: Properties) -> None:
        place, arn = self.place, properties["IdentitySource"]["IdentityCenter"]["InstanceArn"]
        try:
            instance = backend_of(place.account_id, place.region).instance(arn)
        except ResourceNotFoundException as error:
            raise self.failure(error.message, "NotFound") from error
        if any(known.instance is instance for known in applications()):
            # https://docs.aws.amazon.com/account-access/latest/APIReference/API_CreateApplication.html
            raise self.failure(f"An application already exists for the instance {arn}.", "AlreadyExists")
        organization = organization_of(place.account_id)
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/account-access-manager-getting-started.html: how it refuses is inferred
        if organization is None or organization.org.master_account_id != place.account_id:
            raise self.failure(f"The instance {arn} is not that of an organization.", "InvalidRequest")
        if not any(one["ServicePrincipal"] == SERVICE for one in organization.services):
            raise self.failure(f"{SERVICE} has no trusted access to the organization.", "AccessDenied")
        prefix = f"arn:{place.partition}:account-access:{place.region}:{place.account_id}"
        made = begin(f"{prefix}:application/app-{mock_random.get_random_hex(17)}", instance)
        self.physical_id = made.arn
        inside = arn.rpartition("/")[2]
        self.attributes = {
            "ApplicationArn": made.arn,
            "CreatedAt": made.created_at,
            "IdentitySource.IdentityCenter.ApplicationArn": (
                f"arn:{place.partition}:sso::{place.account_id}:application/{inside}/apl-{mock_random.get_random_hex(16)}"
            ),
            "Status": "ACTIVE",
            "TenantId": made.tenant_id,
            "UpdatedAt": made.created_at,
        }

    def update(self, properties: Properties, before: Properties) -> None:
        """Its tags alone can change, and they are kept with the resource."""

    def delete(self, properties: Properties) -> None:
        if self.backend.applications[self.physical_id].entitlements:
            # AWS documents the conflict; that entitlements are one is inferred
            raise self.failure(f"The application {self.physical_id} has entitlements.", "ResourceConflict")
        del self.backend.applications[self.physical_id]


@register
class EntitlementResource(AccountAccess):
    type = "AWS::AccountAccess::Entitlement"
    create_only = ("ApplicationArn", "Entitlement")

    def create(self, properties: Properties) -> None:
        application = self._application(properties)
        given = properties["Entitlement"]["PrincipalRole"]
        ((key, identity),) = given["Principal"]["IdentityCenter"].items()
        try:
            need_principal(application.instance, _KINDS[key], identity)
        except ResourceNotFoundException as error:
            raise self.failure(error.message, "NotFound") from error
        # whether the role has to be there already is not documented: it counts when somebody assumes it
        made = Entitlement(_KINDS[key], identity, given["RoleArn"])
        if made in application.entitlements.values():
            raise self.failure(f"{identity} is entitled to {made.role_arn} already.", "AlreadyExists")
        entitlement_id = str(mock_random.uuid4())
        application.entitlements[entitlement_id] = made
        self.physical_id = f"{application.arn}|{entitlement_id}"
        self.attributes = {
            "CreatedAt": _now(),
            "EntitlementId": entitlement_id,
            "Entitlement.PrincipalRole.Account": made.role_arn.split(":")[4],
        }

    def _application(self, properties: Properties) -> Application:
        arn = properties["ApplicationArn"]
        if arn not in self.backend.applications:
            raise self.failure(f"The application {arn} does not exist.", "NotFound")
        return self.backend.applications[arn]

    def update(self, properties: Properties, before: Properties) -> None:
        """All that it has is new with another one."""

    def delete(self, properties: Properties) -> None:
        self._application(properties).entitlements.pop(self.attributes["EntitlementId"], None)


def _now() -> Any:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
