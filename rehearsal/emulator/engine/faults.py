"""What AWS does now and then, switched on by name, and the log of the calls that cannot be undone.

A fault is over when AWS's cause would be: the same command again then meets an AWS without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kind:
    what: str
    source: str
    # what a value is, and the one that it has unless another is given; nothing stands for any
    value: str = ""
    default: str = ""
    # how often it is met, unless until it is over
    times: int | None = None


_API = "https://docs.aws.amazon.com/organizations/latest/APIReference/API_{}.html"
_HANDLER = (
    "https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-organizations/blob/main/"
    "aws-organizations-account/src/main/java/software/amazon/organizations/account/CreateHandler.java"
)
_IAM_IS_LATE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html"

KINDS = {
    "account-creation-in-progress": Kind(
        "somebody else is creating an account in the organization", _API.format("CreateAccountStatus")
    ),
    "account-limit": Kind(
        "the organization may hold so many accounts, the management account included",
        _API.format("CreateAccountStatus"),
        "number",
        "1",
    ),
    "account-not-ready": Kind(
        "calls into an account that was just created are refused, as if it had no subscription to the service",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html",
        "service",
        "cloudformation",
    ),
    "concurrent-modification": Kind(
        "something else changes the organization during this call of Organizations",
        _API.format("EnableAWSServiceAccess"),
        "operation",
        "EnableAWSServiceAccess",
        1,
    ),
    "email-taken": Kind(
        "another customer of AWS has the e-mail address", _API.format("CreateAccountStatus"), "e-mail"
    ),
    "failing": Kind(
        "a resource of this type cannot be created or changed",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html",
        "type",
        "AWS::SSM::Parameter",
    ),
    "finalizing-organization": Kind(
        "the organization has not finished initializing: no account can be created",
        _API.format("CreateAccount"),
    ),
    "late-bucket-policy": Kind(
        "CloudTrail does not see the policy of its bucket yet",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html",
    ),
    "late-principal": Kind("a role that a policy names as a principal is not seen yet", _IAM_IS_LATE),
    "late-role": Kind("Lambda cannot assume a role that was just created", _IAM_IS_LATE),
    "late-service-linked-role": Kind(
        "a service cannot assume its service-linked role, which was just created",
        "https://github.com/aws-samples/baseline-environment-on-aws/issues/238",
        "type",
        "AWS::ECS::Cluster",
    ),
    "slow-account": Kind(
        "the creation of the account takes longer than CloudFormation waits; the account exists afterwards",
        _HANDLER,
        "e-mail",
    ),
    "stack-set-too-early": Kind(
        "an account is too new for the stack set; without a value, the account that was created last",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-organizations-account.html",
        "e-mail",
    ),
    "too-many-requests": Kind(
        "Organizations throttles this call of CloudFormation",
        _API.format("CreateOrganizationalUnit"),
        "operation",
        "CreateOrganizationalUnit",
        1,
    ),
}


@dataclass
class Fault:
    kind: str
    value: str
    left: int | None
    # of what fails
    message: str = ""
    only: str = ""
    is_met: bool = False


# calls that AWS's handlers, or CloudFormation for them, make again when something else changes the organization
# https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
REPEATED = ("create_organizational_unit", "create_policy", "attach_policy", "move_account")


@dataclass
class Faults:
    """`with emulator.faults.having('email-taken', 'aws+prod@acme.example'): …`: the fault ends with the block."""

    on: list[Fault] = field(default_factory=list)

    @contextmanager
    def having(self, kind: str, value: str = "", times: int | None = None, **more: str) -> Iterator[Fault]:
        known = KINDS[kind]
        fault = Fault(kind, value or known.default, times or known.times, **more)
        self.on.append(fault)
        try:
            yield fault
        finally:
            # a reset may have come first
            self.on = [other for other in self.on if other is not fault]

    def meets(self, kind: str, subject: str = "", place: str = "") -> Fault | None:
        """The fault that is on for this, if there is one."""
        for fault in self.on:
            wanted = fault.value.lower() in ("", subject.lower()) and fault.only in place
            if fault.kind == kind and wanted and fault.left != 0:
                fault.left = fault.left and fault.left - 1
                fault.is_met = True
                return fault
        return None

    def value_of(self, kind: str) -> str:
        return next((fault.value for fault in self.on if fault.kind == kind), "")

    def let_time_pass(self) -> None:
        """What is so on AWS, and nobody notices: each of these calls of a handler meets another change once."""
        self.on += [Fault("repeated", operation, 1) for operation in REPEATED]

    def clear(self) -> None:
        self.on.clear()


@dataclass(frozen=True)
class Call:
    name: str
    account_id: str
    email: str
    outcome: str


faults = Faults()
calls: list[Call] = []


def calls_of(name: str, outcome: str | None = None) -> list[Call]:
    return [call for call in calls if call.name == name and outcome in (None, call.outcome)]
