"""The command `check` as people type it, against an emulated AWS behind a socket."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from checking import assembly, throttle
from conftest import HERE

from check.rows import Row, Verdict
from check.table import table
from emulator.engine.server import Emulator

REPOSITORY = HERE.parents[1]
APPS = HERE / "apps"
NODE = shutil.which("node") or "node"
ROOT = "111111111111"


@pytest.fixture
def emulator() -> Iterator[tuple[Emulator, dict[str, str]]]:
    """And the variables of who talks to it as an administrator of the management account."""
    with Emulator() as running, socket.create_server(("127.0.0.1", 0)) as listener:
        stop = running.serve(listener)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield running, {"AWS_ENDPOINT_URL": url, **running.credentials(ROOT)}
        stop()


@pytest.fixture(scope="module")
def app(tmp_path_factory) -> tuple[str, str]:
    """As it was synthesized: faster than by the CLI each time."""
    return "--assembly", str(assembly(tmp_path_factory.mktemp("app")))


def check(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    nobodys = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return subprocess.run(
        [NODE, str(REPOSITORY / "cli" / "main.js"), "check", *words],
        capture_output=True, text=True, env={**os.environ, **nobodys, **env}, timeout=300,
    )  # fmt: skip


def test_an_app_whose_accounts_do_not_exist_yet(emulator, tmp_path):
    _, env = emulator
    done = check("--app-dir", str(APPS / "checked"), "--json", str(tmp_path / "check.json"), **env)
    lines = done.stdout.splitlines()
    assert "before the first command" in lines, done.stdout + done.stderr
    assert any(line.split() [:2] == ["✔", "caller"] for line in lines)
    written = json.loads((tmp_path / "check.json").read_text("utf-8"))
    jsonschema.validate(written, json.loads((REPOSITORY / "docs" / "check.schema.json").read_text("utf-8")))
    (organization,) = written["organizations"]
    verdicts = {row["verdict"] for row in organization["rows"]}
    assert done.returncode == (1 if "✘" in verdicts else 3 if "?" in verdicts else 0)
    assert lines[-1] == ", ".join(
        f"{sum(row['verdict'] == verdict for row in organization['rows'])} {verdict}" for verdict in "✔✘?"
    )


def test_throttled_for_a_while(emulator, app):
    """The client of AWS asks again by itself."""
    running, env = emulator
    asked = throttle(running, "AWSOrganizationsV20161128.DescribeOrganization", 2)
    done = check(*app, **env)
    assert "there is none yet, and the app creates one" in done.stdout, done.stdout + done.stderr
    assert len(asked) == 3


def test_something_that_is_not_well(emulator, app):
    running, env = emulator
    running.door.as_root_user = True
    done = check(*app, **{**env, **running.credentials(ROOT)})
    assert done.returncode == 1
    assert "→ sign in as an administrator" in done.stdout


def test_an_assembly_instead_of_an_app(emulator, tmp_path):
    _, env = emulator
    done = check("--assembly", str(tmp_path), **env)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"check could not run: '{tmp_path}' is no cloud assembly: name the folder that 'cdk synth' writes\n"


@pytest.mark.parametrize(("name", "said"), [
    ("none/check.json", "is in a folder that does not exist: make it, or name another file"),
    ("", "is a folder: name a file"),
])  # fmt: skip
def test_a_file_that_cannot_be_written_is_told_before_anybody_is_asked(emulator, app, tmp_path, name, said):
    running, env = emulator
    asked = throttle(running, "AWSOrganizationsV20161128.DescribeOrganization", 0)
    done = check(*app, "--json", str(tmp_path / name), **env)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"check could not run: --json '{tmp_path / name}' {said}\n"
    assert asked == []


def test_a_disk_that_is_full_is_told(emulator, app):
    _, env = emulator
    done = check(*app, "--json", "/dev/full", **env)
    assert done.returncode == 2
    assert done.stderr == (
        "check could not run: --json '/dev/full' cannot be written, No space left on device: name another file\n"
    )


def test_what_others_have_named_does_not_talk_to_the_terminal(tmp_path):
    done = check("--assembly", str(tmp_path / "\033]0;\a\tacme"))
    assert done.returncode == 2
    assert done.stderr.startswith(f"check could not run: '{tmp_path}/?]0;?") and done.stderr.count("\n") == 1
    assert not [character for character in done.stderr[:-1] if not character.isprintable()]
    row = Row("before \033[2J", "prod: \033[1mnames", Verdict.GOOD.value, "a\rb", "\a")
    assert table([row]) == "\nbefore ?[2J\n  ✔ prod: ?[1mnames  a?b\n                     → ?\n\n1 ✔, 0 ✘, 0 ?"


def test_an_app_that_does_not_synthesize(emulator):
    _, env = emulator
    done = check("--app-dir", str(APPS / "checked"), **env, STAGES='{"Not A Name":{}}')
    assert done.returncode == 2
    assert done.stderr.startswith("check could not run: the app does not synthesize, so there is nothing to check yet:\n")
    assert "stage 'Not A Name'" in done.stderr


def test_an_app_without_an_organization(emulator):
    _, env = emulator
    done = check("--app-dir", str(APPS / "without-organization"), **env)
    assert done.returncode == 2
    assert done.stderr == "check could not run: the app has no organization: define a MultiAccountOrg, and synthesize it\n"


@pytest.mark.parametrize(("credentials", "said"), [
    ({}, "no AWS credentials: Unable to locate credentials. Sign in as for 'cdk deploy', for example by 'aws sso login'"),
    ({"AWS_ACCESS_KEY_ID": "AKIAOLD", "AWS_SECRET_ACCESS_KEY": "old"}, "AWS does not know these credentials, InvalidClientTokenId: sign in again"),
])  # fmt: skip
def test_nobody_who_asks(emulator, app, credentials, said):
    _, env = emulator
    done = check(*app, AWS_ENDPOINT_URL=env["AWS_ENDPOINT_URL"], **credentials)
    assert (done.returncode, done.stderr) == (2, f"check could not run: {said}\n")


def test_the_policy():
    done = check("--policy")
    assert done.returncode == 0
    (statement,) = json.loads(done.stdout)["Statement"]
    assert statement["Effect"] == "Allow" and "sts:AssumeRole" in statement["Action"]
