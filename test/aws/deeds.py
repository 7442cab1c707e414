"""Whether AWS decides of each deed of a guardrail as the guardrail says, over the same policies of the organization."""

from __future__ import annotations

import json
from typing import Any

from experiment import Outcome, Setting
from simulations import ask


class Deeds:
    name = "deeds"
    question = "does IAM stop, by the policies of each guardrail, the deeds that it stops, and let pass what it lets pass?"
    source = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html"
    costs = "nothing"
    leaves = "nothing"

    def run(self, setting: Setting) -> list[Outcome]:
        if setting.deeds is None:
            return [Outcome("guardrails", None, "not tried, none of their deeds: give --deeds")]
        lines = [json.loads(line) for line in setting.deeds.read_text("utf-8").splitlines()]
        # the simulator knows no resource control policies
        limited = [line for line in lines if any(map(_denies, line["controls"]))]
        # the same under another name
        asked = list({json.dumps({**line, "name": ""}): line for line in limited}.values())
        api = setting.client("iam")
        left = Outcome("guardrails", None, f"{len(lines) - len(limited)} of {len(lines)} not tried: no service control policy has a say")
        return [*(ask(api, line, line["name"]) for line in asked), *([left] if len(limited) < len(lines) else [])]


def _denies(level: list[dict[str, Any]]) -> bool:
    return any(statement["Effect"] == "Deny" for policy in level for statement in policy["Statement"])
