"""AWS::SQS::Queue and AWS::SQS::QueuePolicy, by the calls that CloudFormation makes."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from moto.sqs.constants import MAXIMUM_MESSAGE_LENGTH
from moto.sqs.models import SQSBackend

from emulator.engine.api import ApiResource, Properties, tags_of
from emulator.engine.errors import ResourceFailure
from emulator.engine.policies import is_resource_policy
from emulator.engine.resources import Resource, register

# what a queue has again when a template no longer says it; of the rest, nothing
_DEFAULTS = {
    "ContentBasedDeduplication": False,
    "DeduplicationScope": "queue",
    "DelaySeconds": 0,
    "FifoThroughputLimit": "perQueue",
    "KmsDataKeyReusePeriodSeconds": 300,
    "MaximumMessageSize": MAXIMUM_MESSAGE_LENGTH,
    "MessageRetentionPeriod": 345_600,
    "ReceiveMessageWaitTimeSeconds": 0,
    "SqsManagedSseEnabled": True,
    "VisibilityTimeout": 30,
}


@register
class Queue(ApiResource):
    type = "AWS::SQS::Queue"
    create_only = ("FifoQueue", "QueueName")
    service = "sqs"
    make, change, remove = "create_queue", "set_queue_attributes", "delete_queue"
    key, name = "QueueUrl", "QueueName"

    def create(self, properties: Properties) -> None:
        name = str(properties.get("QueueName") or self._made_up_name(properties))
        # CreateQueue would answer with the queue that is there
        if name in self._names(name):
            raise ResourceFailure(f"Resource of type '{self.type}' with identifier '{name}' already exists.")
        super().create({**properties, "QueueName": name})

    def _made_up_name(self, properties: Properties) -> str:
        # not cut: aws-cloudformation/cloudformation-coverage-roadmap#280
        place = self.place
        tail = place.name.rpartition("-")[2]
        whole = f"{place.stack_name}-{place.logical_id}-{tail}.fifo"
        return whole if "FifoQueue" in _settings(properties) else self.default_name()

    def _names(self, prefix: str) -> list[str]:
        return [url.rsplit("/", 1)[-1] for url in self.client.list_queues(QueueNamePrefix=prefix).get("QueueUrls", [])]

    def arguments(self, properties: Properties) -> Properties:
        given = {"QueueName": properties["QueueName"], "Attributes": _settings(properties)}
        return {**given, **({"tags": tags_of(properties)} if properties.get("Tags") else {})}

    def created(self, properties: Properties) -> None:
        place, name = self.place, properties["QueueName"]
        domain = "amazonaws.com.cn" if place.partition == "aws-cn" else "amazonaws.com"
        self.physical_id = f"https://sqs.{place.region}.{domain}/{place.account_id}/{name}"
        self.attributes = {
            "Arn": f"arn:{place.partition}:sqs:{place.region}:{place.account_id}:{name}",
            "QueueName": name,
            "QueueUrl": self.physical_id,
        }

    def update(self, properties: Properties, before: Properties) -> None:
        wanted, had = _settings(properties), _settings(before)
        changed = {key: value for key, value in wanted.items() if value != had.get(key)}
        changed |= {key: _DEFAULTS.get(key, "") for key in had if key not in wanted}
        if changed:
            self.call(self.change, Attributes=changed, **self.own_key())
        tags, old = tags_of(properties), tags_of(before)
        if old.keys() - tags.keys():
            self.client.untag_queue(TagKeys=sorted(old.keys() - tags.keys()), **self.own_key())
        if tags:
            self.client.tag_queue(Tags=tags, **self.own_key())


def _settings(properties: Properties) -> Properties:
    found = {key: value for key, value in properties.items() if key not in ("QueueName", "Tags")}
    # the call knows no queue that is not one
    if str(found.get("FifoQueue", "")).lower() == "false":
        del found["FifoQueue"]
    return found


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


_set_queue_attributes = SQSBackend.set_queue_attributes


def _keeping_the_policy(backend: SQSBackend, queue_name: str, attributes: dict[str, Any]) -> Any:
    """moto forgets the policy when another attribute is set."""
    policy = backend.get_queue(queue_name).policy
    return _set_queue_attributes(backend, queue_name, {**({"Policy": policy} if policy else {}), **attributes})


SQSBackend.set_queue_attributes = _keeping_the_policy  # type: ignore[method-assign]
