"""What commands make of stacks that are there already: what is replaced, rolled back, retained and left."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from emulator.engine.stacks import Deployed, Stack
from rehearsal import world

_UNTOUCHED, _UPDATED, _CREATED, _DELETED = "untouched", "updated", "created", "deleted"


@dataclass(frozen=True)
class _Made:
    type: str
    physical_id: str
    properties: str

    @staticmethod
    def of(deployed: Deployed) -> _Made:
        return _Made(deployed.resource.place.type, deployed.resource.physical_id, repr(deployed.declaration.get("Properties")))


@dataclass
class StackTransition:
    name: str
    account: str
    region: str
    outcome: str
    # logical ids, with what there is to say of each
    created: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    retained: list[str] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        return dict(vars(self))


# name, account and region of a stack
Places = Collection[tuple[str, str, str]]


class Transition:
    """Begins with the stacks that there are; `named` are those of them that the code has had."""

    def __init__(self, named: Places) -> None:
        self._named = set(named)
        stacks = [stack for stack in world.all_stacks() if not stack.is_deleted]
        self._versions = self._now = world.versions()
        self._made = {stack.id: _made(stack) for stack in stacks}
        self._retained = {stack.id: len(stack.retained) for stack in stacks}

    def stacks(self, named: Places) -> list[StackTransition]:
        """Of all stacks, those of the code first; `named` are those that it has now."""
        self._now = world.versions()
        found = [self._of(stack, named) for stack in world.all_stacks() if stack.id in self._made or not stack.is_deleted]
        return sorted(found, key=lambda one: (one.outcome.startswith("left"), one.account, one.name))

    def _of(self, stack: Stack, named: Places) -> StackTransition:
        before, after = self._made.get(stack.id, {}), {} if stack.is_deleted else _made(stack)
        told = StackTransition(stack.name, stack.account_id, stack.region, self._outcome(stack, named))
        if stack.id not in self._made:
            return told
        retained = stack.retained[self._retained[stack.id] :]
        kept = {deployed.resource.physical_id for deployed in retained}
        new, gone = {key: after[key] for key in after if key not in before}, {key: before[key] for key in before if key not in after}
        for logical_id, made in gone.items():
            same = next((key for key, other in new.items() if (other.type, other.properties) == (made.type, made.properties)), None)
            if same is not None:
                del new[same]
                is_same = after[same].physical_id == made.physical_id
                told.moved.append(f"{logical_id} is {same} now, {'the same' if is_same else 'another'} {made.type}")
            if same is None or after[same].physical_id != made.physical_id:
                (told.retained if made.physical_id in kept else told.deleted).append(f"{logical_id} {made.type} {made.physical_id}")
        told.created += [f"{logical_id} {made.type}" for logical_id, made in new.items()]
        for logical_id in before.keys() & after.keys():
            old, made = before[logical_id], after[logical_id]
            if old.physical_id != made.physical_id:
                told.replaced.append(f"{logical_id} {made.type}: {old.physical_id} became {made.physical_id}")
                if old.physical_id in kept:
                    told.retained.append(f"{logical_id} {old.type} {old.physical_id}")
        for lines in (told.created, told.replaced, told.moved, told.deleted, told.retained):
            lines.sort()
        return told

    def _outcome(self, stack: Stack, named: Places) -> str:
        if stack.is_deleted:
            return _DELETED
        if "ROLLBACK" in stack.status or stack.status.endswith("FAILED"):
            return f"failed: {stack.status}"
        if stack.id not in self._made:
            return _CREATED
        if (stack.name, stack.account_id, stack.region) in self._named.difference(named):
            return "left: the code no longer names it"
        return _UNTOUCHED if self._versions[stack.id] == self._now[stack.id] else _UPDATED


def _made(stack: Stack) -> dict[str, _Made]:
    return {logical_id: _Made.of(deployed) for logical_id, deployed in stack.resources.items()}
