"""Assuming a role needs the role, its trust, and the right to do so; a root user has none."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from moto.core.exceptions import ServiceException
from moto.sts import urls
from moto.sts.models import STSBackend, sts_backends

from emulator.engine import callers
from emulator.engine.identities import role_of
from emulator.engine.needs import Need


class AccessDenied(ServiceException):
    code = "AccessDenied"


class TrustingSts(STSBackend):
    @property
    def _url_module(self) -> ModuleType:
        """moto derives it from the module of the class."""
        return urls

    def assume_role(self, region_name: str, role_session_name: str, role_arn: str, *rest: Any, **named: Any) -> Any:
        caller, role = callers.current(self.account_id), role_of(role_arn)
        # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
        if caller.is_root_user:
            raise AccessDenied("Roles may not be assumed by root accounts.")
        if role is None:
            raise AccessDenied(
                f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
            )
        context = {
            "sts:ExternalId": named.get("external_id") or (rest[2] if len(rest) > 2 else None),
            "sts:RoleSessionName": role_session_name,
            "sts:SourceIdentity": None,
            "aws:ResourceAccount": role.account_id,
            "aws:RequestedRegion": region_name,
        }
        trust = callers.target(role.account_id, role.assume_role_policy_document, decides=True)
        if message := caller.refusal(Need("sts:AssumeRole", role_arn), trust, context):
            raise AccessDenied(message)
        made = super().assume_role(region_name, role_session_name, role_arn, *rest, **named)
        callers.begin(role_arn, role_session_name, made.policy, made.access_key_id)
        return made

    def get_caller_identity(self, *given: Any) -> tuple[str, str, str]:
        caller = callers.current(self.account_id)
        return caller.user_id, caller.arn, caller.account_id


def install() -> None:
    sts_backends.backend = TrustingSts
