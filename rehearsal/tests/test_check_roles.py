"""`check` of the CDK's roles: whether those that deploy and publish let the caller in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from checking import (
    ADDRESS, ROOT, account, administrator, api, bootstrap, cdk_role, known, organization, role, rows, said, user, without,
)

from check import actions
from emulator.engine.server import Emulator

ELSEWHERE = "999999999999"
STAGE = json.dumps({"prod": {}})
SUBJECT = "prod: roles of the CDK"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def arn(account_id: str, what: str) -> str:
    return f"arn:aws:iam::{account_id}:role/{cdk_role(account_id, what)}"


def names(account_id: str) -> str:
    return f"{cdk_role(account_id, 'deploy')} and {cdk_role(account_id, 'file-publishing')}"


def test_roles_of_root(emulator, tmp_path):
    bootstrap(ROOT, 30)
    org, subject = organization(tmp_path, STAGES=STAGE), "root: roles of the CDK"
    for what in ("deploy", "file-publishing"):
        missing = rows(org, administrator(emulator))[subject]
        assert f"{missing.verdict} {missing.found}" == f"✘ {arn(ROOT, what)} does not exist, and the bootstrap says that it does"
        assert missing.advice == f"run `npx cdk bootstrap aws://{ROOT}/eu-west-1 --force`"
        role(ROOT, cdk_role(ROOT, what))
    assert said(rows(org, administrator(emulator)))[subject] == f"✔ {names(ROOT)} let you in"
    refused = rows(org, user(emulator, without("sts:AssumeRole")))[subject]
    assert refused.verdict == "?"
    assert refused.found.startswith("sts:AssumeRole is not allowed: ")
    assert refused.advice == "allow sts:AssumeRole: `check --policy` prints all that is needed"


@pytest.mark.parametrize(("options", "expected"), [
    ({}, ("✔ not yet: {} does not trust account 111111111111, and `npx cdk deploy 'acme/bootstrap/*'` has it do so", "")),
    # with an `accountId`, the app does not bootstrap it
    ({"accountId": True}, (
        "✘ {} does not trust account 111111111111, which deploys",
        "run `npx cdk bootstrap aws://{} --trust 999999999999 --trust 111111111111 "
        "--cloudformation-execution-policies arn:aws:iam::aws:policy/AdministratorAccess`",
    )),
])  # fmt: skip
def test_a_role_that_trusts_others(emulator, tmp_path, options, expected):
    prod = account()
    bootstrap(prod, 30, TrustedAccounts=ELSEWHERE)
    role(prod, cdk_role(prod, "deploy"), ELSEWHERE)
    role(prod, cdk_role(prod, "lookup"))
    stages = json.dumps({"prod": {"accountId": prod} if options else {}})
    found = rows(organization(tmp_path, STAGES=stages), administrator(emulator))
    advice = expected[1].format(f"{prod}/eu-west-1")
    assert (said(found)[SUBJECT], found[SUBJECT].advice) == (expected[0].format(arn(prod, "deploy")), advice)


def test_roles_of_a_member(emulator, tmp_path):
    prod = account()
    bootstrap(prod, 30)
    for what in ("deploy", "file-publishing"):
        role(prod, cdk_role(prod, what))
    org, aws = organization(tmp_path, STAGES=STAGE), administrator(emulator)
    # each role once, whatever the stacks
    org.stacks = [*org.stacks, *(replace(stack, name=f"{stack.name}-2") for stack in org.stacks if "/prod/" in stack.path)]
    assert said(rows(org, aws))[SUBJECT] == f"✔ {names(prod)} let you in"
    assert [action for _, _, action in aws.calls].count("sts:AssumeRole") == 1 + 2
    assert "iam:GetRole" not in [action for _, _, action in aws.calls]


def test_a_caller_whom_the_role_may_let_in_is_unknown(emulator, tmp_path):
    """Its trust is well: it is the caller who may not."""
    prod = account()
    bootstrap(prod, 30)
    role(prod, cdk_role(prod, "deploy"))
    policy = actions.policy()
    policy["Statement"].append({"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": arn(prod, "deploy")})
    found = rows(organization(tmp_path, STAGES=STAGE), user(emulator, policy))[SUBJECT]
    assert found.verdict == "?"
    assert found.found.startswith("sts:AssumeRole is not allowed: ")
    assert set(found.actions) >= {"iam:GetRole", "sts:AssumeRole"}


def test_why_a_role_lets_nobody_in_may_be_unknown_too(emulator, tmp_path, monkeypatch):
    prod = account()
    bootstrap(prod, 30)
    role(prod, cdk_role(prod, "deploy"), ELSEWHERE)
    whole = actions.policy
    monkeypatch.setattr("check.aws.policy", lambda given: whole(tuple(action for action in given if action != "iam:GetRole")))
    found = rows(organization(tmp_path, STAGES=STAGE), administrator(emulator))
    assert found[SUBJECT].verdict == "?"
    assert found[SUBJECT].found.startswith("iam:GetRole is not allowed: ")


def test_an_external_id(emulator, tmp_path):
    prod = account()
    bootstrap(prod, 30)
    role(prod, cdk_role(prod, "deploy"), Condition={"StringEquals": {"sts:ExternalId": "acme"}})
    role(prod, cdk_role(prod, "file-publishing"))
    org = organization(tmp_path, STAGES=STAGE)
    assert rows(org, administrator(emulator))[SUBJECT].verdict == "?"
    org.stacks = [replace(stack, external_id="acme") if "/prod/" in stack.path else stack for stack in org.stacks]
    assert said(rows(org, administrator(emulator)))[SUBJECT] == f"✔ {names(prod)} let you in"


def test_a_role_of_another_account_is_not_asked(emulator, tmp_path):
    prod = account()
    bootstrap(prod, 30)
    org, aws = organization(tmp_path, STAGES=STAGE), administrator(emulator)
    foreign = f"arn:aws:iam::{ELSEWHERE}:role/deployer"
    org.stacks = [replace(stack, role=foreign) if "/prod/" in stack.path else stack for stack in org.stacks]
    found = rows(org, aws)[SUBJECT]
    assert (f"{found.verdict} {found.found}", found.advice) == (
        f"✘ {foreign} is of another account", "synthesize again: no synthesizer of the app may name it"
    )
    # to read the account
    assert [action for _, _, action in aws.calls].count("sts:AssumeRole") == 1


def test_an_account_with_everything_is_asked_little(emulator, tmp_path):
    """By account and region, with the roles that are tried."""
    prod = account()
    org = organization(
        tmp_path, STAGES=STAGE, NETWORK="prod", DOMAIN="acme.example", CONTEXT=known({ADDRESS: prod})
    )
    (toolkit,) = [stack for stack in org.stacks if stack.name == "CDKToolkit"]
    api("cloudformation", prod).create_stack(
        StackName="CDKToolkit", TemplateBody=toolkit.template.read_text("utf-8"), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    aws = administrator(emulator)
    found = rows(org, aws)
    assert said(found)["prod/eu-west-1: bootstrap"] == "✔ version 33, and the app needs 6"
    assert said(found)[SUBJECT] == f"✔ {names(prod)} let you in"
    assert said(found)["prod: names"] == "✔ none of 11 names is taken by others; 8 are of the app's own stacks"
    calls = Counter((account_id, region) for account_id, region, _ in aws.calls)
    # one lets the caller in to look, and two are tried
    assert [action for _, _, action in aws.calls].count("sts:AssumeRole") == 1 + 2
    assert calls[prod, "eu-west-1"] + 2 <= 12, [call for call in aws.calls if call[0] == prod]
