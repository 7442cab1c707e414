"""What apps were synthesized to, for all tests of a session: one synthesis for the same source, context and caller."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

from shared import Shared

from rehearsal.cdk import Command
from rehearsal.synthesis import Synthesis

_REPOSITORY = Path(__file__).parents[2]
# process.env.ONE, and { ONE, OTHER } = process.env
_VARIABLE = re.compile(rb"process\.env\.(\w+)")
_VARIABLES = re.compile(rb"\{([\w\s,]+)\} = process\.env\b")

Make = Callable[[Synthesis, str, str, bool, bool], Command]


class Assemblies:
    def __init__(self, shared: Shared, make: Make) -> None:
        self.shared, self.make = shared, make
        self._used: WeakKeyDictionary[Synthesis, set[str]] = WeakKeyDictionary()

    def synthesize(self, synthesis: Synthesis, account_id: str, region: str, lookups: bool, validate: bool) -> Command:
        """In place of `Synthesis._make`."""
        key = self._key(synthesis, account_id, region, validate)
        used = self._used.setdefault(synthesis, set())
        # who asks again wants to know whether the app is the same
        if lookups or key in used:
            return self.make(synthesis, account_id, region, lookups, validate)
        used.add(key)
        kept, assembly = self.shared.folder / key, synthesis.sandbox.assembly
        with self.shared.lock(key):
            if not kept.exists():
                command = self.make(synthesis, account_id, region, lookups, validate)
                if not (assembly / "manifest.json").exists():
                    return command
                shutil.copytree(assembly, unfinished := kept.with_suffix(".unfinished"))
                (unfinished / "command.json").write_text(json.dumps(vars(command)), "utf-8")
                unfinished.rename(kept)
                return command
        shutil.rmtree(assembly, ignore_errors=True)
        shutil.copytree(kept, assembly, ignore=shutil.ignore_patterns("command.json"))
        return Command(**json.loads((kept / "command.json").read_text("utf-8")))

    def _key(self, synthesis: Synthesis, account_id: str, region: str, validate: bool) -> str:
        sandbox = synthesis.sandbox
        source = _content(sandbox.app_dir)
        names = [*_VARIABLE.findall(source), *re.findall(rb"\w+", b" ".join(_VARIABLES.findall(source)))]
        variables = sorted({name.decode() for name in names})
        given = [
            str(sandbox.app_dir), account_id, region, validate, synthesis.context, {name: os.environ.get(name) for name in variables},
            (sandbox.cwd / "cdk.json").read_text("utf-8"), (sandbox.cwd / "cdk.context.json").read_text("utf-8"),
        ]
        return hashlib.sha256(json.dumps(given).encode() + source + _library()).hexdigest()[:24]


def _content(folder: Path) -> bytes:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "node_modules" not in path.parts)
    return b"".join(str(path).encode() + path.read_bytes() for path in files)


@cache
def _library() -> bytes:
    return hashlib.sha256(_content(_REPOSITORY / "lib")).digest()
