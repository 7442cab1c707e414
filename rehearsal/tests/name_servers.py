"""The emulated zones as real DNS on loopback, and a resolver that follows delegations through it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset
from moto.route53.models import route53_backends

SECONDS = 30


class Unresolved(Exception):
    pass


class Zone:
    """What one zone of Route 53 answers; it knows its own records and nothing else."""

    def __init__(self, zone: Any) -> None:
        self.origin = dns.name.from_text(zone.name)
        self.servers = [server.rstrip(".") for server in zone.delegation_set.name_servers]
        self.records = [_rrset(record) for record in zone.rrsets if record.records]

    def find(self, name: dns.name.Name, kind: int) -> Any:
        return next((found for found in self.records if found.name == name and found.rdtype == kind), None)

    def answer(self, query: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(query)
        (question,) = query.question
        if not question.name.is_subdomain(self.origin):
            response.set_rcode(dns.rcode.REFUSED)
            return response
        cut = self._delegation(question.name)
        if cut is not None:
            response.authority.append(cut)
            return response
        response.flags |= dns.flags.AA
        found = self.find(question.name, question.rdtype) or self.find(question.name, dns.rdatatype.CNAME)
        if found is not None:
            response.answer.append(found)
            return response
        if not any(record.name.is_subdomain(question.name) for record in self.records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        soa = self.find(self.origin, dns.rdatatype.SOA)
        if soa is not None:
            response.authority.append(soa)
        return response

    def _delegation(self, name: dns.name.Name) -> Any:
        while name != self.origin:
            found = self.find(name, dns.rdatatype.NS)
            if found is not None:
                return found
            name = name.parent()
        return None


def _rrset(record: Any) -> Any:
    """Route 53 takes every name for a complete one, with a dot at its end or without."""
    name, ttl = dns.name.from_text(record.name), int(record.ttl)
    return dns.rrset.from_text_list(
        name, ttl, "IN", record.type, record.records, origin=dns.name.root, relativize=False
    )


class NameServers:
    """One UDP socket for each name server of each public zone, of all accounts."""

    def __init__(self) -> None:
        # what glue records are for: where a name server of this name is
        self.ports: dict[str, int] = {}
        self._sockets: list[socket.socket] = []
        for _, _, backend in list(route53_backends.iter_backends()):
            for zone in backend.zones.values():
                if not zone.private_zone:
                    self._serve(Zone(zone))

    def _serve(self, zone: Zone) -> None:
        for server in zone.servers:
            assert server not in self.ports, f"two zones share {server}"
            listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            listener.bind(("127.0.0.1", 0))
            listener.settimeout(SECONDS)
            self.ports[server] = listener.getsockname()[1]
            self._sockets.append(listener)
            threading.Thread(target=_listen, args=(listener, zone), daemon=True).start()

    def close(self) -> None:
        for listener in self._sockets:
            listener.close()

    def resolve(self, name: str, kind: str, servers: list[str]) -> tuple[list[str], list[str]]:
        """The values, and the zones that were asked; `servers` are those that a resolver starts with."""
        wanted, asked, start = dns.name.from_text(name), [], servers
        for _ in range(10):
            response = self._ask(wanted, kind, servers)
            if response.rcode() != dns.rcode.NOERROR:
                raise Unresolved(f"{wanted}: {dns.rcode.to_text(response.rcode())}")
            if response.answer:
                asked.append(f"answer from {servers[0]}")
                (found,) = response.answer
                if found.rdtype == dns.rdatatype.from_text(kind):
                    return sorted(item.to_text() for item in found), asked
                wanted, servers = found[0].target, start
                continue
            referral = [found for found in response.authority if found.rdtype == dns.rdatatype.NS]
            if not referral:
                raise Unresolved(f"{wanted}: no {kind}")
            asked.append(f"referral to {referral[0].name}")
            servers = [item.target.to_text(omit_final_dot=True) for item in referral[0]]
        raise Unresolved(f"{wanted}: too many referrals")

    def _ask(self, name: dns.name.Name, kind: str, servers: list[str]) -> dns.message.Message:
        query = dns.message.make_query(name, kind)
        query.flags &= ~dns.flags.RD
        for server in servers:
            if server not in self.ports:
                continue
            try:
                return dns.query.udp(query, "127.0.0.1", port=self.ports[server], timeout=2)
            except dns.exception.Timeout:
                continue
        raise Unresolved(f"{name}: none of {', '.join(servers)} answers")


def _listen(listener: socket.socket, zone: Zone) -> None:
    while True:
        try:
            data, sender = listener.recvfrom(4096)
            listener.sendto(zone.answer(dns.message.from_wire(data)).to_wire(), sender)
        except OSError:  # closed, or nobody has asked for long
            return


@contextmanager
def name_servers() -> Iterator[NameServers]:
    running = NameServers()
    try:
        yield running
    finally:
        running.close()
