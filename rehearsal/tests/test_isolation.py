"""Nothing of the caller's AWS reaches the app, and the app reaches no AWS."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request

import pytest
from conftest import HERE, VARIABLES

from emulator.engine.guard import Guard
from rehearsal import environment, summary
from rehearsal.failure import Failure
from rehearsal.play import Options, Play
from rehearsal.processes import Processes
from rehearsal.report import Printer

CURIOUS = HERE / "apps" / "curious"
CALLERS = {
    "AWS_PROFILE": "mine",
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/real",
    "AWS_ROLE_ARN": "real",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://real",
    "AWS_CONFIG_FILE": "/real",
    "AWS_SHARED_CREDENTIALS_FILE": "/real",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_ENDPOINT_URL_S3": "https://real",
    "CDK_DEFAULT_ACCOUNT": "real",
    "CDK_NEW_BOOTSTRAP": "1",
    "HTTPS_PROXY": "http://real",
    "no_proxy": "real",
    "GITHUB_TOKEN": "real",
    "SSH_AUTH_SOCK": "/real",
    "GOPROXY": "https://me:real@acme.example",
    # of a name that is passed on
    "PIPENV_PYPI_MIRROR": "https://me:real@acme.example",
    "MAVEN_OPTS": "-Dhttps.proxyPassword=real",
}


@pytest.fixture
def callers(monkeypatch):
    for name, value in CALLERS.items():
        monkeypatch.setenv(name, value)


def test_no_variable_of_the_caller_is_kept(callers):
    kept = environment.clean()
    assert not set(CALLERS) & set(kept)
    assert kept["PATH"]


def test_what_the_app_sees(callers, tmp_path, monkeypatch, drive):
    monkeypatch.setenv("CURIOUS_REPORT", str(tmp_path / "env.json"))
    driver = drive(CURIOUS)
    seen = json.loads((tmp_path / "env.json").read_text())
    assert [f"{key}={value}" for key, value in seen.items() if "real" in value] == []
    assert "AWS_PROFILE" not in seen and "AWS_SESSION_TOKEN" not in seen
    given = driver.emulator.credentials("111111111111")["AWS_ACCESS_KEY_ID"]
    assert given.startswith("AKIA111111111111") and len(given) == 48
    assert seen["AWS_ACCESS_KEY_ID"] == given
    assert seen["AWS_ENDPOINT_URL"] == f"http://127.0.0.1:{driver.play.seal.emulator_port}"
    assert seen["HTTPS_PROXY"] == seen["https_proxy"] == f"http://127.0.0.1:{driver.play.seal.guard_port}"
    assert (seen["NO_PROXY"], seen["AWS_EC2_METADATA_DISABLED"]) == ("127.0.0.1,localhost", "true")
    with open(seen["AWS_CONFIG_FILE"], encoding="utf-8") as config:
        assert config.read() == ""


def rehearse_curious():
    play = Play(Options(CURIOUS, env=VARIABLES), Processes(), Printer())
    try:
        play.run()
        return summary.data(play)
    finally:
        play.close()


def test_an_attempt_to_reach_aws_is_refused_and_fails_the_rehearsal(monkeypatch):
    monkeypatch.setenv("CURIOUS_HOST", "sts.eu-west-1.amazonaws.com")
    with pytest.raises(Failure, match="tried to reach real AWS: sts.eu-west-1.amazonaws.com:443"):
        rehearse_curious()


def test_an_attempt_to_reach_another_host_is_refused_and_reported(monkeypatch):
    monkeypatch.setenv("CURIOUS_HOST", "acme.example")
    data = rehearse_curious()
    assert data["refused"] == ["acme.example:443"]
    assert data["problems"] == []


@pytest.mark.parametrize(
    "host, is_aws",
    [
        ("sts.amazonaws.com:443", True),
        ("S3.cn-north-1.amazonaws.com.cn:443", True),
        ("logs.eu-west-1.api.aws:443", True),
        ("amazonaws.com.acme.example:443", False),
        ("acme.example:443", False),
        # a name alone was looked up
        ("sts.amazonaws.com", True),
    ],
)
def test_which_hosts_are_aws(host, is_aws):
    guard = Guard()
    guard.refused.append(host)
    assert (guard.aws_hosts == [host]) is is_aws


def test_plain_requests_are_refused_too():
    guard = Guard()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stop = guard.serve(listener)
        proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy}))
        with pytest.raises(urllib.error.HTTPError, match="403"):
            opener.open("http://acme.example/path", timeout=5)
        stop()
    assert guard.refused == ["acme.example"]
