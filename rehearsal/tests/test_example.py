"""An organization made by the library itself, and the services of its smallest example when AWS refuses one half-way."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal import world

EXAMPLE = Path(__file__).parent / "apps" / "organization"
MINIMAL = Path(__file__).parents[2] / "examples" / "minimal"
ORGANIZATION = "acme/root/organization"


def test_the_trail_alone_brings_its_bucket_with_it(drive):
    example = drive(EXAMPLE).bootstrapped()
    assert example.deploy(ORGANIZATION).code == 0
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
    assert example.deploy(ORGANIZATION).code == 0
    example.bootstraps()
    with example.faults.having("failing", refused):
        failed = example.deploy("**")
    assert failed.code != 0, example.text(failed)
    again = example.deploy("**")
    assert again.code == 0, example.text(again)
