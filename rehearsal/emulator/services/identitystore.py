"""Users and groups of an identity store: only of a store that there is, with what moto cannot change or forget.

https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/welcome.html
"""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

from moto.identitystore import urls
from moto.identitystore.exceptions import ConflictException, ResourceNotFoundException, ValidationException
from moto.identitystore.models import (
    Group,
    IdentityStoreBackend,
    IdentityStoreData,
    Name,
    User,
    identitystore_backends,
)
from moto.identitystore.responses import IdentityStoreResponse

from emulator.engine.api import ApiResource, Properties
from emulator.engine.resources import Place, register
from emulator.engine.shapes import of

_UNIQUE = "UNIQUENESS_CONSTRAINT_VIOLATION"


class StrictIdentityStore(IdentityStoreBackend):
    @property
    def _url_module(self) -> ModuleType:
        """moto derives it from the module of the class."""
        return urls

    def begin(self, store_id: str) -> IdentityStoreData:
        return self.identity_stores.setdefault(store_id, IdentityStoreData())

    def store(self, store_id: str) -> IdentityStoreData:
        if store_id not in self.identity_stores:
            raise ResourceNotFoundException(message="IDENTITY_STORE not found.", resource_type="IDENTITY_STORE")
        return self.identity_stores[store_id]

    # moto makes a store of whatever it is asked for, by a name that Python has changed
    _IdentityStoreBackend__get_identity_store = store

    def groups_of(self, store_id: str, user_id: str) -> list[str]:
        known = self.store(store_id).group_memberships.values()
        return [item["GroupId"] for item in known if item["MemberId"]["UserId"] == user_id]

    def create_group_membership(
        self, identity_store_id: str, group_id: str, member_id: dict[str, str]
    ) -> tuple[str, str]:
        if group_id in self.groups_of(identity_store_id, member_id["UserId"]):
            raise ConflictException(message="Member and group relationship already exists.", reason=_UNIQUE)
        return super().create_group_membership(identity_store_id, group_id, member_id)

    def delete_group(self, identity_store_id: str, group_id: str) -> None:
        super().delete_group(identity_store_id, group_id)
        self._leave(identity_store_id, "GroupId", group_id)

    def delete_user(self, identity_store_id: str, user_id: str) -> None:
        super().delete_user(identity_store_id, user_id)
        self._leave(identity_store_id, "MemberId", {"UserId": user_id})

    def _leave(self, store_id: str, key: str, value: Any) -> None:
        store = self.store(store_id)
        kept = store.group_memberships.items()
        store.group_memberships = {name: item for name, item in kept if item[key] != value}

    def update_group(self, store_id: str, group_id: str, operations: list[dict[str, Any]]) -> None:
        group, groups = self.describe_group(store_id, group_id), self.store(store_id).groups
        for operation in operations:
            group = _changed(group, operation["AttributePath"], operation.get("AttributeValue"))
        if any(other.DisplayName == group.DisplayName for other in groups.values() if other.GroupId != group_id):
            raise ConflictException(message="Duplicate GroupDisplayName", reason=_UNIQUE)
        groups[group_id] = group

    def update_user(self, store_id: str, user_id: str, operations: list[dict[str, Any]]) -> None:
        user = self.describe_user(store_id, user_id)
        for operation in operations:
            user = _changed(user, operation["AttributePath"], operation.get("AttributeValue"))
        self.store(store_id).users[user_id] = user


def _changed(item: Any, path: str, value: Any) -> Any:
    first, _, rest = path.partition(".")
    name = first[:1].upper() + first[1:]
    if not isinstance(item, (Group, User, Name)) or name not in item._fields:
        raise ValidationException(message=f"The attribute {path} is not one that can be changed")
    return item._replace(**{name: _changed(getattr(item, name), rest, value) if rest else value})


class StoreResponse(IdentityStoreResponse):
    def update_group(self) -> str:
        self._backend.update_group(
            self._get_param("IdentityStoreId"), self._get_param("GroupId"), self._get_param("Operations")
        )
        return json.dumps({})

    def update_user(self) -> str:
        self._backend.update_user(
            self._get_param("IdentityStoreId"), self._get_param("UserId"), self._get_param("Operations")
        )
        return json.dumps({})

    @property
    def _backend(self) -> StrictIdentityStore:
        return backend_of(self.current_account, self.region)


def backend_of(account_id: str, region: str) -> StrictIdentityStore:
    return identitystore_backends[account_id][region]  # type: ignore[return-value]


class StoreResource(ApiResource):
    service = "identitystore"
    # the argument that names it, and the path of each property in a change
    key = ""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.create_only = tuple(of(place.type).get("new", ()))  # type: ignore[misc]

    def _own(self, properties: Properties) -> Properties:
        return {"IdentityStoreId": properties["IdentityStoreId"], self.key: self.attributes[self.key]}

    def create(self, properties: Properties) -> None:
        made = self.call(self.make, properties)
        self.attributes[self.key] = made[self.key]
        self.physical_id = f"{made[self.key]}|{properties['IdentityStoreId']}"

    def update(self, properties: Properties, before: Properties) -> None:
        wanted, had = dict(_paths(properties)), dict(_paths(before))
        changed = [path for path in {**had, **wanted} if wanted.get(path) != had.get(path)]
        if changed:
            operations = [
                {"AttributePath": path, **({"AttributeValue": wanted[path]} if path in wanted else {})} for path in changed
            ]
            # a value may be anything, which no shape says
            getattr(self.client, self.change)(**self._own(properties), Operations=operations)

    def delete(self, properties: Properties) -> None:
        self.call(self.remove, **self._own(properties))


def _paths(properties: Properties, prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in properties.items():
        path = f"{prefix}{name[0].lower()}{name[1:]}"
        found += _paths(value, f"{path}.") if isinstance(value, dict) else [(path, value)]
    return found


@register
class GroupResource(StoreResource):
    type = "AWS::IdentityStore::Group"
    make, change, remove, key = "create_group", "update_group", "delete_group", "GroupId"


@register
class UserResource(StoreResource):
    type = "AWS::IdentityStore::User"
    make, change, remove, key = "create_user", "update_user", "delete_user", "UserId"

    def create(self, properties: Properties) -> None:
        super().create(properties)
        self.physical_id = f"arn:{self.place.partition}:identitystore:::user/{self.attributes['UserId']}"
        self.attributes.update(Arn=self.physical_id, UserStatus="ENABLED")


@register
class Membership(StoreResource):
    type = "AWS::IdentityStore::GroupMembership"
    make, remove, key = "create_group_membership", "delete_group_membership", "MembershipId"


identitystore_backends.backend = StrictIdentityStore
urls.url_paths["{0}/$"] = StoreResponse.dispatch
