"""Progress for a person: one line per command, one per stack."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from emulator.engine import stacks


class Printer:
    def __init__(self, verbose: bool = False) -> None:
        self.verbose = verbose
        self.colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"

    def line(self, text: str = "") -> None:
        print(text, flush=True)

    def paint(self, text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.colours else text

    def bold(self, text: str) -> str:
        return self.paint(text, "1")

    def title(self, organization: str, management_id: str, region: str) -> None:
        self.line(f"rehearsing {self.bold(organization or 'the app')}: management account {management_id}, {region}")

    @contextmanager
    def command(self, words: list[str], quiet: bool) -> Iterator[Callable[[str], None]]:
        started = time.monotonic()
        if not quiet:
            self.line()
            self.line(self.bold("$ cdk " + shlex.join(words)))

        def finished(stack: stacks.Stack) -> None:
            good = stack.status.endswith("_COMPLETE") and "ROLLBACK" not in stack.status
            status = stack.status if good else self.paint(stack.status, "31")
            self.line(f"  {stack.account_id}  {stack.name}  {status}")

        stacks.listeners[:] = [] if quiet else [finished]
        try:
            yield (lambda line: self.line(f"  | {line}")) if self.verbose else (lambda line: None)
        finally:
            stacks.listeners.clear()
            if not quiet:
                self.line(f"  {time.monotonic() - started:.1f} s")
