"""Creating, changing, rolling back and deleting the resources of a stack."""

from __future__ import annotations

from collections.abc import Callable, Collection
from copy import copy
from typing import Any

from emulator.engine import deployers, exports, gate, limits, refusals, stack_policies
from emulator.engine import template as templates
from emulator.engine.errors import AWS_ERRORS, ResourceFailure, ValidationError, reason_of
from emulator.engine.faults import faults
from emulator.engine.graph import Graph
from emulator.engine.handlers import write_logs
from emulator.engine.resources import CannotDelete, MotoResource, Place, Recorded, Resource, make
from emulator.engine.stacks import Deployed, Stack, cloudformation_backends, now
from emulator.engine.values import default_name, expand, pseudo_parameters, read_output, read_parameters

# AWS keeps these when a template says nothing
_RETAINED_BY_DEFAULT = ("AWS::Organizations::Account",)


class Deployment:
    """One operation on one stack: what it wants, what it has done, how to undo it."""

    def __init__(
        self,
        stack: Stack,
        body: str,
        given: dict[str, str],
        tags: dict[str, str] | None = None,
        rollback: bool = True,
        parameters: dict[str, Any] | None = None,
    ) -> None:
        self.stack, self.body, self.given, self.rollback = stack, body, given, rollback
        self.template = templates.parse(body, given)
        self.graph = check_template(stack, self.template)
        self.tags = stack.tags if tags is None else tags
        # a change set has read those of the parameter store when it was made
        self.parameters = read_parameters(stack, self.template, given) if parameters is None else parameters
        self.backend = cloudformation_backends[stack.account_id][stack.region]
        self.imports: set[str] = set()
        # overrides the stack's own during an update
        self.policy = ""
        self.scope = templates.Scope(
            self.template, pseudo_parameters(stack), self.parameters, self._attribute, self._import, self._output_of
        )
        # logical id, and what takes back its change
        self.undo: list[tuple[str, Callable[[], None]]] = []
        # deletes what is new in a rollback, also if its policy is to retain it
        self.retain_except_on_create = False

    def _attribute(self, name: str, attribute: str | None) -> Any:
        deployed = self.stack.resources.get(name)
        if deployed is None:
            raise ValidationError(f"Template format error: Unresolved resource dependencies [{name}]")
        return deployed.resource.physical_id if attribute is None else deployed.resource.attribute(attribute)

    def _import(self, name: str) -> str:
        self.imports.add(name)
        return self.backend.import_value(name)

    def _output_of(self, reference: dict[str, Any]) -> str:
        return read_output(self.stack, reference)

    def create(self) -> None:
        self._run("CREATE", "ROLLBACK")

    def update(self) -> None:
        self._run("UPDATE", "UPDATE_ROLLBACK")

    def _run(self, verb: str, rollback: str) -> None:
        stack = self.stack
        before = (
            stack.body, stack.template, stack.given, stack.parameters, stack.imports, dict(stack.resources)
        )
        stack.event(f"{verb}_IN_PROGRESS", "User Initiated")
        try:
            obsolete = self._deploy_all()
            write_logs()
            outputs = self._outputs()
            exports.check(self.backend, stack, outputs)
        except Exception as error:
            if not self.rollback:
                self._stop(verb, error)
                stack.unfinished = lambda skipped: self._resume(rollback, before, skipped)
                return
            stack.event(f"{rollback}_IN_PROGRESS", f"{reason_of(error)} Rollback requested by user.")
            self._roll_back(rollback, before)
            return
        if verb == "UPDATE":
            stack.event("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
            for deployed, policy in obsolete:
                _remove(stack, deployed, policy, tolerant=True)
            stack.updated = now()
        self.keep()
        stack.outputs, stack.unfinished = outputs, None
        stack.event(f"{verb}_COMPLETE")

    def keep(self) -> None:
        stack = self.stack
        stack.body, stack.template, stack.given = self.body, self.template, self.given
        stack.parameters, stack.tags, stack.imports = self.parameters, self.tags, self.imports

    def _stop(self, verb: str, error: Exception) -> None:
        """Without a rollback, what is there stays there, and belongs to the stack."""
        self.keep()
        self.stack.event(f"{verb}_FAILED", reason_of(error))

    def _resume(self, verb: str, before: tuple[Any, ...], skipped: Collection[str]) -> None:
        self.stack.event(f"{verb}_IN_PROGRESS", "User Initiated")
        self._roll_back(verb, before, skipped)

    def _roll_back(self, verb: str, before: tuple[Any, ...], skipped: Collection[str] = ()) -> None:
        stack = self.stack
        write_logs()
        try:
            while self.undo:
                name, undo = self.undo[-1]
                if name not in skipped:
                    undo()
                self.undo.pop()
        except Exception as error:
            stack.event(f"{verb}_FAILED", reason_of(error))
            stack.unfinished = lambda skipped: self._resume(verb, before, skipped)
            return
        stack.body, stack.template, stack.given, stack.parameters, stack.imports, stack.resources = before
        stack.unfinished = None
        if verb == "ROLLBACK":
            stack.template, stack.body = self.template, self.body
        stack.event(f"{verb}_COMPLETE")

    def _deploy_all(self) -> list[tuple[Deployed, str]]:
        """Returns what the new template no longer needs, with the policy that decides about it."""
        stack = self.stack
        obsolete: dict[str, tuple[Deployed, str]] = {}
        wanted = dict.fromkeys(name for name in self.graph.order if self._is_wanted(name))
        for name in wanted:
            replaced = self._deploy(name)
            if replaced is not None:
                obsolete[name] = replaced, self.template["Resources"][name].get("UpdateReplacePolicy", "Delete")
        for name in [name for name in reversed(stack.resources) if name not in wanted]:
            self._check_policy(stack.resources[name], "Delete")
            deployed = stack.resources.pop(name)
            self.undo.append((name, lambda name=name, deployed=deployed: stack.resources.update({name: deployed})))
            obsolete[name] = deployed, deletion_policy(deployed.declaration)
        # what depends on something goes before it, as in a deletion
        before = [name for name in Graph.of(stack.template).order if name in obsolete] if obsolete else []
        return [obsolete[name] for name in reversed([*(name for name in obsolete if name not in before), *before])]

    def _is_wanted(self, name: str) -> bool:
        condition = self.template["Resources"][name].get("Condition")
        return condition is None or self.scope.condition(condition)

    def _deploy(self, name: str) -> Deployed | None:
        declaration = self.template["Resources"][name]
        properties = self.scope.resolve(declaration.get("Properties", {}))
        existing = self.stack.resources.get(name)
        if existing is not None and existing.status == "CREATE_FAILED":
            self._clear(self.stack.resources.pop(name).resource, existing.properties)
            existing = None
        if existing is None:
            self._create(name, declaration, properties)
            return None
        if existing.properties == properties and existing.resource.place.type == declaration["Type"]:
            existing.declaration = declaration
            return None
        resource = existing.resource
        replace = resource.place.type != declaration["Type"] or any(
            existing.properties.get(key) != properties.get(key) for key in resource.create_only
        )
        self._check_policy(existing, "Replace" if replace else "Modify")
        if replace:
            self._create(name, declaration, properties)
            return existing
        return self._update(existing, declaration, properties)

    def _check_policy(self, deployed: Deployed, action: str) -> None:
        place = deployed.resource.place
        policy = self.policy or self.stack.policy
        try:
            stack_policies.check(policy, action, place.logical_id, place.type)
        except ResourceFailure as error:
            self.stack.resource_event(deployed.resource, "UPDATE_FAILED", reason_of(error))
            raise ResourceFailure(f"The following resource(s) failed to update: [{place.logical_id}].") from error

    def place_of(self, name: str, declaration: dict[str, Any]) -> Place:
        stack, kind = self.stack, declaration["Type"]
        return Place(
            stack.account_id, stack.region, stack.name, stack.id, name, kind, default_name(stack, name, kind)
        )

    def _create(self, name: str, declaration: dict[str, Any], properties: dict[str, Any]) -> None:
        stack = self.stack
        replaced = stack.resources.get(name)
        place = self.place_of(name, declaration)
        resource = make(place)
        if resource.one_at_a_time:
            place.parallel = self.graph.parallel(name)
        stack.resource_event(resource, "CREATE_IN_PROGRESS")
        try:
            given = expand(stack, properties)
            refusals.check(refusals.Asked(place, given, None, self.template))
            resource = create(stack, resource, given)
        except Exception as error:
            stack.resource_event(resource, "CREATE_FAILED", reason_of(error))
            if self.rollback or replaced is not None:
                self._clear(resource, properties)
            elif resource.physical_id:
                self._leave(name, Deployed(resource, properties, declaration, "CREATE_FAILED"))
            raise ResourceFailure(f"The following resource(s) failed to create: [{name}].") from error
        deployed = stack.resources[name] = Deployed(resource, properties, declaration)
        stack.resource_event(resource, "CREATE_COMPLETE")
        policy = deletion_policy(declaration)

        def undo() -> None:
            # there is nothing in it yet
            deleted = self.retain_except_on_create or policy in ("RetainExceptOnCreate", "Snapshot")
            _remove(stack, deployed, "Delete" if deleted else policy)
            if replaced is None:
                stack.resources.pop(name, None)
            else:
                stack.resources[name] = replaced

        self.undo.append((name, undo))

    def _leave(self, name: str, failed: Deployed) -> None:
        """What is there of a resource that failed, until the stack is deleted, changed or rolled back."""
        self.stack.resources[name] = failed
        self.undo.append((name, lambda: self._clear(failed.resource, failed.properties)))

    def _clear(self, resource: Resource, properties: dict[str, Any]) -> None:
        """Takes back a creation that stopped half-way; an account that exists already stays."""
        if not resource.physical_id or resource.place.type in _RETAINED_BY_DEFAULT:
            return
        try:
            resource.delete(expand(self.stack, properties))
        except Exception as error:
            self.stack.resource_event(resource, "DELETE_FAILED", reason_of(error))

    def _update(self, deployed: Deployed, declaration: dict[str, Any], properties: dict[str, Any]) -> Deployed | None:
        """Gives what the resource was, if it has become another."""
        stack, resource = self.stack, deployed.resource
        before, former = (deployed.properties, deployed.declaration), copy(resource)

        def undo() -> None:
            failed = copy(resource)
            resource.update(expand(stack, before[0]), expand(stack, properties))
            deployed.properties, deployed.declaration = before
            if resource.replaces_itself and resource.physical_id != failed.physical_id:
                _remove(stack, Deployed(failed, properties, declaration), "Delete", tolerant=True)

        stack.resource_event(resource, "UPDATE_IN_PROGRESS")
        try:
            check_faults(resource)
            given, had = expand(stack, properties), expand(stack, deployed.properties)
            deployers.check_update(stack, resource, given, had)
            refusals.check(refusals.Asked(resource.place, given, had, self.template))
            # what is refused before has changed nothing
            self.undo.append((resource.place.logical_id, undo))
            with gate.lock():
                resource.update(given, had)
        except Exception as error:
            stack.resource_event(resource, "UPDATE_FAILED", reason_of(error))
            raise ResourceFailure(
                f"The following resource(s) failed to update: [{resource.place.logical_id}]."
            ) from error
        deployed.properties, deployed.declaration = properties, declaration
        deployed.status, deployed.changed = "UPDATE_COMPLETE", now()
        stack.resource_event(resource, "UPDATE_COMPLETE")
        is_another = resource.replaces_itself and resource.physical_id != former.physical_id
        return Deployed(former, *before) if is_another else None

    def _outputs(self) -> list[dict[str, str]]:
        outputs = []
        for key, declaration in self.template.get("Outputs", {}).items():
            if "Condition" in declaration and not self.scope.condition(declaration["Condition"]):
                continue
            value = self.scope.resolve(declaration["Value"])
            if isinstance(value, (dict, list)):
                raise ValidationError(limits.NO_TEXT)
            output = {"OutputKey": key, "OutputValue": str(value)}
            if "Description" in declaration:
                output["Description"] = declaration["Description"]
            if "Export" in declaration:
                output["ExportName"] = self.scope.resolve(declaration["Export"]["Name"])
            outputs.append(output)
        return outputs


def check_template(stack: Stack | None, template: dict[str, Any]) -> Graph:
    """What AWS says of a template before it begins, with the stack that it is for, if there is one."""
    graph = Graph.of(template)
    before = stack.template.get("Resources", {}) if stack is not None and stack.resources else {}
    changed = [
        name
        for name, declaration in template["Resources"].items()
        if name in before and before[name]["Type"] != declaration["Type"]
    ]
    if changed:
        raise ValidationError(
            "Update of resource type is not permitted. The new template modifies resource type of the following "
            f"resources: [{', '.join(changed)}]"
        )
    # it raises if there is none
    assert graph.order
    return graph


def delete(stack: Stack, retained: Collection[str] = ()) -> None:
    """What is to be retained now can only be what could not be deleted before."""
    before = stack.status
    stack.event("DELETE_IN_PROGRESS", "User Initiated")
    try:
        exports.check_deletion(cloudformation_backends[stack.account_id][stack.region], stack)
    except ValidationError as error:
        stack.event(before, reason_of(error))
        return
    names = [name for name in Graph.of(stack.template).order if name in stack.resources] if stack.template else []
    # an update that stopped half-way may have left what its template no longer names
    names = [*names, *(name for name in stack.resources if name not in names)]
    for name in [name for name in names if name in retained]:
        names.remove(name)
        _remove(stack, stack.resources.pop(name), "Retain")
    failed = _delete_all(stack, list(reversed(names)))
    if failed:
        # moto's order of dependencies is not always CloudFormation's
        failed = _delete_all(stack, failed)
    if failed:
        stack.event("DELETE_FAILED", f"The following resource(s) failed to delete: [{', '.join(failed)}]. ")
        return
    stack.outputs, stack.imports = [], set()
    stack.deleted = now()
    stack.event("DELETE_COMPLETE")


def _delete_all(stack: Stack, names: list[str]) -> list[str]:
    failed = []
    for name in names:
        deployed = stack.resources[name]
        if _remove(stack, deployed, deletion_policy(deployed.declaration), tolerant=True):
            del stack.resources[name]
        else:
            failed.append(name)
    return failed


def _remove(stack: Stack, deployed: Deployed, policy: str, tolerant: bool = False) -> bool:
    resource = deployed.resource
    if policy in ("Retain", "RetainExceptOnCreate"):
        stack.retained.append(deployed)
        stack.resource_event(resource, "DELETE_SKIPPED")
        return True
    stack.resource_event(resource, "DELETE_IN_PROGRESS")
    try:
        had = expand(stack, deployed.properties)
        deployers.check_delete(stack, resource, had)
        with gate.lock():
            remove = resource.delete_with_snapshot if policy == "Snapshot" else resource.delete
            remove(had)
    except CannotDelete:
        stack.stranded.append(deployed)
    except Exception as error:
        if isinstance(resource, MotoResource) and not isinstance(error, AWS_ERRORS):
            stack.stranded.append(deployed)
            stack.resource_event(resource, "DELETE_COMPLETE", reason_of(error))
            return True
        stack.resource_event(resource, "DELETE_FAILED", reason_of(error))
        if not tolerant:
            raise
        return False
    stack.resource_event(resource, "DELETE_COMPLETE")
    return True


def create(stack: Stack, resource: Resource, properties: dict[str, Any]) -> Resource:
    check_faults(resource)
    deployers.check_create(stack, resource, properties)
    try:
        with gate.lock():
            resource.create(properties)
        return resource
    except AWS_ERRORS:
        raise
    except Exception as error:  # moto cannot do it: not AWS's answer, so the type is recorded, and said so
        if not isinstance(resource, MotoResource):
            raise
        recorded = Recorded(resource.place)
        recorded.because = f"{type(error).__name__}: {error}"
        recorded.create(properties)
        return recorded


def check_faults(resource: Resource) -> None:
    if failing := faults.meets("failing", resource.place.type, resource.place.stack_name):
        raise ResourceFailure(failing.message or "Internal Failure")


def deletion_policy(declaration: dict[str, Any]) -> str:
    kind = declaration["Type"]
    if kind in _RETAINED_BY_DEFAULT:
        default = "Retain"
    else:
        default = "Snapshot" if _has_snapshot_by_default(declaration) else "Delete"
    return declaration.get("DeletionPolicy", default)


def _has_snapshot_by_default(declaration: dict[str, Any]) -> bool:
    """A cluster, and an instance that is in none."""
    kind = declaration["Type"]
    alone = "DBClusterIdentifier" not in declaration.get("Properties", {})
    return kind == "AWS::RDS::DBCluster" or kind == "AWS::RDS::DBInstance" and alone
