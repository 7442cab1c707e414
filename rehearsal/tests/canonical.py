"""A state without what is by chance: times, generated ids and names, secrets; and without the history of stacks."""

from __future__ import annotations

import json
import re
from typing import Any

from emulator.engine import template
from rehearsal import state
from rehearsal.state import State

# what a stack is stays, not how it became so, nor what was uploaded for it
_HISTORY = {"id", "created", "updated", "events", "reason", "changed", "retained", "stranded"}
_LEFT_OUT = {
    "Stack": _HISTORY,
    "Deployed": _HISTORY,
    "Place": {"name"},
    "StrictOrganizations": {"failed_creations"},
    # how its code was packed
    "LambdaFunction": {"logs_backend", "code_bytes", "code_digest", "code_sha_256", "code_size"},
    **dict.fromkeys(("AWSManagedPolicy", "Group", "ManagedPolicy", "User"), {"id"}),
}
_SECRET = {"key_material", "secret_string", "password", "Password", "version_id"}
_UPLOADED = r"^[0-9a-f]{64}\.(json|zip)$|:::cdk-hnb659fds-assets-.*/[0-9a-f]{64}\."
_CHANCE = (
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)?|\d{4}(-\d\d){5}-[0-9A-F]{16}", "<time>"),
    (r"\b1[5-9]\d{8}(\.\d+)?\b", "0"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\bcar-[0-9a-f]{32}", "<id>"),
    (r"\bA[A-Z0-9]{20}\b", "<id>"),
    (r"\b(CREATE|UPDATE)_COMPLETE\b", "COMPLETE"),
    # what CloudFormation and Secrets Manager append
    (r"-(?=\d*[A-Z])[A-Z0-9]{12}(-\w{6})?\b", "-<name>"),
)
_SAME = re.compile(r"<same as (.*)>")
_ORGANIZATIONS_ID = re.compile(r"(p|r|ou|o)-[a-z0-9-]+")


def snapshot() -> State:
    text = json.dumps({account: _Services(services).plain for account, services in state.snapshot().items()}, sort_keys=True)
    for generated, name in _names(text).items():
        text = text.replace(generated, name)
    for pattern, name in _CHANCE:
        text = re.sub(pattern, name, text)
    return json.loads(text, object_pairs_hook=_merged)


def changes(before: State, after: State) -> list[str]:
    return [f"{account}: {line}" for account, lines in state.changed_accounts(before, after).items() for line in lines]


def unexplained(lines: list[str], places: set[str]) -> list[str]:
    """Changes elsewhere than at these places, and places without a change."""
    elsewhere = [line for line in lines if not any(place in line for place in places)]
    return elsewhere + [f"no change at {place}" for place in places if not any(place in line for line in lines)]


class _Services:
    """Objects that refer to each other are beside each other, by their names: where one is met first is by chance."""

    def __init__(self, services: dict[str, Any]) -> None:
        self.plain: dict[str, Any] = {}
        for service, backend in services.items():
            self.labels: dict[str, str] = {}
            self.objects: dict[str, list[Any]] = {}
            top = self._of(backend, "")
            self.plain[service] = {"": top, **{label: _sorted(found) for label, found in self.objects.items()}}

    def _of(self, value: Any, path: str) -> Any:
        if isinstance(value, str):
            same = _SAME.fullmatch(value)
            return self.labels.get(same.group(1), "<same>") if same else value
        if isinstance(value, list):
            return _sorted([self._of(item, f"{path}/{index}") for index, item in enumerate(value)])
        if not isinstance(value, dict):
            return value
        kind = value.get("<type>", "")
        if kind == "Stack":
            value = {**value, "body": template.parse(value["body"], {}) if value["body"] else {}}
        label = f"{kind} {value['name']}" if path and kind not in ("", "Place") and isinstance(value.get("name"), str) else ""
        if label:
            self.labels[path] = label
        left_out = _SECRET | _LEFT_OUT.get(kind, set())
        there = {key: self._of(item, f"{path}/{key}") for key, item in value.items() if key not in left_out and _is_there(key, item)}
        # moto keeps what is empty
        made = {key: item for key, item in there.items() if item != {}}
        if label:
            self.objects.setdefault(label, []).append(made)
        return label or made


def _is_there(key: str, item: Any) -> bool:
    """What was uploaded for a deployment is not, nor what was deleted, for which keys wait."""
    made = item if isinstance(item, dict) else {}
    is_deleted = made.get("key_state") == "PendingDeletion" or made.get("status") == "DELETE_COMPLETE"
    return not is_deleted and not re.search(_UPLOADED, key)


def _names(text: str) -> dict[str, str]:
    """What Organizations has generated -> what it is the id of."""
    found: dict[str, str] = {}

    def read(value: dict[str, Any]) -> dict[str, Any]:
        generated = value.get("id")
        if isinstance(generated, str) and _ORGANIZATIONS_ID.fullmatch(generated):
            found[generated] = f"<{value['<type>']} {value.get('name', '')}>"
        return value

    json.loads(text, object_hook=read)
    return found


def _merged(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: values[0] if len(values) == 1 else _sorted(values) for key, values in found.items()}


def _sorted(values: list[Any]) -> list[Any]:
    return sorted(values, key=lambda value: json.dumps(value, sort_keys=True))
