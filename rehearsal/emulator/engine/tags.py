"""Tags that a change of a template adds and takes away, by the calls that each service has for that."""

from __future__ import annotations

from typing import Any

from emulator.engine.api import fit, tags_of
from emulator.engine.resources import Resource

# service, tag, untag, the argument that says whose, and the attribute that is: of nothing, the physical id
_CALLS: dict[str, tuple[str, str, str, str, str]] = {
    "AWS::CertificateManager::Certificate": (
        "acm",
        "add_tags_to_certificate",
        "remove_tags_from_certificate",
        "CertificateArn",
        "",
    ),
    "AWS::CloudTrail::Trail": ("cloudtrail", "add_tags", "remove_tags", "ResourceId", "Arn"),
    "AWS::CloudWatch::Alarm": ("cloudwatch", "tag_resource", "untag_resource", "ResourceARN", "Arn"),
    "AWS::DynamoDB::Table": ("dynamodb", "tag_resource", "untag_resource", "ResourceArn", "Arn"),
    "AWS::ECR::Repository": ("ecr", "tag_resource", "untag_resource", "resourceArn", "Arn"),
    "AWS::ECS::Cluster": ("ecs", "tag_resource", "untag_resource", "resourceArn", "Arn"),
    "AWS::ECS::Service": ("ecs", "tag_resource", "untag_resource", "resourceArn", ""),
    "AWS::EKS::Cluster": ("eks", "tag_resource", "untag_resource", "resourceArn", "Arn"),
    "AWS::EKS::Nodegroup": ("eks", "tag_resource", "untag_resource", "resourceArn", "Arn"),
    "AWS::ElastiCache::ReplicationGroup": (
        "elasticache",
        "add_tags_to_resource",
        "remove_tags_from_resource",
        "ResourceName",
        "Arn",
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("elbv2", "add_tags", "remove_tags", "ResourceArns", ""),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("elbv2", "add_tags", "remove_tags", "ResourceArns", ""),
    "AWS::Events::Rule": ("events", "tag_resource", "untag_resource", "ResourceARN", "Arn"),
    "AWS::IAM::ManagedPolicy": ("iam", "tag_policy", "untag_policy", "PolicyArn", ""),
    "AWS::IAM::Role": ("iam", "tag_role", "untag_role", "RoleName", ""),
    "AWS::IAM::User": ("iam", "tag_user", "untag_user", "UserName", ""),
    "AWS::KMS::Key": ("kms", "tag_resource", "untag_resource", "KeyId", ""),
    "AWS::Logs::LogGroup": ("logs", "tag_log_group", "untag_log_group", "logGroupName", ""),
    "AWS::OpenSearchService::Domain": ("opensearch", "add_tags", "remove_tags", "ARN", "Arn"),
    "AWS::RDS::DBCluster": ("rds", "add_tags_to_resource", "remove_tags_from_resource", "ResourceName", "DBClusterArn"),
    "AWS::RDS::DBInstance": (
        "rds",
        "add_tags_to_resource",
        "remove_tags_from_resource",
        "ResourceName",
        "DBInstanceArn",
    ),
    "AWS::SSO::PermissionSet": ("sso-admin", "tag_resource", "untag_resource", "ResourceArn", "PermissionSetArn"),
    "AWS::SSM::Parameter": ("ssm", "add_tags_to_resource", "remove_tags_from_resource", "ResourceId", ""),
    "AWS::SecretsManager::Secret": ("secretsmanager", "tag_resource", "untag_resource", "SecretId", ""),
}


def change(resource: Resource, properties: dict[str, Any], before: dict[str, Any]) -> None:
    kind = resource.place.type
    wanted, had = tags_of(properties), tags_of(before)
    if kind not in _CALLS or wanted == had:
        return
    service, tag, untag, argument, attribute = _CALLS[kind]
    client = resource.api(service)
    whose = {argument: resource.attribute(attribute) if attribute else resource.physical_id}
    if kind == "AWS::SSM::Parameter":
        whose["ResourceType"] = "Parameter"
    gone = sorted(had.keys() - wanted.keys())
    if gone:
        # two services want them as they were
        keys = {"Tags": [{"Key": key} for key in gone]} if service in ("acm", "cloudtrail") else {"TagKeys": gone}
        names = {"Tags": gone} if service == "logs" else {**keys, "TagsList": keys.get("Tags")}
        getattr(client, untag)(**fit(client, untag, {**whose, **names}))
    if wanted:
        given = [{"Key": key, "Value": str(value)} for key, value in wanted.items()]
        getattr(client, tag)(**fit(client, tag, {**whose, "Tags": given, "TagList": given, "TagsList": given}))
