"""Who was refused in a network of namespaces: read from the packets that say so."""

from __future__ import annotations

import socket
import struct

_TCP, _UDP = 6, 17
_RST_ACK = 0x14
_DNS = 53


def refused(packet: bytes) -> str | None:
    """'address:port', or the name that was looked up; None if the packet refuses nobody."""
    if not packet:
        return None
    protocol, source, _, rest = _parts(packet)
    if protocol == _TCP:
        # the answer to an attempt to connect: a reset of what was connected has a number
        sequence, flags = struct.unpack_from("!4xI4xxB", rest)
        return _text(source, struct.unpack_from("!H", rest)[0]) if sequence == 0 and flags & _RST_ACK == _RST_ACK else None
    if len(rest) < 36 or rest[0] != (3 if protocol == 1 else 1):
        return None
    # not reachable: the packet that was sent is in it
    protocol, _, target, sent = _parts(rest[8:])
    if protocol != _UDP:
        return None
    port = struct.unpack_from("!2xH", sent)[0]
    return (port == _DNS and _name(sent[8:])) or _text(target, port)


def _parts(packet: bytes) -> tuple[int, str, str, bytes]:
    """Protocol, source, target, and what is in the packet."""
    if packet[0] >> 4 == 4:
        source, target = (socket.inet_ntop(socket.AF_INET, packet[at : at + 4]) for at in (12, 16))
        return packet[9], source, target, packet[(packet[0] & 15) * 4 :]
    source, target = (socket.inet_ntop(socket.AF_INET6, packet[at : at + 16]) for at in (8, 24))
    return packet[6], source, target, packet[40:]


def _text(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _name(question: bytes) -> str:
    labels, at = [], 12
    while at < len(question) and (length := question[at]):
        labels.append(question[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += 1 + length
    return ".".join(labels)
