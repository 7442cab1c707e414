"""Runs a command and ends its whole process group when the rehearsal is gone, even killed.

Arguments: the file descriptor whose end of file means that the rehearsal is gone, then the command.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading


def main() -> int:
    descriptor, command = int(sys.argv[1]), sys.argv[2:]

    def watch() -> None:
        while os.read(descriptor, 1):
            pass
        # the group is ours alone: it was started as a session of its own
        os.killpg(os.getpgid(0), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    return subprocess.call(command)


if __name__ == "__main__":
    if os.getpgid(0) != os.getpid():
        sys.exit("leash: must lead its own process group")
    sys.exit(main())
