"""Loaded by every Python of a rehearsal that nothing else seals: no way out but to the emulated AWS."""

import os
import socket
import sys

_REFUSED = os.environ.get("REHEARSAL_REFUSED")
_PORTS = {int(port) for port in os.environ.get("REHEARSAL_PORTS", "").split(",") if port}
_INHERITED = {
    name: os.environ[name]
    for name in ("NODE_OPTIONS", "PYTHONPATH", "JAVA_TOOL_OPTIONS", "REHEARSAL_REFUSED", "REHEARSAL_PORTS")
    if name in os.environ
}


def _refuse(host):
    if _REFUSED:
        with open(_REFUSED, "a", encoding="utf-8") as file:
            file.write(f"{host}\n")


def _hook(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if not isinstance(address, tuple) or address[0] in ("127.0.0.1", "localhost") and address[1] in _PORTS:
            return
        host = f"[{address[0]}]" if ":" in str(address[0]) else address[0]
        _refuse(f"{host}:{address[1]}")
        raise ConnectionRefusedError(f"the rehearsal does not let requests leave this machine: {host}:{address[1]}")
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
        if host and host != "localhost" and not _is_address(host):
            _refuse(host)
            raise socket.gaierror(socket.EAI_NONAME, f"the rehearsal looks up no names: {host}")
    if event in ("subprocess.Popen", "os.exec", "os.posix_spawn"):
        env = arguments[-1]
        if isinstance(env, dict):
            # a child that is given other variables is given these too
            for name, value in _INHERITED.items():
                if name not in env and name.encode() not in env:
                    env[name] = value


def _is_address(host):
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host.partition("%")[0])
            return True
        except OSError:
            pass
    return False


sys.addaudithook(_hook)


def _next():
    """The `sitecustomize` that this one is in the way of."""
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    here = os.path.dirname(os.path.abspath(__file__))
    spec = PathFinder.find_spec("sitecustomize", [path for path in sys.path if os.path.abspath(path) != here])
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(module_from_spec(spec))


_next()
