"""What a property needs of the role that deploys it, beside the call that makes, changes or deletes the resource.

`handlers.py` holds each action against the permissions in CloudFormation's public schemas.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Calls:
    """Actions when a resource is made with the property, when it is changed or taken away, and when the resource goes."""

    create: str = ""
    change: str = ""
    remove: str = ""
    delete: str = ""
    # of a role: the service that is given it
    passed_to: str = ""


def _put(action: str) -> Calls:
    """The same call, whatever becomes of the property."""
    return Calls(action, action, action)


def _pair(put: str, take: str) -> Calls:
    return Calls(put, put, take, take)


def _role(service: str) -> Calls:
    return Calls("iam:PassRole", "iam:PassRole", passed_to=f"{service}.amazonaws.com")


def _bound(kind: str) -> Calls:
    return Calls("", f"iam:Put{kind}PermissionsBoundary", f"iam:Delete{kind}PermissionsBoundary")


def _policies(kind: str) -> dict[str, Calls]:
    return {
        "Policies": _pair(f"iam:Put{kind}Policy", f"iam:Delete{kind}Policy"),
        "ManagedPolicyArns": _pair(f"iam:Attach{kind}Policy", f"iam:Detach{kind}Policy"),
    }


def _of_set(call: str, put: str, take: str) -> Calls:
    """A permission set goes with all that it has."""
    given = f"sso:{call.format(put, 'To')}"
    return Calls(given, given, f"sso:{call.format(take, 'From')}")


# what a handler calls each time, beside the action of its own name
# https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-sso
EACH_TIME: dict[str, dict[str, tuple[str, ...]]] = {
    "AWS::SSO::Assignment": {
        "create": ("sso:ListAccountAssignments", "sso:DescribeAccountAssignmentCreationStatus"),
        "delete": ("sso:ListAccountAssignments", "sso:DescribeAccountAssignmentDeletionStatus"),
    },
    "AWS::SSO::PermissionSet": {
        "update": (
            "sso:UpdatePermissionSet", "sso:ProvisionPermissionSet", "sso:DescribePermissionSetProvisioningStatus",
        ),
    },
}
# of an assignment in the account that it is made from: elsewhere Identity Center's own role does it
# https://docs.aws.amazon.com/singlesignon/latest/userguide/iam-auth-access-using-id-policies.html
OF_OWN_ACCOUNT = ("iam:GetSAMLProvider", "iam:CreateRole")


PROPERTY_CALLS: dict[str, dict[str, Calls]] = {
    "AWS::EC2::Instance": {
        "InstanceType": Calls("", "ec2:ModifyInstanceAttribute"),
        "MetadataOptions": Calls("", "ec2:ModifyInstanceMetadataOptions"),
    },
    "AWS::ECS::TaskDefinition": {"ExecutionRoleArn": _role("ecs-tasks"), "TaskRoleArn": _role("ecs-tasks")},
    "AWS::EKS::Cluster": {"RoleArn": _role("eks")},
    "AWS::IAM::Group": _policies("Group"),
    "AWS::IAM::ManagedPolicy": {
        "Groups": _pair("iam:AttachGroupPolicy", "iam:DetachGroupPolicy"),
        "PolicyDocument": Calls("", "iam:CreatePolicyVersion"),
        "Roles": _pair("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
        "Users": _pair("iam:AttachUserPolicy", "iam:DetachUserPolicy"),
    },
    # it has no schema: AWS::IAM::GroupPolicy, AWS::IAM::RolePolicy and AWS::IAM::UserPolicy have
    "AWS::IAM::Policy": {
        "Groups": _pair("iam:PutGroupPolicy", "iam:DeleteGroupPolicy"),
        "Roles": _pair("iam:PutRolePolicy", "iam:DeleteRolePolicy"),
        "Users": _pair("iam:PutUserPolicy", "iam:DeleteUserPolicy"),
    },
    "AWS::IAM::Role": {
        **_policies("Role"),
        "AssumeRolePolicyDocument": Calls("", "iam:UpdateAssumeRolePolicy"),
        "PermissionsBoundary": _bound("Role"),
    },
    "AWS::IAM::User": {
        **_policies("User"),
        "Groups": _pair("iam:AddUserToGroup", "iam:RemoveUserFromGroup"),
        "LoginProfile": Calls(
            "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:DeleteLoginProfile", "iam:DeleteLoginProfile"
        ),
        "PermissionsBoundary": _bound("User"),
    },
    "AWS::Lambda::Function": {
        "Code": Calls("", "lambda:UpdateFunctionCode"),
        "ReservedConcurrentExecutions": Calls(
            "lambda:PutFunctionConcurrency", "lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency"
        ),
        "Role": _role("lambda"),
    },
    "AWS::SSO::PermissionSet": {
        "CustomerManagedPolicyReferences": _of_set("{}CustomerManagedPolicyReference{}PermissionSet", "Attach", "Detach"),
        "InlinePolicy": _of_set("{}InlinePolicy{}PermissionSet", "Put", "Delete"),
        "ManagedPolicies": _of_set("{}ManagedPolicy{}PermissionSet", "Attach", "Detach"),
        "PermissionsBoundary": _of_set("{}PermissionsBoundary{}PermissionSet", "Put", "Delete"),
    },
    "AWS::S3::Bucket": {
        "BucketEncryption": _put("s3:PutEncryptionConfiguration"),
        "CorsConfiguration": _put("s3:PutBucketCORS"),
        "LifecycleConfiguration": _put("s3:PutLifecycleConfiguration"),
        "LoggingConfiguration": _put("s3:PutBucketLogging"),
        "NotificationConfiguration": _put("s3:PutBucketNotification"),
        "ObjectLockConfiguration": _put("s3:PutBucketObjectLockConfiguration"),
        "OwnershipControls": _put("s3:PutBucketOwnershipControls"),
        "PublicAccessBlockConfiguration": _put("s3:PutBucketPublicAccessBlock"),
        "ReplicationConfiguration": _put("s3:PutReplicationConfiguration"),
        "VersioningConfiguration": _put("s3:PutBucketVersioning"),
        "WebsiteConfiguration": Calls("s3:PutBucketWebsite", "s3:PutBucketWebsite", "s3:DeleteBucketWebsite"),
    },
    "AWS::KMS::Key": {
        "Description": Calls("", "kms:UpdateKeyDescription", "kms:UpdateKeyDescription"),
        "EnableKeyRotation": Calls("kms:EnableKeyRotation"),
        "KeyPolicy": Calls("", "kms:PutKeyPolicy", "kms:PutKeyPolicy"),
    },
    "AWS::Logs::LogGroup": {
        "RetentionInDays": Calls("logs:PutRetentionPolicy", "logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy")
    },
    "AWS::Organizations::Account": {"ParentIds": _put("organizations:MoveAccount")},
    "AWS::Organizations::Policy": {
        "TargetIds": _pair("organizations:AttachPolicy", "organizations:DetachPolicy"),
    },
    "AWS::StepFunctions::StateMachine": {"RoleArn": _role("states")},
}
