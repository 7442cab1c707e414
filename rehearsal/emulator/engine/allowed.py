"""May this caller make this call? By what the call needs, and by all policies of the path."""

from __future__ import annotations

import json
from typing import Any

from moto.kms.models import kms_backends
from moto.organizations.models import organizations_backends
from moto.s3.models import s3_backends
from moto.sqs.models import sqs_backends

from emulator.engine import callers
from emulator.engine.callers import Caller
from emulator.engine.conditions import Context
from emulator.engine.faults import faults
from emulator.engine.identities import organization_of
from emulator.engine.needs import NEEDS, UNDECIDED, Need, needs_of
from emulator.engine.operations import Asked, denied
from emulator.engine.request_keys import keys_of
from emulator.engine.rights import Target
from emulator.engine.stacks import cloudformation_backends

_PASSES_A_ROLE = ("CreateChangeSet", "CreateStack", "DeleteStack", "UpdateStack")
# what its handlers call with the caller's rights
# https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html, and the public schema of the type
_OF_CLOUD_CONTROL = {
    ("AWS::Organizations::Account", "ListResources"): ("organizations:ListAccounts",),
    ("AWS::Organizations::Account", "GetResource"): (
        "organizations:DescribeAccount",
        "organizations:ListParents",
        "organizations:ListTagsForResource",
    ),
}
# what limits or names a session, and is not emulated
_NOT_OF_SESSIONS = {"PolicyArns", "SourceIdentity", "Tags", "TransitiveTagKeys"}
# calls, or services whose calls nobody here knows, that came and were let through
undecided: set[str] = set()


def refusal(asked: Asked, caller: Caller) -> tuple[str, str] | None:
    """Code and message of AWS: the caller's account is not ready, or the caller has no right."""
    if _is_new(caller.account_id) and faults.meets("account-not-ready", asked.service):
        code = "SubscriptionRequiredException" if asked.protocol == "json" else "OptInRequired"
        return code, "The AWS Access Key Id needs a subscription for the service"
    if asked.operation is None:
        undecided.add(asked.service)
        return None
    words = refused(caller, asked.model, asked.operation, asked.parameters, asked.region)
    return (denied(asked.protocol), words) if words else None


def _is_new(account_id: str) -> bool:
    if account_id not in organizations_backends.master_accounts:
        return False
    management, partition = organizations_backends.master_accounts[account_id]
    return organizations_backends[management][partition].get_account_by_id(account_id).joined_method == "CREATED"


def refused(caller: Caller, service: Any, operation: str, parameters: dict[str, Any], region: str) -> str | None:
    """What AWS answers; `service` is botocore's model."""
    call = f"{service.signing_name}:{operation}"
    if call.startswith(UNDECIDED):
        undecided.add(call)
        return None
    name = "s3control" if service.service_name == "s3control" else service.signing_name
    for need in _needs(caller, name, operation, parameters, region):
        target = target_of(caller, need)
        context = {
            "aws:RequestedRegion": region,
            "aws:ResourceAccount": target.account_id,
            "aws:ResourceOrgID": organization.org.id if (organization := organization_of(target.account_id)) else None,
            "s3:ResourceAccount": target.account_id,
            **of_key(caller),
            **keys_of(need.action, parameters),
        }
        if message := caller.refusal(need, target, context):
            return message
    return None


def _needs(caller: Caller, service: str, operation: str, parameters: dict[str, Any], region: str) -> list[Need]:
    if service == "sts":
        # whom a role trusts is decided where it is assumed; everybody may ask who they are, and for a token
        if operation not in ("AssumeRole", "AssumeRoot", "GetCallerIdentity", "GetSessionToken"):
            undecided.add(f"sts:{operation}")
        given = {name.partition(".")[0] for name in parameters}
        undecided.update(f"sts:{operation} with {name}" for name in sorted(given & _NOT_OF_SESSIONS))
        return []
    # a bucket that nobody has is nobody's secret: it is 404 to all, and 403 is of buckets that exist
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
    if service == "s3" and operation == "HeadBucket" and parameters.get("Bucket") not in s3_backends.bucket_accounts:
        return []
    if service == "cloudcontrolapi":
        needed = _OF_CLOUD_CONTROL.get((str(parameters.get("TypeName")), operation), ())
        return [Need(f"cloudformation:{operation}", None), *(Need(action, None) for action in needed)]
    if service == "cloudformation" and f"{service}:{operation}" not in NEEDS:
        return _needs_of_stack(caller.account_id, operation, parameters, region)
    organization = organization_of(caller.account_id)
    place = {
        "partition": caller.arn.split(":")[1],
        "account": caller.account_id,
        "region": region,
        "organization": organization.org.id if organization else "",
    }
    return needs_of(service, operation, parameters, place)


def _needs_of_stack(account_id: str, operation: str, parameters: dict[str, Any], region: str) -> list[Need]:
    name = parameters.get("StackName", "")
    found = cloudformation_backends[account_id][region].find(name) if name else None
    stack = found.id if found else f"arn:aws:cloudformation:{region}:{account_id}:stack/{name}/*" if name else None
    needs = [Need(f"cloudformation:{operation}", stack)]
    if operation == "DescribeStacks" and not name:
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html: of all, it is a list
        needs.append(Need("cloudformation:ListStacks", None))
    if (role := parameters.get("RoleARN")) and operation in _PASSES_A_ROLE:
        needs.append(Need("iam:PassRole", role, {"iam:PassedToService": "cloudformation.amazonaws.com"}))
    return needs


# https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html: the root user of its owner is not kept from
# these by the policy of a bucket; the task of a root session for queues says the same of them
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
_OF_ROOT_USERS = (
    "s3:DeleteBucketPolicy",
    "s3:GetBucketPolicy",
    "s3:PutBucketPolicy",
    "sqs:GetQueueAttributes",
    "sqs:SetQueueAttributes",
)


def target_of(caller: Caller, need: Need) -> Target:
    """Policies of buckets and queues allow too, that of a key decides; those of other resources are not asked."""
    service, region, account_id, name = ["", "", "", ""] if need.resource is None else _parts(need.resource)
    policy: Any = None
    # a name that somebody else has is no bucket to ask, but one that already exists
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html#API_CreateBucket_Errors
    is_new = need.action == "s3:CreateBucket"
    if service == "s3" and not is_new and (bucket := name.split("/")[0]) in s3_backends.bucket_accounts:
        partition, account_id = s3_backends.bucket_accounts[bucket]
        policy = s3_backends[account_id][partition].buckets[bucket].policy
    elif service == "sqs" and (queue := _known(sqs_backends, account_id, region, "queues", name)):
        policy = queue.policy
    elif service == "kms" and (key := _known(kms_backends, account_id, region, "keys", name.removeprefix("key/"))):
        return callers.target(account_id, key.policy, decides=True)
    else:
        return callers.target(caller.account_id)
    is_open = caller.is_root_user and caller.account_id == account_id and need.action in _OF_ROOT_USERS
    return callers.target(account_id, json.loads(policy) if policy and not is_open else None)


def of_key(caller: Caller) -> Context:
    """https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html"""
    return {"kms:CallerAccount": caller.account_id, "kms:ViaService": None}


def _known(backends: Any, account_id: str, region: str, kind: str, name: str) -> Any:
    """Who asks for what is nowhere makes no account."""
    backend = backends[account_id].get(region) if account_id in backends else None
    return getattr(backend, kind).get(name) if backend else None


def _parts(arn: str) -> list[str]:
    """Service, region, account and name of what it is the ARN of."""
    return arn.split(":", 5)[2:] if arn.count(":") > 4 else ["", "", "", ""]
