"""A proxy that lets nothing out: it refuses every request and remembers where it wanted to go."""

from __future__ import annotations

import socket
import socketserver
from collections.abc import Callable
from urllib.parse import urlsplit

from emulator.engine import serving

_AWS_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu", ".on.aws")
_SOCKS, _IPV4, _NAME, _NOT_ALLOWED = 5, 1, 3, 2


class _Refuse(socketserver.StreamRequestHandler):
    timeout = 5

    def handle(self) -> None:
        if self.rfile.peek(1)[:1] == bytes([_SOCKS]):  # type: ignore[attr-defined]
            return self._socks()
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

    def _socks(self) -> None:
        """As Java connects, and whoever is told to."""
        self.rfile.read(self.rfile.read(2)[1])
        self.wfile.write(bytes([_SOCKS, 0]))
        kind = self.rfile.read(4)[3]
        size = self.rfile.read(1)[0] if kind == _NAME else 4 if kind == _IPV4 else 16
        address, port = self.rfile.read(size), int.from_bytes(self.rfile.read(2), "big")
        host = (
            address.decode("latin-1")
            if kind == _NAME
            else socket.inet_ntop(socket.AF_INET, address)
            if kind == _IPV4
            else f"[{socket.inet_ntop(socket.AF_INET6, address)}]"
        )
        self.server.guard.refused.append(f"{host}:{port}")  # type: ignore[attr-defined]
        self.wfile.write(bytes([_SOCKS, _NOT_ALLOWED, 0, _IPV4, *6 * [0]]))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, guard: Guard, listener: socket.socket) -> None:
        super().__init__(listener.getsockname(), _Refuse, bind_and_activate=False)
        self.socket.close()
        self.guard, self.socket = guard, listener.dup()


class Guard:
    def __init__(self) -> None:
        self.refused: list[str] = []

    def serve(self, listener: socket.socket) -> Callable[[], None]:
        """Refuses who connects, until the function that it gives is called."""
        return serving.until_stopped(_Server(self, listener))

    @property
    def aws_hosts(self) -> list[str]:
        hosts = [(host, host.rsplit(":", 1)[0].lower()) for host in self.refused]
        return [host for host, name in hosts if name.endswith(_AWS_SUFFIXES)]
