"""What an experiment is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import boto3


@dataclass(frozen=True)
class Setting:
    session: boto3.Session
    region: str
    assembly: Path | None
    requests: Path | None
    deeds: Path | None = None
    # ID of the throw-away organization that the account manages, if one was named
    organization: str | None = None

    def client(self, service: str) -> Any:
        return self.session.client(service, region_name=self.region)

    def templates(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """File and content of each template of the assembly."""
        for file in sorted(self.assembly.rglob("*.template.json")) if self.assembly else []:
            yield file.name, json.loads(file.read_text("utf-8"))


@dataclass(frozen=True)
class Outcome:
    subject: str
    # None where it was not tried
    holds: bool | None
    found: str = ""
    # words of AWS that are worth knowing if it holds, too
    words: str = ""


NO_ASSEMBLY = Outcome("templates", None, "not tried: give --assembly")


class Experiment(Protocol):
    name: str
    question: str
    # where AWS says what is expected, or leaves it open
    source: str
    costs: str
    leaves: str

    def run(self, setting: Setting) -> list[Outcome]: ...


def compact(template: dict[str, Any]) -> str:
    return json.dumps(template, separators=(",", ":"))
