"""Preparing the emulated AWS for an app, and reading it afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from moto.organizations.models import FakeRoot
from moto.ssm.models import ssm_backends

from emulator.engine.resources import Recorded
from emulator.engine.stacks import Stack, cloudformation_backends
from emulator.services.organizations import backend as orgs
from rehearsal.app import Adopted


@dataclass
class AccountView:
    id: str
    name: str
    email: str
    status: str
    stacks: list[Stack] = field(default_factory=list)


def seed(management_id: str, adopted: Adopted | None, account_ids: list[str]) -> None:
    """Accounts that the app names by id exist; the organization that it adopts exists too."""
    backend = orgs.backend_of(management_id)
    known = {management_id, *members(management_id)}
    backend.waiting_members = [account_id for account_id in account_ids if account_id not in known]
    if adopted is None or backend.org is not None:
        return
    backend.create_organization("us-east-1", FeatureSet="ALL")
    rename_organization(backend, adopted)
    for unit_id in adopted.unit_ids:
        backend.create_organizational_unit(ParentId=backend.org.root_id, Name=unit_id)
        backend.ou[-1].id = unit_id


def rename_organization(backend: orgs.StrictOrganizations, adopted: Adopted) -> None:
    assert backend.org is not None
    root = next(unit for unit in backend.ou if isinstance(unit, FakeRoot))
    if adopted.root_id:
        for child in [*backend.ou, *backend.accounts]:
            if child.parent_id == root.id:
                child.parent_id = adopted.root_id
        root.id = backend.org.root_id = adopted.root_id
    if adopted.organization_id:
        backend.org.id = adopted.organization_id
        for item in [*backend.ou, *backend.accounts, *backend.policies]:
            item.organization_id = adopted.organization_id


def is_bootstrapped(account_id: str, region: str, parameter: str) -> bool:
    return ssm_backends[account_id][region].get_parameter(parameter) is not None


def stacks_by_account() -> dict[str, list[Stack]]:
    found: dict[str, list[Stack]] = {}
    for account_id, _, backend in list(cloudformation_backends.iter_backends()):
        found.setdefault(account_id, []).extend(backend.living())
    return found


def count() -> tuple[int, list[Recorded]]:
    """How many resources are emulated, and those that are only recorded."""
    resources = [
        deployed.resource
        for stacks in stacks_by_account().values()
        for stack in stacks
        for deployed in stack.resources.values()
    ]
    recorded = [resource for resource in resources if isinstance(resource, Recorded)]
    return len(resources) - len(recorded), recorded


def accounts(management_id: str) -> list[AccountView]:
    stacks = stacks_by_account()
    backend = orgs.backend_of(management_id)
    views = (
        [AccountView(item.id, item.name, item.email, item.status) for item in backend.accounts] if backend.org else []
    )
    known = {view.id for view in views}
    views += [
        AccountView(account_id, "", "", "ACTIVE")
        for account_id in stacks
        if account_id not in known and stacks[account_id]
    ]
    for view in views:
        view.stacks = stacks.get(view.id, [])
    return views


def members(management_id: str) -> list[str]:
    backend = orgs.backend_of(management_id)
    return [account.id for account in backend.accounts] if backend.org else []


def tree(management_id: str) -> dict[str, Any] | None:
    """The organization as nested data: root, units, accounts."""
    backend = orgs.backend_of(management_id)
    if backend.org is None:
        return None

    def node(unit: Any) -> dict[str, Any]:
        return {
            "id": unit.id,
            "name": unit.name,
            "units": [node(child) for child in backend.ou if child.parent_id == unit.id],
            "accounts": [
                {"id": item.id, "name": item.name, "email": item.email, "status": item.status}
                for item in backend.accounts
                if item.parent_id == unit.id
            ],
        }

    root = next(unit for unit in backend.ou if isinstance(unit, FakeRoot))
    return {"id": backend.org.id, "management": management_id, "root": node(root)}


def all_stacks() -> list[Stack]:
    return [
        stack for _, _, backend in list(cloudformation_backends.iter_backends()) for stack in backend.stacks.values()
    ]


def versions() -> dict[str, tuple[str, int, str]]:
    """What tells whether a stack was touched: status, number of events, last update."""
    return {stack.id: (stack.status, len(stack.events), str(stack.updated)) for stack in all_stacks()}


def left_behind(account_id: str) -> list[str]:
    """What deleted stacks of this account have left, by their policies or because the emulator cannot delete it."""
    deleted = [stack for stack in all_stacks() if stack.account_id == account_id and stack.is_deleted]
    return [
        f"{deployed.resource.place.type} {deployed.resource.physical_id} (of {stack.name}, {why})"
        for stack in deleted
        for why, kept in (("retained", stack.retained), ("the emulator cannot delete it", stack.stranded))
        for deployed in kept
    ]
