"""What the CLI would look up for an app, asked of the emulated AWS in this process."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.utilities.utils import get_partition

from emulator.engine.aws import client
from rehearsal.app import PLACEHOLDER

# as the library asks, in its `organization/account-lookup.ts`
_ACCOUNT = {"typeName": "AWS::Organizations::Account", "expectedMatchCount": "exactly-one"}

_NO_STACK = "no-stack"

Question = dict[str, Any]


def waits_for_an_account(question: Question) -> bool:
    """Whether it is in order that there is no answer yet."""
    return _is_about_account(question) or question["props"].get("account") == PLACEHOLDER


def _is_about_account(question: Question) -> bool:
    props = question["props"]
    return question["provider"] == "cc-api-provider" and "propertyMatch" in props and _ACCOUNT.items() <= props.items()


def is_about_a_stack(provider: str, props: dict[str, Any]) -> bool:
    """Whether the library asks if the stack of an account has made it."""
    return provider == "ssm" and props.get("dummyValue") == _NO_STACK


class Lookups:
    """The lookups of one caller, at one time."""

    def __init__(self, account_id: str, region: str) -> None:
        self.account_id, self.region = account_id, region

    def answers(self, questions: Iterable[Question], regions: set[str]) -> dict[str, Any]:
        """By key of the context.

        Who learns an account asks next for its zones, in these regions, and whether its stack has made it: both are in it too.
        """
        found: dict[str, Any] = {}
        for question in questions:
            props = question["props"]
            if _is_about_account(question):
                found |= (answer := self._account(question)) | (self._stack_of(props) if answer else {})
                for account in answer.get(question["key"], []):
                    for region in regions if "AccountId" in account else ():
                        found |= self._zones(account["AccountId"], region, _moved(props, account["AccountId"], region))
            elif is_about_a_stack(question["provider"], props):
                found[question["key"]] = props["dummyValue"]
                for name in self._names(props["parameterName"], "Equals"):
                    found[question["key"]] = self._ssm.get_parameter(Name=name)["Parameter"]["Value"]
            elif question["provider"] == "availability-zones":
                found |= self._zones(props["account"], props["region"], props.get("lookupRoleArn"))
        return found

    def own_zones(self) -> dict[str, Any]:
        return self._zones(self.account_id, self.region, None)

    def _account(self, question: Question) -> dict[str, Any]:
        props = question["props"]
        matches = [item for item in self._accounts if props["propertyMatch"].items() <= item.items()]
        wanted = [*props["propertiesToReturn"], "Identifier"]
        return {question["key"]: [{name: matches[0][name] for name in wanted}]} if len(matches) == 1 else {}

    def _stack_of(self, props: dict[str, Any]) -> dict[str, Any]:
        found = {}
        for name in self._names("-" + hashlib.sha256(props["propertyMatch"]["Email"].encode()).hexdigest()[:8], "Contains"):
            place = f"parameterName={name}:region={props['region']}"
            key = f"ssm:account={props['account']}:dummyValue={_NO_STACK}:ignoreErrorOnMissingContext=true:{place}"
            found[key] = self._ssm.get_parameter(Name=name)["Parameter"]["Value"]
        return found

    def _names(self, text: str, option: str) -> list[str]:
        filters = [{"Key": "Name", "Option": option, "Values": [text]}]
        return [parameter["Name"] for parameter in self._ssm.describe_parameters(ParameterFilters=filters)["Parameters"]]

    @property
    def _ssm(self) -> Any:
        return client("ssm", self.account_id, self.region)

    @cached_property
    def _accounts(self) -> list[dict[str, str]]:
        api, more, found = client("cloudcontrol", self.account_id, self.region), {}, []
        try:
            while True:
                page = api.list_resources(TypeName=_ACCOUNT["typeName"], **more)
                for item in page["ResourceDescriptions"]:
                    found.append({**json.loads(item["Properties"]), "Identifier": item["Identifier"]})
                if "NextToken" not in page:
                    return found
                more = {"NextToken": page["NextToken"]}
        except ClientError:  # there is no organization yet
            return []

    def _zones(self, account_id: str, region: str, role: str | None) -> dict[str, list[str]]:
        try:
            if account_id != self.account_id:
                arn = (role or "").replace("${AWS::Partition}", get_partition(region))
                client("sts", self.account_id, self.region).assume_role(RoleArn=arn, RoleSessionName="lookup")
        except ClientError:
            return {}
        key = f"availability-zones:account={account_id}:region={region}"
        # the same for every account
        return {key: [zone.name for zone in RegionsAndZonesBackend.zones.get(region, []) if zone.state == "available"]}


def _moved(props: dict[str, Any], account_id: str, region: str) -> str:
    """The role for lookups that another environment has for the same bootstrap."""
    return props.get("lookupRoleArn", "").replace(props["account"], account_id).replace(props["region"], region)
