"""Periods and actions of alarms."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.engine import quotas
from emulator.engine.refusals import Asked, refuses


@refuses("AWS::CloudWatch::Alarm")
def alarm(asked: Asked) -> Iterator[str]:
    seconds = asked.properties.get("Period")
    if seconds is not None and int(seconds) not in (10, 20, 30) and int(seconds) % 60:
        yield "Period must be 10, 20, 30 or a multiple of 60"
    for key in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        if len(asked.properties.get(key, [])) > quotas.ALARM_ACTIONS:
            yield f"The collection {key} must not have a size greater than {quotas.ALARM_ACTIONS}."
