"""Who answers for a name: the zones of all accounts, followed by their delegations."""

from __future__ import annotations

from typing import Any

from moto.route53.models import route53_backends


def public_zones() -> list[Any]:
    return [
        zone
        for _, _, backend in list(route53_backends.iter_backends())
        for zone in backend.zones.values()
        if not zone.private_zone
    ]


def _bare(name: str) -> str:
    return name.rstrip(".").lower()


def _holds(zone: Any, name: str) -> bool:
    return _bare(name) == _bare(zone.name) or _bare(name).endswith(f".{_bare(zone.name)}")


def answering_zone(name: str) -> Any:
    """Starts at the highest zone that there is, whose domain counts as registered."""
    known = sorted((zone for zone in public_zones() if _holds(zone, name)), key=lambda zone: len(zone.name))
    zone = known[0] if known else None
    for _ in range(10):
        cut = _delegation(zone, name) if zone is not None else None
        if cut is None:
            return zone
        zone = next((item for item in public_zones() if _servers(item) & {_bare(value) for value in cut.records}), None)
    return None


def _servers(zone: Any) -> set[str]:
    return {_bare(server) for server in zone.delegation_set.name_servers}


def _delegation(zone: Any, name: str) -> Any:
    return next(
        (
            record
            for record in zone.rrsets
            if record.type == "NS"
            and _bare(record.name) != _bare(zone.name)
            and (_bare(name) == _bare(record.name) or _bare(name).endswith(f".{_bare(record.name)}"))
        ),
        None,
    )
