"""What keeps the app from the network: the best that this machine has."""

from __future__ import annotations

import select
import shlex
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from emulator.engine.guard import Guard
from emulator.engine.server import Emulator
from rehearsal import namespaces, packets
from rehearsal.failure import Failure
from rehearsal.processes import OnStart, Processes

_PRELOADS = Path(__file__).with_name("preloads")


class Seal:
    """Runs commands that reach the emulated AWS; who tries to reach something else is refused, and told."""

    sentence: str
    emulator_port: int
    guard_port: int

    def __init__(self, emulator: Emulator, guard: Guard, processes: Processes, private: Path) -> None:
        self.emulator, self.guard, self.processes, self.private = emulator, guard, processes, private

    def holds(self) -> bool:
        raise NotImplementedError

    def variables(self, env: dict[str, str]) -> dict[str, str]:
        """What commands with these variables are given in addition."""
        return {}

    def run(
        self,
        command: list[str],
        cwd: Path,
        env: dict[str, str],
        on_line: Callable[[str], None],
        seconds: float | None = None,
    ) -> int:
        """Ends it after that time, if one is given."""
        with self._around() as (hidden, on_start):
            return self.processes.run(self.command(command), cwd, env, on_line, hidden, on_start, seconds)

    @contextmanager
    def _around(self) -> Iterator[tuple[list[str] | None, OnStart]]:
        """Paths to hide in namespaces, and who hears what the leash says first."""
        yield None, lambda _: None

    def command(self, command: list[str]) -> list[str]:
        return command

    def close(self) -> None:
        pass


class Namespaces(Seal):
    sentence = "by namespaces of Linux, for all that the app starts"
    emulator_port, guard_port = namespaces.EMULATOR, namespaces.GUARD

    def holds(self) -> bool:
        if sys.platform != "linux":
            return False
        try:
            return self.run(["true"], self.private, {"PATH": "/usr/bin:/bin"}, lambda _: None) == 0
        except Failure:
            return False

    @contextmanager
    def _around(self) -> Iterator[tuple[list[str] | None, OnStart]]:
        with ExitStack() as stack:

            def serve(control: socket.socket) -> None:
                said, descriptors, *_ = socket.recv_fds(control, 1000, 3)
                sockets = [stack.enter_context(socket.socket(fileno=descriptor)) for descriptor in descriptors]
                if len(sockets) != 3:
                    raise Failure(said.decode("utf-8", "replace") or "interrupted")
                stack.callback(self.emulator.serve(sockets[0]))
                stack.callback(self.guard.serve(sockets[1]))
                stack.enter_context(self._listening(sockets[2]))

            yield _credentials(), serve

    @contextmanager
    def _listening(self, source: socket.socket) -> Iterator[None]:
        source.setblocking(False)
        waking, end = socket.socketpair()

        def drain() -> None:
            while True:
                try:
                    packet, (_, _, kind, *_) = source.recvfrom(4096)
                except BlockingIOError:
                    return
                # each is seen as it leaves and as it arrives
                if kind != socket.PACKET_OUTGOING and (host := packets.refused(packet)):  # type: ignore[attr-defined]
                    self.guard.refused.append(host)

        def listen() -> None:
            while end not in select.select([source, end], [], [])[0]:
                drain()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        with waking, end:
            yield
            waking.send(b"x")
            thread.join()
        drain()


def _credentials() -> list[str]:
    """Where programs look whatever HOME says, for credentials that no rehearsal needs."""
    names = (".aws", ".cdk.json", ".ssh", ".netrc", ".npmrc", ".pypirc", ".git-credentials", ".config/gh", ".config/gcloud")
    return [str(path) for name in names if (path := Path.home() / name).exists()]


class Preloads(Seal):
    """Each program is asked to refuse by itself."""

    sentence = (
        "in Node.js and Python by code that is loaded first, in Java by its settings for proxies; "
        "nothing keeps other programs, such as those in Go, from the network"
    )

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        self.emulator_port, self.guard_port = (listener.getsockname()[1] for listener in listeners)
        self._stops = [self.emulator.serve(listeners[0]), self.guard.serve(listeners[1])]
        for listener in listeners:
            listener.close()
        self.report = self.private / "refused"
        self.hosts = self.private / "hosts"
        self.hosts.write_text("127.0.0.1 localhost\n::1 localhost\n", "utf-8")

    def holds(self) -> bool:
        return True

    def variables(self, env: dict[str, str]) -> dict[str, str]:
        proxy = f"Host=127.0.0.1 -D{{0}}Port={self.guard_port}"
        java = [f"-D{name}{proxy.format(name)}" for name in ("socksProxy", "http.proxy", "https.proxy")]
        return {
            "REHEARSAL_REFUSED": str(self.report),
            "REHEARSAL_PORTS": f"{self.emulator_port},{self.guard_port}",
            "NODE_OPTIONS": _joined(" ", f"--require={shlex.quote(str(_PRELOADS / 'node.js'))}", env.get("NODE_OPTIONS")),
            "PYTHONPATH": _joined(":", str(_PRELOADS), env.get("PYTHONPATH")),
            "JAVA_TOOL_OPTIONS": _joined(
                " ", *java, f"-Djdk.net.hosts.file={self.hosts}", f"-Duser.home={env['HOME']}", env.get("JAVA_TOOL_OPTIONS")
            ),
        }

    @contextmanager
    def _around(self) -> Iterator[tuple[list[str] | None, OnStart]]:
        try:
            yield None, lambda _: None
        finally:
            if self.report.exists():
                self.guard.refused += self.report.read_text("utf-8", "replace").splitlines()
                self.report.unlink()

    def close(self) -> None:
        for stop in self._stops:
            stop()


class Sandboxed(Preloads):
    """The sandbox of macOS refuses; what is loaded first tells."""

    sentence = "by the sandbox of macOS, for all that the app starts"

    def holds(self) -> bool:
        if sys.platform != "darwin" or not shutil.which("sandbox-exec"):
            return False
        with socket.create_server(("127.0.0.1", 0)) as neighbour:
            reach = "import socket, sys; [socket.create_connection(('127.0.0.1', int(port)), 5) for port in sys.argv[1:]]"
            return [
                self.processes.run(
                    self.command([sys.executable, "-I", "-c", reach, str(port)]), self.private, {}, lambda _: None
                )
                == 0
                for port in (self.emulator_port, neighbour.getsockname()[1])
            ] == [True, False]

    def command(self, command: list[str]) -> list[str]:
        ports = " ".join(f'(remote ip "localhost:{port}")' for port in (self.emulator_port, self.guard_port))
        rules = (
            "(version 1)(allow default)(deny network*)"
            f'(allow network-outbound {ports} (remote unix-socket))(allow network-bind (local unix-socket))'
            '(deny network-outbound (literal "/private/var/run/mDNSResponder"))'
        )
        return ["sandbox-exec", "-p", rules, *command]


KINDS: tuple[type[Seal], ...] = (Namespaces, Sandboxed, Preloads)


def choose(
    emulator: Emulator, guard: Guard, processes: Processes, private: Path, kinds: tuple[type[Seal], ...] = KINDS
) -> Seal:
    for kind in kinds:
        if (seal := kind(emulator, guard, processes, private)).holds():
            return seal
        seal.close()
    raise Failure("nothing keeps the app from the network here")


def _joined(separator: str, *parts: str | None) -> str:
    return separator.join(filter(None, parts))
