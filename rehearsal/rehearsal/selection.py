"""The stacks that a command of the CLI is about, and which of them wait for which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile

from rehearsal.app import StackArtifact


class Selection:
    def __init__(self, stacks: list[StackArtifact], words: list[str]) -> None:
        self.verb, *rest = words
        self.patterns = list(takewhile(lambda word: not word.startswith("-"), rest))
        self.options = rest[len(self.patterns) :]
        self._before = {stack.path: set(stack.dependencies) for stack in stacks}
        if self.verb == "destroy":
            # the last one is destroyed first
            before = self._before
            self._before = {path: {other for other in before if path in before[other]} for path in before}
        wanted = {stack.path for stack in stacks if any(_matches(pattern, stack.path) for pattern in self.patterns)}
        if "--exclusively" not in self.options:
            wanted = self._all_before(wanted)
        self.stacks = [stack for stack in stacks if stack.path in wanted]

    def _all_before(self, paths: Iterable[str]) -> set[str]:
        found, waiting = set(paths), list(paths)
        while waiting:
            new = self._before.get(waiting.pop(), set()) - found
            found |= new
            waiting.extend(new)
        return found

    def waiting_for(self, path: str) -> set[str]:
        """What has to be done before this one."""
        return self._all_before(self._before[path])

    def only(self, paths: list[str]) -> list[str]:
        """The same command for these alone."""
        return [self.verb, *paths, *dict.fromkeys([*self.options, "--exclusively"])]


def _matches(pattern: str, path: str) -> bool:
    """As the CLI does: one star is a part of a path, two are any."""
    parts = (re.escape(part).replace(r"\*", "[^/]*") for part in pattern.split("**"))
    return re.fullmatch(".*".join(parts), path) is not None
