"""One request at a time: moto's back ends are plain dictionaries, the CLI's requests come in parallel."""

from __future__ import annotations

import threading
import time

_condition = threading.Condition(threading.RLock())


def lock() -> threading.Condition:
    return _condition


def wait(seconds: float) -> None:
    """Let other requests in for a while, whatever the depth of the calls that hold the gate."""
    end = time.monotonic() + seconds
    with _condition:
        while (left := end - time.monotonic()) > 0:
            _condition.wait(left)
