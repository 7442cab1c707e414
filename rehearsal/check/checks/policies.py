"""Policies and services of the whole organization: are they on, and is there room for ours beside those that exist?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from check.app import Org
from check.aws import Aws
from check.checks.organization import managed
from check.checks.places import is_known, places
from check.stacks import made
from check.rows import Answer, Group, Question, bad, good, unknown
from rehearsal.app import StackArtifact

_POLICY = "AWS::Organizations::Policy"
# type -> characters of a text, and how many one root, unit or account has, those of AWS included
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
_QUOTAS = {
    "SERVICE_CONTROL_POLICY": (10_240, 10),
    "RESOURCE_CONTROL_POLICY": (5_120, 5),
    "TAG_POLICY": (10_000, 10),
    "BACKUP_POLICY": (10_000, 10),
    "AISERVICES_OPT_OUT_POLICY": (2_500, 5),
    "CHATBOT_POLICY": (10_000, 5),
    "DECLARATIVE_POLICY_EC2": (10_000, 10),
    "S3_POLICY": (10_000, 10),
    "SECURITYHUB_POLICY": (10_000, 10),
    "SECURITYHUB_CSPM_POLICY": (10_000, 10),
    "INSPECTOR_POLICY": (10_000, 10),
    "BEDROCK_POLICY": (10_000, 10),
    "UPGRADE_ROLLOUT_POLICY": (5_120, 10),
    "NETWORK_SECURITY_DIRECTOR_POLICY": (10_000, 10),
    "GUARDDUTY_POLICY": (10_000, 10),
}
# what AWS attaches everywhere as soon as the type is there
_OF_AWS = {"SERVICE_CONTROL_POLICY": "FullAWSAccess", "RESOURCE_CONTROL_POLICY": "RCPFullAWSAccess"}
_STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"
# https://docs.aws.amazon.com/controltower/latest/controlreference/preventive-controls.html: how their policies are named
_GUARDRAIL = "aws-guardrails-"
# targets that are asked about one by one, where all policies together could be too many
_TARGETS_ASKED = 4


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    if not org.has_management_account:
        return
    for kind in dict.fromkeys(properties["Type"] for _, _, properties in org.resources(_POLICY)):
        name = kind.lower().replace("_", " ")
        yield Question(Group.ACCOUNTS, f"{name}: type", lambda kind=kind: _type(org, kind, aws))
        if kind in _QUOTAS:
            yield Question(Group.ACCOUNTS, f"{name}: number", lambda kind=kind: _number(org, kind, aws))
            yield Question(Group.ACCOUNTS, f"{name}: size", lambda kind=kind: _size(org, kind))
    for principal, why in _services(org).items():
        subject = f"trusted access: {principal}"
        yield Question(Group.ACCOUNTS, subject, lambda principal=principal, why=why: _access(org, principal, why, aws))


def _type(org: Org, kind: str, aws: Aws) -> Answer:
    enables = _calls(org, "enablePolicyType", kind)
    # https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateOrganization.html: all features have them
    if managed(aws) is None and (enables or org.creates_organization and kind == "SERVICE_CONTROL_POLICY"):
        return good("there is no organization yet, and the app's will have it")
    roots = [] if managed(aws) is None else aws.ask("organizations:ListRoots")["Roots"]
    enabled = {item["Type"] for root in roots for item in root["PolicyTypes"] if item["Status"] == "ENABLED"}
    if kind in enabled:
        return good("is enabled")
    if enables:
        return good("is not enabled yet, the app enables it")
    return bad(f"{kind} is not enabled, and the app attaches policies of it", f"enable it: AWS Organizations, Policies, or `enablePolicyType('{kind}')`")


def _number(org: Org, kind: str, aws: Aws) -> Answer:
    _, quota = _QUOTAS[kind]
    targets = _targets(org, kind, aws)
    most = max(map(len, targets.values()), default=0)
    if not most:
        return good("the app attaches none")
    there = [] if managed(aws) is None else aws.ask("organizations:ListPolicies", Filter=kind)["Policies"]
    ours = _own(org, kind, there, aws)
    others = {policy["Name"] for policy in there if policy["Id"] not in ours} | ({_OF_AWS[kind]} if kind in _OF_AWS else set())
    if len(others) + most <= quota:
        guardrails = sum(name.startswith(_GUARDRAIL) for name in others)
        theirs = f", {guardrails} of them of AWS Control Tower" if guardrails else ""
        return good(
            f"at most {len(others) + most} of {quota} on any target: {most} of the app, and {len(others)} {'other' if len(others) == 1 else 'others'}{theirs}"
        )
    # not all of the others are everywhere
    known = sorted((target for target in targets if is_known(target)), key=lambda target: -len(targets[target]))
    full = []
    for target in known[:_TARGETS_ASKED]:
        on_it = aws.ask("organizations:ListPoliciesForTarget", TargetId=target, Filter=kind)["Policies"]
        beside = [policy["Name"] for policy in on_it if policy["Id"] not in ours]
        if len(beside) + len(targets[target]) > quota:
            attached = targets[target]
            full.append(
                f"{target} has {len(beside)} ({', '.join(sorted(beside))}), and the app attaches {len(attached)} ({', '.join(sorted(attached))})"
            )
    if full:
        return bad(f"{'; '.join(full)}: AWS takes {quota}", "merge policies, or detach some: AWS raises this quota for nobody")
    if left := known[_TARGETS_ASKED:]:
        return unknown(
            f"{', '.join(known[:_TARGETS_ASKED])} have room for those of the app, {len(left)} more targets were not asked",
            f"look there in AWS Organizations, Policies, whether {quota} are enough: {', '.join(left)}",
        )
    return good(f"each target that exists has room for those of the app: AWS takes {quota}")


def _targets(org: Org, kind: str, aws: Aws) -> dict[str, list[str]]:
    """What the app's policies are attached to, and their names."""
    attached: list[tuple[StackArtifact, Any, str]] = []
    for stack, logical_id, properties in org.resources(_POLICY):
        if properties["Type"] == kind:
            name = properties["Name"] if isinstance(properties["Name"], str) else logical_id
            attached += [(stack, target, name) for target in properties.get("TargetIds", [])]
    found = places(org, [(stack, target) for stack, target, _ in attached], aws)
    targets: dict[str, list[str]] = {}
    for place, (_, _, name) in zip(found, attached, strict=True):
        targets.setdefault(place, []).append(name)
    return targets


def _own(org: Org, kind: str, there: list[dict[str, Any]], aws: Aws) -> set[str]:
    """The IDs of those that the app's stacks have made: somebody else's may have the name of one."""
    ids = {policy["Name"]: policy["Id"] for policy in there}
    resources = ((stack, logical_id, properties) for stack, logical_id, properties in org.resources(_POLICY) if properties["Type"] == kind)
    return {
        ids[name]
        for stack, logical_id, properties in resources
        if isinstance(name := properties["Name"], str) and name in ids and made(stack, logical_id, aws) == ids[name]
    }


def _size(org: Org, kind: str) -> Answer:
    limit, _ = _QUOTAS[kind]
    sizes: dict[str, int] = {}
    later = 0
    for _, logical_id, properties in org.resources(_POLICY):
        if properties["Type"] == kind:
            text = properties["Content"] if isinstance(properties["Content"], str) else json.dumps(properties["Content"], separators=(",", ":"))
            if '"Ref":' in text or '"Fn::' in text or "{{resolve:" in text:
                later += 1
            else:
                sizes[str(properties.get("Name", logical_id))] = len(text)
    more = f"; {later} of them {'is' if later == 1 else 'are'} complete only when deployed" if later else ""
    large = {name: size for name, size in sizes.items() if size > limit}
    if large:
        return bad(
            f"{', '.join(f'{name} has {size:,}' for name, size in large.items())} characters: AWS takes {limit:,}{more}",
            "make two of one, or shorten it: each target has room for some",
        )
    if not sizes:
        return good(more.removeprefix("; "))
    longest = max(sizes, key=lambda name: sizes[name])
    return good(f"the longest, {longest}, has {sizes[longest]:,} of {limit:,} characters{more}")


def _services(org: Org) -> dict[str, str]:
    """Services that the templates need in the whole organization, and what for."""
    found: dict[str, str] = {}
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-an-organizational-trail-prepare.html
    if any(properties.get("IsOrganizationTrail") in (True, "true") for _, _, properties in org.resources("AWS::CloudTrail::Trail")):
        found["cloudtrail.amazonaws.com"] = "a trail of the organization"
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-activate-trusted-access.html
    if any(properties.get("PermissionModel") == "SERVICE_MANAGED" for _, _, properties in org.resources("AWS::CloudFormation::StackSet")):
        found[_STACK_SETS] = "stack sets that AWS deploys to its accounts"
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/account-access-manager-getting-started.html#enable-aam
    if any(True for _ in org.resources("AWS::AccountAccess::Application")):
        found["account-access.amazonaws.com"] = "the account access manager"
    return found


def _access(org: Org, principal: str, why: str, aws: Aws) -> Answer:
    enables = _calls(org, "enableAWSServiceAccess", principal) or (
        principal == _STACK_SETS and _calls(org, "activateOrganizationsAccess", "")
    )
    if managed(aws) is not None:
        services = aws.ask("organizations:ListAWSServiceAccessForOrganization")["EnabledServicePrincipals"]
        if any(service["ServicePrincipal"] == principal for service in services):
            return good(f"is enabled, for {why}")
    if enables:
        return good(f"is not enabled yet, the app enables it for {why}")
    return bad(f"is not enabled, and the app has {why}", "enable it in the console of the service, or by `enableServiceAccess`")


def _calls(org: Org, action: str, argument: str) -> bool:
    """Whether a custom resource of the app makes this call."""
    made = org.resources("Custom::AWS")
    texts = (json.dumps(properties.get("Create", "")) for _, _, properties in made)
    return any(action.lower() in text.lower() and argument in text for text in texts)
