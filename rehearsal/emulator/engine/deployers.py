"""What the role that CloudFormation deploys with may do, by all policies that limit it.

Of each type, the action that makes it, changes it or deletes it, and those that its properties need beside. On which
resource is said where its name is known; else only a denial of all resources counts. The public schemas name these, and
many that are needed now and then: those, and types that have no such schema, are not checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends

from emulator.engine import callers
from emulator.engine.allowed import of_key, target_of
from emulator.engine.errors import ResourceFailure
from emulator.engine.identities import organization_of, role_of
from emulator.engine.needs import Need
from emulator.engine.property_calls import EACH_TIME, OF_OWN_ACCOUNT, PROPERTY_CALLS, Calls
from emulator.engine.request_keys import keys_of
from emulator.engine.resources import Resource
from emulator.engine.stacks import Stack

Properties = dict[str, Any]

_TAGS = ("Tags", "TagList")
_FILE = Path(__file__).parents[1] / "data" / "handlers.json"

# services whose API has one home
# https://docs.aws.amazon.com/general/latest/gr/rande.html#global-endpoints
_GLOBAL = ("iam", "cloudfront", "route53", "organizations")


@cache
def _actions() -> dict[str, dict[str, str]]:
    return json.loads(_FILE.read_text("utf-8"))


@dataclass(frozen=True)
class StackSetRole:
    """What a service-managed StackSet deploys with: an administrator that it makes in each account.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-activate-trusted-access.html
    """

    account_id: str
    name: str = "stacksets-exec-0123456789abcdef0123456789abcdef"
    id: str = "AROASTACKSETSEXEC"
    permissions_boundary_arn: str | None = None
    policies: dict[str, Any] = field(
        default_factory=lambda: {"all": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}
    )
    managed_policies: dict[str, Any] = field(default_factory=dict)
    tags: list[Any] = field(default_factory=list)

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account_id}:role/{self.name}"


def check_create(stack: Stack, resource: Resource, properties: Properties) -> None:
    """Fails as AWS does if the role has no right to make it."""
    calls = PROPERTY_CALLS.get(resource.place.type, {})
    given = [(calls[name], calls[name].create, value) for name, value in properties.items() if name in calls]
    _check(stack, resource, "create", given, properties)


def check_update(stack: Stack, resource: Resource, properties: Properties, before: Properties) -> None:
    calls = PROPERTY_CALLS.get(resource.place.type, {})
    changed = [name for name in {**properties, **before} if properties.get(name) != before.get(name)]
    found = []
    for name in [name for name in changed if name in calls]:
        is_list = isinstance(properties.get(name, []), list) and isinstance(before.get(name, []), list)
        new, old = properties.get(name), before.get(name)
        gone = [item for item in old or [] if item not in (new or [])] if is_list else old if new is None else None
        more = [item for item in new or [] if item not in (old or [])] if is_list else new
        found += [(calls[name], calls[name].change, more)] if more not in (None, []) else []
        found += [(calls[name], calls[name].remove, gone)] if gone not in (None, []) else []
    others = [name for name in changed if name not in calls and name not in _TAGS]
    if others and resource.place.type not in _actions():
        # nothing but its properties: each of them is made again
        found += [(calls[name], calls[name].create, value) for name, value in properties.items() if name in calls]
    is_whole = bool(changed) and "update" in EACH_TIME.get(resource.place.type, {})
    _check(stack, resource, "update" if others or is_whole else "", found, properties)


def check_delete(stack: Stack, resource: Resource, properties: Properties) -> None:
    calls = PROPERTY_CALLS.get(resource.place.type, {})
    given = [(calls[name], calls[name].delete, value) for name, value in properties.items() if name in calls]
    _check(stack, resource, "delete", given, properties)


def _check(
    stack: Stack, resource: Resource, operation: str, found: list[tuple[Calls, str, Any]], properties: Properties
) -> None:
    own = _actions().get(resource.place.type, {}).get(operation)
    of_a_set = StackSetRole(stack.account_id) if _is_of_a_set(stack) else None
    role = role_of(stack.role_arn) if stack.role_arn else of_a_set
    if role is None or own is None and not found:
        return
    itself = _arn(resource, properties)
    bound = properties.get("PermissionsBoundary")
    # that of a permission set is an object
    context = {"iam:PermissionsBoundary": bound if isinstance(bound, str) else None}
    needs = [Need(own, itself, context)] if own else []
    needs += [Need(action, None) for action in _each_time(stack, resource, operation, properties) if action != own]
    for calls, action, value in found:
        if not action:
            continue
        if calls.passed_to:
            passed = value if isinstance(value, str) else None
            needs.append(Need(action, passed, {"iam:PassedToService": calls.passed_to}))
        elif action.startswith(("iam:Attach", "iam:Detach")) and resource.place.type != "AWS::IAM::ManagedPolicy":
            needs += [Need(action, itself, {**context, "iam:PolicyARN": arn}) for arn in value]
        elif resource.place.type in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy") and action.endswith("Policy"):
            needs += [
                Need(action, arn, {"iam:PermissionsBoundary": bound, "iam:PolicyARN": itself})
                for arn, bound in _holders(resource, action, value)
            ]
        else:
            needs.append(Need(action, itself, context))
    caller = callers.of_role(role, "AWSCloudFormation")
    for need in needs:
        region = "us-east-1" if need.action.split(":")[0] in _GLOBAL else stack.region
        organization = organization_of(stack.account_id)
        about = {
            "aws:RequestedRegion": region,
            "aws:ResourceAccount": stack.account_id,
            "aws:ResourceOrgID": organization.org.id if organization else None,
            **keys_of(need.action, _with_launch_template(resource, properties)),
            **of_key(caller),
        }
        if refused := caller.refusal(need, target_of(caller, need), about):
            raise ResourceFailure(f'Resource handler returned message: "{refused}" (HandlerErrorCode: AccessDenied)')


def _each_time(stack: Stack, resource: Resource, operation: str, properties: Properties) -> tuple[str, ...]:
    calls = EACH_TIME.get(resource.place.type, {}).get(operation, ())
    is_here = resource.place.type == "AWS::SSO::Assignment" and str(properties["TargetId"]) == stack.account_id
    return (*calls, *OF_OWN_ACCOUNT) if is_here and operation == "create" else calls


def _with_launch_template(resource: Resource, properties: Properties) -> Properties:
    """An instance is run with what it leaves to its launch template."""
    given = properties.get("LaunchTemplate")
    if resource.place.type != "AWS::EC2::Instance" or not isinstance(given, dict):
        return properties
    backend = ec2_backends[resource.place.account_id][resource.place.region]
    named = backend.launch_template_name_to_ids.get(given.get("LaunchTemplateName", ""))
    template = backend.launch_templates.get(given.get("LaunchTemplateId", named))
    return {**template.get_version(given["Version"]).data, **properties} if template else properties


def _holders(resource: Resource, action: str, names: Any) -> Iterator[tuple[str | None, str | None]]:
    """The roles, users or groups that an action is about, by the property's names, and their boundaries."""
    backend = iam_backends[resource.place.account_id][resource.place.partition]
    kinds = {"Role": backend.roles.values(), "User": backend.users.values(), "Group": backend.groups.values()}
    known = next((found for kind, found in kinds.items() if f"{kind}Policy" in action), ())
    if not isinstance(names, list) or not known:
        yield None, None
        return
    for name in names:
        holder = next((one for one in known if one.name == name), None)
        yield getattr(holder, "arn", None), getattr(holder, "permissions_boundary_arn", None)


def _arn(resource: Resource, properties: Properties) -> str | None:
    """Of the types whose ARN is made of a name that is known before the resource is there."""
    place = resource.place
    partition, account_id = place.partition, place.account_id
    match place.type:
        case "AWS::IAM::Group" | "AWS::IAM::Role" | "AWS::IAM::User":
            kind = place.type.rpartition("::")[2]
            name = resource.physical_id or properties.get(f"{kind}Name", place.name)
            return f"arn:{partition}:iam::{account_id}:{kind.lower()}{properties.get('Path', '/')}{name}"
        case "AWS::IAM::ManagedPolicy":
            name = properties.get("ManagedPolicyName", place.name)
            path = properties.get("Path", "/")
            return resource.physical_id or f"arn:{partition}:iam::{account_id}:policy{path}{name}"
        case "AWS::S3::Bucket":
            return f"arn:{partition}:s3:::{resource.physical_id or properties.get('BucketName', place.name)}"
        case "AWS::S3::BucketPolicy":
            return f"arn:{partition}:s3:::{properties['Bucket']}"
        case "AWS::KMS::Key" if resource.physical_id:
            return f"arn:{partition}:kms:{place.region}:{account_id}:key/{resource.physical_id}"
        case "AWS::Lambda::Function":
            name = resource.physical_id or properties.get("FunctionName", place.name)
            return f"arn:{partition}:lambda:{place.region}:{account_id}:function:{name}"
        case "AWS::EC2::Instance" | "AWS::EC2::Volume":
            # any, before it has an ID
            kind = place.type.rpartition("::")[2].lower()
            return f"arn:{partition}:ec2:{place.region}:{account_id}:{kind}/{resource.physical_id or '*'}"
    return None


def _is_of_a_set(stack: Stack) -> bool:
    return stack.name.startswith("StackSet-")
