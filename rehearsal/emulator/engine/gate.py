"""One request at a time: moto's back ends are plain dictionaries, the CLI's requests come in parallel."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

_condition = threading.Condition(threading.RLock())
_requests = 0
# what the CLI does at the same time asks more often than that
_QUIET_SECONDS = 0.15

_Answer = TypeVar("_Answer")


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


def aside(work: Callable[[], _Answer]) -> _Answer:
    """Does what takes its time and makes requests of its own: others are let in until it is done."""
    answers: list[_Answer] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(work())
        except BaseException as error:  # belongs to who waits for it
            errors.append(error)
        with _condition:
            _condition.notify_all()

    thread = threading.Thread(target=run, daemon=True)
    with _condition:
        thread.start()
        _condition.wait_for(lambda: answers or errors)
    for error in errors:
        raise error
    return answers[0]
