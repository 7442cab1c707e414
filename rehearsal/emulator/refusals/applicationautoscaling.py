"""Bounds of scaling."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.engine.refusals import Asked, refuses


@refuses("AWS::ApplicationAutoScaling::ScalableTarget")
def bounds(asked: Asked) -> Iterator[str]:
    if int(asked.properties.get("MinCapacity", 0)) > int(asked.properties.get("MaxCapacity", 0)):
        yield "Maximum capacity cannot be less than minimum capacity"
