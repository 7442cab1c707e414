"""Instances of EC2: how many cores and threads each of them has.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CpuOptions.html
"""

from __future__ import annotations

from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.models.instances import Instance


def _cpu_options(instance: Instance) -> dict[str, int] | None:
    if instance.instance_type not in INSTANCE_TYPES:
        return None
    known = INSTANCE_TYPES[instance.instance_type]["VCpuInfo"]
    return {"CoreCount": known["DefaultCores"], "ThreadsPerCore": known["DefaultThreadsPerCore"]}


# moto answers with what an instance has by the name of a member
setattr(Instance, "cpu_options", property(_cpu_options))
