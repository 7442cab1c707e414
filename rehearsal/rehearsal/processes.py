"""Starts commands in process groups of their own, and leaves none of them behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

OnStart = Callable[[socket.socket], None]
_LEASH = Path(__file__).with_name("leash.py")


class Processes:
    def __init__(self) -> None:
        # each with the socket whose end is the end of all that it started
        self._running: dict[subprocess.Popen[str], socket.socket] = {}
        self._lock = threading.Lock()
        self.stopped = False

    def run(
        self,
        command: list[str],
        cwd: Path,
        env: dict[str, str],
        on_line: Callable[[str], None],
        hidden: list[str] | None = None,
        on_start: OnStart = lambda _: None,
        seconds: float | None = None,
    ) -> int:
        """In namespaces if there are paths to hide, even none; `on_start` hears what the leash says first."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                words = [str(theirs.fileno()), json.dumps(hidden), *command]
                process = subprocess.Popen(
                    [sys.executable, "-I", "-S", "-B", str(_LEASH), *words],
                    cwd=cwd,
                    env=env,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    encoding="utf-8",
                    errors="replace",
                    start_new_session=True,
                    pass_fds=(theirs.fileno(),),
                )
            with self._lock:
                self._running[process] = ours
            timer = threading.Timer(seconds or 0, _let_go, [ours])
            timer.daemon = True
            if seconds is not None:
                timer.start()
            try:
                on_start(ours)
                assert process.stdout is not None
                with process.stdout:
                    for line in process.stdout:
                        on_line(line.rstrip())
                return process.wait()
            finally:
                timer.cancel()
                self._end(process)

    def _end(self, process: subprocess.Popen[str]) -> None:
        with self._lock:
            _let_go(self._running.pop(process))
        end = time.monotonic() + 5
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        process.wait()

    def stop(self) -> None:
        self.stopped = True
        with self._lock:
            for control in self._running.values():
                _let_go(control)


def _let_go(control: socket.socket) -> None:
    try:
        control.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def watch(parent: int, seconds: float, on_end: Callable[[str], None]) -> None:
    """Calls `on_end` once when the parent process is gone or the time is over."""

    def loop() -> None:
        end = time.monotonic() + seconds
        while True:
            if os.getppid() != parent:
                return on_end("the process that started it is gone")
            if time.monotonic() > end:
                return on_end(f"it took longer than {seconds:.0f} s (--timeout)")
            time.sleep(0.3)

    threading.Thread(target=loop, daemon=True).start()
