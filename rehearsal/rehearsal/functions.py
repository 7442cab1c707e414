"""Where functions of the app run: in the seal of the app, in folders that go with the rehearsal."""

from __future__ import annotations

import os
import re
from pathlib import Path

from rehearsal import environment
from rehearsal.seal import Seal


# libraries that a process loads by these, before any line of it runs
_LOADS = re.compile(r"(LD|DYLD)_\w+|GLIBC_TUNABLES|GCONV_PATH|LOCPATH")


class SealedFunctions:
    def __init__(self, seal: Seal, private: Path) -> None:
        self.seal = seal
        # the CLI reads settings from its own home
        names = ("functions", "functions-home", "functions-tmp")
        self.folder, self.home, self.temporary = (private / name for name in names)
        self.empty = private / "empty"
        for folder in (self.folder, self.home, self.temporary):
            folder.mkdir(exist_ok=True)
        self.empty.touch()
        self.endpoint = f"http://127.0.0.1:{seal.emulator_port}"
        self.guard = f"http://127.0.0.1:{seal.guard_port}"

    def run(self, command: list[str], cwd: Path, env: dict[str, str], seconds: float) -> list[str]:
        own = {
            **environment.alone(self.guard, self.empty),
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
        }
        lines: list[str] = []
        given = {**{name: value for name, value in env.items() if not _LOADS.fullmatch(name)}, **own}
        # what seals the function is not sealed itself
        inside = [f"{name}={value}" for name, value in env.items() if _LOADS.fullmatch(name)]
        command = ["env", *inside, *command] if inside else command
        self.seal.run(command, cwd, {**given, **self.seal.variables(given)}, lines.append, seconds)
        return lines
