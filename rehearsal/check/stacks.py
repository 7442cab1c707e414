"""Stacks that are deployed, and what they have made."""

from __future__ import annotations

from collections.abc import Sequence

from check.aws import Aws, Refused
from rehearsal.app import StackArtifact

# there is no resource in these yet, or no more
EMPTY = ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_COMPLETE")
# a stack tells for a while what it had
GONE = ("DELETE_COMPLETE", "DELETE_SKIPPED")


def deployed(region: str, aws: Aws, account_id: str = "") -> dict[str, str]:
    """Those that have resources, whoever has deployed them, and the stack that each is in, at the very outside."""
    stacks = aws.ask("cloudformation:ListStacks", account_id, region)["StackSummaries"]
    # a stack that is deleted is told for a while
    return {
        stack["StackName"]: stack["RootId"].split("/")[1] if "RootId" in stack else stack["StackName"]
        for stack in stacks
        if stack["StackStatus"] not in EMPTY
    }


def made(stack: StackArtifact, logical_id: str, aws: Aws, account_id: str = "") -> str | None:
    """The physical ID of a resource of the app, if its stack has it by now."""
    return physical_id(stack.name, (logical_id,), account_id, stack.region or "", aws) or None


def physical_id(stack: str, path: Sequence[str], account_id: str, region: str, aws: Aws) -> str:
    """Of a resource in a stack, or in a stack inside it."""
    there = stack
    for logical_id in path:
        try:
            found = aws.ask("cloudformation:ListStackResources", account_id, region, StackName=there)["StackResourceSummaries"]
        except Refused as refused:
            if refused.code == "ValidationError":
                return ""
            raise
        mine = [item for item in found if item["LogicalResourceId"] == logical_id and item["ResourceStatus"] not in GONE]
        there = next((item.get("PhysicalResourceId", "") for item in mine), "")
        if not there:
            return ""
    return there
