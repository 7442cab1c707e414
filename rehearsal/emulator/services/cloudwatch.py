"""Alarms and dashboards of CloudWatch."""

from __future__ import annotations

from emulator.engine.api import ApiResource, Properties
from emulator.engine.resources import EVERYTHING, register


class _CloudWatch(ApiResource):
    service = "cloudwatch"
    # the back end knows a part of what the type has
    beside = EVERYTHING


@register
class Alarm(_CloudWatch):
    type = "AWS::CloudWatch::Alarm"
    make = change = "put_metric_alarm"
    name = key = "AlarmName"

    def created(self, properties: Properties) -> None:
        place = self.place
        self.attributes["Arn"] = (
            f"arn:{place.partition}:cloudwatch:{place.region}:{place.account_id}:alarm:{self.physical_id}"
        )

    def delete(self, properties: Properties) -> None:
        self.client.delete_alarms(AlarmNames=[self.physical_id])


@register
class CompositeAlarm(Alarm):
    type = "AWS::CloudWatch::CompositeAlarm"
    make = change = "put_composite_alarm"


@register
class Dashboard(_CloudWatch):
    type = "AWS::CloudWatch::Dashboard"
    make = change = "put_dashboard"
    name = key = "DashboardName"

    def delete(self, properties: Properties) -> None:
        self.client.delete_dashboards(DashboardNames=[self.physical_id])
