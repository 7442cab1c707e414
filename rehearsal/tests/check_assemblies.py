"""Holds `check` against the same app in several languages: assemblies, of which each must get the answers of the first."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
sys.path.insert(0, str(Path(__file__).parents[1]))
# moto warns about its own internals
warnings.filterwarnings("ignore", module="moto")

from check.rows import Row  # noqa: E402
from emulator.engine.server import Emulator  # noqa: E402
from rehearsal.checked import check  # noqa: E402

ROOT, REGION = "111111111111", "eu-west-1"


def answers(assembly: Path) -> list[Row]:
    """In an account in which nothing is yet."""
    with Emulator() as emulator:
        found = check(assembly, "acme", emulator, ROOT, REGION)
    assert found, f"'{assembly}' has no organization"
    return found


def main(assemblies: list[str]) -> int:
    first, *others = [answers(Path(assembly)) for assembly in assemblies]
    different = [assembly for assembly, found in zip(assemblies[1:], others) if found != first]
    for assembly in different:
        print(f"check answers otherwise for '{assembly}'")
    print(f"check: {len(first)} answers, the same for {len(assemblies) - len(different)} of {len(assemblies)} assemblies")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
