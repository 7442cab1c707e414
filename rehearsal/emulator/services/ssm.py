"""Parameters of SSM, and the CDK's references to another region, which its functions keep in parameters."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from emulator.engine import aws
from emulator.engine.api import ApiResource, Properties
from emulator.engine.handlers import Handled
from emulator.engine.resources import Resource, register

_OPTIONAL = ("AllowedPattern", "DataType", "Description", "Policies", "Tier")
_TAG = "aws-cdk:strong-ref:"


@register
class Parameter(Resource):
    type = "AWS::SSM::Parameter"
    create_only = ("Name",)

    def create(self, properties: dict[str, Any]) -> None:
        name = properties.get("Name", self.place.name)
        self._put(name, properties, Overwrite=False)
        self.physical_id = name
        tags = [{"Key": key, "Value": value} for key, value in properties.get("Tags", {}).items()]
        if tags:
            self.api("ssm").add_tags_to_resource(ResourceType="Parameter", ResourceId=self.physical_id, Tags=tags)

    def _put(self, name: str, properties: dict[str, Any], **more: Any) -> None:
        optional = {key: properties[key] for key in _OPTIONAL if key in properties}
        self.api("ssm").put_parameter(
            Name=name, Type=properties["Type"], Value=str(properties["Value"]), **optional, **more
        )
        self.attributes = {"Type": properties["Type"], "Value": str(properties["Value"])}

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        self._put(self.physical_id, properties, Overwrite=True)

    def delete(self, properties: dict[str, Any]) -> None:
        self.api("ssm").delete_parameter(Name=self.physical_id)


@register
class Document(ApiResource):
    """Replaced by each change, unless the template says that it has versions."""

    type = "AWS::SSM::Document"
    create_only = ("Name", "DocumentType", "DocumentFormat", "TargetType")
    service = "ssm"
    make, change, remove = "create_document", "update_document", "delete_document"
    key = name = "Name"
    beside = ("Attachments", "UpdateMethod")

    def arguments(self, properties: Properties) -> Properties:
        kind = properties.get("DocumentType", "Command")
        return {"DocumentFormat": "JSON", **properties, "DocumentType": kind}

    def update(self, properties: Properties, before: Properties) -> None:
        if properties["Content"] != before["Content"]:
            self.call(self.change, self.arguments(properties), Name=self.physical_id, DocumentVersion="$LATEST")
            self.client.update_document_default_version(
                Name=self.physical_id,
                DocumentVersion=self.client.describe_document(Name=self.physical_id, DocumentVersion="$LATEST")[
                    "Document"
                ]["DocumentVersion"],
            )


class _CrossRegion(Handled):
    def ssm(self, region: str) -> Any:
        return aws.client("ssm", self.place.account_id, region)


@register
class ExportWriter(_CrossRegion):
    type = "Custom::CrossRegionExportWriter"

    def answer(self, request: str, properties: dict[str, Any], before: dict[str, Any]) -> None:
        wanted = properties["WriterProps"]
        api, exports = self.ssm(wanted["region"]), wanted["exports"]
        had = before["WriterProps"]["exports"] if before else {}
        if any(name in had and had[name] != value for name, value in exports.items()):
            raise self.failed("Some exports have changed!")
        gone = list(exports) if request == "Delete" else [name for name in had if name not in exports]
        self._release(api, gone)
        if request != "Delete":
            for name, value in exports.items():
                if name not in had:
                    api.put_parameter(Name=name, Value=str(value), Type="String")

    def _release(self, api: Any, names: list[str]) -> None:
        used = {name: self._readers(api, name) for name in names}
        if any(used.values()):
            lines = [f"{name} is in use by stack(s) {' '.join(readers)}" for name, readers in used.items() if readers]
            raise self.failed("Exports cannot be updated: \n" + "\n".join(lines))
        for start in range(0, len(names), 10):
            api.delete_parameters(Names=names[start : start + 10])

    def _readers(self, api: Any, name: str) -> list[str]:
        try:
            tags = api.list_tags_for_resource(ResourceId=name, ResourceType="Parameter")["TagList"]
        except ClientError:
            return []
        return [tag["Key"].removeprefix(_TAG) for tag in tags if tag["Key"].startswith(_TAG)]


@register
class ExportReader(_CrossRegion):
    type = "Custom::CrossRegionExportReader"

    def answer(self, request: str, properties: dict[str, Any], before: dict[str, Any]) -> None:
        wanted = properties["ReaderProps"]
        api, tag = self.ssm(wanted["region"]), f"{_TAG}{wanted['prefix']}"
        had = before["ReaderProps"]["imports"] if before else {}
        imports = {} if request == "Delete" else wanted["imports"]
        gone = wanted["imports"] if request == "Delete" else [name for name in had if name not in imports]
        for name in gone:
            try:
                api.remove_tags_from_resource(ResourceType="Parameter", ResourceId=name, TagKeys=[tag])
            except ClientError:  # it is gone already
                pass
        for name in [name for name in imports if name not in had]:
            api.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=[{"Key": tag, "Value": "true"}])
        self.attributes = dict(imports)
