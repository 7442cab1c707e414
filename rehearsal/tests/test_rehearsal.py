"""Whole rehearsals of small apps."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from conftest import ACME, HERE, VARIABLES

from emulator.engine.aws import client
from rehearsal import summary
from rehearsal.failure import Failure
from rehearsal.play import Options, Play
from rehearsal.processes import Processes
from rehearsal.report import Printer


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rehearse(app: str | Path, **options):
    play = Play(Options(HERE / "apps" / app, env=VARIABLES, **options), Processes(), Printer())
    try:
        play.run()
        return summary.data(play)
    finally:
        play.close()


@pytest.fixture(scope="module")
def acme(shared):
    def make():
        before = files(ACME)
        data = rehearse("acme", twice=True, destroy="dev", concurrency=4)
        return {**data, "files": (before, files(ACME))}

    return shared.data("acme", make)


def test_the_organization_stands(acme):
    (organization,) = acme["organizations"]
    names = {account["name"]: account["status"] for account in organization["accounts"]}
    assert names == {"management": "ACTIVE", "audit": "ACTIVE", "prod": "ACTIVE", "dev": "ACTIVE"}
    units = {
        unit["name"]: [account["name"] for account in unit["accounts"]]
        for unit in organization["tree"]["root"]["units"]
    }
    assert units == {"security": ["audit"], "workloads": ["prod", "dev"]}
    assert all(command["exitCode"] == 0 for command in organization["commands"])
    assert all(
        stack["status"] == "CREATE_COMPLETE" for account in organization["accounts"] for stack in account["stacks"]
    )


def test_every_member_account_is_bootstrapped(acme):
    for account in acme["organizations"][0]["accounts"]:
        names = [stack["name"] for stack in account["stacks"]]
        start = "CDKToolkit" if account["name"] == "management" else "StackSet-cdk-bootstrap-"
        assert sum(name.startswith(start) for name in names) == 1


def test_what_nobody_emulates_is_named(acme):
    assert acme["recorded"] == {"AWS::Bedrock::Guardrail": 1}


def test_the_second_run_changes_nothing(acme):
    assert acme["organizations"][0]["secondRunChanged"] == []


def test_destroying_a_stage_leaves_its_bootstrap_alone(acme):
    destroyed = acme["organizations"][0]["destroyed"]
    assert destroyed["changedAccounts"] == {}
    assert len(destroyed["stacksLeft"]) == 1 and destroyed["stacksLeft"][0].startswith("StackSet-cdk-bootstrap-")
    assert destroyed["resourcesLeft"] == []
    assert list(destroyed["leftovers"].values()) == [[]]
    assert acme["problems"] == []


def test_the_folder_of_the_app_is_untouched(acme):
    before, after = acme["files"]
    assert before == after


def test_the_summary_reads_well(acme, capsys):
    summary.show(acme, Printer())
    text = capsys.readouterr().out
    assert "second run: nothing changed" in text
    assert "every other account: untouched" in text
    assert ": nothing else is left" in text
    assert "1  AWS::Bedrock::Guardrail" in text
    assert "\033[" not in text


def test_another_account_that_changes_fails_the_rehearsal(monkeypatch):
    """Planted: somebody touches prod while dev is destroyed."""
    monkeypatch.setenv("STAGES", "prod,dev")
    real = Play.cdk

    def cdk(play, words, account_id, region, *more):
        command = real(play, words, account_id, region, *more)
        if words[0] == "destroy":
            prod = next(call.account_id for call in faults.calls if call.email == "aws+prod@acme.example")
            client("iam", prod, "eu-west-1").create_user(UserName="intruder")
        return command

    from emulator.engine import faults

    monkeypatch.setattr(Play, "cdk", cdk)
    data = rehearse("acme", destroy="dev")
    (problem,) = data["problems"]
    assert "destroying 'dev' changed account" in problem
    changed = data["organizations"][0]["destroyed"]["changedAccounts"]
    assert any("users" in line for lines in changed.values() for line in lines)


def test_what_a_stage_leaves_in_its_account_fails_the_rehearsal(capsys):
    """The CDK's own function for delegations writes a log that nobody deletes."""
    data = rehearse("dns", destroy="prod")
    destroyed = data["organizations"][0]["destroyed"]
    assert destroyed["stacksLeft"] == ["CDKToolkit"]
    assert destroyed["changedAccounts"] == {}
    assert destroyed["delegationsTakenBack"] == ["prod.acme.example."]
    (left,) = destroyed["leftovers"]["222222222222"]
    assert left.startswith("logs eu-west-1/groups") and left.endswith(": added")
    assert data["problems"] == [f"destroying 'prod' left in account 222222222222: {left}"]
    summary.show(data, Printer())
    text = capsys.readouterr().out
    assert "delegation taken back: prod.acme.example." in text
    assert f"222222222222: 1 difference is left\n    {left}" in text


def test_a_stage_to_destroy_is_checked_before_anything_is_deployed(monkeypatch):
    monkeypatch.setattr(Play, "begin", lambda *_: pytest.fail("it went on"))
    with pytest.raises(Failure, match="no stage 'nothing' in 'acme': it has root, audit, prod, dev, audit-trail"):
        rehearse("acme", destroy="nothing")
    with pytest.raises(Failure, match="no stage 'nothing' in the app: it has acme/root, lab/root"):
        rehearse("two", destroy="nothing")
    with pytest.raises(Failure, match="several stages are called 'root': use one of acme/root, lab/root"):
        rehearse("two", destroy="root")


def test_an_app_without_an_organization():
    data = rehearse("without-organization", twice=True, destroy="prod")
    (organization,) = data["organizations"]
    assert organization["tree"] is None
    assert data["recorded"] == {}
    assert [command["command"].split(" --")[0] for command in organization["commands"]] == [
        "cdk bootstrap aws://111111111111/eu-west-1",
        "cdk bootstrap aws://222222222222/eu-west-1",
        "cdk deploy '**'",
        "cdk deploy '**'",
        "cdk destroy 'acme/prod/*'",
    ]
    assert data["problems"] == []
    assert organization["destroyed"]["stacksLeft"] == ["CDKToolkit"]


def test_an_app_that_is_different_every_time_fails_the_second_run(monkeypatch):
    monkeypatch.setenv("UNSTABLE", "1")
    problems = rehearse("without-organization", twice=True)["problems"]
    assert any("prod-access" in line and "was updated" in line for line in problems)
    assert any("account 222222222222" in line for line in problems)


def test_an_organization_that_exists_is_adopted():
    data = rehearse("adopted")
    tree = data["organizations"][0]["tree"]
    assert (tree["id"], tree["root"]["id"]) == ("o-abcdefghij", "r-ab12")
    assert [account["id"] for account in tree["root"]["accounts"]] == ["111111111111", "222222222222"]
    (unit,) = tree["root"]["units"]
    assert unit["id"] == "ou-ab12-abcdefgh"
    assert [account["name"] for account in unit["accounts"]] == ["new"]


def test_two_organizations_in_one_app_are_rehearsed_one_after_the_other():
    data = rehearse("two")
    found = {
        item["id"]: (item["tree"]["management"], [account["email"] for account in item["tree"]["root"]["accounts"]][1:])
        for item in data["organizations"]
    }
    assert found == {
        "acme": ("111111111111", ["aws+member@acme.example"]),
        "lab": ("333333333333", ["aws+member@lab.example"]),
    }
    shown = [{account["id"] for account in item["accounts"]} for item in data["organizations"]]
    assert [len(accounts) for accounts in shown] == [2, 2] and not shown[0] & shown[1]
    assert [command["command"] for command in data["organizations"][1]["commands"]][1:] == [
        "cdk deploy lab/root/organization",
        "cdk deploy 'lab/**'",
    ]


def test_an_app_without_a_root_says_what_is_missing():
    with pytest.raises(Failure, match="no stack 'root/organization' and no stage 'root'"):
        rehearse("empty")


def test_a_folder_without_an_app_says_so(tmp_path):
    with pytest.raises(Failure, match="no cdk.json with an 'app'|no CDK CLI found"):
        rehearse(tmp_path)


def test_account_ids_of_the_real_organization_do_not_reach_the_rehearsal(tmp_path):
    key = "cc-api-provider:account=111111111111:typeName=AWS$:$:Organizations$:$:Account"
    other = "availability-zones:account=111111111111:region=eu-west-1"
    from rehearsal.sandbox import Sandbox

    (tmp_path / "cdk.json").write_text('{"app": "node app.js", "profile": "mine"}')
    (tmp_path / "cdk.context.json").write_text(
        json.dumps({key: [{"AccountId": "999999999999"}], other: ["eu-west-1a"]})
    )
    sandbox = Sandbox(tmp_path)
    try:
        sandbox.add_context({other: ["eu-west-1b"]})
        assert json.loads((sandbox.cwd / "cdk.context.json").read_text()) == {other: ["eu-west-1a"]}
        assert "profile" not in json.loads((sandbox.cwd / "cdk.json").read_text())
    finally:
        sandbox.remove()
