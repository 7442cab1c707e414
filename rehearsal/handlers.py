"""Makes emulator/data/handlers.json of the public schemas of CloudFormation, for the types in it and those that are named.

    python3 rehearsal/handlers.py <folder of schemas> [AWS::Service::Type …]

A folder of schemas is in https://github.com/hashicorp/terraform-provider-awscc, at internal/service/cloudformation/schemas,
or what CloudFormation's own page links to:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-type-schemas.html
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from emulator.engine.property_calls import EACH_TIME, OF_OWN_ACCOUNT, PROPERTY_CALLS

FILE = Path(__file__).parent / "emulator" / "data" / "handlers.json"

# verbs that make, change and delete what a resource is
VERBS = {
    "create": "Create|Put|Register|Run|Allocate|Request|Authorize|Add|Set|Publish|Attach|Associate",
    "update": "Update|Modify|Put|Set|Change",
    "delete": "Delete|Close|Deregister|Terminate|Release|Revoke|Remove|Detach|Disassociate",
}
# where the action is called otherwise than the type
NOUNS = {
    "AWS::CloudWatch::Alarm": {"MetricAlarm", "Alarms"},
    "AWS::CloudWatch::CompositeAlarm": {"Alarms"},
    "AWS::DynamoDB::GlobalTable": {"Table"},
    "AWS::EC2::EIP": {"Address"},
    "AWS::EC2::SubnetRouteTableAssociation": {"RouteTable"},
    "AWS::EC2::VPCGatewayAttachment": {"InternetGateway"},
    "AWS::ElastiCache::ParameterGroup": {"CacheParameterGroup"},
    "AWS::ElastiCache::SubnetGroup": {"CacheSubnetGroup"},
    "AWS::ElasticLoadBalancingV2::ListenerRule": {"Rule"},
    "AWS::IAM::ManagedPolicy": {"Policy"},
    "AWS::Lambda::Function": {"Function", "FunctionConfiguration"},
    "AWS::Lambda::Url": {"FunctionUrlConfig"},
    "AWS::SSO::Assignment": {"AccountAssignment"},
    "AWS::SecretsManager::SecretTargetAttachment": {"SecretValue"},
    "AWS::SNS::Topic": {"Topic", "TopicAttributes"},
    "AWS::SQS::Queue": {"Queue", "QueueAttributes"},
}
# where AWS::IAM::Policy has its permissions from
PARTS = {"AWS::IAM::Policy": ("AWS::IAM::GroupPolicy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy")}


def action(type_name: str, schema: dict[str, Any], operation: str) -> str | None:
    """The one action that no such resource can do without: `Create…` and `Delete…` of its own name."""
    permissions = schema.get("handlers", {}).get(operation, {}).get("permissions", [])
    resource = type_name.rsplit("::", 1)[-1]
    nouns = {noun.lower() for noun in NOUNS.get(type_name, {resource, f"{resource}s"})}
    for permission in permissions:
        noun = re.sub(f"^({VERBS[operation]})", "", permission.split(":")[-1])
        if noun != permission.split(":")[-1] and noun.lower() in nouns:
            return permission
    return None


def check_property_calls(folder: str) -> None:
    """Nothing in our table is unknown to CloudFormation."""
    for type_name, properties in PROPERTY_CALLS.items():
        schemas = [schema_of(folder, part) for part in PARTS.get(type_name, (type_name,))]
        handlers = [handler for schema in schemas for handler in schema["handlers"].values()]
        known = {permission for handler in handlers for permission in handler["permissions"]}
        for calls in properties.values():
            unknown = {calls.create, calls.change, calls.remove, calls.delete} - known - {""}
            if unknown:
                raise SystemExit(f"{type_name}: its schema has no {', '.join(sorted(unknown))}")
    for type_name, operations in EACH_TIME.items():
        more = OF_OWN_ACCOUNT if type_name == "AWS::SSO::Assignment" else ()
        for operation, actions in operations.items():
            permissions = schema_of(folder, type_name)["handlers"][operation]["permissions"]
            unknown = {*actions, *(more if operation == "create" else ())} - {*permissions}
            if unknown:
                raise SystemExit(f"{type_name}: its {operation} handler has no {', '.join(sorted(unknown))}")


def schema_of(folder: str, type_name: str) -> dict[str, Any]:
    file = Path(folder) / f"{type_name.replace('::', '_')}.json"
    return json.loads(file.read_text("utf-8")) if file.exists() else {}


def main(folder: str, *types: str) -> None:
    check_property_calls(folder)
    known = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    found: dict[str, dict[str, str]] = {}
    for type_name in sorted({*known, *types}):
        schema = schema_of(folder, type_name)
        actions = {operation: action(type_name, schema, operation) for operation in VERBS}
        if any(actions.values()):
            found[type_name] = {operation: name for operation, name in actions.items() if name}
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
