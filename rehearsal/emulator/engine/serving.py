"""A server in a thread of this process."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable


def until_stopped(server: socketserver.BaseServer) -> Callable[[], None]:
    """Serves until the function that it gives is called, which waits for nothing."""
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return lambda: threading.Thread(target=stop, daemon=True).start()
