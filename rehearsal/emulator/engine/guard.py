"""A proxy that lets nothing out: it refuses every request and remembers where it wanted to go."""

from __future__ import annotations

import socketserver
import threading
from urllib.parse import urlsplit

_AWS_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu", ".on.aws")


class _Refuse(socketserver.StreamRequestHandler):
    timeout = 5

    def handle(self) -> None:
        words = self.rfile.readline(4096).decode("latin-1").split()
        if len(words) < 2:
            return
        method, target = words[0], words[1]
        host = target if method == "CONNECT" else (urlsplit(target).netloc or target)
        self.server.guard.refused.append(host)  # type: ignore[attr-defined]
        text = f"the rehearsal does not let requests leave this machine: {host}\n"
        self.wfile.write(
            f"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\n"
            f"Connection: close\r\n\r\n{text}".encode()
        )


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class Guard:
    def __init__(self) -> None:
        self.refused: list[str] = []
        self._server = _Server(("127.0.0.1", 0), _Refuse)
        self._server.guard = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def aws_hosts(self) -> list[str]:
        return [host for host in self.refused if host.rsplit(":", 1)[0].lower().endswith(_AWS_SUFFIXES)]
