"""Principals that a policy names and that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.iam.models import iam_backends
from moto.organizations.models import organizations_backends

from emulator.engine.faults import faults
from emulator.engine.policies import as_list

# made by AWS itself, at moments that are not emulated
_MADE_BY_AWS = tuple(
    f":role/{name}" for name in ("aws-reserved/", "aws-service-role/", "service-role/", "OrganizationAccountAccessRole")
)


def unknown(document: Any, account_id: str) -> Iterator[str]:
    """Roles and users of emulated accounts; nobody can say who exists in others."""
    for statement in as_list(document.get("Statement")) if isinstance(document, dict) else []:
        for element in ("Principal", "NotPrincipal"):
            declared = statement.get(element)
            for name in as_list(declared.get("AWS")) if isinstance(declared, dict) else []:
                if isinstance(name, str) and _is_missing(name, account_id):
                    yield name


def _is_missing(name: str, account_id: str) -> bool:
    parts = name.split(":", 5)
    if len(parts) < 6 or parts[2] != "iam" or any(word in name for word in _MADE_BY_AWS):
        return False
    partition, owner, resource = parts[1], parts[4], parts[5]
    if owner != account_id and owner not in organizations_backends.master_accounts:
        return False
    backend = iam_backends[owner][partition]
    if resource.startswith("role/") and faults.meets("late-principal"):
        return True
    if resource.startswith("role/"):
        return not any(role.arn == name for role in backend.roles.values())
    if resource.startswith("user/"):
        return not any(user.arn == name for user in backend.users.values())
    return False
