"""What failed: stacks with the events that began it, or else what the CLI says."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

from emulator.engine.stacks import Event, Stack
from rehearsal import world
from rehearsal.app import StackArtifact
from rehearsal.cdk import Command
from rehearsal.failures.guardrails import Guardrails, Stop
from rehearsal.failures.origins import Origins
from rehearsal.failures.output import readable
from rehearsal.selection import Selection

_CLI_SAYS = re.compile(r"❌\s+(?P<stack>\S+) failed(?: to deploy)?:?\s*(?P<reason>.*)")
_CONSEQUENCE = re.compile(r"Resource (creation|update|deletion) cancelled.*")
_ROLLBACK = re.compile(r"\s*(Rollback requested by user\.)?\s*$")
_NESTED = "AWS::CloudFormation::Stack"


@dataclass
class Cause:
    logical_id: str
    type: str
    reason: str
    construct: str | None = None
    lines: list[str] = field(default_factory=list)
    stop: Stop | None = None


@dataclass
class Failed:
    """A stack, or a command if there is no `stack` that it failed for."""

    command: str
    stack: str | None = None
    name: str | None = None
    account_id: str | None = None
    region: str | None = None
    status: str | None = None
    causes: list[Cause] = field(default_factory=list)
    # of the CLI, if no event says why
    output: list[str] = field(default_factory=list)
    # what the output is about
    stop: Stop | None = None

    @property
    def text(self) -> str:
        told = [(cause.reason, cause.stop) for cause in self.causes] or [(line, self.stop) for line in self.output[:1]]
        why = [f"{reason}: {stop.text}" if stop else reason for reason, stop in told]
        return f"'{self.stack or self.name or self.command}' failed: {'; '.join(why)}"

    def data(self) -> dict[str, Any]:
        return {
            "command": self.command,
            "stack": self.stack,
            "name": self.name,
            "accountId": self.account_id,
            "region": self.region,
            "status": self.status,
            "causes": [
                {
                    "reason": cause.reason,
                    "logicalId": cause.logical_id,
                    "type": cause.type,
                    "construct": cause.construct,
                    "lines": cause.lines,
                    "stoppedBy": cause.stop and asdict(cause.stop),
                }
                for cause in self.causes
            ],
            "output": self.output,
            "stoppedBy": self.stop and asdict(self.stop),
        }


class Watch:
    """Remembers how stacks were before a command, and tells afterwards what became of them."""

    def __init__(self, app_dir: Path, assembly: Path, management_id: str, region: str) -> None:
        self.origins, self.guardrails = Origins(app_dir), Guardrails(assembly)
        self.management_id, self.region = management_id, region
        self._events = {stack.id: len(stack.events) for stack in world.all_stacks()}

    def _new(self, stack: Stack) -> list[Event]:
        return stack.events[self._events.get(stack.id, 0) :]

    def _touched(self, selection: Selection) -> list[tuple[Stack, StackArtifact | None]]:
        places = {artifact.place(self.management_id, self.region): artifact for artifact in selection.stacks}
        return [
            (stack, places.get((stack.name, stack.account_id, stack.region)))
            for stack in world.all_stacks()
            if self._new(stack)
        ]

    def done(self, selection: Selection) -> set[str]:
        """Paths of the stacks that the command has brought to a good end."""
        touched = self._touched(selection)
        return {artifact.path for stack, artifact in touched if artifact and good(stack, selection.verb)}

    def failed(self, command: Command, selection: Selection) -> list[Failed]:
        touched = self._touched(selection)
        nested = {event.physical_id for stack, _ in touched for event in self._new(stack) if _is_nested(stack, event)}
        bad = [
            (stack, artifact)
            for stack, artifact in touched
            if stack.id not in nested and not good(stack, selection.verb) and stack.status != "REVIEW_IN_PROGRESS"
        ]
        # those of a stack set are told by the stack that has it
        bad = [(stack, artifact) for stack, artifact in bad if artifact] or bad
        found = [self._of_stack(stack, artifact, command) for stack, artifact in bad]
        found += self._of_cli(command, selection, {failed.name for failed in found})
        return found or [self._said(readable(command.output), command.text)]

    def _said(self, output: list[str], *of: str | None) -> Failed:
        return Failed(*of, output=output, stop=self.guardrails.stop("\n".join(output)))

    def _of_stack(self, stack: Stack, artifact: StackArtifact | None, command: Command) -> Failed:
        causes = self._causes(stack, artifact) or [Cause(stack.name, _NESTED, _own_reason(self._new(stack)))]
        path = artifact.path if artifact else None
        return Failed(command.text, path, stack.name, stack.account_id, stack.region, stack.status, causes)

    def _causes(self, stack: Stack, artifact: StackArtifact | None) -> list[Cause]:
        found: dict[tuple[str, str], list[Cause]] = {}
        for event in self._new(stack):
            if not event.status.endswith("_FAILED") or event.physical_id == stack.id:
                continue
            if event.reason is None or _CONSEQUENCE.fullmatch(event.reason):
                continue
            inner = []
            if event.type == _NESTED:
                nested = next((item for item in world.all_stacks() if item.id == event.physical_id), None)
                inner = self._causes(nested, artifact) if nested else []
            construct, lines = self.origins.of(stack, event.logical_id, artifact)
            own = Cause(event.logical_id, event.type, event.reason, construct, lines, self.guardrails.stop(event.reason))
            found[event.logical_id, event.status] = inner or [own]
        return [cause for causes in found.values() for cause in causes]

    def _of_cli(self, command: Command, selection: Selection, known: set[str | None]) -> list[Failed]:
        """Stacks that failed before they had an event: a refused change set, an asset."""
        found = []
        for index, line in enumerate(command.output):
            match = _CLI_SAYS.search(line)
            if match is None or match["stack"] in known:
                continue
            artifact = next((item for item in selection.stacks if match["stack"] in (item.name, item.path)), None)
            if artifact is not None:
                known |= {artifact.name, artifact.path}
                name, account, region = artifact.place(self.management_id, self.region)
                said = readable([match["reason"], *takewhile(_is_more, command.output[index + 1 :])])
                found.append(self._said(said, command.text, artifact.path, name, account, region))
        return found


def _is_more(line: str) -> bool:
    """Up to what the CLI says of another stack."""
    return _CLI_SAYS.search(line) is None


def good(stack: Stack, verb: str) -> bool:
    if verb == "destroy":
        return stack.is_deleted
    return stack.status.endswith("_COMPLETE") and "ROLLBACK" not in stack.status


def _is_nested(stack: Stack, event: Event) -> bool:
    return event.type == _NESTED and event.physical_id != stack.id


def _own_reason(events: list[Event]) -> str:
    """Of a stack whose resources say nothing: its outputs, or an export that is in use."""
    reasons = [event.reason for event in events if event.reason and event.reason != "User Initiated"]
    return _ROLLBACK.sub("", reasons[0]) if reasons else "no event says why"
