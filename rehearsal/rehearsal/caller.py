"""Who calls the CLI. Its answer is known from the first assembly; a good guess saves making that again."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

# who the CLI is while nobody knows the app's management account, and where
NOBODY, NOWHERE = "111111111111", "us-east-1"

_ACCOUNT = re.compile(r"management_?account_?id\W+(?:jsii\.String\W+)?(\d{12})\b", re.IGNORECASE)
_REGION = re.compile(r"home_?region\W+(?:jsii\.String\W+)?([a-z]{2}(?:-[a-z]+)+-\d)\b", re.IGNORECASE)
_SUFFIXES = (".ts", ".js", ".mjs", ".py", ".java", ".cs", ".go", ".json")
_NOT_SOURCE = re.compile(r"\..*|node_modules|cdk\.out|target|dist")


def probable(app_dir: Path) -> tuple[str, str]:
    """Account and region of the first organization, as the source of the app has them."""
    texts = list(sources(app_dir))
    found = [next((match[1] for text in texts if (match := wanted.search(text))), None) for wanted in (_ACCOUNT, _REGION)]
    return found[0] or NOBODY, found[1] or NOWHERE


def sources(app_dir: Path) -> Iterator[str]:
    """The text of each file that somebody may have written."""
    for folder, folders, names in os.walk(app_dir):
        folders[:] = sorted(name for name in folders if not _NOT_SOURCE.fullmatch(name))
        for name in sorted(names):
            if name.endswith(_SUFFIXES):
                yield (Path(folder) / name).read_text("utf-8", "replace")
