"""Names of queues."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emulator.engine.refusals import Asked, refuses


@refuses("AWS::SQS::Queue")
def name(asked: Asked) -> Iterator[str]:
    given, fifo = asked.properties.get("QueueName"), str(asked.properties.get("FifoQueue", "")).lower() == "true"
    if not isinstance(given, str):
        return
    bare = given.removesuffix(".fifo") if fifo else given
    if not re.fullmatch(r"[A-Za-z0-9_-]+", bare) or len(given) > 80:
        yield "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
    elif fifo and bare == given:
        yield (
            "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with "
            ".fifo suffix and be 1 to 80 in length"
        )
