"""Custom resources that a function of the app answers: it runs, and what it puts to the response URL is the answer.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
"""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from emulator.engine import functions, quotas
from emulator.engine.errors import ResourceFailure
from emulator.engine.handlers import function_of, missing_attribute, ran, runs
from emulator.engine.resources import Recorded, register

# Lambda runs a function again that failed and that nobody waits for
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
_ATTEMPTS = 3
# what the module of CloudFormation says, instead of a reason
_ELSEWHERE = "CloudWatch Log Stream"


@register
class FunctionResource(Recorded):
    """As long as its function cannot run, it is recorded."""

    type = "AWS::CloudFormation::CustomResource"
    replaces_itself = True

    def __init__(self, place: Any) -> None:
        super().__init__(place)
        self.create_only = ()  # type: ignore[misc]
        self.is_answered = False

    def create(self, properties: dict[str, Any]) -> None:
        # what a rollback deletes if there is no answer
        self.physical_id = self.place.name
        if not self._ask("Create", properties):
            super().create(properties)

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        if before and properties["ServiceToken"] != before.get("ServiceToken"):
            raise ResourceFailure("Modifying service token is not allowed.")
        if not self._ask("Update", properties, before):
            super().update(properties, before)

    def delete(self, properties: dict[str, Any]) -> None:
        if not self._ask("Delete", properties):
            super().delete(properties)

    def attribute(self, name: str) -> Any:
        if not self.is_answered:
            return super().attribute(name)
        if name not in self.attributes:
            raise missing_attribute(name)
        return self.attributes[name]

    def _ask(self, request: str, properties: dict[str, Any], before: dict[str, Any] | None = None) -> bool:
        """False if the function cannot run, which is told."""
        token, function = str(properties.get("ServiceToken", "")), function_of(self.place, properties)
        if function is None and ":function:" in token:
            raise ResourceFailure(f"Function not found: {token}")
        try:
            if function is None:
                raise functions.CannotRun("nobody answers a topic here")
            if request != "Delete":
                runs(function)
            self._take(request, *self._answer(function, request, properties, before))
            if request == "Delete":
                ran(function)
            return True
        except functions.CannotRun as error:
            functions.told(f"{'function' if function else 'topic'} {token.rsplit(':', 1)[-1]}", error)
            return False

    def _answer(
        self, function: Any, request: str, properties: dict[str, Any], before: dict[str, Any] | None
    ) -> tuple[str, bytes, str]:
        place, request_id = self.place, str(uuid.uuid4())
        token, url = functions.begin_answer()
        event = {
            "RequestType": request,
            "ServiceToken": properties["ServiceToken"],
            "ResponseURL": url,
            "StackId": place.stack_id,
            "RequestId": request_id,
            "LogicalResourceId": place.logical_id,
            **({"PhysicalResourceId": self.physical_id} if request != "Create" else {}),
            "ResourceType": place.type,
            "ResourceProperties": _texts(properties),
            **({"OldResourceProperties": _texts(before)} if before else {}),
        }
        end = time.monotonic() + min(int(properties.get("ServiceTimeout", 3600)), functions.LONGEST_SECONDS)
        outcome = functions.Outcome()
        for _ in range(_ATTEMPTS):
            outcome = functions.run(function, event)
            is_over = outcome.is_timed_out or time.monotonic() > end
            if functions.has_answer(token) or outcome.error is None or is_over:
                break
        answer = functions.take_answer(token)
        if answer is None:
            why = f" {outcome.said}" if outcome.said else " It ended without one."
            raise ResourceFailure(
                "CloudFormation did not receive a response from your Custom Resource. Please check your logs for "
                f"requestId [{request_id}]. If you are using the Python cfn-response module, you may need to update "
                f"your Lambda function code so that CloudFormation can attach the updated version.{why}"
            )
        return request_id, answer, outcome.log

    def _take(self, request: str, request_id: str, body: bytes, log: str) -> None:
        self.is_answered = True
        if len(body) > quotas.CUSTOM_RESOURCE_RESPONSE_BYTES:
            raise ResourceFailure("Response object is too long.")
        try:
            answer = json.loads(body)
            status = answer["Status"]
        except (ValueError, TypeError, KeyError):
            said = body.decode("utf-8", "replace")
            raise ResourceFailure(f"Invalid response of the custom resource: {said}") from None
        identity = answer.get("PhysicalResourceId")
        if status != "SUCCESS":
            if identity and request == "Create":
                self.physical_id = str(identity)
            reason = str(answer.get("Reason"))
            # where nobody can look
            shown = f" The log ends with: {log}" if log and _ELSEWHERE in reason else ""
            raise ResourceFailure(
                f"Received response status [{status}] from custom resource. Message returned: {reason} "
                f"(RequestId: {request_id}){shown}"
            )
        if not isinstance(identity, str) or not 0 < len(identity.encode()) <= quotas.PHYSICAL_ID_BYTES:
            raise ResourceFailure("Invalid PhysicalResourceId")
        data = answer.get("Data") or {}
        if not isinstance(data, dict):
            raise ResourceFailure(f"Invalid response of the custom resource: Data is no object: {json.dumps(data)}")
        if request != "Delete":
            self.physical_id = identity
            self.attributes = {name: _texts(value) for name, value in data.items()}


def _texts(value: Any) -> Any:
    """A function is given text for what is a number or a boolean in the template, and so is who reads its answer."""
    if isinstance(value, dict):
        return {key: _texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    if isinstance(value, bool):
        return str(value).lower()
    return value if value is None else str(value)
