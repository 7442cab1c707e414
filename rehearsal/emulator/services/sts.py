"""Assuming a role needs the role, its trust, and the right to do so; a root user has none.

A session of a root user is one of central root access: by root alone, for one of AWS's tasks.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.iam.models import iam_backends
from moto.sts import urls
from moto.sts.models import STSBackend, sts_backends
from moto.sts.responses import TokenResponse

from emulator.engine import callers
from emulator.engine.identities import document_of, know_aws_policy, organization_of, role_of
from emulator.engine.needs import Need
from emulator.services import rootaccess

# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
_TASKS = (
    "IAMAuditRootUserCredentials",
    "IAMCreateRootUserPassword",
    "IAMDeleteRootUserCredentials",
    "S3UnlockBucketPolicy",
    "SQSUnlockQueuePolicy",
)
_LONGEST_TASK = 900


class AccessDenied(ServiceException):
    code = "AccessDenied"


class ValidationError(ServiceException):
    code = "ValidationError"


class TrustingSts(STSBackend):
    @property
    def _url_module(self) -> ModuleType:
        """moto derives it from the module of the class."""
        return urls

    def assume_role(self, region_name: str, role_session_name: str, role_arn: str, *rest: Any, **named: Any) -> Any:
        caller, role = callers.current(self.account_id), role_of(role_arn)
        # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
        if caller.is_root_user:
            raise AccessDenied("Roles may not be assumed by root accounts.")
        if role is None:
            raise AccessDenied(
                f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
            )
        context = {
            "sts:ExternalId": named.get("external_id") or (rest[2] if len(rest) > 2 else None),
            "sts:RoleSessionName": role_session_name,
            "sts:SourceIdentity": None,
            "aws:ResourceAccount": role.account_id,
            "aws:RequestedRegion": region_name,
        }
        trust = callers.target(role.account_id, role.assume_role_policy_document, decides=True)
        if message := caller.refusal(Need("sts:AssumeRole", role_arn), trust, context):
            raise AccessDenied(message)
        made = super().assume_role(region_name, role_session_name, role_arn, *rest, **named)
        callers.begin(role_arn, role_session_name, made.policy, made.access_key_id)
        return made

    def get_caller_identity(self, *given: Any) -> tuple[str, str, str]:
        caller = callers.current(self.account_id)
        return caller.user_id, caller.arn, caller.account_id


class StsResponse(TokenResponse):
    def assume_root(self) -> ActionResult:
        """AWS documents who may and for what; how it refuses is inferred."""
        caller = callers.current(self.current_account)
        wanted, task = self._get_param("TargetPrincipal"), self._get_param("TaskPolicyArn", {}).get("arn", "")
        partition = caller.arn.split(":")[1]
        account_id = wanted.split(":")[4] if wanted.startswith("arn:") else wanted
        root = f"arn:{partition}:iam::{account_id}:root"
        if task not in [f"arn:{partition}:iam::aws:policy/root-task/{name}" for name in _TASKS]:
            raise ValidationError(f"Value '{task}' at 'taskPolicyArn' is not a task policy of AWS for root users.")
        if (seconds := self._get_int_param("DurationSeconds", _LONGEST_TASK)) > _LONGEST_TASK:
            raise ValidationError(
                f"1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: "
                f"Member must have value less than or equal to {_LONGEST_TASK}"
            )
        need = Need("sts:AssumeRoot", root, {"sts:TaskPolicyArn": task, "aws:RequestedRegion": self.region})
        if refused := caller.refusal(need, callers.target(caller.account_id), {}):
            raise AccessDenied(refused)
        organization = organization_of(caller.account_id)
        members = {account.id for account in organization.accounts} - {caller.account_id} if organization else set()
        if (
            organization is None
            or organization.account_id != caller.account_id
            or account_id not in members
            or "RootSessions" not in rootaccess.enabled(organization)
        ):
            raise AccessDenied(f"User: {caller.arn} is not authorized to perform: sts:AssumeRoot on resource: {root}")
        know_aws_policy(account_id, partition, task)
        policy = document_of(iam_backends[account_id][partition].managed_policies[task])
        keys = callers.given(callers.RootTask(account_id, policy))
        made = self.backend.get_session_token(duration=seconds)
        credentials = {
            "AccessKeyId": keys["AWS_ACCESS_KEY_ID"],
            "SecretAccessKey": keys["AWS_SECRET_ACCESS_KEY"],
            "SessionToken": keys["AWS_SESSION_TOKEN"],
            "Expiration": made.expiration,
        }
        return ActionResult({"Credentials": credentials})


def install() -> None:
    sts_backends.backend = TrustingSts


urls.url_paths["{0}/$"] = StsResponse.dispatch
