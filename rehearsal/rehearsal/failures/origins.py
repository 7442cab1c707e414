"""Where in the app a resource comes from: its construct, and the lines of the app that made it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from emulator.engine.stacks import Stack
from rehearsal.app import StackArtifact

# as node, Python, C#, Go and Java write them; Java has the name of the file only
_FRAME = re.compile(r'(?:file://)?(?P<path>/[^()":]+|(?<=\()\w+\.java)(?:", line |:line |:)(?P<line>\d+)')


class Origins:
    def __init__(self, app_dir: Path) -> None:
        self.app_dir = app_dir
        self._read: dict[Path, Any] = {}

    def of(self, stack: Stack, logical_id: str, artifact: StackArtifact | None) -> tuple[str | None, list[str]]:
        """The construct and the lines, as far as the assembly has them; the innermost line is first."""
        if artifact is None:
            return None, []
        notes = self._notes(artifact)
        construct = (
            _construct(stack.template, logical_id)
            or _construct(self._json(artifact.template) if stack.name == artifact.name else {}, logical_id)
            or _noted(notes, logical_id)
        )
        if construct is None:
            return None, []
        return construct, self.lines(line for entry in notes.get(f"/{construct}", []) for line in _trace(entry))

    def lines(self, trace: Iterable[str]) -> list[str]:
        """Those of the app's own files. jsii tells nothing of the lines of other languages."""
        found = []
        for match in filter(None, (_FRAME.search(str(line)) for line in trace)):
            path = self._file(match["path"])
            if path is not None and "node_modules" not in path.parts:
                found.append(f"{path}:{match['line']}")
        return list(dict.fromkeys(found))

    def _file(self, path: str) -> Path | None:
        if path.startswith("/"):
            return Path(path).relative_to(self.app_dir) if Path(path).is_relative_to(self.app_dir) else None
        return next((file.relative_to(self.app_dir) for file in self.app_dir.rglob(path)), None)

    def _notes(self, artifact: StackArtifact) -> dict[str, Any]:
        content = self._json(artifact.metadata)
        if "artifacts" not in content:
            return content
        # an older library has them in the manifest
        artifacts = content["artifacts"].values()
        return {path: notes for item in artifacts for path, notes in item.get("metadata", {}).items()}

    def _json(self, file: Path) -> dict[str, Any]:
        if file not in self._read:
            self._read[file] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
        return self._read[file]


def _construct(template: dict[str, Any], logical_id: str) -> str | None:
    return template.get("Resources", {}).get(logical_id, {}).get("Metadata", {}).get("aws:cdk:path")


def _noted(notes: dict[str, Any], logical_id: str) -> str | None:
    """A nested stack may have the same logical id: then nobody knows."""
    found = [
        path[1:]
        for path, entries in notes.items()
        if any(entry["type"] == "aws:cdk:logicalId" and entry.get("data") == logical_id for entry in entries)
    ]
    return found[0] if len(found) == 1 else None


def _trace(entry: dict[str, Any]) -> list[str]:
    """Newer libraries note the creation, older ones add a trace to the logical id."""
    if entry["type"] == "aws:cdk:creationStack":
        return entry["data"]
    return entry.get("trace", []) if entry["type"] == "aws:cdk:logicalId" else []
