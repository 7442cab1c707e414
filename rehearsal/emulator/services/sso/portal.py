"""People of IAM Identity Center who sign in: what they are assigned or entitled to, they get as a session of a role.

https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
https://docs.aws.amazon.com/account-access/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import ServiceException
from moto.ssoadmin.models import ssoadmin_backends

from emulator.engine import callers
from emulator.engine.conditions import Context, NotUnderstood
from emulator.engine.identities import NEVER, organization_of, role_of
from emulator.engine.policies import Request
from emulator.engine.rights import Identity, decide
from emulator.services import accountaccess, identitystore
from emulator.services.sso import provisioning
from emulator.services.sso.backend import IdentityCenter, backend_of

_SERVICE = accountaccess.SERVICE


class NoAccess(ServiceException):
    code = "ForbiddenException"
    message = "No access"


class AccessDenied(ServiceException):
    code = "AccessDeniedException"


def sign_in(user_id: str, account_id: str, permission_set: str) -> dict[str, str]:
    """The credentials of who is assigned to a permission set of this name in the account, alone or in a group."""
    instance = _instance_of(user_id)
    backend, who = backend_of(instance.account_id, instance.region), _principals(instance, user_id)
    for assignment in backend.account_assignments:
        one = backend.set_of(instance.instance_arn, assignment.permission_set_arn)
        if (one.name, assignment.target_id) == (permission_set, account_id) and (
            (assignment.principal_type, assignment.principal_id) in who
        ):
            role = provisioning.role_of(one, account_id, instance.region)
            provider = provisioning.provider_of(account_id, instance.region)
            context = {**_context(role.account_id, instance.region), "SAML:aud": provisioning.AUDIENCE}
            if refused := _untrusting(role, "sts:AssumeRoleWithSAML", {"Federated": provider}, context):
                raise AccessDenied(refused)
            return _begin(role, instance, user_id, {"aws:FederatedProvider": provider})
    raise NoAccess


def assume(user_id: str, role_arn: str) -> dict[str, str]:
    """The credentials of who is entitled to the role, alone or in a group, if the role trusts the application.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/aam-prepare-roles.html
    """
    instance = _instance_of(user_id)
    who = _principals(instance, user_id)
    for application in accountaccess.applications():
        entitled = [one for one in application.entitlements.values() if (one.kind, one.principal_id) in who]
        if application.instance is not instance or role_arn not in [one.role_arn for one in entitled]:
            continue
        role = role_of(role_arn)
        if role is None:
            raise AccessDenied(f"The role {role_arn} does not exist.")
        source = application.arn.split(":")[4]
        organization = organization_of(source)
        context = {
            **_context(role.account_id, instance.region),
            "aws:PrincipalIsAWSService": "true",
            "aws:PrincipalServiceName": _SERVICE,
            "aws:PrincipalServiceNamesList": [_SERVICE],
            "aws:SourceAccount": source,
            "aws:SourceArn": application.arn,
            "aws:SourceOrgID": organization.org.id if organization else None,
        }
        for action in ("sts:AssumeRole", "sts:SetContext"):
            if refused := _untrusting(role, action, {"Service": _SERVICE}, context):
                raise AccessDenied(refused)
        return _begin(role, instance, user_id, {})
    raise AccessDenied(f"User {user_id} is not entitled to {role_arn}.")


def _instance_of(user_id: str) -> IdentityCenter:
    for _, _, backend in ssoadmin_backends.iter_backends():
        for instance in backend.instances:
            if user_id in _store(instance).users:
                return instance  # type: ignore[return-value]
    raise NoAccess


def _store(instance: Any) -> Any:
    return identitystore.backend_of(instance.account_id, instance.region).store(instance.identity_store_id)


def _principals(instance: IdentityCenter, user_id: str) -> set[tuple[str, str]]:
    """The person, and the groups that the person is in."""
    backend = identitystore.backend_of(instance.account_id, instance.region)
    groups = backend.groups_of(instance.identity_store_id, user_id)
    return {("USER", user_id), *(("GROUP", group) for group in groups)}


def _context(account_id: str, region: str) -> dict[str, Any]:
    """What such a request is known to have, and that it lacks the rest."""
    organization = organization_of(account_id)
    of_sessions = ("sts:ExternalId", "sts:RoleSessionName", "sts:SourceIdentity", "aws:RequestTag/", "aws:TagKeys")
    of_principals = ("aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:PrincipalType")
    return {
        **dict.fromkeys((*NEVER, *of_sessions, *of_principals)),
        "aws:PrincipalIsAWSService": "false",
        "aws:RequestedRegion": region,
        "aws:ResourceAccount": account_id,
        "aws:ResourceOrgID": organization.org.id if organization else None,
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
    }


def _untrusting(role: Any, action: str, principal: dict[str, str], context: Context) -> str | None:
    """What AWS answers if the role's trust does not let it in, or a resource control policy denies it."""
    trust = callers.target(role.account_id, role.assume_role_policy_document, decides=True)
    try:
        decision = decide(Request(action, role.arn, principal, context, is_complete=True), Identity(), trust)
    except NotUnderstood as error:
        return f"not emulated: {error}, in the trust of {role.arn}"
    (who,) = principal.values()
    told = f"User: {who} is not authorized to perform: {action} on resource: {role.arn} {decision.reason}"
    return None if decision.allowed else told


def _begin(role: Any, instance: IdentityCenter, user_id: str, context: Context) -> dict[str, str]:
    return callers.begin(role.arn, _store(instance).users[user_id].UserName, context=context)
