"""Namespaces of Linux: a network without a way out, processes that end together, credentials that are not there."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct

# where the emulated AWS and the guard are in the network of a command, which is empty otherwise
EMULATOR, GUARD = 61616, 61617

_NEWNS, _NEWUSER, _NEWPID, _NEWNET = 0x20000, 0x10000000, 0x20000000, 0x40000000
_RDONLY, _BIND, _REC, _PRIVATE = 1, 0x1000, 0x4000, 0x40000
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1
_ETH_P_ALL = 3
_SO_ATTACH_FILTER = 26
# services of the machine that look up names outside of any namespace
_RESOLVERS = ("/run/nscd/socket", "/run/systemd/resolve/io.systemd.Resolve", "/run/dbus/system_bus_socket")

_libc = ctypes.CDLL(None, use_errno=True)


def enter() -> list[socket.socket]:
    """Moves this process into new ones; what it starts is in its own namespace of processes.

    Gives sockets of the new network: where the emulated AWS and the guard listen, and all that is refused there.
    """
    _unshare()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _IFF_UP))
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_ALL))
    packets.bind(("lo", _ETH_P_ALL))
    _only_refusals(packets)
    _be_everywhere(socket.AF_INET)
    _be_everywhere(socket.AF_INET6)
    return [socket.create_server(("127.0.0.1", port)) for port in (EMULATOR, GUARD)] + [packets]


def _unshare() -> None:
    user, group, is_root = os.geteuid(), os.getegid(), os.geteuid() == 0
    ready, go = os.pipe()
    helper = os.fork()
    if helper == 0:
        os.close(go)
        os.read(ready, 1)
        # who is root here stays who owns any file; somebody else may only be himself
        _map("uid_map", _own("uid_map") if is_root else f"{user} {user} 1")
        if not is_root:
            _map("setgroups", "deny")
        _map("gid_map", _own("gid_map") if is_root else f"{group} {group} 1")
        os._exit(0)
    os.close(ready)
    done = _libc.unshare(_NEWUSER | _NEWNS | _NEWPID | _NEWNET)
    number = ctypes.get_errno()
    os.close(go)
    _, status = os.waitpid(helper, 0)
    if done != 0:
        raise OSError(number, os.strerror(number))
    if status != 0:
        raise OSError("the ids of the user cannot be mapped")


def _own(name: str) -> str:
    with open(f"/proc/self/{name}", encoding="ascii") as file:
        ranges = [line.split() for line in file]
    return "\n".join(f"{inside} {inside} {count}" for inside, _, count in ranges)


def _map(name: str, text: str) -> None:
    try:
        with open(f"/proc/{os.getppid()}/{name}", "w", encoding="ascii") as file:
            file.write(text)
    except OSError:
        os._exit(1)


def _be_everywhere(family: int) -> None:
    """Each address is this machine: what tries to leave it is refused at once, and seen."""
    route = struct.pack("BBBBBBBBI", family, 0, 0, 0, 255, 3, 254, 2, 0) + struct.pack("HHi", 8, 4, 1)
    header = struct.pack("IHHII", 16 + len(route), 24, 0x405, 1, 0)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as netlink:
            netlink.send(header + route)
            netlink.recv(4096)
    except OSError:  # without IPv6 there is no way out by it either
        pass


def _only_refusals(packets: socket.socket) -> None:
    """A filter of the kernel: resets of TCP, and ICMP, of IPv4 and of IPv6."""
    load, load_x, jump_if, jump_if_set, load_at_x, give = 0x30, 0xB1, 0x15, 0x45, 0x50, 0x06
    program = [
        (load, 0, 0, 0),
        (0x54, 0, 0, 0xF0),
        (jump_if, 6, 0, 0x60),
        # IPv4: the protocol, and the flags behind a header of any length
        (load, 0, 0, 9),
        (jump_if, 9, 0, 1),
        (jump_if, 0, 9, 6),
        (load_x, 0, 0, 0),
        (load_at_x, 0, 0, 13),
        (jump_if_set, 5, 6, 4),
        # IPv6
        (load, 0, 0, 6),
        (jump_if, 3, 0, 58),
        (jump_if, 0, 3, 6),
        (load, 0, 0, 53),
        (jump_if_set, 0, 1, 4),
        (give, 0, 0, 2048),
        (give, 0, 0, 0),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    packets.setsockopt(
        socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HL", len(program), ctypes.addressof(code))
    )


def hide(paths: list[str]) -> None:
    """In the first process of the namespace: its own /proc, and nothing where these are."""
    _mount(None, "/", None, _REC | _PRIVATE)
    _mount("proc", "/proc", "proc", 0)
    for path in (*paths, *_RESOLVERS):
        if os.path.isdir(path):
            _mount("tmpfs", path, "tmpfs", _RDONLY)
        elif os.path.exists(path):
            _mount("/dev/null", path, None, _BIND)


def _mount(source: str | None, target: str, kind: str | None, flags: int) -> None:
    words = [item and item.encode() for item in (source, target, kind)]
    # a container may not let us have our own /proc: what is hidden there is no part of the seal
    _libc.mount(*words, ctypes.c_ulong(flags), None)
