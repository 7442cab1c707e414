"""AWS's own machine images in EC2: over a thousand in each account and region, made when somebody asks."""

from __future__ import annotations

import weakref
from types import ModuleType
from typing import Any

from moto.ec2 import urls
from moto.ec2.models import EC2Backend, ec2_backends

_without: weakref.WeakSet[LateImages] = weakref.WeakSet()


def _late(name: str) -> Any:
    def read(backend: LateImages) -> Any:
        backend.need_images()
        return vars(backend)[name]

    def write(backend: LateImages, value: Any) -> None:
        vars(backend)[name] = value

    return property(read, write)


class LateImages(EC2Backend):
    # each image has a snapshot
    amis, snapshots = _late("amis"), _late("snapshots")

    @property
    def _url_module(self) -> ModuleType:
        """moto derives it from the module of the class."""
        return urls

    def _load_amis(self) -> None:
        _without.add(self)

    def need_images(self) -> None:
        if self in _without:
            _without.discard(self)
            super()._load_amis()


def install() -> None:
    ec2_backends.backend = LateImages
