"""The answers, for a person to read."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from check.rows import Row, Verdict

WIDTH = 110
_COLORS = {Verdict.GOOD.value: "32", Verdict.BAD.value: "31", Verdict.UNKNOWN.value: "33"}


def table(rows: Iterable[Row], color: bool = False) -> str:
    rows = list(rows)
    width = max((len(row.subject) for row in rows), default=0)
    lines: list[str] = []
    for group, members in groupby(rows, key=lambda row: row.group):
        lines += ["", printable(group)]
        for row in members:
            lines += _lines(row, width, color)
    counts = {verdict: sum(row.verdict == verdict.value for row in rows) for verdict in Verdict}
    total = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict)
    return "\n".join([*lines, "", total])


def printable(text: str) -> str:
    """Names are chosen by others, and must not talk to the terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _lines(row: Row, width: int, color: bool) -> list[str]:
    row = replace(row, subject=printable(row.subject), found=printable(row.found), advice=printable(row.advice))
    mark = f"\033[{_COLORS[row.verdict]}m{row.verdict}\033[0m" if color else row.verdict
    start, indent = f"  {mark} {row.subject.ljust(width)}  ", " " * (width + 6)
    found = textwrap.wrap(row.found, WIDTH - len(indent), break_on_hyphens=False) or [""]
    advice = textwrap.wrap(f"→ {row.advice}", WIDTH - len(indent), break_on_hyphens=False) if row.advice else []
    return [start + found[0], *(indent + line for line in [*found[1:], *advice])]
