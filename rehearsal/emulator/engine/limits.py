"""What a template may hold and how it has to be made, as CloudFormation says before it deploys anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from emulator.engine import quotas, shapes
from emulator.engine.errors import ValidationError

_SECTIONS = {
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
}
_POLICIES = {
    "DeletionPolicy": ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot"),
    "UpdateReplacePolicy": ("Delete", "Retain", "Snapshot"),
}
_SECURE = "{{resolve:ssm-secure:"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm-secure-strings.html
_TAKES_SECURE = {
    "AWS::DirectoryService::MicrosoftAD/Properties/Password",
    "AWS::DirectoryService::SimpleAD/Properties/Password",
    "AWS::ElastiCache::ReplicationGroup/Properties/AuthToken",
    "AWS::IAM::User/Properties/LoginProfile/Password",
    "AWS::KinesisFirehose::DeliveryStream/Properties/RedshiftDestinationConfiguration/Password",
    "AWS::OpsWorks::App/Properties/AppSource/Password",
    "AWS::OpsWorks::Stack/Properties/CustomCookbooksSource/Password",
    "AWS::OpsWorks::Stack/Properties/RdsDbInstances/DbPassword",
    "AWS::RDS::DBCluster/Properties/MasterUserPassword",
    "AWS::RDS::DBInstance/Properties/MasterUserPassword",
    "AWS::Redshift::Cluster/Properties/MasterUserPassword",
}
# "Resource attribute reference", and two that the CDK writes and AWS leaves alone
_ATTRIBUTES = {
    "Condition", "CreationPolicy", "DeletionPolicy", "DependsOn", "Description", "Metadata", "Properties", "Type",
    "UpdatePolicy", "UpdateReplacePolicy", "Version",
}
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
_HAS_SNAPSHOTS = {
    "AWS::DocDB::DBCluster", "AWS::EC2::Volume", "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup",
    "AWS::Neptune::DBCluster", "AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::Redshift::Cluster",
}
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
_PARAMETER = {
    "AllowedPattern", "AllowedValues", "ConstraintDescription", "Default", "Description", "MaxLength", "MaxValue",
    "MinLength", "MinValue", "NoEcho", "Type",
}
_PARAMETER_TYPES = re.compile(
    r"String|Number|CommaDelimitedList|List<(Number|String|AWS::[\w:]+)>|AWS::\w+::[\w:]+"
    r"|AWS::SSM::Parameter::Value<(String|CommaDelimitedList|List<String>|(List<)?AWS::[\w:]+>?)>"
)
NO_TEXT = "Template format error: The Value field of every Outputs member must evaluate to a String."
_ALPHANUMERIC = re.compile(r"[A-Za-z0-9]+")


def check_inline(body: str) -> None:
    if len(body.encode()) > quotas.INLINE_TEMPLATE_BYTES:
        raise ValidationError(
            f"1 validation error detected: Value '{body[:40]}…' at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {quotas.INLINE_TEMPLATE_BYTES}"
        )


def check_by_url(body: str) -> None:
    if len(body.encode()) > quotas.TEMPLATE_BYTES:
        raise ValidationError(f"Template may not exceed {quotas.TEMPLATE_BYTES} bytes in size.")


def check_stack_name(name: str) -> None:
    if not re.fullmatch(r"[a-zA-Z][-a-zA-Z0-9]*", name):
        raise ValidationError(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )
    if len(name) > quotas.STACK_NAME_CHARACTERS:
        raise ValidationError(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: "
            f"Member must have length less than or equal to {quotas.STACK_NAME_CHARACTERS}"
        )


def check_template(template: dict[str, Any], body: str) -> None:
    problem = next(_problems(template, body), None)
    if problem:
        raise ValidationError(problem)


def _problems(template: dict[str, Any], body: str) -> Iterator[str]:
    unknown = [section for section in template if section not in _SECTIONS]
    if unknown:
        yield f"Invalid template property or properties [{', '.join(unknown)}]"
    if str(template.get("AWSTemplateFormatVersion", "2010-09-09")) != "2010-09-09":
        yield "Template format error: unsupported value for AWSTemplateFormatVersion."
    resources, parameters = template["Resources"], template.get("Parameters", {})
    outputs, mappings = template.get("Outputs", {}), template.get("Mappings", {})
    if len(resources) > quotas.RESOURCES:
        yield (
            f"Template format error: Number of resources, {len(resources)}, is greater than maximum allowed, "
            f"{quotas.RESOURCES}"
        )
    for what, found, limit in (
        ("Parameter", parameters, quotas.PARAMETERS),
        ("Outputs", outputs, quotas.OUTPUTS),
        ("Mappings", mappings, quotas.MAPPINGS),
    ):
        if len(found) > limit:
            yield f"Template format error: {what} count {len(found)} is greater than max allowed {limit}"
    if len(str(template.get("Description", "")).encode()) > quotas.TEMPLATE_DESCRIPTION_BYTES:
        yield (
            "Template format error: 'Description' length is greater than "
            f"{quotas.TEMPLATE_DESCRIPTION_BYTES}"
        )
    count = body.count("{{resolve:")
    if count > quotas.DYNAMIC_REFERENCES:
        yield f"Template error: {count} dynamic references, {quotas.DYNAMIC_REFERENCES} are allowed in a template"
    for what, names in (("Resource", resources), ("Parameter", parameters), ("Outputs", outputs)):
        yield from _names(what, names)
    for name, declared in parameters.items():
        if not isinstance(declared, dict) or "Type" not in declared:
            yield f"Template format error: Every Parameters object must contain a Type member. [{name}]"
            continue
        if unknown := [key for key in declared if key not in _PARAMETER]:
            yield f"Invalid template parameter property '{unknown[0]}'"
        if not _PARAMETER_TYPES.fullmatch(str(declared["Type"])):
            yield f"Template format error: Unrecognized parameter type: {declared['Type']}"
    for name, mapping in mappings.items():
        if not isinstance(mapping, dict) or not all(isinstance(inner, dict) for inner in mapping.values()):
            yield f"Template format error: Every Mappings attribute must be a map of maps. [{name}]"
    for declared in outputs.values():
        yield from _output(declared)
    for name, declared in resources.items():
        yield from _resource(name, declared)
    kinds = {declared["Type"] for declared in resources.values()}
    unrecognized = sorted(kind for kind in kinds if shapes.is_misspelt(kind))
    if unrecognized:
        yield f"Template format error: Unrecognized resource types: [{', '.join(unrecognized)}]"
    for section in ("Resources", "Outputs"):
        for path in _nulls(template.get(section, {}), f"/{section}"):
            yield f"Template format error: [{path}] 'null' values are not allowed in templates"
    if _SECURE in body:
        secure = [
            f"{declared['Type']}/Properties/{path}"
            for declared in resources.values()
            if isinstance(declared, dict)
            for path in _paths(declared.get("Properties", {}))
        ]
        wrong = [path for path in secure if path not in _TAKES_SECURE]
        if wrong:
            yield f"SSM Secure reference is not supported in: [{','.join(wrong)}]"


def _paths(node: Any, path: str = "") -> Iterator[str]:
    """Where a secure parameter is referred to."""
    if isinstance(node, str) and _SECURE in node:
        yield path
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        # a list, and what an intrinsic function makes, is told by its property
        inner = path if isinstance(node, list) or str(key).startswith("Fn::") else f"{path}/{key}".lstrip("/")
        yield from _paths(value, inner)


def _output(declared: Any) -> Iterator[str]:
    if not isinstance(declared, dict) or "Value" not in declared:
        yield "Template format error: Every Outputs member must contain a Value object"
        return
    value = declared["Value"]
    if isinstance(value, list) or isinstance(value, dict) and not is_function(value):
        yield NO_TEXT


def is_function(value: dict[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref", "Condition"))


def _nulls(node: Any, path: str) -> Iterator[str]:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if value is None:
            yield f"{path}/{key}"
        elif isinstance(value, (dict, list)):
            yield from _nulls(value, f"{path}/{key}")


def _names(what: str, names: Any) -> Iterator[str]:
    for name in names:
        if not _ALPHANUMERIC.fullmatch(name):
            shown = f"'{name}'" if what == "Outputs" else name
            yield f"Template format error: {what} name {shown} is non alphanumeric."
        if len(name) > quotas.NAME_CHARACTERS:
            yield f"Template format error: {what} name {name} is longer than {quotas.NAME_CHARACTERS} characters."


def _resource(name: str, declared: Any) -> Iterator[str]:
    if not isinstance(declared, dict) or not isinstance(declared.get("Type"), str):
        yield f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member."
        return
    for attribute in declared:
        if attribute not in _ATTRIBUTES:
            yield f"Invalid template resource property '{attribute}'"
    if declared.get("DeletionPolicy") == "Snapshot" and declared["Type"] not in _HAS_SNAPSHOTS:
        yield f"Template error: resource type {declared['Type']} does not support deletion policy Snapshot"
    for attribute, allowed in _POLICIES.items():
        policy = declared.get(attribute)
        if policy is not None and not isinstance(policy, str):
            yield f"Template format error: Every {attribute} member must be a string."
        elif policy is not None and policy not in allowed:
            yield f"Template format error: Unrecognized {attribute} {policy} for resource {name}"
