"""Types that moto has no calls for, and that count as emulated: their schema says all that a template needs of them."""

from __future__ import annotations

from emulator.engine.resources import Kept, register


def keep(*kinds: str) -> None:
    for kind in kinds:
        register(type(kind.replace("::", ""), (Kept,), {"type": kind}))
