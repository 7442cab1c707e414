"""The full state of every account, as plain data, and how two such states differ."""

from __future__ import annotations

import types
import weakref
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import BackendDict

State = dict[str, dict[str, Any]]

# what changes by being looked at, or only says who is signed in; nothing that is deployed
VOLATILE: dict[tuple[str, str], str] = {
    ("EventBus", "creation_time"): "the default one is there from when somebody looks",
    ("EventBus", "last_modified_time"): "the same",
    ("STSBackend", "assumed_roles"): "sessions of the CLI",
    ("IAMBackend", "access_keys"): "keys of those sessions, and when a key was last used",
    ("Role", "last_used"): "when a session last used the role",
    ("Role", "last_used_region"): "where a session last used the role",
    ("User", "password_last_used"): "when a person last signed in",
    ("AccessKey", "last_used"): "when a key was last used",
    ("TrailStatus", "latest_delivery_time"): "set by asking for the status",
    ("TrailStatus", "latest_delivery_attempt"): "set by asking for the status",
    ("CloudFormationBackend", "change_sets"): "drafts: what they did is in the stacks",
    ("FakeKey", "_value_buffer"): "a file; the etag stands for its content",
    ("FakeKey", "lock"): "a lock of this process",
    ("ManagedState", "_tick"): "counts how often it was looked at",
    ("RDSBackend", "events"): "a journal, which AWS keeps for two weeks",
    ("FakeZone", "rr_changes"): "a journal: what it did is in the records",
    ("SSOAdminBackend", "aws_managed_policies"): "AWS's own policies, read when one is attached",
    ("SSOAdminBackend", "deleted_account_assignments"): "a journal: what it did is in the assignments",
    ("StrictSso", "statuses"): "a journal: what it did is in the roles",
    ("Stack", "template"): "read from its body, and shared by stacks of the same body",
    ("Deployed", "declaration"): "a part of that template",
}
# what AWS shows to every account, as soon as somebody looks
PUBLIC: dict[tuple[str, str], Callable[[Any], bool]] = {
    ("EC2Backend", name): lambda item: item.owner_id != item.ec2_backend.account_id for name in ("amis", "snapshots")
}
# lists without an order of their own: what tells their items apart
KEYED: dict[tuple[str, str], Callable[[Any], str]] = {
    ("FakeZone", "rrsets"): lambda record: " ".join(filter(None, (record.name, record.type, record.set_identifier))),
}
_OPAQUE = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.ModuleType, weakref.ref)


def snapshot() -> State:
    """account id -> 'service region' -> plain data."""
    found: State = {}
    for backends in list(BackendDict._instances):
        for account_id, region, backend in list(backends.iter_backends()):
            # moto asks this account of its own for the routes of a service
            if account_id == DEFAULT_ACCOUNT_ID:
                continue
            data = _Plain().of(backend, "")
            found.setdefault(account_id, {})[f"{backends.service_name} {region}"] = data
    return found


class _Plain:
    """Objects met before become a reference to where they were first met: states have cycles."""

    def __init__(self) -> None:
        self.seen: dict[int, str] = {}
        self.alive: list[Any] = []

    def of(self, value: Any, path: str) -> Any:
        if value is None or isinstance(value, (str, int, float, bool)) and not isinstance(value, Enum):
            return value
        if isinstance(value, bytes):
            return value.decode("latin-1")
        if isinstance(value, (date, datetime)):
            return value.isoformat()
        if isinstance(value, Enum):
            return str(value)
        if isinstance(value, _OPAQUE) or isinstance(value, type):
            return f"<{type(value).__name__}>"
        if isinstance(value, tuple) and hasattr(value, "_asdict"):
            return self._children(value._asdict(), path)
        if isinstance(value, (tuple, frozenset)):
            # Python may share equal ones, which means nothing
            return self._children(value, path)
        if id(value) in self.seen:
            return f"<same as {self.seen[id(value)]}>"
        self.seen[id(value)] = path
        # an id is only good while its object lives
        self.alive.append(value)
        return self._children(value, path)

    def _children(self, value: Any, path: str) -> Any:
        if isinstance(value, Mapping):
            return {str(key): self.of(item, f"{path}/{key}") for key, item in list(value.items())}
        if isinstance(value, (list, tuple)):
            return [self.of(item, f"{path}/{index}") for index, item in enumerate(list(value))]
        if isinstance(value, (set, frozenset)):
            return sorted((self.of(item, path) for item in value), key=str)
        names = [base.__name__ for base in type(value).__mro__]
        attributes = {
            key: item for key, item in _attributes(value) if not any((name, key) in VOLATILE for name in names)
        }
        for name, key in PUBLIC:
            if name in names and key in attributes:
                attributes[key] = {
                    item_id: item for item_id, item in attributes[key].items() if not PUBLIC[name, key](item)
                }
        for name, key in KEYED:
            if name in names and key in attributes:
                attributes[key] = {KEYED[name, key](item): item for item in attributes[key]}
        if not attributes:
            return f"<{names[0]}>"
        return {"<type>": names[0], **{key: self.of(item, f"{path}/{key}") for key, item in attributes.items()}}


def _attributes(value: Any) -> Iterator[tuple[str, Any]]:
    yield from list(getattr(value, "__dict__", {}).items())
    for base in type(value).__mro__:
        slots = getattr(base, "__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            if hasattr(value, slot) and slot != "__dict__":
                yield slot, getattr(value, slot)


def differences(before: Any, after: Any, path: str = "") -> list[str]:
    """Readable lines, one for each place where the two differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        found = []
        for key in {**before, **after}:
            where = f"{path}/{key}"
            if key not in after:
                found.append(f"{where}: removed")
            elif key not in before:
                found.append(f"{where}: added")
            else:
                found.extend(differences(before[key], after[key], where))
        return found
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [
            line
            for index, (old, new) in enumerate(zip(before, after, strict=True))
            for line in differences(old, new, f"{path}/{index}")
        ]
    return [] if before == after else [f"{path}: {_short(before)} became {_short(after)}"]


def _short(value: Any) -> str:
    text = f"{len(value)} items" if isinstance(value, list) else repr(value)
    return text if len(text) < 80 else f"{text[:77]}..."


def changed_accounts(before: State, after: State) -> dict[str, list[str]]:
    found = {}
    for account_id in {**before, **after}:
        lines = _account_differences(before.get(account_id, {}), after.get(account_id, {}), account_id)
        if lines:
            found[account_id] = lines
    return found


def _account_differences(before: dict[str, Any], after: dict[str, Any], account_id: str) -> list[str]:
    return [
        line for service, *pair in pairs(before, after, account_id) for line in differences(pair[0], pair[1], service)
    ]


def pairs(before: dict[str, Any], after: dict[str, Any], account_id: str) -> Iterator[tuple[str, Any, Any]]:
    """Each service of an account, as it was and as it is."""
    for service in {**before, **after}:
        if service in before and service in after:
            yield service, before[service], after[service]
        else:
            yield service, *_with_pristine(service, before.get(service), after.get(service), account_id)


def _with_pristine(service: str, before: Any, after: Any, account_id: str) -> tuple[Any, Any]:
    """A back end appears when somebody asks it: compare it with one that nobody has used."""
    name, region = service.split(" ", 1)
    backends = next(known for known in BackendDict._instances if known.service_name == name)
    pristine = _Plain().of(backends.backend(region, account_id), "")
    return (pristine, after) if before is None else (before, pristine)
