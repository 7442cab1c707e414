"""What `check` says of names, domains and policies that AWS has already."""

from __future__ import annotations

import json
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from botocore.exceptions import ClientError
from checking import REGION, ROOT, known, organization

from check import dns as questions_of_dns
from check.actions import OF_MANAGEMENT, policy
from check.app import Org, template
from check.checks import domains, names, policies
from check.dns import NoAnswer, name_servers
from check.rows import Row, answered
from emulator.engine.aws import client
from emulator.engine.server import Emulator
from rehearsal.checked import Emulated

ELSEWHERE = "999999999999"
NOBODY = json.dumps({"Version": "2012-10-17", "Statement": []})
STAGES = json.dumps({"audit": {}, "prod": {}})


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def administrator(emulator: Emulator) -> Emulated:
    return Emulated(emulator, emulator.credentials(ROOT)["AWS_ACCESS_KEY_ID"], REGION)


def api(service: str, account: str = ROOT) -> Any:
    return client(service, account, REGION)


def found(module: Any, org: Org, aws: Emulated) -> dict[str, Row]:
    aws.asks_dns = True
    aws.who()
    return {row.subject: row for row in answered(module.questions(org, aws), aws)}


def told(module: Any, org: Org, aws: Emulated, subject: str) -> list[str]:
    row = found(module, org, aws)[subject]
    return [f"{row.verdict} {row.found}", *([row.advice] if row.advice else [])]


def deployed(name: str, resources: dict[str, Any], account: str = ROOT) -> None:
    api("cloudformation", account).create_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": resources}), Capabilities=["CAPABILITY_NAMED_IAM"]
    )


def role(name: str) -> dict[str, Any]:
    return {"Type": "AWS::IAM::Role", "Properties": {"RoleName": name, "AssumeRolePolicyDocument": json.loads(NOBODY)}}


def needs(org: Org, stage: str, kind: str, value: str) -> None:
    org.facts.append({"kind": "needs", "subject": stage, "name": f"name {kind}", "value": value, "source": "acme/other"})


def member(aws: Emulated, name: str) -> str:
    """An account of the organization, which is made for it, and led into."""
    organizations = api("organizations")
    organizations.create_organization(FeatureSet="ALL")
    made = organizations.create_account(AccountName=name, Email=f"aws+{name}@acme.example")["CreateAccountStatus"]
    account_id = organizations.describe_create_account_status(CreateAccountRequestId=made["Id"])["CreateAccountStatus"]["AccountId"]
    aws.lead(account_id, [f"arn:aws:iam::{account_id}:role/OrganizationAccountAccessRole"])
    return account_id


def calls(aws: Emulated, account_id: str) -> list[str]:
    return [action for account, _, action in aws.calls if account == account_id and action != "sts:GetCallerIdentity"]


# names


def test_nothing_is_taken_in_a_fresh_account(emulator, tmp_path):
    aws, org = administrator(emulator), organization(tmp_path, TRAIL="1", DOMAIN="acme.example")
    assert told(names, org, aws, "root: names") == ["✔ none of 11 names is taken"]
    # no call for types of which the app names nothing, and none about stacks
    assert sorted(set(calls(aws, ""))) == [
        "cloudtrail:DescribeTrails", "iam:ListRoles", "organizations:DescribeOrganization", "route53:ListHostedZonesByName",
        "ssm:GetParameters",
    ]
    assert told(names, org, aws, "prod: names") == ["✔ none of 10 names is taken; the account will be new"]


def test_who_has_each_name_of_each_type(emulator, tmp_path):
    aws, org = administrator(emulator), organization(tmp_path, TRAIL="1", DOMAIN="acme.example")
    iam, s3 = api("iam"), api("s3")
    iam.create_role(RoleName="ACME-root-admin", AssumeRolePolicyDocument=NOBODY)
    iam.create_user(UserName="ada")
    iam.create_group(GroupName="engineers")
    iam.create_policy(PolicyName="boundary", PolicyDocument=json.dumps(policy()))
    api("ssm").put_parameter(Name="/acme/root-id", Value="r-1234", Type="String")
    api("logs").create_log_group(logGroupName="/acme/log")
    s3.create_bucket(Bucket="trails", CreateBucketConfiguration={"LocationConstraint": REGION})
    api("s3", ELSEWHERE).create_bucket(Bucket="acme-media", CreateBucketConfiguration={"LocationConstraint": REGION})
    api("cloudtrail").create_trail(Name="acme-trail", S3BucketName="trails")
    api("route53").create_hosted_zone(Name="acme.example", CallerReference="1")
    deployed("others", {"Role": role("acme-root-read-only")})
    for kind, value in {
        "AWS::IAM::User": "ada", "AWS::IAM::Group": "engineers", "AWS::IAM::ManagedPolicy": "boundary",
        "AWS::Logs::LogGroup": "/acme/log", "AWS::S3::Bucket": "trails",
    }.items():
        needs(org, "root", kind, value)
    needs(org, "root", "AWS::S3::Bucket", "acme-media")
    needs(org, "root", "AWS::Logs::LogGroup", "/acme/log/free")
    (row,) = [row for subject, row in found(names, org, aws).items() if subject == "root: names"]
    assert (row.verdict, row.found.partition(": ")[0]) == ("✘", "11 of 18 names are taken")
    nobody = "(no stack in eu-west-1 has it)"
    assert sorted(row.found.partition(": ")[2].split(", ")) == [
        "bucket acme-media (AWS answers as for a bucket of another account)", f"bucket trails {nobody}", f"group engineers {nobody}",
        f"hosted zone acme.example {nobody}", f"log group /acme/log {nobody}", f"managed policy boundary {nobody}",
        f"parameter /acme/root-id {nobody}", f"role acme-root-admin {nobody}", "role acme-root-read-only (stack others has it)",
        f"trail acme-trail {nobody}", f"user ada {nobody}",
    ]
    assert row.advice == "give another name by its prop, bring what exists into the app by `cdk import`, or delete it"


def test_another_stack_has_it(emulator, tmp_path):
    deployed("others", {"Role": role("acme-root-admin")})
    assert told(names, organization(tmp_path), administrator(emulator), "root: names") == [
        "✘ 1 of 5 names is taken: role acme-root-admin (stack others has it)",
        "give another name by its prop, bring what exists into the app by `cdk import`, or delete it",
    ]


def test_what_the_apps_own_stack_has_is_fine(emulator, tmp_path):
    aws, org = administrator(emulator), organization(tmp_path)
    resources = {logical_id: role(properties["RoleName"]) for stack, logical_id, properties in org.resources("AWS::IAM::Role")
                 if stack.name == "acme-root-access"}
    deployed("acme-root-access", resources)
    assert told(names, org, aws, "root: names") == [
        "✔ none of 5 names is taken by others; 2 are of the app's own stacks"
    ]
    assert calls(aws, "").count("cloudformation:ListStackResources") == 1
    # whoever else tells that it is needed
    needs(org, "root", "AWS::IAM::Role", "acme-root-dns")
    deployed("acme-root-dns", {"Role": role("acme-root-dns")})
    org.stacks = [replace(stack, name="acme-root-dns") if stack.name == "acme-root-structure" else stack for stack in org.stacks]
    assert told(names, org, administrator(emulator), "root: names") == [
        "✔ none of 6 names is taken by others; 3 are of the app's own stacks"
    ]


def test_a_stack_that_is_there_has_not_all_that_the_app_wants_in_it(emulator, tmp_path):
    deployed("acme-root-access", {"Other": role("other")})
    api("iam").create_role(RoleName="acme-root-admin", AssumeRolePolicyDocument=NOBODY)
    assert told(names, organization(tmp_path), administrator(emulator), "root: names")[0] == (
        "✘ 1 of 5 names is taken: role acme-root-admin (no stack in eu-west-1 has it)"
    )


def test_a_member_that_exists(emulator, tmp_path):
    aws = administrator(emulator)
    prod = member(aws, "prod")
    org = organization(tmp_path, CONTEXT=known({"aws+prod@acme.example": prod}))
    staging = f"cdk-hnb659fds-assets-{prod}-{REGION}"
    assert told(names, org, aws, "prod: names") == ["✔ none of 9 names is taken"]

    again = administrator(emulator)
    again.lead(prod, [f"arn:aws:iam::{prod}:role/OrganizationAccountAccessRole"])
    api("s3", ELSEWHERE).create_bucket(Bucket=staging, CreateBucketConfiguration={"LocationConstraint": REGION})
    assert told(names, org, again, "prod: names") == [
        f"✘ 1 of 9 names is taken: bucket {staging} (AWS answers as for a bucket of another account)", "give another name by its prop",
    ]
    assert sorted(calls(again, prod)) == [
        "cloudformation:ListStacks", "iam:ListRoles", "s3:HeadBucket", "s3:ListAllMyBuckets", "ssm:GetParameters",
    ]


def test_a_member_in_which_all_is_deployed(emulator, tmp_path):
    aws = administrator(emulator)
    prod = member(aws, "prod")
    org = organization(tmp_path, DOMAIN="acme.example", CONTEXT=known({"aws+prod@acme.example": prod}))
    (stage,) = [stage for stage in org.stages if stage.name == "prod"]
    wanted, _ = names._wanted(org, stage, prod)
    for stack in dict.fromkeys(name.stack for name in wanted):
        resources = {}
        for name in [name for name in wanted if name.stack == stack]:
            _, key = names._TYPES[name.type]
            more = {"Type": "String", "Value": "1"} if key == "Name" and "Parameter" in name.type else {}
            made = role(name.value)["Properties"] if key == "RoleName" else {key: name.value, **more}
            resources[name.logical_id] = {"Type": name.type, "Properties": made}
        deployed(stack, resources, prod)
    assert told(names, org, aws, "prod: names") == [
        "✔ none of 10 names is taken by others; 10 are of the app's own stacks"
    ]
    assert len(calls(aws, prod)) == 8


def test_a_member_that_cannot_be_read(emulator, tmp_path):
    aws = administrator(emulator)
    prod = member(aws, "prod")
    aws.lead(prod, [])
    row = found(names, organization(tmp_path), aws)["prod: names"]
    assert (row.verdict, row.found) == (
        "?", f"account {prod} cannot be read: the app names no role in it that could be assumed to look",
    )


def test_the_bucket_of_an_account_that_does_not_exist_yet(emulator, tmp_path):
    aws, org = administrator(emulator), organization(tmp_path)
    api("s3", ELSEWHERE).create_bucket(Bucket="acme-media", CreateBucketConfiguration={"LocationConstraint": REGION})
    needs(org, "prod", "AWS::S3::Bucket", "acme-media")
    needs(org, "prod", "AWS::IAM::Role", "acme")
    assert told(names, org, aws, "prod: names") == [
        "✘ 1 of 11 names is taken: bucket acme-media (AWS answers as for a bucket of another account); the account will be new",
        "give another name by its prop",
    ]
    assert calls(aws, "").count("s3:HeadBucket") == 1


def test_names_that_are_known_only_later(emulator, tmp_path):
    org = organization(tmp_path)
    (stack,) = [stack for stack in org.stacks if stack.name == "acme-root-access"]
    content = template(stack)
    content["Resources"]["later"] = role({"Fn::GetAtt": ["admin430D0ED3", "RoleId"]})  # type: ignore[arg-type]
    content["Resources"]["secret"] = role("{{resolve:ssm:/acme/name}}")
    content["Resources"]["named"] = role({"Fn::Sub": "${Prefix}-${AWS::Region}"})  # type: ignore[arg-type]
    content["Parameters"]["Prefix"] = {"Type": "String", "Default": "acme"}
    api("iam").create_role(RoleName="acme-eu-west-1", AssumeRolePolicyDocument=NOBODY)
    assert told(names, org, administrator(emulator), "root: names")[0] == (
        "✘ 1 of 6 names is taken: role acme-eu-west-1 (no stack in eu-west-1 has it); "
        "2 more names are known only when they are deployed"
    )


def test_conditions_by_the_defaults_of_parameters(emulator, tmp_path):
    org = organization(tmp_path)
    (stack,) = [stack for stack in org.stacks if stack.name == "acme-root-access"]
    content = template(stack)
    content["Parameters"]["Size"] = {"Type": "String", "Default": "small"}
    small, unset = {"Fn::Equals": [{"Ref": "Size"}, "small"]}, {"Fn::Equals": [{"Ref": "BootstrapVersion"}, "6"]}
    here = {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}
    content["Conditions"] = {
        "yes": small, "no": {"Fn::Not": [small]}, "both": {"Fn::And": [{"Condition": "yes"}, {"Condition": "no"}]},
        "one": {"Fn::Or": [{"Condition": "yes"}, unset]}, "unset": unset, "never": {"Fn::And": [unset, {"Condition": "no"}]},
        "none": {"Fn::Or": [{"Condition": "no"}, {"Condition": "both"}]}, "here": here, "open": {"Fn::Not": [unset]},
    }
    iam = api("iam")
    for condition in content["Conditions"]:
        content["Resources"][condition] = {**role(condition), "Condition": condition}
        iam.create_role(RoleName=condition, AssumeRolePolicyDocument=NOBODY)
    found_ = told(names, org, administrator(emulator), "root: names")[0].partition(": ")[2]
    # what nobody knows is asked
    assert [text.partition(" (")[0] for text in found_.split(", ")] == [f"role {name}" for name in ("yes", "one", "unset", "here", "open")]


def test_many_names_take_few_calls_until_one_is_taken(emulator, tmp_path):
    aws, org = administrator(emulator), organization(tmp_path)
    for number in range(120):
        needs(org, "root", "AWS::SSM::Parameter", f"/other/{number}")
        needs(org, "root", "AWS::IAM::Role", f"other-{number}")
    api("ssm").put_parameter(Name="/other/119", Value="1", Type="String")
    for number in range(3):
        api("iam").create_role(RoleName=f"other-{number}", AssumeRolePolicyDocument=NOBODY)
    row = found(names, org, aws)["root: names"]
    taken = ["parameter /other/119", *(f"role other-{number}" for number in range(3))]
    holders = ", ".join(f"{name} (no stack in eu-west-1 has it)" for name in taken)
    assert row.found == f"4 of 245 names are taken: {holders}"
    # and one for each of the four
    assert len([action for action in calls(aws, "") if not action.startswith("organizations:")]) == 5 + 4


def test_a_right_that_is_missing_is_named(emulator, tmp_path):
    iam = api("iam")
    iam.create_user(UserName="checker")
    key = iam.create_access_key(UserName="checker")["AccessKey"]["AccessKeyId"]
    org = organization(tmp_path, TRAIL="1", DOMAIN="acme.example")
    for kind in ("IAM::User", "IAM::Group", "IAM::ManagedPolicy", "Logs::LogGroup"):
        needs(org, "root", f"AWS::{kind}", "free")
    needs(org, "root", "AWS::S3::Bucket", "trails")
    api("s3").create_bucket(Bucket="trails", CreateBucketConfiguration={"LocationConstraint": REGION})

    def row(missing: str) -> Row:
        rights = policy(tuple(action for action in OF_MANAGEMENT if action != missing))
        iam.put_user_policy(UserName="checker", PolicyName="check", PolicyDocument=json.dumps(rights))
        return found(names, org, Emulated(emulator, key, REGION))["root: names"]

    whole = row("")
    assert whole.actions == [
        "cloudformation:DescribeStackResources", "cloudformation:ListStacks", "cloudtrail:DescribeTrails", "iam:ListGroups",
        "iam:ListPolicies", "iam:ListRoles", "iam:ListUsers", "logs:DescribeLogGroups", "route53:ListHostedZonesByName",
        "s3:ListAllMyBuckets", "ssm:GetParameters",
    ]
    assert whole.verdict == "✘"
    for missing in OF_MANAGEMENT:
        less = row(missing)
        if missing in whole.actions:
            assert (less.verdict, less.found.partition(": ")[0]) == ("?", f"{missing} is not allowed")
            assert less.advice == f"allow {missing}: `check --policy` prints all that is needed"
        else:
            assert less == whole


def test_all_may_ask_whether_a_bucket_is_there(emulator, tmp_path):
    """And the emulator tells who has no rights at all, as AWS does."""
    api("s3", ELSEWHERE).create_bucket(Bucket="acme-media", CreateBucketConfiguration={"LocationConstraint": REGION})
    api("iam").create_user(UserName="nobody")
    key = api("iam").create_access_key(UserName="nobody")["AccessKey"]["AccessKeyId"]
    aws = Emulated(emulator, key, REGION)
    s3 = aws.make(aws.caller, "s3", REGION)
    codes = {}
    for name in ("acme-media", "free"):
        with pytest.raises(ClientError) as refused:
            s3.head_bucket(Bucket=name)
        codes[name] = refused.value.response["Error"]["Code"]
    assert codes == {"acme-media": "403", "free": "404"}


# domains


@contextmanager
def resolver(monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[str] | str], *, cut: bool = False) -> Iterator[list[str]]:
    """Answers with these name servers, or this code; `cut`: by UDP, only that there is more. Gives how it was asked."""
    asked: list[str] = []

    def reply(data: bytes, how: str) -> bytes:
        query = dns.message.from_wire(data)
        name = query.question[0].name.to_text(omit_final_dot=True)
        asked.append(f"{how} {dns.rdatatype.to_text(query.question[0].rdtype)} {name}")
        response = dns.message.make_response(query)
        answer = answers.get(name, "NXDOMAIN")
        if cut and how == "udp":
            response.flags |= dns.flags.TC
        elif isinstance(answer, str):
            response.set_rcode(dns.rcode.from_text(answer))
        elif answer:
            response.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "NS", *answer))
        return response.to_wire()

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request[1].sendto(reply(self.request[0], "udp"), self.client_address)

    class Tcp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            (size,) = struct.unpack("!H", self.rfile.read(2))
            answer = reply(self.rfile.read(size), "tcp")
            self.wfile.write(struct.pack("!H", len(answer)) + answer)

    with socketserver.UDPServer(("127.0.0.1", 0), Udp) as udp, socketserver.TCPServer(udp.server_address, Tcp) as tcp:
        threads = [threading.Thread(target=server.serve_forever, args=(0.01,)) for server in (udp, tcp)]
        for thread in threads:
            thread.start()
        monkeypatch.setenv("CHECK_RESOLVER", "{}:{}".format(*udp.server_address))
        yield asked
        for server in (udp, tcp):
            server.shutdown()
        for thread in threads:
            thread.join()


REGISTRAR = ["ns2.registrar.example.", "NS1.registrar.example."]


@pytest.fixture
def acme(emulator, tmp_path, monkeypatch):
    """The rows of its domain, as DNS answers."""
    org = organization(tmp_path, DOMAIN="acme.example")

    def told_of(answer: list[str] | str, **options: bool) -> list[str]:
        with resolver(monkeypatch, {"acme.example": answer}, **options):
            return told(domains, org, administrator(emulator), "acme.example: delegation")

    return told_of


def zone(name: str = "acme.example", **more: Any) -> list[str]:
    """The name servers of a new hosted zone of root."""
    made = api("route53").create_hosted_zone(Name=name, CallerReference=str(len(more)), **more)
    return sorted(made.get("DelegationSet", {}).get("NameServers", []))


def test_before_there_is_a_zone(acme):
    assert acme(REGISTRAR) == [
        "✔ NS today: ns1.registrar.example, ns2.registrar.example; "
        "after the deployment of the stack `dns` of root, set its own at your registrar"
    ]
    advice = "register it, if it is nobody's; when the stack `dns` of root is deployed, enter its name servers at the registrar"
    assert acme("NXDOMAIN") == ["? DNS does not know it yet", advice]
    assert acme([]) == ["? nobody serves it yet", advice]


def test_a_zone_that_dns_asks_or_does_not(acme):
    # one of networks is no other one
    zone(VPC={"VPCRegion": REGION, "VPCId": "vpc-1"}, HostedZoneConfig={"PrivateZone": True, "Comment": ""})
    zone("other.example")
    servers = zone()
    text = ", ".join(servers)
    assert acme([f"{server.upper()}." for server in servers]) == [f"✔ DNS asks the name servers of root's zone: {text}"]
    enter = f"enter these name servers at your registrar: {text}"
    assert acme(REGISTRAR) == [
        "✘ NS today: ns1.registrar.example, ns2.registrar.example, and not those of root's zone", enter
    ]
    assert acme([f"{server}." for server in servers[1:]]) == [f"✘ NS today: {', '.join(servers[1:])}, and not those of root's zone", enter]
    assert acme("NXDOMAIN") == ["✘ DNS knows no such name (NXDOMAIN), and root has a zone for it", enter]
    assert acme([]) == ["✘ DNS has no name servers for it, and root has a zone for it", enter]
    assert acme("SERVFAIL") == [
        "? the DNS resolver answers SERVFAIL for acme.example", f"compare what your registrar has with {text}"
    ]


def test_a_rehearsal_asks_no_dns(emulator, tmp_path):
    org = organization(tmp_path, DOMAIN="acme.example")
    assert list(domains.questions(org, administrator(emulator))) == []


def test_two_zones_of_one_name(acme):
    zone()
    zone(HostedZoneConfig={"Comment": "another"})
    ids = sorted(item["Id"].rpartition("/")[2] for item in api("route53").list_hosted_zones()["HostedZones"])
    assert acme(REGISTRAR) == [
        f"✘ 2 public hosted zones of root are called acme.example: {', '.join(ids)}",
        "name the right one by `hostedZoneId`, or delete the others in the console of Route 53",
    ]


def test_dns_that_does_not_answer(emulator, tmp_path, monkeypatch):
    # nobody listens there
    monkeypatch.setenv("CHECK_RESOLVER", "127.0.0.1:9")
    org = organization(tmp_path, DOMAIN="acme.example")
    assert told(domains, org, administrator(emulator), "acme.example: delegation") == [
        "? no DNS resolver answers at 127.0.0.1", "look where DNS can be asked"
    ]


def test_what_is_too_long_for_udp_is_asked_by_tcp(monkeypatch):
    with resolver(monkeypatch, {"acme.example": REGISTRAR}, cut=True) as asked:
        assert name_servers("acme.example") == ["ns1.registrar.example", "ns2.registrar.example"]
    assert asked == ["udp NS acme.example", "tcp NS acme.example"]


@pytest.mark.parametrize("garbage", [
    b"", b"\0" * 12, b"{head}", b"{head}\xc0\x1e", b"{head}\x3f", b"{head}\xc0\x0c\0\2\0\1\0\0\0\0\0\2\xc0\xff",
])
def test_an_answer_that_is_none(monkeypatch, garbage):
    """Such as a name that refers to itself; none of them is waited for, nor followed for ever."""

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, connection = self.request
            head = data[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0) + data[12:]
            connection.sendto(garbage.replace(b"{head}", head), self.client_address)

    with socketserver.UDPServer(("127.0.0.1", 0), Udp) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("CHECK_RESOLVER", "{}:{}".format(*server.server_address))
        with pytest.raises(NoAnswer, match="the DNS resolver answers (something else|nothing that can be read)"):
            name_servers("acme.example")
        server.shutdown()
        thread.join()


# policies

ACCESS = "trusted access: cloudtrail.amazonaws.com"
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]}


def kept(policies_: int) -> list[str]:
    """An organization with so many service control policies at its root, and the IDs of organization and root."""
    organizations = api("organizations")
    made = organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    (root,) = organizations.list_roots()["Roots"]
    organizations.enable_policy_type(RootId=root["Id"], PolicyType="SERVICE_CONTROL_POLICY")
    for number in range(policies_):
        policy_ = organizations.create_policy(
            Name=f"own-{number}", Description="", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(DENY)
        )
        organizations.attach_policy(PolicyId=policy_["Policy"]["PolicySummary"]["Id"], TargetId=root["Id"])
    return [made, root["Id"]]


def adopting(folder: Path, made: list[str]) -> Org:
    return organization(folder, TRAIL="1", ORGANIZATION=json.dumps(dict(zip(("organizationId", "organizationRootId"), made))))


def edited(org: Org, kind: str, change: Any) -> None:
    """Each resource of this type, as `change` makes it."""
    for stack in org.stacks:
        for resource in template(stack)["Resources"].values():
            if resource["Type"] == kind:
                change(resource)


def test_policies_before_there_is_an_organization(emulator, tmp_path):
    org, aws = organization(tmp_path, TRAIL="1"), administrator(emulator)
    assert {subject: f"{row.verdict} {row.found}" for subject, row in found(policies, org, aws).items()} == {
        "service control policy: type": "✔ there is no organization yet, and the app's will have it",
        "service control policy: number": "✔ at most 3 of 10 on any target: 2 of the app, and 1 other",
        "service control policy: size": "✔ the longest, acme-audit-seal, has 1,885 of 10,240 characters",
        ACCESS: "✔ is not enabled yet, the app enables it for a trail of the organization",
    }


def test_an_app_without_policies_asks_nothing(emulator, tmp_path):
    aws, org = administrator(emulator), organization(tmp_path)
    edited(org, "AWS::Organizations::Policy", lambda resource: resource.update(Type="AWS::SNS::Topic"))
    assert found(policies, org, aws) == {}
    assert calls(aws, "") == []


def test_policies_of_an_organization_that_exists(emulator, tmp_path):
    org, aws = adopting(tmp_path, kept(6)), administrator(emulator)
    number = "service control policy: number"
    assert told(policies, org, aws, number) == ["✔ at most 10 of 10 on any target: 3 of the app, and 7 others"]
    assert calls(aws, "").count("organizations:ListPoliciesForTarget") == 0


def test_no_room_for_a_policy(emulator, tmp_path):
    made = kept(7)
    org, organizations, number = adopting(tmp_path, made), api("organizations"), "service control policy: number"
    # they are at the root, and the app's are not
    room = ["✔ each target that exists has room for those of the app: AWS takes 10"]
    assert told(policies, org, administrator(emulator), number) == room
    status = organizations.create_account(AccountName="audit", Email="aws+audit@acme.example")["CreateAccountStatus"]["Id"]
    audit = organizations.describe_create_account_status(CreateAccountRequestId=status)["CreateAccountStatus"]["AccountId"]
    assert told(policies, org, administrator(emulator), number) == room
    for policy_ in organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]:
        if policy_["Name"] != "FullAWSAccess":
            organizations.attach_policy(PolicyId=policy_["Id"], TargetId=audit)
    own = ", ".join(["FullAWSAccess", *(f"own-{number}" for number in range(7))])
    full = [
        f"✘ {audit} has 8 ({own}), and the app attaches 3: AWS takes 10",
        "merge policies, or detach some: AWS raises this quota for nobody",
    ]
    assert told(policies, org, administrator(emulator), number) == full
    # where only a parameter says which account it is
    edited(org, "AWS::Organizations::Account", lambda resource: resource["Properties"].update(Email="other@acme.example"))
    assert told(policies, org, administrator(emulator), number) == room
    (name,) = [p["Name"] for _, _, p in org.resources("AWS::SSM::Parameter") if "account/audit" in str(p["Name"])]
    api("ssm").put_parameter(Name=name, Value=audit, Type="String")
    assert told(policies, org, administrator(emulator), number) == full


def test_no_room_at_the_root(emulator, tmp_path):
    made = kept(9)
    org = organization(tmp_path, TRAIL="1")
    own = ", ".join(["FullAWSAccess", *(f"own-{number}" for number in range(9))])
    assert told(policies, org, administrator(emulator), "service control policy: number")[0] == (
        f"✘ {made[1]} has 10 ({own}), and the app attaches 1: AWS takes 10"
    )


def test_the_apps_own_policies_count_once(emulator, tmp_path):
    org = adopting(tmp_path, kept(6))
    stacks = list(org.resources("AWS::Organizations::Policy"))
    assert len(stacks) == 3
    for stack, logical_id, properties in stacks[:2]:
        deployed(stack.name, {logical_id: {"Type": "AWS::Organizations::Policy", "Properties": {**properties, "TargetIds": []}}})
    assert told(policies, org, administrator(emulator), "service control policy: number") == [
        "✔ at most 10 of 10 on any target: 3 of the app, and 7 others"
    ]


def test_a_policy_type(emulator, tmp_path):
    made = kept(0)
    org, subject = adopting(tmp_path, made), "service control policy: type"
    api("organizations").disable_policy_type(RootId=made[1], PolicyType="SERVICE_CONTROL_POLICY")
    assert told(policies, org, administrator(emulator), subject) == ["✔ is not enabled yet, the app enables it"]
    api("organizations").enable_policy_type(RootId=made[1], PolicyType="SERVICE_CONTROL_POLICY")
    assert told(policies, org, administrator(emulator), subject) == ["✔ is enabled"]


def test_a_policy_type_that_nobody_enables(emulator, tmp_path):
    org = adopting(tmp_path, kept(0))
    edited(org, "AWS::Organizations::Policy", lambda resource: resource["Properties"].update(Type="BACKUP_POLICY"))
    assert told(policies, org, administrator(emulator), "backup policy: type") == [
        "✘ BACKUP_POLICY is not enabled, and the app attaches policies of it",
        "enable it: AWS Organizations, Policies, or `enablePolicyType('BACKUP_POLICY')`",
    ]


def test_a_policy_that_is_too_long(emulator, tmp_path):
    org, subject = organization(tmp_path, TRAIL="1"), "service control policy: size"

    def longer(resource: dict[str, Any]) -> None:
        if resource["Properties"]["Name"] == "acme-members-stay":
            resource["Properties"]["Content"]["Statement"][0]["Sid"] = "x" * 10_240
        if resource["Properties"]["Name"] == "acme-audit-seal":
            resource["Properties"]["Content"] = {"Ref": "AWS::NoValue"}

    edited(org, "AWS::Organizations::Policy", longer)
    assert told(policies, org, administrator(emulator), subject) == [
        "✘ acme-members-stay has 10,420 characters: AWS takes 10,240; 1 of them is complete only when deployed",
        "make two of one, or shorten it: each target has room for some",
    ]


def test_trusted_access(emulator, tmp_path):
    org = adopting(tmp_path, kept(0))
    edited(org, "Custom::AWS", lambda resource: resource.update(Type="Custom::Other"))
    edited(org, "AWS::SSM::Parameter", lambda resource: resource.update(
        Type="AWS::CloudFormation::StackSet", Properties={"PermissionModel": "SERVICE_MANAGED"}
    ))
    rows = {subject: row for subject, row in found(policies, org, administrator(emulator)).items() if "access" in subject}
    assert {subject: (f"{row.verdict} {row.found}", row.advice) for subject, row in rows.items()} == {
        ACCESS: (
            "✘ is not enabled, and the app has a trail of the organization",
            "enable it in the console of the service, or by `enableServiceAccess`",
        ),
        "trusted access: member.org.stacksets.cloudformation.amazonaws.com": (
            "✘ is not enabled, and the app has stack sets that AWS deploys to its accounts",
            "enable it in the console of the service, or by `enableServiceAccess`",
        ),
    }
    api("organizations").enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
    assert told(policies, org, administrator(emulator), ACCESS) == ["✔ is enabled, for a trail of the organization"]


@pytest.mark.parametrize("answer", [
    # a name that goes on at itself, at its own beginning, and with a length that there is not
    (b"\xc0\x00", 0), (b"\x03abc\xc0\x00", 4), (b"\x03abc\xc0\x00", 0), (b"\x40" + b"a" * 64, 0),
])  # fmt: skip
def test_a_resolver_that_would_have_us_read_for_ever(answer):
    with pytest.raises(IndexError):
        questions_of_dns._name(*answer)


def test_a_name_that_dns_cannot_have():
    with pytest.raises(questions_of_dns.NoAnswer, match="DNS can have no name"):
        questions_of_dns.name_servers("acme..example")
