"""Service-managed stack sets: one template in every account of some units, now and when accounts join."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from emulator.engine import deployment, regions
from emulator.engine.errors import ResourceFailure
from emulator.engine.faults import faults
from emulator.engine.resources import Resource, register
from emulator.engine.stacks import Stack, cloudformation_backends
from emulator.services.organizations import backend as organizations
from emulator.services.organizations.backend import StrictOrganizations, backend_of

_TARGET = re.compile(r"(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})")
# the API of Organizations has one home; the switch is kept there
_HOME = "us-east-1"


def activate(account_id: str, active: bool = True) -> None:
    backend_of(account_id).need_management()
    cloudformation_backends[account_id][_HOME].organizations_access = active


def is_active(account_id: str) -> bool:
    return cloudformation_backends[account_id][_HOME].organizations_access


class TooEarly(ResourceFailure):
    """An account that has no CloudFormation yet: each instance has one attempt."""


@dataclass
class Instance:
    account_id: str
    region: str
    stack: Stack


@dataclass
class StackSet:
    id: str
    name: str
    account_id: str
    properties: dict[str, Any]
    instances: list[Instance] = field(default_factory=list)
    # of the automatic deployments that failed: no other account that arrives makes AWS try again
    failed: set[tuple[str, str]] = field(default_factory=set)

    @property
    def automatic(self) -> bool:
        return bool(self.properties.get("AutoDeployment", {}).get("Enabled"))

    @property
    def parameters(self) -> dict[str, str]:
        return {item["ParameterKey"]: str(item["ParameterValue"]) for item in self.properties.get("Parameters", [])}

    def targets(self) -> list[tuple[str, str]]:
        """Every active member account below the targets, in every region; never the management account."""
        organization = backend_of(self.account_id)
        found = []
        for group in self.properties.get("StackInstancesGroup", []):
            units = set(group["DeploymentTargets"].get("OrganizationalUnitIds", []))
            for account in organization.accounts:
                if account.id == self.account_id or account.status != "ACTIVE":
                    continue
                if units & set(organization.ancestors(account.parent_id)):
                    found.extend((account.id, region) for region in group["Regions"])
        return list(dict.fromkeys(found))

    def reconcile(self) -> None:
        wanted = self.targets()
        present = {(instance.account_id, instance.region) for instance in self.instances} | self.failed
        for account_id, region in wanted:
            if (account_id, region) not in present:
                self._deploy(account_id, region)
        retain = self.properties.get("AutoDeployment", {}).get("RetainStacksOnAccountRemoval")
        for instance in [item for item in self.instances if (item.account_id, item.region) not in wanted]:
            self.instances.remove(instance)
            if not retain:
                deployment.delete(instance.stack)

    def arrival(self) -> None:
        """Nobody waits for it, or hears that it failed."""
        try:
            self.reconcile()
        except TooEarly:
            present = {(instance.account_id, instance.region) for instance in self.instances}
            self.failed |= set(self.targets()) - present

    def _deploy(self, account_id: str, region: str) -> None:
        account = backend_of(self.account_id).get_account_by_id(account_id)
        if region in regions.OPT_IN and account.joined_method == "CREATED":
            raise ResourceFailure(
                f"stack set '{self.name}' failed in account {account_id}, {region}: the region is not enabled in the account"
            )
        newest = backend_of(self.account_id).accounts[-1]
        value = faults.value_of("stack-set-too-early")
        if account.email == (value or newest.email) and faults.meets("stack-set-too-early", account.email):
            raise TooEarly(
                f"stack set '{self.name}' failed in account {account_id}, {region}: "
                "The AWS Access Key Id needs a subscription for the service"
            )
        name = f"StackSet-{self.name}-{uuid.uuid4()}"
        stack = cloudformation_backends[account_id][region].new_stack(name)
        deployment.Deployment(stack, self.properties["TemplateBody"], self.parameters).create()
        if stack.status != "CREATE_COMPLETE":
            failures = [event.reason for event in stack.events if event.status == "CREATE_FAILED"]
            raise ResourceFailure(
                f"stack set '{self.name}' failed in account {account_id}, {region}: {'; '.join(map(str, failures))}"
            )
        self.instances.append(Instance(account_id, region, stack))

    def update(self, properties: dict[str, Any]) -> None:
        changed = any(properties.get(key) != self.properties.get(key) for key in ("TemplateBody", "Parameters"))
        self.properties = properties
        self.failed.clear()
        if changed:
            for instance in self.instances:
                deployment.Deployment(instance.stack, properties["TemplateBody"], self.parameters).update()
        self.reconcile()


@register
class StackSetResource(Resource):
    type = "AWS::CloudFormation::StackSet"
    create_only = ("StackSetName", "PermissionModel", "CallAs")

    @property
    def registry(self) -> dict[str, Any]:
        return cloudformation_backends[self.place.account_id][self.place.region].stack_sets

    def _check(self, properties: dict[str, Any]) -> None:
        if properties.get("PermissionModel") != "SERVICE_MANAGED":
            raise ResourceFailure(
                f"stack sets with the permission model {properties.get('PermissionModel')} "
                "are not emulated: use SERVICE_MANAGED"
            )
        backend_of(self.place.account_id).need_management()
        if not is_active(self.place.account_id):
            raise ResourceFailure("You must enable organizations access to operate a service managed stack set")
        if "TemplateBody" not in properties:
            raise ResourceFailure("stack sets are emulated with a TemplateBody only")
        if (
            "CAPABILITY_NAMED_IAM" not in properties.get("Capabilities", [])
            and "RoleName" in properties["TemplateBody"]
        ):
            raise ResourceFailure("Requires capabilities : [CAPABILITY_NAMED_IAM]")
        for group in properties.get("StackInstancesGroup", []):
            for target in group["DeploymentTargets"].get("OrganizationalUnitIds", []):
                if not _TARGET.fullmatch(target):
                    raise ResourceFailure(
                        f"Value '{target}' at 'deploymentTargets.organizationalUnitIds' is neither a unit nor the root"
                    )

    def create(self, properties: dict[str, Any]) -> None:
        self._check(properties)
        name = properties["StackSetName"]
        if any(existing.name == name for existing in self.registry.values()):
            raise ResourceFailure(f"StackSet {name} already exists (HandlerErrorCode: AlreadyExists)")
        stack_set = StackSet(f"{name}:{uuid.uuid4()}", name, self.place.account_id, properties)
        try:
            stack_set.reconcile()
        except ResourceFailure:
            # AWS deletes the instances of a stack set that could not be created, by the policies of their resources
            for instance in stack_set.instances:
                deployment.delete(instance.stack)
            raise
        self.registry[stack_set.id] = stack_set
        self.physical_id = stack_set.id
        self.attributes = {"StackSetId": stack_set.id}

    def update(self, properties: dict[str, Any], before: dict[str, Any]) -> None:
        self._check(properties)
        self.registry[self.physical_id].update(properties)

    def delete(self, properties: dict[str, Any]) -> None:
        stack_set = self.registry.pop(self.physical_id)
        for instance in stack_set.instances:
            deployment.delete(instance.stack)


def _account_arrived(management_id: str, _: str) -> None:
    for backend in list(cloudformation_backends[management_id].values()):
        for stack_set in backend.stack_sets.values():
            if stack_set.automatic:
                stack_set.arrival()


def install() -> None:
    organizations.install()
    StrictOrganizations.listeners = [_account_arrived]
