"""Names, sizes and patterns of parameters."""

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


@refuses("AWS::SSM::Parameter")
def name(asked: Asked) -> Iterator[str]:
    given = str(asked.properties.get("Name", "p"))
    levels = given.strip("/").split("/")
    if "/" in given and not given.startswith("/"):
        yield "Parameter name must be a fully qualified name."
    if len(levels) > quotas.PARAMETER_LEVELS:
        yield (
            f"A hierarchy can have a maximum of {quotas.PARAMETER_LEVELS} levels. "
            "(HierarchyLevelLimitExceededException)"
        )
    if not re.fullmatch(r"[a-zA-Z0-9_.\-/]+", given) or levels[0].lower().startswith("ssm"):
        yield (
            'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive). If formed as a path, it can '
            "consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers "
            "and the following 3 symbols .-_"
        )
