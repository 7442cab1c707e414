"""A folder that all workers of a run share: what several of them want, the first one makes."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


class Shared:
    def __init__(self, base: Path) -> None:
        # a worker's own folder is in that of the run
        self.folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
        self.folder.mkdir(exist_ok=True)

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        with open(self.folder / f"{name}.lock", "w", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def data(self, name: str, make: Callable[[], Any]) -> Any:
        file = self.folder / f"{name}.json"
        with self.lock(name):
            if not file.exists():
                file.write_text(json.dumps(make()), "utf-8")
            return json.loads(file.read_text("utf-8"))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    return Shared(tmp_path_factory.getbasetemp())
