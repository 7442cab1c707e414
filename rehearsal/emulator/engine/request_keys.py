"""What a service adds to the context of a request, by the properties of a resource or the parameters of a call.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from emulator.engine.conditions import Context

# action -> key -> where its value is, in properties of CloudFormation or parameters of the API; and what an API takes
# that is given none of them
_KEYS: dict[str, dict[str, tuple[tuple[str, ...], str | None]]] = {
    "ec2:CreateVolume": {"ec2:Encrypted": (("Encrypted",), "false")},
    "ec2:ModifyInstanceAttribute": {"ec2:Attribute/InstanceType": (("InstanceType.Value", "InstanceType"), None)},
    "ec2:ModifyInstanceMetadataOptions": {"ec2:Attribute/HttpTokens": (("HttpTokens", "MetadataOptions.HttpTokens"), None)},
    "ec2:ModifySnapshotAttribute": {"ec2:Add/group": (("GroupNames.0", "CreateVolumePermission.Add.0.Group"), None)},
    "ec2:RunInstances": {
        "ec2:Encrypted": ((), None),
        "ec2:InstanceType": (("InstanceType",), None),
        "ec2:MetadataHttpTokens": (("MetadataOptions.HttpTokens",), None),
    },
    "elasticfilesystem:CreateFileSystem": {"elasticfilesystem:Encrypted": (("Encrypted",), "false")},
    "lambda:AddPermission": {"lambda:FunctionUrlAuthType": (("FunctionUrlAuthType",), None)},
    "lambda:CreateFunctionUrlConfig": {"lambda:FunctionUrlAuthType": (("AuthType",), None)},
    "lambda:UpdateFunctionUrlConfig": {"lambda:FunctionUrlAuthType": (("AuthType",), None)},
    "ram:AssociateResourceShare": {"ram:AllowsExternalPrincipals": (("AllowExternalPrincipals",), "true")},
    "ram:CreateResourceShare": {
        "ram:RequestedAllowsExternalPrincipals": (("AllowExternalPrincipals", "allowExternalPrincipals"), "true")
    },
    "ram:UpdateResourceShare": {
        "ram:RequestedAllowsExternalPrincipals": (("AllowExternalPrincipals", "allowExternalPrincipals"), None)
    },
    "rds:CreateDBCluster": {"rds:StorageEncrypted": (("StorageEncrypted",), "false")},
    "rds:CreateDBInstance": {"rds:PubliclyAccessible": (("PubliclyAccessible",), None)},
    **{
        f"s3:{name}": {"s3:x-amz-acl": (("ACL", "AccessControl"), None)}
        for name in ("CreateBucket", "PutBucketAcl", "PutObject", "PutObjectAcl")
    },
}
# every tag is told, so that a key which is asked for and is not there is one that the request lacks
ALL_TAGS = "aws:requesttag/"


def keys_of(action: str, given: Mapping[str, Any]) -> Context:
    found = {key: _value(given, places, default) for key, (places, default) in _KEYS.get(action, {}).items()}
    if (acl := found.get("s3:x-amz-acl")) and not acl.islower():
        # CloudFormation has other words: PublicRead
        found["s3:x-amz-acl"] = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in acl).lstrip("-")
    return {**found, ALL_TAGS: None, **{f"aws:RequestTag/{key}": value for key, value in _tags(given)}}


def _value(given: Mapping[str, Any], places: Iterable[str], default: str | None) -> str | None:
    for place in places:
        found: Any = given
        for part in place.split("."):
            found = found[int(part)] if isinstance(found, list) and part.isdigit() and len(found) > int(part) else (
                found.get(part) if isinstance(found, Mapping) else None
            )
        if found is not None and not isinstance(found, Mapping | list):
            return str(found).lower() if isinstance(found, bool) else str(found)
    return default


def _tags(given: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for name in ("Tags", "tags", "TagList"):
        tags = given.get(name)
        if isinstance(tags, Mapping):
            yield from ((str(key), str(value)) for key, value in tags.items())
        elif isinstance(tags, list):
            for tag in tags:
                if isinstance(tag, Mapping) and (key := tag.get("Key", tag.get("key"))) is not None:
                    yield str(key), str(tag.get("Value", tag.get("value", "")))
