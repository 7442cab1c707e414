"""What a CloudFormation resource is to the emulator, and who emulates which type."""

from __future__ import annotations

import importlib
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

from moto.core.common_models import CloudFormationModel
from moto.utilities.utils import get_partition

from emulator.engine import aws
from emulator.engine.errors import ResourceFailure
from emulator.engine.moto_deletes import DELETES, GONE_WITH_ANOTHER

# moto's resources import their error from here when they are asked for an attribute, and the first import fails:
# the package wants services whose requirements we do without
with suppress(ImportError):
    importlib.import_module("moto.cloudformation.exceptions")


@dataclass
class Place:
    """Where a resource lives and what CloudFormation would call it if it has no name of its own."""

    account_id: str
    region: str
    stack_name: str
    stack_id: str
    logical_id: str
    type: str
    name: str
    # resources of the same type that CloudFormation would create at the same time, if the type minds
    parallel: tuple[str, ...] = ()

    @property
    def partition(self) -> str:
        return get_partition(self.region)


class Resource:
    """One deployed resource. Subclasses emulate a type by its real API calls."""

    type: ClassVar[str] = ""
    # a change of these properties replaces the resource
    create_only: ClassVar[tuple[str, ...]] = ()
    # AWS refuses the creation of several at the same time
    one_at_a_time: ClassVar[bool] = False

    def __init__(self, place: Place) -> None:
        self.place = place
        # empty until something has been created
        self.physical_id = ""
        self.attributes: dict[str, Any] = {}

    def create(self, properties: dict[str, Any]) -> None:
        raise NotImplementedError

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        raise NotImplementedError

    def delete(self, properties: dict[str, Any]) -> None:
        raise NotImplementedError

    def delete_with_snapshot(self, properties: dict[str, Any]) -> None:
        """What DeletionPolicy Snapshot asks for; only databases and volumes have one."""
        self.delete(properties)

    def attribute(self, name: str) -> Any:
        if name not in self.attributes:
            raise ResourceFailure(f"Requested attribute {name} doesn't exist in schema for {self.place.type}")
        return self.attributes[name]

    def api(self, service: str) -> Any:
        return aws.client(service, self.place.account_id, self.place.region)


class CannotDelete(Exception):
    """moto has created it and cannot delete it."""


class MotoResource(Resource):
    """A type that moto itself can create; what it cannot change or delete is replaced or left, and said so."""

    def __init__(self, place: Place, model_class: type[CloudFormationModel]) -> None:
        super().__init__(place)
        self.model_class = model_class
        self.model: Any = None
        name_property = model_class.cloudformation_name_type()
        self.create_only = (name_property,) if isinstance(name_property, str) and name_property else ()  # type: ignore[misc]

    def _arguments(self, properties: dict[str, Any]) -> tuple[dict[str, Any], str, str]:
        document = {"Type": self.place.type, "Properties": dict(properties)}
        return document, self.place.account_id, self.place.region

    def create(self, properties: dict[str, Any]) -> None:
        name = properties.get(self.create_only[0]) if self.create_only else None
        self.model = self.model_class.create_from_cloudformation_json(
            name or self.place.name,
            *self._arguments(properties),
            LogicalId=self.place.logical_id,
            StackId=self.place.stack_id,
            ResourceType=self.place.type,
        )
        self.physical_id = getattr(self.model, "physical_resource_id", self.place.name)

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        update = self.model_class.update_from_cloudformation_json
        if hasattr(update, "__isabstractmethod__"):
            self.delete(before)
            self.create(properties)
            return
        self.model = update(self.model, self.physical_id, *self._arguments(properties)) or self.model
        self.physical_id = getattr(self.model, "physical_resource_id", self.physical_id)

    def delete(self, properties: dict[str, Any]) -> None:
        if self.place.type in GONE_WITH_ANOTHER:
            return
        if self.place.type in DELETES:
            service, action, arguments = DELETES[self.place.type]
            getattr(self.api(service), action)(**arguments(self.physical_id, properties, self))
            return
        delete = getattr(self.model, "delete", None)
        if delete is not None:
            try:
                delete(self.place.account_id, self.place.region)
                return
            except TypeError:  # a delete of another kind, with other arguments
                pass
        delete = self.model_class.delete_from_cloudformation_json
        if hasattr(delete, "__isabstractmethod__"):
            raise CannotDelete(self.place.type)
        delete(self.physical_id, *self._arguments(properties))

    def attribute(self, name: str) -> Any:
        try:
            return self.model.get_cfn_attribute(name)
        except Exception:  # moto raises whatever it likes for an attribute that it does not know
            return recorded_attribute(self.place, self.physical_id, name)


class NothingToDo(Resource):
    """A type that creates nothing on AWS either."""

    def create(self, properties: dict[str, Any]) -> None:
        self.physical_id = self.place.name

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        pass

    def delete(self, properties: dict[str, Any]) -> None:
        pass


class Recorded(NothingToDo):
    """A type that nobody emulates: its properties are kept, the summary names it."""

    def attribute(self, name: str) -> Any:
        return recorded_attribute(self.place, self.physical_id, name)


def recorded_attribute(place: Place, physical_id: str, name: str) -> Any:
    service = place.type.split("::")[1].lower()
    if name.endswith("Arn"):
        return f"arn:{place.partition}:{service}:{place.region}:{place.account_id}:{physical_id}"
    if name.endswith(("Ids", "Names", "Servers", "Arns")):
        return [f"{physical_id}-{index}" for index in range(4)]
    if name.endswith("Port"):
        return "5432"
    if name.endswith(("Address", "DomainName", "DNSName", "Endpoint")):
        return f"{physical_id.lower()}.{service}.{place.region}.emulated"
    return physical_id if name.endswith("Id") else f"{physical_id}-{name}"


_MOTO_MODULES = {"lambda": "awslambda", "elasticloadbalancing": "elb", "elasticloadbalancingv2": "elbv2"}
_MOTO_MISSING: dict[str, str] = {}
_own: dict[str, type[Resource]] = {}


def register(resource_class: type[Resource]) -> type[Resource]:
    _own[resource_class.type] = resource_class
    return resource_class


def make(place: Place) -> Resource:
    if place.type in _own:
        return _own[place.type](place)
    model_class = _moto_class(place.type)
    return MotoResource(place, model_class) if model_class else Recorded(place)


def _moto_class(resource_type: str) -> type[CloudFormationModel] | None:
    match = re.fullmatch(r"AWS::(\w+)::\w+", resource_type)
    if not match:
        return None
    service = match.group(1).lower()
    module = f"moto.{_MOTO_MODULES.get(service, service)}.models"
    if module not in _MOTO_MISSING:
        try:
            importlib.import_module(module)
        except ImportError as error:  # not in moto, or it needs a package that we do without
            _MOTO_MISSING[module] = str(error)
    for model_class in CloudFormationModel.__subclasses__():
        if model_class.__module__.startswith("moto.") and model_class.cloudformation_type() == resource_type:
            return model_class
    return None


def is_recorded(resource: Resource) -> bool:
    return isinstance(resource, Recorded)
