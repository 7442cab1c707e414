"""AWS::SQS::QueuePolicy, by the call that CloudFormation makes for each queue."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from emulator.errors import ResourceFailure
from emulator.policies import is_resource_policy
from emulator.resources import Resource, register


@register
class QueuePolicy(Resource):
    type = "AWS::SQS::QueuePolicy"

    def create(self, properties: dict[str, Any]) -> None:
        self.physical_id = self.place.name
        self.attributes = {"Id": self.physical_id}
        self.update(properties, {})

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        document = properties["PolicyDocument"]
        if not is_resource_policy(document):
            raise ResourceFailure("Invalid value for the parameter Policy.")
        for queue in properties["Queues"]:
            self._set(queue, document if isinstance(document, str) else json.dumps(document))
        self._clear(set(before.get("Queues", [])) - set(properties["Queues"]))

    def delete(self, properties: dict[str, Any]) -> None:
        self._clear(properties["Queues"])

    def _clear(self, queues: Any) -> None:
        for queue in queues:
            try:
                self._set(queue, "")
            # a refusal is taken back too, and what is gone has no policy
            except (ResourceFailure, self.api("sqs").exceptions.QueueDoesNotExist):
                continue

    def _set(self, queue: str, policy: str) -> None:
        self._check(queue)
        self.api("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})

    def _check(self, queue: str) -> None:
        """moto looks at nothing of an URL but its end."""
        url = urlsplit(queue)
        account, _, name = url.path.removeprefix("/").partition("/")
        is_aws = ".amazonaws." in url.netloc
        if not url.netloc or not name or is_aws and self.place.region not in url.netloc.split("."):
            raise ResourceFailure(f"The address {queue} is not valid for this endpoint.")
        if account != self.place.account_id:
            raise ResourceFailure(f"Access to the resource {queue} is denied.")
