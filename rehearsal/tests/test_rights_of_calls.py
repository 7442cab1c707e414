"""The rights of each call that the library makes by hand: enough, and none of them too many."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from test_every_template import compared

from emulator.engine import allowed
from emulator.engine.handlers import asker, function_of
from emulator.engine.identities import role_of
from emulator.engine.stacks import Deployed
from emulator.services.cloudformation.custom_resources import AwsCustomResource
from rehearsal import world

REFERENCE = Path(__file__).parents[2] / "examples" / "typescript"


def calls() -> Iterator[tuple[str, Deployed, dict[str, Any]]]:
    """Each call with the policy that was written for it."""
    for stacks in world.stacks_by_account().values():
        for stack in stacks:
            for name, deployed in stack.resources.items():
                if isinstance(deployed.resource, AwsCustomResource):
                    waits = deployed.declaration.get("DependsOn", [])
                    own = [stack.resources[other] for other in ([waits] if isinstance(waits, str) else waits)]
                    (policy,) = [one.properties["PolicyDocument"] for one in own if one.resource.type == "AWS::IAM::Policy"]
                    yield f"{stack.account_id} {stack.name} {name}", deployed, policy


def without(policy: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The policy with one right less, for each of them."""
    for index, statement in enumerate(policy["Statement"]):
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        for action in actions:
            weaker = deepcopy(policy)
            weaker["Statement"][index]["Action"] = [other for other in actions if other != action]
            yield action, weaker


def refused(deployed: Deployed, policy: dict[str, Any], *, other_records: bool = False) -> list[str]:
    """What a function would be refused that had this policy alone."""
    properties = deployed.properties
    resource: Any = deployed.resource
    role = role_of(function_of(resource.place, properties).role)
    inline, role.policies = role.policies, {"own": json.dumps(policy)}
    try:
        texts = [properties[key] for key in ("Create", "Update", "Delete") if properties.get(key)]
        if other_records:
            texts = [re.sub(r'"Name":\s*"_[^.]+', '"Name":"www', text) for text in texts]
        caller = asker(resource.place, properties)
        calls = [resource.asked(json.loads(text), caller) for text in texts]
        answers = [allowed.refused(caller, client.meta.service_model, *call) for client, *call in calls]
        return [answer for answer in answers if answer]
    finally:
        role.policies = inline


def test_each_right_of_each_call_is_needed_and_none_is_missing(drive):
    reference = drive(REFERENCE).bootstrapped()
    assert reference.organization().code == 0
    everything = reference.everything()
    assert everything.code == 0, reference.text(everything)
    # nothing of the example is in another shape or lost either
    compared([stack for stacks in world.stacks_by_account().values() for stack in stacks])
    found = list(calls())
    assert {call: refused(deployed, policy) for call, deployed, policy in found if refused(deployed, policy)} == {}
    removed = [(call, action, deployed, weaker) for call, deployed, policy in found for action, weaker in without(policy)]
    assert [f"{call}: {action}" for call, action, deployed, weaker in removed if not refused(deployed, weaker)] == []
    assert {call for call, *_ in removed} == {call for call, *_ in found}
    assert len(found) > 10
    records = [(call, deployed, policy) for call, deployed, policy in found if "changeResourceRecordSets" in str(deployed.properties)]
    assert [call for call, deployed, policy in records if not refused(deployed, policy, other_records=True)] == []
    assert records != []
