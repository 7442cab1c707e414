"""Faults that somebody asks for: what meets them, and whether the same command again succeeds."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from dataclasses import dataclass, field

from emulator.engine.faults import KINDS, Fault, Faults


def listed() -> str:
    """Each fault that there is, with the page of AWS."""
    lines = []
    for name, kind in KINDS.items():
        default = f" ({kind.default} if not given)" if kind.default else ""
        lines += [f"{name}[={kind.value}]{default}" if kind.value else name, f"    {kind.what}", f"    {kind.source}"]
    return "\n".join(lines)


def wanted(text: str) -> tuple[str, str]:
    """`name` or `name=value`, as the command line has it."""
    name, _, value = text.partition("=")
    if name not in KINDS:
        raise argparse.ArgumentTypeError(f"no fault '{name}': there are {', '.join(KINDS)}")
    if name == "account-limit" and value and not value.isdecimal():
        raise argparse.ArgumentTypeError(f"'{value}' is not a number of accounts")
    if value and not KINDS[name].value:
        raise argparse.ArgumentTypeError(f"the fault '{name}' takes no value")
    return name, value


@dataclass
class Tried:
    fault: Fault
    over: ExitStack
    # the command that failed by it
    failed: str | None = None

    @property
    def name(self) -> str:
        return f"{self.fault.kind}={self.fault.value}" if self.fault.value else self.fault.kind

    @property
    def outcome(self) -> str:
        if self.failed:
            return f"'{self.failed}' failed, and the same command again succeeded"
        return "met, and no command failed" if self.fault.is_met else "not met"


@dataclass
class Trial:
    tried: list[Tried] = field(default_factory=list)

    def begin(self, faults: Faults, asked: list[tuple[str, str]]) -> None:
        for name, value in asked:
            over = ExitStack()
            self.tried.append(Tried(over.enter_context(faults.having(name, value)), over))

    def end_met(self, command: str) -> list[str]:
        """The faults by which this command failed are over; none of them if it had another cause."""
        ended = [one for one in self.tried if one.fault.is_met and not one.failed]
        for one in ended:
            one.over.close()
            one.failed = command
        return [one.name for one in ended]

    def problems(self) -> list[str]:
        return [f"nothing in this app has met the fault '{one.name}'" for one in self.tried if not one.fault.is_met]
