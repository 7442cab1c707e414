"""What failed is told with its reason, and does not hide what else fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import HERE

from emulator.engine import deployment
from emulator.engine.server import Emulator
from emulator.engine.stacks import Stack, cloudformation_backends
from rehearsal import summary, world
from rehearsal.app import StackArtifact
from rehearsal.cdk import Command
from rehearsal.failures import Attempt, Watch, told
from rehearsal.play import Play, Stopped
from rehearsal.report import Printer
from rehearsal.selection import Selection

ACCOUNT, REGION = "111111111111", "eu-west-1"
INVALID = "Bucket name should not contain '_'"
QUEUE = {"Type": "AWS::SQS::Queue"}
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "acme_logs"}}


def artifact(path: str, *dependencies: str) -> StackArtifact:
    nowhere = Path("/nowhere")
    return StackArtifact(path, path.replace("/", "-"), ACCOUNT, REGION, nowhere, "", dependencies, nowhere)


def deploy(name: str, resources: dict[str, Any], **more: Any) -> Stack:
    backend = cloudformation_backends[ACCOUNT][REGION]
    stack = backend.find(name)
    body = json.dumps({"Resources": resources, **more})
    operation = deployment.Deployment(stack or backend.new_stack(name), body, {})
    operation.update() if stack else operation.create()
    return operation.stack


APP = [
    artifact("root/a"), artifact("root/b"), artifact("root/c", "root/a"), artifact("root/d", "root/c"),
    artifact("prod/e"), artifact("prod/f", "prod/e"), artifact("prod/f/g"),
]


@pytest.mark.parametrize(
    ("command", "paths"),
    [
        ("deploy **", "root/a root/b root/c root/d prod/e prod/f prod/f/g"),
        ("deploy root/c --concurrency 2", "root/a root/c"),
        ("deploy root/d --exclusively", "root/d"),
        ("deploy prod/*", "prod/e prod/f"),
        ("deploy prod/**", "prod/e prod/f prod/f/g"),
        ("destroy root/c --force", "root/c root/d"),
        ("bootstrap aws://111111111111/eu-west-1", ""),
    ],
)
def test_a_command_is_about_what_the_cli_selects(command, paths):
    assert [stack.path for stack in Selection(APP, command.split()).stacks] == paths.split()


def go_on(
    words: list[str], failing: dict[str, Any], says: dict[str, str] | None = None, unchanged: tuple[str, ...] = ()
) -> tuple[Attempt, list[list[str]]]:
    """With a CLI that skips the rest after a failure, and stacks that fail because of these resources."""
    commands = []

    def run(words: list[str]) -> tuple[Command, Watch]:
        commands.append(words)
        watch, output, code = Watch(Path("/acme"), Path("/acme/cdk.out"), ACCOUNT, REGION), [], 0
        for item in Selection(APP, words).stacks:
            if says and item.path in says:
                output, code = [says[item.path]], 1
                break
            if deploy(item.name, failing.get(item.path, {"queue": QUEUE})).status != "CREATE_COMPLETE":
                output, code = [f"❌  {item.name} failed to deploy", "and much more"], 1
                break
        return Command(words, ACCOUNT, code, 0.1, output), watch

    with Emulator():
        attempt = Attempt()
        command, watch = run(words)
        attempt.go_on(command, Selection(APP, words), watch, run, unchanged)
        return attempt, commands


def test_after_a_failure_it_goes_on_with_what_does_not_depend_on_it():
    failing = {"root/a": {"b": BUCKET}, "prod/e": {"b": BUCKET}}
    attempt, commands = go_on(["deploy", "**", "--concurrency", "2"], failing)
    assert [(failed.stack, failed.status) for failed in attempt.failed] == [
        ("root/a", "ROLLBACK_COMPLETE"), ("prod/e", "ROLLBACK_COMPLETE"),
    ]
    assert [[cause.reason for cause in failed.causes] for failed in attempt.failed] == [[INVALID], [INVALID]]
    assert all(failed.output == [] for failed in attempt.failed)
    assert attempt.not_tried == {"root/c": "root/a", "root/d": "root/a", "prod/f": "prod/e"}
    assert attempt.done_after == ["root/b", "prod/f/g"]
    assert commands[1:] == [
        ["deploy", "root/b", "prod/e", "prod/f", "prod/f/g", "--concurrency", "2", "--exclusively"],
        ["deploy", "prod/f/g", "--concurrency", "2", "--exclusively"],
    ]


def test_what_is_there_already_is_not_done_again():
    _, commands = go_on(["deploy", "**"], {"root/a": {"b": BUCKET}}, unchanged=("root/b", "prod/e"))
    assert commands[1:] == [["deploy", "prod/f", "prod/f/g", "--exclusively"]]


def test_a_stack_that_fails_before_its_first_event_is_told_by_the_cli():
    attempt, _ = go_on(["deploy", "root/**"], {}, {"root/a": "❌  root-a failed: ValidationError: no such parameter"})
    (failed,) = attempt.failed
    assert (failed.stack, failed.causes, failed.output) == ("root/a", [], ["ValidationError: no such parameter"])
    assert attempt.done_after == ["root/b"]


def test_when_nobody_says_which_stack_failed_the_rest_is_not_tried():
    attempt, commands = go_on(["deploy", "root/**"], {}, {"root/b": "no space left on device"})
    (failed,) = attempt.failed
    assert (failed.stack, failed.output) == (None, ["no space left on device"])
    assert attempt.not_tried == dict.fromkeys(["root/b", "root/c", "root/d"], "cdk deploy 'root/**'")
    assert len(commands) == 1


@pytest.fixture
def reasons():
    """What is told of a stack 'root-a' that is deployed so."""
    with Emulator():

        def reasons(*versions: Any, events: tuple[tuple[str, str], ...] = ()) -> list[tuple[str, str]]:
            for version in versions:
                watch = Watch(Path("/acme"), Path("/acme/cdk.out"), ACCOUNT, REGION)
                stack = deploy("root-a", version[0], **version[1])
            resource = next(iter(stack.resources.values())).resource if events else None
            for status, reason in events:
                stack.resource_event(resource, status, reason)
            command = Command(["deploy", "root/a"], ACCOUNT, 1, 0.1, [])
            (failed,) = watch.failed(command, Selection(APP, command.words))
            return [(cause.logical_id, cause.reason) for cause in failed.causes]

        yield reasons


def test_a_cause_and_not_its_consequences(reasons):
    first = ({"q": QUEUE}, {})
    second = ({"q": QUEUE, "b": BUCKET}, {})
    assert reasons(first, second, events=(("CREATE_FAILED", "Resource creation cancelled"),)) == [("b", INVALID)]


def test_a_stack_fails_by_an_output(reasons):
    output = {"Outputs": {"o": {"Value": {"Fn::ImportValue": "nothing"}}}}
    assert reasons(({"q": QUEUE}, output)) == [("root-a", "No export named nothing found.")]


def test_without_the_organization_nothing_else_is_tried(drive, monkeypatch):
    driver = drive()

    def cdk(_: Play, words: list[str], account_id: str, *__: object) -> Command:
        failed = words[0] == "deploy" and "acme/root/organization" in words
        output = ["❌  root-structure failed: no more accounts"] if failed else []
        return Command(words, account_id, int(failed), 0.1, output)

    monkeypatch.setattr(Play, "cdk", cdk)
    monkeypatch.setattr(Play, "_cdk", cdk)
    driver.play._rehearse(driver.result.organization, ["**"], None)
    data = summary.data(driver.play)
    assert [item["stack"] for item in data["failures"]] == ["acme/root/structure"]
    assert [command["command"] for command in data["organizations"][-1]["commands"]] == [
        f"cdk bootstrap aws://{ACCOUNT}/{REGION}", "cdk deploy acme/root/organization",
    ]
    assert data["notTried"]["acme/root/organization"] == "acme/root/structure"
    assert data["notTried"]["acme/prod/access"] == "acme/root/organization"
    every = {stack.path for stack in driver.result.organization.stacks}
    assert set(data["notTried"]) == every - {"acme/root/structure"}


def test_an_app_with_two_failures(drive, capsys, monkeypatch):
    """In real commands, several at once."""
    monkeypatch.setenv("CDK_VALIDATION", "false")
    driver = drive(HERE / "apps" / "failing", concurrency=4).bootstrapped()
    with pytest.raises(Stopped):
        driver.play._step(driver.result, driver.play._deploy("**"))
    data = summary.data(driver.play)
    log, nested = sorted(data["failures"], key=lambda failed: failed["stack"])
    assert (log["stack"], log["name"], log["accountId"], log["status"], log["output"]) == (
        "root/log", "root-log", ACCOUNT, "ROLLBACK_COMPLETE", [],
    )
    assert log["causes"] == [
        {
            "reason": INVALID,
            "logicalId": "logbucket0C020301",
            "type": "AWS::S3::Bucket",
            "construct": "root/log/log/bucket",
            "lines": ["app.js:8", "app.js:15"],
            "stoppedBy": None,
        }
    ]
    (inner,) = nested["causes"]
    assert (inner["reason"], inner["construct"], inner["lines"]) == (
        INVALID, "root/nested/inner/log/bucket", ["app.js:8", "app.js:16"],
    )
    assert data["notTried"] == {"root/after": "root/log"}
    assert len(data["problems"]) == 2
    stacks = {stack.name: stack.status for stack in world.stacks_by_account()[ACCOUNT]}
    assert (stacks["root-fine"], "root-after" in stacks) == ("CREATE_COMPLETE", False)
    # of a second deployment, nothing is to be done for this one
    _, unchanged = driver.play._places(["deploy", "**"], ACCOUNT, REGION)
    assert unchanged == [("root-fine", ACCOUNT, REGION)]
    capsys.readouterr()
    told.show(data, Printer())
    text = capsys.readouterr().out
    assert f"root/log failed: ROLLBACK_COMPLETE\n  {INVALID}\n    root/log/log/bucket, AWS::S3::Bucket\n" in text
    assert "    made in app.js:8, from app.js:15\n" in text
    assert "not tried, because of root/log: root/after\n" in text


def test_an_app_of_another_language_with_two_failures(drive):
    """Its constructs are told; jsii says nothing of its lines."""
    driver = drive(HERE / "apps" / "failing-python")
    with pytest.raises(Stopped):
        driver.play._step(driver.result, driver.play._deploy("**"))
    found = {failed["stack"]: failed["causes"] for failed in summary.data(driver.play)["failures"]}
    assert {stack: [(cause["reason"], cause["construct"]) for cause in causes] for stack, causes in found.items()} == {
        "root/one": [(INVALID, "root/one/bucket")], "root/two": [(INVALID, "root/two/bucket")],
    }
    assert [len(command.words) for command in driver.result.commands] == [2, 3]
