"""Resources as they are now: the call of each service that reads one, and where its answer has the properties."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

from emulator.engine.resources import Resource

Answer = dict[str, Any]

# type: service, operation, the argument that names it (in a list, if it takes several), path in the answer
_CALLS: dict[str, tuple[str, str, str, str]] = {
    "AWS::CloudTrail::Trail": ("cloudtrail", "get_trail", "Name", "Trail"),
    "AWS::CloudWatch::Alarm": ("cloudwatch", "describe_alarms", "AlarmNames[]", "MetricAlarms.0"),
    "AWS::DynamoDB::GlobalTable": ("dynamodb", "describe_table", "TableName", "Table"),
    "AWS::DynamoDB::Table": ("dynamodb", "describe_table", "TableName", "Table"),
    "AWS::EC2::FlowLog": ("ec2", "describe_flow_logs", "FlowLogIds[]", "FlowLogs.0"),
    "AWS::EC2::InternetGateway": ("ec2", "describe_internet_gateways", "InternetGatewayIds[]", "InternetGateways.0"),
    "AWS::EC2::NatGateway": ("ec2", "describe_nat_gateways", "NatGatewayIds[]", "NatGateways.0"),
    "AWS::EC2::RouteTable": ("ec2", "describe_route_tables", "RouteTableIds[]", "RouteTables.0"),
    "AWS::EC2::SecurityGroup": ("ec2", "describe_security_groups", "GroupIds[]", "SecurityGroups.0"),
    "AWS::EC2::Subnet": ("ec2", "describe_subnets", "SubnetIds[]", "Subnets.0"),
    "AWS::EC2::VPC": ("ec2", "describe_vpcs", "VpcIds[]", "Vpcs.0"),
    "AWS::EC2::VPCEndpoint": ("ec2", "describe_vpc_endpoints", "VpcEndpointIds[]", "VpcEndpoints.0"),
    "AWS::ECR::Repository": ("ecr", "describe_repositories", "repositoryNames[]", "repositories.0"),
    "AWS::ECS::Cluster": ("ecs", "describe_clusters", "clusters[]", "clusters.0"),
    "AWS::ECS::TaskDefinition": ("ecs", "describe_task_definition", "taskDefinition", "taskDefinition"),
    "AWS::EKS::Cluster": ("eks", "describe_cluster", "name", "cluster"),
    "AWS::ElastiCache::ReplicationGroup": (
        "elasticache", "describe_replication_groups", "ReplicationGroupId", "ReplicationGroups.0",
    ),
    "AWS::ElastiCache::SubnetGroup": (
        "elasticache", "describe_cache_subnet_groups", "CacheSubnetGroupName", "CacheSubnetGroups.0",
    ),
    "AWS::ElasticLoadBalancingV2::Listener": ("elbv2", "describe_listeners", "ListenerArns[]", "Listeners.0"),
    "AWS::ElasticLoadBalancingV2::ListenerRule": ("elbv2", "describe_rules", "RuleArns[]", "Rules.0"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        "elbv2", "describe_load_balancers", "LoadBalancerArns[]", "LoadBalancers.0",
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        "elbv2", "describe_target_groups", "TargetGroupArns[]", "TargetGroups.0",
    ),
    "AWS::Events::Rule": ("events", "describe_rule", "Name", ""),
    "AWS::IAM::Group": ("iam", "get_group", "GroupName", "Group"),
    "AWS::IAM::User": ("iam", "get_user", "UserName", "User"),
    "AWS::KMS::Alias": ("kms", "describe_key", "KeyId", "KeyMetadata"),
    "AWS::Lambda::Function": ("lambda", "get_function_configuration", "FunctionName", ""),
    "AWS::OpenSearchService::Domain": ("opensearch", "describe_domain", "DomainName", "DomainStatus"),
    "AWS::Organizations::OrganizationalUnit": (
        "organizations", "describe_organizational_unit", "OrganizationalUnitId", "OrganizationalUnit",
    ),
    "AWS::RDS::DBCluster": ("rds", "describe_db_clusters", "DBClusterIdentifier", "DBClusters.0"),
    "AWS::RDS::DBInstance": ("rds", "describe_db_instances", "DBInstanceIdentifier", "DBInstances.0"),
    "AWS::RDS::DBSubnetGroup": ("rds", "describe_db_subnet_groups", "DBSubnetGroupName", "DBSubnetGroups.0"),
    "AWS::Route53::HostedZone": ("route53", "get_hosted_zone", "Id", "HostedZone"),
    "AWS::S3::BucketPolicy": ("s3", "get_bucket_policy", "Bucket", ""),
    "AWS::SNS::Topic": ("sns", "get_topic_attributes", "TopicArn", "Attributes"),
    "AWS::SSM::Parameter": ("ssm", "get_parameter", "Name", "Parameter"),
    "AWS::SecretsManager::Secret": ("secretsmanager", "describe_secret", "SecretId", ""),
}
# what an answer calls otherwise
_CALLED = {
    "AWS::ElastiCache::ReplicationGroup": {"ReplicationGroupDescription": "Description"},
    "AWS::RDS::DBCluster": {
        "EnableCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
        "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
    },
    "AWS::S3::BucketPolicy": {"PolicyDocument": "Policy"},
}
# what keeps data, and has no attributes but those that its name makes: it can be imported
NAMED = (
    "AWS::CloudTrail::Trail",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
)
_own: dict[str, Callable[[Resource], Answer]] = {}


def reads(*kinds: str) -> Callable[[Callable[[Resource], Answer]], Callable[[Resource], Answer]]:
    def register(read: Callable[[Resource], Answer]) -> Callable[[Resource], Answer]:
        _own.update(dict.fromkeys(kinds, read))
        return read

    return register


def can_read(kind: str) -> bool:
    return kind in _own or kind in _CALLS


def read(resource: Resource) -> Answer:
    """Property -> value in the spelling of the service, as far as it tells. A LookupError says that it is gone."""
    kind = resource.place.type
    try:
        if kind in _own:
            return _own[kind](resource)
        service, operation, argument, path = _CALLS[kind]
        named: Any = [resource.physical_id] if argument.endswith("[]") else resource.physical_id
        answer: Any = getattr(resource.api(service), operation)(**{argument.removesuffix("[]"): named})
    except StopIteration as error:
        raise LookupError(resource.physical_id) from error
    except ClientError as error:
        if _is_gone(error):
            raise LookupError(resource.physical_id) from error
        raise
    for step in filter(None, path.split(".")):
        answer = answer[int(step)] if step.isdigit() else answer[step]
    return {**answer, **{name: answer[other] for name, other in _CALLED.get(kind, {}).items() if other in answer}}


def _is_gone(error: ClientError) -> bool:
    code = error.response["Error"]["Code"]
    return any(word in code for word in ("NotFound", "NoSuch", "NonExistent", "DoesNotExist", "404"))


@reads("AWS::CertificateManager::Certificate")
def _certificate(resource: Resource) -> Answer:
    found = resource.api("acm").describe_certificate(CertificateArn=resource.physical_id)["Certificate"]
    # to its names and options, ACM adds its own
    return {"DomainName": found["DomainName"]}


@reads("AWS::SQS::Queue")
def _queue(resource: Resource) -> Answer:
    api, url = resource.api("sqs"), resource.physical_id
    found = api.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return {**found, "QueueName": found["QueueArn"].split(":")[-1]}


@reads("AWS::Logs::LogGroup")
def _log_group(resource: Resource) -> Answer:
    name = resource.physical_id
    groups = resource.api("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    found: Answer = {"RetentionInDays": None, **next(group for group in groups if group["logGroupName"] == name)}
    return found


@reads("AWS::KMS::Key")
def _key(resource: Resource) -> Answer:
    api, named = resource.api("kms"), {"KeyId": resource.physical_id}
    found = api.describe_key(**named)["KeyMetadata"]
    if found["KeyState"] == "PendingDeletion":
        raise LookupError(resource.physical_id)
    policy = api.get_key_policy(**named, PolicyName="default")["Policy"]
    rotated = api.get_key_rotation_status(**named)["KeyRotationEnabled"]
    return {**found, "KeyPolicy": policy, "EnableKeyRotation": rotated}


@reads("AWS::KMS::Alias")
def _alias(resource: Resource) -> Answer:
    aliases = resource.api("kms").list_aliases()["Aliases"]
    found = next(alias for alias in aliases if alias["AliasName"] == resource.physical_id)
    return {"AliasName": found["AliasName"]}


@reads("AWS::IAM::Role")
def _role(resource: Resource) -> Answer:
    api, named = resource.api("iam"), {"RoleName": resource.physical_id}
    found = api.get_role(**named)["Role"]
    attached = [item["PolicyArn"] for item in api.list_attached_role_policies(**named)["AttachedPolicies"]]
    boundary = found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    wanted = resource.properties.get("ManagedPolicyArns", [])
    # policies that other resources attach belong to them
    own = [arn for arn in attached if arn in wanted]
    inline = [
        {"PolicyName": item["PolicyName"], "PolicyDocument": _inline(api, named, item["PolicyName"])}
        for item in resource.properties.get("Policies", [])
    ]
    return {**found, "PermissionsBoundary": boundary, "ManagedPolicyArns": own, "Policies": inline}


def _inline(api: Any, named: Answer, policy: str) -> Any:
    with suppress(ClientError):
        return api.get_role_policy(**named, PolicyName=policy)["PolicyDocument"]
    return None


@reads("AWS::IAM::ManagedPolicy")
def _managed_policy(resource: Resource) -> Answer:
    api, named = resource.api("iam"), {"PolicyArn": resource.physical_id}
    found = api.get_policy(**named)["Policy"]
    version = api.get_policy_version(**named, VersionId=found["DefaultVersionId"])["PolicyVersion"]
    return {"ManagedPolicyName": found["PolicyName"], "Path": found["Path"], "PolicyDocument": version["Document"]}


@reads("AWS::Organizations::Policy")
def _policy(resource: Resource) -> Answer:
    api, named = resource.api("organizations"), {"PolicyId": resource.physical_id}
    found = api.describe_policy(**named)["Policy"]
    targets = [target["TargetId"] for target in api.list_targets_for_policy(**named)["Targets"]]
    return {**found["PolicySummary"], "Content": found["Content"], "TargetIds": targets}


@reads("AWS::Organizations::Account")
def _account(resource: Resource) -> Answer:
    found = resource.api("organizations").describe_account(AccountId=resource.physical_id)["Account"]
    return {"AccountName": found["Name"], "Email": found["Email"]}


@reads("AWS::ECS::Service")
def _service(resource: Resource) -> Answer:
    # its ARN has the cluster between the kind and the name
    cluster = resource.physical_id.split("/")[1]
    found = resource.api("ecs").describe_services(cluster=cluster, services=[resource.physical_id])["services"]
    if not found or found[0]["status"] == "INACTIVE":
        raise LookupError(resource.physical_id)
    # a target of Application Auto Scaling changes this one
    return {key: value for key, value in found[0].items() if key != "desiredCount"}


@reads("AWS::S3::Bucket")
def _bucket(resource: Resource) -> Answer:
    api, named = resource.api("s3"), {"Bucket": resource.physical_id}
    api.head_bucket(**named)
    return dict(_bucket_parts(api, named))


def _bucket_parts(api: Any, named: Answer) -> Iterator[tuple[str, Any]]:
    yield "VersioningConfiguration", {"Status": api.get_bucket_versioning(**named).get("Status", "Suspended")}
    for name, operation, part in (
        ("PublicAccessBlockConfiguration", "get_public_access_block", "PublicAccessBlockConfiguration"),
        ("CorsConfiguration", "get_bucket_cors", "CORSRules"),
        ("BucketEncryption", "get_bucket_encryption", "ServerSideEncryptionConfiguration"),
    ):
        try:
            found = getattr(api, operation)(**named)[part]
        except ClientError:
            found = None
        if name == "CorsConfiguration":
            found = found and {"CorsRules": found}
        if name == "BucketEncryption":
            found = found and {"ServerSideEncryptionConfiguration": _encryption(found)}
        yield name, found


def _encryption(found: Answer) -> list[Answer]:
    return [{"ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"]} for rule in found["Rules"]]


@reads("AWS::Route53::RecordSet")
def _record(resource: Resource) -> Answer:
    wanted = resource.properties
    zone = wanted.get("HostedZoneId")
    if zone is None:
        return {}
    name = json.dumps(str(wanted["Name"]).rstrip(".") + ".")[1:-1]
    records = resource.api("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    for record in records:
        if unquote(record["Name"]) == name and record["Type"] == wanted["Type"]:
            values = [item["Value"] for item in record.get("ResourceRecords", [])]
            return {"TTL": record.get("TTL"), **({"ResourceRecords": values} if values else {})}
    raise LookupError(resource.physical_id)
