"""Derives what CloudFormation's schemas know of the values that the services' props become."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

KEYWORDS = ("pattern", "minLength", "maxLength", "minimum", "maximum")

# properties that values of a user become, as they are
REACHED = (
    "AWS::DynamoDB::GlobalTable.AttributeDefinitions.AttributeName",
    "AWS::DynamoDB::GlobalTable.GlobalSecondaryIndexes.IndexName",
    "AWS::ECS::ClusterCapacityProviderAssociations.DefaultCapacityProviderStrategy.Base",
    "AWS::ECS::ClusterCapacityProviderAssociations.DefaultCapacityProviderStrategy.Weight",
    "AWS::EKS::Cluster.Name",
    "AWS::ElasticLoadBalancingV2::ListenerRule.Priority",
    "AWS::ElasticLoadBalancingV2::TargetGroup.HealthCheckPath",
    "AWS::ElasticLoadBalancingV2::TargetGroup.Port",
    "AWS::OpenSearchService::Domain.OffPeakWindowOptions.OffPeakWindow.WindowStartTime.Hours",
    "AWS::OpenSearchService::Domain.OffPeakWindowOptions.OffPeakWindow.WindowStartTime.Minutes",
    "AWS::Route53::RecordSet.HostedZoneId",
    "AWS::SecretsManager::Secret.Description",
)

# services whose resources people name themselves
NAMED = (
    *("Athena", "AutoScaling", "Backup", "CloudTrail", "CloudWatch", "DynamoDB", "EC2", "ECR", "ECS", "EKS"),
    *("ElastiCache", "Events", "IAM", "KMS", "Kinesis", "Lambda", "Logs", "OpenSearchService", "RDS", "S3", "SES"),
    *("SSM", "Scheduler"),
)
# names that AWS takes once, of resources whose identifier is not their name
TAKEN_ONCE = {
    "AWS::CloudFront::Function": "Name",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "Name",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}
# whose identifier is the name of another one, or a name within a group
NOT_ONCE = {"AWS::AutoScaling::WarmPool", "AWS::S3::MultiRegionAccessPointPolicy", "AWS::Scheduler::Schedule"}


def derive(schemas: Path) -> dict[str, Any]:
    """The constants of the table."""
    index = _files(schemas)
    return {
        "CONSTRAINTS": {path: _constraint(index, path) for path in REACHED},
        "PHYSICAL_NAMES": _physical_names(index),
    }


def _files(schemas: Path) -> dict[str, dict[str, Any]]:
    """Schemas of the services that are named here, as the region with the most types has them."""
    files = json.loads((schemas / "providers/us-east-1.json").read_text("utf-8"))
    services = {*NAMED, *(kind.split("::")[1] for kind in (*REACHED, *TAKEN_ONCE))}
    return {
        kind: json.loads((schemas / f"resources/{file}.json").read_text("utf-8"))
        for kind, file in files.items()
        if kind.split("::")[1] in services
    }


def _constraint(index: dict[str, dict[str, Any]], path: str) -> dict[str, Any]:
    kind, *names = re.split(r"\.", path)
    document = index[kind]
    node = _followed(document, document)
    for name in names:
        node = _followed(document, node["properties"][name])
        while "items" in node:
            node = _followed(document, node["items"])
    found = {key: node[key] for key in KEYWORDS if key in node}
    if not found:
        raise LookupError(f"{path} has no constraint any more: leave it out of REACHED")
    if "pattern" in found:
        # CloudFormation searches, and AWS means the whole value
        found["pattern"] = f"^(?:{found['pattern'].removeprefix('^').removesuffix('$')})$"
    return found


def _followed(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def _physical_names(index: dict[str, dict[str, Any]]) -> dict[str, str]:
    found = dict(TAKEN_ONCE)
    for kind, document in index.items():
        identifiers = document.get("primaryIdentifier", [])
        read_only = document.get("readOnlyProperties", [])
        if kind.split("::")[1] not in NAMED or kind in NOT_ONCE or len(identifiers) != 1 or identifiers[0] in read_only:
            continue
        name = identifiers[0].removeprefix("/properties/")
        if _followed(document, document["properties"].get(name, {})).get("type") == "string" and _is_own(kind, name):
            found[kind] = name
    return dict(sorted(found.items()))


def _is_own(kind: str, name: str) -> bool:
    """A name or ID of the resource itself, not of another one that it belongs to."""
    own = kind.split("::")[2]
    if name.endswith("Name") or name in ("Id", "EmailIdentity"):
        return True
    return name.removesuffix("Id").removesuffix("Identifier") == own


def facts(constants: dict[str, Any]) -> list[tuple[str, str]]:
    """What the table says, to tell two of them apart."""
    return [
        *(("constraints", f"{path} {json.dumps(rule)}") for path, rule in constants["CONSTRAINTS"].items()),
        *(("names that AWS takes once", f"{kind}.{name}") for kind, name in constants["PHYSICAL_NAMES"].items()),
    ]
