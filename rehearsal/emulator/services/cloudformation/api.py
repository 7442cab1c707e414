"""The CloudFormation API, as far as the CDK CLI and custom resources use it."""

from __future__ import annotations

import json
import uuid
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from emulator.engine import deployment, drift, exports, limits, stack_policies, stacks
from emulator.engine import template as templates
from emulator.engine.descriptions import description, pairs
from emulator.engine.errors import AWS_ERRORS, AlreadyExists, ValidationError, reason_of
from emulator.engine.stacks import ChangeSet, CloudFormationBackend, Deployed, Stack
from emulator.engine.values import check_role, read_parameters, read_template
from emulator.services.cloudformation import imports, stack_sets

_NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."


class ChangeSetNotFound(ServiceException):
    code = "ChangeSetNotFoundException"


class NotEmulated(ServiceException):
    code = "NotImplemented"


class InternalFailure(ServiceException):
    code = "InternalFailure"


def _all_of(stack: Stack) -> dict[str, Deployed]:
    """Of a stack that is deleted, what it has left."""
    left = {deployed.resource.place.logical_id: deployed for deployed in stack.retained if stack.is_deleted}
    return {**left, **stack.resources}


class CloudFormationResponse(BaseResponse):
    def __init__(self) -> None:
        super().__init__(service_name="cloudformation")
        self.automated_parameter_parsing = True

    @property
    def backend(self) -> CloudFormationBackend:
        return stacks.cloudformation_backends[self.current_account][self.region]

    def _template_body(self) -> str | None:
        url = self._get_param("TemplateURL")
        if url:
            return read_template(url, self.current_account, self.region)
        body = self._get_param("TemplateBody")
        limits.check_inline(body or "")
        return body

    def _tags(self) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self._get_param("Tags", [])}

    def _given(self, stack: Stack | None) -> dict[str, str]:
        given = {}
        for parameter in self._get_param("Parameters", []):
            key = parameter["ParameterKey"]
            if parameter.get("UsePreviousValue") and stack is not None:
                if key in stack.given:
                    given[key] = stack.given[key]
            else:
                given[key] = parameter.get("ParameterValue", "")
        return given

    def create_change_set(self) -> ActionResult:
        name, kind = self._get_param("StackName"), self._get_param("ChangeSetType", "UPDATE")
        stack = self.backend.find(name)
        if stack is None:
            limits.check_stack_name(name)
        if role_arn := self._get_param("RoleARN"):
            check_role(role_arn, "cloudformation.amazonaws.com")
        body = stack.body if stack and self._get_param("UsePreviousTemplate") else self._template_body()
        deployment.check_template(stack, templates.parse(str(body), self._given(stack)))
        if kind == "CREATE" or kind == "IMPORT" and stack is None:
            if stack is not None and stack.status != "REVIEW_IN_PROGRESS":
                raise ValidationError(
                    f"Stack [{name}] already exists and cannot be created again with the changeSet "
                    f"[{self._get_param('ChangeSetName')}]."
                )
            stack = stack or self.backend.new_stack(name)
            if not stack.events:
                stack.event("REVIEW_IN_PROGRESS", "User Initiated")
        elif stack is None:
            raise ValidationError(f"Stack [{name}] does not exist")
        else:
            self._check_state(stack)
        change_set = self._new_change_set(stack, kind, str(body))
        self.backend.change_sets[change_set.id] = change_set
        return ActionResult({"Id": change_set.id, "StackId": stack.id})

    def _check_state(self, stack: Stack) -> None:
        resting = stack.status.endswith("_COMPLETE") and stack.status != "ROLLBACK_COMPLETE"
        # without a rollback, a failed operation is tried again
        if not resting and not (stack.unfinished and stack.status in ("CREATE_FAILED", "UPDATE_FAILED")):
            raise ValidationError(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")

    def _new_change_set(self, stack: Stack, kind: str, body: str) -> ChangeSet:
        given, tags = self._given(stack), self._tags()
        template = templates.parse(body, given)
        name = self._get_param("ChangeSetName")
        parameters = read_parameters(stack, template, given)
        found = stacks.changes(stack, template, given, parameters)
        made = ChangeSet(
            name,
            self.backend.arn("changeSet", name),
            stack,
            kind,
            body,
            template,
            given,
            tags,
            self._get_param("RoleARN"),
            found,
            parameters,
            imports=self._imports(stack, kind, template),
            rollback=not (self._get_param("OnStackFailure") == "DO_NOTHING"),
        )
        same = stack.template == template and stack.parameters == parameters and stack.tags == tags
        if kind == "UPDATE" and same and stack.unfinished is None:
            made.status, made.execution_status, made.reason = "FAILED", "UNAVAILABLE", _NO_CHANGES
        return made

    def _imports(self, stack: Stack, kind: str, template: dict[str, Any]) -> list[dict[str, Any]]:
        wanted = self._get_param("ResourcesToImport", []) if kind == "IMPORT" else []
        if kind == "IMPORT":
            imports.check(stack, template, wanted)
        return wanted

    def _change_set(self) -> ChangeSet:
        name = self._get_param("ChangeSetName")
        change_set = self.backend.change_set(name, self._get_param("StackName"))
        if change_set is None:
            raise ChangeSetNotFound(f"ChangeSet [{name}] does not exist")
        return change_set

    def describe_change_set(self) -> ActionResult:
        found = self._change_set()
        return ActionResult(
            {
                "ChangeSetName": found.name,
                "ChangeSetId": found.id,
                "StackId": found.stack.id,
                "StackName": found.stack.name,
                "CreationTime": found.created,
                "Status": found.status,
                "ExecutionStatus": found.execution_status,
                "StatusReason": found.reason,
                "Changes": found.changes,
                "Parameters": pairs(found.given, "Parameter"),
                "Tags": pairs(found.tags, ""),
            }
        )

    def delete_change_set(self) -> ActionResult:
        found = self.backend.change_set(self._get_param("ChangeSetName"), self._get_param("StackName"))
        if found is not None:
            del self.backend.change_sets[found.id]
        return EmptyResult()

    def list_change_sets(self) -> ActionResult:
        stack = self.backend.get(self._get_param("StackName"))
        return ActionResult(
            {
                "Summaries": [
                    {"ChangeSetName": found.name, "ChangeSetId": found.id, "StackId": stack.id, "Status": found.status}
                    for found in self.backend.change_sets.values()
                    if found.stack is stack
                ]
            }
        )

    def execute_change_set(self) -> ActionResult:
        found = self._change_set()
        if found.execution_status != "AVAILABLE":
            raise ValidationError(
                f"ChangeSet [{found.id}] cannot be executed in its current status of [{found.status}]"
            )
        rollback = not self._get_param("DisableRollback", False) and found.rollback
        found.execution_status = "EXECUTE_COMPLETE"
        self.backend.change_sets = {
            key: kept for key, kept in self.backend.change_sets.items() if kept.stack is not found.stack
        }
        if found.kind == "IMPORT":
            given = deployment.Deployment(found.stack, found.body, found.given, found.tags, True, found.parameters)
            imports.run(given, found.imports)
            return EmptyResult()
        self._run(
            found.stack, found.kind, found.body, found.given, found.tags, found.role_arn, rollback, found.parameters
        )
        return EmptyResult()

    def _run(
        self,
        stack: Stack,
        kind: str,
        body: str,
        given: dict[str, str],
        tags: dict[str, str],
        role_arn: str | None,
        rollback: bool,
        parameters: dict[str, Any] | None = None,
        policy: str = "",
    ) -> None:
        stack.role_arn = role_arn or stack.role_arn
        operation = deployment.Deployment(stack, body, given, tags, rollback, parameters)
        operation.policy = policy
        operation.retain_except_on_create = bool(self._get_param("RetainExceptOnCreate", False))
        operation.create() if kind == "CREATE" else operation.update()

    def create_stack(self) -> ActionResult:
        name = self._get_param("StackName")
        limits.check_stack_name(name)
        if self.backend.find(name) is not None:
            raise AlreadyExists(f"Stack [{name}] already exists")
        body, policy = str(self._template_body()), self._policy_body("StackPolicy")
        deployment.check_template(None, templates.parse(body, self._given(None)))
        stack = self.backend.new_stack(name)
        stack.policy = policy
        stack.termination_protection = bool(self._get_param("EnableTerminationProtection", False))
        self._run(
            stack,
            "CREATE",
            body,
            self._given(None),
            self._tags(),
            self._get_param("RoleARN"),
            not (self._get_param("DisableRollback", False) or self._get_param("OnFailure") == "DO_NOTHING"),
        )
        if self._get_param("OnFailure") == "DELETE" and stack.status == "ROLLBACK_COMPLETE":
            deployment.delete(stack)
        return ActionResult({"StackId": stack.id})

    def update_stack(self) -> ActionResult:
        stack = self.backend.get(self._get_param("StackName"))
        body = stack.body if self._get_param("UsePreviousTemplate") else str(self._template_body())
        given, tags = self._given(stack), self._tags() or stack.tags
        self._check_state(stack)
        same = templates.parse(body, given) == stack.template and given == stack.given and tags == stack.tags
        if same and stack.unfinished is None:
            raise ValidationError("No updates are to be performed.")
        rollback = not self._get_param("DisableRollback", False)
        override = self._policy_body("StackPolicyDuringUpdate")
        stack.policy = self._policy_body("StackPolicy") or stack.policy
        self._run(stack, "UPDATE", body, given, tags, self._get_param("RoleARN"), rollback, policy=override)
        return ActionResult({"StackId": stack.id})

    def _policy_body(self, name: str) -> str:
        url = self._get_param(f"{name}URL")
        body = read_template(url, self.current_account, self.region) if url else self._get_param(f"{name}Body") or ""
        if body:
            stack_policies.read(body)
        return body

    def set_stack_policy(self) -> ActionResult:
        stack = self.backend.get(self._get_param("StackName"))
        stack.policy = self._policy_body("StackPolicy")
        return EmptyResult()

    def get_stack_policy(self) -> ActionResult:
        policy = self.backend.get(self._get_param("StackName")).policy
        return ActionResult({"StackPolicyBody": policy} if policy else {})

    def rollback_stack(self) -> ActionResult:
        stack = self.backend.get(self._get_param("StackName"))
        if stack.status not in ("CREATE_FAILED", "UPDATE_FAILED") or stack.unfinished is None:
            raise ValidationError(f"Stack:{stack.id} is in {stack.status} state and can not be rolled back.")
        stack.unfinished(())
        return ActionResult({"StackId": stack.id})

    def continue_update_rollback(self) -> ActionResult:
        stack = self.backend.get(self._get_param("StackName"))
        if stack.status != "UPDATE_ROLLBACK_FAILED" or stack.unfinished is None:
            raise ValidationError(f"Stack:{stack.id} is in {stack.status} state and can not continue rollback.")
        stack.unfinished(self._get_param("ResourcesToSkip", []))
        return EmptyResult()

    def delete_stack(self) -> ActionResult:
        stack = self.backend.find(self._get_param("StackName"))
        if stack is None or stack.is_deleted:
            return EmptyResult()
        if stack.termination_protection:
            raise ValidationError(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
        retained = self._get_param("RetainResources", [])
        if retained and stack.status != "DELETE_FAILED":
            raise ValidationError(
                f"Invalid operation on stack [{stack.id}]. This stack is currently in a non-terminal [{stack.status}] "
                "state. To delete the stack, resources to retain may only be specified in DELETE_FAILED state."
            )
        deployment.delete(stack, retained)
        return EmptyResult()

    def update_termination_protection(self) -> ActionResult:
        stack = self.backend.get(self._get_param("StackName"))
        stack.termination_protection = bool(self._get_param("EnableTerminationProtection"))
        return ActionResult({"StackId": stack.id})

    def describe_stacks(self) -> ActionResult:
        name = self._get_param("StackName")
        found = [self.backend.get(name)] if name else self.backend.living()
        return ActionResult({"Stacks": [description(stack) for stack in found]})

    def list_stacks(self) -> ActionResult:
        wanted = self._get_param("StackStatusFilter", [])
        return ActionResult(
            {
                "StackSummaries": [
                    description(stack) for stack in self.backend.stacks.values() if not wanted or stack.status in wanted
                ]
            }
        )

    def describe_stack_events(self) -> ActionResult:
        stack = self.backend.get(self._get_param("StackName"))
        return ActionResult(
            {
                "StackEvents": [
                    {
                        "StackId": event.stack_id,
                        "EventId": event.id,
                        "StackName": event.stack_name,
                        "LogicalResourceId": event.logical_id,
                        "PhysicalResourceId": event.physical_id,
                        "ResourceType": event.type,
                        "Timestamp": event.timestamp,
                        "ResourceStatus": event.status,
                        "ResourceStatusReason": event.reason,
                    }
                    for event in reversed(stack.events)
                ]
            }
        )

    def describe_events(self) -> ActionResult:
        return ActionResult({"OperationEvents": []})

    def _resources(self) -> list[dict[str, Any]]:
        physical_id = self._get_param("PhysicalResourceId")
        stack = self._stack_of(physical_id) if physical_id else self.backend.get(self._get_param("StackName"))
        wanted = self._get_param("LogicalResourceId")
        return [
            {
                "StackName": stack.name,
                "StackId": stack.id,
                "LogicalResourceId": name,
                "PhysicalResourceId": deployed.resource.physical_id,
                "ResourceType": deployed.resource.place.type,
                "Timestamp": deployed.changed,
                "LastUpdatedTimestamp": deployed.changed,
                "ResourceStatus": deployed.status,
            }
            for name, deployed in _all_of(stack).items()
            if wanted in (None, name)
        ]

    def _stack_of(self, physical_id: str) -> Stack:
        """Also one that is deleted: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html"""
        if self._get_param("StackName"):
            raise ValidationError("StackName and PhysicalResourceId cannot both be given")
        for stack in sorted(self.backend.stacks.values(), key=lambda stack: stack.is_deleted):
            if any(deployed.resource.physical_id == physical_id for deployed in _all_of(stack).values()):
                return stack
        raise ValidationError(f"Stack for {physical_id} does not exist")

    def describe_stack_resources(self) -> ActionResult:
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
        return ActionResult({"StackResources": self._resources()[:100]})

    def list_stack_resources(self) -> ActionResult:
        return ActionResult({"StackResourceSummaries": self._resources()})

    def describe_stack_resource(self) -> ActionResult:
        found = self._resources()
        if not found:
            raise ValidationError(
                f"Resource {self._get_param('LogicalResourceId')} does not exist "
                f"for stack {self._get_param('StackName')}"
            )
        return ActionResult({"StackResourceDetail": found[0]})

    def get_template(self) -> ActionResult:
        stack = self.backend.get(self._get_param("StackName"))
        processed = self._get_param("TemplateStage") == "Processed" and "Transform" in stack.template
        stages = ["Original", "Processed"]
        body = json.dumps(stack.template) if processed else stack.body or "{}"
        return ActionResult({"TemplateBody": body, "StagesAvailable": stages})

    def validate_template(self) -> ActionResult:
        template = templates.parse(str(self._template_body()))
        deployment.check_template(None, template)
        return ActionResult(
            {
                "Description": template.get("Description"),
                "Parameters": [
                    {
                        "ParameterKey": key,
                        "DefaultValue": declared.get("Default"),
                        "Description": declared.get("Description"),
                        "NoEcho": bool(declared.get("NoEcho")),
                    }
                    for key, declared in template.get("Parameters", {}).items()
                ],
            }
        )

    def get_template_summary(self) -> ActionResult:
        name = self._get_param("StackName")
        body = self.backend.get(name).body if name else str(self._template_body())
        template = templates.parse(body)
        return ActionResult(
            {
                "Parameters": [
                    {
                        "ParameterKey": key,
                        "DefaultValue": declared.get("Default"),
                        "ParameterType": declared.get("Type", "String"),
                    }
                    for key, declared in template.get("Parameters", {}).items()
                ],
                "ResourceTypes": sorted({declared["Type"] for declared in template["Resources"].values()}),
                "ResourceIdentifierSummaries": imports.identifiers(template),
            }
        )

    def list_exports(self) -> ActionResult:
        return ActionResult(
            {
                "Exports": [
                    {"ExportingStackId": stack.id, "Name": output["ExportName"], "Value": output["OutputValue"]}
                    for stack in self.backend.living()
                    for output in stack.outputs
                    if "ExportName" in output
                ]
            }
        )

    def list_imports(self) -> ActionResult:
        name = self._get_param("ExportName")
        found = exports.importers(self.backend, name)
        if not found:
            raise ValidationError(f"Export '{name}' is not imported by any stack.")
        return ActionResult({"Imports": found})

    def detect_stack_drift(self) -> ActionResult:
        stack = self.backend.get(self._get_param("StackName"))
        made = str(uuid.uuid4())
        self.backend.drifts[made] = (stack.id, drift.detect(stack))
        return ActionResult({"StackDriftDetectionId": made})

    def describe_stack_drift_detection_status(self) -> ActionResult:
        made = self._get_param("StackDriftDetectionId")
        if made not in self.backend.drifts:
            raise ValidationError(f"Drift detection operation [{made}] does not exist")
        stack_id, found = self.backend.drifts[made]
        drifted = [item for item in found if item["StackResourceDriftStatus"] in ("MODIFIED", "DELETED")]
        return ActionResult(
            {
                "StackId": stack_id,
                "StackDriftDetectionId": made,
                "StackDriftStatus": drift.status(found),
                "DetectionStatus": "DETECTION_COMPLETE",
                "DriftedStackResourceCount": len(drifted),
                "Timestamp": stacks.now(),
            }
        )

    def describe_stack_resource_drifts(self) -> ActionResult:
        stack = self.backend.get(self._get_param("StackName"))
        wanted = self._get_param("StackResourceDriftStatusFilters", [])
        detected = [found for stack_id, found in self.backend.drifts.values() if stack_id == stack.id]
        last = detected[-1] if detected else []
        found = [item for item in last if not wanted or item["StackResourceDriftStatus"] in wanted]
        return ActionResult({"StackResourceDrifts": found})

    def call_action(self) -> Any:
        """An answer that clients can read, also to what is not emulated."""
        try:
            return super().call_action()
        except NotImplementedError:
            return self._refused(NotEmulated(f"CloudFormation's {self._get_action()} is not emulated"))
        except AWS_ERRORS:
            raise
        except Exception as error:
            return self._refused(InternalFailure(f"CloudFormation's {self._get_action()}: {reason_of(error)}"))

    def _refused(self, error: ServiceException) -> Any:
        return self.serialized(ActionResult(error))

    def activate_organizations_access(self) -> ActionResult:
        stack_sets.activate(self.current_account)
        return EmptyResult()

    def deactivate_organizations_access(self) -> ActionResult:
        stack_sets.activate(self.current_account, False)
        return EmptyResult()

    def describe_organizations_access(self) -> ActionResult:
        return ActionResult({"Status": "ENABLED" if stack_sets.is_active(self.current_account) else "DISABLED"})
