"""AWS::SQS::QueuePolicy, by the call that CloudFormation makes for each queue."""

from __future__ import annotations

import json
from typing import Any

from emulator.resources import Resource, register


@register
class QueuePolicy(Resource):
    type = "AWS::SQS::QueuePolicy"

    def create(self, properties: dict[str, Any]) -> None:
        self.update(properties, {})
        self.physical_id = self.place.name
        self.attributes = {"Id": self.physical_id}

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        for queue in properties["Queues"]:
            self._set(queue, json.dumps(properties["PolicyDocument"]))
        for queue in set(before.get("Queues", [])) - set(properties["Queues"]):
            self._set(queue, "")

    def delete(self, properties: dict[str, Any]) -> None:
        for queue in properties["Queues"]:
            self._set(queue, "")

    def _set(self, queue: str, policy: str) -> None:
        self.api("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
