"""What a person sees while a command runs, and what is only recorded."""

from __future__ import annotations

import io
import json
import re
import sys

import pytest

from emulator.engine import deployment
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends
from rehearsal import summary, world
from rehearsal.report import Printer

ACCOUNT, REGION = "111111111111", "eu-west-1"
QUEUE = {"Type": "AWS::SQS::Queue"}
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "acme_logs"}}
PLACES = [(name, ACCOUNT, REGION) for name in ("acme-prod-access", "acme-prod-network", "acme-prod-app")]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def text(self) -> str:
        return re.sub(r"\d+:\d\d", "0:00", self.getvalue())


@pytest.fixture
def emulator():
    with Emulator():
        yield


def terminal(patch: pytest.MonkeyPatch) -> Terminal:
    """In the place of the output from now on."""
    patch.setattr(sys, "stdout", found := Terminal())
    patch.setenv("COLUMNS", "60")
    return found


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)


def deploy(name: str, resources: dict[str, object]) -> None:
    stack = cloudformation_backends[ACCOUNT][REGION].new_stack(name)
    deployment.Deployment(stack, json.dumps({"Resources": resources}), {}).create()


def two_stacks(printer: Printer) -> None:
    with printer.command(["deploy", "**"], PLACES, unchanged=PLACES[:1]):
        deploy("acme-prod-network", {"queue": QUEUE})
        deploy("StackSet-cdk-bootstrap", {"queue": QUEUE})
        deploy("acme-prod-app", {"logs": BUCKET})


def test_a_line_for_each_stack_that_ends(emulator, capsys):
    two_stacks(Printer())
    text = capsys.readouterr().out
    assert "\033" not in text and "\r" not in text
    lines = [line.rpartition("  ")[0] for line in text.splitlines()[2:]]
    assert lines == [
        f"  2/3  {ACCOUNT}  acme-prod-network  CREATE_COMPLETE",
        f"       {ACCOUNT}  StackSet-cdk-bootstrap  CREATE_COMPLETE",
        f"  3/3  {ACCOUNT}  acme-prod-app  ROLLBACK_COMPLETE",
        "  3/3 stacks",
    ]


def test_one_line_that_is_rewritten_on_a_terminal(emulator, monkeypatch):
    screen = terminal(monkeypatch)
    two_stacks(Printer())
    text = screen.text()
    shown = [line for part in text.split("\n") for line in part.split("\r\033[K")]
    assert "  1/3 stacks  0:00  acme-prod-network CREATE_IN_PROGRESS" in shown
    assert "  2/3 stacks  0:00  " in shown
    assert all(len(line) < 60 for line in shown if "IN_PROGRESS" in line)
    # what stays: the command, what failed, the sum
    kept = [part.split("\r\033[K")[-1].rpartition("  ")[0] for part in text.split("\n")[2:-1]]
    assert kept == [f"  3/3  {ACCOUNT}  acme-prod-app  \033[31mROLLBACK_COMPLETE\033[0m", "  3/3 stacks"]


@pytest.mark.parametrize(("name", "value", "rewritten"), [("NO_COLOR", "1", True), ("TERM", "dumb", False)])
def test_colours_and_rewriting_can_be_switched_off(emulator, monkeypatch, name, value, rewritten):
    monkeypatch.setenv(name, value)
    screen = terminal(monkeypatch)
    two_stacks(Printer())
    assert "ROLLBACK_COMPLETE" in screen.text()
    assert "\033[31m" not in screen.text()
    assert ("\r" in screen.text()) == rewritten


def test_the_output_of_the_cli_stays_above_the_line(monkeypatch):
    screen = terminal(monkeypatch)
    with Printer(verbose=True).command(["deploy", "**"], PLACES) as on_line:
        on_line("creating CloudFormation changeset...")
    assert "\r\033[K  | creating CloudFormation changeset...\n\r\033[K  0/3 stacks  0:00" in screen.text()


def test_what_moto_could_not_create_is_not_what_nobody_emulates(emulator, monkeypatch, capsys):
    from moto.kinesis.models import Stream

    def fail(*_: object, **__: object) -> None:
        raise KeyError("ShardCount")

    monkeypatch.setattr(Stream, "create_from_cloudformation_json", fail)
    said = {"BlockedInputMessaging": "no", "BlockedOutputsMessaging": "no", "Name": "guard"}
    guard = {"Type": "AWS::Bedrock::Guardrail", "Properties": said}
    deploy("acme-prod-app", {"stream": {"Type": "AWS::Kinesis::Stream"}, "guard": guard})
    emulated, recorded = world.count()
    assert (emulated, len(recorded)) == (0, 2)
    counts = {resource.place.type: 1 for resource in recorded}
    because = {resource.place.type: resource.because for resource in recorded if resource.because}
    summary.show_recorded(counts, because, Printer())
    assert capsys.readouterr().out.splitlines() == [
        "1 resource only recorded, because nobody emulates the type:",
        "    1  AWS::Bedrock::Guardrail",
        "1 resource of AWS::Kinesis::Stream only recorded: moto could not create it: KeyError: 'ShardCount'",
    ]
