"""Custom resources that the CDK answers by a function of its own: what the function does, with its role's rights."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import lambda_backends

from emulator.engine import aws, callers
from emulator.engine.callers import Caller
from emulator.engine.errors import ResourceFailure
from emulator.engine.functions import log_group_of
from emulator.engine.identities import role_of
from emulator.engine.resources import Place, Resource


def function_of(place: Place, properties: dict[str, Any]) -> Any:
    """The function that answers; None if it is not in this account."""
    arn = str(properties.get("ServiceToken", ""))
    if ":function:" not in arn:
        return None
    _, _, _, region, account_id, *_ = arn.split(":")
    try:
        return lambda_backends[account_id][region].get_function(arn)
    except Exception:  # moto raises what the API would answer
        return None


def asker(place: Place, properties: dict[str, Any]) -> Caller:
    """The function that answers, as its role."""
    function = function_of(place, properties)
    role = role_of(function.role) if function is not None else None
    if role is None:
        raise ResourceFailure(f"Invalid ServiceToken, no function with a role: {properties.get('ServiceToken')}")
    return callers.of_role(role, function.function_name)


# functions whose log comes a little later: what the stack makes meanwhile is there first
_running: list[Any] = []


def runs(function: Any) -> None:
    _running.append(function)


def write_logs() -> None:
    while _running:
        ran(_running.pop())


def ran(function: Any) -> None:
    """A function that runs writes a log; it makes the log group if it may and there is none."""
    if function is None:
        return
    name = log_group_of(function)
    api = aws.client("logs", function.account_id, function.region)
    if any(group["logGroupName"] == name for group in api.describe_log_groups(logGroupNamePrefix=name)["logGroups"]):
        return
    role = role_of(function.role)
    arn = f"arn:{function.partition}:logs:{function.region}:{function.account_id}:log-group:{name}"
    if role is not None and callers.refusal(role, "logs:CreateLogGroup", arn) is None:
        api.create_log_group(logGroupName=name)


def missing_attribute(name: str) -> ResourceFailure:
    return ResourceFailure(f"CustomResource attribute error: Vendor response doesn't contain {name} key")


class Handled(Resource):
    """A custom resource whose function does something in the account."""

    replaces_itself = True

    def failed(self, message: str) -> ResourceFailure:
        return ResourceFailure(f"Received response status [FAILED] from custom resource. Message returned: {message}")

    def create(self, properties: dict[str, Any]) -> None:
        self.physical_id = self.place.name
        runs(function_of(self.place, properties))
        self.answer("Create", properties, {})

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        runs(function_of(self.place, properties))
        self.answer("Update", properties, before)

    def delete(self, properties: dict[str, Any]) -> None:
        self.answer("Delete", properties, {})
        ran(function_of(self.place, properties))

    def answer(self, request: str, properties: dict[str, Any], before: dict[str, Any]) -> None:
        raise NotImplementedError

    def attribute(self, name: str) -> Any:
        if name not in self.attributes:
            raise missing_attribute(name)
        return self.attributes[name]
