"""What `check` says of domains, by an emulated Route 53 and a DNS of the test's own."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from checking import REGION, administrator, api, organization, told

from check import dns as questions_of_dns
from check.checks import domains, names
from check.dns import NoAnswer, name_servers
from emulator.engine.server import Emulator


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@contextmanager
def resolver(monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[str] | str], *, cut: bool = False) -> Iterator[list[str]]:
    """Answers with these name servers, or this code; `cut`: by UDP, only that there is more. Gives how it was asked."""
    asked: list[str] = []

    def reply(data: bytes, how: str) -> bytes:
        query = dns.message.from_wire(data)
        name = query.question[0].name.to_text(omit_final_dot=True)
        asked.append(f"{how} {dns.rdatatype.to_text(query.question[0].rdtype)} {name}")
        response = dns.message.make_response(query)
        answer = answers.get(name, "NXDOMAIN")
        if cut and how == "udp":
            response.flags |= dns.flags.TC
        elif isinstance(answer, str):
            response.set_rcode(dns.rcode.from_text(answer))
        elif answer:
            response.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "NS", *answer))
        return response.to_wire()

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request[1].sendto(reply(self.request[0], "udp"), self.client_address)

    class Tcp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            (size,) = struct.unpack("!H", self.rfile.read(2))
            answer = reply(self.rfile.read(size), "tcp")
            self.wfile.write(struct.pack("!H", len(answer)) + answer)

    with socketserver.UDPServer(("127.0.0.1", 0), Udp) as udp, socketserver.TCPServer(udp.server_address, Tcp) as tcp:
        threads = [threading.Thread(target=server.serve_forever, args=(0.01,)) for server in (udp, tcp)]
        for thread in threads:
            thread.start()
        monkeypatch.setenv("CHECK_RESOLVER", "{}:{}".format(*udp.server_address))
        yield asked
        for server in (udp, tcp):
            server.shutdown()
        for thread in threads:
            thread.join()


REGISTRAR = ["ns2.registrar.example.", "NS1.registrar.example."]


@pytest.fixture
def acme(emulator, tmp_path, monkeypatch):
    """The rows of its domain, as DNS answers."""
    org = organization(tmp_path, DOMAIN="acme.example")

    def told_of(answer: list[str] | str, **options: bool) -> list[str]:
        with resolver(monkeypatch, {"acme.example": answer}, **options):
            return told(domains, org, administrator(emulator), "acme.example: delegation")

    return told_of


def zone(name: str = "acme.example", **more: Any) -> list[str]:
    """The name servers of a new hosted zone of root."""
    made = api("route53").create_hosted_zone(Name=name, CallerReference=str(len(more)), **more)
    return sorted(made.get("DelegationSet", {}).get("NameServers", []))


def test_before_there_is_a_zone(acme):
    assert acme(REGISTRAR) == [
        "✔ NS today: ns1.registrar.example, ns2.registrar.example; "
        "after the deployment of the stack `dns` of root, set its own at your registrar"
    ]
    advice = "register it, if it is nobody's; when the stack `dns` of root is deployed, enter its name servers at the registrar"
    assert acme("NXDOMAIN") == ["? DNS does not know it yet", advice]
    assert acme([]) == ["? nobody serves it yet", advice]


def test_a_zone_that_dns_asks_or_does_not(acme):
    # one of networks is no other one
    zone(VPC={"VPCRegion": REGION, "VPCId": "vpc-1"}, HostedZoneConfig={"PrivateZone": True, "Comment": ""})
    zone("other.example")
    servers = zone()
    text = ", ".join(servers)
    assert acme([f"{server.upper()}." for server in servers]) == [f"✔ DNS asks the name servers of root's zone: {text}"]
    enter = f"enter these name servers at your registrar: {text}"
    assert acme(REGISTRAR) == [
        "✘ NS today: ns1.registrar.example, ns2.registrar.example, and not those of root's zone", enter
    ]
    assert acme([f"{server}." for server in servers[1:]]) == [f"✘ NS today: {', '.join(servers[1:])}, and not those of root's zone", enter]
    assert acme("NXDOMAIN") == ["✘ DNS knows no such name (NXDOMAIN), and root has a zone for it", enter]
    assert acme([]) == ["✘ DNS has no name servers for it, and root has a zone for it", enter]
    assert acme("SERVFAIL") == [
        "? the DNS resolver answers SERVFAIL for acme.example", f"compare what your registrar has with {text}"
    ]


def test_zones_that_are_not_of_the_name(emulator, tmp_path):
    """Those that follow it in the list, and what is private."""
    org, route53 = organization(tmp_path, DOMAIN="acme.example"), api("route53")
    for name in ("a.acme.example", "zebra.example", "cme.example"):
        route53.create_hosted_zone(Name=name, CallerReference=name)
    route53.create_hosted_zone(
        Name="acme.example", CallerReference="1", VPC={"VPCRegion": REGION, "VPCId": "vpc-1"},
        HostedZoneConfig={"PrivateZone": True, "Comment": ""},
    )  # fmt: skip
    assert told(names, org, administrator(emulator), "root: names") == ["✔ none of 9 names is taken"]
    route53.create_hosted_zone(Name="acme.example", CallerReference="2")
    assert told(names, org, administrator(emulator), "root: names")[0] == (
        "✘ 1 of 9 names is taken: hosted zone acme.example (no stack in eu-west-1 has it)"
    )


def test_a_rehearsal_asks_no_dns(emulator, tmp_path):
    org = organization(tmp_path, DOMAIN="acme.example")
    assert list(domains.questions(org, administrator(emulator))) == []


def test_two_zones_of_one_name(acme):
    zone()
    zone(HostedZoneConfig={"Comment": "another"})
    ids = sorted(item["Id"].rpartition("/")[2] for item in api("route53").list_hosted_zones()["HostedZones"])
    assert acme(REGISTRAR) == [
        f"✘ 2 public hosted zones of root are called acme.example: {', '.join(ids)}",
        "name the right one by `hostedZoneId`, or delete the others in the console of Route 53",
    ]


def test_dns_that_does_not_answer(emulator, tmp_path, monkeypatch):
    # nobody listens there
    monkeypatch.setenv("CHECK_RESOLVER", "127.0.0.1:9")
    org = organization(tmp_path, DOMAIN="acme.example")
    assert told(domains, org, administrator(emulator), "acme.example: delegation") == [
        "? no DNS resolver answers at 127.0.0.1", "look where DNS can be asked"
    ]


def test_what_is_too_long_for_udp_is_asked_by_tcp(monkeypatch):
    with resolver(monkeypatch, {"acme.example": REGISTRAR}, cut=True) as asked:
        assert name_servers("acme.example") == ["ns1.registrar.example", "ns2.registrar.example"]
    assert asked == ["udp NS acme.example", "tcp NS acme.example"]


@pytest.mark.parametrize("garbage", [
    b"", b"\0" * 12, b"{head}", b"{head}\xc0\x1e", b"{head}\x3f", b"{head}\xc0\x0c\0\2\0\1\0\0\0\0\0\2\xc0\xff",
])
def test_an_answer_that_is_none(monkeypatch, garbage):
    """Such as a name that refers to itself; none of them is waited for, nor followed for ever."""

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, connection = self.request
            head = data[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0) + data[12:]
            connection.sendto(garbage.replace(b"{head}", head), self.client_address)

    with socketserver.UDPServer(("127.0.0.1", 0), Udp) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("CHECK_RESOLVER", "{}:{}".format(*server.server_address))
        with pytest.raises(NoAnswer, match="the DNS resolver answers (something else|nothing that can be read)"):
            name_servers("acme.example")
        server.shutdown()
        thread.join()



@pytest.mark.parametrize("answer", [
    # a name that goes on at itself, at its own beginning, and with a length that there is not
    (b"\xc0\x00", 0), (b"\x03abc\xc0\x00", 4), (b"\x03abc\xc0\x00", 0), (b"\x40" + b"a" * 64, 0),
])  # fmt: skip
def test_a_resolver_that_would_have_us_read_for_ever(answer):
    with pytest.raises(IndexError):
        questions_of_dns._name(*answer)


def test_a_name_that_dns_cannot_have():
    with pytest.raises(questions_of_dns.NoAnswer, match="DNS can have no name"):
        questions_of_dns.name_servers("acme..example")
