"""What AWS's documentation leaves open of the account access manager, asked by stacks such as those of the library.

A session of a person cannot be asked whether it has aws:MultiFactorAuthPresent: its credentials are for the token of
somebody who has signed in, in a browser. The library and the emulator assume that it has not: the trust that
src/people/account-access.ts gives does not ask for it, and rehearsal/emulator/services/sso/portal.py sends none. By hand:
sign in with MFA to a role whose only policy allows s3:ListAllMyBuckets if `"Bool": {"aws:MultiFactorAuthPresent": "true"}`,
and list buckets; for the call that begins the session, have its trust ask the same.
https://docs.aws.amazon.com/account-access/latest/APIReference/Welcome.html
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from experiment import Outcome, Setting, compact

SERVICE = "account-access.amazonaws.com"
WAIT = {"Delay": 5, "MaxAttempts": 180}
_CODE = re.compile(r"HandlerErrorCode: (\w+)")
_EMULATOR = "rehearsal/emulator/services/accountaccess.py"


@dataclass(frozen=True)
class Question:
    subject: str
    # CloudFormation's code of the refusal, or none if it is done
    expected: str
    # who assumes so, and would have to change
    where: str

    def judge(self, refusal: str) -> Outcome:
        code = match[1] if (match := _CODE.search(refusal)) else refusal
        assumed = f"refuses it with {self.expected}" if self.expected else "does it"
        found = f"AWS {f'refuses it: {refusal}' if refusal else 'does it'}; {self.where} assumes that AWS {assumed}"
        return Outcome(self.subject, code == self.expected, found, refusal)


UNTRUSTED = Question("an application before trusted access", "AccessDenied", f"{_EMULATOR}, and src/people/account-access.ts, which enables it,")
SECOND = Question("a second application of the instance", "AlreadyExists", f"{_EMULATOR}, and applicationArn in src/people/account-access.ts,")
NO_ROLE = Question(
    "an entitlement to a role that does not exist", "", f"{_EMULATOR}, and src/people/account-access.ts, whose stack cannot wait for those of the roles,"
)
CLOSED_ROLE = Question(
    "an entitlement to a role that does not trust the application", "", f"{_EMULATOR}, and src/people/account-access.ts, which waits for no trust,"
)
OPEN_ROLE = Question("an entitlement to a role that trusts the application", "", "what the other answers are compared with")
TWICE = Question("the same entitlement from another stack", "AlreadyExists", f"{_EMULATOR}, and partFor in src/people/identity-center-people.ts,")
IN_USE = Question(
    "the deletion of an application with entitlements", "ResourceConflict", f"{_EMULATOR}, and its retention in src/people/account-access.ts,"
)
MFA = Outcome("aws:MultiFactorAuthPresent of a session", None, "not tried: it takes somebody who signs in; test/aws/account_access.py says how")


class AccountAccess:
    name = "account-access"
    question = "in a throw-away organization (--organization), is account access given and refused as assumed, and in which words?"
    source = "https://docs.aws.amazon.com/IAM/latest/UserGuide/account-access-manager-getting-started.html"
    costs = "nothing"
    leaves = "nothing: its stacks, of a group, two roles, an application and entitlements, are deleted, and trusted access is as before"

    def run(self, setting: Setting) -> list[Outcome]:
        if setting.organization is None:
            return [_skipped("AWS has it in the management account of an organization only: give --organization, a throw-away one")]
        mine = setting.client("sts").get_caller_identity()["Account"]
        instances = setting.client("sso-admin").list_instances()["Instances"]
        instance = next((one for one in instances if one["OwnerAccountId"] == mine), None)
        if instance is None:
            return [_skipped(f"{mine} has no instance of IAM Identity Center in {setting.region}: enable one in the console, no call does")]
        if there := setting.client("account-access").list_applications()["applications"]:
            return [_skipped(f"{mine} has {there[0]['applicationArn']} already, which is not of this experiment")]
        return [*_tried(setting, _Ground(mine, setting.region, instance["InstanceArn"], instance["IdentityStoreId"])), MFA]


@dataclass(frozen=True)
class _Ground:
    account_id: str
    region: str
    instance: str
    store: str

    def resources(self) -> dict[str, Any]:
        source = f"arn:aws:account-access:{self.region}:{self.account_id}:application/*"
        condition = {"StringEquals": {"aws:SourceAccount": self.account_id}, "ArnLike": {"aws:SourceArn": source}}
        actions = ["sts:AssumeRole", "sts:SetContext", "sts:TagSession"]
        return {
            "Group": _of("IdentityStore::Group", IdentityStoreId=self.store, DisplayName=_unique()),
            "Open": _role({"Principal": {"Service": SERVICE}, "Action": actions, "Condition": condition}),
            "Closed": _role({"Principal": {"AWS": self.account_id}, "Action": "sts:AssumeRole"}),
        }

    def application(self) -> dict[str, Any]:
        return {"Application": _of("AccountAccess::Application", IdentitySource={"IdentityCenter": {"InstanceArn": self.instance}})}


def _tried(setting: Setting, ground: _Ground) -> list[Outcome]:
    stacks, organizations = _Stacks(setting.client("cloudformation")), setting.client("organizations")
    pages = organizations.get_paginator("list_aws_service_access_for_organization").paginate()
    trusted = any(one["ServicePrincipal"] == SERVICE for page in pages for one in page["EnabledServicePrincipals"])
    outcomes: list[Outcome] = []
    try:
        outcomes.append(Outcome(UNTRUSTED.subject, None, "not tried: there is trusted access") if trusted else _before_trust(stacks, ground))
        if not trusted:
            organizations.enable_aws_service_access(ServicePrincipal=SERVICE)
        outcomes.extend(_answers(stacks, ground))
    except (ClientError, BotoCoreError) as error:
        outcomes.append(Outcome("the rest", False, f"it could not be made: {error}"))
    finally:
        left = stacks.forget()
        if not trusted and not left:
            organizations.disable_aws_service_access(ServicePrincipal=SERVICE)
    return [*outcomes, *left]


def _before_trust(stacks: _Stacks, ground: _Ground) -> Outcome:
    tried = stacks.create(ground.application())
    # makes room for that of the other questions
    stacks.delete(tried.stack_id)
    return UNTRUSTED.judge(tried.refusal)


def _answers(stacks: _Stacks, ground: _Ground) -> Iterator[Outcome]:
    made = stacks.needed(ground.resources(), {"Group": "Group.GroupId", "Open": "Open.Arn", "Closed": "Closed.Arn"})
    application = stacks.needed(ground.application(), {"Arn": "Application.ApplicationArn"})
    yield SECOND.judge(stacks.create(ground.application()).refusal)

    def entitled(role_arn: str) -> str:
        given = {"Principal": {"IdentityCenter": {"GroupId": made["Group"]}}, "RoleArn": role_arn}
        entitlement = _of("AccountAccess::Entitlement", ApplicationArn=application["Arn"], Entitlement={"PrincipalRole": given})
        return stacks.create({"Entitlement": entitlement}).refusal

    yield NO_ROLE.judge(entitled(f"arn:aws:iam::{ground.account_id}:role/{_unique()}"))
    yield CLOSED_ROLE.judge(entitled(made["Closed"]))
    # last, so that IAM has had time to tell everybody of the role
    yield OPEN_ROLE.judge(entitled(made["Open"]))
    yield TWICE.judge(entitled(made["Open"]))
    yield IN_USE.judge(stacks.delete(application["StackId"]))


@dataclass(frozen=True)
class _Created:
    stack_id: str
    # why it could not be, or nothing
    refusal: str


@dataclass
class _Stacks:
    api: Any
    made: list[str] = field(default_factory=list)

    def create(self, resources: dict[str, Any], outputs: dict[str, str] | None = None) -> _Created:
        body = compact({"Resources": resources, "Outputs": {key: {"Value": {"Fn::GetAtt": att}} for key, att in (outputs or {}).items()}})
        stack_id = self.api.create_stack(StackName=_unique(), TemplateBody=body, Capabilities=["CAPABILITY_IAM"])["StackId"]
        self.made.append(stack_id)
        return _Created(stack_id, self._refusal(stack_id, "CREATE"))

    def needed(self, resources: dict[str, Any], outputs: dict[str, str]) -> dict[str, str]:
        """The outputs of a stack without which nothing can be asked, and its ID."""
        created = self.create(resources, outputs)
        if created.refusal:
            raise ClientError({"Error": {"Code": "CREATE_FAILED", "Message": created.refusal}}, "CreateStack")
        described = self.api.describe_stacks(StackName=created.stack_id)["Stacks"][0]["Outputs"]
        return {"StackId": created.stack_id, **{item["OutputKey"]: item["OutputValue"] for item in described}}

    def delete(self, stack_id: str) -> str:
        self.api.delete_stack(StackName=stack_id)
        return self._refusal(stack_id, "DELETE")

    def forget(self) -> list[Outcome]:
        """The last one first; those that could not be deleted."""
        left = []
        for stack_id in reversed(self.made):
            try:
                refusal = self.delete(stack_id)
            except (ClientError, BotoCoreError) as error:
                refusal = str(error)
            if refusal:
                left.append(Outcome(stack_id, False, f"it is left, delete it: {refusal}"))
        return left

    def _refusal(self, stack_id: str, what: str) -> str:
        with suppress(WaiterError):  # its reason is asked for
            self.api.get_waiter(f"stack_{what.lower()}_complete").wait(StackName=stack_id, WaiterConfig=WAIT)
        status = self.api.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]
        if status == f"{what}_COMPLETE":
            return ""
        events = self.api.describe_stack_events(StackName=stack_id)["StackEvents"]
        failed = [event for event in events if event["ResourceStatus"] == f"{what}_FAILED" and event["ResourceType"] != "AWS::CloudFormation::Stack"]
        # the newest come first, and the first failure cancels the rest
        return failed[-1].get("ResourceStatusReason", status) if failed else status


def _of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def _role(statement: dict[str, Any]) -> dict[str, Any]:
    """It may do nothing, whoever assumes it."""
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
    return _of("IAM::Role", AssumeRolePolicyDocument=trust)


def _unique() -> str:
    return f"cdk-multi-account-org-experiment-{secrets.token_hex(4)}"


def _skipped(why: str) -> Outcome:
    return Outcome("account access", None, f"not tried: {why}")
