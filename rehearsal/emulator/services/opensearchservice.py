"""Search domains of OpenSearch."""

from __future__ import annotations

from emulator.engine.api import ApiResource, Properties
from emulator.engine.kept import keep
from emulator.engine.resources import EVERYTHING, register


@register
class Domain(ApiResource):
    type = "AWS::OpenSearchService::Domain"
    beside = EVERYTHING
    create_only = ("DomainName", "EncryptionAtRestOptions", "IPAddressType")
    service = "opensearch"
    make, change, remove = "create_domain", "update_domain_config", "delete_domain"
    key = name = "DomainName"
    answers = {"Arn": ("DomainStatus", "ARN"), "DomainArn": ("DomainStatus", "ARN"), "Id": ("DomainStatus", "DomainId")}

    def default_name(self) -> str:
        return super().default_name().lower()

    def arguments(self, properties: Properties) -> Properties:
        given = {key: value for key, value in properties.items() if key != "Tags"}
        return {**given, "TagList": properties["Tags"]} if properties.get("Tags") else given

    def created(self, properties: Properties) -> None:
        place = self.place
        inside = "vpc-" if properties.get("VPCOptions") else "search-"
        endpoint = f"{inside}{self.physical_id}-emulated.{place.region}.es.amazonaws.com"
        self.attributes |= {"DomainEndpoint": endpoint, "DomainEndpoints": {"vpc": endpoint}}

    def update(self, properties: Properties, before: Properties) -> None:
        if properties.get("EngineVersion") != before.get("EngineVersion"):
            self.call("upgrade_domain", DomainName=self.physical_id, TargetVersion=properties["EngineVersion"])
        without = ({key: value for key, value in it.items() if key != "EngineVersion"} for it in (properties, before))
        super().update(*without)


keep("AWS::OpenSearchService::Application")
