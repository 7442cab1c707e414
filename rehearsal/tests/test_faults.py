"""What AWS refuses is refused here, with a message; once the cause is gone, the same command succeeds."""

from __future__ import annotations

from emulator.engine.faults import calls_of
from rehearsal import world


def assert_nothing_irreversible_twice(stages: list[str]) -> None:
    created = [call.email for call in calls_of("CreateAccount", "SUCCEEDED")]
    assert sorted(created) == sorted(f"aws+{stage}@acme.example" for stage in stages)
    assert calls_of("CloseAccount") == []


def test_a_taken_email(drive, monkeypatch):
    monkeypatch.setenv("STAGES", "prod,dev")
    acme = drive().bootstrapped()
    with acme.faults.having("email-taken", "aws+dev@acme.example"):
        failed = acme.organization()
    assert failed.code != 0
    assert "EMAIL_ALREADY_EXISTS" in acme.text(failed)
    assert [call.email for call in calls_of("CreateAccount", "SUCCEEDED")] == ["aws+prod@acme.example"]
    assert acme.organization().code == 0
    assert acme.everything().code == 0
    assert_nothing_irreversible_twice(["prod", "dev"])


def test_the_limit_of_accounts(drive, monkeypatch):
    monkeypatch.setenv("STAGES", "prod,dev")
    acme = drive().bootstrapped()
    with acme.faults.having("account-limit", "2"):
        failed = acme.organization()
    assert failed.code != 0
    assert "ACCOUNT_LIMIT_EXCEEDED" in acme.text(failed)
    assert acme.organization().code == 0
    assert_nothing_irreversible_twice(["prod", "dev"])


def test_another_creation_in_progress(drive, monkeypatch):
    monkeypatch.setenv("STAGES", "prod")
    acme = drive().bootstrapped()
    with acme.faults.having("account-creation-in-progress"):
        failed = acme.organization()
    assert failed.code != 0
    assert "CONCURRENT_ACCOUNT_MODIFICATION" in acme.text(failed)
    assert calls_of("CreateAccount", "SUCCEEDED") == []
    assert acme.organization().code == 0
    assert_nothing_irreversible_twice(["prod"])


def test_accounts_created_at_the_same_time(drive, monkeypatch):
    monkeypatch.setenv("STAGES", "prod,dev")
    monkeypatch.setenv("UNCHAINED", "1")
    acme = drive().bootstrapped()
    failed = acme.cdk("deploy", "acme/root/organization", "--concurrency", "4")
    assert failed.code != 0
    assert "CONCURRENT_ACCOUNT_MODIFICATION" in acme.text(failed)
    assert len(calls_of("CreateAccount", "SUCCEEDED")) == 1


def test_a_trail_before_the_policy_of_its_bucket(drive, monkeypatch):
    monkeypatch.setenv("STAGES", "audit")
    acme = drive().bootstrapped()
    assert acme.organization().code == 0
    with acme.faults.having("late-bucket-policy"):
        failed = acme.everything()
    assert failed.code != 0
    assert "Incorrect S3 bucket policy is detected for bucket" in acme.text(failed)
    assert acme.everything().code == 0
    assert_nothing_irreversible_twice(["audit"])


def test_a_trail_before_its_bucket(drive, monkeypatch):
    monkeypatch.setenv("STAGES", "audit")
    acme = drive().bootstrapped()
    assert acme.organization().code == 0
    failed = acme.cdk("deploy", "acme/audit-trail/trail", "--exclusively")
    assert failed.code != 0
    assert "S3 bucket acme-audit-trail-111111111111 does not exist" in acme.text(failed)
    assert acme.everything().code == 0


def test_a_failed_creation_rolls_back_and_keeps_what_it_must(drive, monkeypatch):
    """The account of a stack that fails after it stays, and the app finds it again."""
    monkeypatch.setenv("STAGES", "prod")
    acme = drive().bootstrapped()
    with acme.faults.having("failing", "AWS::CloudFormation::StackSet"):
        failed = acme.organization()
    assert failed.code != 0
    stacks = {stack.name: stack.status for stack in world.stacks_by_account()["111111111111"]}
    assert stacks["root-organization"] == "ROLLBACK_COMPLETE"
    assert stacks["root-account-prod"] == "CREATE_COMPLETE"
    assert acme.organization().code == 0
    assert_nothing_irreversible_twice(["prod"])
