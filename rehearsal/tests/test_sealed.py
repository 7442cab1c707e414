"""The app reaches the emulated AWS and nothing else, is seen by nobody else, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import HERE

from emulator.engine.guard import Guard
from emulator.engine.server import Emulator
from rehearsal import environment
from rehearsal.processes import Processes
from rehearsal.seal import Namespaces, Preloads, Sandboxed, Seal

ATTEMPTS = HERE / "apps" / "attempts"
PROGRAMS = {
    "node": ["node", "attempt.js"],
    "python": ["python3", "attempt.py"],
    "java": ["java", "Attempt.java"],
    "go": ["go", "run", "attempt.go"],
}
LABELS = ("neighbour", "machine", "ipv6", "address", "name", "udp", "child", "detached")
# what no settings of Java refuse, and nothing in Go does
OPEN = {("preloads", "java"): {"neighbour", "udp", "child", "detached"}, ("preloads", "go"): set(LABELS)}
SEALS: dict[str, type[Seal]] = {"namespaces": Namespaces, "sandbox-exec": Sandboxed, "preloads": Preloads}


class Neighbours:
    """Servers of this machine that nobody may reach: who connected, by their addresses."""

    def __init__(self, stack: ExitStack) -> None:
        self.connected: list[str] = []
        self.attempts: dict[str, tuple[str, int]] = {}
        for label, address in (("neighbour", "127.0.0.1"), ("machine", _own_address()), ("ipv6", "::1")):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            if address:
                listener = stack.enter_context(socket.create_server((address, 0), family=family))
                threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
                self.attempts[label] = (address, listener.getsockname()[1])
        here = self.attempts["neighbour"]
        self.attempts |= {"address": ("198.51.100.7", 443), "name": ("acme.example", 443), "udp": ("198.51.100.7", 514)}
        self.attempts |= {"child": here, "detached": here}

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connected.append(listener.getsockname()[0])
            connection.close()


def _own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
        try:
            # sends nothing
            unused.connect(("198.51.100.7", 9))
            return unused.getsockname()[0]
        except OSError:
            return ""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def seal_of(tmp_path: Path, stack: ExitStack) -> Callable[[str], Seal]:
    def make(kind: str) -> Seal:
        emulator = stack.enter_context(Emulator())
        seal = SEALS[kind](emulator, Guard(), Processes(), tmp_path)
        stack.callback(seal.close)
        if not seal.holds():
            pytest.skip(f"this machine does not let us: {kind}")
        return seal

    return make


def variables(seal: Seal, private: Path) -> dict[str, str]:
    emulator, guard = (f"http://127.0.0.1:{port}" for port in (seal.emulator_port, seal.guard_port))
    env = environment.for_cli(seal.emulator.credentials("111111111111"), "eu-west-1", emulator, guard, private)
    return env | seal.variables(env)


def run(seal: Seal, command: list[str], private: Path, cwd: Path = ATTEMPTS) -> list[str]:
    lines: list[str] = []
    seal.run(command, cwd, variables(seal, private), lines.append)
    return lines


@pytest.mark.parametrize("language", PROGRAMS)
@pytest.mark.parametrize("kind", SEALS)
def test_the_app_reaches_the_emulated_aws_and_nothing_else(kind, language, seal_of, stack, tmp_path):
    program = PROGRAMS[language]
    if not shutil.which(program[0]):
        pytest.skip(f"this machine has no {program[0]}")
    seal, neighbours = seal_of(kind), Neighbours(stack)
    held = [label for label in neighbours.attempts if label not in OPEN.get((kind, language), ())]
    words = [f"{label}|{host}|{port}" for label, (host, port) in neighbours.attempts.items() if label in held]
    lines = run(seal, [*program, "emulator||", *words], tmp_path)
    said = dict(line.split(" ", 1) for line in lines if line.split(" ")[0] in ("emulator", *LABELS))
    assert said == {"emulator": "reached", **dict.fromkeys(held, "refused")}, lines
    assert neighbours.connected == []
    for label in held:
        host, port = neighbours.attempts[label]
        if label == "name":
            # Java asks a file, which tells nobody
            assert (kind, language) == ("preloads", "java") or any(told.startswith(host) for told in seal.guard.refused)
        else:
            assert (f"[{host}]:{port}" if ":" in host else f"{host}:{port}") in seal.guard.refused
    # three attempts at the same neighbour are three
    if "child" in held:
        host, port = neighbours.attempts["neighbour"]
        assert seal.guard.refused.count(f"{host}:{port}") == 3
