"""The real CDK CLI of the app, run against the emulated AWS."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rehearsal.failure import Failure
from rehearsal.seal import Seal

OLDEST = (2, 1148, 1)
_FLAGS = ["--no-notices", "--no-version-reporting", "--ci", "--no-color"]


@dataclass
class Command:
    """One run of the CLI."""

    words: list[str]
    account_id: str
    code: int
    seconds: float
    output: list[str]

    @property
    def text(self) -> str:
        return "cdk " + shlex.join(self.words)


def find_cli(app_dir: Path) -> Path:
    """The CLI as node would find it from the app's folder, or else beside us: an app in Python has no folder of node's."""
    for folder in (app_dir, *app_dir.parents, *Path(__file__).resolve().parents):
        package = folder / "node_modules" / "aws-cdk" / "package.json"
        if package.is_file():
            return _checked(package)
    for entry in filter(None, os.environ.get("NODE_PATH", "").split(os.pathsep)):
        package = Path(entry) / "aws-cdk" / "package.json"
        if package.is_file():
            return _checked(package)
    raise Failure(f"no CDK CLI found from '{app_dir}': npm install --save-dev aws-cdk@2")


def _checked(package: Path) -> Path:
    version = json.loads(package.read_text("utf-8"))["version"]
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    if not OLDEST <= numbers < (3,):
        oldest = ".".join(map(str, OLDEST))
        raise Failure(
            f"the CDK CLI is version {version}, it must be {oldest} or a newer 2.x: npm install --save-dev aws-cdk@2"
        )
    return package.parent / "bin" / "cdk"


class Cli:
    def __init__(self, script: Path, seal: Seal, cwd: Path, assembly: Path) -> None:
        self.script, self.seal, self.cwd, self.assembly = script, seal, cwd, assembly
        node = os.environ.get("REHEARSAL_NODE") or shutil.which("node")
        if not node:
            raise Failure("node is not on the PATH: the CDK CLI needs it")
        self.node = node

    def run(self, words: list[str], account_id: str, env: dict[str, str], on_line: Callable[[str], None]) -> Command:
        output: list[str] = []

        def keep(line: str) -> None:
            output.append(line)
            on_line(line)

        flags = [*_FLAGS, "--output", str(self.assembly)]
        if words[0] == "deploy":
            flags += ["--require-approval", "never", "--progress", "events"]
        started = time.monotonic()
        code = self.seal.run([self.node, str(self.script), *words, *flags], self.cwd, env, keep)
        return Command(words, account_id, code, time.monotonic() - started, output)
