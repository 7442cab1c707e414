"""Starts commands in process groups of their own, and leaves none of them behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

_LEASH = Path(__file__).with_name("leash.py")


class Processes:
    def __init__(self) -> None:
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self.stopped = False

    def run(self, command: list[str], cwd: Path, env: dict[str, str], on_line: Callable[[str], None]) -> int:
        reading, writing = os.pipe()
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", str(_LEASH), str(reading), *command],
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
                pass_fds=(reading,),
            )
        finally:
            os.close(reading)
        with self._lock:
            self._running.add(process)
        try:
            assert process.stdout is not None
            for line in process.stdout:
                on_line(line.rstrip())
            return process.wait()
        finally:
            self._end(process)
            os.close(writing)

    def _end(self, process: subprocess.Popen[str]) -> None:
        with self._lock:
            self._running.discard(process)
        _signal_group(process, signal.SIGTERM)
        end = time.monotonic() + 2
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        # what the command has started may outlive it
        _signal_group(process, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        self.stopped = True
        with self._lock:
            running = list(self._running)
        for process in running:
            _signal_group(process, signal.SIGKILL)


def _signal_group(process: subprocess.Popen[str], number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
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
