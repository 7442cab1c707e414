"""Schedules and targets of EventBridge's rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emulator.engine import quotas
from emulator.engine.refusals import Asked, refuses

_RATE = re.compile(r"rate\((1 (minute|hour|day)|(?!0|1 )\d+ (minutes|hours|days))\)")
_CRON_FIELDS = 6


@refuses("AWS::Events::Rule")
def schedule(asked: Asked) -> Iterator[str]:
    given = asked.properties.get("ScheduleExpression")
    if isinstance(given, str) and not (_RATE.fullmatch(given) or _is_cron(given)):
        yield "Parameter ScheduleExpression is not valid."


@refuses("AWS::Events::Rule")
def targets(asked: Asked) -> Iterator[str]:
    if len(asked.properties.get("Targets", [])) > quotas.RULE_TARGETS:
        yield "The requested resource exceeds the maximum number allowed."


def _is_cron(text: str) -> bool:
    """Minutes, hours, day of the month, month, day of the week, year; one of the two days is '?'."""
    found = re.fullmatch(r"cron\((.*)\)", text)
    fields = found.group(1).split() if found else []
    if len(fields) != _CRON_FIELDS or (fields[2] == "?") == (fields[4] == "?"):
        return False
    return _fit(fields[0], 59) and _fit(fields[1], 23) and _fit(fields[2], 31)


def _fit(field: str, most: int) -> bool:
    return all(int(number) <= most for number in re.findall(r"(?<![/\d])\d+", field))
