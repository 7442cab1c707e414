"""What SNS refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import Case, Template, made, taken, template, turned


def subscribed(protocol: str, to: Any, **more: Template) -> Template:
    subscription = made("AWS::SNS::Subscription", TopicArn={"Ref": "T"}, Protocol=protocol, Endpoint=to)
    return template(T=made("AWS::SNS::Topic"), X=subscription, **more)


CASES: dict[str, Case] = {
    "name-of-a-topic": taken("AWS::SNS::Topic", TopicName="taken"),
    "fifo-topic-name": turned("AWS::SNS::Topic", {"TopicName": "t"}, {"TopicName": "t.fifo"}, FifoTopic=True),
    "topic-name": turned("AWS::SNS::Topic", {"TopicName": "a b"}, {"TopicName": "a-b"}),
    "subscription-protocol": Case(subscribed("mail", "a@acme.example"), subscribed("email", "a@acme.example")),
    "subscription-address": Case(subscribed("email", "acme.example"), subscribed("email", "a@acme.example")),
    "subscription-scheme": Case(
        subscribed("https", "http://acme.example"), subscribed("https", "https://acme.example")
    ),
    "subscription-fifo": Case(
        subscribed("sqs", {"Fn::GetAtt": ["Q", "Arn"]}, Q=made("AWS::SQS::Queue", FifoQueue=True)),
        subscribed("sqs", {"Fn::GetAtt": ["Q", "Arn"]}, Q=made("AWS::SQS::Queue")),
    ),
}
