"""Refusals of services, drawn from AWS's documentation and from what users met, not from what is emulated."""

from __future__ import annotations

import json
from typing import Any

from moto.acm.models import acm_backends
from refused import (
    Case,
    Template,
    balancer,
    bucket,
    bucket_policy,
    by,
    database,
    document,
    function,
    machine,
    made,
    many,
    network,
    parameter,
    statement,
    template,
    trusted,
)

from emulator.engine.aws import client

ACCOUNT, REGION = "222222222222", "eu-west-1"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
VERSIONS = {"Status": "Enabled"}
ZONE = made("AWS::Route53::HostedZone", Name="acme.example")
THERE = {"Ref": "Z"}


def turned(kind: str, wrong: Template, right: Template | None = None, **base: Any) -> Case:
    """One resource, with properties that are refused and with such that are not."""
    return Case(template(X=made(kind, **{**base, **wrong})), template(X=made(kind, **{**base, **(right or {})})))


def of_function(wrong: Template, right: Template | None = None) -> Case:
    return Case(function(**wrong), function(**(right or {})))


def of_bucket(wrong: Template, right: Template | None = None) -> Case:
    return Case(bucket(**wrong), bucket(**(right or {})))


def of_database(wrong: Template, right: Template | None = None) -> Case:
    return Case(database(**wrong), database(**(right or {})))


def managed(**wrong: Any) -> Template:
    body = document({**statement(Action="s3:GetObject", Resource="arn:aws:s3:::b/*"), **wrong})
    return template(P=made("AWS::IAM::ManagedPolicy", PolicyDocument=body))


def lifecycle(**rule: Any) -> Template:
    return {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "Id": "r", **rule}]}}


def encrypted_by(**by_default: Any) -> Template:
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": by_default}]}}


def notified(*statements: Template) -> Template:
    """A bucket that sends events to a queue, with the queue's policy."""
    queue = {"Fn::GetAtt": ["Q", "Arn"]}
    policy = made("AWS::SQS::QueuePolicy", Queues=[{"Ref": "Q"}], PolicyDocument=document(*statements))
    rule = {"Event": "s3:ObjectCreated:*", "Queue": queue}
    source = made("AWS::S3::Bucket", NotificationConfiguration={"QueueConfigurations": [rule]})
    return template(Q=made("AWS::SQS::Queue"), P=policy, B={**source, "DependsOn": "P"})


def trail(*statements: Template, **properties: Any) -> Template:
    policy = made("AWS::S3::BucketPolicy", Bucket={"Ref": "B"}, PolicyDocument=document(*statements))
    given = {"S3BucketName": {"Ref": "B"}, "IsLogging": True, **properties}
    recorder = {**made("AWS::CloudTrail::Trail", **given), "DependsOn": "P"}
    return template(B=made("AWS::S3::Bucket", BucketName="acme-b"), P=policy, T=recorder)


CLOUDTRAIL = {"Service": "cloudtrail.amazonaws.com"}
READS_ACL = statement(Principal=CLOUDTRAIL, Action="s3:GetBucketAcl", Resource="arn:aws:s3:::acme-b")
WRITES = statement(Principal=CLOUDTRAIL, Action="s3:PutObject", Resource="arn:aws:s3:::acme-b/AWSLogs/222222222222/*")


def fargate(**properties: Any) -> Template:
    container = {"Name": "c", "Image": "public.ecr.aws/nginx/nginx:1", "PortMappings": [{"ContainerPort": 80}]}
    given = {
        "RequiresCompatibilities": ["FARGATE"],
        "NetworkMode": "awsvpc",
        "Cpu": "256",
        "Memory": "512",
        "ContainerDefinitions": [container],
        **properties,
    }
    return made("AWS::ECS::TaskDefinition", **{name: value for name, value in given.items() if value is not None})


def task(**properties: Any) -> Template:
    return template(R=trusted(by("ecs-tasks")), T=fargate(**properties))


IN_SUBNET = {"AwsvpcConfiguration": {"Subnets": [{"Ref": "S0"}]}}


def service(definition: Template | None = None, **properties: Any) -> Template:
    given = {
        "Cluster": {"Ref": "C"},
        "TaskDefinition": {"Ref": "T"},
        "LaunchType": "FARGATE",
        "NetworkConfiguration": IN_SUBNET,
        **properties,
    }
    wanted = {name: value for name, value in given.items() if value is not None}
    ordered = {"DependsOn": "L"} if "LoadBalancers" in wanted else {}
    return network(
        "a",
        "b",
        C=made("AWS::ECS::Cluster"),
        T=definition or fargate(),
        X={**made("AWS::ECS::Service", **wanted), **ordered},
        **TARGETS,
    )


def group(**properties: Any) -> Template:
    return made(
        "AWS::ElasticLoadBalancingV2::TargetGroup", VpcId={"Ref": "V"}, **{"Port": 80, "Protocol": "HTTP", **properties}
    )


FORWARD = [{"Type": "forward", "TargetGroupArn": {"Ref": "G"}}]
TARGETS = {
    "B": made("AWS::ElasticLoadBalancingV2::LoadBalancer", Subnets=[{"Ref": "S0"}, {"Ref": "S1"}], Scheme="internal"),
    "G": group(TargetType="ip"),
    "L": made(
        "AWS::ElasticLoadBalancingV2::Listener",
        LoadBalancerArn={"Ref": "B"},
        Port=80,
        Protocol="HTTP",
        DefaultActions=FORWARD,
    ),
    "Free": group(TargetType="ip"),
    "Instances": group(TargetType="instance"),
}


def behind(target: str = "G", container: str = "c") -> Template:
    balanced = {"ContainerName": container, "ContainerPort": 80, "TargetGroupArn": {"Ref": target}}
    return service(LoadBalancers=[balanced])


def target_group(wrong: Template, right: Template | None = None) -> Case:
    return Case(network("a", X=group(**wrong)), network("a", X=group(**(right or {}))))


def listener(port: int = 443, after: str = "B", **properties: Any) -> Template:
    given = {"LoadBalancerArn": {"Ref": "B"}, "Port": port, "DefaultActions": FORWARD, **properties}
    return network(
        "a", "b", **TARGETS, X={**made("AWS::ElasticLoadBalancingV2::Listener", **given), "DependsOn": after}
    )


def listener_rule(*values: str, **properties: Any) -> Template:
    given = {
        "ListenerArn": {"Ref": "L"},
        "Priority": 1,
        "Actions": FORWARD,
        "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": list(values)}}],
        **properties,
    }
    return network("a", "b", **TARGETS, X=made("AWS::ElasticLoadBalancingV2::ListenerRule", **given))


def subnets(*ranges: str, zone: str = "eu-west-1a") -> Template:
    made_of = {
        f"S{number}": made("AWS::EC2::Subnet", VpcId={"Ref": "V"}, CidrBlock=cidr, AvailabilityZone=zone)
        for number, cidr in enumerate(ranges)
    }
    return template(V=made("AWS::EC2::VPC", CidrBlock="10.0.0.0/16"), **made_of)


def guarded(**properties: Any) -> Template:
    given = {"GroupDescription": "g", "VpcId": {"Ref": "V"}, **properties}
    return network("a", X=made("AWS::EC2::SecurityGroup", **given))


def opened(first: int, last: int) -> Template:
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, "CidrIp": "10.0.0.0/8"}


def of_another_vpc(vpc: str) -> Template:
    other = made("AWS::EC2::SecurityGroup", GroupDescription="o", VpcId={"Ref": vpc})
    rule = made(
        "AWS::EC2::SecurityGroupIngress",
        GroupId={"Ref": "X"},
        IpProtocol="tcp",
        FromPort=443,
        ToPort=443,
        SourceSecurityGroupId={"Fn::GetAtt": ["O", "GroupId"]},
    )
    body = guarded()
    body["Resources"].update(W=made("AWS::EC2::VPC", CidrBlock="10.9.0.0/16"), O=other, I=rule)
    return body


def endpoint(name: str, twice: bool = False, dns: bool = True) -> Template:
    given = {
        "ServiceName": f"com.amazonaws.{name}",
        "VpcId": {"Ref": "V"},
        "VpcEndpointType": "Interface",
        "SubnetIds": [{"Ref": "S0"}],
        "PrivateDnsEnabled": True,
    }
    body = network("a", X=made("AWS::EC2::VPCEndpoint", **given))
    body["Resources"]["V"]["Properties"].update(EnableDnsHostnames=dns, EnableDnsSupport=dns)
    if twice:
        body["Resources"]["Y"] = {**made("AWS::EC2::VPCEndpoint", **given), "DependsOn": "X"}
    return body


def database_subnets(*zones: str) -> Template:
    ids = [{"Ref": f"S{number}"} for number in range(len(zones))]
    return network(*zones, X=made("AWS::RDS::DBSubnetGroup", DBSubnetGroupDescription="d", SubnetIds=ids))


def cluster(**properties: Any) -> Template:
    given = {
        "Engine": "aurora-postgresql",
        "EngineVersion": "16.4",
        "MasterUsername": "owner",
        "ManageMasterUserPassword": True,
        **properties,
    }
    return made("AWS::RDS::DBCluster", **given)


def member(size: str) -> Template:
    instance = made(
        "AWS::RDS::DBInstance", Engine="aurora-postgresql", DBClusterIdentifier={"Ref": "D"}, DBInstanceClass=size
    )
    return template(D={**cluster(), "DeletionPolicy": "Delete"}, I=instance)


def table(*names: str, **properties: Any) -> Template:
    given = {
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in names],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        **properties,
    }
    return template(T=made("AWS::DynamoDB::Table", **given))


def subscribed(protocol: str, to: Any, **more: Template) -> Template:
    subscription = made("AWS::SNS::Subscription", TopicArn={"Ref": "T"}, Protocol=protocol, Endpoint=to)
    return template(T=made("AWS::SNS::Topic"), X=subscription, **more)


def dead_letters(fifo: bool, **policy: Any) -> Template:
    queue = made("AWS::SQS::Queue", **({"FifoQueue": True} if fifo else {}))
    target = {"deadLetterTargetArn": {"Fn::GetAtt": ["D", "Arn"]}, "maxReceiveCount": 3, **policy}
    return template(D=queue, Q=made("AWS::SQS::Queue", RedrivePolicy=target))


def distribution(target: str = "o", **properties: Any) -> Template:
    behavior = {
        "TargetOriginId": target,
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    }
    given = {
        "Enabled": True,
        "Origins": [
            {"Id": "o", "DomainName": "o.acme.example", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}
        ],
        "DefaultCacheBehavior": behavior,
        **properties,
    }
    return made("AWS::CloudFront::Distribution", DistributionConfig=given)


def certificate(region: str) -> str:
    return f"arn:aws:acm:{region}:{ACCOUNT}:certificate/12345678-1234-1234-1234-123456789012"


def certified(region: str) -> Template:
    return {
        "AcmCertificateArn": certificate(region),
        "SslSupportMethod": "sni-only",
        "MinimumProtocolVersion": "TLSv1.2_2021",
    }


ALIASED = {"Aliases": ["www.acme.example"], "ViewerCertificate": certified("us-east-1")}


def record(kind: str, *values: str, name: str = "www.acme.example", **more: Any) -> Template:
    given = {"HostedZoneId": THERE, "Name": name, "Type": kind, "TTL": "300", "ResourceRecords": list(values), **more}
    return made("AWS::Route53::RecordSet", **{key: value for key, value in given.items() if value is not None})


def records(*sets: Template) -> Template:
    made_of = {f"R{number}": {**item, "DependsOn": "Z"} for number, item in enumerate(sets)}
    for number in range(1, len(sets)):
        made_of[f"R{number}"]["DependsOn"] = f"R{number - 1}"
    return template(Z=ZONE, **made_of)


def rule(**properties: Any) -> Template:
    return template(E=made("AWS::Events::Rule", **properties))


def targets(count: int) -> list[Template]:
    return [{"Id": f"t{number}", "Arn": f"arn:aws:sqs:eu-west-1:222222222222:q{number}"} for number in range(count)]


def machine_of(trust: str) -> Template:
    body = machine(StartAt="X", States={"X": {"Type": "Pass", "End": True}})
    return {"Resources": {**body["Resources"], "R": trusted(by(trust))}}


def polled(seconds: int, **properties: Any) -> Template:
    rights = document(statement(Action="sqs:*", Resource="*"))
    role = trusted(by("lambda"), Policies=[{"PolicyName": "p", "PolicyDocument": rights}])
    given = {"FunctionName": {"Ref": "F"}, "EventSourceArn": {"Fn::GetAtt": ["Q", "Arn"]}, **properties}
    return template(
        **function(role, Timeout=seconds)["Resources"],
        Q=made("AWS::SQS::Queue", VisibilityTimeout=60),
        E=made("AWS::Lambda::EventSourceMapping", **given),
    )


def placed(*rights: str, **more: Any) -> Template:
    """A function that reaches what needs rights of its role."""
    allowed = document(statement(Action=list(rights) or "s3:GetObject", Resource="*"))
    role = trusted(by("lambda"), Policies=[{"PolicyName": "p", "PolicyDocument": allowed}])
    inside = {"VpcConfig": {"SubnetIds": [{"Ref": "S0"}], "SecurityGroupIds": [{"Fn::GetAtt": ["G", "GroupId"]}]}}
    guard = made("AWS::EC2::SecurityGroup", GroupDescription="g", VpcId={"Ref": "V"})
    return network("a", G=guard, Q=made("AWS::SQS::Queue"), **function(role, **(more or inside))["Resources"])


INTERFACES = ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface")
LETTERS = {"DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["Q", "Arn"]}}}


def eks(*zones: str, trust: str = "eks", **properties: Any) -> Template:
    ids = [{"Ref": f"S{number}"} for number in range(len(zones))]
    given = {"RoleArn": {"Fn::GetAtt": ["R", "Arn"]}, "ResourcesVpcConfig": {"SubnetIds": ids}, **properties}
    return network(*zones, R=trusted(by(trust)), X=made("AWS::EKS::Cluster", **given))


def entries(*roles: str) -> Template:
    body = eks("a", "b", AccessConfig={"AuthenticationMode": "API"})
    before = "X"
    for number, name in enumerate(roles):
        arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
        entry = made("AWS::EKS::AccessEntry", ClusterName={"Ref": "X"}, PrincipalArn=arn)
        body["Resources"][f"E{number}"] = {**entry, "DependsOn": before}
        before = f"E{number}"
    return body


def replicated(**properties: Any) -> Template:
    given = {
        "ReplicationGroupDescription": "r",
        "Engine": "valkey",
        "CacheNodeType": "cache.t4g.micro",
        "NumCacheClusters": 2,
        **properties,
    }
    return template(X=made("AWS::ElastiCache::ReplicationGroup", **given))


def domain(**properties: Any) -> Template:
    given = {
        "EngineVersion": "OpenSearch_2.19",
        "ClusterConfig": {"InstanceType": "m7g.medium.search", "InstanceCount": 2},
        "EBSOptions": {"EBSEnabled": True, "VolumeSize": 10},
        **properties,
    }
    return template(X={**made("AWS::OpenSearchService::Domain", **given), "DeletionPolicy": "Delete"})


def scaled(least: int, most: int) -> Template:
    target = made(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        MinCapacity=least,
        MaxCapacity=most,
        ResourceId={"Fn::Sub": "service/${C}/${X.Name}"},
        ScalableDimension="ecs:service:DesiredCount",
        ServiceNamespace="ecs",
    )
    return template(**service()["Resources"], Y=target)


def account(**properties: Any) -> Template:
    given = {"AccountName": "prod", "Email": "aws+prod@acme.example", **properties}
    owned = made("AWS::Organizations::Organization", FeatureSet="ALL")
    return template(O=owned, X={**made("AWS::Organizations::Account", **given), "DependsOn": "O"})


def alarm(**properties: Any) -> Template:
    given = {
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "m",
        "Namespace": "n",
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": 1,
        **properties,
    }
    return template(X=made("AWS::CloudWatch::Alarm", **given))


def user(**properties: Any) -> Template:
    groups = {f"G{number}": made("AWS::IAM::Group", GroupName=f"g{number}") for number in range(11)}
    return template(**groups, U=made("AWS::IAM::User", **properties))


def twice(kind: str, **properties: Any) -> Case:
    first = made(kind, **properties)
    return Case(template(X=first, Y={**first, "DependsOn": "X"}), template(X=first))


def valued(value: Any, **sections: Any) -> Template:
    return {**template(P=made("AWS::SSM::Parameter", Type="String", Value=value)), **sections}


def issued() -> None:
    """Certificates that are there, of a known ARN."""
    for region in ("us-east-1", REGION):
        known = acm_backends[ACCOUNT][region]._certificates
        arn = client("acm", ACCOUNT, region).request_certificate(DomainName="*.acme.example")["CertificateArn"]
        found = known.pop(arn)
        found.arn, found.status = certificate(region), "ISSUED"
        known[found.arn] = found


INTERNET = {
    "IG": made("AWS::EC2::InternetGateway"),
    "IA": made("AWS::EC2::VPCGatewayAttachment", VpcId={"Ref": "V"}, InternetGatewayId={"Ref": "IG"}),
}


def named_balancer(reachable: bool = False, **properties: Any) -> Template:
    body = balancer("a", "b")
    body["Resources"]["L"]["Properties"].update(properties)
    if reachable:
        body["Resources"].update(INTERNET)
        body["Resources"]["L"]["DependsOn"] = "IA"
    return body


def gateways(vpc: str) -> Template:
    second = made("AWS::EC2::VPCGatewayAttachment", VpcId={"Ref": vpc}, InternetGatewayId={"Ref": "JG"})
    other = {"W": made("AWS::EC2::VPC", CidrBlock="10.9.0.0/16"), "JG": made("AWS::EC2::InternetGateway")}
    return network("a", **INTERNET, **other, JA={**second, "DependsOn": "IA"})


def without_password() -> Template:
    body = database()
    del body["Resources"]["D"]["Properties"]["MasterUserPassword"]
    return body


def with_parameters(family: str) -> Template:
    group = made("AWS::RDS::DBParameterGroup", Family=family, Description="d")
    return template(G=group, **database(EngineVersion="16.4", DBParameterGroupName={"Ref": "G"})["Resources"])


def capacity(least: float, most: float) -> Template:
    scaling = {"MinCapacity": least, "MaxCapacity": most}
    return template(D={**cluster(ServerlessV2ScalingConfiguration=scaling), "DeletionPolicy": "Delete"})


TOPICS = [f"arn:aws:sns:eu-west-1:222222222222:t{number}" for number in range(6)]


def forwarded(count: int) -> Template:
    """A log group, and so many that it sends its events to."""
    body = placed("s3:GetObject", Timeout=3)
    body["Resources"]["LG"] = made("AWS::Logs::LogGroup", LogGroupName="/g")
    allowed = {"Action": "lambda:InvokeFunction", "Principal": "logs.amazonaws.com"}
    body["Resources"]["LP"] = made("AWS::Lambda::Permission", FunctionName={"Ref": "F"}, **allowed)
    before = "LP"
    for number in range(count):
        given = {"LogGroupName": {"Ref": "LG"}, "FilterPattern": "", "DestinationArn": {"Fn::GetAtt": ["F", "Arn"]}}
        body["Resources"][f"SF{number}"] = {**made("AWS::Logs::SubscriptionFilter", **given), "DependsOn": before}
        before = f"SF{number}"
    return body


def budget(*names: str, **more: Any) -> Template:
    body = {}
    for number, name in enumerate(names):
        limit = {"Amount": 10, "Unit": "USD"}
        given = {"BudgetName": name, "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit, **more}
        body[f"B{number}"] = made("AWS::Budgets::Budget", Budget=given)
        if number:
            body[f"B{number}"]["DependsOn"] = f"B{number - 1}"
    return template(**body)


MAPPINGS = {"Mappings": {"Sizes": {"prod": {"cpu": "2"}}}}
QUEUE = {"Resources": {"Q": made("AWS::SQS::Queue")}}
LAYER = "arn:aws:lambda:eu-west-1:999999999999:layer:l{}:1"

CASES: dict[str, Case] = {
    # templates
    "resource-type-unknown": Case(template(B=made("AWS::S3::Buckett")), bucket()),
    "property-unknown": turned("AWS::SQS::Queue", {"Retention": 60}, {"MessageRetentionPeriod": 60}),
    "property-unknown-inside": of_function({"Environment": {"variables": {}}}, {"Environment": {"Variables": {}}}),
    "property-missing": Case(
        template(F=made("AWS::Lambda::Function", Code={"ZipFile": "x"}, Handler="i.h", Runtime="nodejs22.x")),
        function(),
    ),
    "property-of-another-type": turned("AWS::SQS::Queue", {"VisibilityTimeout": "soon"}, {"VisibilityTimeout": "30"}),
    "mapping-missing": Case(
        valued({"Fn::FindInMap": ["Sizes", "dev", "cpu"]}, **MAPPINGS),
        valued({"Fn::FindInMap": ["Sizes", "prod", "cpu"]}, **MAPPINGS),
    ),
    "select-beyond-the-end": Case(valued({"Fn::Select": [2, ["a", "b"]]}), valued({"Fn::Select": [1, ["a", "b"]]})),
    "attribute-unknown": Case(
        {**QUEUE, "Outputs": {"O": {"Value": {"Fn::GetAtt": ["Q", "Nope"]}}}},
        {**QUEUE, "Outputs": {"O": {"Value": {"Fn::GetAtt": ["Q", "QueueName"]}}}},
    ),
    "condition-unknown": Case(
        template(Q={**made("AWS::SQS::Queue"), "Condition": "IsProd"}),
        {
            **template(Q={**made("AWS::SQS::Queue"), "Condition": "IsProd"}),
            "Conditions": {"IsProd": {"Fn::Equals": ["a", "a"]}},
        },
    ),
    "output-that-is-a-list": Case(
        {**QUEUE, "Outputs": {"O": {"Value": ["a"]}}}, {**QUEUE, "Outputs": {"O": {"Value": "a"}}}
    ),
    "template-without-resources": Case({"Resources": {}}, many(1)),
    "template-version": Case(
        {**many(1), "AWSTemplateFormatVersion": "2020-01-01"}, {**many(1), "AWSTemplateFormatVersion": "2010-09-09"}
    ),
    "parameter-type-unknown": Case(
        {**many(1), "Parameters": {"A": {"Type": "Text", "Default": "a"}}},
        {**many(1), "Parameters": {"A": {"Type": "String", "Default": "a"}}},
    ),
    "circle-of-one": Case(template(A={**made("AWS::SQS::Queue"), "DependsOn": "A"}), QUEUE),
    "import-missing": Case(valued({"Fn::ImportValue": "nope"}), valued("v")),
    "template-not-an-object": Case('["Resources"]', many(1)),
    "template-not-json": Case('{"Resources": ', many(1)),
    # S3
    "bucket-name-address": of_bucket({"BucketName": "192.168.5.4"}, {"BucketName": "192.168.5.a4"}),
    "bucket-name-reserved": of_bucket({"BucketName": "sthree-acme"}, {"BucketName": "s3-acme"}),
    "bucket-name-of-a-demo": of_bucket({"BucketName": "amzn-s3-demo-acme"}, {"BucketName": "amzn-demo-acme"}),
    "bucket-name-ending": of_bucket({"BucketName": "acme-s3alias"}, {"BucketName": "acme-alias"}),
    "expiration-of-no-days": of_bucket(lifecycle(ExpirationInDays=0), lifecycle(ExpirationInDays=1)),
    "transition-too-early": of_bucket(
        lifecycle(Transitions=[{"StorageClass": "STANDARD_IA", "TransitionInDays": 29}]),
        lifecycle(Transitions=[{"StorageClass": "STANDARD_IA", "TransitionInDays": 30}]),
    ),
    "expiration-before-transition": of_bucket(
        lifecycle(ExpirationInDays=90, Transitions=[{"StorageClass": "GLACIER", "TransitionInDays": 90}]),
        lifecycle(ExpirationInDays=91, Transitions=[{"StorageClass": "GLACIER", "TransitionInDays": 90}]),
    ),
    "lifecycle-without-action": of_bucket(lifecycle(), lifecycle(ExpirationInDays=1)),
    "lock-without-versions": of_bucket(
        {"ObjectLockEnabled": True, "VersioningConfiguration": {"Status": "Suspended"}},
        {"ObjectLockEnabled": True, "VersioningConfiguration": VERSIONS},
    ),
    "lock-not-enabled": of_bucket(
        {
            "ObjectLockConfiguration": {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            }
        },
        {
            "ObjectLockEnabled": True,
            "ObjectLockConfiguration": {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            },
        },
    ),
    "bucket-key-without-kms": of_bucket(
        encrypted_by(SSEAlgorithm="AES256", KMSMasterKeyID="alias/k"), encrypted_by(SSEAlgorithm="AES256")
    ),
    "cors-method": of_bucket(
        {"CorsConfiguration": {"CorsRules": [{"AllowedMethods": ["PATCH"], "AllowedOrigins": ["*"]}]}},
        {"CorsConfiguration": {"CorsRules": [{"AllowedMethods": ["PUT"], "AllowedOrigins": ["*"]}]}},
    ),
    "events-to-a-closed-queue": Case(
        notified(statement(Principal={"Service": "sns.amazonaws.com"}, Action="sqs:SendMessage", Resource="*")),
        notified(statement(Principal={"Service": "s3.amazonaws.com"}, Action="sqs:SendMessage", Resource="*")),
    ),
    "bucket-policy-size": Case(
        bucket_policy(
            statement(
                Principal=ROOT, Action="s3:GetObject", Resource=[f"arn:aws:s3:::acme-b/{n:080}" for n in range(200)]
            )
        ),
        bucket_policy(
            statement(
                Principal=ROOT, Action="s3:GetObject", Resource=[f"arn:aws:s3:::acme-b/{n:080}" for n in range(180)]
            )
        ),
    ),
    "bucket-policy-action": Case(
        bucket_policy(statement(Principal=ROOT, Action="s3:GetObject", Resource="arn:aws:s3:::acme-b")),
        bucket_policy(statement(Principal=ROOT, Action="s3:GetObject", Resource="arn:aws:s3:::acme-b/*")),
    ),
    "bucket-policy-without-principal": Case(
        bucket_policy(statement(Action="s3:GetObject", Resource="arn:aws:s3:::acme-b/*")),
        bucket_policy(statement(Principal=ROOT, Action="s3:GetObject", Resource="arn:aws:s3:::acme-b/*")),
    ),
    # IAM
    "policy-effect": Case(managed(Effect="allow"), managed()),
    "policy-action-without-service": Case(managed(Action="GetObject"), managed(Action="s3:Get*")),
    "policy-resource-that-is-no-arn": Case(managed(Resource="b/*"), managed(Resource="arn:aws:s3:::b")),
    "policy-version": Case(
        template(
            P=made(
                "AWS::IAM::ManagedPolicy",
                PolicyDocument={**document(statement(Action="s3:GetObject", Resource="*")), "Version": "2020-01-01"},
            )
        ),
        template(
            P=made(
                "AWS::IAM::ManagedPolicy",
                PolicyDocument={**document(statement(Action="s3:GetObject", Resource="*")), "Version": "2012-10-17"},
            )
        ),
    ),
    "policy-sid-twice": Case(
        template(
            P=made(
                "AWS::IAM::ManagedPolicy",
                PolicyDocument=document(*[statement(Sid="A", Action="s3:GetObject", Resource="*")] * 2),
            )
        ),
        template(
            P=made(
                "AWS::IAM::ManagedPolicy",
                PolicyDocument=document(*[statement(Sid=sid, Action="s3:GetObject", Resource="*") for sid in "AB"]),
            )
        ),
    ),
    "policy-sid-alphabet": Case(managed(Sid="a-b"), managed(Sid="ab1")),
    "trust-action": Case(
        template(R=trusted({**by("lambda"), "Action": "s3:GetObject"})),
        template(R=trusted({**by("lambda"), "Action": ["sts:AssumeRole", "sts:TagSession"]})),
    ),
    "session-too-long": Case(
        template(R=trusted(by("lambda"), MaxSessionDuration=43201)),
        template(R=trusted(by("lambda"), MaxSessionDuration=43200)),
    ),
    "session-too-short": Case(
        template(R=trusted(by("lambda"), MaxSessionDuration=3599)),
        template(R=trusted(by("lambda"), MaxSessionDuration=3600)),
    ),
    "role-description": Case(
        template(R=trusted(by("lambda"), Description="d" * 1001)),
        template(R=trusted(by("lambda"), Description="d" * 1000)),
    ),
    "path-without-slash": Case(
        template(R=trusted(by("lambda"), Path="acme")), template(R=trusted(by("lambda"), Path="/acme/"))
    ),
    "managed-policy-missing": Case(
        template(R=trusted(by("lambda"), ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAcces"])),
        template(R=trusted(by("lambda"), ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"])),
    ),
    "boundary-missing": Case(
        template(R=trusted(by("lambda"), PermissionsBoundary="arn:aws:iam::222222222222:policy/nope")),
        template(R=trusted(by("lambda"), PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")),
    ),
    "group-missing": Case(user(Groups=["nope"]), user(Groups=[{"Ref": "G0"}])),
    "groups-of-a-user": Case(
        user(Groups=[{"Ref": f"G{number}"} for number in range(11)]),
        user(Groups=[{"Ref": f"G{number}"} for number in range(10)]),
    ),
    "name-of-a-user": twice("AWS::IAM::User", UserName="ann"),
    "name-of-a-group": twice("AWS::IAM::Group", GroupName="people"),
    "name-of-a-managed-policy": twice(
        "AWS::IAM::ManagedPolicy",
        ManagedPolicyName="p",
        PolicyDocument=document(statement(Action="s3:GetObject", Resource="*")),
    ),
    # KMS
    "key-alias-of-aws": Case(
        template(
            K=made("AWS::KMS::Key"), A=made("AWS::KMS::Alias", AliasName="alias/aws/acme", TargetKeyId={"Ref": "K"})
        ),
        template(
            K=made("AWS::KMS::Key"), A=made("AWS::KMS::Alias", AliasName="alias/acme/aws", TargetKeyId={"Ref": "K"})
        ),
    ),
    "key-alias-without-prefix": Case(
        template(K=made("AWS::KMS::Key"), A=made("AWS::KMS::Alias", AliasName="acme", TargetKeyId={"Ref": "K"})),
        template(K=made("AWS::KMS::Key"), A=made("AWS::KMS::Alias", AliasName="alias/acme", TargetKeyId={"Ref": "K"})),
    ),
    "name-of-a-key-alias": Case(
        template(
            K=made("AWS::KMS::Key"),
            A=made("AWS::KMS::Alias", AliasName="alias/acme", TargetKeyId={"Ref": "K"}),
            B={**made("AWS::KMS::Alias", AliasName="alias/acme", TargetKeyId={"Ref": "K"}), "DependsOn": "A"},
        ),
        template(
            K=made("AWS::KMS::Key"),
            A=made("AWS::KMS::Alias", AliasName="alias/acme", TargetKeyId={"Ref": "K"}),
            B=made("AWS::KMS::Alias", AliasName="alias/acme2", TargetKeyId={"Ref": "K"}),
        ),
    ),
    "key-waits-too-short": turned("AWS::KMS::Key", {"PendingWindowInDays": 6}, {"PendingWindowInDays": 7}),
    "key-rotates-too-often": turned(
        "AWS::KMS::Key", {"RotationPeriodInDays": 89}, {"RotationPeriodInDays": 90}, EnableKeyRotation=True
    ),
    "key-spec-unknown": turned("AWS::KMS::Key", {"KeySpec": "RSA_1024"}, {"KeySpec": "SYMMETRIC_DEFAULT"}),
    # SSM
    "parameter-name-of-aws": Case(parameter("v", Name="/aws/acme"), parameter("v", Name="/acme/aws")),
    "parameter-name-of-ssm": Case(parameter("v", Name="ssm-acme"), parameter("v", Name="acme-ssm")),
    "parameter-path-without-slash": Case(parameter("v", Name="acme/p"), parameter("v", Name="/acme/p")),
    "parameter-path-depth": Case(parameter("v", Name="/a" * 16), parameter("v", Name="/a" * 15)),
    "parameter-that-is-secure": turned("AWS::SSM::Parameter", {"Type": "SecureString"}, {"Type": "String"}, Value="v"),
    "parameter-name-alphabet": Case(parameter("v", Name="/acme/a b"), parameter("v", Name="/acme/a.b-c_d")),
    # CloudTrail
    "trail-name": Case(trail(READS_ACL, WRITES, TrailName="a b"), trail(READS_ACL, WRITES, TrailName="a-b")),
    "trail-name-length": Case(trail(READS_ACL, WRITES, TrailName="ab"), trail(READS_ACL, WRITES, TrailName="abc")),
    "trail-name-dashes": Case(trail(READS_ACL, WRITES, TrailName="a--b"), trail(READS_ACL, WRITES, TrailName="a-b")),
    "trail-bucket-closed": Case(trail(READS_ACL), trail(READS_ACL, WRITES)),
    "trail-group-without-role": Case(
        trail(READS_ACL, WRITES, CloudWatchLogsLogGroupArn="arn:aws:logs:eu-west-1:222222222222:log-group:g:*"),
        trail(READS_ACL, WRITES),
    ),
    # Organizations
    "account-email": Case(account(Email="aws prod@acme.example"), account()),
    "account-name-length": Case(account(AccountName="a" * 51), account(AccountName="a" * 50)),
    "account-role-alphabet": Case(account(RoleName="a/b"), account(RoleName="Acme_Admin")),
    # Lambda
    "function-memory-low": of_function({"MemorySize": 127}, {"MemorySize": 128}),
    "function-memory-high": of_function({"MemorySize": 10241}, {"MemorySize": 10240}),
    "function-timeout": of_function({"Timeout": 901}, {"Timeout": 900}),
    "function-storage": of_function({"EphemeralStorage": {"Size": 511}}, {"EphemeralStorage": {"Size": 512}}),
    "function-variable-reserved": of_function(
        {"Environment": {"Variables": {"AWS_REGION": "x"}}}, {"Environment": {"Variables": {"AWS_REGIONS": "x"}}}
    ),
    "function-variable-alphabet": of_function(
        {"Environment": {"Variables": {"A-B": "x"}}}, {"Environment": {"Variables": {"A_B": "x"}}}
    ),
    "function-layers": of_function(
        {"Layers": [LAYER.format(n) for n in range(6)]}, {"Layers": [LAYER.format(n) for n in range(5)]}
    ),
    "function-without-handler": Case(
        template(
            R=trusted(by("lambda")),
            F=made(
                "AWS::Lambda::Function", Code={"ZipFile": "x"}, Runtime="nodejs22.x", Role={"Fn::GetAtt": ["R", "Arn"]}
            ),
        ),
        function(),
    ),
    "function-inline-of-java": of_function({"Runtime": "java21"}, {"Runtime": "python3.13"}),
    "function-runtime-unknown": of_function({"Runtime": "node22"}, {"Runtime": "nodejs22.x"}),
    "function-name-length": of_function({"FunctionName": "f" * 65}, {"FunctionName": "f" * 64}),
    "function-concurrency": of_function({"ReservedConcurrentExecutions": 901}, {"ReservedConcurrentExecutions": 900}),
    "function-architecture": of_function({"Architectures": ["arm"]}, {"Architectures": ["arm64"]}),
    "function-in-a-network": Case(placed(), placed(*INTERFACES)),
    "function-dead-letters": Case(placed(**LETTERS), placed("sqs:SendMessage", **LETTERS)),
    "permission-without-function": Case(
        template(
            P=made(
                "AWS::Lambda::Permission",
                FunctionName="nope",
                Action="lambda:InvokeFunction",
                Principal="s3.amazonaws.com",
            )
        ),
        template(
            **function()["Resources"],
            P=made(
                "AWS::Lambda::Permission",
                FunctionName={"Ref": "F"},
                Action="lambda:InvokeFunction",
                Principal="s3.amazonaws.com",
            ),
        ),
    ),
    "batch-without-window": Case(polled(30, BatchSize=11), polled(30, BatchSize=11, MaximumBatchingWindowInSeconds=1)),
    "queue-hides-too-short": Case(polled(61), polled(60)),
    # ECS
    "task-size": Case(task(Cpu="300"), task(Cpu="512", Memory="1024")),
    "task-memory": Case(task(Cpu="1024", Memory="777"), task(Cpu="1024", Memory="2048")),
    "task-network": Case(task(NetworkMode="bridge"), task()),
    "task-without-size": Case(task(Cpu=None), task()),
    "task-logs-without-role": Case(
        task(
            ContainerDefinitions=[
                {
                    "Name": "c",
                    "Image": "i",
                    "LogConfiguration": {
                        "LogDriver": "awslogs",
                        "Options": {"awslogs-group": "g", "awslogs-region": REGION, "awslogs-stream-prefix": "s"},
                    },
                }
            ]
        ),
        task(
            ExecutionRoleArn={"Fn::GetAtt": ["R", "Arn"]},
            ContainerDefinitions=[
                {
                    "Name": "c",
                    "Image": "i",
                    "LogConfiguration": {
                        "LogDriver": "awslogs",
                        "Options": {"awslogs-group": "g", "awslogs-region": REGION, "awslogs-stream-prefix": "s"},
                    },
                }
            ],
        ),
    ),
    "service-without-network": Case(service(NetworkConfiguration=None), service()),
    "service-of-another-kind": Case(service(fargate(RequiresCompatibilities=["EC2"])), service()),
    "service-container": Case(behind(container="nope"), behind()),
    "service-without-balancer": Case(behind("Free"), behind()),
    "service-of-instances": Case(behind("Instances"), behind()),
    # load balancers
    "balancer-name-length": Case(named_balancer(Name="b" * 33), named_balancer(Name="b" * 32)),
    "balancer-name-beginning": Case(named_balancer(Name="internal-b"), named_balancer(Name="intern-b")),
    "balancer-without-internet": Case(
        named_balancer(Scheme="internet-facing"), named_balancer(reachable=True, Scheme="internet-facing")
    ),
    "target-group-name-length": target_group({"Name": "t" * 33}, {"Name": "t" * 32}),
    "target-group-name-alphabet": target_group({"Name": "a_b"}, {"Name": "a-b"}),
    "health-check-path": target_group({"HealthCheckPath": "up"}, {"HealthCheckPath": "/up"}),
    "health-check-interval": target_group(
        {"HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 10},
        {"HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 9},
    ),
    "listener-without-certificate": Case(
        listener(Protocol="HTTPS"),
        listener(Protocol="HTTPS", Certificates=[{"CertificateArn": certificate(REGION)}]),
        ready=issued,
    ),
    "listener-certificate-region": Case(
        listener(Protocol="HTTPS", Certificates=[{"CertificateArn": certificate("us-east-1")}]),
        listener(Protocol="HTTPS", Certificates=[{"CertificateArn": certificate(REGION)}]),
        ready=issued,
    ),
    "listener-port-taken": Case(listener(80, Protocol="HTTP", after="L"), listener(81, Protocol="HTTP", after="L")),
    "listener-rule-values": Case(listener_rule(*"abcdef"), listener_rule(*"abcde")),
    "listener-rule-priority": Case(listener_rule("a", Priority=50001), listener_rule("a", Priority=50000)),
    # networks
    "vpc-too-large": turned("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/15"}, {"CidrBlock": "10.0.0.0/16"}),
    "vpc-too-small": turned("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/29"}, {"CidrBlock": "10.0.0.0/28"}),
    "subnet-outside": Case(subnets("10.1.0.0/24"), subnets("10.0.1.0/24")),
    "subnet-overlaps": Case(subnets("10.0.0.0/24", "10.0.0.128/25"), subnets("10.0.0.0/25", "10.0.0.128/25")),
    "subnet-too-small": Case(subnets("10.0.0.0/29"), subnets("10.0.0.0/28")),
    "subnet-zone": Case(subnets("10.0.0.0/24", zone="us-east-1a"), subnets("10.0.0.0/24")),
    "security-group-description": Case(guarded(GroupDescription="für alle"), guarded(GroupDescription="for all (all)")),
    "security-group-name": Case(guarded(GroupName="sg-acme"), guarded(GroupName="acme-sg")),
    "security-group-ports": Case(
        guarded(SecurityGroupIngress=[opened(443, 80)]), guarded(SecurityGroupIngress=[opened(80, 443)])
    ),
    "security-group-rules": Case(
        guarded(SecurityGroupIngress=[opened(port, port) for port in range(61)]),
        guarded(SecurityGroupIngress=[opened(port, port) for port in range(60)]),
    ),
    "security-group-rule-twice": Case(
        guarded(SecurityGroupIngress=[opened(80, 80)] * 2),
        guarded(SecurityGroupIngress=[opened(80, 80), opened(81, 81)]),
    ),
    "security-group-of-another-vpc": Case(of_another_vpc("W"), of_another_vpc("V")),
    "endpoint-service": Case(endpoint("us-east-1.sqs"), endpoint("eu-west-1.sqs")),
    "endpoint-twice": Case(endpoint("eu-west-1.sqs", twice=True), endpoint("eu-west-1.sqs")),
    "endpoint-without-dns": Case(endpoint("eu-west-1.sqs", dns=False), endpoint("eu-west-1.sqs")),
    "gateways-of-a-vpc": Case(gateways("V"), gateways("W")),
    # databases
    "database-engine": of_database({"Engine": "postgresql"}),
    "database-version-unknown": of_database({"EngineVersion": "16.0"}, {"EngineVersion": "16.4"}),
    "database-class": of_database({"DBInstanceClass": "db.t4g.tiny"}, {"DBInstanceClass": "db.t4g.small"}),
    "database-class-of-another-engine": Case(member("db.t4g.micro"), member("db.t4g.medium")),
    "database-storage": of_database(
        {"AllocatedStorage": "19", "StorageType": "gp3"}, {"AllocatedStorage": "20", "StorageType": "gp3"}
    ),
    "database-name": of_database({"DBName": "my-app"}, {"DBName": "my_app"}),
    "database-retention": of_database({"BackupRetentionPeriod": 36}, {"BackupRetentionPeriod": 35}),
    "database-zones": Case(database_subnets("a"), database_subnets("a", "b")),
    "database-windows": of_database(
        {"PreferredBackupWindow": "01:00-02:00", "PreferredMaintenanceWindow": "sun:01:30-sun:02:30"},
        {"PreferredBackupWindow": "01:00-02:00", "PreferredMaintenanceWindow": "sun:03:00-sun:04:00"},
    ),
    "database-without-password": Case(without_password(), database()),
    "database-monitoring": of_database({"MonitoringInterval": 60}, {"MonitoringInterval": 0}),
    "database-parameters": Case(with_parameters("mysql8.0"), with_parameters("postgres16")),
    "cluster-capacity": Case(capacity(2, 1), capacity(1, 2)),
    "cluster-capacity-step": Case(capacity(0.7, 2), capacity(0.5, 2)),
    "table-key-undefined": Case(table("other"), table("id")),
    "table-attribute-unused": Case(table("id", "other"), table("id")),
    "table-without-throughput": Case(table("id", BillingMode="PROVISIONED"), table("id")),
    "table-throughput-on-demand": Case(
        table("id", ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}), table("id")
    ),
    "table-key-type": Case(
        table("id", "to", KeySchema=[{"AttributeName": name, "KeyType": "HASH"} for name in ("id", "to")]),
        table(
            "id",
            "to",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "to", "KeyType": "RANGE"}],
        ),
    ),
    "table-name-length": Case(table("id", TableName="ab"), table("id", TableName="abc")),
    "cache-token": Case(
        replicated(AuthToken="short", TransitEncryptionEnabled=True),
        replicated(AuthToken="t" * 16, TransitEncryptionEnabled=True),
    ),
    "cache-token-in-clear": Case(
        replicated(AuthToken="t" * 16, TransitEncryptionEnabled=False), replicated(TransitEncryptionEnabled=True)
    ),
    "cache-that-cannot-fail-over": Case(
        replicated(NumCacheClusters=1, AutomaticFailoverEnabled=True), replicated(AutomaticFailoverEnabled=True)
    ),
    "cache-name-length": Case(replicated(ReplicationGroupId="r" * 41), replicated(ReplicationGroupId="r" * 40)),
    "search-name": Case(domain(DomainName="Acme"), domain(DomainName="acme")),
    # clusters and scaling
    "kubernetes-zones": Case(eks("a", "a"), eks("a", "b")),
    "kubernetes-name": Case(eks("a", "b", Name="a b"), eks("a", "b", Name="a-b")),
    "kubernetes-version": Case(eks("a", "b", Version="1.19"), eks("a", "b", Version="1.33")),
    "kubernetes-role": Case(eks("a", "b", trust="lambda"), eks("a", "b")),
    "kubernetes-entry-twice": Case(entries("one", "one"), entries("one", "two")),
    "scaling-bounds": Case(scaled(3, 2), scaled(2, 3)),
    # topics and queues
    "fifo-topic-name": turned("AWS::SNS::Topic", {"TopicName": "t"}, {"TopicName": "t.fifo"}, FifoTopic=True),
    "topic-name": turned("AWS::SNS::Topic", {"TopicName": "a b"}, {"TopicName": "a-b"}),
    "subscription-protocol": Case(subscribed("mail", "a@acme.example"), subscribed("email", "a@acme.example")),
    "subscription-address": Case(subscribed("email", "acme.example"), subscribed("email", "a@acme.example")),
    "subscription-scheme": Case(
        subscribed("https", "http://acme.example"), subscribed("https", "https://acme.example")
    ),
    "subscription-fifo": Case(
        subscribed("sqs", {"Fn::GetAtt": ["Q", "Arn"]}, Q=made("AWS::SQS::Queue", FifoQueue=True)),
        subscribed("sqs", {"Fn::GetAtt": ["Q", "Arn"]}, Q=made("AWS::SQS::Queue")),
    ),
    "queue-visibility": turned("AWS::SQS::Queue", {"VisibilityTimeout": 43201}, {"VisibilityTimeout": 43200}),
    "queue-retention": turned("AWS::SQS::Queue", {"MessageRetentionPeriod": 59}, {"MessageRetentionPeriod": 60}),
    "dead-letters-of-another-kind": Case(dead_letters(True), dead_letters(False)),
    "dead-letters-count": Case(dead_letters(False, maxReceiveCount=1001), dead_letters(False, maxReceiveCount=1000)),
    "queue-that-is-not-fifo": turned(
        "AWS::SQS::Queue", {"ContentBasedDeduplication": True}, {"ContentBasedDeduplication": True, "FifoQueue": True}
    ),
    # CloudFront, certificates, DNS
    "alias-without-certificate": Case(
        template(D=distribution(Aliases=["www.acme.example"])), template(D=distribution(**ALIASED)), ready=issued
    ),
    "alias-certificate-region": Case(
        template(D=distribution(**{**ALIASED, "ViewerCertificate": certified("eu-west-1")})),
        template(D=distribution(**ALIASED)),
        ready=issued,
    ),
    "alias-taken": Case(
        template(D=distribution(**ALIASED)),
        template(D=distribution(**{**ALIASED, "Aliases": ["other.acme.example"]})),
        beside=template(D=distribution(**ALIASED)),
        ready=issued,
    ),
    "origin-missing": Case(template(D=distribution("nope")), template(D=distribution())),
    "root-object": Case(
        template(D=distribution(DefaultRootObject="/index.html")),
        template(D=distribution(DefaultRootObject="index.html")),
    ),
    "price-class": Case(
        template(D=distribution(PriceClass="PriceClass_300")), template(D=distribution(PriceClass="PriceClass_200"))
    ),
    "cname-at-apex": Case(
        records(record("CNAME", "acme.example.", name="acme.example")),
        records(record("A", "192.0.2.1", name="acme.example")),
    ),
    "cname-beside": Case(
        records(record("A", "192.0.2.1"), record("CNAME", "acme.example")),
        records(record("A", "192.0.2.1"), record("TXT", '"v"')),
    ),
    "record-outside": Case(
        records(record("A", "192.0.2.1", name="www.other.example")), records(record("A", "192.0.2.1"))
    ),
    "record-taken": Case(
        records(record("A", "192.0.2.1"), record("A", "192.0.2.2")), records(record("A", "192.0.2.1", "192.0.2.2"))
    ),
    "record-without-quotes": Case(records(record("TXT", "v=spf1 -all")), records(record("TXT", '"v=spf1 -all"'))),
    "record-text-length": Case(
        records(record("TXT", f'"{"k" * 256}"')), records(record("TXT", f'"{"k" * 255}" "{"k" * 9}"'))
    ),
    "record-address": Case(records(record("A", "192.0.2.256")), records(record("A", "192.0.2.255"))),
    "record-address-of-six": Case(records(record("AAAA", "192.0.2.1")), records(record("AAAA", "2001:db8::1"))),
    "record-exchanger": Case(records(record("MX", "mail.acme.example")), records(record("MX", "10 mail.acme.example"))),
    "record-without-time": Case(records(record("A", "192.0.2.1", TTL=None)), records(record("A", "192.0.2.1"))),
    # events, states, alarms
    "rule-without-reason": Case(rule(State="ENABLED"), rule(ScheduleExpression="rate(2 hours)")),
    "rule-targets": Case(
        rule(ScheduleExpression="rate(2 hours)", Targets=targets(6)),
        rule(ScheduleExpression="rate(2 hours)", Targets=targets(5)),
    ),
    "rule-pattern": Case(rule(EventPattern={"source": "aws.ec2"}), rule(EventPattern={"source": ["aws.ec2"]})),
    "rule-schedule-on-a-bus": Case(
        template(
            B=made("AWS::Events::EventBus", Name="b"),
            E=made("AWS::Events::Rule", EventBusName={"Ref": "B"}, ScheduleExpression="rate(2 hours)"),
        ),
        template(
            B=made("AWS::Events::EventBus", Name="b"),
            E=made("AWS::Events::Rule", EventBusName={"Ref": "B"}, EventPattern={"source": ["s"]}),
        ),
    ),
    "state-without-end": Case(
        machine(StartAt="X", States={"X": {"Type": "Pass"}}),
        machine(StartAt="X", States={"X": {"Type": "Pass", "End": True}}),
    ),
    "state-type": Case(
        machine(StartAt="X", States={"X": {"Type": "Run", "End": True}}),
        machine(StartAt="X", States={"X": {"Type": "Pass", "End": True}}),
    ),
    "state-machine-role": Case(machine_of("lambda"), machine_of("states")),
    "alarm-period": Case(alarm(Period=45), alarm(Period=30)),
    "alarm-actions": Case(alarm(AlarmActions=TOPICS), alarm(AlarmActions=TOPICS[:5])),
    "alarm-comparison": Case(alarm(ComparisonOperator="MoreThan"), alarm()),
    "subscriptions-of-a-log-group": Case(forwarded(3), forwarded(2)),
    # secrets, mail, images, budgets
    "secret-name": turned("AWS::SecretsManager::Secret", {"Name": "a b"}, {"Name": "a/b_+=.@-"}, SecretString="v"),
    "secret-given-and-made": turned(
        "AWS::SecretsManager::Secret", {"SecretString": "v", "GenerateSecretString": {}}, {"GenerateSecretString": {}}
    ),
    "secret-length": turned(
        "AWS::SecretsManager::Secret",
        {"GenerateSecretString": {"PasswordLength": 5000}},
        {"GenerateSecretString": {"PasswordLength": 4096}},
    ),
    "repository-name": turned("AWS::ECR::Repository", {"RepositoryName": "Acme"}, {"RepositoryName": "acme/web"}),
    "repository-lifecycle": turned(
        "AWS::ECR::Repository",
        {"LifecyclePolicy": {"LifecyclePolicyText": "{}"}},
        {
            "LifecyclePolicy": {
                "LifecyclePolicyText": json.dumps(
                    {
                        "rules": [
                            {
                                "rulePriority": 1,
                                "selection": {
                                    "tagStatus": "untagged",
                                    "countType": "imageCountMoreThan",
                                    "countNumber": 1,
                                },
                                "action": {"type": "expire"},
                            }
                        ]
                    }
                )
            }
        },
    ),
    "budget-name": Case(budget("a:b"), budget("a-b")),
    "budget-taken": Case(budget("a", "a"), budget("a", "b")),
    "budget-unit": Case(budget("a", TimeUnit="WEEKLY"), budget("a", TimeUnit="MONTHLY")),
}

NET = {
    "V": made("AWS::EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsSupport=True, EnableDnsHostnames=True),
    "W": made("AWS::EC2::VPC", CidrBlock="10.1.0.0/16"),
    "A": made("AWS::EC2::Subnet", VpcId={"Ref": "V"}, CidrBlock="10.0.0.0/24", AvailabilityZone="eu-west-1a"),
}
STORE = {"VpcId": {"Ref": "V"}, "ServiceName": "com.amazonaws.eu-west-1.s3"}
INTERFACE = {"VpcEndpointType": "Interface", "PrivateDnsEnabled": True, "SubnetIds": [{"Ref": "A"}]}
GROUPS = {
    f"Of{vpc}": made("AWS::EC2::SecurityGroup", GroupDescription="g", VpcId={"Ref": vpc}) for vpc in ("V", "W")
}
FROM_THE_OTHER = {
    "GroupId": {"Fn::GetAtt": ["OfV", "GroupId"]},
    "SourceSecurityGroupId": {"Fn::GetAtt": ["OfW", "GroupId"]},
    **{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443},
}
SHARDS = {"ReplicationGroupDescription": "r", "Engine": "valkey", "CacheNodeType": "cache.t4g.micro"}
CLASS = {"Engine": "oracle-se2", "DBInstanceClass": "db.r5.large.tpc1.mem2x", "AllocatedStorage": "20"}

BEHAVIOR = distribution()["Properties"]["DistributionConfig"]["DefaultCacheBehavior"]
ORIGIN = distribution()["Properties"]["DistributionConfig"]["Origins"][0]
GROUP_OF_ORIGINS = {
    "Id": "g",
    "FailoverCriteria": {"StatusCodes": {"Quantity": 1, "Items": [500]}},
    "Members": {"Quantity": 2, "Items": [{"OriginId": "a"}, {"OriginId": "b"}]},
}

# what a rule refused once, and AWS accepts
ACCEPTED: dict[str, Template] = {
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html#private-dns-s3
    "an endpoint of each kind": template(
        **NET,
        G=made("AWS::EC2::VPCEndpoint", **STORE, VpcEndpointType="Gateway"),
        I={**made("AWS::EC2::VPCEndpoint", **STORE, **INTERFACE), "DependsOn": "G"},
    ),
    # https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
    "a group of a peer": template(
        **NET,
        **GROUPS,
        P=made("AWS::EC2::VPCPeeringConnection", VpcId={"Ref": "V"}, PeerVpcId={"Ref": "W"}),
        I={**made("AWS::EC2::SecurityGroupIngress", **FROM_THE_OTHER), "DependsOn": "P"},
    ),
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/create-load-balancer.html
    "a balancer of appliances": template(
        **NET, B=made("AWS::ElasticLoadBalancingV2::LoadBalancer", Type="gateway", Subnets=[{"Ref": "A"}])
    ),
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
    "shards without replicas": template(
        C=made(
            "AWS::ElastiCache::ReplicationGroup",
            **SHARDS,
            **{"AutomaticFailoverEnabled": True, "NumNodeGroups": 2, "ReplicasPerNodeGroup": 0},
        )
    ),
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
    "a database of another's past": template(
        D=made(
            "AWS::RDS::DBInstance",
            **{"Engine": "postgres", "DBInstanceClass": "db.t4g.medium"},
            **{"SourceDbiResourceId": "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ", "UseLatestRestorableTime": True},
        )
    ),
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html
    "a class with more memory": template(
        D=made("AWS::RDS::DBInstance", **CLASS, MasterUsername="ada", ManageMasterUserPassword=True)
    ),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html
    "a lock of a bucket with versions": bucket(
        VersioningConfiguration=VERSIONS, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    ),
    # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
    "an exchange with two spaces": template(
        Z=ZONE,
        X=made(
            "AWS::Route53::RecordSet",
            **{"HostedZoneId": THERE, "Name": "acme.example", "Type": "MX", "TTL": "60"},
            ResourceRecords=["10  mail.acme.example"],
        ),
    ),
    "no dead letters": template(Q=made("AWS::SQS::Queue", FifoQueue=True, RedrivePolicy={})),
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
    "origins that stand in for each other": template(
        D=distribution(
            DefaultCacheBehavior={**BEHAVIOR, "TargetOriginId": "g", "TrustedKeyGroups": ["k"]},
            Origins=[{**ORIGIN, "Id": name} for name in ("a", "b")],
            OriginGroups={"Quantity": 1, "Items": [GROUP_OF_ORIGINS]},
            Restrictions={"GeoRestriction": {"RestrictionType": "whitelist", "Locations": ["CH"]}},
        )
    ),
}
