"""Each fault that has a name, met by a whole organization: the same commands again, and all is as if nothing had happened."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field

import canonical
import pytest
from conftest import HERE, Driver

from emulator.engine.faults import KINDS, calls_of

EXAMPLE = HERE / "apps" / "organization"
EMAILS = [f"aws+{stage}@acme.example" for stage in ("audit", "prod", "staging", "dev", "testing")]
ORGANIZATION, BOOTSTRAPS, EVERYTHING = COMMANDS = "acme/root/organization", "acme/bootstrap/*", "**"


@dataclass
class Case:
    name: str
    value: str = ""
    # the command that fails, and what AWS says
    fails: str = ""
    words: str = ""
    # places of what has to differ
    differs: set[str] = field(default_factory=set)
    only: str = ""


# the account is taken over by its ID, in a stack of that name, and who names it follows; what is left of its own is harmless
TAKEN_OVER = {
    "acme-root-adopted-prod", "Stack acme-root-account-prod", "Stack acme-root-people", "/acme/account/prod-",
    "111111111111: iam aws//roles", "attachment_count",
}
CASES = [
    Case("account-creation-in-progress", "", ORGANIZATION, "CONCURRENT_ACCOUNT_MODIFICATION"),
    Case("account-limit", "3", ORGANIZATION, "ACCOUNT_LIMIT_EXCEEDED"),
    Case("account-not-ready", "", BOOTSTRAPS, "needs a subscription for the service"),
    Case("concurrent-modification", "EnableAWSServiceAccess"),
    Case("concurrent-modification", "EnablePolicyType", differs={"policyattempt1", "policyattempt2"}),
    Case("email-taken", "aws+staging@acme.example", ORGANIZATION, "EMAIL_ALREADY_EXISTS"),
    Case("failing", "AWS::Organizations::OrganizationalUnit", ORGANIZATION, "Internal Failure"),
    Case("failing", "AWS::SSM::Parameter", ORGANIZATION, "Internal Failure", TAKEN_OVER, "account-prod"),
    Case("failing", "AWS::Organizations::Policy", ORGANIZATION, "Internal Failure"),
    Case("failing", "AWS::ECR::Repository", BOOTSTRAPS, "Internal Failure", only="CDKToolkit"),
    Case("failing", "AWS::KMS::Alias", EVERYTHING, "Internal Failure"),
    Case("failing", "AWS::S3::BucketPolicy", EVERYTHING, "Internal Failure"),
    Case("failing", "AWS::CloudTrail::Trail", EVERYTHING, "Internal Failure"),
    Case("finalizing-organization", "", ORGANIZATION, "hasn't finished initializing"),
    Case("late-bucket-policy", "", EVERYTHING, "Incorrect S3 bucket policy is detected for bucket"),
    Case("late-role", "", ORGANIZATION, "The role defined for the function cannot be assumed by Lambda."),
    Case("slow-account", "aws+prod@acme.example", ORGANIZATION, "NotStabilized", TAKEN_OVER),
    Case("too-many-requests"),
]
NEVER_MET = {
    "late-principal": "no policy names a role as its principal, only conditions do",
    "late-service-linked-role": "the organization itself has no cluster",
    "stack-set-too-early": "accounts are bootstrapped by stacks of their own",
}


def test_each_fault_is_here():
    assert {case.name for case in CASES}.isdisjoint(NEVER_MET)
    assert {case.name for case in CASES} | set(NEVER_MET) == set(KINDS)


def made(driver: Driver) -> canonical.State:
    assert [call.email for call in calls_of("CreateAccount", "SUCCEEDED")] == EMAILS
    assert calls_of("CloseAccount") == []
    return canonical.snapshot()


@pytest.fixture
def undisturbed(drive, shared) -> canonical.State:
    """By the CLI itself, which shows that deployments in this process are the same."""

    def make() -> canonical.State:
        driver = drive(EXAMPLE).bootstrapped()
        with ExitStack() as on:
            faults = [on.enter_context(driver.faults.having(name)) for name in NEVER_MET]
            for command in COMMANDS:
                done = driver.cdk("deploy", command)
                assert done.code == 0, driver.text(done)
        assert [fault.kind for fault in faults if fault.is_met] == []
        return made(driver)

    return shared.data("undisturbed", make)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} {case.value}".strip())
def test_the_same_commands_again_make_the_same(drive, undisturbed, case):
    driver = drive(EXAMPLE).bootstrapped()
    fault = driver.faults.having(case.name, case.value, only=case.only)
    for command in COMMANDS:
        if command == (case.fails or ORGANIZATION):
            with fault as met:
                first = driver.deploy(command)
            assert met.is_met
            assert (first.code != 0) == bool(case.fails), driver.text(first)
            assert case.words in driver.text(first)
        again = driver.deploy(command)
        assert again.code == 0, driver.text(again)
    assert canonical.unexplained(canonical.changes(undisturbed, made(driver)), case.differs) == []
