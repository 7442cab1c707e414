"""Which guardrail stopped something: AWS names the policy alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from emulator.engine import callers
from emulator.engine.policies import Attached


@dataclass(frozen=True)
class Stop:
    policy: str
    statement: str
    # none if the policy is of no guardrail of the app
    guardrail: str | None = None

    @property
    def text(self) -> str:
        statement = f"statement {self.statement}" if self.statement else "a statement"
        where = f"{statement} of policy '{self.policy}'"
        return f"guardrail '{self.guardrail}' stops this, by {where}" if self.guardrail else f"{where} stops this"


class Guardrails:
    """Those of the app, by its facts."""

    def __init__(self, assembly: Path) -> None:
        self.assembly = assembly

    def stop(self, text: str) -> Stop | None:
        """What a policy of an organization denied, as AWS said somewhere in the text."""
        for answer, denial in callers.denials.items():
            if answer in text and isinstance(denial.policy, Attached):
                name = denial.policy.name
                return Stop(name, denial.sid, self._of(name, denial.sid))
        return None

    def _of(self, policy: str, statement: str) -> str | None:
        facts = (fact for file in self.assembly.rglob("*.organization.json") for fact in json.loads(file.read_text("utf-8"))["facts"])
        wanted = {"kind": "guardrail-statement", "name": statement}
        found = [fact for fact in facts if wanted.items() <= fact.items()]
        # a policy for more stages than one template can name has several parts, of which the first has its name
        names = [policy, re.sub(r"-\d+$", "", policy)]
        return next((fact["value"] for name in names for fact in found if fact["subject"] == name), None)
