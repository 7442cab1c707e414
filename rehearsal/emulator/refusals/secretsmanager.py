"""Names and values of secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emulator.engine.refusals import Asked, refuses


@refuses("AWS::SecretsManager::Secret")
def secret(asked: Asked) -> Iterator[str]:
    if not re.fullmatch(r"[\w/+=.@!-]+", str(asked.properties.get("Name", "s")), re.ASCII):
        yield (
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
        )
    if "SecretString" in asked.properties and "GenerateSecretString" in asked.properties:
        yield "You can't specify both SecretString and GenerateSecretString"
