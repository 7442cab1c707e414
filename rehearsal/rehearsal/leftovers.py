"""What a destroyed stage has left in its accounts, beyond what they had before its stacks came."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from moto.ec2.models import ec2_backends
from moto.route53.models import route53_backends

from rehearsal import state

# service -> where, and which of the things there AWS goes on showing, although they are gone and cost nothing
TRACES: dict[str, dict[str, Callable[[str, Any], bool]]] = {
    "cloudformation": {"stacks": lambda _, item: item.get("status") == "DELETE_COMPLETE"},
    # the account's own keys of AWS's services too
    "kms": {"keys": lambda _, item: item.get("key_state") == "PendingDeletion" or _is_of_aws(item)},
    # AWS's own policies, which are listed as soon as somebody uses them, and the roles of its own services
    "iam": {
        "managed_policies": lambda name, _: ":iam::aws:" in name,
        "roles": lambda _, item: item.get("path", "").startswith("/aws-service-role/"),
    },
    # what RDS brings itself, for whoever names no group
    "rds": {"db_parameter_groups": lambda name, _: name.startswith("default")},
    "ecs": {"task_definitions": lambda _, item: _is_inactive(item)},
}


def _is_inactive(revisions: dict[str, Any]) -> bool:
    return bool(revisions) and all(
        isinstance(revision, dict) and revision["status"] == "INACTIVE" for revision in revisions.values()
    )


def _is_of_aws(key: dict[str, Any]) -> bool:
    return any(alias.startswith("alias/aws/") for alias in key.get("aliases", {}))


# in the bucket and the repository of the bootstrap stack
_ASSETS = re.compile(r"^(s3 \S+/buckets|ecr \S+/repositories)/cdk-[^/]+/")
# moto remembers the tags of what is gone
_TAGS = re.compile(r"^[^/]+/tagger/")
_DELEGATION = re.compile(r"^route53 \S+/zones/[^/]+/rrsets/(\S+) NS(/\S+)?: removed")


def baseline(accounts: Iterable[str], regions: Iterable[str]) -> state.State:
    """The state to which a stage has to come back."""
    for account_id in accounts:
        for region in regions:
            # what every account has by itself, such as a default VPC, is made when somebody asks
            _ = ec2_backends[account_id][region]
    return state.snapshot()


def of(account_id: str, before: state.State, after: state.State) -> list[str]:
    """One line for each difference that is not a mere trace."""
    lines: list[str] = []
    for service, then, now in state.pairs(before.get(account_id, {}), after.get(account_id, {}), account_id):
        lines += state.differences(_remaining(service, then), _remaining(service, now), service)
    return [line for line in lines if not _ASSETS.match(line) and not _TAGS.match(line)]


def _remaining(service: str, data: dict[str, Any]) -> Any:
    found = dict(data)
    for place, is_trace in TRACES.get(service.split(" ")[0], {}).items():
        items = data.get(place, {})
        # what was met before is only referred to
        found[place] = {
            name: item for name, item in items.items() if not is_trace(name, item if isinstance(item, dict) else {})
        }
    return _solid(found)


def _solid(value: Any) -> Any:
    """Without the empty drawers that moto leaves open."""
    if not isinstance(value, dict):
        return value
    found = {key: _solid(item) for key, item in value.items()}
    return {key: item for key, item in found.items() if item not in ({}, [], None)}


def zone_names(account_ids: Iterable[str]) -> set[str]:
    """The domains that these accounts answer for."""
    wanted = set(account_ids)
    return {
        zone.name
        for account_id, _, backend in list(route53_backends.iter_backends())
        if account_id in wanted
        for zone in backend.zones.values()
    }


def delegation(line: str, names: set[str]) -> str | None:
    """The domain that this difference of another account takes back from a zone that is gone."""
    match = _DELEGATION.match(line)
    return match.group(1) if match and match.group(1) in names else None
