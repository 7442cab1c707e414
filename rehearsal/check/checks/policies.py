"""Policies and services of the whole organization: are they on, and is there room for ours beside those that exist?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from check.app import Org, template
from check.aws import Aws
from check.checks.accounts import by_email
from check.checks.organization import existing
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
}
# what AWS attaches everywhere as soon as the type is there
_OF_AWS = {"SERVICE_CONTROL_POLICY": "FullAWSAccess", "RESOURCE_CONTROL_POLICY": "RCPFullAWSAccess"}
_STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"
# no ID begins like this
_LATER = "?"
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
    if existing(aws) is None and (enables or org.creates_organization and kind == "SERVICE_CONTROL_POLICY"):
        return good("there is no organization yet, and the app's will have it")
    roots = [] if existing(aws) is None else aws.ask("organizations:ListRoots")["Roots"]
    enabled = {item["Type"] for root in roots for item in root["PolicyTypes"] if item["Status"] == "ENABLED"}
    if kind in enabled:
        return good("is enabled")
    if enables:
        return good("is not enabled yet, the app enables it")
    return bad(f"{kind} is not enabled, and the app attaches policies of it", f"enable it: AWS Organizations, Policies, or `enablePolicyType('{kind}')`")


def _number(org: Org, kind: str, aws: Aws) -> Answer:
    _, quota = _QUOTAS[kind]
    targets = _targets(org, kind, aws)
    ours = {name for names in targets.values() for name in names}
    most = max(map(len, targets.values()), default=0)
    if not ours:
        return good("the app attaches none")
    there = [] if existing(aws) is None else aws.ask("organizations:ListPolicies", Filter=kind)["Policies"]
    others = {policy["Name"] for policy in there if policy["Name"] not in ours} | ({_OF_AWS[kind]} if kind in _OF_AWS else set())
    if len(others) + most <= quota:
        return good(
            f"at most {len(others) + most} of {quota} on any target: {most} of the app, and {len(others)} {'other' if len(others) == 1 else 'others'}"
        )
    # not all of the others are everywhere
    known = sorted((target for target in targets if not target.startswith((_LATER, "/"))), key=lambda target: -len(targets[target]))
    full = []
    for target in known[:_TARGETS_ASKED]:
        on_it = aws.ask("organizations:ListPoliciesForTarget", TargetId=target, Filter=kind)["Policies"]
        beside = [policy["Name"] for policy in on_it if policy["Name"] not in ours]
        if len(beside) + len(targets[target]) > quota:
            full.append(f"{target} has {len(beside)} ({', '.join(sorted(beside))}), and the app attaches {len(targets[target])}")
    if full:
        return bad(f"{'; '.join(full)}: AWS takes {quota}", "merge policies, or detach some: AWS raises this quota for nobody")
    if left := known[_TARGETS_ASKED:]:
        return unknown(
            f"{', '.join(known[:_TARGETS_ASKED])} have room for those of the app, {len(left)} more targets were not asked",
            f"look there in AWS Organizations, Policies, whether {quota} are enough: {', '.join(left)}",
        )
    return good(f"each target that exists has room for those of the app: AWS takes {quota}")


def _targets(org: Org, kind: str, aws: Aws) -> dict[str, list[str]]:
    """What the app's policies are attached to, by ID, or by the name of what says it later; and their names."""
    attached: list[tuple[str, str]] = []
    for stack, logical_id, properties in org.resources(_POLICY):
        if properties["Type"] == kind:
            name = properties["Name"] if isinstance(properties["Name"], str) else logical_id
            attached += [(_target(org, stack, target, aws), name) for target in properties.get("TargetIds", [])]
    # of what is deployed already
    later = [] if existing(aws) is None else sorted({target for target, _ in attached if target.startswith("/")})
    stored: dict[str, str] = {}
    for part in (later[start : start + 10] for start in range(0, len(later), 10)):
        found = aws.ask("ssm:GetParameters", region=org.root.region, Names=part)["Parameters"]
        stored |= {item["Name"]: item["Value"] for item in found}
    targets: dict[str, list[str]] = {}
    for target, name in attached:
        targets.setdefault(stored.get(target, target), []).append(name)
    return targets


def _target(org: Org, stack: StackArtifact, value: Any, aws: Aws) -> str:
    """An ID; where there is none yet, the name of the parameter that will have it, or of what will be made."""
    content = template(stack)
    match value:
        case str() if value.startswith("{{resolve:ssm:"):
            return _stored(org, value.removeprefix("{{resolve:ssm:").removesuffix("}}").split(":")[0], aws)
        case str():
            return value
        case {"Ref": str(name)} if name in content.get("Parameters", {}):
            return _stored(org, str(content["Parameters"][name].get("Default", f"{_LATER}{name}")), aws)
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]} if name in content["Resources"]:
            return _made(content["Resources"][name], aws) or f"{_LATER}{stack.name}/{name}"
    return f"{_LATER}{json.dumps(value)}"


def _stored(org: Org, parameter: str, aws: Aws) -> str:
    """What the app's own parameter will have, if it is known by now."""
    for stack, _, properties in org.resources("AWS::SSM::Parameter"):
        value = properties.get("Value")
        if properties.get("Name") == parameter and not (isinstance(value, dict) and value.get("Ref") in template(stack).get("Parameters", {})):
            found = _target(org, stack, value, aws)
            return parameter if found.startswith(_LATER) else found
    return parameter


def _made(resource: dict[str, Any], aws: Aws) -> str | None:
    if existing(aws) is None:
        return None
    if resource["Type"] == "AWS::Organizations::Organization":
        return str(aws.ask("organizations:ListRoots")["Roots"][0]["Id"])
    if resource["Type"] == "AWS::Organizations::Account":
        account = by_email(aws, resource.get("Properties", {}).get("Email"))
        return account["Id"] if account else None
    return None


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
    return found


def _access(org: Org, principal: str, why: str, aws: Aws) -> Answer:
    enables = _calls(org, "enableAWSServiceAccess", principal) or (
        principal == _STACK_SETS and _calls(org, "activateOrganizationsAccess", "")
    )
    if existing(aws) is not None:
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
