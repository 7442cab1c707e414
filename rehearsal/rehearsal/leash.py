"""Runs a command and ends all that it started, when it ends itself or when the rehearsal is gone, even killed.

Arguments: the file descriptor of a socket whose end means that the rehearsal is gone; paths to hide as JSON, for
namespaces of Linux, or `null`; then the command.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import socket
import sys
import threading

# the folder of this file, which an isolated Python does not look into
sys.path.insert(0, os.path.dirname(__file__))

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def main() -> int:
    control, hidden, command = socket.socket(fileno=int(sys.argv[1])), json.loads(sys.argv[2]), sys.argv[3:]
    control.set_inheritable(False)
    if hidden is None:
        return _supervise(control, command)
    import namespaces

    try:
        sockets = namespaces.enter()
    except OSError as error:
        control.sendall(f"no namespaces: {error}".encode())
        return 1
    socket.send_fds(control, [b"namespaces"], [item.fileno() for item in sockets])
    for item in sockets:
        item.close()
    # ends with the first process, whatever ends that
    ended, living = os.pipe()
    first = os.fork()
    if first == 0:
        _set(PR_SET_PDEATHSIG, signal.SIGKILL)
        control.close()
        namespaces.hide(hidden)
        # all that is left ends with the first process of its namespace
        os._exit(_exit_code(_wait_for(_start(command))))
    os.close(living)
    if control in select.select([control, ended], [], [])[0]:
        os.kill(first, signal.SIGKILL)
    return _exit_code(os.waitpid(first, 0)[1])


def _supervise(control: socket.socket, command: list[str]) -> int:
    """Without a namespace, what is detached becomes a child of ours, on Linux."""
    if sys.platform == "linux":
        _set(PR_SET_CHILD_SUBREAPER, 1)
    child = _start(command)

    def watch() -> None:
        control.recv(1)
        _end_children()
        # the group is ours alone: it was started as a session of its own
        os.killpg(os.getpgid(0), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    status = _wait_for(child)
    _end_children()
    return _exit_code(status)


def _set(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, int(value), 0, 0, 0)


def _start(command: list[str]) -> int:
    child = os.fork()
    if child == 0:
        try:
            os.execvp(command[0], command)
        except OSError as error:
            os.write(2, f"{command[0]}: {error.strerror}\n".encode())
            os._exit(127)
    return child


def _wait_for(child: int) -> int:
    while True:
        try:
            ended, status = os.wait()
        except ChildProcessError:  # ended by the other thread
            return signal.SIGKILL
        if ended == child:
            return status


def _exit_code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _end_children() -> None:
    """Whose parent ends becomes ours, so there are some until there are none."""
    while children := _children():
        for child in children:
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass
        for child in children:
            try:
                os.waitpid(child, 0)
            except ChildProcessError:
                pass


def _children() -> list[int]:
    found = []
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else []:
        try:
            with open(f"/proc/{int(name)}/stat", encoding="utf-8", errors="replace") as file:
                if int(file.read().rpartition(")")[2].split()[1]) == os.getpid():
                    found.append(int(name))
        except (OSError, ValueError):
            pass
    return found


if __name__ == "__main__":
    if os.getpgid(0) != os.getpid():
        sys.exit("leash: must lead its own process group")
    code = main()
    sys.stdout.flush()
    os._exit(code)
