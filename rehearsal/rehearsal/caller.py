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
    found = [
        next((match[1] for text in texts if (match := wanted.search(text))), None) for wanted in (_ACCOUNT, _REGION)
    ]
    account_id, region = default()
    return found[0] or account_id, found[1] or region


def default() -> tuple[str, str]:
    """Who calls for an app that does not say: the variables that the CLI sets for apps choose."""
    account_id, region = (os.environ.get(f"CDK_DEFAULT_{name}", "") for name in ("ACCOUNT", "REGION"))
    return account_id if re.fullmatch(r"\d{12}", account_id) else NOBODY, region or NOWHERE


def is_a_guess(app_dir: Path, account_id: str) -> bool:
    """Whether neither the app nor a variable has this account."""
    named = account_id in os.environ.values() or any(account_id in text for text in sources(app_dir))
    return account_id == NOBODY and not named


def sources(app_dir: Path) -> Iterator[str]:
    """The text of each file that somebody may have written."""
    for folder, folders, names in os.walk(app_dir):
        folders[:] = sorted(name for name in folders if not _NOT_SOURCE.fullmatch(name))
        for name in sorted(names):
            if name.endswith(_SUFFIXES):
                yield (Path(folder) / name).read_text("utf-8", "replace")
