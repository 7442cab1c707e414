"""Syntax of policies without statements: what AWS calls a malformed document.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_inheritance_mgmt.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

CHILD_CONTROL = "@@operators_allowed_for_child_policies"
_VALUE_SETTING = ("@@assign", "@@append", "@@remove")
_CHILD_OPERATORS = {"@@all", "@@none", *_VALUE_SETTING}


@dataclass(frozen=True)
class Value:
    """One value, of some if not of any."""

    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Values:
    """Several of them."""

    of: tuple[str, ...] = ()


# stands for each name that somebody may choose
ANY = "*"
_ANY, _LIST, _SWITCH = Value(), Values(), Value(("enabled", "disabled"))
_METADATA = Value(("no_preference", "enabled", "disabled"))
_SHARING = ("unblocked", "block_new_sharing")
_TAGS = {ANY: {"tag_key": _ANY, "tag_value": _ANY}}
_LIFECYCLE = {
    "move_to_cold_storage_after_days": _ANY,
    "delete_after_days": _ANY,
    "opt_in_to_archive_for_supported_resources": Value(("true", "false")),
}
_CONDITIONS = {
    operator: {ANY: {"condition_key": _ANY, "condition_value": _ANY}}
    for operator in ("string_equals", "string_not_equals", "string_like", "string_not_like")
}
_CRITERION = {
    "allowed_image_providers": _LIST,
    "image_names": _LIST,
    "marketplace_product_codes": _LIST,
    "creation_date_condition": {"maximum_days_since_created": _ANY},
    "deprecation_time_condition": {"maximum_days_since_deprecated": _ANY},
}
_EXCLUSIONS = (
    "internet_gateway",
    "egress_only_internet_gateway",
    "nat_gateway",
    "virtual_private_gateway",
    "vpc_peering",
    "vpc_lattice",
    "lambda",
    "elastic_file_system",
)

SYNTAX: dict[str, dict[str, Any]] = {
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_example-tag-policies.html
    "TAG_POLICY": {
        "tags": {
            ANY: {"tag_key": _ANY, "tag_value": _LIST, "enforced_for": _LIST, "report_required_tag_for": _LIST},
        },
    },
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3_syntax.html
    "S3_POLICY": {"s3_attributes": {"public_access_block_configuration": Value(("all", "none"))}},
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ec2_syntax.html
    "DECLARATIVE_POLICY_EC2": {
        "ec2_attributes": {
            "exception_message": _ANY,
            "vpc_block_public_access": {
                "internet_gateway_block": {
                    "mode": Value(("off", "block_ingress", "block_bidirectional")),
                    "exclusions_allowed": _SWITCH,
                },
            },
            "serial_console_access": {"status": _SWITCH},
            "image_block_public_access": {"state": Value(_SHARING)},
            "snapshot_block_public_access": {"state": Value((*_SHARING, "block_all_sharing"))},
            "allowed_images_settings": {
                "state": Value(("enabled", "disabled", "audit_mode")),
                "image_criteria": {f"criteria_{number}": _CRITERION for number in range(1, 11)},
            },
            "instance_metadata_defaults": {
                "http_tokens": Value(("no_preference", "required", "optional")),
                "http_tokens_enforced": _METADATA,
                "http_put_response_hop_limit": _ANY,
                "http_endpoint": _METADATA,
                "instance_metadata_tags": _METADATA,
            },
            "vpc_encryption_control": {
                "mode": Value(("unmanaged", "attempt_monitor", "attempt_enforce")),
                "exclusions": Values(_EXCLUSIONS),
            },
        },
    },
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html
    "BACKUP_POLICY": {
        "plans": {
            ANY: {
                "regions": _LIST,
                "rules": {
                    ANY: {
                        "schedule_expression": _ANY,
                        "target_backup_vault_name": _ANY,
                        "target_logically_air_gapped_backup_vault_arn": _ANY,
                        "start_backup_window_minutes": _ANY,
                        "complete_backup_window_minutes": _ANY,
                        "enable_continuous_backup": Value(("true", "false")),
                        "lifecycle": _LIFECYCLE,
                        "copy_actions": {ANY: {"target_backup_vault_arn": _ANY, "lifecycle": _LIFECYCLE}},
                        "recovery_point_tags": _TAGS,
                        "index_actions": {"resource_types": Values(("EBS", "S3"))},
                        "scan_actions": {"GUARDDUTY": {"scan_mode": Value(("INCREMENTAL_SCAN", "FULL_SCAN"))}},
                    },
                },
                "selections": {
                    "tags": {
                        ANY: {"iam_role_arn": _ANY, "tag_key": _ANY, "tag_value": _LIST, "conditions": _CONDITIONS},
                    },
                    "resources": {
                        ANY: {
                            "iam_role_arn": _ANY,
                            "resource_types": _LIST,
                            "not_resource_types": _LIST,
                            "conditions": _CONDITIONS,
                        },
                    },
                },
                "advanced_backup_settings": {
                    "ec2": {"windows_vss": _SWITCH},
                    "s3": {"backup_acls": _SWITCH, "backup_object_tags": _SWITCH},
                },
                "backup_plan_tags": _TAGS,
                "scan_settings": {
                    "GUARDDUTY": {
                        "resource_types": Values(("EBS", "EC2", "S3", "ALL")),
                        "scanner_role_arn": _ANY,
                    },
                },
            },
        },
    },
}


def malformed(kind: str, content: str) -> str | None:
    """What is wrong with a document first, if anything is. A type whose syntax is not here takes every object."""
    try:
        document = json.loads(content, object_pairs_hook=_unique)
    except ValueError as error:
        return str(error)
    if not isinstance(document, dict):
        return "it is no object"
    if kind not in SYNTAX:
        return None
    (top,) = SYNTAX[kind]
    return f"it has no {top}" if top not in document else next(_problems(document, SYNTAX[kind], ""), None)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """AWS refuses an object with a key twice."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("it has a key twice")
    return dict(pairs)


def _problems(node: Any, syntax: Any, path: str) -> Iterator[str]:
    if not isinstance(node, dict):
        yield f"{path} is no object: a value needs an operator"
        return
    operators = node.get(CHILD_CONTROL, ["@@all"])
    if not isinstance(operators, list) or not operators or not set(operators) <= _CHILD_OPERATORS:
        yield f"{path} allows child policies an operator that is none"
    if isinstance(syntax, dict):
        for key, below in node.items():
            if key == CHILD_CONTROL:
                continue
            known = syntax.get(key, syntax.get(ANY))
            if known is None or key.startswith("@@"):
                yield f"{path} has no {key}"
            else:
                yield from _problems(below, known, f"{path}.{key}".lstrip("."))
        return
    for key, given in node.items():
        if key == CHILD_CONTROL:
            continue
        if key not in _VALUE_SETTING or key != "@@assign" and isinstance(syntax, Value):
            yield f"{path} has no {key}"
        elif isinstance(syntax, Values) != isinstance(given, list):
            yield f"{path} is {'no list' if isinstance(syntax, Values) else 'a list'}"
        elif bad := [item for item in (given if isinstance(given, list) else [given]) if not _is_of(item, syntax.of)]:
            yield f"{path} is none of {', '.join(syntax.of) or 'the values'}: {bad[0]}"


def _is_of(item: Any, of: tuple[str, ...]) -> bool:
    """Numbers and booleans are as good as their text."""
    if isinstance(item, (dict, list)) or item is None:
        return False
    return not of or (json.dumps(item) if isinstance(item, bool) else str(item)) in of
