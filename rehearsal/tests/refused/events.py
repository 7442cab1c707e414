"""What EventBridge refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import Case, Template, made, taken, template


def rule(**properties: Any) -> Template:
    return template(E=made("AWS::Events::Rule", **properties))


def scheduled(expression: str) -> Template:
    return template(E=made("AWS::Events::Rule", ScheduleExpression=expression))


def targets(count: int) -> list[Template]:
    return [{"Id": f"t{number}", "Arn": f"arn:aws:sqs:eu-west-1:222222222222:q{number}"} for number in range(count)]


CASES: dict[str, Case] = {
    "schedule-cron": Case(scheduled("cron(61 * * * *)"), scheduled("cron(0/15 8 ? * MON-FRI *)")),
    "schedule-rate": Case(scheduled("rate(1 hours)"), scheduled("rate(2 hours)")),
    "name-of-a-rule": taken("AWS::Events::Rule", Name="taken", ScheduleExpression="rate(2 hours)"),
    "rule-without-reason": Case(rule(State="ENABLED"), rule(ScheduleExpression="rate(2 hours)")),
    "rule-targets": Case(
        rule(ScheduleExpression="rate(2 hours)", Targets=targets(6)),
        rule(ScheduleExpression="rate(2 hours)", Targets=targets(5)),
    ),
    "rule-pattern": Case(rule(EventPattern={"source": "aws.ec2"}), rule(EventPattern={"source": ["aws.ec2"]})),
    "rule-schedule-on-a-bus": Case(
        template(
            B=made("AWS::Events::EventBus", Name="b"),
            E=made("AWS::Events::Rule", EventBusName={"Ref": "B"}, ScheduleExpression="rate(2 hours)"),
        ),
        template(
            B=made("AWS::Events::EventBus", Name="b"),
            E=made("AWS::Events::Rule", EventBusName={"Ref": "B"}, EventPattern={"source": ["s"]}),
        ),
    ),
}
