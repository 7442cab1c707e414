"""Does the world ask the name servers of the app's domains?"""

from __future__ import annotations

from collections.abc import Iterator

from check.app import Org, template
from check.aws import Aws
from check.dns import NoAnswer, name_servers
from check.rows import Answer, Group, Question, bad, good, unknown
from check.taken import zones


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    if not aws.asks_dns:
        return
    # those below another one are delegated by the app
    for domain in dict.fromkeys(fact["name"] for fact in org.of("domain") if not fact["value"]):
        yield Question(Group.SERVICES, f"{domain}: delegation", lambda domain=domain: _delegation(org, domain, aws))


def _delegation(org: Org, domain: str, aws: Aws) -> Answer:
    found = zones(domain, "", aws)
    # one that the app names is the right one, whatever others there are
    named = [zone for zone in found if any(zone in str(template(stack)) for stack in org.stacks)]
    if len(named or found) > 1:
        return bad(
            f"{len(found)} public hosted zones of root are called {domain}: {', '.join(sorted(found))}",
            "name the right one by `hostedZoneId`, or delete the others in the console of Route 53",
        )
    if not found and not _creates(org, domain):
        return bad("root has no public hosted zone of this name, and the app uses one that exists", "correct `hostedZoneId`")
    ours: list[str] = []
    for zone in named or found:
        servers = aws.ask("route53:GetHostedZone", Id=zone)["DelegationSet"]["NameServers"]
        ours = sorted(server.rstrip(".").lower() for server in servers)
    try:
        today = name_servers(domain)
    except NoAnswer as said:
        advice = "look where DNS can be asked" if not ours else f"compare what your registrar has with {', '.join(ours)}"
        return unknown(str(said), advice)
    return _compared(domain, ours, today)


def _creates(org: Org, domain: str) -> bool:
    made = org.resources("AWS::Route53::HostedZone")
    return any(str(properties.get("Name")).rstrip(".").lower() == domain for _, _, properties in made)


def _compared(domain: str, ours: list[str], today: list[str] | None) -> Answer:
    if not ours:
        if not today:
            return unknown(
                "DNS does not know it yet" if today is None else "nobody serves it yet",
                "register it, if it is nobody's; when the stack `dns` of root is deployed, enter its name servers at the registrar",
            )
        return good(f"NS today: {', '.join(today)}; after the deployment of the stack `dns` of root, set its own at your registrar")
    if today and set(today) == set(ours):
        return good(f"DNS asks the name servers of root's zone: {', '.join(ours)}")
    enter = f"enter these name servers at your registrar: {', '.join(ours)}"
    if today is None:
        return bad("DNS knows no such name (NXDOMAIN), and root has a zone for it", enter)
    if not today:
        return bad("DNS has no name servers for it, and root has a zone for it", enter)
    return bad(f"NS today: {', '.join(today)}, and not those of root's zone", enter)
