"""Failures for a person: the reason first, then what it is about and where the app makes it."""

from __future__ import annotations

import textwrap
from typing import Any

from rehearsal.failures.guardrails import Stop
from rehearsal.report import Printer


def show(summary: dict[str, Any], printer: Printer) -> None:
    def line(text: str, indent: int = 0, more: int = 2) -> None:
        if printer.columns:
            begin = " " * indent
            text = textwrap.fill(
                text, printer.columns - 1, initial_indent=begin, subsequent_indent=begin + " " * more,
                break_long_words=False, break_on_hyphens=False,
            )
        else:
            text = " " * indent + text
        printer.line(text)

    for failed in summary["failures"]:
        printer.line()
        name = failed["stack"] or failed["name"] or failed["command"]
        printer.line(printer.red(f"{name} failed") + (f": {failed['status']}" if failed["status"] else ""))
        for cause in failed["causes"]:
            line(cause["reason"], 2, 0)
            if cause["stoppedBy"]:
                line(Stop(**cause["stoppedBy"]).text, 2, 0)
            if cause["logicalId"] != failed["name"]:
                line(f"{cause['construct'] or cause['logicalId']}, {cause['type']}", 4)
            if cause["construct"]:
                line(f"logical id {cause['logicalId']}", 4)
            if cause["lines"]:
                line("made in " + ", from ".join(cause["lines"]), 4)
        for said in failed["output"]:
            line(said.strip(), 2, 0)
        if failed["stoppedBy"]:
            line(Stop(**failed["stoppedBy"]).text, 2, 0)
        if failed["accountId"]:
            line(f"stack {failed['name']} in account {failed['accountId']}, {failed['region']}", 4)
    reasons: dict[str, list[str]] = {}
    for path, reason in summary["notTried"].items():
        reasons.setdefault(reason, []).append(path)
    if reasons or summary["doneAfterFailure"]:
        printer.line()
    for reason, paths in reasons.items():
        line(f"not tried, because of {reason}: {', '.join(paths)}")
    if summary["doneAfterFailure"]:
        line(f"done by going on after a failure: {', '.join(summary['doneAfterFailure'])}")
