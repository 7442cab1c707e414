"""What CloudWatch refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import Case, Template, made, taken, template


def alarm(**properties: Any) -> Template:
    given = {
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "m",
        "Namespace": "n",
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": 1,
        **properties,
    }
    return template(X=made("AWS::CloudWatch::Alarm", **given))


TOPICS = [f"arn:aws:sns:eu-west-1:222222222222:t{number}" for number in range(6)]

CASES: dict[str, Case] = {
    "name-of-an-alarm": taken(
        "AWS::CloudWatch::Alarm",
        AlarmName="taken",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        MetricName="m",
        Namespace="n",
        Period=60,
        Statistic="Sum",
        Threshold=1,
    ),
    "alarm-period": Case(alarm(Period=45), alarm(Period=30)),
    "alarm-actions": Case(alarm(AlarmActions=TOPICS), alarm(AlarmActions=TOPICS[:5])),
    "alarm-comparison": Case(alarm(ComparisonOperator="MoreThan"), alarm()),
}
