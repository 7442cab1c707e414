"""Types that moto has no calls for, of which names and attributes are all that a template needs."""

from __future__ import annotations

from typing import Any, ClassVar

import botocore.session
from moto.core.base_backend import BackendDict, BaseBackend

from emulator.engine.errors import ResourceFailure
from emulator.engine.resources import Resource, register

Properties = dict[str, Any]


class KeptBackend(BaseBackend):
    """What exists in an account and region: type -> id -> properties."""

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.items: dict[str, dict[str, Properties]] = {}


_REGIONS = [
    region
    for partition in ("aws", "aws-cn", "aws-us-gov")
    for region in botocore.session.get_session().get_available_regions("ec2", partition)
]
kept_backends = BackendDict(KeptBackend, "kept", use_boto3_regions=False, additional_regions=_REGIONS)


class Kept(Resource):
    """Its id is its name, which nothing else of that type may have."""

    name: ClassVar[str] = ""
    # attribute -> text with {id}, {account}, {region}, {partition}
    texts: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls) -> None:
        if cls.name and cls.name not in cls.create_only:
            cls.create_only = (*cls.create_only, cls.name)

    @property
    def items(self) -> dict[str, Properties]:
        return kept_backends[self.place.account_id][self.place.region].items.setdefault(self.type, {})

    def identity(self, properties: Properties) -> str:
        return str(properties.get(self.name) or self.place.name) if self.name else self.place.name

    def create(self, properties: Properties) -> None:
        identity = self.identity(properties)
        if identity in self.items:
            raise ResourceFailure(f"{identity} already exists (AlreadyExists)")
        self.items[identity] = properties
        self.physical_id = identity
        place = self.place
        known = {"account": place.account_id, "region": place.region, "partition": place.partition}
        self.attributes = {
            key: text.format(id=identity, name=identity.rsplit("|", 1)[-1], **known) for key, text in self.texts.items()
        }

    def update(self, properties: Properties, before: Properties) -> None:
        self.items[self.physical_id] = properties

    def delete(self, properties: Properties) -> None:
        self.items.pop(self.physical_id, None)
        if not self.items:
            del kept_backends[self.place.account_id][self.place.region].items[self.type]


def keep(kind: str, name: str = "", create_only: tuple[str, ...] = (), **texts: str) -> None:
    """Registers a type; `texts` are its attributes."""
    body = {"type": kind, "name": name, "create_only": create_only, "texts": texts}
    register(type(kind.replace("::", ""), (Kept,), body))
