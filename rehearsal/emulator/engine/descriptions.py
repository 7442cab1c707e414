"""A stack as DescribeStacks shows it."""

from __future__ import annotations

from typing import Any

from emulator.engine.stacks import Stack


def pairs(values: dict[str, str], prefix: str) -> list[dict[str, str]]:
    return [{f"{prefix}Key": key, f"{prefix}Value": value} for key, value in values.items()]


def description(stack: Stack) -> dict[str, Any]:
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "CreationTime": stack.created,
        "LastUpdatedTime": stack.updated,
        "DeletionTime": stack.deleted,
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason,
        "RoleARN": stack.role_arn,
        "DisableRollback": False,
        "Description": stack.template.get("Description"),
        "Outputs": stack.outputs,
        "Tags": pairs(stack.tags, ""),
        "Parameters": [
            {
                "ParameterKey": key,
                "ParameterValue": stack.given.get(key, str(declared.get("Default", ""))),
                **({"ResolvedValue": str(stack.parameters.get(key))} if "SSM" in declared.get("Type", "") else {}),
            }
            for key, declared in stack.template.get("Parameters", {}).items()
        ],
        "EnableTerminationProtection": stack.termination_protection,
        "TemplateDescription": stack.template.get("Description"),
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSummary.html
        **({"ParentId": stack.parent.id, "RootId": stack.root.id} if stack.parent else {}),
    }
