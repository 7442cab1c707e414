"""Aliases and origins of distributions."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.engine.refusals import Asked, refuses
from emulator.engine.store import kept_backends


@refuses("AWS::CloudFront::Distribution")
def distribution(asked: Asked) -> Iterator[str]:
    config = asked.properties.get("DistributionConfig", {})
    had = (asked.before or {}).get("DistributionConfig", {}).get("Aliases", [])
    new = [name for name in config.get("Aliases", []) if name not in had]
    if new and set(new) & _taken():
        yield "One or more of the CNAMEs you provided are already associated with a different resource."
    known = {item.get("Id") for key in ("Origins", "OriginGroups") for item in _items(config.get(key, []))}
    for behavior in (config.get("DefaultCacheBehavior", {}), *config.get("CacheBehaviors", [])):
        if behavior.get("TargetOriginId") not in known:
            yield "No origin exists with the specified Origin Id."
    if str(config.get("DefaultRootObject", "")).startswith("/"):
        yield "The parameter DefaultRootObject is invalid: it contains an invalid character. (InvalidDefaultRootObject)"


def _items(given: object) -> list[dict[str, object]]:
    return given if isinstance(given, list) else list(given.get("Items", [])) if isinstance(given, dict) else []


def _taken() -> set[str]:
    """Aliases are unique among all accounts."""
    kept = [backend.items.get("AWS::CloudFront::Distribution", {}) for _, _, backend in kept_backends.iter_backends()]
    return {name for known in kept for item in known.values() for name in item["DistributionConfig"].get("Aliases", [])}
