"""Sizes and patterns of parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emulator.engine import quotas
from emulator.engine.refusals import Asked, refuses


@refuses("AWS::SSM::Parameter")
def value(asked: Asked) -> Iterator[str]:
    text, tier = str(asked.properties.get("Value", "")), asked.properties.get("Tier", "Standard")
    if tier == "Standard" and len(text.encode()) > quotas.STANDARD_PARAMETER_BYTES:
        yield (
            f"Standard tier parameters support a maximum parameter value of {quotas.STANDARD_PARAMETER_BYTES} "
            "characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier."
        )
    pattern = asked.properties.get("AllowedPattern")
    if isinstance(pattern, str) and pattern:
        try:
            fits = re.search(pattern, text) is not None
        except re.error:
            return
        if not fits:
            yield f"Parameter value, cannot be validated against allowedPattern: {pattern}"
