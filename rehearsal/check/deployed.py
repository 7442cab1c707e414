"""What AWS has of an app by now: its stacks with their templates, as `plan --against` compares them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from check.app import Org, Stage
from check.aws import Aws, Refused, Unanswered
from check.checks.accounts import account_of
from check.stacks import EMPTY, physical_id
from rehearsal.app import PLACEHOLDER


def deployed(org: Org, aws: Aws) -> dict[str, list[dict[str, Any]]]:
    """Stacks, and where they could not be read."""
    stacks: list[dict[str, Any]] = []
    unread: list[dict[str, str]] = []
    for stages, region in _places(org):
        try:
            account_id = aws.account_id if stages[0] is org.root else account_of(stages[0], aws)
            if aws.account_id != org.root.account_id:
                raise Unanswered("", f"it would be about account {aws.account_id}")
            if account_id:
                stacks += _in_region(org, stages, account_id, region, aws)
        except (Unanswered, Refused, yaml.YAMLError) as error:
            unread += [{"stage": stage.name, "region": region, "why": str(error)} for stage in stages]
    return {"stacks": stacks, "unread": unread}


def _places(org: Org) -> Iterator[tuple[list[Stage], str]]:
    """The stages of each account, which may be several, and its regions."""
    accounts: dict[str, list[Stage]] = {}
    for stage in org.stages:
        accounts.setdefault(stage.account_id or stage.name, []).append(stage)
    for stages in accounts.values():
        regions = {stack.region for stage in stages for stack in org.stacks_of(stage) if stack.region}
        for region in sorted(regions | {stage.region for stage in stages}):
            yield stages, region


def _in_region(org: Org, stages: list[Stage], account_id: str, region: str, aws: Aws) -> list[dict[str, Any]]:
    named = {stack.name for stage in stages for stack in org.stacks_of(stage)}
    known = {stack.path for stage in org.stages for stack in org.stacks_of(stage)}
    # nobody knows yet where these are
    named |= {stack.name for stack in org.stacks if stack.account in (None, PLACEHOLDER) and stack.path not in known}
    found = []
    for stack in aws.ask("cloudformation:DescribeStacks", account_id, region)["Stacks"]:
        name = stack["StackName"]
        if stack["StackStatus"] in EMPTY or "ParentId" in stack or name not in named and not _is_named_alike(org, name):
            continue
        templates = dict(_templates(stack["StackId"], (), account_id, region, aws))
        whole = templates.pop("")
        if name in named or _is_of_the_app(org, whole):
            found.append(
                {
                    "name": name,
                    "account": account_id,
                    "region": region,
                    **({"stage": stages[0].name} if len(stages) == 1 else {}),
                    "status": stack["StackStatus"],
                    "terminationProtection": stack.get("EnableTerminationProtection", False),
                    "template": whole,
                    "nested": templates,
                }
            )
    return found


def _tops(org: Org) -> list[str]:
    """Paths of the constructs that all of the organization is in."""
    return [org.id] if org.id else list(dict.fromkeys(stack.path.split("/")[0] for stack in org.stacks))


def _is_named_alike(org: Org, name: str) -> bool:
    """As the CDK names a stack by its path: whatever else is in the account is nobody's business here."""
    return name.startswith(tuple(f"{top.replace('/', '-')}-" for top in _tops(org)))


def _is_of_the_app(org: Org, template: dict[str, Any]) -> bool:
    """By the paths of its constructs, which the CDK CLI has in each template."""
    paths = [resource.get("Metadata", {}).get("aws:cdk:path", "") for resource in _resources(template).values()]
    return any(path.startswith(tuple(f"{top}/" for top in _tops(org))) for path in paths)


def _resources(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    # a loop of the template language is none
    return {key: one for key, one in template.get("Resources", {}).items() if isinstance(one, dict)}


def _templates(
    stack: str, path: tuple[str, ...], account_id: str, region: str, aws: Aws
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Of a stack and of those in it, by the logical IDs that lead there."""
    template = parse(aws.ask("cloudformation:GetTemplate", account_id, region, StackName=stack)["TemplateBody"])
    yield "/".join(path), template
    for logical_id, resource in _resources(template).items():
        if resource.get("Type") == "AWS::CloudFormation::Stack":
            inner = physical_id(stack, (logical_id,), account_id, region, aws)
            if inner:
                yield from _templates(inner, (*path, logical_id), account_id, region, aws)


def parse(body: Any) -> dict[str, Any]:
    """boto3 parses JSON; the CDK CLI deploys its bootstrap as YAML."""
    return yaml.load(body, _Loader) if isinstance(body, str) else body


class _Loader(yaml.SafeLoader):
    """With the short forms of functions, and dates as they are written."""


def _function(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    match node:
        case yaml.ScalarNode():
            value: Any = loader.construct_scalar(node)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case _:
            value = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _function)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_yaml_str)
