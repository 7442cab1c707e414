"""For each rule of refusals.json that one template shows: what AWS refuses, and its neighbour that AWS accepts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Template = dict[str, Any]


@dataclass(frozen=True)
class Case:
    refused: Template | str
    accepted: Template | str
    # deployed before, as the stack of the same name, and as another one
    before: Template | None = None
    beside: Template | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    # what no template of the account and region makes
    ready: Callable[[], None] = lambda: None


def made(kind: str, **properties: Any) -> Template:
    return {"Type": kind, "Properties": properties}


def template(**resources: Template) -> Template:
    return {"Resources": resources}


def many(count: int) -> Template:
    return template(**{f"P{number}": HANDLE for number in range(count)})


def outputs(count: int) -> Template:
    return {**many(1), "Outputs": {f"O{number}": {"Value": "v"} for number in range(count)}}


def parameters(count: int) -> Template:
    return {**many(1), "Parameters": {f"P{number}": {"Type": "String", "Default": "v"} for number in range(count)}}


def padded(length: int) -> str:
    body = json.dumps(many(1))
    return body + " " * (length - len(body))


def secrets(count: int) -> Template:
    secret = made("AWS::SecretsManager::Secret", Name="s", SecretString="v")
    reader = made("AWS::SSM::Parameter", Type="String", Value="{{resolve:secretsmanager:s}}" * count)
    return template(S=secret, R={**reader, "DependsOn": "S"})


def statement(**more: Any) -> Template:
    return {"Effect": "Allow", **more}


def document(*statements: Template) -> Template:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trusted(*statements: Template, **properties: Any) -> Template:
    return made("AWS::IAM::Role", AssumeRolePolicyDocument=document(*statements), **properties)


def by(service: str) -> Template:
    return statement(Principal={"Service": f"{service}.amazonaws.com"}, Action="sts:AssumeRole")


def by_role(name: str) -> Template:
    return statement(Principal={"AWS": f"arn:aws:iam::222222222222:role/{name}"}, Action="sts:AssumeRole")


def objects(count: int) -> Template:
    """A policy of so many characters, without white space."""
    body = document(statement(Action="s3:GetObject", Resource="arn:aws:s3:::b/"))
    missing = count - len(json.dumps(body, separators=(",", ":")))
    return document(statement(Action="s3:GetObject", Resource="arn:aws:s3:::b/" + "k" * missing))


def trust_of(count: int) -> Template:
    body = document({**by("lambda"), "Sid": ""})
    missing = count - len(json.dumps(body, separators=(",", ":")))
    return document({**by("lambda"), "Sid": "s" * missing})


def bucket(**properties: Any) -> Template:
    return template(B=made("AWS::S3::Bucket", **properties))


def replicated(**properties: Any) -> Template:
    rules = [{"Status": "Enabled", "Destination": {"Bucket": {"Fn::GetAtt": ["To", "Arn"]}}}]
    configuration = {"Role": {"Fn::GetAtt": ["R", "Arn"]}, "Rules": rules}
    source = made("AWS::S3::Bucket", ReplicationConfiguration=configuration, VersioningConfiguration=VERSIONED)
    target = made("AWS::S3::Bucket", VersioningConfiguration=VERSIONED)
    source["Properties"].update(properties)
    return template(R=trusted(by("s3")), To=target, B=source)


def bucket_policy(*statements: Template, **properties: Any) -> Template:
    policy = made("AWS::S3::BucketPolicy", Bucket={"Ref": "B"}, PolicyDocument=document(*statements))
    return template(B=made("AWS::S3::Bucket", BucketName="acme-b", **properties), P=policy)


def key(*statements: Template, **properties: Any) -> Template:
    return made("AWS::KMS::Key", KeyPolicy=document(*statements), **properties)


def encrypted(*statements: Template) -> Template:
    group = made("AWS::Logs::LogGroup", LogGroupName="/g", KmsKeyId={"Fn::GetAtt": ["K", "Arn"]})
    return template(K=key(ROOT_KEY, *statements), L=group)


def function(role: Template | None = None, **properties: Any) -> Template:
    given = {"Code": {"ZipFile": "x"}, "Handler": "i.h", "Runtime": "nodejs22.x", "Role": {"Fn::GetAtt": ["R", "Arn"]}}
    return template(R=role or trusted(by("lambda")), F=made("AWS::Lambda::Function", **{**given, **properties}))


def polling(*actions: str) -> Template:
    rights = document(statement(Action=list(actions), Resource="*"))
    role = trusted(by("lambda"), Policies=[{"PolicyName": "p", "PolicyDocument": rights}])
    queue = {"Fn::GetAtt": ["Q", "Arn"]}
    source = made("AWS::Lambda::EventSourceMapping", FunctionName={"Ref": "F"}, EventSourceArn=queue)
    resources = function(role)["Resources"]
    return template(**resources, Q=made("AWS::SQS::Queue"), E=source)


def each(count: int, kind: str, **properties: Any) -> Template:
    return template(**{f"R{number}": made(kind, **properties) for number in range(count)})


def network(*zones: str, **resources: Template) -> Template:
    subnets = {
        f"S{number}": made(
            "AWS::EC2::Subnet", VpcId={"Ref": "V"}, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"eu-west-1{zone}"
        )
        for number, zone in enumerate(zones)
    }
    return template(V=made("AWS::EC2::VPC", CidrBlock="10.0.0.0/16"), **subnets, **resources)


def balancer(*zones: str) -> Template:
    subnets = [{"Ref": f"S{number}"} for number in range(len(zones))]
    return network(*zones, L=made("AWS::ElasticLoadBalancingV2::LoadBalancer", Subnets=subnets, Scheme="internal"))


def nat(**resources: Template) -> Template:
    allocation = {"Fn::GetAtt": ["E", "AllocationId"]}
    gateway = made("AWS::EC2::NatGateway", SubnetId={"Ref": "S0"}, AllocationId=allocation)
    after = {"DependsOn": list(resources)} if resources else {}
    return network("a", E=made("AWS::EC2::EIP", Domain="vpc"), N={**gateway, **after}, **resources)


def database(**properties: Any) -> Template:
    given = {
        "Engine": "postgres",
        "DBInstanceClass": "db.t4g.micro",
        "AllocatedStorage": "20",
        "MasterUsername": "owner",
        "MasterUserPassword": "passw0rd1",
    }
    return template(D={**made("AWS::RDS::DBInstance", **{**given, **properties}), "DeletionPolicy": "Delete"})


def scheduled(expression: str) -> Template:
    return template(E=made("AWS::Events::Rule", ScheduleExpression=expression))


def machine(**definition: Any) -> Template:
    text = json.dumps(definition)
    made_of = {"RoleArn": {"Fn::GetAtt": ["R", "Arn"]}, "DefinitionString": text}
    return template(R=trusted(by("states")), S=made("AWS::StepFunctions::StateMachine", **made_of))


def parameter(value: str, **properties: Any) -> Template:
    return template(P=made("AWS::SSM::Parameter", Type="String", Value=value, **properties))


def declared(value: str, name: str = "X", **more: Any) -> Template:
    return {**many(1), "Parameters": {name: {"Type": "String", "Default": value, **more}}}


def named(value: Any) -> Template:
    return made("AWS::SSM::Parameter", Type="String", Value=value)


def ruled(stage: str, size: str) -> Template:
    rule = {
        "RuleCondition": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "Assertions": [{"Assert": {"Fn::Contains": [["large"], {"Ref": "Size"}]}, "AssertDescription": "prod is large"}],
    }
    parameters = {"Stage": {"Type": "String", "Default": stage}, "Size": {"Type": "String", "Default": size}}
    return {**many(1), "Parameters": parameters, "Rules": {"Sizes": rule}}


def stored_rule() -> Template:
    assertion = {"Assert": {"Fn::Not": [{"Fn::Contains": [["1", "5"], {"Ref": "X"}]}]}, "AssertDescription": "newer"}
    body = declared("/version", Type="AWS::SSM::Parameter::Value<String>")
    return {**body, "Rules": {"Version": {"Assertions": [assertion]}}}


def taken(kind: str, **properties: Any) -> Case:
    """The name is another stack's; with another name it is accepted."""
    (key,) = (key for key, value in properties.items() if "taken" in str(value))
    free = str(properties[key]).replace("taken", "free")
    resource = template(R=made(kind, **properties))
    return Case(resource, template(R=made(kind, **{**properties, key: free})), beside=resource)


def waiting(**resources: Template) -> Template:
    wait = made("AWS::CloudFormation::WaitCondition", Handle={"Ref": "H"}, Timeout="1", Count=1)
    return template(H=HANDLE, W=wait, **resources)


def inline(*sizes: int) -> dict[str, Template]:
    """Each after the one before, on the role R."""
    policies = [
        made("AWS::IAM::Policy", PolicyName=f"p{number}", PolicyDocument=objects(size), Roles=[{"Ref": "R"}])
        for number, size in enumerate(sizes)
    ]
    return {
        f"P{number}": {**item, "DependsOn": f"P{number - 1}" if number else []} for number, item in enumerate(policies)
    }


VERSIONED = {"Status": "Enabled"}
ROOT_KEY = statement(Principal={"AWS": "arn:aws:iam::222222222222:root"}, Action="kms:*", Resource="*")
LOGS_KEY = statement(
    Principal={"Service": "logs.eu-west-1.amazonaws.com"},
    Action=["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
    Resource="*",
    Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:222222222222:*"}},
)
PUBLIC = statement(Principal="*", Action="s3:GetObject", Resource="arn:aws:s3:::acme-b/*")
OPEN = {"BlockPublicPolicy": False, "BlockPublicAcls": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": False}
READ = document(statement(Action="s3:GetObject", Resource="*"))
CODE = {"S3Bucket": {"Ref": "B"}, "S3Key": "nope.zip"}
AWS_POLICY = "arn:aws:iam::aws:policy"
POLICY_NAMES = [
    f"{name}ReadOnlyAccess"
    for name in ("AmazonS3", "AmazonEC2", "AmazonRDS", "AmazonSQS", "AmazonSNS", "AmazonVPC", "AmazonRoute53")
] + ["ReadOnlyAccess", "SecurityAudit", "IAMReadOnlyAccess", "AmazonSSMReadOnlyAccess"]
LAMBDA_ROLE = trusted(by("lambda"), RoleName="there")
HANDLE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}

CASES: dict[str, Case] = {
    "resources-of-a-template": Case(many(501), many(500)),
    "outputs-of-a-template": Case(outputs(201), outputs(200)),
    "parameters-of-a-template": Case(parameters(201), parameters(200)),
    "inline-template-size": Case(padded(51_201), padded(51_200)),
    "dynamic-references-of-a-template": Case(secrets(61), secrets(60)),
    "template-description-size": Case({**many(1), "Description": "d" * 1025}, {**many(1), "Description": "d" * 1024}),
    "logical-id-alphabet": Case({"Resources": {"a-b": HANDLE}}, {"Resources": {"aB1": HANDLE}}),
    "output-name-alphabet": Case(
        {**many(1), "Outputs": {"a-b": {"Value": "v"}}}, {**many(1), "Outputs": {"aB1": {"Value": "v"}}}
    ),
    "template-sections": Case({**many(1), "Resource": {}}, {**many(1), "Metadata": {}}),
    "resource-type-given": Case({"Resources": {"A": {"Properties": {}}}}, many(1)),
    "deletion-policies": Case(
        template(A={**HANDLE, "DeletionPolicy": "Keep"}),
        template(A={**HANDLE, "DeletionPolicy": "RetainExceptOnCreate"}),
    ),
    "replacement-policies": Case(
        template(A={**HANDLE, "UpdateReplacePolicy": "RetainExceptOnCreate"}),
        template(A={**HANDLE, "UpdateReplacePolicy": "Retain"}),
    ),
    "trust-of-unknown-role": Case(
        template(R=trusted(by_role("nope"))), template(R=trusted(by_role("there"))), beside=template(R=LAMBDA_ROLE)
    ),
    "trust-without-principal": Case(
        template(R=trusted(statement(Action="sts:AssumeRole"))), template(R=trusted(by("lambda")))
    ),
    "trust-with-resource": Case(
        template(R=trusted({**by("lambda"), "Resource": "*"})), template(R=trusted(by("lambda")))
    ),
    "trust-size": Case(
        template(R=made("AWS::IAM::Role", AssumeRolePolicyDocument=trust_of(2049))),
        template(R=made("AWS::IAM::Role", AssumeRolePolicyDocument=trust_of(2048))),
    ),
    "managed-policy-size": Case(
        template(P=made("AWS::IAM::ManagedPolicy", PolicyDocument=objects(6145))),
        template(P=made("AWS::IAM::ManagedPolicy", PolicyDocument=objects(6144))),
    ),
    "inline-policies-of-a-role": Case(
        template(R=LAMBDA_ROLE, **inline(5120, 5121)), template(R=LAMBDA_ROLE, **inline(5120, 5120))
    ),
    "managed-policies-of-a-role": Case(
        template(R=trusted(by("lambda"), ManagedPolicyArns=[f"{AWS_POLICY}/{name}" for name in POLICY_NAMES])),
        template(R=trusted(by("lambda"), ManagedPolicyArns=[f"{AWS_POLICY}/{name}" for name in POLICY_NAMES[:10]])),
    ),
    "policy-with-principal": Case(
        template(P=made("AWS::IAM::ManagedPolicy", PolicyDocument=document(PUBLIC))),
        template(P=made("AWS::IAM::ManagedPolicy", PolicyDocument=READ)),
    ),
    "policy-without-resource": Case(
        template(P=made("AWS::IAM::ManagedPolicy", PolicyDocument=document(statement(Action="s3:GetObject")))),
        template(P=made("AWS::IAM::ManagedPolicy", PolicyDocument=READ)),
    ),
    "role-name-length": Case(
        template(R=trusted(by("lambda"), RoleName="r" * 65)), template(R=trusted(by("lambda"), RoleName="r" * 64))
    ),
    "role-name-alphabet": Case(
        template(R=trusted(by("lambda"), RoleName="a/b")), template(R=trusted(by("lambda"), RoleName="a+=,.@_-b"))
    ),
    "bucket-name-underscore": Case(bucket(BucketName="under_score"), bucket(BucketName="with-dash.and.dot")),
    "bucket-name-case": Case(bucket(BucketName="Upper"), bucket(BucketName="lower")),
    "bucket-name-length": Case(bucket(BucketName="b" * 64), bucket(BucketName="b" * 63)),
    "bucket-access-list": Case(
        bucket(AccessControl="LogDeliveryWrite"),
        bucket(
            AccessControl="LogDeliveryWrite", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
        ),
    ),
    "replication-without-versions": Case(replicated(VersioningConfiguration={"Status": "Suspended"}), replicated()),
    "bucket-policy-of-another": Case(
        bucket_policy(statement(Principal={"AWS": "222222222222"}, Action="s3:*", Resource="arn:aws:s3:::other/*")),
        bucket_policy(statement(Principal={"AWS": "222222222222"}, Action="s3:*", Resource="arn:aws:s3:::acme-b/*")),
    ),
    "public-bucket-policy": Case(
        bucket_policy(PUBLIC), bucket_policy(PUBLIC, PublicAccessBlockConfiguration=OPEN)
    ),
    "public-bucket-policy-with-condition": Case(
        bucket_policy(PUBLIC),
        bucket_policy({**PUBLIC, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}}),
    ),
    "bucket-policy-of-unknown-role": Case(
        bucket_policy({**PUBLIC, "Principal": {"AWS": "arn:aws:iam::222222222222:role/nope"}}),
        bucket_policy({**PUBLIC, "Principal": {"AWS": "arn:aws:iam::999999999999:role/nobody-knows"}}),
    ),
    "key-of-unknown-role": Case(
        template(K=key(ROOT_KEY, {**ROOT_KEY, "Principal": {"AWS": "arn:aws:iam::222222222222:role/nope"}})),
        template(K=key(ROOT_KEY, {**ROOT_KEY, "Principal": {"AWS": "arn:aws:iam::222222222222:role/there"}})),
        beside=template(R=LAMBDA_ROLE),
    ),
    "key-that-locks-out": Case(
        template(K=key({**ROOT_KEY, "Action": "kms:Decrypt"})),
        template(K=key({**ROOT_KEY, "Action": ["kms:Put*", "kms:Decrypt"]})),
    ),
    "log-retention": Case(
        template(L=made("AWS::Logs::LogGroup", RetentionInDays=8)),
        template(L=made("AWS::Logs::LogGroup", RetentionInDays=7)),
    ),
    "log-group-name": Case(
        template(L=made("AWS::Logs::LogGroup", LogGroupName="a b")),
        template(L=made("AWS::Logs::LogGroup", LogGroupName="/a.b-c_d#1")),
    ),
    "log-group-key": Case(encrypted(), encrypted(LOGS_KEY)),
    "function-role": Case(function(trusted(by("ec2"))), function()),
    "function-environment": Case(
        function(Environment={"Variables": {"AA": "x" * 4088}}), function(Environment={"Variables": {"AA": "x" * 4087}})
    ),
    "function-code": Case(
        {"Resources": {**bucket(BucketName="acme-code")["Resources"], **function(Code=CODE)["Resources"]}}, function()
    ),
    "function-runtime": Case(function(Runtime="nodejs14.x"), function(Runtime="nodejs22.x")),
    "queue-of-a-function": Case(polling("sqs:SendMessage"), polling("sqs:*")),
    "service-token": Case(
        template(C=made("Custom::Thing", ServiceToken="arn:aws:lambda:eu-west-1:222222222222:function:nope")),
        template(**function()["Resources"], C=made("Custom::Thing", ServiceToken={"Fn::GetAtt": ["F", "Arn"]})),
    ),
    "elastic-ips": Case(each(6, "AWS::EC2::EIP", Domain="vpc"), each(5, "AWS::EC2::EIP", Domain="vpc")),
    # the default VPC counts
    "vpcs": Case(each(5, "AWS::EC2::VPC", CidrBlock="10.0.0.0/16"), each(4, "AWS::EC2::VPC", CidrBlock="10.0.0.0/16")),
    "instance-type": Case(
        template(I=made("AWS::EC2::Instance", ImageId="ami-12345678", InstanceType="x9.nope")),
        template(I=made("AWS::EC2::Instance", ImageId="ami-12345678", InstanceType="t4g.micro")),
    ),
    "nat-without-internet": Case(
        nat(),
        nat(
            G=made("AWS::EC2::InternetGateway"),
            A=made("AWS::EC2::VPCGatewayAttachment", VpcId={"Ref": "V"}, InternetGatewayId={"Ref": "G"}),
        ),
    ),
    "balancer-in-one-zone": Case(balancer("a", "a"), balancer("a", "b")),
    "database-version": Case(database(EngineVersion="1.2"), database(EngineVersion="16.4")),
    "database-user": Case(database(MasterUsername="admin"), database(MasterUsername="postgres")),
    "database-password-length": Case(database(MasterUserPassword="short"), database(MasterUserPassword="longer-8")),
    "database-password-alphabet": Case(
        database(MasterUserPassword="with@sign"), database(MasterUserPassword="with-sign")
    ),
    "schedule-cron": Case(scheduled("cron(61 * * * *)"), scheduled("cron(0/15 8 ? * MON-FRI *)")),
    "schedule-rate": Case(scheduled("rate(1 hours)"), scheduled("rate(2 hours)")),
    "state-machine": Case(
        machine(StartAt="X", States={}), machine(StartAt="X", States={"X": {"Type": "Pass", "End": True}})
    ),
    "state-machine-target": Case(
        machine(StartAt="X", States={"X": {"Type": "Pass", "Next": "Y"}}),
        machine(StartAt="X", States={"X": {"Type": "Pass", "Next": "Y"}, "Y": {"Type": "Succeed"}}),
    ),
    "parameter-size": Case(parameter("x" * 4097), parameter("x" * 4097, Tier="Advanced")),
    "parameter-pattern": Case(parameter("b", AllowedPattern="^a$"), parameter("a", AllowedPattern="^a$")),
    "queue-name": Case(
        template(Q=made("AWS::SQS::Queue", QueueName="a.b")), template(Q=made("AWS::SQS::Queue", QueueName="a-b_c"))
    ),
    "fifo-queue-name": Case(
        template(Q=made("AWS::SQS::Queue", QueueName="a", FifoQueue=True)),
        template(Q=made("AWS::SQS::Queue", QueueName="a.fifo", FifoQueue=True)),
    ),
    "wait-without-signal": Case(waiting(), waiting(P=made("AWS::SSM::Parameter", Type="String", Value={"Ref": "H"}))),
    "unknown-reference": Case(
        template(P=named({"Ref": "Nope"})), template(H=HANDLE, P=named({"Ref": "H"}), Q=named({"Ref": "AWS::Region"}))
    ),
    "unknown-reference-in-text": Case(
        template(P=named({"Fn::Sub": "${Nope.Arn}"})), template(P=named({"Fn::Sub": ["${own}${!Nope}", {"own": "v"}]}))
    ),
    "unknown-dependency": Case(
        template(P={**HANDLE, "DependsOn": "Nope"}), template(H=HANDLE, P={**HANDLE, "DependsOn": ["H"]})
    ),
    "unknown-reference-in-outputs": Case(
        {**many(1), "Outputs": {"O": {"Value": {"Ref": "Nope"}}}},
        {**many(1), "Outputs": {"O": {"Value": {"Ref": "P0"}}}},
    ),
    "circle": Case(
        template(A={**HANDLE, "DependsOn": "B"}, B={**HANDLE, "DependsOn": "A"}),
        template(A={**HANDLE, "DependsOn": "B"}, B=HANDLE),
    ),
    "type-of-a-resource": Case(
        template(A=made("AWS::SQS::Queue")), template(A=HANDLE, B=made("AWS::SQS::Queue")), before=template(A=HANDLE)
    ),
    "parameter-allowed-value": Case(
        declared("c", AllowedValues=["a", "b"]), declared("a,b", Type="CommaDelimitedList", AllowedValues=["a", "b"])
    ),
    "parameter-allowed-pattern": Case(declared("B1", AllowedPattern="[a-z]+"), declared("b", AllowedPattern="[a-z]+")),
    "parameter-min-length": Case(declared("ab", MinLength=3), declared("abc", MinLength=3)),
    "parameter-max-length": Case(declared("abcd", MaxLength=3), declared("abc", MaxLength="3")),
    "parameter-min-value": Case(declared("1", Type="Number", MinValue=2), declared("2", Type="Number", MinValue=2)),
    "parameter-max-value": Case(declared("3", Type="Number", MaxValue=2), declared("2.0", Type="Number", MaxValue=2)),
    "parameter-number": Case(declared("x", Type="Number"), declared("1e3", Type="Number")),
    "parameter-described": Case(
        declared("B", AllowedPattern="[a-z]+", ConstraintDescription="must be small"),
        declared("b", AllowedPattern="[a-z]+", ConstraintDescription="must be small"),
    ),
    "parameter-bytes": Case(declared("x" * 4097), declared("x" * 4096)),
    "parameters-missing": Case(
        {**many(1), "Parameters": {"A": {"Type": "String"}, "B": {"Type": "String"}}},
        {**many(1), "Parameters": {"A": {"Type": "String", "Default": ""}}},
    ),
    "parameter-unknown": Case(many(1), declared("v", name="Other"), parameters={"Other": "v"}),
    "parameter-not-stored": Case(
        declared("/nope", Type="AWS::SSM::Parameter::Value<String>"),
        declared("/there", Type="AWS::SSM::Parameter::Value<String>"),
        beside=parameter("v", Name="/there"),
    ),
    "name-of-a-bucket": taken("AWS::S3::Bucket", BucketName="acme-taken"),
    "name-of-a-role": taken("AWS::IAM::Role", RoleName="taken", AssumeRolePolicyDocument=document(by("lambda"))),
    "name-of-a-log-group": taken("AWS::Logs::LogGroup", LogGroupName="/taken"),
    "name-of-a-parameter": taken("AWS::SSM::Parameter", Name="/taken", Type="String", Value="v"),
    "name-of-a-queue": taken("AWS::SQS::Queue", QueueName="taken"),
    "name-of-a-topic": taken("AWS::SNS::Topic", TopicName="taken"),
    "name-of-an-alarm": taken(
        "AWS::CloudWatch::Alarm",
        AlarmName="taken",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        MetricName="m",
        Namespace="n",
        Period=60,
        Statistic="Sum",
        Threshold=1,
    ),
    "name-of-a-rule": taken("AWS::Events::Rule", Name="taken", ScheduleExpression="rate(2 hours)"),
    "name-of-a-repository": taken("AWS::ECR::Repository", RepositoryName="taken"),
    "name-of-a-secret": taken("AWS::SecretsManager::Secret", Name="taken", SecretString="v"),
    "secure-parameter": Case(
        template(P=named("{{resolve:ssm-secure:/p}}")),
        template(U=made("AWS::IAM::User", LoginProfile={"Password": "{{resolve:ssm-secure:/p}}"})),
        beside=parameter("Passw0rd-of-many", Name="/p"),
    ),
    "rule": Case(ruled("prod", "small"), ruled("dev", "small")),
    # the bootstrap version of the CDK is such a parameter
    "rule-of-stored-parameters": Case(ruled("prod", "small"), stored_rule(), beside=parameter("5", Name="/version")),
}
