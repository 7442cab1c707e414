"""A question to the machine's DNS resolver, without a library: who serves a domain?"""

from __future__ import annotations

import os
import secrets
import socket
import struct
from pathlib import Path

_SECONDS, _ATTEMPTS, _BYTES = 3.0, 2, 4096
_NS, _IN = 2, 1
_NO_ERROR, _NO_SUCH_NAME = 0, 3
# https://www.iana.org/assignments/dns-parameters/dns-parameters.xhtml#dns-parameters-6
_CODES = {1: "FORMERR", 2: "SERVFAIL", 4: "NOTIMP", 5: "REFUSED"}


class NoAnswer(Exception):
    """What the resolver said, or that it said nothing."""


def name_servers(domain: str) -> list[str] | None:
    """As the resolver knows them, in lower case and in order; nothing if DNS knows no such name."""
    where = _resolver()
    packet = _question(domain)
    code, answer, complete = _asked(where, packet)
    if not complete:
        code, answer, _ = _read(_by_tcp(where, packet), packet)
    if code == _NO_SUCH_NAME:
        return None
    if code != _NO_ERROR:
        raise NoAnswer(f"the DNS resolver answers {_CODES.get(code, f'code {code}')} for {domain}")
    return sorted(answer)


def _resolver() -> tuple[str, int]:
    """Of this machine, unless CHECK_RESOLVER=host:port names one."""
    if named := os.environ.get("CHECK_RESOLVER"):
        host, _, port = named.rpartition(":")
        return (host.strip("[]"), int(port)) if host and port.isdecimal() else (named, 53)
    try:
        lines = Path("/etc/resolv.conf").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    words = [line.split() for line in lines]
    found = next((word[1] for word in words if word[:1] == ["nameserver"] and len(word) > 1), None)
    if found is None:
        raise NoAnswer("this machine names no DNS resolver in /etc/resolv.conf")
    return found, 53


def _question(domain: str) -> bytes:
    # https://datatracker.ietf.org/doc/html/rfc1035#section-4.1: one question, recursion desired
    head = struct.pack("!HHHHHH", secrets.randbelow(1 << 16), 0x0100, 1, 0, 0, 0)
    try:
        labels = domain.rstrip(".").encode("idna").split(b".")
    except UnicodeError:
        raise NoAnswer(f"DNS can have no name '{domain}'") from None
    return head + b"".join(bytes([len(label)]) + label for label in labels) + b"\0" + struct.pack("!HH", _NS, _IN)


def _asked(where: tuple[str, int], packet: bytes) -> tuple[int, list[str], bool]:
    said = f"no DNS resolver answers at {where[0]}"
    for _ in range(_ATTEMPTS):
        try:
            return _read(_by_udp(where, packet), packet)
        except OSError:
            continue
        except NoAnswer as error:
            said = str(error)
    raise NoAnswer(said)


def _by_udp(where: tuple[str, int], packet: bytes) -> bytes:
    with socket.socket(_family(where), socket.SOCK_DGRAM) as connection:
        connection.settimeout(_SECONDS)
        # from nobody else
        connection.connect(where)
        connection.send(packet)
        return connection.recv(_BYTES)


def _by_tcp(where: tuple[str, int], packet: bytes) -> bytes:
    try:
        with socket.create_connection(where, _SECONDS) as connection:
            connection.settimeout(_SECONDS)
            connection.sendall(struct.pack("!H", len(packet)) + packet)
            with connection.makefile("rb") as stream:
                (size,) = struct.unpack("!H", stream.read(2))
                return stream.read(size)
    except (OSError, struct.error):
        raise NoAnswer(f"the DNS resolver at {where[0]} does not answer by TCP") from None


def _family(where: tuple[str, int]) -> socket.AddressFamily:
    return socket.getaddrinfo(*where, type=socket.SOCK_DGRAM)[0][0]


def _read(data: bytes, packet: bytes) -> tuple[int, list[str], bool]:
    """The code, the name servers, and whether that is all of it."""
    try:
        number, flags, questions, answers, _, _ = struct.unpack_from("!HHHHHH", data)
        # the same question comes back, letters in whatever case
        if data[:2] != packet[:2] or not flags & 0x8000 or data[12 : len(packet)].lower() != packet[12:].lower():
            raise NoAnswer("the DNS resolver answers something else")
        place, found = len(packet), []
        for _ in range(answers):
            _, place = _name(data, place)
            kind, _, _, size = struct.unpack_from("!HHIH", data, place)
            place += 10
            if kind == _NS:
                found.append(_name(data, place)[0].lower())
            place += size
        return flags & 0xF, found, not flags & 0x0200
    except (struct.error, IndexError, UnicodeDecodeError):
        raise NoAnswer("the DNS resolver answers nothing that can be read") from None


def _name(data: bytes, place: int) -> tuple[str, int]:
    """The name that begins here, and where what follows begins. A name may go on at an earlier one."""
    labels: list[str] = []
    after: int | None = None
    lowest = place
    while size := data[place]:
        if size >= 0xC0:
            after = place + 2 if after is None else after
            earlier = struct.unpack_from("!H", data, place)[0] & 0x3FFF
            # always before all that was read of this name, so that it ends
            if earlier >= lowest:
                raise IndexError(earlier)
            place = lowest = earlier
        elif size > 63:
            raise IndexError(size)
        else:
            labels.append(data[place + 1 : place + 1 + size].decode("ascii"))
            place += size + 1
    return ".".join(labels), place + 1 if after is None else after
