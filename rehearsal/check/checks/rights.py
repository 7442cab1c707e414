"""May the caller do what the first command does?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from check.app import Org
from check.aws import Aws, Unanswered, always_on, partition
from check.checks.bootstrap import version_of
from check.checks.regions import is_on
from check.rows import Answer, Group, Question, bad, good, unknown
from check.toolkit import qualifier_of
from rehearsal.app import StackArtifact

# what the template of `cdk bootstrap` has, and some of what each part of it takes; braces stand for the place
# https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
_BOOTSTRAP = {
    "cloudformation:{region}:{account}:stack/CDKToolkit/{id}": ("CreateChangeSet", "DescribeStacks", "ExecuteChangeSet"),
    "iam::{account}:role/cdk-{qualifier}-deploy-role-{account}-{region}": ("AttachRolePolicy", "CreateRole", "PutRolePolicy"),
    "s3:::cdk-{qualifier}-assets-{account}-{region}": ("CreateBucket", "PutBucketPolicy", "PutEncryptionConfiguration"),
    "ecr:{region}:{account}:repository/cdk-{qualifier}-container-assets-{account}-{region}": ("CreateRepository",),
    "ssm:{region}:{account}:parameter/cdk-bootstrap/{qualifier}/version": ("PutParameter",),
}

# as a stack that is made will have one
_SOME_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class _No:
    action: str
    resource: str
    # what says so, if it is not for want of a policy
    because: str
    # keys of conditions that only a real request has
    open_keys: tuple[str, ...]


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html: of users and roles
    if re.search(r":(user|assumed-role)/", aws.who()["Arn"]):
        yield Question(Group.FIRST_COMMAND, "caller: rights", lambda: _rights(org, aws))


def _rights(org: Org, aws: Aws) -> Answer:
    if not is_on(org.root.region, aws.account_id, aws):
        return unknown(f"{org.root.region} is off, so nothing can be asked there", "enable the region first")
    stacks = [stack for stack in org.stacks_of(org.root) if stack.needs_bootstrap and stack.region == org.root.region]
    missing = next((stack for stack in stacks if version_of(stack.bootstrap_parameter, "", stack.region or "", aws) is None), None)
    if missing:
        return _may_bootstrap(missing, aws)
    roles = sorted({stack.role.replace("${AWS::Partition}", partition(org.root.region)) for stack in stacks if stack.role})
    roles = [role for role in roles if role.split(":")[4:5] == [aws.account_id]]
    if not roles:
        return good("the first command needs no role of the CDK")
    refused = [no for role in roles for no in _refused(["sts:AssumeRole"], role, aws)]
    # a role may let in a caller by name, whatever else the caller may do
    refused = [no for no in refused if not _enters(no.resource, aws)]
    return _told(refused, f"you may assume {' and '.join(roles)}", f"assume {' and '.join(roles)}", "`npx cdk deploy`")


def _may_bootstrap(stack: StackArtifact, aws: Aws) -> Answer:
    region = stack.region or aws.region
    qualifier = qualifier_of(stack.bootstrap_parameter)
    refused = []
    for place, names in _BOOTSTRAP.items():
        resource = f"arn:{partition(region)}:" + place.format(region=region, account=aws.account_id, qualifier=qualifier, id=_SOME_ID)
        refused += _refused([f"{place.partition(':')[0]}:{name}" for name in names], resource, aws)
    doing = "do what `npx cdk bootstrap` needs"
    return _told(refused, f"you may {doing}", doing, "`npx cdk bootstrap`")


def _told(refused: Sequence[_No], all_well: str, doing: str, command: str) -> Answer:
    if not refused:
        return good(all_well)
    actions = ", ".join(dict.fromkeys(no.action for no in refused))
    if all(no.open_keys for no in refused):
        keys = ", ".join(sorted({key for no in refused for key in no.open_keys}))
        return unknown(
            f"whether you may {doing} depends on {keys} of each request: {actions}",
            f"sign in as your policies ask for it, with a second factor perhaps, and try {command}",
        )
    because = sorted({no.because for no in refused} - {""})
    by = f", by {' and '.join(because)}" if because else ""
    return bad(
        f"you may not {doing}: {actions} {'is' if ', ' not in actions else 'are'} not allowed{by}",
        "sign in as an administrator, or have somebody allow you these actions",
    )


def _refused(actions: Sequence[str], resource: str, aws: Aws) -> list[_No]:
    """Those that the policies of the caller do not allow. What limits this session alone, IAM does not know."""
    found = aws.ask(
        "iam:SimulatePrincipalPolicy",
        region=always_on(aws.region),
        PolicySourceArn=_source(aws),
        ActionNames=list(actions),
        ResourceArns=[resource],
    )["EvaluationResults"]
    refused = []
    for result in found:
        part = (result.get("ResourceSpecificResults") or [{}])[0]
        decision = part.get("EvalResourceDecision") or result["EvalDecision"]
        if decision != "allowed":
            keys = tuple(part.get("MissingContextValues") or result.get("MissingContextValues") or ())
            refused.append(_No(result["EvalActionName"], resource, _because(decision, {**result, **part}), keys))
    return refused


def _because(decision: str, result: dict[str, dict[str, bool]]) -> str:
    if not result.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations", True):
        return "a service control policy"
    if not result.get("PermissionsBoundaryDecisionDetail", {}).get("AllowedByPermissionsBoundary", True):
        return "a permissions boundary"
    return "a policy that denies it" if decision == "explicitDeny" else ""


def _source(aws: Aws) -> str:
    """The ARN of a session lacks the path of its role."""
    arn = str(aws.who()["Arn"])
    if ":assumed-role/" not in arn:
        return arn
    return str(aws.ask("iam:GetRole", RoleName=arn.split("/")[1])["Role"]["Arn"])


def _enters(role: str, aws: Aws) -> bool:
    # as the row of this role asks
    try:
        aws.assume(role)
    except Unanswered:
        return False
    return True
