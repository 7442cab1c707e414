"""What exists before the first command: given by a world, remembered by the app, found by its lookups."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import HERE

from emulator.engine import quotas
from emulator.engine.aws import client
from emulator.engine.deployment import Deployment
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends
from emulator.services.sso import portal
from emulator.services.sso.backend import enable
from rehearsal import app as apps
from rehearsal import caller, existing, world
from rehearsal.existing import file
from rehearsal.failure import Failure
from rehearsal.play import Options, Play, Stopped
from rehearsal.processes import Processes
from rehearsal.report import Printer
from tests.test_known_faults import EXISTING, acme  # noqa: F401 (a fixture)

APP = HERE / "apps" / "existing"
ROOT, PROD, REGION = "111111111111", "222222222222", "eu-west-1"
WORLD = json.loads((APP / "world.json").read_text("utf-8"))


@pytest.fixture
def emulator():
    with Emulator() as running:
        yield running


def api(service: str, account: str = ROOT) -> Any:
    return client(service, account, REGION)


def stack_of(account: str, name: str) -> Any:
    return cloudformation_backends[account][REGION].find(name)


def test_lookups_of_the_cli_find_what_exists(drive):
    """Also in an account that is bootstrapped later than the first command asks."""
    driver = drive(APP, world=APP / "world.json", parameters=["root-organization:who=me"], context=["greeting=hi"])
    deploy = driver.play._deploy
    first = driver.bootstrapped().cdk(*deploy("acme/root/organization"))
    assert first.code == 0, driver.text(first)
    everything = driver.bootstrapped(PROD).cdk(*deploy("**"))
    assert everything.code == 0, driver.text(everything)
    stack = stack_of(ROOT, "root-organization")
    outputs = {
        output["OutputKey"]: output["OutputValue"]
        for output in api("cloudformation").describe_stacks(StackName=stack.id)["Stacks"][0]["Outputs"]
    }
    assert outputs == {
        "public": "subnet-0123456789abcde01,subnet-0123456789abcde02",
        "private": "subnet-0123456789abcde03",
        "isolated": "subnet-0123456789abcde04",
        "gateway": "vgw-0123456789abcdef0",
        "image": "ami-0123456789abcdef0",
        "key": "01234567-89ab-cdef-0123-456789abcdef",
        "greeting": "hello",
        "database": "orders.0123456789ab.eu-west-1.rds.amazonaws.com",
        "context": "hi",
        "parameter": "me",
    }
    records = api("route53", PROD).list_resource_record_sets(HostedZoneId="Z0123456789KLMNOPQRST")["ResourceRecordSets"]
    assert "TXT" in [record["Type"] for record in records]


def test_a_world_is_made(emulator):
    existing.Past.of(APP / "world.json")
    (tree,) = [organization["root"] for organization in WORLD["organizations"]]
    made = world.tree(ROOT)
    assert made is not None and (made["id"], made["root"]["id"]) == ("o-abcdefghij", tree["id"])
    assert [(unit["id"], unit["accounts"]) for unit in made["root"]["units"]] == [
        ("ou-ab12-abcdefgh", [{"status": "ACTIVE", **account} for account in tree["units"][0]["accounts"]])
    ]
    assert [unit["name"] for unit in made["root"]["units"][0]["units"]] == ["experiments"]
    listed = api("cloudcontrol").list_resources(TypeName="AWS::Organizations::Account")["ResourceDescriptions"]
    assert [account["Identifier"] for account in listed] == [ROOT, PROD]
    policies = api("organizations").list_policies_for_target(TargetId=PROD, Filter="SERVICE_CONTROL_POLICY")["Policies"]
    assert [policy["Name"] for policy in policies] == ["FullAWSAccess", "no-root-user"]
    vpcs = {vpc["VpcId"]: vpc for vpc in api("ec2").describe_vpcs()["Vpcs"]}
    assert [vpc["CidrBlock"] for vpc in vpcs.values() if vpc["IsDefault"]] == ["172.31.0.0/16"]
    assert vpcs["vpc-0123456789abcdef0"]["CidrBlock"] == "10.0.0.0/16"
    egress = api("ec2").describe_security_groups(GroupIds=["sg-0123456789abcdef0"])["SecurityGroups"][0]
    assert egress["IpPermissionsEgress"] == []
    zones = api("route53").list_hosted_zones()["HostedZones"]
    assert {zone["Name"]: zone["Config"]["PrivateZone"] for zone in zones} == {
        "acme.example.": False,
        "inside.example.": True,
    }
    secret = api("ssm").get_parameter(Name="/acme/secret", WithDecryption=True)["Parameter"]
    assert (secret["Type"], secret["Value"]) == ("SecureString", "hush")
    assert api("acm").list_certificates()["CertificateSummaryList"][0]["Status"] == "ISSUED"
    assert api("cloudtrail").get_trail_status(Name="records")["IsLogging"] is True
    assert api("sso-admin").list_instances()["Instances"][0]["IdentityStoreId"] == "d-0123456789"
    attached = api("iam").list_attached_role_policies(RoleName="pipeline")["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["ReadOnlyAccess"]
    assert [pair["KeyName"] for pair in api("ec2").describe_key_pairs()["KeyPairs"]] == ["operators"]
    assert quotas.value_of(quotas.ACCOUNTS) == 20


def test_the_world_in_the_documentation_is_one(tmp_path, emulator):
    page = (HERE.parents[1] / "docs" / "world.md").read_text("utf-8")
    (tmp_path / "world.json").write_text(page.partition("```json\n")[2].partition("```")[0], "utf-8")
    assert existing.Past.of(tmp_path / "world.json").names_of(ROOT) == {"Z0123456789ABCDEFGHIJ"}


def test_the_schema_has_each_quota_that_can_be_granted():
    schema = json.loads(file.SCHEMA.read_text("utf-8"))
    assert sorted(schema["properties"]["quotas"]["properties"]) == sorted(quotas.adjustable)


def refused(folder: Path, content: Any) -> list[str]:
    path = folder / "world.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    with pytest.raises(Failure) as failure:
        existing.Past.of(path)
    return [line.strip() for line in str(failure.value).splitlines()]


def test_all_mistakes_in_a_world_are_told_at_once(tmp_path, emulator):
    region = {"vpcs": [{"id": "vpc-1", "cidr": "10.0.0.0/16", "subnets": [{"cidr": "10.0.0.0/24", "type": "public"}]}]}
    assert refused(
        tmp_path,
        {
            "quotas": {"VPC per Region": 9, "VPCs per Region": "9"},
            "organizations": [{"management": 111111111111, "root": {"acounts": []}}],
            "accounts": {"12": {}, ROOT: {"regions": {REGION: {**region, "parameters": {"/a": 1}}}}},
        },
    ) == [
        f"--world '{tmp_path / 'world.json'}' has 9 mistakes:",
        'accounts: received "12": give an account ID of 12 digits',
        "accounts.111111111111.regions.eu-west-1.parameters./a: received 1: give a text, or an object with value and type",
        'accounts.111111111111.regions.eu-west-1.vpcs[0].id: received "vpc-1": give the ID of a VPC: vpc-…',
        "accounts.111111111111.regions.eu-west-1.vpcs[0].subnets[0]: availabilityZone missing, "
        'received {"cidr": "10.0.0.0/24", "type": "public"}: give it',
        'accounts.111111111111.regions.eu-west-1.vpcs[0].subnets[0].type: received "public": '
        "use one of Public, Private, Isolated",
        "organizations[0].management: received 111111111111: give an account ID of 12 digits",
        "organizations[0].root: 'acounts' is unknown: use one of accounts, id, name, units",
        "quotas: 'VPC per Region' is unknown: use one of Concurrent executions, Default maximum number of accounts, EC2-VPC Elastic IPs, "
        "Managed policies per role, Managed policies per user, Role trust policy length, VPCs per Region",
        'quotas.VPCs per Region: received "9": give a whole number, as granted',
    ]


def test_what_aws_would_refuse_of_a_world_is_told_at_once(tmp_path, emulator):
    vpc = {"id": "vpc-0123456789abcdef0", "cidr": "10.0.0.0/16"}
    subnet = {"cidr": "10.1.0.0/24", "availabilityZone": f"{REGION}a", "type": "Public"}
    group = {"name": "web", "vpcId": "vpc-00000000000000000"}
    regions = {REGION: {"vpcs": [{**vpc, "subnets": [subnet]}], "securityGroups": [group]}, "eu-wset-1": {}}
    assert refused(tmp_path, {"accounts": {ROOT: {"regions": regions}}})[1:] == [
        "accounts.111111111111.regions.eu-west-1.vpcs[0]: The CIDR '10.1.0.0/24' is invalid.",
        "accounts.111111111111.regions.eu-west-1.securityGroups[0]: VpcID {'vpc-00000000000000000'} does not exist.",
        "accounts.111111111111.regions.eu-wset-1: received 'eu-wset-1': give a Region of AWS",
    ]
    assert refused(
        tmp_path, {"accounts": {ROOT: {"regions": {REGION: {"vpcs": [vpc]}, "us-east-1": {"vpcs": [vpc]}}}}}
    )[1:] == [
        "accounts.111111111111.regions.us-east-1.vpcs[0]: received id 'vpc-0123456789abcdef0', as "
        "accounts.111111111111.regions.eu-west-1.vpcs[0] has it: give each its own"
    ]
    unit = {"name": "workloads"}
    policy = {"name": "p", "type": "SERVICE_CONTROL_POLICY", "content": {}, "targets": ["ou-ab12-abcdefgh"]}
    organization = {"management": PROD, "root": {"units": [unit, unit]}, "policies": [policy]}
    assert refused(tmp_path, {"organizations": [organization, {"management": PROD, "root": {}}]})[1:] == [
        "organizations[0].root.units[1]: An organizational unit with the same name already exists.",
        "organizations[0].policies[0]: You specified an organizational unit that doesn't exist.",
        "organizations[1]: The provided account is already a member of an organization.",
    ]
    assert "is not JSON" in refused(tmp_path, "{")[0]


CONTEXT = {
    f"vpc-provider:account={ROOT}:filter.tag:Name=ma$:in:region={REGION}:returnAsymmetricSubnets=true": {
        "vpcId": "vpc-0123456789abcdef0", "vpcCidrBlock": "10.0.0.0/16", "ownerAccountId": ROOT, "availabilityZones": [],
        "subnetGroups": [{"name": "App", "type": "Private", "subnets": [{
            "subnetId": "subnet-0123456789abcdef0", "cidr": "10.0.0.0/24", "availabilityZone": f"{REGION}a",
            "routeTableId": "rtb-0123456789abcdef0",
        }]}],
    },
    f"hosted-zone:account={ROOT}:domainName=acme.example:region={REGION}": {"Id": "/hostedzone/Z0123", "Name": "acme.example."},
    f"security-group:account={ROOT}:region={REGION}:securityGroupId=sg-0123456789abcdef0": {
        "securityGroupId": "sg-0123456789abcdef0", "allowAllOutbound": True,
    },
    f"ssm:account={ROOT}:parameterName=/acme/x:region={REGION}": "here",
    f"ssm:account={ROOT}:dummyValue=no:ignoreErrorOnMissingContext=true:parameterName=/acme/y:region={REGION}": "no",
    f"ssm:account={ROOT}:parameterName=/aws/service/ami:region={REGION}": "ami-1",
    f"key-provider:account={ROOT}:aliasName=alias/acme:region={REGION}": {"keyId": "01234567-89ab-cdef-0123-456789abcdef"},
    f"load-balancer:account={ROOT}:loadBalancerType=application:region={REGION}": {"loadBalancerArn": "arn:aws:lb"},
    f"availability-zones:account={ROOT}:region={REGION}": [f"{REGION}a"],
    f"ssm:account={PROD}:parameterName=/other:region={REGION}": "another account",
    "@aws-cdk/core:flag": True,
}  # fmt: skip


def test_what_the_app_remembers_exists(emulator):
    lines = list(existing.Cached(CONTEXT, existing.Past()).take({ROOT}))
    assert lines == [
        "taken from cdk.context.json, as existing: vpc-0123456789abcdef0, Z0123, sg-0123456789abcdef0, /acme/x, "
        "01234567-89ab-cdef-0123-456789abcdef",
        "in cdk.context.json, but not in the emulated AWS: arn:aws:lb; the app uses them anyway, --world describes what exists",
    ]
    (vpc,) = api("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["ma:in"]}])["Vpcs"]
    tables = api("ec2").describe_route_tables(RouteTableIds=["rtb-0123456789abcdef0"])["RouteTables"]
    assert (vpc["VpcId"], tables[0]["Associations"][0]["SubnetId"]) == (
        "vpc-0123456789abcdef0",
        "subnet-0123456789abcdef0",
    )
    assert "TransitGatewayId" in tables[0]["Routes"][1]
    assert api("ssm").get_parameter(Name="/acme/x")["Parameter"]["Value"] == "here"
    with pytest.raises(api("ssm").exceptions.ParameterNotFound):
        api("ssm", PROD).get_parameter(Name="/other")
    assert api("kms").describe_key(KeyId="alias/acme")["KeyMetadata"]["KeyId"] == "01234567-89ab-cdef-0123-456789abcdef"


def test_a_world_says_all_that_an_account_has(emulator):
    past = existing.Past({"accounts": {ROOT: {"regions": {REGION: {"parameters": {"/acme/x": "there"}}}}}})
    assert past.make() == []
    (line,) = existing.Cached(CONTEXT, past).take({ROOT})
    assert line.startswith(
        "in cdk.context.json, but not in the emulated AWS: vpc-0123456789abcdef0, Z0123, sg-0123456789abcdef0, /acme/x, "
    )
    past.content["accounts"][ROOT]["regions"][REGION]["parameters"]["/acme/x"] = "here"
    (line,) = existing.Cached(CONTEXT, past).take({ROOT})
    assert "/acme/x" not in line
    assert api("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["ma:in"]}])["Vpcs"] == []


def test_cloud_control_describes_what_stacks_have_deployed(emulator):
    stack = cloudformation_backends[ROOT][REGION].new_stack("s")
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "news"}}
    Deployment(stack, json.dumps({"Resources": {"T": topic}}), {}).create()
    (found,) = api("cloudcontrol").list_resources(TypeName="AWS::SNS::Topic")["ResourceDescriptions"]
    assert json.loads(found["Properties"])["TopicName"] == "news"
    got = api("cloudcontrol").get_resource(TypeName="AWS::SNS::Topic", Identifier=found["Identifier"])
    assert got["ResourceDescription"] == found
    for account, kind in ((PROD, "AWS::SNS::Topic"), (ROOT, "AWS::SQS::Queue")):
        assert api("cloudcontrol", account).list_resources(TypeName=kind)["ResourceDescriptions"] == []


def test_a_quota_is_aws_s_or_what_the_world_says(emulator):
    vpcs = {
        f"V{index}": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": f"10.{index}.0.0/16"}} for index in range(5)
    }

    def deployed(name: str) -> str:
        stack = cloudformation_backends[ROOT][REGION].new_stack(name)
        Deployment(stack, json.dumps({"Resources": vpcs}), {}).create()
        return stack.status

    # with the default one, they are six
    assert deployed("one") == "ROLLBACK_COMPLETE"
    assert quotas.reached == {"VPCs per Region": 5}
    existing.Past({"quotas": {"VPCs per Region": 6}}).make()
    assert deployed("two") == "CREATE_COMPLETE"


def test_a_quota_that_is_reached_says_what_to_do(drive):
    driver = drive()
    with driver.faults.having("account-limit", "1"):
        quotas.exceeds(11, quotas.ACCOUNTS)
        with pytest.raises(Stopped):
            driver.bootstrapped().play._step(driver.result, driver.play._deploy("acme/root/organization"))
    assert driver.play.problems()[0] == (
        "'Default maximum number of accounts' is 10, "
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html: "
        'with more, rehearse with --world, a file such as {"quotas": {"Default maximum number of accounts": 11}}'
    )


ADOPTED = """
const { App } = require('aws-cdk-lib');
const { MultiAccountOrg, OrganizationSource } = require(%s);
const acme = new MultiAccountOrg(new App(), 'acme', {
  managementAccountId: '111111111111', email: 'aws@acme.example', homeRegion: 'eu-west-1',
  organization: OrganizationSource.existing({ organizationId: 'o-abcdefghij', organizationRootId: 'r-ab12' }),
});
acme.addStage('prod', {
  accountId: '222222222222', organizationalUnit: 'workloads', bootstrapRoleName: 'OrganizationAccountAccessRole',
});
"""


def rehearsed(folder: Path, **options: Any) -> Play:
    repository = HERE.parents[1]
    app = ADOPTED.replace("'aws-cdk-lib'", json.dumps(str(repository / "node_modules/aws-cdk-lib")))
    (folder / "app.js").write_text(app % json.dumps(str(repository)), "utf-8")
    (folder / "cdk.json").write_text('{ "app": "node app.js" }', "utf-8")
    play = Play(Options(folder, **options), Processes(), Printer())
    try:
        play.run()
    finally:
        play.close()
    return play


def test_an_adopted_account_is_bootstrapped_by_the_role_that_it_has_for_it(tmp_path):
    play = rehearsed(tmp_path, twice=True, destroy="prod")
    (result,) = play.results
    assert [command.text.split(" --")[0] for command in result.commands] == [
        "cdk bootstrap aws://111111111111/eu-west-1",
        "cdk deploy acme/root/organization",
        "cdk deploy 'acme/bootstrap/*'",
        "cdk deploy '**'",
        "cdk deploy acme/root/organization",
        "cdk deploy '**'",
        "cdk destroy 'acme/prod/*'",
    ]
    assert play.problems() == []
    tree = world.tree(ROOT)
    assert tree is not None
    assert [account["id"] for account in tree["root"]["units"][0]["accounts"]] == [PROD]
    assert stack_of(PROD, "CDKToolkit").status == "CREATE_COMPLETE"


def test_an_adopted_organization_is_there_without_units_and_policies_of_the_app(acme):  # noqa: F811
    instance = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
    acme.write(
        f"""
        const prod = acme.addStage('prod', {{ accountId: '{PROD}' }});
        const instance = IdentityCenter.fromArn('{instance}', '{REGION}');
        new People(acme, 'people', {{ source: PeopleSource.permissionSets({{ instance }}) }});
        acme.addGroup('engineers', {{ canAssume: [prod.admin] }});
        """,
        EXISTING,
    )
    driver = acme.drive(acme.folder).bootstrapped(PROD)
    assert driver.result.organization.first is None
    tree = world.tree(ROOT)
    assert tree is not None
    assert (tree["id"], tree["root"]["id"]) == ("o-a1b2c3d4e5", "r-a1b2")
    assert [account["id"] for account in tree["root"]["accounts"]] == [ROOT, PROD]
    enable(ROOT, REGION, instance, "d-0123456789")
    store = {"IdentityStoreId": "d-0123456789"}
    group = api("identitystore").create_group(**store, DisplayName="engineers")["GroupId"]
    named = {"UserName": "ada", "DisplayName": "ada", "Name": {"GivenName": "ada", "FamilyName": "Doe"}}
    ada = api("identitystore").create_user(**store, **named)["UserId"]
    api("identitystore").create_group_membership(**store, GroupId=group, MemberId={"UserId": ada})
    done = driver.deploy("**")
    assert done.code == 0, driver.text(done)
    assert portal.sign_in(ada, PROD, "acme-admin")


def test_a_world_says_whether_an_account_has_a_role_to_bootstrap_it(tmp_path):
    (tmp_path / "world.json").write_text(json.dumps({"accounts": {PROD: {}}}), "utf-8")
    play = rehearsed(tmp_path, world=tmp_path / "world.json")
    (result,) = play.results
    assert result.commands[-1].text == "cdk deploy 'acme/bootstrap/*'"
    (failed,) = result.attempt.failed
    assert "Could not assume role in target account" in "\n".join(failed.output)


def organizations(*paths: str) -> dict[str, list[str]]:
    artifacts = [apps.StackArtifact(path, path, None, None, Path(), "", (), Path()) for path in paths]
    return {item.id: [stack.path for stack in item.stacks] for item in apps.organizations(artifacts)}


def test_each_organization_of_an_app_is_found():
    """One that is created, and one of accounts that exist."""
    assert organizations("acme/root/organization", "acme/prod/root/x", "lab/root/access", "lab/prod/x", "alone") == {
        "acme": ["acme/root/organization", "acme/prod/root/x"],
        "lab": ["lab/root/access", "lab/prod/x"],
    }
    assert organizations("root/x", "prod/root/y", "lab/root/organization") == {
        "": ["root/x", "prod/root/y"],
        "lab": ["lab/root/organization"],
    }
    assert apps.organizations([apps.StackArtifact("root/x", "x", None, None, Path(), "", (), Path())])[0].patterns == ["root/**"]


def test_who_calls_is_chosen_by_the_variables_of_the_cli(monkeypatch, tmp_path):
    assert (caller.default(), caller.is_a_guess(tmp_path, ROOT)) == ((ROOT, "us-east-1"), True)
    (tmp_path / "app.ts").write_text(f"env: {{ account: '{ROOT}' }}")
    assert caller.is_a_guess(tmp_path, ROOT) is False
    monkeypatch.setenv("CDK_DEFAULT_ACCOUNT", PROD)
    monkeypatch.setenv("CDK_DEFAULT_REGION", "eu-central-1")
    assert caller.probable(tmp_path) == (PROD, "eu-central-1")
