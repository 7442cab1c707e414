"""What an app's cdk.context.json remembers of the accounts that it was deployed to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from rehearsal.existing.past import Past
from rehearsal.existing.place import Item

# of one region, as a world's file has it, and the zones of its account
Content = dict[str, Any]
Props = dict[str, str]
# what is known anywhere, and of which no account has its own
_EVERYWHERE = ("availability-zones", "endpoint-service-availability-zones", "plugin")
_NAMES = ("vpcId", "securityGroupId", "Id", "keyId", "loadBalancerArn", "listenerArn")
_SUBNET_NAME = "aws-cdk:subnet-name"


def _vpc(content: Content, props: Props, value: Item) -> None:
    subnets = [
        {
            "id": subnet["subnetId"],
            "cidr": subnet["cidr"],
            "availabilityZone": subnet["availabilityZone"],
            "type": group["type"],
            "routeTableId": subnet["routeTableId"],
            "tags": {_SUBNET_NAME: group["name"]},
        }
        for group in value.get("subnetGroups") or []
        for subnet in group["subnets"]
    ]
    vpc = {"id": value["vpcId"], "cidr": value["vpcCidrBlock"], "subnets": subnets}
    vpc["tags"] = {key[11:]: text for key, text in props.items() if key.startswith("filter.tag:")}
    if value.get("vpnGatewayId"):
        vpc["vpnGatewayId"] = value["vpnGatewayId"]
    _put(content, "vpcs", vpc)


def _security_group(content: Content, props: Props, value: Item) -> None:
    group = {"id": value["securityGroupId"], "allowAllOutbound": value["allowAllOutbound"]}
    group["name"] = props.get("securityGroupName", group["id"])
    _put(content, "securityGroups", {**group, **({"vpcId": props["vpcId"]} if "vpcId" in props else {})})


def _hosted_zone(content: Content, props: Props, value: Item) -> None:
    zone = {"id": value["Id"].rsplit("/", 1)[-1], "name": value["Name"]}
    if props.get("privateZone") == "true" and "vpcId" in props:
        zone["vpcs"] = [{"id": props["vpcId"], "region": props["region"]}]
    _put(content, "hostedZones", zone)


def _parameter(content: Content, props: Props, value: str) -> None:
    content.setdefault("parameters", {})[props["parameterName"]] = value


def _key(content: Content, props: Props, value: Item) -> None:
    # aliases of AWS are not for us to give
    alias = [props["aliasName"]] if not props["aliasName"].startswith("alias/aws/") else []
    before = [name for key in content.get("keys", []) if key["id"] == value["keyId"] for name in key["aliases"]]
    _put(content, "keys", {"id": value["keyId"], "aliases": before + alias})


def _image(content: Content, _: Props, value: str) -> None:
    _put(content, "images", {"id": value, "name": value})


def _resource(content: Content, props: Props, value: list[Item]) -> None:
    for item in value:
        properties = {key: given for key, given in item.items() if key != "Identifier"}
        given = {"identifier": item["Identifier"], "type": props["typeName"], "properties": properties}
        _put(content, "resources", {"id": f"{props['typeName']} {item['Identifier']}", **given})


_KINDS: dict[str, Callable[[Content, Props, Any], None]] = {
    "vpc-provider": _vpc,
    "security-group": _security_group,
    "hosted-zone": _hosted_zone,
    "ssm": _parameter,
    "key-provider": _key,
    "ami": _image,
    "cc-api-provider": _resource,
}


def _put(content: Content, kind: str, item: Item) -> None:
    content[kind] = [other for other in content.get(kind, []) if other["id"] != item["id"]] + [item]


def _read(key: str) -> tuple[str, Props]:
    """Provider and properties of a key. Values write ':' as '$:', names do not: 'filter.tag:Name=main'."""
    provider, *parts = key.replace("$:", "\0").split(":")
    props, name = {}, ""
    for part in parts:
        name += part
        if "=" not in part:
            name += ":"
            continue
        property_name, _, value = name.partition("=")
        props[property_name], name = value.replace("\0", ":"), ""
    return provider, props


class Cached:
    def __init__(self, context: dict[str, Any], world: Past) -> None:
        self.context, self.world = context, world

    def take(self, account_ids: Collection[str]) -> Iterator[str]:
        """Makes what is in accounts of which the world says nothing, and tells so; and what the world has not."""
        accounts: dict[str, Item] = {}
        taken: list[str] = []
        missing: list[str] = []
        for provider, props, value in self._entries(account_ids):
            known = self.world.names_of(props["account"])
            names = _names(props, value)
            if known is not None or provider not in _KINDS:
                missing += [shown for shown, name in names.items() if name not in (known or ())]
                continue
            account = accounts.setdefault(props["account"], {"regions": {}, "hostedZones": []})
            content = account["regions"].setdefault(props["region"], {})
            try:
                _KINDS[provider](content, props, value)
            except (AttributeError, KeyError, TypeError):  # as CLIs wrote it long ago
                missing += names
                continue
            account["hostedZones"] += content.pop("hostedZones", [])
            taken += names
        mistakes = Past({"accounts": accounts}).make()
        if taken:
            yield f"taken from cdk.context.json, as existing: {', '.join(dict.fromkeys(taken))}"
        for mistake in mistakes:
            yield f"in cdk.context.json, and not possible: {mistake}"
        if missing:
            yield (
                f"in cdk.context.json, but not in the emulated AWS: {', '.join(dict.fromkeys(missing))}; "
                "the app uses them anyway, --world describes what exists"
            )

    def give_administration(self, management_id: str, roles: Iterable[tuple[str, str]]) -> None:
        """The roles that bootstrap accounts of which the world says nothing, as AWS Organizations makes them.

        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
        """
        for account_id, name in roles:
            if self.world.names_of(account_id) is None:
                role = {"name": name, "trust": _allowing("sts:AssumeRole", Principal={"AWS": management_id})}
                role["policies"] = {"AdministratorAccess": _allowing("*", Resource="*")}
                Past({"accounts": {account_id: {"roles": [role]}}}).make()

    def _entries(self, account_ids: Collection[str]) -> Iterator[tuple[str, Props, Any]]:
        for key, value in self.context.items():
            provider, props = _read(key)
            is_known = provider in _EVERYWHERE or props.get("parameterName", "").startswith("/aws/")
            is_dummy = "dummyValue" in props and value == props["dummyValue"]
            if props.get("account") in account_ids and "region" in props and not is_known and not is_dummy:
                yield provider, props, value


def _allowing(action: str, **more: Any) -> Item:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **more}]}


def _names(props: Props, value: Any) -> dict[str, str]:
    """What an answer names, as it is shown, and as the world would name it."""
    if "parameterName" in props:
        return {props["parameterName"]: f"{props['parameterName']}={value}"}
    if isinstance(value, list):
        return {item["Identifier"]: item["Identifier"] for item in value if "Identifier" in item}
    found = [value.get(name) for name in _NAMES] if isinstance(value, dict) else [value]
    return {name: name for name in (str(item).rsplit("/hostedzone/", 1)[-1] for item in found if item)}
