"""Organizations with the failures that hurt: taken e-mails, limits, one account at a time, policy sizes."""

from __future__ import annotations

import json
import re
from types import ModuleType
from typing import Any

from moto.core.exceptions import ServiceException
from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random
from moto.organizations import urls, utils
from moto.organizations.models import (
    FakeDelegatedAdministrator,
    FakePolicy,
    FakeRoot,
    FakeServiceAccess,
    OrganizationsBackend,
    organizations_backends,
)

from emulator.engine import faults, gate, quotas
from emulator.services.organizations.documents import malformed

# those of which quotas are known are all of AWS; moto has five
POLICY_TYPES = list(quotas.POLICY_CHARACTERS)
_OF_MOTO = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "TAG_POLICY")
FakePolicy.SUPPORTED_POLICY_TYPES = FakeRoot.SUPPORTED_POLICY_TYPES = POLICY_TYPES


class AccessDenied(ServiceException):
    code = "AccessDeniedException"
    message = "You don't have permissions to access this resource."


class NotInUse(ServiceException):
    code = "AWSOrganizationsNotInUseException"
    message = "Your account is not a member of an organization."


class Constraint(ServiceException):
    code = "ConstraintViolationException"


class Conflict(ServiceException):
    code = "DuplicateOrganizationalUnitException"
    message = "An organizational unit with the same name already exists."


class AlreadyThere(ServiceException):
    code = "DuplicateAccountException"
    message = "That account is already present in the specified destination."


class NotThere(ServiceException):
    code = "SourceParentNotFoundException"
    message = "We can't find a source root or OU with the ParentId that you specified."


class NotEmpty(ServiceException):
    code = "OrganizationalUnitNotEmptyException"
    message = "The specified organizational unit is not empty."


class TypeNotEnabled(ServiceException):
    code = "PolicyTypeNotEnabledException"
    message = "This operation can be performed only for enabled policy types."


class Malformed(ServiceException):
    code = "MalformedPolicyDocumentException"


class ConcurrentModification(ServiceException):
    code = "ConcurrentModificationException"
    message = "AWS Organizations can't complete your request because it conflicts with another attempt to modify the same entity. Try again later."


class TooManyRequests(ServiceException):
    code = "TooManyRequestsException"
    message = "AWS Organizations can't complete your request at this time because of throttling. Try again later."


class Finalizing(ServiceException):
    code = "FinalizingOrganizationException"
    message = (
        "AWS Organizations couldn't perform the operation because your organization hasn't finished initializing. "
        "This can take up to an hour. Try again later."
    )


class StrictOrganizations(OrganizationsBackend):
    """Added to moto: what AWS refuses. Listeners hear of every account that joins or moves."""

    listeners: list[Any] = []

    @property
    def _url_module(self) -> ModuleType:
        """moto derives it from the module of the class."""
        return urls

    def _reset(self) -> None:
        super()._reset()
        self.failed_creations: dict[str, dict[str, Any]] = {}
        self.creating = False
        # accounts that exist outside and join the organization as soon as there is one
        self.waiting_members: list[str] = []
        # invitations that nobody has answered
        self.invitations: list[dict[str, Any]] = []

    def undisturbed(self, operation: str) -> None:
        """https://docs.aws.amazon.com/organizations/latest/APIReference/API_EnableAWSServiceAccess.html"""
        if faults.faults.meets("concurrent-modification", operation):
            raise ConcurrentModification()
        if faults.faults.meets("too-many-requests", operation):
            raise TooManyRequests()

    def enable_aws_service_access(self, **kwargs: Any) -> None:
        self.undisturbed("EnableAWSServiceAccess")
        super().enable_aws_service_access(**kwargs)

    def register_delegated_administrator(self, **kwargs: Any) -> None:
        self.need_management()
        self.undisturbed("RegisterDelegatedAdministrator")
        super().register_delegated_administrator(**kwargs)

    def enable_policy_type(self, **kwargs: Any) -> dict[str, Any]:
        self.undisturbed("EnablePolicyType")
        return super().enable_policy_type(**kwargs)

    def need_management(self) -> None:
        if self.org is None:
            raise AccessDenied() if self.account_id in organizations_backends.master_accounts else NotInUse()

    def create_organization(self, region: str, **kwargs: Any) -> dict[str, Any]:
        known = set(iam_backends)
        _ids_follow_from(self.account_id)
        result = super().create_organization(region, **kwargs)
        # moto gives the management account a random id for a moment, and that id a role
        for ghost in set(iam_backends) - known - {self.account_id}:
            del iam_backends[ghost]
        assert self.org is not None
        management = self.get_account_by_id(self.account_id)
        management.name, management.joined_method = "management", "INVITED"
        management.email = self.org.master_account_email = f"management@{self.account_id}.example"
        for account_id in self.waiting_members:
            self.invite(account_id)
        return self.org.describe() if result else result

    def invite(self, account_id: str) -> None:
        """An account with this id joins; it had a life before the organization."""
        OrganizationsBackend.create_account(self, AccountName=account_id, Email=f"account@{account_id}.example")
        account = self.accounts[-1]
        random_id, account.id, account.joined_method = account.id, account_id, "INVITED"
        organizations_backends.master_accounts[account_id] = organizations_backends.master_accounts.pop(random_id)
        del iam_backends[random_id]
        self.announce(account_id)

    def delete_organization(self) -> None:
        self.need_management()
        if [account for account in self.accounts if account.id != self.account_id]:
            from moto.organizations.exceptions import OrganizationNotEmptyException

            raise OrganizationNotEmptyException
        self._reset()

    def create_account(self, **kwargs: Any) -> dict[str, Any]:
        """AWS accepts the call and reports a failure in the status of the creation."""
        self.need_management()
        if faults.faults.meets("finalizing-organization"):
            raise Finalizing()
        email = kwargs["Email"]
        reason = self._refusal(email)
        if reason is None:
            self.creating = True
            try:
                gate.wait(quotas.ACCOUNT_CREATION_SECONDS)
            finally:
                self.creating = False
            _ids_follow_from(email)
            status = super().create_account(**kwargs)
            account = self.accounts[-1]
            _give_administration(account.id, kwargs.get("RoleName", "OrganizationAccountAccessRole"))
            faults.calls.append(faults.Call("CreateAccount", account.id, email, "SUCCEEDED"))
            self.announce(account.id)
            return status
        faults.calls.append(faults.Call("CreateAccount", "", email, reason))
        request_id = utils.make_random_create_account_status_id()
        status = {
            "CreateAccountStatus": {
                "Id": request_id,
                "AccountName": kwargs["AccountName"],
                "State": "FAILED",
                "FailureReason": reason,
            }
        }
        self.failed_creations[request_id] = status
        return status

    def _refusal(self, email: str) -> str | None:
        switches = faults.faults
        if self.creating or switches.meets("account-creation-in-progress"):
            return "CONCURRENT_ACCOUNT_MODIFICATION"
        # a closed account keeps its address for ever
        taken = {account.email.lower() for account in self.accounts}
        if email.lower() in taken or switches.meets("email-taken", email):
            return "EMAIL_ALREADY_EXISTS"
        count, limit = len(self.accounts) + len(self.invitations) + 1, switches.value_of("account-limit")
        if count > int(limit) if limit else quotas.exceeds(count, quotas.ACCOUNTS):
            switches.meets("account-limit", limit)
            return "ACCOUNT_LIMIT_EXCEEDED"
        return None

    def describe_create_account_status(self, **kwargs: Any) -> dict[str, Any]:
        failed = self.failed_creations.get(kwargs["CreateAccountRequestId"])
        return failed or super().describe_create_account_status(**kwargs)

    def close_account(self, **kwargs: Any) -> None:
        self.need_management()
        account = self.get_account_by_id(kwargs["AccountId"])
        if account.id == self.account_id:
            raise Constraint("You cannot close the management account.")
        super().close_account(**kwargs)
        faults.calls.append(faults.Call("CloseAccount", account.id, account.email, "SUSPENDED"))

    def move_account(self, **kwargs: Any) -> None:
        self.need_management()
        self.undisturbed("MoveAccount")
        parent_id = self.get_account_by_id(kwargs["AccountId"]).parent_id
        if parent_id == kwargs["DestinationParentId"]:
            raise AlreadyThere()
        if parent_id != kwargs["SourceParentId"]:
            raise NotThere()
        super().move_account(**kwargs)
        self.announce(kwargs["AccountId"])

    def announce(self, account_id: str) -> None:
        for listener in self.listeners:
            listener(self.account_id, account_id)

    def create_organizational_unit(self, **kwargs: Any) -> dict[str, Any]:
        self.need_management()
        self.undisturbed("CreateOrganizationalUnit")
        parent = kwargs["ParentId"]
        self.validate_parent_id(parent)
        if any(unit.parent_id == parent and unit.name == kwargs["Name"] for unit in self.ou):
            raise Conflict()
        if len(self.ancestors(parent)) > quotas.UNIT_DEPTH:
            raise Constraint(f"OU_DEPTH_LIMIT_EXCEEDED: more than {quotas.UNIT_DEPTH} levels of organizational units")
        return super().create_organizational_unit(**kwargs)

    def delete_organizational_unit(self, **kwargs: Any) -> None:
        self.need_management()
        unit_id = kwargs["OrganizationalUnitId"]
        if any(child.parent_id == unit_id for child in [*self.ou, *self.accounts]):
            raise NotEmpty()
        super().delete_organizational_unit(**kwargs)

    def ancestors(self, parent_id: str) -> list[str]:
        """The root or unit itself and all above it, the root last."""
        found = [parent_id]
        while (unit := next((unit for unit in self.ou if unit.id == found[-1]), None)) and not isinstance(
            unit, FakeRoot
        ):
            found.append(unit.parent_id)
        return found

    def paths_of(self, account_id: str) -> list[str]:
        """Where an account is: organization, root, units, as `aws:PrincipalOrgPaths` says it."""
        assert self.org is not None
        units = reversed(self.ancestors(self.get_account_by_id(account_id).parent_id))
        return ["/".join([self.org.id, *units, account_id, ""])]

    def create_policy(self, **kwargs: Any) -> dict[str, Any]:
        self.need_management()
        self.undisturbed("CreatePolicy")
        kind = kwargs["Type"]
        self._check_policy(kind, kwargs["Content"], kwargs.get("Description"))
        if kind not in POLICY_TYPES or kind in _OF_MOTO:
            return super().create_policy(**kwargs)
        # moto makes none of the others
        made = super().create_policy(**{**kwargs, "Type": "TAG_POLICY"})
        policy = self.get_policy_by_id(made["Policy"]["PolicySummary"]["Id"])
        policy.type = kind
        policy._arn_format = policy._arn_format.replace("tag_policy", kind.lower())
        return policy.describe()

    def update_policy(self, **kwargs: Any) -> dict[str, Any]:
        policy = self.get_policy_by_id(kwargs["PolicyId"])
        self._check_policy(policy.type, kwargs.get("Content") or policy.content, kwargs.get("Description"))
        return super().update_policy(**kwargs)

    def _check_policy(self, kind: str, content: str, description: str | None) -> None:
        limit = quotas.POLICY_CHARACTERS.get(kind)
        if limit is not None and len(content) > limit:
            raise Constraint(f"POLICY_CONTENT_LIMIT_EXCEEDED: {len(content)} characters, {limit} are allowed")
        if description and len(description) > quotas.POLICY_DESCRIPTION_CHARACTERS:
            raise Constraint(f"POLICY_DESCRIPTION_LIMIT_EXCEEDED: {len(description)} characters")
        if problem := malformed(kind, content):
            raise Malformed(
                f"The provided policy document does not meet the requirements of the specified policy type: {problem}"
            )

    def attach_policy(self, **kwargs: Any) -> None:
        policy, target = self.get_policy_by_id(kwargs["PolicyId"]), kwargs["TargetId"]
        if not policy.aws_managed:
            self.undisturbed("AttachPolicy")
            self.need_management()
            root = next(unit for unit in self.ou if isinstance(unit, FakeRoot))
            if policy.type not in [enabled["Type"] for enabled in root.policy_types]:
                raise TypeNotEnabled()
            attached = [
                other
                for other in self.policies
                if other.type == policy.type
                and other is not policy
                and any(place.id == target for place in other.attachments)
            ]
            limit = quotas.POLICIES_PER_TARGET.get(policy.type, 10)
            if len(attached) >= limit:
                raise Constraint(
                    f"MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED: {target} has {limit} policies of type {policy.type}"
                )
        super().attach_policy(**kwargs)


def _give_administration(account_id: str, role_name: str) -> None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html"""
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam_backends[account_id]["aws"].put_role_policy(role_name, "AdministratorAccess", json.dumps(everything))


def _ids_follow_from(text: str) -> None:
    """The same app gets the same ids in every rehearsal."""
    mock_random.seed(text)


def backend_of(account_id: str) -> StrictOrganizations:
    return organizations_backends[account_id]["aws"]  # type: ignore[return-value]



def _is_service(principal: str) -> bool:
    """By its form: AWS adds services to those that work with Organizations, and has no call that lists them.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html
    """
    return re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?", principal) is not None


def install() -> None:
    # moto has lists of some years ago
    FakeServiceAccess.trusted_service = staticmethod(_is_service)  # type: ignore[method-assign]
    FakeDelegatedAdministrator.supported_service = staticmethod(_is_service)  # type: ignore[method-assign]
    organizations_backends.backend = StrictOrganizations
    organizations_backends.master_accounts.clear()
    StrictOrganizations.listeners = []
