"""Names of queues, and where they leave what failed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from emulator.engine.refusals import Asked, refuses


@refuses("AWS::SQS::Queue")
def name(asked: Asked) -> Iterator[str]:
    given, fifo = asked.properties.get("QueueName"), _is_fifo(asked.properties)
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


@refuses("AWS::SQS::Queue")
def dead_letters(asked: Asked) -> Iterator[str]:
    fifo, policy = _is_fifo(asked.properties), asked.properties.get("RedrivePolicy")
    if not fifo and str(asked.properties.get("ContentBasedDeduplication", "")).lower() == "true":
        yield "Unknown Attribute ContentBasedDeduplication."
    if not isinstance(policy, dict):
        return
    count = policy.get("maxReceiveCount")
    if count is not None and not 1 <= int(count) <= 1000:
        yield (
            f"Value {json.dumps(policy)} for parameter RedrivePolicy is invalid. Reason: Invalid value for "
            f"maxReceiveCount: {count}, valid values are from 1 to 1000 both inclusive."
        )
    target = policy.get("deadLetterTargetArn")
    if target and str(target).endswith(".fifo") != fifo:
        yield (
            f"Value {json.dumps(policy)} for parameter RedrivePolicy is invalid. Reason: Dead-letter queue "
            "must be same type of queue as the source."
        )


def _is_fifo(properties: dict[str, Any]) -> bool:
    return str(properties.get("FifoQueue", "")).lower() == "true"
