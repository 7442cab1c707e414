"""Templates of what the services of a stage are made of, each with a change to it."""

from __future__ import annotations

import json
from typing import Any

REGION = "eu-west-1"


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def att(name: str, attribute: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, attribute]}


def of(kind: str, needs: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties, **({"DependsOn": needs} if needs else {})}


def statement(**more: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **more}]}


def role(service: str) -> dict[str, Any]:
    return of("IAM::Role", AssumeRolePolicyDocument=statement(Principal={"Service": f"{service}.amazonaws.com"}))


NETWORK = {
    "vpc": of("EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsSupport=True, EnableDnsHostnames=True),
    "a": of("EC2::Subnet", VpcId=ref("vpc"), CidrBlock="10.0.0.0/24", AvailabilityZone="eu-west-1a"),
    "b": of("EC2::Subnet", VpcId=ref("vpc"), CidrBlock="10.0.1.0/24", AvailabilityZone="eu-west-1b"),
    "group": of("EC2::SecurityGroup", VpcId=ref("vpc"), GroupDescription="of a service"),
}
ROUTED = {
    **NETWORK,
    "gateway": of("EC2::InternetGateway"),
    "attachment": of("EC2::VPCGatewayAttachment", VpcId=ref("vpc"), InternetGatewayId=ref("gateway")),
    "table": of("EC2::RouteTable", VpcId=ref("vpc")),
    "association": of("EC2::SubnetRouteTableAssociation", SubnetId=ref("a"), RouteTableId=ref("table")),
    "route": of(
        "EC2::Route",
        ["attachment"],
        RouteTableId=ref("table"),
        DestinationCidrBlock="0.0.0.0/0",
        GatewayId=ref("gateway"),
    ),
    "address": of("EC2::EIP", Domain="vpc"),
    "nat": of("EC2::NatGateway", AllocationId=att("address", "AllocationId"), SubnetId=ref("a")),
    "s3": of(
        "EC2::VPCEndpoint",
        VpcId=ref("vpc"),
        ServiceName="com.amazonaws.eu-west-1.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[ref("table")],
    ),
    "secrets": of(
        "EC2::VPCEndpoint",
        VpcId=ref("vpc"),
        ServiceName="com.amazonaws.eu-west-1.secretsmanager",
        VpcEndpointType="Interface",
        SubnetIds=[ref("a"), ref("b")],
        SecurityGroupIds=[ref("group")],
        PrivateDnsEnabled=True,
    ),
    "log": of("Logs::LogGroup", RetentionInDays=7),
    "logger": role("vpc-flow-logs"),
    "flow": of(
        "EC2::FlowLog",
        ResourceId=ref("vpc"),
        ResourceType="VPC",
        TrafficType="ALL",
        LogGroupName=ref("log"),
        DeliverLogsPermissionArn=att("logger", "Arn"),
        Tags=[{"Key": "Name", "Value": "flow"}],
    ),
    "in": of(
        "EC2::SecurityGroupIngress",
        GroupId=ref("group"),
        IpProtocol="tcp",
        FromPort=443,
        ToPort=443,
        CidrIp="10.0.0.0/16",
    ),
    "peer": of(
        "EC2::SecurityGroup",
        VpcId=ref("vpc"),
        GroupDescription="another",
        SecurityGroupEgress=[
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0", "Description": "web"}
        ],
    ),
    "from": of(
        "EC2::SecurityGroupIngress",
        GroupId=ref("group"),
        IpProtocol="tcp",
        FromPort=5432,
        ToPort=5432,
        SourceSecurityGroupId=att("peer", "GroupId"),
        Description="the database",
    ),
}
SUBNETS = [ref("a"), ref("b")]

SERVICES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "network": (
        ROUTED,
        {
            "vpc": {"Tags": [{"Key": "Name", "Value": "network"}]},
            "peer": {"SecurityGroupEgress": [{"IpProtocol": "-1", "CidrIp": "10.0.0.0/16"}]},
            "in": {"CidrIp": "10.0.0.0/8"},
        },
    ),
    "aurora": (
        {
            **NETWORK,
            "key": of("KMS::Key", KeyPolicy=statement(Principal="*", Action="kms:*", Resource="*")),
            "subnets": of("RDS::DBSubnetGroup", DBSubnetGroupDescription="x", SubnetIds=SUBNETS),
            "parameters": of(
                "RDS::DBClusterParameterGroup",
                Family="aurora-postgresql16",
                Description="x",
                Parameters={"rds.force_ssl": "1"},
            ),
            "cluster": {
                **of(
                    "RDS::DBCluster",
                    Engine="aurora-postgresql",
                    EngineVersion="16.6",
                    MasterUsername="postgres",
                    ManageMasterUserPassword=True,
                    MasterUserSecret={"KmsKeyId": att("key", "Arn")},
                    DBSubnetGroupName=ref("subnets"),
                    DBClusterParameterGroupName=ref("parameters"),
                    VpcSecurityGroupIds=[att("group", "GroupId")],
                    StorageEncrypted=True,
                    KmsKeyId=att("key", "Arn"),
                    BackupRetentionPeriod=1,
                    CopyTagsToSnapshot=True,
                    EnableIAMDatabaseAuthentication=True,
                    EnableCloudwatchLogsExports=["postgresql"],
                    ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 2},
                    Port=5432,
                ),
                "DeletionPolicy": "Delete",
            },
            "writer": of(
                "RDS::DBInstance",
                DBClusterIdentifier=ref("cluster"),
                DBInstanceClass="db.serverless",
                Engine="aurora-postgresql",
                EnablePerformanceInsights=True,
                PubliclyAccessible=False,
            ),
            "address": of("SSM::Parameter", Type="String", Value=att("cluster", "Endpoint.Address")),
            "secret": of("SSM::Parameter", Type="String", Value=att("cluster", "MasterUserSecret.SecretArn")),
        },
        {"cluster": {"BackupRetentionPeriod": 7}},
    ),
    "instance": (
        {
            **NETWORK,
            "subnets": of("RDS::DBSubnetGroup", DBSubnetGroupDescription="x", SubnetIds=SUBNETS),
            "parameters": of(
                "RDS::DBParameterGroup", Family="postgres16", Description="x", Parameters={"rds.force_ssl": "1"}
            ),
            "secret": of(
                "SecretsManager::Secret",
                GenerateSecretString={
                    "SecretStringTemplate": '{"username":"postgres"}',
                    "GenerateStringKey": "password",
                    "ExcludeCharacters": '/@" \\\\',
                },
            ),
            "db": {
                **of(
                    "RDS::DBInstance",
                    Engine="postgres",
                    EngineVersion="16.6",
                    DBInstanceClass="db.t4g.micro",
                    AllocatedStorage="20",
                    MasterUsername="postgres",
                    MasterUserPassword={"Fn::Sub": "{{resolve:secretsmanager:${secret}:SecretString:password::}}"},
                    DBSubnetGroupName=ref("subnets"),
                    DBParameterGroupName=ref("parameters"),
                    VPCSecurityGroups=[att("group", "GroupId")],
                    StorageEncrypted=True,
                    MultiAZ=False,
                ),
                "DeletionPolicy": "Delete",
            },
            "attachment": of(
                "SecretsManager::SecretTargetAttachment",
                SecretId=ref("secret"),
                TargetId=ref("db"),
                TargetType="AWS::RDS::DBInstance",
            ),
            "rotation": of(
                "SecretsManager::RotationSchedule",
                SecretId=ref("attachment"),
                HostedRotationLambda={"RotationType": "PostgreSQLSingleUser"},
                RotationRules={"ScheduleExpression": "rate(30 days)"},
            ),
            "replica": of("RDS::DBInstance", SourceDBInstanceIdentifier=ref("db"), DBInstanceClass="db.t4g.micro"),
        },
        {"db": {"BackupRetentionPeriod": 3}},
    ),
    "redis": (
        {
            **NETWORK,
            "subnets": of("ElastiCache::SubnetGroup", Description="x", SubnetIds=SUBNETS),
            "secret": of(
                "SecretsManager::Secret", GenerateSecretString={"ExcludePunctuation": True, "PasswordLength": 32}
            ),
            "parameters": of("ElastiCache::ParameterGroup", CacheParameterGroupFamily="valkey8", Description="x"),
            "user": of(
                "ElastiCache::User",
                UserId="app",
                UserName="app",
                Engine="valkey",
                AccessString="on ~* +@all",
                NoPasswordRequired=True,
            ),
            "users": of("ElastiCache::UserGroup", UserGroupId="apps", Engine="valkey", UserIds=[ref("user")]),
            "redis": of(
                "ElastiCache::ReplicationGroup",
                ReplicationGroupDescription="x",
                Engine="valkey",
                CacheNodeType="cache.t4g.micro",
                NumCacheClusters=2,
                AutomaticFailoverEnabled=True,
                CacheSubnetGroupName=ref("subnets"),
                SecurityGroupIds=[att("group", "GroupId")],
                TransitEncryptionEnabled=True,
                AtRestEncryptionEnabled=True,
                AuthToken={"Fn::Sub": "{{resolve:secretsmanager:${secret}}}"},
                Port=6379,
            ),
            "endpoint": of("SSM::Parameter", Type="String", Value=att("redis", "PrimaryEndPoint.Address")),
        },
        {"redis": {"ReplicationGroupDescription": "another"}},
    ),
    "search": (
        {
            **NETWORK,
            "domain": of(
                "OpenSearchService::Domain",
                EngineVersion="OpenSearch_2.19",
                ClusterConfig={"InstanceType": "t3.small.search", "InstanceCount": 1},
                EBSOptions={"EBSEnabled": True, "VolumeSize": 10, "VolumeType": "gp3"},
                EncryptionAtRestOptions={"Enabled": True},
                NodeToNodeEncryptionOptions={"Enabled": True},
                DomainEndpointOptions={"EnforceHTTPS": True, "TLSSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"},
                AccessPolicies=statement(Principal={"AWS": "*"}),
                VPCOptions={"SubnetIds": [ref("a")], "SecurityGroupIds": [att("group", "GroupId")]},
                Tags=[{"Key": "stage", "Value": "testing"}],
            ),
            "endpoint": of("SSM::Parameter", Type="String", Value=att("domain", "DomainEndpoint")),
        },
        {"domain": {"EBSOptions": {"EBSEnabled": True, "VolumeSize": 20, "VolumeType": "gp3"}}},
    ),
    "registry": (
        {
            "repository": of(
                "ECR::Repository",
                RepositoryName="acme/app",
                ImageTagMutability="IMMUTABLE",
                ImageScanningConfiguration={"ScanOnPush": True},
                LifecyclePolicy={
                    "LifecyclePolicyText": json.dumps(
                        {
                            "rules": [
                                {
                                    "rulePriority": 1,
                                    "selection": {
                                        "tagStatus": "untagged",
                                        "countType": "imageCountMoreThan",
                                        "countNumber": 5,
                                    },
                                    "action": {"type": "expire"},
                                }
                            ]
                        }
                    )
                },
                RepositoryPolicyText=statement(Principal={"AWS": "111111111111"}, Action="ecr:BatchGetImage"),
                EmptyOnDelete=True,
            ),
            "uri": of("SSM::Parameter", Type="String", Value=att("repository", "RepositoryUri")),
        },
        {"repository": {"ImageTagMutability": "MUTABLE", "Tags": [{"Key": "a", "Value": "b"}]}},
    ),
    "containers": (
        {
            **NETWORK,
            "execution": role("ecs-tasks"),
            "cluster": of("ECS::Cluster", ClusterSettings=[{"Name": "containerInsights", "Value": "enabled"}]),
            "providers": of(
                "ECS::ClusterCapacityProviderAssociations",
                Cluster=ref("cluster"),
                CapacityProviders=["FARGATE", "FARGATE_SPOT"],
                DefaultCapacityProviderStrategy=[],
            ),
            "log": of("Logs::LogGroup", RetentionInDays=7),
            "task": of(
                "ECS::TaskDefinition",
                Family="app",
                Cpu="256",
                Memory="512",
                NetworkMode="awsvpc",
                RequiresCompatibilities=["FARGATE"],
                ExecutionRoleArn=att("execution", "Arn"),
                ContainerDefinitions=[
                    {
                        "Name": "app",
                        "Image": "nginx",
                        "Essential": True,
                        "PortMappings": [{"ContainerPort": 80, "Protocol": "tcp"}],
                        "LogConfiguration": {"LogDriver": "awslogs", "Options": {"awslogs-group": ref("log")}},
                    }
                ],
            ),
            "balancer": of(
                "ElasticLoadBalancingV2::LoadBalancer",
                Type="application",
                Scheme="internal",
                Subnets=SUBNETS,
                SecurityGroups=[att("group", "GroupId")],
                LoadBalancerAttributes=[{"Key": "deletion_protection.enabled", "Value": "false"}],
            ),
            "targets": of(
                "ElasticLoadBalancingV2::TargetGroup",
                VpcId=ref("vpc"),
                Port=80,
                Protocol="HTTP",
                TargetType="ip",
                HealthCheckPath="/",
            ),
            "listener": of(
                "ElasticLoadBalancingV2::Listener",
                LoadBalancerArn=ref("balancer"),
                Port=80,
                Protocol="HTTP",
                DefaultActions=[{"Type": "forward", "TargetGroupArn": ref("targets")}],
            ),
            "service": of(
                "ECS::Service",
                ["listener"],
                Cluster=ref("cluster"),
                TaskDefinition=ref("task"),
                LaunchType="FARGATE",
                DesiredCount=1,
                NetworkConfiguration={
                    "AwsvpcConfiguration": {"Subnets": SUBNETS, "SecurityGroups": [att("group", "GroupId")]}
                },
                LoadBalancers=[{"ContainerName": "app", "ContainerPort": 80, "TargetGroupArn": ref("targets")}],
            ),
            "target": of(
                "ApplicationAutoScaling::ScalableTarget",
                MinCapacity=1,
                MaxCapacity=4,
                ResourceId={"Fn::Sub": "service/${cluster}/${service.Name}"},
                ScalableDimension="ecs:service:DesiredCount",
                ServiceNamespace="ecs",
                RoleARN=att("execution", "Arn"),
            ),
            "scaling": of(
                "ApplicationAutoScaling::ScalingPolicy",
                PolicyName="cpu",
                PolicyType="TargetTrackingScaling",
                ScalingTargetId=ref("target"),
                TargetTrackingScalingPolicyConfiguration={
                    "TargetValue": 60,
                    "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
                },
            ),
        },
        {"service": {"DesiredCount": 2}, "task": {"Cpu": "512", "Memory": "1024"}},
    ),
    "kubernetes": (
        {
            **NETWORK,
            "key": of("KMS::Key", KeyPolicy=statement(Principal="*", Action="kms:*", Resource="*")),
            "role": role("eks"),
            "cluster": of(
                "EKS::Cluster",
                RoleArn=att("role", "Arn"),
                Version="1.33",
                ResourcesVpcConfig={"SubnetIds": SUBNETS, "EndpointPrivateAccess": True, "EndpointPublicAccess": False},
                EncryptionConfig=[{"Resources": ["secrets"], "Provider": {"KeyArn": att("key", "Arn")}}],
                AccessConfig={"AuthenticationMode": "API"},
                Logging={"ClusterLogging": {"EnabledTypes": [{"Type": "audit"}]}},
            ),
            "entry": of("EKS::AccessEntry", ClusterName=ref("cluster"), PrincipalArn=att("role", "Arn")),
            "nodes": of(
                "EKS::Nodegroup",
                ClusterName=ref("cluster"),
                NodeRole=att("role", "Arn"),
                Subnets=SUBNETS,
                ScalingConfig={"MinSize": 1, "MaxSize": 2, "DesiredSize": 1},
            ),
            "addon": of("EKS::Addon", ClusterName=ref("cluster"), AddonName="coredns"),
        },
        {"nodes": {"ScalingConfig": {"MinSize": 1, "MaxSize": 3, "DesiredSize": 1}}},
    ),
    "table": (
        {
            "key": of("KMS::Key", KeyPolicy=statement(Principal="*", Action="kms:*", Resource="*")),
            "table": of(
                "DynamoDB::Table",
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                BillingMode="PAY_PER_REQUEST",
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
                SSESpecification={"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": att("key", "Arn")},
                TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True},
                StreamSpecification={"StreamViewType": "NEW_IMAGE"},
            ),
            "global": of(
                "DynamoDB::GlobalTable",
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                BillingMode="PAY_PER_REQUEST",
                SSESpecification={"SSEEnabled": True, "SSEType": "KMS"},
                Replicas=[
                    {
                        "Region": REGION,
                        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
                        "DeletionProtectionEnabled": False,
                        "Tags": [{"Key": "stage", "Value": "testing"}],
                        "SSESpecification": {"KMSMasterKeyId": att("key", "Arn")},
                    }
                ],
            ),
            "arn": of("SSM::Parameter", Type="String", Value=att("global", "Arn")),
        },
        {"table": {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False}}},
    ),
    "budgets": (
        {
            "costs": of(
                "Budgets::Budget",
                Budget={
                    "BudgetName": "acme-dev-costs",
                    "BudgetType": "COST",
                    "TimeUnit": "MONTHLY",
                    "BudgetLimit": {"Amount": 1000, "Unit": "USD"},
                    "CostFilters": {"LinkedAccount": ["333333333333"]},
                },
            ),
            "name": of("SSM::Parameter", Type="String", Value=ref("costs")),
        },
        {
            "costs": {
                "Budget": {
                    "BudgetName": "acme-dev-costs",
                    "BudgetType": "COST",
                    "TimeUnit": "MONTHLY",
                    "BudgetLimit": {"Amount": 2000, "Unit": "USD"},
                }
            }
        },
    ),
    "queues": (
        {
            "failed": of("SQS::Queue", MessageRetentionPeriod=1_209_600),
            "jobs": of(
                "SQS::Queue", RedrivePolicy={"deadLetterTargetArn": att("failed", "Arn"), "maxReceiveCount": 3}
            ),
            "policy": of(
                "SQS::QueuePolicy",
                Queues=[ref("failed"), ref("jobs")],
                PolicyDocument=statement(Principal="*", Action="sqs:*", Resource="*"),
            ),
            "url": of("SSM::Parameter", Type="String", Value=att("jobs", "QueueUrl")),
        },
        {"failed": {"MessageRetentionPeriod": 86_400}, "jobs": {"VisibilityTimeout": 60}},
    ),
    "alarms and mail": (
        {
            "topic": of("SNS::Topic"),
            "alarm": of(
                "CloudWatch::Alarm",
                AlarmActions=[ref("topic")],
                ComparisonOperator="GreaterThanThreshold",
                EvaluationPeriods=3,
                MetricName="CPUUtilization",
                Namespace="AWS/RDS",
                Period=300,
                Statistic="Average",
                Threshold=80,
                Dimensions=[{"Name": "DBClusterIdentifier", "Value": "x"}],
                TreatMissingData="missing",
            ),
            "dashboard": of("CloudWatch::Dashboard", DashboardBody='{"widgets":[]}'),
            "zone": of("Route53::HostedZone", Name="testing.acme.example."),
            "identity": of(
                "SES::EmailIdentity",
                EmailIdentity="testing.acme.example",
                MailFromAttributes={"MailFromDomain": "mail.testing.acme.example"},
            ),
            "dkim": of(
                "Route53::RecordSet",
                HostedZoneId=ref("zone"),
                Name=att("identity", "DkimDNSTokenName1"),
                Type="CNAME",
                TTL="1800",
                ResourceRecords=[att("identity", "DkimDNSTokenValue1")],
            ),
            "dmarc": of(
                "Route53::RecordSet",
                HostedZoneName="testing.acme.example.",
                Name="_dmarc.testing.acme.example.",
                Type="TXT",
                TTL="1800",
                ResourceRecords=['"v=DMARC1; p=reject"'],
                needs=["zone"],
            ),
        },
        {"alarm": {"Threshold": 90}, "dkim": {"TTL": "300"}},
    ),
    "secrets": (
        {
            "key": of("KMS::Key", KeyPolicy=statement(Principal="*", Action="kms:*", Resource="*"), EnableKeyRotation=True),
            "alias": of("KMS::Alias", AliasName="alias/acme-testing", TargetKeyId=ref("key")),
            "secret": of(
                "SecretsManager::Secret", Name="/acme/testing/app", KmsKeyId=att("key", "Arn"), GenerateSecretString={}
            ),
            "policy": of(
                "SecretsManager::ResourcePolicy", SecretId=ref("secret"), ResourcePolicy=statement(Principal="*")
            ),
            "parameter": of("SSM::Parameter", Name="/acme/testing/app", Type="String", Value="x"),
        },
        {"parameter": {"Value": "y"}, "secret": {"Description": "new"}},
    ),
    "functions": (
        {
            "role": of(
                "IAM::Role",
                AssumeRolePolicyDocument=statement(Principal={"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]}),
                Policies=[{"PolicyName": "reads", "PolicyDocument": statement(Action="sqs:*", Resource="*")}],
            ),
            "layer": of(
                "Lambda::LayerVersion",
                Content={"S3Bucket": "code", "S3Key": "x.zip"},
                CompatibleRuntimes=["python3.13"],
                Description="tools",
            ),
            "function": of(
                "Lambda::Function",
                Code={"ZipFile": "exports.handler = async () => {}"},
                Handler="index.handler",
                Runtime="nodejs22.x",
                Role=att("role", "Arn"),
                Layers=[ref("layer")],
                Timeout=30,
                MemorySize=256,
                Description="says nothing",
                Environment={"Variables": {"STAGE": "testing"}},
                Tags=[{"Key": "stage", "Value": "testing"}],
                ReservedConcurrentExecutions=1,
            ),
            "version": of("Lambda::Version", FunctionName=ref("function"), Description="first"),
            "alias": of(
                "Lambda::Alias",
                FunctionName=ref("function"),
                FunctionVersion=att("version", "Version"),
                Name="live",
                Description="what is called",
            ),
            "permission": of(
                "Lambda::Permission",
                Action="lambda:InvokeFunction",
                FunctionName=att("function", "Arn"),
                Principal="events.amazonaws.com",
                SourceArn=att("rule", "Arn"),
            ),
            "rule": of("Events::Rule", ScheduleExpression="rate(1 hour)", State="ENABLED", Description="hourly"),
            "queue": of("SQS::Queue", VisibilityTimeout=60),
            "mapping": of(
                "Lambda::EventSourceMapping",
                EventSourceArn=att("queue", "Arn"),
                FunctionName=ref("function"),
                BatchSize=5,
                Enabled=True,
            ),
            "retries": of(
                "Lambda::EventInvokeConfig",
                FunctionName=ref("function"),
                Qualifier="$LATEST",
                MaximumRetryAttempts=1,
            ),
            "url": of("Lambda::Url", TargetFunctionArn=att("function", "Arn"), AuthType="AWS_IAM"),
            "states": of(
                "StepFunctions::StateMachine",
                RoleArn=att("role", "Arn"),
                DefinitionString='{"StartAt":"a","States":{"a":{"Type":"Pass","End":true}}}',
                StateMachineType="STANDARD",
                Tags=[{"Key": "stage", "Value": "testing"}],
            ),
        },
        {
            "function": {"Environment": {"Variables": {"STAGE": "prod"}}, "Timeout": 60},
            "alias": {"Description": "what is called now"},
            "mapping": {"BatchSize": 10},
            "rule": {"ScheduleExpression": "rate(2 hours)"},
            "retries": {"MaximumRetryAttempts": 2},
        },
    ),
    "people": (
        {
            "boundary": of(
                "IAM::ManagedPolicy",
                ManagedPolicyName="boundary",
                Description="the most",
                Path="/acme/",
                PolicyDocument=statement(Resource="*"),
            ),
            "role": of(
                "IAM::Role",
                RoleName="deployer",
                Description="deploys",
                MaxSessionDuration=7200,
                PermissionsBoundary=ref("boundary"),
                AssumeRolePolicyDocument=statement(Principal={"Service": "ec2.amazonaws.com"}),
                ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"],
                Policies=[{"PolicyName": "own", "PolicyDocument": statement(Resource="*")}],
                Tags=[{"Key": "team", "Value": "platform"}, {"Key": "stage", "Value": "testing"}],
            ),
            "group": of("IAM::Group", GroupName="developers", ManagedPolicyArns=[ref("boundary")]),
            "user": of(
                "IAM::User", UserName="ada", Groups=[ref("group")], LoginProfile={"Password": "a-Long-1-password"}
            ),
            "policy": of(
                "IAM::Policy",
                PolicyName="more",
                PolicyDocument=statement(Resource="*"),
                Roles=[ref("role")],
                Users=[ref("user")],
                Groups=[ref("group")],
            ),
        },
        {"role": {"MaxSessionDuration": 3600, "Tags": [{"Key": "stage", "Value": "prod"}]}},
    ),
    "storage": (
        {
            "key": of(
                "KMS::Key",
                KeyPolicy=statement(Principal="*", Action="kms:*", Resource="*"),
                Description="of files",
                PendingWindowInDays=7,
                Tags=[{"Key": "stage", "Value": "testing"}],
            ),
            "log": of(
                "Logs::LogGroup",
                LogGroupName="/acme/files",
                RetentionInDays=7,
                KmsKeyId=att("key", "Arn"),
                Tags=[{"Key": "stage", "Value": "testing"}],
            ),
            "bucket": of(
                "S3::Bucket",
                BucketName="acme-files",
                BucketEncryption={
                    "ServerSideEncryptionConfiguration": [
                        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": att("key", "Arn")}}
                    ]
                },
                LifecycleConfiguration={
                    "Rules": [
                        {
                            "Id": "old",
                            "Status": "Enabled",
                            "Prefix": "tmp/",
                            "ExpirationInDays": 30,
                            "NoncurrentVersionExpiration": {"NoncurrentDays": 7, "NewerNoncurrentVersions": 2},
                            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 3},
                        }
                    ]
                },
                OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
                AccessControl="BucketOwnerFullControl",
                PublicAccessBlockConfiguration={
                    "BlockPublicAcls": True,
                    "BlockPublicPolicy": True,
                    "IgnorePublicAcls": True,
                    "RestrictPublicBuckets": True,
                },
                VersioningConfiguration={"Status": "Enabled"},
                CorsConfiguration={"CorsRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "MaxAge": 60}]},
                WebsiteConfiguration={"IndexDocument": "index.html", "ErrorDocument": "error.html"},
                NotificationConfiguration={"EventBridgeConfiguration": {"EventBridgeEnabled": True}},
                AccelerateConfiguration={"AccelerationStatus": "Enabled"},
                IntelligentTieringConfigurations=[
                    {
                        "Id": "cold",
                        "Status": "Enabled",
                        "Tierings": [{"AccessTier": "ARCHIVE_ACCESS", "Days": 90}],
                    }
                ],
                MetricsConfigurations=[{"Id": "all"}],
                Tags=[{"Key": "stage", "Value": "testing"}, {"Key": "team", "Value": "files"}],
            ),
            "policy": of(
                "S3::BucketPolicy",
                Bucket=ref("bucket"),
                PolicyDocument=statement(
                    Principal={"AWS": "222222222222"},
                    Action="s3:GetObject",
                    Resource={"Fn::Sub": "${bucket.Arn}/*"},
                ),
            ),
            "writers": of(
                "Logs::ResourcePolicy",
                PolicyName="writers",
                PolicyDocument=json.dumps(statement(Principal={"Service": "es.amazonaws.com"}, Resource="*")),
            ),
        },
        {
            "bucket": {
                "CorsConfiguration": {"CorsRules": [{"AllowedMethods": ["PUT"], "AllowedOrigins": ["*"]}]},
                "Tags": [{"Key": "stage", "Value": "prod"}],
            },
            "log": {"Tags": []},
            "key": {"Tags": []},
        },
    ),
    "messages": (
        {
            "topic": of(
                "SNS::Topic", DisplayName="alarms", KmsMasterKeyId="alias/aws/sns", Tags=[{"Key": "a", "Value": "b"}]
            ),
            "policy": of(
                "SNS::TopicPolicy",
                Topics=[ref("topic")],
                PolicyDocument=statement(
                    Principal={"Service": "events.amazonaws.com"}, Action="sns:Publish", Resource=ref("topic")
                ),
            ),
            "queue": of("SQS::Queue", Tags=[{"Key": "a", "Value": "b"}]),
            "subscription": of(
                "SNS::Subscription", TopicArn=ref("topic"), Protocol="sqs", Endpoint=att("queue", "Arn")
            ),
            "mail": of("SES::ConfigurationSet", Name="mail", ReputationOptions={"ReputationMetricsEnabled": True}),
            "events": of(
                "SES::ConfigurationSetEventDestination",
                ConfigurationSetName=ref("mail"),
                EventDestination={
                    "Enabled": True,
                    "MatchingEventTypes": ["bounce"],
                    "SnsDestination": {"TopicARN": ref("topic")},
                },
            ),
            "document": of(
                "SSM::Document",
                DocumentType="Command",
                Content={
                    "schemaVersion": "2.2",
                    "description": "lists",
                    "mainSteps": [
                        {"action": "aws:runShellScript", "name": "ls", "inputs": {"runCommand": ["ls"]}}
                    ],
                },
            ),
        },
        {"topic": {"DisplayName": "all alarms", "Tags": []}, "queue": {"Tags": []}},
    ),
}
