"""Zones, versions and roles of Kubernetes clusters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emulator.engine.conditions import NotUnderstood
from emulator.engine.identities import role_of
from emulator.engine.policies import Request, allows
from emulator.engine.refusals import Asked, refuses
from emulator.refusals.ec2 import subnet_of

# the oldest of extended support: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
_OLDEST = 29


@refuses("AWS::EKS::Cluster")
def cluster(asked: Asked) -> Iterator[str]:
    properties, role = asked.properties, str(asked.properties.get("RoleArn", ""))
    subnets = [subnet_of(asked, item) for item in properties.get("ResourcesVpcConfig", {}).get("SubnetIds", [])]
    if None not in subnets and len({subnet.availability_zone for subnet in subnets}) < 2:
        yield "Subnets specified must be in at least two different AZs"
    version = str(properties.get("Version", ""))
    found = re.fullmatch(r"1\.(\d+)", version)
    if version and (found is None or int(found.group(1)) < _OLDEST) and asked.before is None:
        yield f"unsupported Kubernetes version {version}"
    name = str(properties.get("Name", "c"))
    if not re.fullmatch(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}", name):
        yield f"The cluster name {name} must satisfy the regular expression pattern: ^[0-9A-Za-z][A-Za-z0-9-_]*"
    known = role_of(role) if role.startswith("arn:") and role.split(":")[4] == asked.place.account_id else None
    try:
        trust = Request(
            "sts:AssumeRole", role, {"Service": "eks.amazonaws.com"}, {"aws:SourceAccount": asked.place.account_id}
        )
        if known is not None and not allows(known.assume_role_policy_document, trust):
            yield (
                f"Role with arn: {role}, could not be assumed because it does not exist or the trusted entity is not "
                "correct"
            )
    except NotUnderstood:
        return
