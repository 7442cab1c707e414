"""What SQS refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import Case, Template, made, taken, template, turned


def dead_letters(fifo: bool, **policy: Any) -> Template:
    queue = made("AWS::SQS::Queue", **({"FifoQueue": True} if fifo else {}))
    target = {"deadLetterTargetArn": {"Fn::GetAtt": ["D", "Arn"]}, "maxReceiveCount": 3, **policy}
    return template(D=queue, Q=made("AWS::SQS::Queue", RedrivePolicy=target))


CASES: dict[str, Case] = {
    "queue-name": Case(
        template(Q=made("AWS::SQS::Queue", QueueName="a.b")), template(Q=made("AWS::SQS::Queue", QueueName="a-b_c"))
    ),
    "fifo-queue-name": Case(
        template(Q=made("AWS::SQS::Queue", QueueName="a", FifoQueue=True)),
        template(Q=made("AWS::SQS::Queue", QueueName="a.fifo", FifoQueue=True)),
    ),
    "name-of-a-queue": taken("AWS::SQS::Queue", QueueName="taken"),
    "property-unknown": turned("AWS::SQS::Queue", {"Retention": 60}, {"MessageRetentionPeriod": 60}),
    "property-of-another-type": turned("AWS::SQS::Queue", {"VisibilityTimeout": "soon"}, {"VisibilityTimeout": "30"}),
    "queue-visibility": turned("AWS::SQS::Queue", {"VisibilityTimeout": 43201}, {"VisibilityTimeout": 43200}),
    "queue-retention": turned("AWS::SQS::Queue", {"MessageRetentionPeriod": 59}, {"MessageRetentionPeriod": 60}),
    "dead-letters-of-another-kind": Case(dead_letters(True), dead_letters(False)),
    "dead-letters-count": Case(dead_letters(False, maxReceiveCount=1001), dead_letters(False, maxReceiveCount=1000)),
    "queue-that-is-not-fifo": turned(
        "AWS::SQS::Queue", {"ContentBasedDeduplication": True}, {"ContentBasedDeduplication": True, "FifoQueue": True}
    ),
}

# what a rule refused once, and AWS accepts
ACCEPTED: dict[str, Template] = {
    "no dead letters": template(Q=made("AWS::SQS::Queue", FifoQueue=True, RedrivePolicy={})),
}
