"""Whether AWS decides as the evaluator of our isolation tests does, over the policies of identities and of the organization."""

from __future__ import annotations

import json
import random
from typing import Any

from botocore.exceptions import ClientError

from experiment import Outcome, Setting

MOST = 300


class Simulations:
    name = "simulations"
    question = f"does IAM decide {MOST} requests of the isolation tests as the tests expect?"
    source = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html"
    costs = "nothing"
    leaves = "nothing"

    def run(self, setting: Setting) -> list[Outcome]:
        if setting.requests is None:
            return [Outcome("requests", None, "not tried: give --requests")]
        lines = setting.requests.read_text("utf-8").splitlines()
        # the simulator knows the policies of resources for users only
        asked = [request for request in map(json.loads, lines) if "resourcePolicy" not in request]
        # the same ones each time
        chosen = random.Random(1).sample(asked, min(MOST, len(asked)))
        api = setting.client("iam")
        left = Outcome("requests", None, f"{len(lines) - len(chosen)} of {len(lines)} not tried: a policy of a resource has a say, or they are too many")
        return [*(ask(api, request) for request in chosen), *([left] if len(chosen) < len(lines) else [])]


def ask(api: Any, request: dict[str, Any], name: str = "") -> Outcome:
    """By the policies of the identity and of the organization: what a resource's own say is not sent."""
    subject = f"{name or request['principal']} {request['action']} {request['resource']}"
    levels = [[json.dumps(policy) for policy in level] for level in request["controls"]]
    try:
        answer = api.simulate_custom_policy(
            PolicyInputList=[json.dumps(policy) for policy in request["identity"]],
            ActionNames=[request["action"]],
            ResourceArns=[request["resource"]],
            ContextEntries=[_entry(name, value) for name, value in request["context"].items()],
            **({"OrderedOrganizationPolicyInputList": [{"ServiceControlPolicyInputList": level} for level in levels]} if levels else {}),
        )
    except ClientError as error:
        return Outcome(subject, None, f"IAM cannot be asked: {error}")
    decision = answer["EvaluationResults"][0]["EvalDecision"]
    expected = "allowed" if request["allowed"] else "denied"
    return Outcome(subject, (decision == "allowed") == request["allowed"], f"IAM says {decision}, the tests {expected}")


def _entry(name: str, value: str | list[str]) -> dict[str, Any]:
    values = value if isinstance(value, list) else [value]
    kind = "boolean" if all(one in ("true", "false") for one in values) else "string"
    return {
        "ContextKeyName": name,
        "ContextKeyValues": values,
        "ContextKeyType": f"{kind}List" if isinstance(value, list) else kind,
    }
