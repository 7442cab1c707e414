"""What an app publishes before its stacks are deployed: files and images, where to, and with which roles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rehearsal.app import StackArtifact


@dataclass(frozen=True)
class Asset:
    # nothing of an image
    file: Path | None
    # of a bucket or a repository
    place: str
    key: str
    # ARN; nothing if the caller publishes as who they are
    role: str
    external_id: str


def assets(stack: StackArtifact) -> Iterator[Asset]:
    for manifest in stack.assets:
        yield from _read(manifest)


@cache
def _read(manifest: Path) -> tuple[Asset, ...]:
    content = json.loads(manifest.read_text("utf-8"))
    found = [
        _asset(manifest.parent / str(file["source"].get("path", "")), destination, "bucketName", "objectKey")
        for file in content.get("files", {}).values()
        for destination in file["destinations"].values()
    ]
    found += [
        _asset(None, destination, "repositoryName", "imageTag")
        for image in content.get("dockerImages", {}).values()
        for destination in image["destinations"].values()
    ]
    return tuple(found)


def _asset(file: Path | None, destination: dict[str, Any], place: str, key: str) -> Asset:
    role, external_id = destination.get("assumeRoleArn", ""), destination.get("assumeRoleExternalId", "")
    return Asset(file, destination[place], destination[key], role, external_id)
