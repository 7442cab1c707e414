"""One request at a time: moto's back ends are plain dictionaries, the CLI's requests come in parallel."""

from __future__ import annotations

import threading
import time

_condition = threading.Condition(threading.RLock())
_requests = 0
# what the CLI does at the same time asks more often than that
_QUIET_SECONDS = 0.15


def lock() -> threading.Condition:
    return _condition


def request() -> threading.Condition:
    """The lock for a request: who waits hears that somebody else is there."""
    global _requests
    with _condition:
        _requests += 1
    return _condition


def wait(seconds: float) -> None:
    """Let other requests in for a while, whatever the depth of the calls that hold the gate; less if none comes."""
    end = time.monotonic() + seconds
    with _condition:
        before = None
        while before != _requests and (left := end - time.monotonic()) > 0:
            before = _requests
            _condition.wait(min(left, _QUIET_SECONDS))
