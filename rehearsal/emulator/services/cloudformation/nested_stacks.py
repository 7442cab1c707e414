"""AWS::CloudFormation::Stack: a stack inside a stack."""

from __future__ import annotations

from typing import Any

from emulator.engine import deployment
from emulator.engine.errors import ResourceFailure
from emulator.engine.resources import Resource, register
from emulator.engine.stacks import Stack, cloudformation_backends, suffix
from emulator.engine.values import read_template


@register
class NestedStack(Resource):
    type = "AWS::CloudFormation::Stack"

    @property
    def stack(self) -> Stack:
        return cloudformation_backends[self.place.account_id][self.place.region].get(self.physical_id)

    def create(self, properties: dict[str, Any]) -> None:
        place = self.place
        backend = cloudformation_backends[place.account_id][place.region]
        stack = backend.new_stack(f"{place.stack_name}-{place.logical_id}-{suffix()}")
        stack.parent = backend.get(place.stack_id)
        self.physical_id = stack.id
        self._deployment(stack, properties).create()
        self._finish(stack, "CREATE_COMPLETE")

    def _deployment(self, stack: Stack, properties: dict[str, Any]) -> deployment.Deployment:
        body = read_template(properties["TemplateURL"], stack.account_id, stack.region)
        given = {key: _text(value) for key, value in properties.get("Parameters", {}).items()}
        return deployment.Deployment(stack, body, given)

    def _finish(self, stack: Stack, wanted: str) -> None:
        if stack.status != wanted:
            reasons = [event.reason for event in stack.events if event.status.endswith("_FAILED")]
            raise ResourceFailure(f"Embedded stack {stack.id} was not successfully deployed: {reasons}")
        self.attributes = {f"Outputs.{output['OutputKey']}": output["OutputValue"] for output in stack.outputs}

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        self._deployment(self.stack, properties).update()
        self._finish(self.stack, "UPDATE_COMPLETE")

    def delete(self, properties: dict[str, Any]) -> None:
        stack = self.stack
        deployment.delete(stack)
        if not stack.is_deleted:
            raise ResourceFailure(f"{stack.name}: {stack.reason}")


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
