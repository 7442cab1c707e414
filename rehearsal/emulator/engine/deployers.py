"""What the role that CloudFormation deploys with may do, by all policies that limit it.

Of each type, the action that makes it and the one that deletes it; on which resource is not said before it is there, so that
only a denial of all resources counts. The public schemas name these, and many that are needed now and then: those, changes,
and types that have no such schema are not checked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from emulator.engine.errors import ResourceFailure
from emulator.engine.identities import refusal, role_of
from emulator.engine.resources import Resource
from emulator.engine.stacks import Stack

_FILE = Path(__file__).parents[1] / "data" / "handlers.json"

# services whose API has one home
# https://docs.aws.amazon.com/general/latest/gr/rande.html#global-endpoints
_GLOBAL = ("iam", "cloudfront", "route53", "organizations")


@cache
def _actions() -> dict[str, dict[str, str]]:
    return json.loads(_FILE.read_text("utf-8"))


@dataclass(frozen=True)
class StackSetRole:
    """What a service-managed StackSet deploys with: an administrator that it makes in each account.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-activate-trusted-access.html
    """

    account_id: str
    name: str = "stacksets-exec-0123456789abcdef0123456789abcdef"
    permissions_boundary_arn: str | None = None
    policies: dict[str, Any] = field(
        default_factory=lambda: {"all": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}
    )
    managed_policies: dict[str, Any] = field(default_factory=dict)
    tags: list[Any] = field(default_factory=list)

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account_id}:role/{self.name}"


def check(stack: Stack, resource: Resource, operation: str) -> None:
    """Fails as AWS does if the role may not `create` or `delete` a resource of this type."""
    action = _actions().get(resource.place.type, {}).get(operation)
    role = role_of(stack.role_arn) if stack.role_arn else StackSetRole(stack.account_id) if _is_of_a_set(stack) else None
    if action is None or role is None:
        return
    region = "us-east-1" if action.split(":")[0] in _GLOBAL else stack.region
    refused = refusal(role, action, None, {"aws:RequestedRegion": region}, "AWSCloudFormation")
    if refused:
        raise ResourceFailure(f'Resource handler returned message: "{refused}" (HandlerErrorCode: AccessDenied)')


def _is_of_a_set(stack: Stack) -> bool:
    return stack.name.startswith("StackSet-")
