"""Assuming a role needs the role, and its trust."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from moto.core.exceptions import ServiceException
from moto.sts import urls
from moto.sts.models import STSBackend, sts_backends

from emulator.engine.identities import role_of
from emulator.engine.policies import Request, allows


class AccessDenied(ServiceException):
    code = "AccessDenied"


class TrustingSts(STSBackend):
    @property
    def _url_module(self) -> ModuleType:
        """moto derives it from the module of the class."""
        return urls

    def assume_role(self, region_name: str, role_session_name: str, role_arn: str, *rest: Any, **named: Any) -> Any:
        role = role_of(role_arn)
        external_id = named.get("external_id") or (rest[2] if len(rest) > 2 else None)
        context = {"sts:ExternalId": external_id} if external_id else {}
        request = Request("sts:AssumeRole", "*", {"AWS": self.account_id}, context)
        if role is None or not allows(role.assume_role_policy_document, request):
            raise AccessDenied(
                f"User: arn:aws:iam::{self.account_id}:root is not authorized to perform: "
                f"sts:AssumeRole on resource: {role_arn}"
            )
        return super().assume_role(region_name, role_session_name, role_arn, *rest, **named)


def install() -> None:
    sts_backends.backend = TrustingSts
