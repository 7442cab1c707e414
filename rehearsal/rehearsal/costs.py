"""What a rehearsal costs: seconds by phase, CPU seconds, memory."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_MEBIBYTE = 2**20 if sys.platform == "darwin" else 2**10


class Costs:
    def __init__(self) -> None:
        # the command line tool says when it began
        self.started = float(os.environ.pop("REHEARSAL_STARTED", 0)) / 1000 or time.time()
        self.seconds = {"startUp": 0.0, "synthesis": 0.0, "commands": 0.0, "comparison": 0.0}

    def start(self) -> None:
        self.seconds["startUp"] = time.time() - self.started

    @contextmanager
    def of(self, phase: str) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            self.seconds[phase] += time.monotonic() - begun

    def data(self) -> dict[str, Any]:
        """Up to now, of this process and of all commands that have ended."""
        own, commands = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        return {
            "seconds": {
                **{phase: round(seconds, 1) for phase, seconds in self.seconds.items()},
                "total": round(time.time() - self.started, 1),
            },
            "cpuSeconds": {
                "emulator": round(own.ru_utime + own.ru_stime, 1),
                "commands": round(commands.ru_utime + commands.ru_stime, 1),
            },
            "peakMebibytes": {
                "emulator": own.ru_maxrss // _MEBIBYTE,
                "largestCommand": commands.ru_maxrss // _MEBIBYTE,
            },
        }
