"""All that exists before the first command, made in the emulated AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from emulator.engine import quotas
from rehearsal.existing import file, networks, things
from rehearsal.existing.organizations import make_organization
from rehearsal.existing.place import Place, noting, text

# of a region, in the order in which they refer to each other
_KINDS: dict[str, Callable[[Place, Any], None]] = {
    "vpcs": networks.make_vpc,
    "securityGroups": networks.make_security_group,
    "images": things.make_image,
    "keyPairs": things.make_key_pair,
    "keys": things.make_key,
    "certificates": things.make_certificate,
    "buckets": things.make_bucket,
    "trails": things.make_trail,
    "loadBalancers": networks.make_load_balancer,
    "resources": things.make_resource,
}
_OF_ACCOUNT: dict[str, Callable[[Place, Any], None]] = {
    "roles": things.make_role,
    "hostedZones": things.make_hosted_zone,
}


class Past:
    """The content of a world's file, or of a part of one."""

    def __init__(self, content: dict[str, Any] | None = None) -> None:
        self.content = content or {}

    @classmethod
    def of(cls, path: Path) -> Past:
        past = cls(file.read(path))
        file.refuse(path, past.make())
        return past

    def regions(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for account_id, account in self.content.get("accounts", {}).items():
            for region, content in account.get("regions", {}).items():
                yield account_id, region, content

    def names_of(self, account_id: str) -> set[str] | None:
        """IDs, ARNs and 'parameter=value', or None if it says nothing of this account."""
        account = self.content.get("accounts", {}).get(account_id)
        return None if account is None else set(_names(account))

    def make(self) -> list[str]:
        """Makes it, and says what the emulated AWS refuses."""
        mistakes: list[str] = []
        quotas.granted.update(self.content.get("quotas", {}))
        for index, organization in enumerate(self.content.get("organizations", [])):
            make_organization(organization, ("organizations", index), mistakes)
        for account_id, region, content in self.regions():
            path = ("accounts", account_id, "regions", region)
            if region not in RegionsAndZonesBackend.zones:
                mistakes.append(f"{text(path)}: received '{region}': give a Region of AWS")
                continue
            # its default VPC has ids of its own
            ec2_backends[account_id][region].describe_vpcs()
            self._make(_KINDS, Place(account_id, region), path, content, mistakes)
            self._make_single(Place(account_id, region), path, content, mistakes)
        for account_id, account in self.content.get("accounts", {}).items():
            self._make(_OF_ACCOUNT, Place(account_id, "us-east-1"), ("accounts", account_id), account, mistakes)
        return mistakes

    @staticmethod
    def _make(
        kinds: dict[str, Callable[[Place, Any], None]], place: Place, path: Any, content: Any, mistakes: list[str]
    ) -> None:
        for kind, make in kinds.items():
            for index, item in enumerate(content.get(kind, [])):
                with noting(mistakes, (*path, kind, index)):
                    make(place, item)

    @staticmethod
    def _make_single(place: Place, path: Any, content: dict[str, Any], mistakes: list[str]) -> None:
        for name, given in content.get("parameters", {}).items():
            with noting(mistakes, (*path, "parameters", name)):
                things.make_parameter(place, name, given)
        if "identityCenter" in content:
            with noting(mistakes, (*path, "identityCenter")):
                things.make_identity_center(place, content["identityCenter"])


def _names(node: Any) -> Iterator[str]:
    for value in node if isinstance(node, list) else ():
        yield from _names(value)
    for key, value in node.items() if isinstance(node, dict) else ():
        if key in ("id", "arn", "identifier"):
            yield value
        elif key == "parameters":
            for name, given in value.items():
                yield f"{name}={given if isinstance(given, str) else given['value']}"
        elif key != "properties":
            yield from _names(value)
