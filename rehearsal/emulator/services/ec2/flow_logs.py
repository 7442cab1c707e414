"""Flow logs of a VPC."""

from __future__ import annotations

from emulator.engine.api import Properties
from emulator.engine.errors import ResourceFailure
from emulator.engine.resources import EVERYTHING, register
from emulator.services.ec2.resource import Ec2Resource


@register
class FlowLog(Ec2Resource):
    type = "AWS::EC2::FlowLog"
    beside = EVERYTHING
    create_only = (
        "ResourceId",
        "ResourceType",
        "TrafficType",
        "LogGroupName",
        "LogDestination",
        "LogDestinationType",
        "LogFormat",
        "DeliverLogsPermissionArn",
        "MaxAggregationInterval",
    )

    def create(self, properties: Properties) -> None:
        group = properties.get("LogGroupName")
        logs = self.api("logs")
        if group and not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            raise ResourceFailure(f"LogGroup {group} does not exist")
        given = self.arguments({key: value for key, value in properties.items() if key != "ResourceId"})
        made = self.call("create_flow_logs", given, ResourceIds=[properties["ResourceId"]])
        if made.get("Unsuccessful"):
            raise ResourceFailure(made["Unsuccessful"][0]["Error"]["Message"])
        self.physical_id = made["FlowLogIds"][0]
        self.attributes = {"Id": self.physical_id}
        self.tag(properties, {})

    def update(self, properties: Properties, before: Properties) -> None:
        self.tag(properties, before)

    def delete(self, properties: Properties) -> None:
        self.client.delete_flow_logs(FlowLogIds=[self.physical_id])
        self.backend.tags.pop(self.physical_id, None)
