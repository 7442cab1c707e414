"""Hosted zones and records of Route 53: four name servers of its own for each zone, and none lost."""

from __future__ import annotations

import hashlib
import random
import string
from types import ModuleType
from typing import Any

from botocore.exceptions import ClientError
from moto.core.responses import ActionResult
from moto.route53 import models, urls
from moto.route53.exceptions import HostedZoneNotEmpty
from moto.route53.models import DelegationSet, Route53Backend, route53_backends
from moto.route53.responses import Route53

from emulator.engine import aws, callers, sdk
from emulator.engine.api import fit
from emulator.engine.errors import ResourceFailure
from emulator.engine.handlers import Handled, asker
from emulator.engine.identities import role_of
from emulator.engine.resources import Resource, register

_SUFFIXES = ("com", "net", "org", "co.uk")
# on a page
_ZONES = 100


def name_servers(zone_id: str) -> list[str]:
    """As AWS names them; derived from the zone's id, so that two zones share none."""
    digest = int(hashlib.sha256(zone_id.encode()).hexdigest(), 16)
    found = []
    for index, suffix in enumerate(_SUFFIXES):
        digest, number = divmod(digest, 512)
        digest, group = divmod(digest, 1_000_000)
        found.append(f"ns-{index * 512 + number}.awsdns-{group:06}.{suffix}")
    return found


class OwnNameServers(Route53Backend):
    @property
    def _url_module(self) -> ModuleType:
        """moto derives it from the module of the class."""
        return urls

    def create_hosted_zone(self, name: str, *rest: Any, **named: Any) -> Any:
        reusable = dict(self.delegation_sets)
        zone = super().create_hosted_zone(name if name.endswith(".") else f"{name}.", *rest, **named)
        if named.get("delegation_set_id"):
            return zone
        self.delegation_sets = reusable
        servers = name_servers(zone.resource_id)
        zone.delegation_set = DelegationSet(f"DelSet_{name}", servers, None)
        zone.delegation_set.id = ""
        records = {record.type: record for record in zone.rrsets}
        if zone.private_zone:
            return zone
        records["NS"].records = [f"{server}." for server in servers]
        records["SOA"].records = [f"{servers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"]
        return zone

    def delete_hosted_zone(self, id_: str) -> Any:
        # moto lets go of delegations
        found = self.get_hosted_zone(id_)
        if any(record.name.rstrip(".") != found.name.rstrip(".") for record in found.rrsets):
            raise HostedZoneNotEmpty()
        zone = super().delete_hosted_zone(id_)
        if zone is not None:
            self.resource_tags.pop(zone.resource_id, None)
        return zone


class Zones(Route53):
    def list_hosted_zones_by_name(self) -> ActionResult:
        """From a name on, by names whose labels are reversed, and not those of the name alone.

        https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByName.html
        """
        name, zone, most = (self._get_param(key) for key in ("DNSName", "HostedZoneId", "MaxItems"))
        start = (_reversed(name) if name else "", zone or "")
        zones = sorted(self.backend.zones.values(), key=lambda item: (_reversed(item.name), item.resource_id))
        found = [item for item in zones if (_reversed(item.name), item.resource_id) >= start]
        size = min(int(most or _ZONES), _ZONES)
        answer: dict[str, Any] = {"HostedZones": found[:size], "IsTruncated": len(found) > size, "MaxItems": str(size)}
        if len(found) > size:
            answer |= {"NextDNSName": found[size].name, "NextHostedZoneId": found[size].resource_id}
        return ActionResult({**answer, **({"DNSName": name} if name else {}), **({"HostedZoneId": zone} if zone else {})})


def _reversed(name: str) -> str:
    """'com.acme.www.' of 'www.acme.com'."""
    return ".".join(reversed(name.lower().rstrip(".").split("."))) + "."


urls.url_paths[r"{0}/(?P<api_version>[\d_-]+)/hostedzonesbyname"] = Zones.dispatch


def _zone_id(*_: Any, **__: Any) -> str:
    """moto's may begin with anything."""
    return "Z" + "".join(random.choices(string.ascii_uppercase + string.digits, k=20))


models.create_route53_zone_id = _zone_id


def install() -> None:
    route53_backends.backend = OwnNameServers


def zone_id(api: Any, properties: dict[str, Any]) -> str:
    """By id or by name; a name has to be of exactly one zone, as CloudFormation wants it."""
    if "HostedZoneId" in properties:
        return str(properties["HostedZoneId"])
    name = properties["HostedZoneName"]
    found = [zone["Id"] for zone in api.list_hosted_zones()["HostedZones"] if zone["Name"] == _dotted(name)]
    if len(found) != 1:
        raise ResourceFailure(
            f"No hosted zone named {name} found" if not found else f"{len(found)} hosted zones are named {name}"
        )
    return str(found[0].rsplit("/", 1)[-1])


def _dotted(name: str) -> str:
    return name if name.endswith(".") else f"{name}."


@register
class HostedZone(Resource):
    type = "AWS::Route53::HostedZone"
    create_only = ("Name",)

    def create(self, properties: dict[str, Any]) -> None:
        api = self.api("route53")
        networks = properties.get("VPCs") or []
        first = {"VPC": {key: str(value) for key, value in networks[0].items()}} if networks else {}
        made = api.create_hosted_zone(
            Name=properties["Name"],
            CallerReference=self.place.name,
            HostedZoneConfig=self._comment(properties),
            **first,
        )
        self.physical_id = made["HostedZone"]["Id"].rsplit("/", 1)[-1]
        self.attributes = {"Id": self.physical_id}
        if not networks:
            self.attributes["NameServers"] = made["DelegationSet"]["NameServers"]
        for network in networks[1:]:
            api.associate_vpc_with_hosted_zone(HostedZoneId=self.physical_id, VPC=network)
        self._tag(properties, {})
        self._log(properties, {})

    def _comment(self, properties: dict[str, Any]) -> dict[str, Any]:
        comment = properties.get("HostedZoneConfig", {}).get("Comment", "")
        return {"Comment": comment, "PrivateZone": bool(properties.get("VPCs"))}

    def _tag(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        wanted, had = (
            {tag["Key"]: tag["Value"] for tag in it.get("HostedZoneTags", [])} for it in (properties, before)
        )
        if wanted != had:
            change = {"AddTags": [{"Key": key, "Value": value} for key, value in wanted.items()]}
            gone = [key for key in had if key not in wanted]
            self.api("route53").change_tags_for_resource(
                ResourceType="hostedzone",
                ResourceId=self.physical_id,
                **(change if wanted else {}),
                **({"RemoveTagKeys": gone} if gone else {}),
            )

    def _log(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        wanted, had = properties.get("QueryLoggingConfig"), before.get("QueryLoggingConfig")
        if wanted == had:
            return
        api = self.api("route53")
        if had:
            for known in api.list_query_logging_configs(HostedZoneId=self.physical_id)["QueryLoggingConfigs"]:
                api.delete_query_logging_config(Id=known["Id"])
        if wanted:
            api.create_query_logging_config(
                HostedZoneId=self.physical_id, CloudWatchLogsLogGroupArn=wanted["CloudWatchLogsLogGroupArn"]
            )

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        api = self.api("route53")
        api.update_hosted_zone_comment(Id=self.physical_id, Comment=self._comment(properties)["Comment"])
        wanted, had = ([dict(vpc) for vpc in it.get("VPCs", [])] for it in (properties, before))
        for network in [vpc for vpc in wanted if vpc not in had]:
            api.associate_vpc_with_hosted_zone(HostedZoneId=self.physical_id, VPC=network)
        for network in [vpc for vpc in had if vpc not in wanted]:
            api.disassociate_vpc_from_hosted_zone(HostedZoneId=self.physical_id, VPC=network)
        self._tag(properties, before)
        self._log(properties, before)

    def delete(self, properties: dict[str, Any]) -> None:
        self._log({}, properties)
        self.api("route53").delete_hosted_zone(Id=self.physical_id)


def change(api: Any, hosted_zone: str, action: str, record: dict[str, Any]) -> None:
    record = {**record}
    records = record.get("ResourceRecords")
    if records is not None:
        values = [item["Value"] if isinstance(item, dict) else item for item in records]
        record["ResourceRecords"] = [{"Value": value} for value in values]
    if "AliasTarget" in record:
        record["AliasTarget"] = {"EvaluateTargetHealth": False, **record["AliasTarget"]}
    # Route 53 writes every name with its dot at the end
    record["Name"] = _dotted(record["Name"]).lower()
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    api.change_resource_record_sets(
        **fit(api, "change_resource_record_sets", {"HostedZoneId": hosted_zone, "ChangeBatch": batch})
    )


def has(api: Any, hosted_zone: str, record: dict[str, Any]) -> bool:
    name, kind = key = (_dotted(record["Name"]).lower(), record["Type"])
    identifier = record.get("SetIdentifier")
    # AWS allows a hundred with the same name and type, which only their identifiers tell apart
    listed = api.list_resource_record_sets(
        HostedZoneId=hosted_zone, StartRecordName=name, StartRecordType=kind, MaxItems="100" if identifier else "1"
    )
    return any(
        (_dotted(known["Name"]), known["Type"]) == key and known.get("SetIdentifier") == identifier
        for known in listed["ResourceRecordSets"]
    )


def add(api: Any, hosted_zone: str, record: dict[str, Any]) -> None:
    """CREATE refuses a record that exists; moto only remembers its own changes."""
    if has(api, hosted_zone, record):
        raise ResourceFailure(
            f"[Tried to create resource record set [name='{_dotted(record['Name'])}', type='{record['Type']}'] "
            "but it already exists]"
        )
    change(api, hosted_zone, "CREATE", record)


@register
class RecordSet(Resource):
    type = "AWS::Route53::RecordSet"
    create_only = ("Name", "HostedZoneId", "HostedZoneName", "Type", "SetIdentifier")

    def create(self, properties: dict[str, Any]) -> None:
        api = self.api("route53")
        add(api, zone_id(api, properties), properties)
        self.physical_id = _dotted(properties["Name"]).rstrip(".")

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        api = self.api("route53")
        change(api, zone_id(api, properties), "UPSERT", properties)

    def delete(self, properties: dict[str, Any]) -> None:
        api = self.api("route53")
        hosted_zone = zone_id(api, properties)
        if has(api, hosted_zone, properties):
            change(api, hosted_zone, "DELETE", properties)


@register
class RecordSetGroup(Resource):
    type = "AWS::Route53::RecordSetGroup"
    create_only = ("HostedZoneId", "HostedZoneName")

    def create(self, properties: dict[str, Any]) -> None:
        api = self.api("route53")
        hosted_zone = zone_id(api, properties)
        for record in properties.get("RecordSets", []):
            add(api, hosted_zone, record)
        self.physical_id = self.place.name

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        api = self.api("route53")
        hosted_zone = zone_id(api, properties)
        wanted, had = properties.get("RecordSets", []), before.get("RecordSets", [])
        for record in [record for record in had if record not in wanted]:
            change(api, hosted_zone, "DELETE", record)
        for record in [record for record in wanted if record not in had]:
            change(api, hosted_zone, "UPSERT", record)

    def delete(self, properties: dict[str, Any]) -> None:
        self.update({**properties, "RecordSets": []}, properties)


@register
class ZoneDelegation(Handled):
    """What the CDK's function does, by a role of the account with the parent zone."""

    type = "Custom::CrossAccountZoneDelegation"

    def answer(self, request: str, properties: dict[str, Any], before: dict[str, Any]) -> None:
        if before and before["DelegatedZoneName"] != properties["DelegatedZoneName"]:
            self._change("DELETE", before)
        self._change("DELETE" if request == "Delete" else "UPSERT", properties)

    def _change(self, action: str, properties: dict[str, Any]) -> None:
        role = self._assumed(properties)
        api = aws.client("route53", role.account_id, "us-east-1")
        name = str(properties["DelegatedZoneName"])
        zone = properties.get("ParentZoneId") or self._by_name(role, api, str(properties["ParentZoneName"]))
        record = {
            "Name": name,
            "Type": "NS",
            "TTL": properties["TTL"],
            "ResourceRecords": properties["DelegatedZoneNameServers"],
        }
        context = {
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": name.rstrip(".").lower(),
            "route53:ChangeResourceRecordSetsRecordTypes": "NS",
            "route53:ChangeResourceRecordSetsActions": action,
        }
        arn = f"arn:{self.place.partition}:route53:::hostedzone/{zone}"
        self._need(role, "route53:ChangeResourceRecordSets", arn, context)
        if action == "DELETE" and not has(api, zone, record):
            raise self.failed(f"[Tried to delete resource record set [name='{name}.', type='NS'] but it was not found]")
        try:
            change(api, zone, action, record)
        except ClientError as error:
            raise self.failed(error.response["Error"]["Message"]) from error

    def _assumed(self, properties: dict[str, Any]) -> Any:
        """Both sides have to allow it: the caller's policies, and the trust of the role."""
        caller, arn, region = asker(self.place, properties), str(properties["AssumeRoleArn"]), self.place.region
        given = {"RoleArn": arn, "RoleSessionName": "cross-account-zone-delegation-0"}
        try:
            sdk.call(aws.client("sts", caller.account_id, region), caller, "AssumeRole", given, region)
        except ClientError as error:
            raise self.failed(error.response["Error"]["Message"]) from error
        return role_of(arn)

    def _need(self, role: Any, action: str, resource: str, context: dict[str, str]) -> None:
        if refused := callers.refusal(role, action, resource, context):
            raise self.failed(refused)

    def _by_name(self, role: Any, api: Any, name: str) -> str:
        self._need(role, "route53:ListHostedZonesByName", "*", {})
        found = [
            zone["Id"].rsplit("/", 1)[-1]
            for zone in api.list_hosted_zones_by_name(DNSName=name)["HostedZones"]
            if zone["Name"] == f"{name}." and not zone["Config"]["PrivateZone"]
        ]
        if len(found) != 1:
            raise self.failed(f"Expected one hosted zone to match the given name but found {len(found)}")
        return str(found[0])
