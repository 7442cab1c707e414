"""Exported outputs: one of a name in an account and region, and none changes or goes while a stack imports it."""

from __future__ import annotations

from collections.abc import Iterable

from emulator.engine.errors import ValidationError
from emulator.engine.stacks import CloudFormationBackend, Stack


def exported(outputs: list[dict[str, str]]) -> dict[str, str]:
    return {output["ExportName"]: output["OutputValue"] for output in outputs if "ExportName" in output}


def importers(backend: CloudFormationBackend, name: str) -> list[str]:
    return [stack.name for stack in backend.living() if name in stack.imports]


def check(backend: CloudFormationBackend, stack: Stack, outputs: list[dict[str, str]]) -> None:
    wanted, had = exported(outputs), exported(stack.outputs)
    for other in backend.living():
        taken = wanted.keys() & exported(other.outputs) if other is not stack else ()
        for name in sorted(taken):
            raise ValidationError(f"Export with name {name} is already exported by stack {other.name}.")
    gone = (name for name in had if name not in wanted)
    _check_use(backend, stack, gone, "Export {} cannot be deleted as it is in use by {}.")
    changed = (name for name, value in had.items() if name in wanted and wanted[name] != value)
    _check_use(backend, stack, changed, "Export {} cannot be updated as it is in use by {}.")


def check_deletion(backend: CloudFormationBackend, stack: Stack) -> None:
    _check_use(
        backend, stack, exported(stack.outputs), "Delete canceled. Cannot delete export {} as it is in use by {}."
    )


def _check_use(backend: CloudFormationBackend, stack: Stack, names: Iterable[str], words: str) -> None:
    for name in names:
        users = [user for user in importers(backend, name) if user != stack.name]
        if users:
            raise ValidationError(words.format(name, ", ".join(users)))
