"""Topics of SNS, who hears of them, and who may publish."""

from __future__ import annotations

import json
from typing import Any

from emulator.engine.api import ApiResource, Properties, tags_of
from emulator.engine.resources import Resource, register

_SETTINGS = ("ContentBasedDeduplication", "DeliveryPolicy", "DisplayName", "FifoTopic", "KmsMasterKeyId")
_BESIDE = (
    "ArchivePolicy",
    "DataProtectionPolicy",
    "DeliveryStatusLogging",
    "FifoThroughputScope",
    "SignatureVersion",
    "TracingConfig",
)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value)


@register
class Topic(ApiResource):
    type = "AWS::SNS::Topic"
    create_only = ("FifoTopic", "TopicName")
    service = "sns"
    make, remove, key, name = "create_topic", "delete_topic", "TopicArn", "TopicName"
    identity = ("TopicArn",)
    answers = {"TopicArn": ("TopicArn",)}
    beside = _BESIDE

    def default_name(self) -> str:
        return f"{self.place.name}.fifo" if self.properties.get("FifoTopic") else self.place.name

    def arguments(self, properties: Properties) -> Properties:
        settings = {key: _text(properties[key]) for key in _SETTINGS if key in properties}
        return {"Name": properties["TopicName"], "Attributes": settings, "Tags": properties.get("Tags", [])}

    def created(self, properties: Properties) -> None:
        self.attributes["TopicName"] = properties["TopicName"]
        self._subscribe(properties, {})

    def _subscribe(self, properties: Properties, before: Properties) -> None:
        wanted, had = properties.get("Subscription", []), before.get("Subscription", [])
        for item in [item for item in had if item not in wanted]:
            for found in self.client.list_subscriptions_by_topic(TopicArn=self.physical_id)["Subscriptions"]:
                if (found["Protocol"], found["Endpoint"]) == (item["Protocol"], item["Endpoint"]):
                    self.client.unsubscribe(SubscriptionArn=found["SubscriptionArn"])
        for item in [item for item in wanted if item not in had]:
            self.client.subscribe(TopicArn=self.physical_id, **item)

    def update(self, properties: Properties, before: Properties) -> None:
        for key in _SETTINGS:
            if properties.get(key) != before.get(key):
                self.client.set_topic_attributes(
                    TopicArn=self.physical_id, AttributeName=key, AttributeValue=_text(properties.get(key, ""))
                )
        wanted, had = tags_of(properties), tags_of(before)
        if had.keys() - wanted.keys():
            self.client.untag_resource(ResourceArn=self.physical_id, TagKeys=sorted(had.keys() - wanted.keys()))
        if wanted:
            self.client.tag_resource(ResourceArn=self.physical_id, Tags=properties["Tags"])
        self._subscribe(properties, before)


@register
class Subscription(ApiResource):
    type = "AWS::SNS::Subscription"
    create_only = ("Endpoint", "Protocol", "TopicArn")
    service = "sns"
    make, remove, key = "subscribe", "unsubscribe", "SubscriptionArn"
    identity = ("SubscriptionArn",)
    answers = {"Arn": ("SubscriptionArn",)}
    _settings = (
        "DeliveryPolicy",
        "FilterPolicy",
        "FilterPolicyScope",
        "RawMessageDelivery",
        "RedrivePolicy",
        "SubscriptionRoleArn",
    )
    beside = ("Region", "ReplayPolicy")

    def arguments(self, properties: Properties) -> Properties:
        settings = {key: _text(properties[key]) for key in self._settings if key in properties}
        named = {key: properties[key] for key in self.create_only if key in properties}
        return {**named, "Attributes": settings, "ReturnSubscriptionArn": True}

    def update(self, properties: Properties, before: Properties) -> None:
        for key in self._settings:
            if properties.get(key) != before.get(key):
                self.client.set_subscription_attributes(
                    SubscriptionArn=self.physical_id,
                    AttributeName=key,
                    AttributeValue=_text(properties.get(key, "{}" if key.endswith("Policy") else "")),
                )


@register
class TopicPolicy(Resource):
    """The policy of each topic, whole; AWS puts its own back when it goes."""

    type = "AWS::SNS::TopicPolicy"

    def create(self, properties: Properties) -> None:
        self.physical_id = self.attributes["Id"] = self.place.name
        self.update(properties, {})

    def update(self, properties: Properties, before: Properties) -> None:
        self._set(properties["Topics"], _text(properties["PolicyDocument"]))
        self.delete({"Topics": [topic for topic in before.get("Topics", []) if topic not in properties["Topics"]]})

    def _set(self, topics: list[str], policy: str) -> None:
        for topic in topics:
            self.api("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)

    def delete(self, properties: Properties) -> None:
        for topic in properties["Topics"]:
            owner = {
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": "sns:Publish",
                "Resource": topic,
                "Condition": {"StringEquals": {"AWS:SourceOwner": self.place.account_id}},
            }
            try:
                self._set([topic], json.dumps({"Version": "2008-10-17", "Statement": [owner]}))
            except self.api("sns").exceptions.NotFoundException:
                continue
