"""What `plan` says of the order is what the CLI does."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from emulator.engine.stacks import cloudformation_backends

REPOSITORY = Path(__file__).parents[2]
MINIMAL = REPOSITORY / "examples" / "minimal"


def planned(assembly: Path) -> list[dict[str, Any]]:
    words = ["node", str(REPOSITORY / "cli/main.js"), "plan", "--accept", "--json", "--assembly", str(assembly)]
    steps = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)["steps"]
    return [
        {**stack, "command": step["command"], "step": index}
        for index, step in enumerate(steps)
        for stack in step["stacks"]
    ]


def lifetime(stack: dict[str, Any]) -> tuple[datetime, datetime]:
    """When AWS has begun to make it, and was done: what changes once accounts are known is later."""
    found = cloudformation_backends[stack["account"]][stack["region"]].find(stack["name"])
    made = next(event for event in found.events if event.logical_id == found.name and event.status == "CREATE_COMPLETE")
    return min(event.timestamp for event in found.events), made.timestamp


@pytest.mark.parametrize("concurrency", ["1", "8"])
def test_every_stack_is_begun_after_all_that_the_plan_names_before_it(drive, concurrency):
    driver = drive(MINIMAL).bootstrapped()
    commands = dict.fromkeys(stack["command"] for stack in planned(driver.play.sandbox.assembly))
    assert len(commands) == 3
    for command in commands:
        pattern = command.removeprefix("npx cdk deploy ").strip("'")
        done = driver.cdk("deploy", pattern, "--concurrency", concurrency)
        assert done.code == 0, driver.text(done)

    # now it knows the accounts
    stacks = planned(driver.play.sandbox.assembly)
    assert list(dict.fromkeys(stack["command"] for stack in stacks)) == list(commands)
    lives = {stack["path"]: lifetime(stack) for stack in stacks}
    waited = 0
    for stack in stacks:
        before = [*stack["after"], *(other["path"] for other in stacks if other["step"] < stack["step"])]
        waited += len(before)
        late = [path for path in before if lives[path][1] > lives[stack["path"]][0]]
        assert late == [], f"{stack['path']} was begun before they were done"
    assert waited > len(stacks)
