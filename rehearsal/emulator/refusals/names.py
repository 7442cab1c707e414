"""Names that another stack has taken, of types whose calls do not mind: CloudFormation does."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.engine.refusals import Asked, refuses
from emulator.engine.stacks import cloudformation_backends

_NAMES = {"AWS::SNS::Topic": "TopicName", "AWS::CloudWatch::Alarm": "AlarmName", "AWS::Events::Rule": "Name"}


@refuses(*_NAMES)
def taken(asked: Asked) -> Iterator[str]:
    place, key = asked.place, _NAMES[asked.place.type]
    name = asked.properties.get(key)
    if asked.before is not None or not name:
        return
    for stack in cloudformation_backends[place.account_id][place.region].living():
        for deployed in stack.resources.values():
            other = deployed.resource.place
            is_same = stack.id == place.stack_id and other.logical_id == place.logical_id
            if other.type == place.type and not is_same and deployed.properties.get(key) == name:
                yield f"{name} already exists in stack {stack.id}"
