"""Security groups and their rules; a group that is in use stays."""

from __future__ import annotations

from typing import Any

from emulator.engine.errors import ResourceFailure
from emulator.engine.handlers import Handled
from emulator.engine.resources import Resource, register
from emulator.services.ec2.resource import Ec2Resource

Properties = dict[str, Any]
_ANYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def permission(rule: Properties) -> Properties:
    """A rule of CloudFormation, as the API takes it."""
    made: Properties = {"IpProtocol": str(rule["IpProtocol"])}
    made |= {key: int(rule[key]) for key in ("FromPort", "ToPort") if key in rule and made["IpProtocol"] != "-1"}
    text = {"Description": str(rule["Description"])} if rule.get("Description") else {}
    group = rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId")
    prefix = rule.get("SourcePrefixListId") or rule.get("DestinationPrefixListId")
    if "CidrIp" in rule:
        made["IpRanges"] = [{"CidrIp": rule["CidrIp"], **text}]
    if "CidrIpv6" in rule:
        made["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **text}]
    if group:
        owner = rule.get("SourceSecurityGroupOwnerId")
        made["UserIdGroupPairs"] = [{"GroupId": group, **({"UserId": owner} if owner else {}), **text}]
    if prefix:
        made["PrefixListIds"] = [{"PrefixListId": prefix, **text}]
    return made


@register
class SecurityGroup(Ec2Resource):
    type = "AWS::EC2::SecurityGroup"
    create_only = ("GroupName", "GroupDescription", "VpcId")
    make, remove, key = "create_security_group", "delete_security_group", "GroupId"
    identity = ("GroupId",)
    answers = {"GroupId": ("GroupId",), "Id": ("GroupId",)}

    def arguments(self, properties: Properties) -> Properties:
        return {
            "GroupName": properties.get("GroupName", self.place.name),
            "Description": properties["GroupDescription"],
            **({"VpcId": properties["VpcId"]} if "VpcId" in properties else {}),
        }

    def created(self, properties: Properties) -> None:
        if "VpcId" in properties:
            self.attributes["VpcId"] = properties["VpcId"]
        if properties.get("SecurityGroupEgress"):
            # rules of its own take the place of the one that allows everything
            self._rules("revoke", "egress", [_ANYWHERE])
        self._change(properties, {})
        self.tag(properties, {})

    def _rules(self, verb: str, direction: str, permissions: list[Properties]) -> None:
        for item in permissions:
            getattr(self.client, f"{verb}_security_group_{direction}")(GroupId=self.physical_id, IpPermissions=[item])

    def _change(self, properties: Properties, before: Properties) -> None:
        for direction, key in (("ingress", "SecurityGroupIngress"), ("egress", "SecurityGroupEgress")):
            wanted, had = ([permission(rule) for rule in it.get(key) or []] for it in (properties, before))
            self._rules("revoke", direction, [rule for rule in had if rule not in wanted])
            self._rules("authorize", direction, [rule for rule in wanted if rule not in had])

    def update(self, properties: Properties, before: Properties) -> None:
        self._change(properties, before)
        self.tag(properties, before)

    def delete(self, properties: Properties) -> None:
        used = [item for item in self.interfaces() if self.physical_id in [group.id for group in item.group_set]]
        named = [
            group.id
            for groups in self.backend.groups.values()
            for group in groups.values()
            for rule in (*group.ingress_rules, *group.egress_rules)
            if group.id != self.physical_id and (rule.referenced_group_info or {}).get("GroupId") == self.physical_id
        ]
        if used or named:
            raise ResourceFailure(f"resource {self.physical_id} has a dependent object (DependencyViolation)")
        super().delete(properties)


class _Rule(Resource):
    direction = ""

    def create(self, properties: Properties) -> None:
        self._call("authorize", properties)
        self.physical_id = f"sgr-{self.place.name[-12:].lower()}"
        self.attributes = {"Id": self.physical_id}

    def _call(self, verb: str, properties: Properties) -> None:
        call = getattr(self.api("ec2"), f"{verb}_security_group_{self.direction}")
        call(GroupId=properties["GroupId"], IpPermissions=[permission(properties)])

    def update(self, properties: Properties, before: Properties) -> None:
        self._call("revoke", before)
        self._call("authorize", properties)

    def delete(self, properties: Properties) -> None:
        self._call("revoke", properties)


@register
class Ingress(_Rule):
    type = "AWS::EC2::SecurityGroupIngress"
    create_only = ("GroupId",)
    direction = "ingress"


@register
class Egress(_Rule):
    type = "AWS::EC2::SecurityGroupEgress"
    create_only = ("GroupId",)
    direction = "egress"


@register
class RestrictDefaultGroup(Handled):
    """Takes the rules of a VPC's default group, and gives them back when it is deleted, as the CDK's function does."""

    type = "Custom::VpcRestrictDefaultSG"

    def answer(self, request: str, properties: Properties, before: Properties) -> None:
        if before and before["DefaultSecurityGroupId"] == properties["DefaultSecurityGroupId"]:
            return
        if before:
            self._change("authorize", before)
        self._change("authorize" if request == "Delete" else "revoke", properties)

    def _change(self, verb: str, properties: Properties) -> None:
        group, api = properties["DefaultSecurityGroupId"], self.api("ec2")
        itself = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group, "UserId": properties["Account"]}]}
        rules = api.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
        for direction, key, item in (
            ("egress", "IpPermissionsEgress", _ANYWHERE),
            ("ingress", "IpPermissions", itself),
        ):
            # the function does not mind a rule that is gone already
            if verb == "authorize" or rules[key]:
                getattr(api, f"{verb}_security_group_{direction}")(GroupId=group, IpPermissions=[item])
