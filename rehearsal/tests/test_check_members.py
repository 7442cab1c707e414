"""`check` of the accounts of stages: by whom they are read, and their regions."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from checking import (
    ADDRESS, ROOT, account, administrator, api, bootstrap, cdk_role, created, known, organization, role, rows, said, user, without,
)

from check import actions
from check.rows import Row
from emulator.engine import quotas
from emulator.engine.server import Emulator

ENABLE = "under Account in its console, or there by `aws account enable-region --region-name me-south-1`: it takes minutes to hours"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def of_prod(found: dict[str, Row]) -> dict[str, str]:
    rows_of_prod = {subject: text for subject, text in said(found).items() if subject.startswith("prod")}
    # of another file of tests
    rows_of_prod.pop("prod: names", None)
    return rows_of_prod


STAGE = json.dumps({"prod": {}})


def test_before_the_accounts_exist_nobody_is_asked_there(emulator, tmp_path):
    aws = administrator(emulator)
    org = organization(tmp_path, STAGES=json.dumps({"audit": {"region": "me-south-1"}, "prod": {}}), NETWORK="prod")
    found = rows(org, aws)
    answers = said(found)
    assert answers["root/eu-west-1: bootstrap"] == f"✔ not yet: `npx cdk bootstrap aws://{ROOT}/eu-west-1` does it"
    assert answers["root: regions"] == "✔ eu-west-1 is on"
    assert answers["root: roles of the CDK"] == "✔ not yet: the bootstrap makes them"
    assert answers["audit/me-south-1: bootstrap"] == "✔ not yet: `npx cdk deploy 'acme/bootstrap/*'` does it, once the account exists"
    assert answers["audit: regions"] == "✘ me-south-1 is off in a new account"
    assert found["audit: regions"].advice == f"enable it as soon as the account exists, {ENABLE}"
    assert of_prod(found) == {
        "prod: account": "✔ will be created with the address aws+prod@acme.example, which no account of the organization has",
        "prod/eu-west-1: bootstrap": "✔ not yet: `npx cdk deploy 'acme/bootstrap/*'` does it, once the account exists",
        "prod: regions": "✔ eu-west-1 is on",
        "prod/eu-west-1: quotas": "✔ enough in a new account: 2 of 5 VPCs, 1 of 5 Elastic IP addresses",
    }
    assert {account_id for account_id, _, _ in aws.calls} == {""}


def test_a_region_that_can_be_off(emulator, tmp_path):
    prod = account()
    created("prod")
    org = organization(tmp_path, STAGES=json.dumps({"prod": {"region": "me-south-1"}}), NETWORK="prod")
    found = rows(org, administrator(emulator))
    assert of_prod(found) == {
        "prod: account": f"✔ {prod} has the address {ADDRESS}: the app will find it",
        "prod: read by": f"✔ arn:aws:iam::{prod}:role/OrganizationAccountAccessRole lets you in",
        "prod: roles of the CDK": "✔ not yet: the bootstrap makes them",
        "prod: regions": f"✘ me-south-1 is off in account {prod}",
        "prod/me-south-1: bootstrap": f"? me-south-1 is off in account {prod}, so nothing can be asked there",
        "prod/me-south-1: quotas": "? me-south-1 is off, so its quotas cannot be asked",
    }
    assert found["prod: regions"].advice == f"enable it {ENABLE}"
    api("account", prod, "us-east-1").enable_region(RegionName="me-south-1")
    answers = of_prod(rows(org, administrator(emulator)))
    assert answers["prod: regions"] == "✔ me-south-1 is on"
    assert answers["prod/me-south-1: bootstrap"] == "✔ not yet: `npx cdk deploy 'acme/bootstrap/*'` does it"
    assert answers["prod/me-south-1: quotas"] == "✔ enough: 2 of 5 VPCs, 1 of 5 Elastic IP addresses"


MEMBERS = ("prod: read by", "prod: regions", "prod/me-south-1: bootstrap", "prod/me-south-1: quotas")
IN_MEMBERS = {
    "account:ListRegions": MEMBERS[1:],
    "cloudformation:DescribeStacks": MEMBERS[2:3],
    "ec2:DescribeAddresses": MEMBERS[3:],
    "ec2:DescribeVpcs": MEMBERS[3:],
    "servicequotas:GetServiceQuota": MEMBERS[3:],
    "ssm:GetParameter": MEMBERS[2:3],
}


@pytest.fixture
def in_order(emulator, tmp_path):
    prod = account()
    api("account", prod, "us-east-1").enable_region(RegionName="me-south-1")
    bootstrap(ROOT, 30)
    for name in ("deploy", "file-publishing"):
        role(ROOT, cdk_role(ROOT, name))
    return organization(
        tmp_path, STAGES=json.dumps({"prod": {"region": "me-south-1"}}), NETWORK="prod", CONTEXT=known({ADDRESS: prod})
    )


@pytest.mark.parametrize("removed", sorted(IN_MEMBERS))
def test_what_a_role_may_not_read_is_unknown(emulator, in_order, monkeypatch, removed):
    whole = actions.policy
    monkeypatch.setattr("check.aws.policy", lambda given: whole(tuple(action for action in given if action != removed)))
    found = rows(in_order, administrator(emulator))
    assert {subject for subject in MEMBERS if found[subject].verdict == "?"} == set(IN_MEMBERS[removed])
    assert {subject for subject in MEMBERS if removed in found[subject].actions} == set(IN_MEMBERS[removed])


def test_an_account_that_nobody_may_enter_is_unknown(emulator, in_order):
    found = rows(in_order, user(emulator, without("sts:AssumeRole")))
    assert {subject for subject in (*MEMBERS, "root: roles of the CDK") if found[subject].verdict == "?"} == {
        *MEMBERS,
        "root: roles of the CDK",
    }


def test_the_published_policy_is_enough(emulator, in_order):
    found = rows(in_order, user(emulator, actions.policy()))
    assert {subject: found[subject].verdict for subject in MEMBERS} == dict.fromkeys(MEMBERS, "✔")
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    assert len(json.dumps(actions.policy(actions.OF_MEMBERS), separators=(",", ":"))) <= 2_048


def test_of_200_accounts_each_is_asked_little(emulator, tmp_path):
    quotas.granted["Default maximum number of accounts"] = 300
    names = [f"stage{number}" for number in range(200)]
    ids = {f"aws+{name}@acme.example": account(f"aws+{name}@acme.example") for name in names}
    stages = {name: {"region": "me-south-1"} for name in names}
    api("account", ids["aws+stage0@acme.example"], "us-east-1").enable_region(RegionName="me-south-1")
    org = organization(tmp_path, STAGES=json.dumps(stages), NETWORK="stage0", CONTEXT=known(ids))
    aws = administrator(emulator)
    start = time.monotonic()
    found = rows(org, aws)
    print(f"{len(found)} rows, {len(aws.calls)} calls, {time.monotonic() - start:.1f} seconds")
    # an assumed role is of the account that it is in, and pages of the whole organization are of nobody's account
    apart = ("sts:AssumeRole", "organizations:")
    calls = Counter((account_id, region) for account_id, region, action in aws.calls if not action.startswith(apart))
    assert max(calls.values()) <= 12, calls.most_common(3)
    assert len([action for _, _, action in aws.calls if action == "sts:AssumeRole"]) == 200
    assert {account_id for account_id, _ in calls} == {"", *ids.values()}
