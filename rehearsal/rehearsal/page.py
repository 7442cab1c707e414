"""The page of what was deployed, as the command 'report' writes it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from rehearsal.failure import Failure

MAIN = Path(__file__).resolve().parents[2] / "cli" / "main.js"


def write(node: str, assembly: Path, file: Path) -> None:
    words = [node, str(MAIN), "report", "--assembly", str(assembly), "--output", str(file)]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise Failure(f"--report '{file}' cannot be written:\n{done.stderr.strip()}")
