"""Protocols and endpoints of subscriptions."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.engine.refusals import Asked, refuses

# https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
_PROTOCOLS = ("http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose")


@refuses("AWS::SNS::Subscription")
def subscription(asked: Asked) -> Iterator[str]:
    protocol, endpoint = str(asked.properties.get("Protocol")), str(asked.properties.get("Endpoint", ""))
    if protocol not in _PROTOCOLS:
        yield f"Invalid parameter: Amazon SNS does not support this protocol string: {protocol}"
    if protocol in ("http", "https") and endpoint and not endpoint.startswith(f"{protocol}://"):
        yield "Invalid parameter: Endpoint must match the specified protocol"
    if protocol.startswith("email") and endpoint and "@" not in endpoint:
        yield "Invalid parameter: Email address"
