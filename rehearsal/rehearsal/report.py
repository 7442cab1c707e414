"""Progress for a person: one line per stack that ends, or on a terminal one line that is rewritten."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from emulator.engine import stacks
from rehearsal.failures.failed import good

# name, account, region
Place = tuple[str, str, str]


class Printer:
    def __init__(self, verbose: bool = False) -> None:
        self.verbose = verbose
        self.terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self.colours = self.terminal and "NO_COLOR" not in os.environ
        self._progress: Progress | None = None
        self._shown = False
        self._lock = threading.RLock()

    @property
    def columns(self) -> int | None:
        return shutil.get_terminal_size().columns if self.terminal else None

    def line(self, text: str = "") -> None:
        with self._lock:
            self._rewrite("")
            print(text, flush=True)
            self.show_progress()

    def show_progress(self) -> None:
        with self._lock:
            if self._progress is not None and self.columns:
                self._rewrite(self._progress.text[: self.columns - 1])

    def _rewrite(self, text: str) -> None:
        if text or self._shown:
            print(f"\r\033[K{text}", end="", flush=True)
        self._shown = bool(text)

    def paint(self, text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.colours else text

    def bold(self, text: str) -> str:
        return self.paint(text, "1")

    def red(self, text: str) -> str:
        return self.paint(text, "31")

    def title(self, organization: str, management_id: str, region: str) -> None:
        self.line(f"rehearsing {self.bold(organization or 'the app')}: management account {management_id}, {region}")

    @contextmanager
    def command(
        self, words: list[str], places: Collection[Place] = (), unchanged: Collection[Place] = ()
    ) -> Iterator[Callable[[str], None]]:
        """`places` are those of the stacks that the command is about; some have nothing to be done."""
        quiet = words[0] == "ls"
        if quiet and not self.terminal:
            self.line("synthesizing the app")
        if not quiet:
            self.line()
            self.line(self.bold("$ " + _short(words, len(places))))
        progress = Progress(self, words[0], places, unchanged)
        self._progress = progress
        stacks.listeners[:] = [] if quiet else [progress.happened]
        try:
            with progress.ticking():
                yield (lambda line: self.line(f"  | {line}")) if self.verbose else (lambda line: None)
        finally:
            stacks.listeners.clear()
            self._progress = None
            if quiet and self.terminal:
                self.line(f"synthesized the app  {progress.seconds:.1f} s")
            elif not quiet:
                self.line(f"  {progress.count}{progress.seconds:.1f} s")


class Progress:
    """Stacks of one command: how many are done, and which one is in the works."""

    def __init__(self, printer: Printer, verb: str, places: Collection[Place], unchanged: Collection[Place]) -> None:
        self.printer, self.verb = printer, verb
        self.wanted, self.done = set(places), set(unchanged)
        self.begun = time.monotonic()
        self._running: dict[Place, tuple[float, str]] = {}

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begun

    @property
    def count(self) -> str:
        return f"{len(self.done)}/{len(self.wanted)} stacks  " if self.wanted else ""

    @property
    def text(self) -> str:
        minutes, seconds = divmod(int(self.seconds), 60)
        what = ", ".join(f"{name} {status}" for (name, *_), (_, status) in list(self._running.items()))
        if self.verb == "ls":
            what = "synthesizing the app"
        return f"  {self.count}{minutes}:{seconds:02}  {what}"

    def happened(self, stack: stacks.Stack) -> None:
        place = stack.name, stack.account_id, stack.region
        started, _ = self._running.get(place, (time.monotonic(), ""))
        if stack.status.endswith("_IN_PROGRESS"):
            self._running[place] = started, stack.status
            self.printer.show_progress()
            return
        self._running.pop(place, None)
        if place in self.wanted:
            self.done.add(place)
        self._ended(stack, place, time.monotonic() - started)

    def _ended(self, stack: stacks.Stack, place: Place, seconds: float) -> None:
        fine = good(stack, self.verb)
        if self.printer.terminal and fine:
            self.printer.show_progress()
            return
        width = len(str(len(self.wanted)))
        count = f"{len(self.done):{width}}/{len(self.wanted)}" if place in self.wanted else " " * (2 * width + 1)
        status = stack.status if fine else self.printer.red(stack.status)
        self.printer.line(f"  {count}  {stack.account_id}  {stack.name}  {status}  {seconds:.1f} s")

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """The time that has gone by is shown also while nothing happens."""
        over = threading.Event()

        def tick() -> None:
            while not over.wait(0.5):
                self.printer.show_progress()

        self.printer.show_progress()
        if self.printer.terminal:
            threading.Thread(target=tick, daemon=True).start()
        try:
            yield
        finally:
            over.set()


def _short(words: list[str], count: int) -> str:
    text = "cdk " + shlex.join(words)
    return text if "--exclusively" not in words or count < 2 else f"cdk {words[0]} --exclusively … ({count} stacks)"
