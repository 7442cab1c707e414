"""What a CloudFormation resource is to the emulator, and who emulates which type."""

from __future__ import annotations

import importlib
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from moto.core.common_models import CloudFormationModel
from moto.utilities.utils import get_partition

from emulator.engine import aws, shapes
from emulator.engine.errors import ResourceFailure
from emulator.engine.moto_deletes import DELETES, GONE_WITH_ANOTHER
from emulator.engine.store import kept_backends

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


# of types whose back end keeps little
EVERYTHING = ("*",)
# what nobody may read back
_SECRET = ("AuthToken", "MasterUserPassword", "SecretString")


class Resource:
    """One deployed resource. Subclasses emulate a type by its real API calls."""

    type: ClassVar[str] = ""
    # a change of these properties replaces the resource
    create_only: ClassVar[tuple[str, ...]] = ()
    # properties that moto has no place for: they are kept beside the resource, as a part of its state
    beside: ClassVar[tuple[str, ...]] = ()
    # a change that gives it another id has made another resource, and the one before is deleted
    replaces_itself: ClassVar[bool] = False
    # AWS refuses the creation of several at the same time
    one_at_a_time: ClassVar[bool] = False

    def __init__(self, place: Place) -> None:
        self.place = place
        # empty until something has been created
        self.physical_id = ""
        self.attributes: dict[str, Any] = {}
        # as they were given last
        self.properties: dict[str, Any] = {}

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
        if name in self.attributes:
            return self.attributes[name]
        return shapes.attribute(self.place, self.properties, self.physical_id, name)

    @property
    def kept(self) -> Any:
        return kept_backends[self.place.account_id][self.place.region]

    def api(self, service: str) -> Any:
        return aws.client(service, self.place.account_id, self.place.region)


class Remembering(Resource):
    """What is so for each type: nothing given is lost as long as the resource is there."""

    def create(self, properties: dict[str, Any]) -> None:
        self.properties = properties
        super().create(properties)
        self._keep(properties)

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        called = self.physical_id
        super().update(properties, before)
        # some are created by their update
        if not called:
            return
        if self.beside and called != self.physical_id:
            self.kept.take(self.place.type, called)
        # tags need the calls of `api`, which needs what a resource is
        importlib.import_module("emulator.engine.tags").change(self, properties, before)
        self.properties = properties
        self._keep(properties)

    def delete(self, properties: dict[str, Any]) -> None:
        super().delete(properties)
        self.kept.take(self.place.type, self.physical_id)

    def delete_with_snapshot(self, properties: dict[str, Any]) -> None:
        super().delete_with_snapshot(properties)
        self.kept.take(self.place.type, self.physical_id)

    def _keep(self, properties: dict[str, Any]) -> None:
        wanted = properties if self.beside is EVERYTHING else self.beside
        found = {key: properties[key] for key in wanted if key in properties and key not in _SECRET}
        if found:
            self.kept.put(self.place.type, self.physical_id, found)
        elif self.beside:
            self.kept.take(self.place.type, self.physical_id)


@cache
def remembering(kind: type[Resource]) -> type[Resource]:
    return type(kind.__name__, (Remembering, kind), {})


class CannotDelete(Exception):
    """moto has created it and cannot delete it."""


class MotoResource(Resource):
    """A type that moto itself can create; what it cannot change or delete is replaced or left, and said so."""

    def __init__(self, place: Place, model_class: type[CloudFormationModel]) -> None:
        super().__init__(place)
        self.model_class = model_class
        self.model: Any = None
        self.moto_id = ""
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
        self._identify(properties)

    def _identify(self, properties: dict[str, Any]) -> None:
        """moto's own id is what its calls want; Ref is what the schema says."""
        self.moto_id = str(getattr(self.model, "physical_resource_id", self.place.name))
        self.physical_id = self.moto_id
        if shapes.of(self.place.type).get("id"):
            self.physical_id = shapes.ref(self.place, properties, self._of_model)

    def _of_model(self, name: str) -> Any:
        """What moto says, if it can be true."""
        shape = shapes.of(self.place.type).get("read", {}).get(name, {})
        candidates: list[Any] = []
        with suppress(Exception):  # moto raises whatever it likes for an attribute that it does not know
            candidates.append(self.model.get_cfn_attribute(name))
        short = name.removeprefix(self.place.type.split("::")[2])
        spellings = (re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", spelling).lower() for spelling in (name, short))
        candidates += [getattr(self.model, spelling, None) for spelling in spellings]
        if name in shapes.of(self.place.type).get("id", ()):
            candidates.append(self.moto_id)
        wanted = shapes.ARN if name.endswith("Arn") else None
        return next(
            (
                value
                for value in candidates
                if shapes.fits(shape, value) and (wanted is None or wanted.fullmatch(str(value)))
            ),
            None,
        )

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        update = self.model_class.update_from_cloudformation_json
        if hasattr(update, "__isabstractmethod__"):
            self.delete(before)
            self.create(properties)
            return
        self.model = update(self.model, self.moto_id, *self._arguments(properties)) or self.model
        self._identify(properties)

    def delete(self, properties: dict[str, Any]) -> None:
        if self.place.type in GONE_WITH_ANOTHER:
            return
        if self.place.type in DELETES:
            service, action, arguments = DELETES[self.place.type]
            getattr(self.api(service), action)(**arguments(self.moto_id, properties, self))
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
        delete(self.moto_id, *self._arguments(properties))

    def attribute(self, name: str) -> Any:
        known = self._of_model(name)
        return shapes.attribute(self.place, self.properties, self.physical_id, name) if known is None else known


class NothingToDo(Resource):
    """A type that creates nothing on AWS either."""

    def create(self, properties: dict[str, Any]) -> None:
        self.physical_id = self.place.name

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        pass

    def delete(self, properties: dict[str, Any]) -> None:
        pass


class Kept(Resource):
    """A type of which names, attributes and properties are all that a template needs: an id is taken once."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.create_only = tuple(shapes.of(place.type).get("new", ()))  # type: ignore[misc]

    def create(self, properties: dict[str, Any]) -> None:
        kind = self.place.type
        identity = shapes.ref(self.place, properties)
        if identity in self.kept.items.get(kind, {}):
            raise ResourceFailure(f"Resource of type '{kind}' with identifier '{identity}' already exists.")
        self.physical_id = identity
        self.update(properties, {})

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        self.properties = properties
        self.kept.put(self.place.type, self.physical_id, properties)

    def delete(self, properties: dict[str, Any]) -> None:
        self.kept.take(self.place.type, self.physical_id)


class Recorded(Kept):
    """A type that nobody emulates, or one that moto could not create: the summary names it."""

    # what moto failed with
    because = ""

    # by a function of the app
    is_answered = False


_MOTO_MODULES = {"lambda": "awslambda", "elasticloadbalancing": "elb", "elasticloadbalancingv2": "elbv2"}
_MOTO_MISSING: dict[str, str] = {}
_own: dict[str, type[Resource]] = {}
# what each type that an app makes up is another name of
_CUSTOM = "AWS::CloudFormation::CustomResource"


def register(resource_class: type[Resource]) -> type[Resource]:
    _own[resource_class.type] = resource_class
    return resource_class


def make(place: Place) -> Resource:
    place.name = shapes.name(place)
    kind = _own.get(place.type) or (_own.get(_CUSTOM) if place.type.startswith("Custom::") else None)
    if kind is not None:
        return remembering(kind)(place)
    model_class = _moto_class(place.type)
    if model_class is None:
        return remembering(Recorded)(place)
    return remembering(MotoResource)(place, model_class)  # type: ignore[call-arg]


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
