"""Where something exists, with the id that it has there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, ContextManager
from unittest.mock import patch

from botocore.exceptions import ClientError
from moto.core.exceptions import ServiceException
from moto.utilities.utils import get_partition

from emulator.engine.aws import client

Item = dict[str, Any]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    account_id: str
    region: str

    @property
    def partition(self) -> str:
        return get_partition(self.region)

    def api(self, service: str) -> Any:
        return client(service, self.account_id, self.region)


def called(module: object, maker: str, identity: str | None) -> ContextManager[Any]:
    """What moto makes inside has this id, if there is one: `maker` is its function that would make one up."""
    return patch.object(module, maker, lambda *_, **__: identity) if identity else nullcontext()


def tags(item: Item) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in item.get("tags", {}).items()]


def text(path: Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".") or "the file"


@contextmanager
def noting(mistakes: list[str], path: Path) -> Iterator[None]:
    """What the emulated AWS refuses is a mistake of the world, told with the others."""
    try:
        yield
    except ClientError as error:
        mistakes.append(f"{text(path)}: {error.response['Error']['Message']}")
    except ServiceException as error:
        mistakes.append(f"{text(path)}: {error.message}")
