"""Sizes, names and principals of IAM."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError
from moto.iam.models import iam_backends

from emulator.engine import aws, quotas
from emulator.engine.identities import know_aws_policy
from emulator.engine.policies import as_list
from emulator.engine.refusals import Asked, refuses
from emulator.refusals.principals import unknown

_KINDS = ("Role", "User", "Group")
_NAME = re.compile(r"[\w+=,.@-]+", re.ASCII)


def size(document: Any) -> int:
    """IAM does not count white space."""
    return len(re.sub(r"\s", "", json.dumps(document, separators=(",", ":"), ensure_ascii=False)))


@refuses("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::ManagedPolicy")
def name(asked: Asked) -> Iterator[str]:
    kind = asked.place.type.rsplit("::", 1)[-1]
    key = f"{kind}Name"
    given, limit = str(asked.properties.get(key, "x")), quotas.IAM_NAME_CHARACTERS[kind]
    argument = "policyName" if kind == "ManagedPolicy" else f"{kind.lower()}Name"
    if len(given) > limit:
        yield (
            f"1 validation error detected: Value '{given}' at '{argument}' failed to satisfy constraint: "
            f"Member must have length less than or equal to {limit}"
        )
    if not _NAME.fullmatch(given):
        yield (
            f"The specified value for {argument} is invalid. It must contain only alphanumeric characters and/or the "
            "following: +=,.@_-"
        )


@refuses("AWS::IAM::User", "AWS::IAM::Group")
def taken(asked: Asked) -> Iterator[str]:
    kind = asked.place.type.rsplit("::", 1)[-1]
    given = asked.properties.get(f"{kind}Name")
    if not given or given == (asked.before or {}).get(f"{kind}Name"):
        return
    backend = iam_backends[asked.place.account_id][asked.place.partition]
    known = backend.groups.values() if kind == "Group" else backend.users.values()
    if any(item.name == given for item in known):
        yield f"{kind} with name {given} already exists."


@refuses("AWS::IAM::User")
def groups(asked: Asked) -> Iterator[str]:
    given = as_list(asked.properties.get("Groups"))
    if len(given) > quotas.GROUPS_OF_A_USER:
        yield f"Cannot exceed quota for GroupsPerUser: {quotas.GROUPS_OF_A_USER}"
    known = {group.name for group in iam_backends[asked.place.account_id][asked.place.partition].groups.values()}
    for name in given:
        if name not in known:
            yield f"The group with name {name} cannot be found."


@refuses("AWS::IAM::Role", "AWS::IAM::User")
def boundary(asked: Asked) -> Iterator[str]:
    arn = asked.properties.get("PermissionsBoundary")
    if not arn:
        return
    know_aws_policy(asked.place.account_id, asked.place.partition, str(arn))
    if str(arn) not in iam_backends[asked.place.account_id][asked.place.partition].managed_policies:
        yield f"Scope ARN: {arn} does not exist or is not attachable."


@refuses("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::ManagedPolicy")
def path(asked: Asked) -> Iterator[str]:
    if not re.fullmatch(r"/([!-~]+/)?", str(asked.properties.get("Path", "/"))):
        yield (
            "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric "
            "characters and/or / characters."
        )


@refuses("AWS::IAM::Role")
def session(asked: Asked) -> Iterator[str]:
    seconds = int(asked.properties.get("MaxSessionDuration", 3600))
    if seconds > quotas.SESSION_SECONDS:
        yield (
            f"1 validation error detected: Value '{seconds}' at 'maxSessionDuration' failed to satisfy constraint: "
            f"Member must have value less than or equal to {quotas.SESSION_SECONDS}"
        )


@refuses("AWS::IAM::Role")
def trust(asked: Asked) -> Iterator[str]:
    document = asked.properties.get("AssumeRolePolicyDocument")
    if not isinstance(document, dict):
        return
    if quotas.exceeds(size(document), quotas.TRUST_POLICY_CHARACTERS):
        yield f"Cannot exceed quota for ACLSizePerRole: {quotas.value_of(quotas.TRUST_POLICY_CHARACTERS)}"
    for statement in as_list(document.get("Statement")):
        if "Principal" not in statement and "NotPrincipal" not in statement:
            yield "Missing required field Principal"
        if any(
            not str(action).lower().startswith("sts:") and action != "*" for action in as_list(statement.get("Action"))
        ):
            yield "AssumeRole policy may only specify STS AssumeRole actions."
        if "Resource" in statement or "NotResource" in statement:
            yield "Has prohibited field Resource"
    for principal in unknown(document, asked.place.account_id):
        yield f'Invalid principal in policy: "AWS":"{principal}"'


@refuses("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy")
def identity_policy(asked: Asked) -> Iterator[str]:
    document = asked.properties.get("PolicyDocument")
    for statement in as_list(document.get("Statement")) if isinstance(document, dict) else []:
        if statement.get("Effect") not in ("Allow", "Deny"):
            yield "Syntax errors in policy."
        if not re.fullmatch("[0-9A-Za-z]*", str(statement.get("Sid", ""))):
            yield (
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
                "[0-9A-Za-z]*"
            )
        if "Principal" in statement or "NotPrincipal" in statement:
            yield "Policy document should not specify a principal."
        if "Resource" not in statement and "NotResource" not in statement:
            yield "Policy statement must contain resources."
        if "Action" not in statement and "NotAction" not in statement:
            yield "Policy statement must contain actions."


@refuses("AWS::IAM::ManagedPolicy")
def managed_policy(asked: Asked) -> Iterator[str]:
    if size(asked.properties.get("PolicyDocument")) > quotas.MANAGED_POLICY_CHARACTERS:
        yield f"Cannot exceed quota for PolicySize: {quotas.MANAGED_POLICY_CHARACTERS}"


@refuses("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
def policies_of_an_identity(asked: Asked) -> Iterator[str]:
    kind = asked.place.type.rsplit("::", 1)[-1]
    total = sum(size(item.get("PolicyDocument")) for item in as_list(asked.properties.get("Policies")))
    name = asked.properties.get(f"{kind}Name", asked.place.name)
    if total > quotas.INLINE_POLICY_CHARACTERS[kind]:
        yield _too_much(kind, name)
    if quotas.exceeds(len(as_list(asked.properties.get("ManagedPolicyArns"))), quotas.MANAGED_POLICIES[kind]):
        yield f"Cannot exceed quota for PoliciesPer{kind}: {quotas.value_of(quotas.MANAGED_POLICIES[kind])}"


@refuses("AWS::IAM::Policy")
def inline_policy(asked: Asked) -> Iterator[str]:
    """Inline policies of one identity count together."""
    properties = asked.properties
    own = size(properties.get("PolicyDocument"))
    replaced = {str(properties.get("PolicyName")), str((asked.before or {}).get("PolicyName"))}
    for kind in _KINDS:
        limit = quotas.INLINE_POLICY_CHARACTERS[kind]
        for name in as_list(properties.get(f"{kind}s")):
            # whoever is far from the limit is not asked
            others = _others(asked, kind, str(name), replaced) if own > limit // 8 else 0
            if own + others > limit:
                yield _too_much(kind, name)


def _others(asked: Asked, kind: str, name: str, replaced: set[str]) -> int:
    iam, key = aws.client("iam", asked.place.account_id, asked.place.region), {f"{kind}Name": name}
    try:
        names = getattr(iam, f"list_{kind.lower()}_policies")(**key)["PolicyNames"]
        read = getattr(iam, f"get_{kind.lower()}_policy")
        return sum(size(read(**key, PolicyName=item)["PolicyDocument"]) for item in names if item not in replaced)
    except ClientError:
        return 0


def _too_much(kind: str, name: Any) -> str:
    limit = quotas.INLINE_POLICY_CHARACTERS[kind]
    return f"Maximum policy size of {limit} bytes exceeded for {kind.lower()} {name}"
