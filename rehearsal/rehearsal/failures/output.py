"""What a command said, as far as it helps who reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator

# of node, of libraries and of the CLI, around what an app says when it ends
_NOISE = re.compile(
    r"\s*((at|throw) .*|\.\.\..*\.\.\.|[\^~]+|Node\.js v[\d.]+|goroutine \d+.*|exit status \d+"
    r"|.*Subprocess exited with error \d+|The above exception was the direct cause.*|During handling of the above.*)?"
)
# node shows the line of a file below its place: of a library, that is all of it
_PLACE = re.compile(r"(file://)?(/|node:)[^\s:]+:\d+")
# the CDK's validation has the place with a column, above what it says of it
_ABOVE = re.compile(r"/[^\s:]+:\d+:\d+")


def readable(output: list[str]) -> list[str]:
    """Without where in node or a library something happened, and each line once."""
    return list(dict.fromkeys(line for line in _without_traces(output) if not _NOISE.fullmatch(line)))


def _without_traces(output: list[str]) -> Iterator[str]:
    below_place = traceback = False
    above = ""
    for line in output:
        if _ABOVE.fullmatch(line):
            above = line
            continue
        if above:
            yield from (line, f"   {above}")
            above = ""
        elif _PLACE.fullmatch(line.strip()):
            below_place = True
        elif below_place:
            below_place = False
        elif line.startswith("Traceback (most recent call last)"):
            traceback = True
        elif not (traceback and line.startswith("  ")):
            traceback = False
            yield line
