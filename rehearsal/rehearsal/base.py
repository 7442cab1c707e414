"""The app as a git ref has it, in a worktree of its own for as long as it is rehearsed."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rehearsal.failure import Failure

# not in git: the packages of today serve the other ref, too
_INSTALLED = ("node_modules", ".venv", "venv")
_OF_GIT = re.compile("GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE)")


def commit_of(app_dir: Path, ref: str) -> str:
    commit = _git(app_dir, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if commit is None:
        raise Failure(f"--from names '{ref}', which is no git ref of the repository that '{app_dir}' is in")
    return commit


@contextmanager
def checked_out(app_dir: Path, ref: str, parent: Path) -> Iterator[Path]:
    """The folder of the app there; the packages of other folders of the repository are those of today."""
    commit = commit_of(app_dir, ref)
    top = Path(_git(app_dir, "rev-parse", "--show-toplevel") or "").resolve()
    tree = parent / f"from-{commit}"
    if _git(top, "worktree", "add", "--detach", "--force", str(tree), commit) is None:
        raise Failure(f"git cannot check out '{ref}' into '{tree}'")
    try:
        folder = tree / app_dir.resolve().relative_to(top)
        if not folder.is_dir():
            raise Failure(f"--from names '{ref}', which has no folder '{folder.relative_to(tree)}'")
        _borrow(top, app_dir.resolve(), tree)
        yield folder
    finally:
        _git(top, "worktree", "remove", "--force", str(tree))


def _borrow(top: Path, app_dir: Path, tree: Path) -> None:
    for folder in (app_dir, *app_dir.parents):
        if not folder.is_relative_to(top):
            return
        for name in _INSTALLED:
            installed, there = folder / name, tree / folder.relative_to(top) / name
            if installed.exists() and not there.exists():
                there.symlink_to(installed)


def _git(folder: Path, *words: str) -> str | None:
    # git hands these to its hooks, and would take them for where the worktree is
    env = {name: value for name, value in os.environ.items() if not _OF_GIT.fullmatch(name)}
    quiet = ["git", "-c", "core.hooksPath=/dev/null", *words]
    done = subprocess.run(quiet, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None
