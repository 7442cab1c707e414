"""Custom::CrossAccountZoneDelegation: what the CDK's function does, by a role of the account with the parent zone."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from emulator.engine import aws
from emulator.engine.handlers import Handled
from emulator.engine.identities import may, role_of, trusts
from emulator.engine.resources import register
from emulator.services import route53


@register
class ZoneDelegation(Handled):
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
        if action == "DELETE" and not route53.has(api, zone, record):
            raise self.failed(f"[Tried to delete resource record set [name='{name}.', type='NS'] but it was not found]")
        try:
            route53.change(api, zone, action, record)
        except ClientError as error:
            raise self.failed(error.response["Error"]["Message"]) from error

    def _assumed(self, properties: dict[str, Any]) -> Any:
        """Both sides have to allow it: the caller's policies, and the trust of the role."""
        caller, arn = self.caller(properties), str(properties["AssumeRoleArn"])
        role = role_of(arn)
        session = {"sts:RoleSessionName": "cross-account-zone-delegation-0"}
        if role is None or not may(caller, "sts:AssumeRole", arn) or not trusts(role, caller.arn, session):
            raise self.failed(
                f"User: {_session(caller.arn)} is not authorized to perform: sts:AssumeRole on resource: {arn}"
            )
        return role

    def _need(self, role: Any, action: str, resource: str, context: dict[str, str]) -> None:
        if not may(role, action, resource, context):
            raise self.failed(
                f"User: {_session(role.arn)} is not authorized to perform: {action} on resource: {resource}"
            )

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


def _session(role_arn: str) -> str:
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    return f"arn:{role_arn.split(':')[1]}:sts::{account}:assumed-role/{name}/session"
