"""A name of a stage resolves by following the delegation from root's zone; and only as long as the stage is there."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import HERE
from name_servers import Unresolved, name_servers

from emulator.engine.aws import client

DNS, DOMAIN = HERE / "apps" / "dns", HERE / "apps" / "domain"
ROOT, PROD, REGION = "111111111111", "222222222222", "eu-west-1"


@pytest.fixture
def dns(drive):
    def start():
        driver = drive(DNS).bootstrapped(PROD)
        # prod's zone is registered in root's, and nothing else puts them in order
        root = driver.deploy("acme/root/*")
        assert root.code == 0, driver.text(root)
        return driver

    return start


def zone_of(account: str) -> dict[str, Any]:
    (zone,) = client("route53", account, REGION).list_hosted_zones()["HostedZones"]
    return zone


def servers_of(account: str) -> list[str]:
    zone = client("route53", account, REGION).get_hosted_zone(Id=zone_of(account)["Id"])
    return zone["DelegationSet"]["NameServers"]


def parent_records() -> list[tuple[str, str]]:
    found = client("route53", ROOT, REGION).list_resource_record_sets(HostedZoneId=zone_of(ROOT)["Id"])
    return [(record["Name"], record["Type"]) for record in found["ResourceRecordSets"]]


def resolve(name: str, kind: str = "A") -> tuple[list[str], list[str]]:
    with name_servers() as servers:
        return servers.resolve(name, kind, servers_of(ROOT))


def test_a_name_of_prod_resolves_from_roots_zone_until_prod_is_destroyed(dns):
    driver = dns()
    everything = driver.everything()
    assert everything.code == 0, driver.text(everything)
    assert len({*servers_of(ROOT), *servers_of(PROD)}) == 8

    values, path = resolve("www.prod.acme.example")
    assert values == ["192.0.2.7"]
    assert path[0] == "referral to prod.acme.example."
    assert path[1] in [f"answer from {server}" for server in servers_of(PROD)]
    assert resolve("docs.prod.acme.example")[0] == ["192.0.2.7"]
    with pytest.raises(Unresolved, match="NXDOMAIN"):
        resolve("nothing.prod.acme.example")
    with pytest.raises(Unresolved, match="NXDOMAIN"):
        resolve("www.staging.acme.example")

    destroyed = driver.cdk("destroy", "acme/prod/*", "--force")
    assert destroyed.code == 0, driver.text(destroyed)
    assert parent_records() == [("acme.example.", "NS"), ("acme.example.", "SOA")]
    with pytest.raises(Unresolved, match="NXDOMAIN"):
        resolve("www.prod.acme.example")


def test_without_a_delegation_nothing_resolves(dns, monkeypatch):
    monkeypatch.setenv("UNDELEGATED", "1")
    driver = dns()
    assert driver.everything().code == 0
    with pytest.raises(Unresolved, match="NXDOMAIN"):
        resolve("www.prod.acme.example")


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("TRUSTED", "333333333333", "is not authorized to perform: sts:AssumeRole on resource"),
        ("DELEGABLE", "staging.acme.example", "is not authorized to perform: route53:ChangeResourceRecordSets"),
    ],
)
def test_a_role_that_does_not_allow_it_refuses(dns, monkeypatch, variable, value, told):
    monkeypatch.setenv(variable, value)
    driver = dns()
    failed = driver.everything()
    assert failed.code != 0
    assert told in driver.text(failed)
    assert ("prod.acme.example.", "NS") not in parent_records()


def test_a_delegation_to_a_zone_that_is_gone_is_dangling(dns):
    """What the order of deletion prevents, made by hand: the resolver sees it."""
    driver = dns()
    assert driver.everything().code == 0
    api, zone, servers = client("route53", PROD, REGION), zone_of(PROD)["Id"], servers_of(PROD)
    for record in api.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]:
        if record["Type"] not in ("NS", "SOA"):
            batch = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]}
            api.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)
    api.delete_hosted_zone(Id=zone)
    with pytest.raises(Unresolved, match="none of .* answers") as unresolved:
        resolve("www.prod.acme.example")
    assert all(server in str(unresolved.value) for server in servers)


def test_the_stages_of_an_organization_resolve_each_as_long_as_it_is_there(drive):
    """The library's own `addDomain`, from accounts that do not exist yet to one that is destroyed."""
    driver = drive(DOMAIN).bootstrapped()
    for step in (driver.organization(), driver.everything()):
        assert step.code == 0, driver.text(step)
    assert resolve("www.prod.acme.example")[0] == ["192.0.2.7"]
    values, path = resolve("www.testing.acme.example")
    assert (values, path[0]) == (["192.0.2.8"], "referral to testing.acme.example.")

    destroyed = driver.cdk("destroy", "acme/testing/*", "--force")
    assert destroyed.code == 0, driver.text(destroyed)
    assert ("testing.acme.example.", "NS") not in parent_records()
    with pytest.raises(Unresolved, match="NXDOMAIN"):
        resolve("www.testing.acme.example")
    assert resolve("www.prod.acme.example")[0] == ["192.0.2.7"]
