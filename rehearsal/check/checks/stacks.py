"""What the app's own stacks have made."""

from __future__ import annotations

from check.aws import Aws, Refused
from rehearsal.app import StackArtifact

# there is no resource in these yet, or no more
_EMPTY = ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_COMPLETE")
# the resource is no more, or no stack's
_GONE = ("DELETE_COMPLETE", "DELETE_SKIPPED")


def deployed(region: str, aws: Aws) -> set[str]:
    """The names of all stacks in root, whoever has deployed them."""
    stacks = aws.ask("cloudformation:ListStacks", region=region)["StackSummaries"]
    return {stack["StackName"] for stack in stacks if stack["StackStatus"] not in _EMPTY}


def made(stack: StackArtifact, logical_id: str, aws: Aws, account_id: str = "") -> str | None:
    """The physical ID of a resource, if the stack has it by now."""
    try:
        resources = aws.ask("cloudformation:ListStackResources", account_id, stack.region or "", StackName=stack.name)
    except Refused as refused:
        if refused.code == "ValidationError":
            return None
        raise
    for item in resources["StackResourceSummaries"]:
        if item["LogicalResourceId"] == logical_id and item["ResourceStatus"] not in _GONE:
            return item.get("PhysicalResourceId")
    return None
