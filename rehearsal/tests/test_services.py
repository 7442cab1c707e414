"""What services are made of: created, changed and deleted again, and then nothing of it is left."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from service_templates import NETWORK, REGION, SERVICES, SUBNETS, att, of, ref, role

from emulator import services
from emulator.engine import resources as registry
from emulator.engine.aws import client
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends
from rehearsal import leftovers, state

ACCOUNT = "222222222222"


@pytest.fixture
def account():
    with Emulator():
        yield ACCOUNT


def api(service: str, region: str = REGION) -> Any:
    return client(service, ACCOUNT, region)


def deploy(resources: dict[str, Any], region: str = REGION, name: str = "s") -> Any:
    backend = cloudformation_backends[ACCOUNT][region]
    known = backend.find(name)
    call = api("cloudformation", region).update_stack if known else api("cloudformation", region).create_stack
    call(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
    stack = backend.get(name)
    assert stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), reasons(stack)
    recorded = [name for name, item in stack.resources.items() if type(item.resource).__name__ == "Recorded"]
    assert recorded == []
    return stack


def failing(resources: dict[str, Any]) -> str:
    with pytest.raises(AssertionError) as failure:
        deploy(resources)
    return str(failure.value)


def reasons(stack: Any) -> list[str]:
    return [f"{event.logical_id}: {event.reason}" for event in stack.events if event.status.endswith("_FAILED")]


def destroy(region: str = REGION, name: str = "s") -> Any:
    stack = cloudformation_backends[ACCOUNT][region].get(name)
    api("cloudformation", region).delete_stack(StackName=name)
    return stack


def test_a_type_is_in_the_service_of_its_name():
    folder = Path(services.__file__).parent
    registers = re.compile(r'(?:^    type = |^    |^keep\(|, )"(AWS::(\w+)::\w+)"(?=[,)\n])', re.M)
    found = {
        kind: (namespace.lower(), file.relative_to(folder).parts[0].removesuffix(".py"))
        for file in folder.rglob("*.py")
        for kind, namespace in registers.findall(file.read_text("utf-8"))
    }
    assert found.keys() == {kind for kind in registry._own if kind.startswith("AWS::")}
    assert {kind: names for kind, names in found.items() if names[0] != names[1]} == {}


def changed(resources: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {**item, "Properties": {**item["Properties"], **changes.get(name, {})}}
        for name, item in resources.items()
    }


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_comes_changes_and_goes(account, name):
    resources, changes = SERVICES[name]
    if name == "functions":
        api("s3").create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": REGION})
        api("s3").put_object(Bucket="code", Key="x.zip", Body=b"code")
    before = leftovers.baseline([ACCOUNT], [REGION])
    stack = deploy(resources)
    ids = {name: item.resource.physical_id for name, item in stack.resources.items()}
    deploy(changed(resources, changes))
    replaced = {name for name, item in stack.resources.items() if item.resource.physical_id != ids[name]}
    # a task definition has revisions; nothing else of this is replaced
    assert replaced <= {"task"}
    assert leftovers.of(ACCOUNT, before, state.snapshot()) != []
    destroy()
    assert stack.is_deleted, reasons(stack)
    assert leftovers.of(ACCOUNT, before, state.snapshot()) == []


def test_a_bucket_is_emptied_before_it_goes_and_its_functions_log_goes_too(account):
    before = leftovers.baseline([ACCOUNT], [REGION])
    api("s3").create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": REGION})
    api("s3").put_object(Bucket="code", Key="x.zip", Body=b"code")
    handler = of(
        "Lambda::Function",
        Code={"S3Bucket": "code", "S3Key": "x.zip"},
        Handler="index.handler",
        Runtime="nodejs22.x",
        Role=att("role", "Arn"),
        LoggingConfig={"LogGroup": ref("log")},
    )
    basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    executor = role("lambda")
    executor["Properties"]["ManagedPolicyArns"] = [basic]
    resources = {
        "log": of("Logs::LogGroup"),
        "role": executor,
        "handler": handler,
        "bucket": of(
            "S3::Bucket",
            VersioningConfiguration={"Status": "Enabled"},
            Tags=[{"Key": "aws-cdk:auto-delete-objects", "Value": "true"}],
        ),
        "empty": {
            "Type": "Custom::S3AutoDeleteObjects",
            "Properties": {"ServiceToken": att("handler", "Arn"), "BucketName": ref("bucket")},
        },
    }
    stack = deploy(resources)
    bucket = stack.resources["bucket"].resource.physical_id
    for body in (b"one", b"two"):
        api("s3").put_object(Bucket=bucket, Key="k", Body=body)
    api("s3").delete_object(Bucket=bucket, Key="k")
    destroy()
    assert stack.is_deleted, reasons(stack)
    api("s3").delete_object(Bucket="code", Key="x.zip")
    api("s3").delete_bucket(Bucket="code")
    assert leftovers.of(ACCOUNT, before, state.snapshot()) == []

    del handler["Properties"]["LoggingConfig"]
    api("s3").create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": REGION})
    api("s3").put_object(Bucket="code", Key="x.zip", Body=b"code")
    deploy(resources, name="forgetful")
    destroy(name="forgetful")
    (left,) = [line for line in leftovers.of(ACCOUNT, before, state.snapshot()) if line.startswith("logs")]
    assert "/aws/lambda/forgetful-handler" in left or "groups" in left


def test_what_is_protected_or_in_use_stays(account):
    resources = {
        **NETWORK,
        "subnets": of("RDS::DBSubnetGroup", DBSubnetGroupDescription="x", SubnetIds=SUBNETS),
        "db": of(
            "RDS::DBInstance",
            Engine="postgres",
            DBInstanceClass="db.t4g.micro",
            AllocatedStorage="20",
            MasterUsername="postgres",
            ManageMasterUserPassword=True,
            DBSubnetGroupName=ref("subnets"),
            DeletionProtection=True,
        ),
        "zone": of("Route53::HostedZone", Name="testing.acme.example."),
        "repository": of("ECR::Repository", RepositoryName="app"),
        "table": of(
            "DynamoDB::Table",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            DeletionProtectionEnabled=True,
        ),
        "balancer": of(
            "ElasticLoadBalancingV2::LoadBalancer",
            Scheme="internal",
            Subnets=SUBNETS,
            LoadBalancerAttributes=[{"Key": "deletion_protection.enabled", "Value": "true"}],
        ),
    }
    stack = deploy(resources)
    subnet = stack.resources["a"].resource.physical_id
    interface = api("ec2").create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    image = stack.resources["repository"].resource.physical_id
    kind = "application/vnd.oci.image.manifest.v1+json"
    manifest = json.dumps({"schemaVersion": 2, "mediaType": kind, "config": {"digest": "sha256:1"}, "layers": []})
    api("ecr").put_image(repositoryName=image, imageManifest=manifest, imageManifestMediaType=kind, imageTag="1")
    zone = stack.resources["zone"].resource.physical_id
    record = {
        "Name": "by.hand.testing.acme.example",
        "Type": "NS",
        "TTL": 60,
        "ResourceRecords": [{"Value": "ns.else"}],
    }
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    api("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change)
    destroy()
    assert stack.status == "DELETE_FAILED"
    assert set(stack.resources) == {"vpc", "a", "db", "subnets", "zone", "repository", "table", "balancer"} | (
        {"b"} if "b" in stack.resources else set()
    )
    api("ec2").delete_network_interface(NetworkInterfaceId=interface)


def test_a_database_leaves_a_snapshot_unless_the_template_says_otherwise(account):
    before = leftovers.baseline([ACCOUNT], [REGION])
    cluster = of("RDS::DBCluster", Engine="aurora-postgresql", MasterUsername="postgres", ManageMasterUserPassword=True)
    stack = deploy({"cluster": cluster})
    destroy()
    assert stack.is_deleted, reasons(stack)
    snapshots = api("rds").describe_db_cluster_snapshots()["DBClusterSnapshots"]
    assert [item["DBClusterSnapshotIdentifier"].startswith("s-snapshot-s-cluster-") for item in snapshots] == [True]
    assert api("secretsmanager").list_secrets()["SecretList"] == []
    left = leftovers.of(ACCOUNT, before, state.snapshot())
    assert left and all("snapshot" in line for line in left), left


ZONE = of("Route53::HostedZone", Name="testing.acme.example.")
CERTIFICATE = of(
    "CertificateManager::Certificate",
    DomainName="testing.acme.example",
    SubjectAlternativeNames=["*.testing.acme.example"],
    ValidationMethod="DNS",
    DomainValidationOptions=[
        {"DomainName": name, "HostedZoneId": ref("zone")} for name in ("testing.acme.example", "*.testing.acme.example")
    ],
)


def test_a_certificate_needs_a_name_that_can_be_found(account):
    root = client("route53", "111111111111", REGION)
    parent = root.create_hosted_zone(Name="acme.example", CallerReference="x")["HostedZone"]["Id"]
    assert "the validation would never end" in failing({"zone": ZONE, "certificate": CERTIFICATE})
    api("cloudformation").delete_stack(StackName="s")
    # CloudFormation has written the record, and does not take it back
    for zone in api("route53").list_hosted_zones()["HostedZones"]:
        wipe(zone["Id"])
        api("route53").delete_hosted_zone(Id=zone["Id"])

    stack = deploy({"zone": ZONE}, name="zone")
    record = {
        "Name": "testing.acme.example",
        "Type": "NS",
        "TTL": 300,
        "ResourceRecords": [{"Value": value} for value in stack.resources["zone"].resource.attribute("NameServers")],
    }
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    root.change_resource_record_sets(HostedZoneId=parent, ChangeBatch=change)
    deploy({"zone": ZONE, "certificate": CERTIFICATE}, name="zone")

    # a known fault of CloudFormation: aws-cloudformation/cloudformation-coverage-roadmap#837
    destroy(name="zone")
    assert stack.status == "DELETE_FAILED" and set(stack.resources) == {"zone"}
    assert "not SOA or NS" in reasons(stack)[-2]
    wipe(stack.resources["zone"].resource.physical_id)
    destroy(name="zone")
    assert stack.is_deleted


def wipe(zone: str) -> None:
    for record in api("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]:
        if record["Type"] not in ("NS", "SOA"):
            change = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]}
            api("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change)


def test_a_site_needs_a_certificate_of_us_east_1_that_covers_its_name(account):
    site = {
        "bucket": of("S3::Bucket"),
        "control": of(
            "CloudFront::OriginAccessControl",
            OriginAccessControlConfig={
                "Name": "site",
                "OriginAccessControlOriginType": "s3",
                "SigningBehavior": "always",
                "SigningProtocol": "sigv4",
            },
        ),
        "headers": of("CloudFront::ResponseHeadersPolicy", ResponseHeadersPolicyConfig={"Name": "site"}),
        "site": of(
            "CloudFront::Distribution",
            DistributionConfig={
                "Enabled": True,
                "Aliases": ["www.testing.acme.example"],
                "DefaultRootObject": "index.html",
                "HttpVersion": "http2and3",
                "IPV6Enabled": True,
                "Origins": [
                    {
                        "Id": "bucket",
                        "DomainName": att("bucket", "RegionalDomainName"),
                        "OriginAccessControlId": att("control", "Id"),
                        "S3OriginConfig": {"OriginAccessIdentity": ""},
                    }
                ],
                "DefaultCacheBehavior": {
                    "TargetOriginId": "bucket",
                    "ViewerProtocolPolicy": "redirect-to-https",
                    "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                    "ResponseHeadersPolicyId": ref("headers"),
                },
                "CustomErrorResponses": [{"ErrorCode": 403, "ResponseCode": 404, "ResponsePagePath": "/404.html"}],
                "ViewerCertificate": {"AcmCertificateArn": "", "SslSupportMethod": "sni-only"},
            },
        ),
    }
    viewer = site["site"]["Properties"]["DistributionConfig"]["ViewerCertificate"]
    stack = deploy({"zone": ZONE}, name="zone")
    zone = stack.resources["zone"].resource.physical_id
    certificate = json.loads(json.dumps(CERTIFICATE).replace('{"Ref": "zone"}', f'"{zone}"'))
    before = leftovers.baseline([ACCOUNT], [REGION, "us-east-1"])
    here, there = (deploy({"c": certificate}, region, "certificate") for region in (REGION, "us-east-1"))
    viewer["AcmCertificateArn"] = here.resources["c"].resource.physical_id
    assert "InvalidViewerCertificate" in failing(site)
    api("cloudformation").delete_stack(StackName="s")
    viewer["AcmCertificateArn"] = there.resources["c"].resource.physical_id
    made = deploy(site)
    deploy(changed(site, {"headers": {"ResponseHeadersPolicyConfig": {"Name": "site", "Comment": "new"}}}))
    alias = of(
        "Route53::RecordSet",
        HostedZoneId=zone,
        Name="www.testing.acme.example.",
        Type="A",
        AliasTarget={
            "DNSName": made.resources["site"].resource.attribute("DomainName"),
            "HostedZoneId": "Z2FDTNDATAQYW2",
        },
    )
    record = deploy({"alias": alias}, name="alias")
    for gone in (destroy(name="alias"), destroy(), destroy(name="certificate"), destroy("us-east-1", "certificate")):
        assert gone.is_deleted, reasons(gone)
    assert record.is_deleted
    assert all("CNAME" in line for line in leftovers.of(ACCOUNT, before, state.snapshot()))


def test_a_value_crosses_regions_and_is_held_by_whoever_reads_it(account):
    before = leftovers.baseline([ACCOUNT], [REGION, "us-east-1"])
    name = "/cdk/exports/reader/name"
    writer = {"region": REGION, "prefix": "writer", "exports": {name: ref("log")}}
    reader = {"region": REGION, "prefix": "reader", "imports": {name: f"{{{{resolve:ssm:{name}}}}}"}}

    def custom(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
        return {"Type": f"Custom::CrossRegionExport{kind}", "Properties": {"ServiceToken": "x", **properties}}

    there = {"log": of("Logs::LogGroup"), "writer": custom("Writer", {"WriterProps": writer})}
    here = {
        "reader": custom("Reader", {"ReaderProps": reader}),
        "copy": of("SSM::Parameter", Name="/copy", Type="String", Value=att("reader", name)),
    }
    written = deploy(there, "us-east-1")
    read = deploy(here)
    log = written.resources["log"].resource.physical_id
    assert api("ssm").get_parameter(Name="/copy")["Parameter"]["Value"] == log
    destroy("us-east-1")
    assert f"{name} is in use by stack(s) reader" in reasons(written)[0]
    for gone in (destroy(), destroy("us-east-1")):
        assert gone.is_deleted, reasons(gone)
    assert read.is_deleted
    assert leftovers.of(ACCOUNT, before, state.snapshot()) == []


FIRST = """
from emulator.engine.resources import Place, make
from emulator.engine.server import Emulator
with Emulator():
    topic = make(Place("222222222222", "eu-west-1", "s", "s", "topic", "AWS::SNS::Topic", "alarms"))
    topic.create({})
    print(topic.attribute("TopicName"))
"""


def test_the_first_attribute_that_moto_is_asked_for_is_true():
    where = Path(__file__).parents[1]
    asked = subprocess.run([sys.executable, "-B", "-c", FIRST], cwd=where, capture_output=True, text=True)
    assert asked.stdout == "alarms\n", asked.stderr


def queue_policy(queues: list[Any], action: str = "sqs:*", **more: Any) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": [{**deny(action), **more}]}
    return of("SQS::QueuePolicy", Queues=queues, PolicyDocument=document)


def deny(action: str) -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"}


def settings_of(queue: str) -> dict[str, str]:
    url = api("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
    return api("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def denied(*queues: str) -> list[str | None]:
    """The action that the policy of each queue denies."""
    policies = [settings_of(queue).get("Policy") for queue in queues]
    return [json.loads(text)["Statement"][0]["Action"] if text else None for text in policies]


def url_of(queue: str, account_id: str = ACCOUNT, region: str = REGION) -> str:
    return f"https://sqs.{region}.amazonaws.com/{account_id}/{queue}"


QUEUES = {"A": of("SQS::Queue", QueueName="a"), "B": of("SQS::Queue", QueueName="b")}


def test_a_queue_has_the_policy_of_its_stack_and_no_other(account):
    before = leftovers.baseline([ACCOUNT], [REGION])
    stack = deploy({**QUEUES, "Policy": queue_policy([ref("A"), ref("B")])})
    policy = stack.resources["Policy"].resource
    assert policy.attribute("Id") == policy.physical_id
    assert denied("a", "b") == ["sqs:*", "sqs:*"]
    deploy({**QUEUES, "Policy": queue_policy([ref("A")], "sqs:SendMessage")})
    assert denied("a", "b") == ["sqs:SendMessage", None]
    deploy(QUEUES)
    assert denied("a", "b") == [None, None]
    destroy()
    assert leftovers.of(ACCOUNT, before, state.snapshot()) == []


@pytest.mark.parametrize(
    ("queue", "told"),
    [
        (url_of("nowhere"), "The specified queue does not exist"),
        (url_of("b", "333333333333"), "Access to the resource https://sqs.eu-west-1.amazonaws.com/333333333333/b is"),
        (url_of("b", region="us-east-1"), "is not valid for this endpoint"),
        (att("B", "Arn"), f"The address arn:aws:sqs:{REGION}:{ACCOUNT}:b is not valid for this endpoint"),
    ],
)
def test_a_policy_of_a_queue_that_is_not_here_is_refused_and_taken_back(account, queue, told):
    client("sqs", "333333333333", REGION).create_queue(QueueName="b")
    api("sqs", "us-east-1").create_queue(QueueName="b")
    stack = deploy(QUEUES)
    assert told in failing({**QUEUES, "Policy": queue_policy([ref("A"), queue])})
    assert (stack.status, denied("a", "b")) == ("UPDATE_ROLLBACK_COMPLETE", [None, None])

    deploy({**QUEUES, "Policy": queue_policy([ref("A")])})
    assert told in failing({**QUEUES, "Policy": queue_policy([ref("A"), queue], "sqs:SendMessage")})
    assert (stack.status, denied("a", "b")) == ("UPDATE_ROLLBACK_COMPLETE", ["sqs:*", None])


@pytest.mark.parametrize(
    "wrong",
    [
        {"Version": "2012-10-18", "Statement": [deny("sqs:*")]},
        {"Version": "2012-10-17"},
        {"Version": "2012-10-17", "Statement": []},
        {"Version": "2012-10-17", "Statement": [{**deny("sqs:*"), "Effect": "Forbid"}]},
        {"Version": "2012-10-17", "Statement": [{**deny("sqs:*"), "NotPrincipal": "*"}]},
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*"}},
        "{",
    ],
)
def test_a_policy_of_a_queue_that_is_none_is_refused(account, wrong):
    deploy({**QUEUES, "Policy": queue_policy([ref("A")])})
    refused = of("SQS::QueuePolicy", Queues=[ref("A")], PolicyDocument=wrong)
    assert "Invalid value for the parameter Policy" in failing({**QUEUES, "Policy": refused})
    assert denied("a") == ["sqs:*"]


def test_a_queue_that_somebody_has_deleted_has_no_policy_to_take_back(account):
    stack = deploy(QUEUES)
    policy = deploy({"Policy": queue_policy([url_of("a"), url_of("b")])}, name="policy")
    destroy()
    assert stack.is_deleted
    destroy(name="policy")
    assert policy.is_deleted, reasons(policy)


def test_a_queue_is_what_its_template_says(account):
    queue = of("SQS::Queue", VisibilityTimeout=60, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    failed = of("SQS::Queue", FifoQueue=False)
    redrive = {"deadLetterTargetArn": att("failed", "Arn"), "maxReceiveCount": 3}
    jobs = changed({"jobs": queue}, {"jobs": {"RedrivePolicy": redrive}})["jobs"]
    stack = deploy({"failed": failed, "jobs": jobs, "policy": queue_policy([ref("jobs")])})
    made = stack.resources["jobs"].resource
    name = made.attribute("QueueName")
    assert name.startswith("s-jobs-")
    assert made.physical_id == made.attribute("QueueUrl") == url_of(name)
    assert made.attribute("Arn") == settings_of(name)["QueueArn"] == f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    dead = stack.resources["failed"].resource.attribute("Arn")
    assert json.loads(settings_of(name)["RedrivePolicy"]) == {"deadLetterTargetArn": dead, "maxReceiveCount": 3}

    later = of("SQS::Queue", MessageRetentionPeriod=86_400, Tags=[{"Key": "b", "Value": "3"}])
    deploy({"failed": failed, "jobs": later, "policy": queue_policy([ref("jobs")])})
    now = settings_of(name)
    assert (now["MessageRetentionPeriod"], now["VisibilityTimeout"]) == ("86400", "30")
    assert "RedrivePolicy" not in now
    assert api("sqs").list_queue_tags(QueueUrl=made.physical_id)["Tags"] == {"b": "3"}
    # another call has set the policy, and it stays
    assert denied(name) == ["sqs:*"]


def test_a_queue_without_a_name_gets_one_that_a_queue_may_have(account):
    long = "jobs" * 25
    names = [
        stack.resources[logical_id].resource.attribute("QueueName")
        for stack in [deploy({long: of("SQS::Queue", FifoQueue=False), "fifo": of("SQS::Queue", FifoQueue=True)})]
        for logical_id in (long, "fifo")
    ]
    assert [len(names[0]), names[0][:5], names[1].endswith(".fifo")] == [80, "s-job", True]
    assert "80 in length" in failing({long: of("SQS::Queue", FifoQueue=True)})


def test_a_queue_of_which_there_is_one_is_refused(account):
    deploy({"A": QUEUES["A"]})
    with pytest.raises(AssertionError, match="with identifier 'a' already exists"):
        deploy({"A": QUEUES["A"]}, name="another")
    assert settings_of("a")


@pytest.mark.parametrize("where", [("nowhere", ACCOUNT), ("b", "333333333333")])
def test_a_queue_whose_dead_letters_have_nowhere_to_go_is_refused(account, where):
    client("sqs", "333333333333", REGION).create_queue(QueueName="b")
    name, account_id = where
    dead = {"deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{account_id}:{name}", "maxReceiveCount": 3}
    assert "Could not find DLQ" in failing({"A": of("SQS::Queue", QueueName="a", RedrivePolicy=dead)})
    assert "QueueUrls" not in api("sqs").list_queues()
