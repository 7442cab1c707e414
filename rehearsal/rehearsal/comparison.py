"""What commands change: of all accounts, and what is left of a stage that was destroyed."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal import leftovers, state, world
from rehearsal.costs import Costs


@dataclass
class Destroyed:
    stage: str
    # one, unless the stage is a concern that spans accounts
    account_ids: list[str]
    changed: dict[str, list[str]]
    stacks_left: list[str]
    resources_left: list[str]
    # domains that the zones of other accounts delegate no more
    delegations: list[str]
    # account id -> what is there now and was not before its stacks came; None if other stacks are there too
    leftovers: dict[str, list[str] | None]


class Comparison:
    def __init__(self, costs: Costs) -> None:
        self.costs = costs
        # accounts with nothing but their bootstrap
        self._bare: state.State = {}
        self._stacks_then: set[str] = set()
        # before a stage is destroyed
        self._before: state.State = {}
        self._names: set[str] = set()

    def snapshot(self) -> state.State:
        with self.costs.of("comparison"):
            return state.snapshot()

    def changed_accounts(self, before: state.State, after: state.State) -> dict[str, list[str]]:
        with self.costs.of("comparison"):
            return state.changed_accounts(before, after)

    def remember(self, management_id: str, regions: list[str]) -> None:
        """What accounts are like with nothing but their bootstrap."""
        accounts = [view.id for view in world.accounts(management_id)]
        with self.costs.of("comparison"):
            self._bare = leftovers.baseline(accounts, regions)
        self._stacks_then = {stack.id for stacks in world.stacks_by_account().values() for stack in stacks}

    def begin(self, account_ids: list[str]) -> None:
        self._before, self._names = self.snapshot(), leftovers.zone_names(account_ids)

    def destroyed(self, stage: str, account_ids: list[str]) -> Destroyed:
        """What has become of the accounts of this stage, and of all others, since the beginning."""
        after = self.snapshot()
        changed = self.changed_accounts(self._before, after)
        others, taken_back = {}, set()
        for account_id in [account_id for account_id in changed if account_id not in account_ids]:
            found = {line: leftovers.delegation(line, self._names) for line in changed[account_id]}
            taken_back |= {name for name in found.values() if name}
            others |= {account_id: lines} if (lines := [line for line in found if not found[line]]) else {}
        left = [stack.name for account_id in account_ids for stack in world.stacks_by_account().get(account_id, [])]
        kept = [line for account_id in account_ids for line in world.left_behind(account_id)]
        more = {account_id: self._leftovers(account_id, after) for account_id in account_ids}
        return Destroyed(stage, account_ids, others, left, kept, sorted(taken_back), more)

    def _leftovers(self, account_id: str, after: state.State) -> list[str] | None:
        new = [stack for stack in world.stacks_by_account().get(account_id, []) if stack.id not in self._stacks_then]
        with self.costs.of("comparison"):
            return None if new else leftovers.of(account_id, self._bare, after)
