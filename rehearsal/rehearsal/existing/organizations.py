"""Organizations with their units, accounts and policies."""

from __future__ import annotations

import json
from typing import Any

from moto.organizations.models import FakeRoot

from emulator.services.organizations.backend import StrictOrganizations, backend_of
from rehearsal import world
from rehearsal.app import Adopted
from rehearsal.existing.place import Item, Path, noting


def make_organization(item: Item, path: Path, mistakes: list[str]) -> None:
    backend = backend_of(item["management"])
    with noting(mistakes, path):
        backend.create_organization("us-east-1", FeatureSet=item.get("featureSet", "ALL"))
        world.rename_organization(backend, Adopted(item.get("id"), item["root"].get("id")))
        for service in item.get("trustedServices", []):
            backend.enable_aws_service_access(ServicePrincipal=service)
        root = _root(backend)
        _fill(backend, root.id, item["root"], (*path, "root"), mistakes)
        for index, policy in enumerate(item.get("policies", [])):
            with noting(mistakes, (*path, "policies", index)):
                _policy(backend, root, policy)


def _root(backend: StrictOrganizations) -> Any:
    return next(unit for unit in backend.ou if isinstance(unit, FakeRoot))


def _fill(backend: StrictOrganizations, parent_id: str, node: Item, path: Path, mistakes: list[str]) -> None:
    for member in node.get("accounts", []):
        if member["id"] != backend.account_id:
            backend.invite(member["id"])
        account = backend.get_account_by_id(member["id"])
        account.name, account.email = member.get("name", member["id"]), member["email"]
        account.parent_id = parent_id
        account.status = account.state = member.get("status", "ACTIVE")
    for index, unit in enumerate(node.get("units", [])):
        inside = (*path, "units", index)
        with noting(mistakes, inside):
            made = backend.create_organizational_unit(ParentId=parent_id, Name=unit["name"])["OrganizationalUnit"]
            if "id" in unit:
                backend.ou[-1].id = unit["id"]
            _fill(backend, unit.get("id", made["Id"]), unit, inside, mistakes)


def _policy(backend: StrictOrganizations, root: Any, policy: Item) -> None:
    if policy["type"] not in [enabled["Type"] for enabled in root.policy_types]:
        backend.enable_policy_type(RootId=root.id, PolicyType=policy["type"])
    made = backend.create_policy(
        Name=policy["name"], Type=policy["type"], Content=json.dumps(policy["content"]), Description=""
    )["Policy"]["PolicySummary"]["Id"]
    for target in policy["targets"]:
        backend.attach_policy(PolicyId=made, TargetId=target)
