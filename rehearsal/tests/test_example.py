"""An organization made by the library itself, and its smallest example, when AWS refuses something half-way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator.engine.faults import calls_of
from emulator.engine.stacks import cloudformation_backends
from emulator.services.organizations.backend import backend_of
from rehearsal import world

EXAMPLE = Path(__file__).parent / "apps" / "organization"
MINIMAL = Path(__file__).parents[2] / "examples" / "minimal"
ROOT = "111111111111"
STAGES = ["audit", "prod", "staging", "dev", "testing"]


def fault(name: str, *arguments: Any) -> Callable[[Any], Any]:
    return lambda faults: faults.having(name, *arguments)


@pytest.mark.parametrize(
    ("refusal", "told", "before"),
    [
        (fault("email-taken", "aws+dev@acme.example"), "EMAIL_ALREADY_EXISTS", ["audit", "prod", "staging"]),
        (fault("account-limit", "3"), "ACCOUNT_LIMIT_EXCEEDED", ["audit", "prod"]),
        (fault("account-creation-in-progress"), "CONCURRENT_ACCOUNT_MODIFICATION", []),
    ],
)
def test_the_same_command_again_goes_on_where_it_was_refused(drive, refusal, told, before):
    example = drive(EXAMPLE).bootstrapped()
    with refusal(example.faults):
        failed = example.organization()
    assert failed.code != 0
    assert told in example.text(failed)
    assert created() == [f"aws+{stage}@acme.example" for stage in before]

    again = example.organization()
    assert again.code == 0, example.text(again)
    everything = example.everything()
    assert everything.code == 0, example.text(everything)
    assert created() == [f"aws+{stage}@acme.example" for stage in STAGES]
    assert calls_of("CloseAccount") == []


def test_a_bootstrap_that_is_refused_half_way_is_made_again(drive):
    """By the CLI itself: it deletes what is left of the creation, and no bucket is in the way of the next."""
    example = drive(EXAMPLE, every_command_synthesizes=True).bootstrapped()
    assert example.organization().code == 0
    with example.faults.having("failing", "AWS::ECR::Repository", only="CDKToolkit"):
        failed = example.cdk("deploy", "acme/bootstrap/*")
    assert failed.code != 0
    assert bootstraps() == {"audit": "ROLLBACK_COMPLETE"}
    again = example.cdk("deploy", "acme/bootstrap/*")
    assert again.code == 0, example.text(again)
    assert bootstraps() == dict.fromkeys(STAGES, "CREATE_COMPLETE")
    everything = example.cdk("deploy", "**")
    assert everything.code == 0, example.text(everything)


def test_an_organization_that_is_refused_half_way_is_made_again(drive):
    example = drive(EXAMPLE).bootstrapped()
    with example.faults.having("failing", "AWS::Organizations::OrganizationalUnit"):
        failed = example.organization()
    assert failed.code != 0
    assert created() == []
    assert example.organization().code == 0
    assert len(created()) == len(STAGES)


def test_a_trail_waits_for_the_policy_of_its_bucket(drive):
    example = drive(EXAMPLE).bootstrapped()
    assert example.organization().code == 0
    with example.faults.having("late-bucket-policy"):
        failed = example.everything()
    assert failed.code != 0
    assert "Incorrect S3 bucket policy is detected for bucket" in example.text(failed)
    assert example.everything().code == 0
    assert len(created()) == len(STAGES)
    assert calls_of("CloseAccount") == []


@pytest.mark.parametrize("refused", ["AWS::KMS::Alias", "AWS::S3::BucketPolicy"])
def test_a_bucket_that_is_refused_half_way_is_made_again(drive, refused):
    example = drive(EXAMPLE).bootstrapped()
    assert example.organization().code == 0
    example.bootstraps()
    with example.faults.having("failing", refused):
        assert example.everything().code != 0
    again = example.everything()
    assert again.code == 0, example.text(again)


def test_the_trail_alone_brings_its_bucket_with_it(drive):
    example = drive(EXAMPLE).bootstrapped()
    assert example.organization().code == 0
    example.bootstraps()
    alone = example.cdk("deploy", "acme/audit-trail/trail")
    assert alone.code == 0, example.text(alone)
    assert "acme-audit-trail-bucket" in {
        stack.name for stacks in world.stacks_by_account().values() for stack in stacks
    }


@pytest.mark.parametrize(
    "refused",
    ["AWS::EC2::NatGateway", "Custom::VpcRestrictDefaultSG", "AWS::RDS::DBCluster", "AWS::Logs::LogGroup", "AWS::RDS::DBInstance"],
)
def test_services_of_production_that_are_refused_half_way_are_made_again(drive, refused):
    example = drive(MINIMAL).bootstrapped()
    assert example.organization().code == 0
    with example.faults.having("failing", refused):
        failed = example.everything()
    assert failed.code != 0, example.text(failed)
    again = example.everything()
    assert again.code == 0, example.text(again)


def created() -> list[str]:
    return [call.email for call in calls_of("CreateAccount", "SUCCEEDED")]


def bootstraps() -> dict[str, str]:
    """Name of a member account -> status of its bootstrap."""
    accounts = {account.id: account.name for account in backend_of(ROOT).accounts if account.id != ROOT}
    return {
        name: stack.status
        for account, name in accounts.items()
        for stack in cloudformation_backends[account]["eu-west-1"].living()
        if stack.name == "CDKToolkit"
    }
