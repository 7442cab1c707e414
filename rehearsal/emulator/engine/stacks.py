"""Stacks, change sets and events: the state of CloudFormation in one account and region."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.utilities.utils import get_partition

from emulator.engine import template as templates
from emulator.engine.errors import ValidationError
from emulator.engine.resources import Resource

# called with a stack at each of its own events
listeners: list[Callable[[Stack], None]] = []


def now() -> datetime:
    return datetime.now(timezone.utc)


def suffix(length: int = 12) -> str:
    return "".join(random.choices(string.ascii_uppercase + string.digits, k=length))


@dataclass
class Deployed:
    """A resource of a stack as it was last deployed; `properties` keeps dynamic references unread."""

    resource: Resource
    properties: dict[str, Any]
    declaration: dict[str, Any]
    status: str = "CREATE_COMPLETE"
    changed: datetime = field(default_factory=now)


@dataclass
class Event:
    stack_id: str
    stack_name: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    timestamp: datetime = field(default_factory=now)


@dataclass
class Stack:
    name: str
    id: str
    account_id: str
    region: str
    body: str = ""
    template: dict[str, Any] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    status: str = "REVIEW_IN_PROGRESS"
    reason: str | None = None
    role_arn: str | None = None
    termination_protection: bool = False
    resources: dict[str, Deployed] = field(default_factory=dict)
    retained: list[Deployed] = field(default_factory=list)
    # deleted as far as the stack is concerned, but the emulator could not
    stranded: list[Deployed] = field(default_factory=list)
    outputs: list[dict[str, str]] = field(default_factory=list)
    # names of exports of other stacks
    imports: set[str] = field(default_factory=set)
    policy: str = ""
    # brings back what was there before an operation that stopped half-way, but for the resources that it is given
    unfinished: Callable[[Collection[str]], None] | None = None
    events: list[Event] = field(default_factory=list)
    created: datetime = field(default_factory=now)
    updated: datetime | None = None
    deleted: datetime | None = None
    # the one that has it as a resource
    parent: Stack | None = None

    @property
    def root(self) -> Stack:
        return self.parent.root if self.parent else self

    def event(self, status: str, reason: str | None = None) -> None:
        self.status, self.reason = status, reason
        self.events.append(
            Event(
                self.id,
                self.name,
                self.name,
                self.id,
                "AWS::CloudFormation::Stack",
                status,
                reason,
            )
        )
        for listener in listeners:
            listener(self)

    def resource_event(self, resource: Resource, status: str, reason: str | None = None) -> None:
        self.events.append(
            Event(
                self.id,
                self.name,
                resource.place.logical_id,
                resource.physical_id,
                resource.place.type,
                status,
                reason,
            )
        )

    @property
    def is_deleted(self) -> bool:
        return self.status == "DELETE_COMPLETE"


@dataclass
class ChangeSet:
    name: str
    id: str
    stack: Stack
    kind: str
    body: str
    template: dict[str, Any]
    given: dict[str, str]
    tags: dict[str, str]
    role_arn: str | None
    changes: list[dict[str, Any]]
    parameters: dict[str, Any]
    imports: list[dict[str, Any]]
    status: str = "CREATE_COMPLETE"
    execution_status: str = "AVAILABLE"
    reason: str | None = None
    rollback: bool = True
    created: datetime = field(default_factory=now)


class CloudFormationBackend(BaseBackend):
    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.stacks: dict[str, Stack] = {}
        self.change_sets: dict[str, ChangeSet] = {}
        # set by ActivateOrganizationsAccess, which is not Organizations' trusted access
        self.organizations_access = False
        self.stack_sets: dict[str, Any] = {}
        # id of a detection -> id of its stack, and what it found
        self.drifts: dict[str, tuple[str, list[dict[str, Any]]]] = {}

    @property
    def partition_name(self) -> str:
        return get_partition(self.region_name)

    def arn(self, kind: str, name: str) -> str:
        owner = f"{self.region_name}:{self.account_id}"
        return f"arn:{self.partition_name}:cloudformation:{owner}:{kind}/{name}/{uuid.uuid4()}"

    def living(self) -> list[Stack]:
        return [stack for stack in self.stacks.values() if not stack.is_deleted]

    def find(self, name_or_id: str) -> Stack | None:
        if name_or_id in self.stacks:
            return self.stacks[name_or_id]
        return next((stack for stack in self.living() if stack.name == name_or_id), None)

    def get(self, name_or_id: str) -> Stack:
        stack = self.find(name_or_id)
        if stack is None:
            raise ValidationError(f"Stack with id {name_or_id} does not exist")
        return stack

    def new_stack(self, name: str) -> Stack:
        stack = Stack(name, self.arn("stack", name), self.account_id, self.region_name)
        self.stacks[stack.id] = stack
        return stack

    def change_set(self, name_or_id: str, stack_name: str | None) -> ChangeSet | None:
        if name_or_id in self.change_sets:
            return self.change_sets[name_or_id]
        stack = self.find(stack_name) if stack_name else None
        return next(
            (
                found
                for found in reversed(self.change_sets.values())
                if found.name == name_or_id and stack is not None and found.stack is stack
            ),
            None,
        )

    def import_value(self, name: str) -> str:
        for stack in self.living():
            for output in stack.outputs:
                if output.get("ExportName") == name:
                    return output["OutputValue"]
        raise ValidationError(f"No export named {name} found.")


def changes(
    stack: Stack, template: dict[str, Any], given: dict[str, str], parameters: dict[str, Any]
) -> list[dict[str, Any]]:
    """What a change set shows: resources by their declaration, before any expression is evaluated."""
    before, after = stack.template.get("Resources", {}), template["Resources"]
    touched = {name for name in {*given, *stack.given} if given.get(name) != stack.given.get(name)}
    # what the parameter store holds may have changed
    touched |= {name for name, value in stack.parameters.items() if parameters.get(name) != value}
    found = []
    for name, declaration in after.items():
        if name not in before:
            found.append(("Add", name, declaration))
        elif declaration != before[name] or touched & set(templates.references(declaration)):
            found.append(("Modify", name, declaration))
    found.extend(("Remove", name, declaration) for name, declaration in before.items() if name not in after)
    return [
        {
            "Type": "Resource",
            "ResourceChange": {
                "Action": action,
                "LogicalResourceId": name,
                "ResourceType": declaration["Type"],
                "PhysicalResourceId": stack.resources[name].resource.physical_id if name in stack.resources else None,
                **({"Replacement": "False", "Scope": ["Properties"]} if action == "Modify" else {}),
            },
        }
        for action, name, declaration in found
    ]


cloudformation_backends = BackendDict(CloudFormationBackend, "cloudformation")
