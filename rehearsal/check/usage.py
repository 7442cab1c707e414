"""How much of a quota is in use already, without what the app's own stacks have made: their templates count it."""

from __future__ import annotations

import re
from typing import Any

from check.aws import Aws, always_on
from check.nested import parts
from check.taken import holder, physical_id
from rehearsal.app import StackArtifact

# codes of service and quota
Key = tuple[str, str]
VPCS, ADDRESSES, VCPUS, DISTRIBUTIONS = (
    ("vpc", "L-F678F1CE"),
    ("ec2", "L-0263D0A3"),
    ("ec2", "L-1216C47A"),
    ("cloudfront", "L-24B04930"),
)
_CLUSTER, _DISTRIBUTION = "AWS::EKS::Cluster", "AWS::CloudFront::Distribution"
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html#ec2-on-demand-instances-limits
_STANDARD = re.compile(r"(?:[acdhimrtz]|im|is)\d\S*\.(\S+)")


def used(key: Key, stacks: list[StackArtifact], account_id: str, region: str, aws: Aws) -> int:
    if key == DISTRIBUTIONS:
        return _distributions(stacks, account_id, region, aws)
    if key == VCPUS:
        return _vcpus(stacks, account_id, region, aws)
    if key not in (VPCS, ADDRESSES):
        return 0
    action, listed = ("ec2:DescribeVpcs", "Vpcs") if key == VPCS else ("ec2:DescribeAddresses", "Addresses")
    items = aws.ask(action, account_id, region)[listed]
    # those that another account shares do not count
    own = [item for item in items if item.get("OwnerId", account_id or aws.account_id) in (account_id, aws.account_id)]
    return sum(not _is_ours(_tags(item), stacks) for item in own)


def vcpus_of(types: list[Any]) -> int:
    """At least so many of the smallest of these types; none of one that counts elsewhere."""
    if not types or not all(isinstance(item, str) for item in types):
        return 1
    sizes = [match[1] if (match := _STANDARD.fullmatch(item)) else "" for item in types]
    return min(_of_size(size) for size in sizes)


def _of_size(size: str) -> int:
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/cpu-options-supported-instances-values.html"""
    if match := re.fullmatch(r"(\d*)xlarge", size):
        return 4 * int(match[1] or 1)
    return 2 if size == "large" else 1 if size else 0


def _tags(item: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in item.get("Tags", [])}


def _is_ours(tags: dict[str, str], stacks: list[StackArtifact]) -> bool:
    name = tags.get("aws:cloudformation:stack-name", "")
    # a stack inside a stack is called after it
    inner = [f"{stack.name}-{part.path[0]}-" for stack in stacks for part in parts(stack) if part.path]
    return name in [stack.name for stack in stacks] or name.startswith(tuple(inner))


def _vcpus(stacks: list[StackArtifact], account_id: str, region: str, aws: Aws) -> int:
    running = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    reservations = aws.ask("ec2:DescribeInstances", account_id, region, Filters=running)["Reservations"]
    count = 0
    for instance in (item for reservation in reservations for item in reservation["Instances"]):
        tags = _tags(instance)
        # spot instances have a quota of their own, and so have hosts
        elsewhere = "InstanceLifecycle" in instance or instance.get("Placement", {}).get("Tenancy") == "host"
        if not elsewhere and not _is_ours(tags, stacks) and not _is_our_node(tags, stacks, account_id, region, aws):
            options = instance.get("CpuOptions", {})
            least = vcpus_of([instance["InstanceType"]])
            count += least and options.get("CoreCount", least) * options.get("ThreadsPerCore", 1)
    return count


def _is_our_node(tags: dict[str, str], stacks: list[StackArtifact], account_id: str, region: str, aws: Aws) -> bool:
    """EKS starts nodes itself: no stack has them."""
    cluster = tags.get("eks:cluster-name") or tags.get("aws:eks:cluster-name")
    types = {resource["Type"] for stack in stacks for part in parts(stack) for _, resource in part.resources()}
    if cluster is None or _CLUSTER not in types:
        return False
    return holder(_CLUSTER, cluster, account_id, region, aws) in [stack.name for stack in stacks]


def _distributions(stacks: list[StackArtifact], account_id: str, region: str, aws: Aws) -> int:
    found = aws.ask("cloudfront:ListDistributions", account_id, always_on(region))["DistributionList"].get("Items", [])
    ours = [
        physical_id(stack.name, (*part.path, logical_id), account_id, stack.region or region, aws)
        for stack in stacks
        for part in parts(stack)
        for logical_id, resource in part.resources()
        if resource["Type"] == _DISTRIBUTION and found
    ]
    return sum(item["Id"] not in ours for item in found)
