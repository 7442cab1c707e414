"""Policies of keys: whom they name, and that somebody is left who may change them."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from typing import Any

from emulator.engine.policies import as_list
from emulator.engine.refusals import Asked, refuses
from emulator.refusals.principals import unknown


@refuses("AWS::KMS::Key")
def policy(asked: Asked) -> Iterator[str]:
    document = asked.properties.get("KeyPolicy")
    if not isinstance(document, dict):
        return
    for _ in unknown(document, asked.place.account_id):
        yield "Policy contains a statement with one or more invalid principals."
    if not asked.properties.get("BypassPolicyLockoutSafetyCheck") and not any(
        _may_change(statement, asked.place.account_id) for statement in as_list(document.get("Statement"))
    ):
        yield "The new key policy will not allow you to update the key policy in the future."


def _may_change(statement: dict[str, Any], account_id: str) -> bool:
    """Whether it lets anybody of the account change the policy: who deploys may be any of them."""
    principal = statement.get("Principal")
    names = as_list(principal.get("AWS")) if isinstance(principal, dict) else as_list(principal)
    actions = [str(action).lower() for action in as_list(statement.get("Action"))]
    return (
        statement.get("Effect") == "Allow"
        and ("NotPrincipal" in statement or any(name == "*" or account_id in str(name) for name in names))
        and ("NotAction" in statement or any(fnmatch.fnmatchcase("kms:putkeypolicy", action) for action in actions))
    )


@refuses("AWS::KMS::Alias")
def alias(asked: Asked) -> Iterator[str]:
    name = str(asked.properties.get("AliasName", ""))
    if name.startswith("alias/aws/"):
        yield f"{name} is reserved for keys of AWS (NotAuthorizedException)"
