"""Prints how many of the refusals of AWS in refused/ are told, and which are not.

Run it by `rehearsal/python.sh rehearsal/tests/told.py`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from refused import CASES  # noqa: E402
from refused.case import Case, Template  # noqa: E402
from refusing import deploy  # noqa: E402

from emulator.engine.server import Emulator  # noqa: E402

ROWS = {row["rule"]: row for row in json.loads((Path(__file__).parents[1] / "refusals.json").read_text("utf-8"))}


def reason(case: Case, body: Template | str) -> str:
    with Emulator():
        case.ready()
        for before, name in ((case.beside, "other"), (case.before, "s")):
            if before is not None and (why := deploy(before, name)):
                return f"before it: {why}"
        return deploy(body, **case.parameters)


def main(cases: dict[str, Case], verbose: bool) -> None:
    told, worded = 0, 0
    for rule, case in cases.items():
        why, neighbour = reason(case, case.refused), reason(case, case.accepted)
        words = ROWS.get(rule, {}).get("words")
        told += bool(why) and not neighbour
        worded += bool(words) and str(words) in why and not neighbour
        if not why or neighbour or str(words) not in why or verbose:
            print(f"{rule}: {why or 'accepted'}{f'; its neighbour: {neighbour}' if neighbour else ''}")
    print(f"told {told} of {len(cases)}, in the words of refusals.json {worded}")


if __name__ == "__main__":
    main(CASES, "-v" in sys.argv)
