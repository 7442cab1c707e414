"""IAM Identity Center as AWS answers: no instance unless there is one, one of each name, roles in the accounts.

https://docs.aws.amazon.com/singlesignon/latest/APIReference/welcome.html
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.utils import unix_time
from moto.identitystore.models import identitystore_backends
from moto.moto_api._internal import mock_random
from moto.ssoadmin import urls
from moto.ssoadmin.exceptions import ConflictException, ResourceNotFoundException
from moto.ssoadmin.models import Instance, PermissionSet, SSOAdminBackend, ssoadmin_backends

from emulator.engine.identities import organization_of
from emulator.services.sso import provisioning

Answer = dict[str, Any]


class InstanceExists(ServiceException):
    code = "ConflictException"


class PermissionSetsDisabled(ServiceException):
    code = "ValidationException"


class IdentityCenter(Instance):
    """An instance; new ones can be without permission sets, until somebody switches these on for good.

    https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_UpdateInstance.html
    """

    def __init__(self, account_id: str, region: str, arn: str, store_id: str, permission_sets_enabled: bool) -> None:
        super().__init__(account_id, region)
        self.region = region
        self.instance_arn, self.identity_store_id = arn, store_id
        self.permission_sets_enabled = permission_sets_enabled

    def to_json(self) -> Answer:
        return {**super().to_json(), "PrimaryRegion": self.region}


class StrictSso(SSOAdminBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        # moto has one everywhere
        self.instances: list[IdentityCenter] = []  # type: ignore[assignment]
        # of requests that change accounts, by their IDs
        self.statuses: dict[str, Answer] = {}
        self.tags: dict[str, dict[str, str]] = {}

    @property
    def _url_module(self) -> ModuleType:
        """moto derives it from the module of the class."""
        return urls

    def instance(self, arn: str) -> IdentityCenter:
        found = next((instance for instance in self.instances if instance.instance_arn == arn), None)
        if found is None:
            raise ResourceNotFoundException(f"Could not find Instance with id {_id(arn)}")
        return found

    def _granting(self, arn: str) -> IdentityCenter:
        instance = self.instance(arn)
        if not instance.permission_sets_enabled:
            # AWS documents the switch; how it refuses without it is inferred
            raise PermissionSetsDisabled(f"Permission sets are not enabled for the instance with id {_id(arn)}")
        return instance

    def update_instance(self, instance_arn: str, name: str | None, enabled: bool | None = None) -> None:
        instance = self.instance(instance_arn)
        instance.name = name or instance.name
        instance.permission_sets_enabled |= bool(enabled)

    def create_permission_set(self, **given: Any) -> Answer:  # type: ignore[override]
        arn, name = given["instance_arn"], given["name"]
        self._granting(arn)
        if any(known.name == name and known.instance_arn == arn for known in self.permission_sets):
            raise ConflictException(f"PermissionSet with name {name} already exists.")
        super().create_permission_set(**_with_duration(given))
        made = self.permission_sets[-1]
        # moto makes it look like an instance's
        prefix = arn.replace(":instance/", ":permissionSet/")
        made.permission_set_arn = f"{prefix}/ps-{mock_random.get_random_hex(16)}"
        self.tags[made.permission_set_arn] = {tag["Key"]: tag["Value"] for tag in given["tags"] or []}
        return made.to_json(True)

    def update_permission_set(self, **given: Any) -> Answer:  # type: ignore[override]
        return super().update_permission_set(**_with_duration(given))

    def list_permission_sets(self, instance_arn: str, **page: Any) -> Any:  # type: ignore[override]
        self.instance(instance_arn)
        return super().list_permission_sets(instance_arn=instance_arn, **page)

    def delete_permission_set(self, instance_arn: str, permission_set_arn: str) -> Answer:
        self._find_permission_set(instance_arn, permission_set_arn)
        if self.accounts_of(permission_set_arn):
            raise ConflictException("Could not delete because PermissionSet has ApplicationProfile associated with it.")
        self.tags.pop(permission_set_arn, None)
        return super().delete_permission_set(instance_arn, permission_set_arn)

    def set_of(self, instance_arn: str, permission_set_arn: str) -> PermissionSet:
        return self._find_permission_set(instance_arn, permission_set_arn)

    def accounts_of(self, permission_set_arn: str) -> list[str]:
        """Those that have its role: it is there as long as somebody is assigned."""
        found = self.account_assignments
        return sorted({one.target_id for one in found if one.permission_set_arn == permission_set_arn})

    def create_account_assignment(self, **given: str) -> Answer:  # type: ignore[override]
        instance = self._granting(given["instance_arn"])
        permission_set = self._find_permission_set(given["instance_arn"], given["permission_set_arn"])
        account_id = given["target_id"]
        if account_id not in accounts_with(self.account_id):
            raise ResourceNotFoundException(f"Could not find Account with id {account_id}")
        need_principal(instance, given["principal_type"], given["principal_id"])
        if any(all(getattr(one, name) == value for name, value in given.items()) for one in self.account_assignments):
            raise ConflictException("Account assignment already exists.")
        status = super().create_account_assignment(**given)
        made = self.account_assignments[-1]
        try:
            provisioning.provision(permission_set, account_id, self.region_name)
        except provisioning.Failed as error:
            self.account_assignments.remove(made)
            return self._told(status, str(error))
        return self._told(status)

    def delete_account_assignment(self, **given: str) -> Answer:  # type: ignore[override]
        permission_set = self._find_permission_set(given["instance_arn"], given["permission_set_arn"])
        status = super().delete_account_assignment(**given)
        if given["target_id"] not in self.accounts_of(permission_set.permission_set_arn):
            provisioning.remove(permission_set, given["target_id"], self.region_name)
        return self._told(status)

    def provision(self, instance_arn: str, permission_set_arn: str, account_id: str | None) -> Answer:
        """To one account that has it already, or to all of them."""
        permission_set = self._find_permission_set(instance_arn, permission_set_arn)
        known = self.accounts_of(permission_set_arn)
        if account_id is not None and account_id not in known:
            raise ResourceNotFoundException(f"Could not find Account with id {account_id}")
        request = {
            "RequestId": str(mock_random.uuid4()),
            "PermissionSetArn": permission_set_arn,
            "CreatedDate": unix_time(),
            **({"AccountId": account_id} if account_id else {}),
        }
        try:
            for one in [account_id] if account_id else known:
                provisioning.provision(permission_set, one, self.region_name)
        except provisioning.Failed as error:
            return self._told(request, str(error))
        return self._told(request)

    def _told(self, request: Answer, failure: str = "") -> Answer:
        status = {**request, "Status": "FAILED" if failure else "SUCCEEDED"}
        self.statuses[request["RequestId"]] = {**status, "FailureReason": failure} if failure else status
        return self.statuses[request["RequestId"]]


def enable(account_id: str, region: str, arn: str, store_id: str, permission_sets_enabled: bool = True) -> IdentityCenter:
    """What the console does in the management account: no call makes an instance of an organization.

    https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreateInstance.html
    """
    known = [instance for _, _, one in ssoadmin_backends.iter_backends() for instance in one.instances]
    if any(instance.account_id == account_id for instance in known):
        raise InstanceExists(f"account {account_id} has an instance of IAM Identity Center already: an account has one")
    if any(store_id == instance.identity_store_id or arn == instance.instance_arn for instance in known):
        raise InstanceExists(f"the instance {arn} and its identity store {store_id} are of another account already")
    instance = IdentityCenter(account_id, region, arn, store_id, permission_sets_enabled)
    backend_of(account_id, region).instances.append(instance)
    identitystore_backends[account_id][region].begin(store_id)  # type: ignore[attr-defined]
    return instance


def delete(account_id: str, region: str) -> None:
    """The instance, with all that it had: what account access manager keeps of it lets nobody in.

    https://docs.aws.amazon.com/singlesignon/latest/userguide/delete-config.html
    """
    backend = backend_of(account_id, region)
    for permission_set in backend.permission_sets:
        for one in backend.accounts_of(permission_set.permission_set_arn):
            provisioning.remove(permission_set, one, region)
    stores = identitystore_backends[account_id][region].identity_stores
    for instance in backend.instances:
        del stores[instance.identity_store_id]
    backend.instances.clear()
    backend.permission_sets.clear()
    backend.account_assignments.clear()
    backend.tags.clear()


def backend_of(account_id: str, region: str) -> StrictSso:
    return ssoadmin_backends[account_id][region]  # type: ignore[return-value]


def instances_of(account_id: str) -> list[IdentityCenter]:
    """Those that an account sees, in all regions."""
    return [instance for who, _, one in ssoadmin_backends.iter_backends() if who == account_id for instance in one.instances]


def accounts_with(account_id: str) -> list[str]:
    """The accounts of its organization, itself among them."""
    organization = organization_of(account_id)
    return [account.id for account in organization.accounts] if organization else [account_id]


def need_principal(instance: IdentityCenter, kind: str, identity: str) -> None:
    backend = identitystore_backends[instance.account_id][instance.region]
    store = backend.identity_stores[instance.identity_store_id]
    if identity not in (store.groups if kind == "GROUP" else store.users):
        raise ResourceNotFoundException(f"Could not find {kind} with id {identity}")


def _with_duration(given: dict[str, Any]) -> dict[str, Any]:
    """An hour unless it says another: moto counts seconds then, which are no text of AWS.

    https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html
    """
    duration = given["session_duration"]
    return {**given, "session_duration": duration if isinstance(duration, str) else "PT1H"}


def _id(arn: str) -> str:
    return arn.rpartition("/")[2]


ssoadmin_backends.backend = StrictSso
