"""What must not grow with a template, its chains, or the accounts: counted, never timed."""

from __future__ import annotations

import json

import pytest
from moto.ec2.models import ec2_backends
from moto.kms import utils as kms
from moto.route53.models import route53_backends

from emulator.engine import gate, template
from emulator.engine.aws import client
from emulator.engine.deployment import Deployment, delete
from emulator.engine.graph import Graph
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends
from rehearsal import state

ACCOUNT, OTHER, REGION = "222222222222", "333333333333", "eu-west-1"
LINKS = 450


@pytest.fixture(autouse=True)
def emulator():
    with Emulator() as running:
        yield running


def api(service, account=ACCOUNT):
    return client(service, account, REGION)


def deployed(body: dict, name: str = "s"):
    backend = cloudformation_backends[ACCOUNT][REGION]
    stack = backend.find(name) or backend.new_stack(name)
    deployment = Deployment(stack, json.dumps(body), {})
    (deployment.update if stack.resources else deployment.create)()
    return stack


def parameter(value: object, **more) -> dict:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}, **more}


def chain(*, backwards: bool) -> dict:
    """Each by its value after the one before, or by DependsOn."""
    made = {"p0": parameter("v")}
    for index in range(1, LINKS):
        before = f"p{index - 1}"
        made[f"p{index}"] = (
            parameter({"Fn::Sub": f"${{{before}}}"}) if index % 2 else parameter("v", DependsOn=[before])
        )
    return {"Resources": dict(reversed(made.items())) if backwards else made}


@pytest.mark.parametrize("backwards", [False, True])
def test_a_long_chain_is_deployed_and_deleted(backwards):
    body = chain(backwards=backwards)
    stack = deployed(body)
    assert stack.status == "CREATE_COMPLETE"
    assert list(stack.resources) == [f"p{index}" for index in range(LINKS)]
    events = len(stack.events)
    assert deployed(body).status == "UPDATE_COMPLETE"
    # start, clean-up, end: no resource is touched
    assert len(stack.events) == events + 3
    delete(stack)
    assert stack.status == "DELETE_COMPLETE"
    gone = [event.logical_id for event in stack.events if event.status == "DELETE_COMPLETE"]
    assert gone[:-1] == [f"p{index}" for index in reversed(range(LINKS))]
    assert api("ssm").describe_parameters()["Parameters"] == []


def test_in_a_long_chain_of_one_type_nothing_is_parallel():
    graph = Graph(chain(backwards=True))
    assert {graph.parallel(name) for name in graph.needs} == {()}


@pytest.mark.parametrize("backwards", [False, True])
def test_a_long_chain_of_conditions(backwards):
    links = {"c0": {"Fn::Equals": ["a", "a"]}}
    links |= {f"c{index}": {"Fn::Not": [{"Condition": f"c{index - 1}"}]} for index in range(1, LINKS)}
    conditions = dict(reversed(links.items())) if backwards else links
    scope = template.Scope({"Conditions": conditions}, {}, {}, lambda *_: None, lambda _: None, print)
    assert (scope.condition(f"c{LINKS - 1}"), scope.condition(f"c{LINKS - 2}")) == (False, True)


def test_conditions_that_use_another_twice_are_read_once():
    both = {f"c{index}": {"Fn::And": [{"Condition": f"c{index - 1}"}] * 2} for index in range(1, LINKS)}
    scope = template.Scope({"Conditions": {"c0": {"Fn::Equals": ["a", "a"]}, **both}}, {}, {}, print, print, print)
    assert scope.condition(f"c{LINKS - 1}")


def test_a_circle_of_conditions_is_an_error():
    circle = {"a": {"Fn::Not": [{"Condition": "b"}]}, "b": {"Fn::Not": [{"Condition": "a"}]}}
    scope = template.Scope({"Conditions": circle}, {}, {}, print, print, print)
    with pytest.raises(template.ValidationError, match=r"Circular dependency between conditions: \[a, b\]"):
        scope.condition("a")


def test_a_template_is_read_once_and_each_resource_is_looked_at_once(monkeypatch):
    looked_at = []
    needs = Graph._needs
    monkeypatch.setattr(Graph, "_needs", lambda self, name, item: looked_at.append(name) or needs(self, name, item))
    body = json.dumps({"Resources": {f"p{index}": parameter("v") for index in range(20)}})
    read = template._parse.cache_info().misses
    made = api("cloudformation")
    made.get_template_summary(TemplateBody=body)
    made.create_change_set(StackName="s", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body)
    made.execute_change_set(StackName="s", ChangeSetName="c")
    assert made.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    assert template._parse.cache_info().misses == read + 1
    assert sorted(looked_at) == sorted(f"p{index}" for index in range(20))


def test_stacks_of_the_same_template_are_compared_on_their_own():
    body = {"Resources": {"q": {"Type": "AWS::SQS::Queue"}}}
    deployed(body, "first")
    deployed(body, "second")
    before = state.snapshot()
    deployed({"Resources": {"other": parameter("v")}}, "first")
    lines = state.changed_accounts(before, state.snapshot())[ACCOUNT]
    assert [line for line in lines if "stack/second" in line] == []


def test_clients_of_accounts_share_what_is_large():
    assert type(api("ec2")) is type(api("ec2", OTHER))
    assert api("ec2").meta is api("ec2", OTHER).meta
    api("sqs").create_queue(QueueName="jobs")
    assert f"/{ACCOUNT}/" in api("sqs").list_queues()["QueueUrls"][0]
    assert "QueueUrls" not in api("sqs", OTHER).list_queues()


def test_machine_images_come_when_somebody_asks_and_change_nothing():
    api("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    kept = vars(ec2_backends[ACCOUNT][REGION])
    before = state.snapshot()
    assert not kept["amis"] and not kept["snapshots"]
    assert len(api("ec2").describe_images(Owners=["amazon"])["Images"]) > 500
    assert kept["amis"] and kept["snapshots"]
    assert state.changed_accounts(before, state.snapshot()) == {}


def test_an_image_and_a_snapshot_of_the_account_are_seen():
    volume = api("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=1)["VolumeId"]
    before = state.snapshot()
    snapshot = api("ec2").create_snapshot(VolumeId=volume)["SnapshotId"]
    image = api("ec2").register_image(Name="mine")["ImageId"]
    lines = state.changed_accounts(before, state.snapshot())[ACCOUNT]
    assert f"ec2 {REGION}/snapshots/{snapshot}: added" in lines
    assert f"ec2 {REGION}/amis/{image}: added" in lines


def test_only_keys_that_sign_have_a_pair(monkeypatch):
    made = []
    pair = kms.RSAPrivateKey
    monkeypatch.setattr(kms, "RSAPrivateKey", lambda key_size: made.append(key_size) or pair(key_size))
    api("kms").create_key()
    assert made == []
    key = api("kms").create_key(KeySpec="RSA_3072", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    signed = api("kms").sign(KeyId=key, Message=b"m", SigningAlgorithm="RSASSA_PSS_SHA_256")["Signature"]
    assert made == [3072]
    answer = api("kms").verify(KeyId=key, Message=b"m", Signature=signed, SigningAlgorithm="RSASSA_PSS_SHA_256")
    assert answer["SignatureValid"]


def test_a_record_behind_the_first_page_of_a_zone_is_found():
    zone = api("route53").create_hosted_zone(Name="acme.example", CallerReference="c")["HostedZone"]["Id"]
    record = {"Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    changes = [
        {"Action": "CREATE", "ResourceRecordSet": {**record, "Name": f"a{index}.acme.example."}} for index in range(310)
    ]
    api("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    properties = {**record, "TTL": "60", "ResourceRecords": ["192.0.2.1"], "Name": "z.acme.example"}
    properties["HostedZoneId"] = zone.rsplit("/", 1)[-1]
    body = {"Resources": {"r": {"Type": "AWS::Route53::RecordSet", "Properties": properties}}}
    stack = deployed(body)
    assert stack.status == "CREATE_COMPLETE"
    # exists already
    assert deployed(body, "again").status == "ROLLBACK_COMPLETE"
    delete(stack)
    assert stack.status == "DELETE_COMPLETE"
    records = route53_backends[ACCOUNT]["aws"].get_hosted_zone(zone).rrsets
    assert [item.name for item in records if item.name.startswith("z")] == []


@pytest.mark.parametrize(("others", "waits"), [(0, 1), (3, 4)])
def test_a_creation_waits_as_long_as_others_ask(monkeypatch, others, waits):
    waited = []

    def wait(_):
        waited.append(None)
        if len(waited) <= others:
            gate.request()

    monkeypatch.setattr(gate._condition, "wait", wait)
    gate.wait(60)
    assert len(waited) == waits
