"""Addresses and roles of accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emulator.engine.refusals import Asked, refuses

# https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
_PATTERNS = {"Email": r"[^\s@]+@[^\s@]+\.[^\s@]+", "RoleName": r"[\w+=,.@-]{1,64}"}


@refuses("AWS::Organizations::Account")
def account(asked: Asked) -> Iterator[str]:
    for key, pattern in _PATTERNS.items():
        given = asked.properties.get(key)
        if given is not None and not re.fullmatch(pattern, str(given), re.ASCII):
            argument = key[0].lower() + key[1:]
            yield (
                f"1 validation error detected: Value '{given}' at '{argument}' failed to satisfy constraint: "
                f"Member must satisfy regular expression pattern: {pattern}"
            )
