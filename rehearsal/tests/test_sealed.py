"""The app reaches the emulated AWS and nothing else, is seen by nobody else, and leaves nothing behind."""

from __future__ import annotations

import json
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import HERE

from emulator.engine.aws import client
from emulator.engine.guard import Guard
from emulator.engine.server import Emulator
from rehearsal import environment, summary
from rehearsal.failure import Failure
from rehearsal.play import Options, Play
from rehearsal.processes import Processes
from rehearsal.report import Printer
from rehearsal.seal import Namespaces, Preloads, Sandboxed, Seal, choose

ATTEMPTS = HERE / "apps" / "attempts"
PROGRAMS = {
    "node": ["node", "attempt.js"],
    "python": ["python3", "attempt.py"],
    "java": ["java", "Attempt.java"],
    "go": ["go", "run", "attempt.go"],
}
LABELS = ("neighbour", "machine", "ipv6", "address", "name", "udp", "child", "detached")
# what no settings of Java refuse, and nothing in Go does
OPEN = {("preloads", "java"): {"neighbour", "udp", "child", "detached"}, ("preloads", "go"): set(LABELS)}
SEALS: dict[str, type[Seal]] = {"namespaces": Namespaces, "sandbox-exec": Sandboxed, "preloads": Preloads}


class Neighbours:
    """Servers of this machine that nobody may reach: who connected, by their addresses."""

    def __init__(self, stack: ExitStack) -> None:
        self.connected: list[str] = []
        self.attempts: dict[str, tuple[str, int]] = {}
        for label, address in (("neighbour", "127.0.0.1"), ("machine", _own_address()), ("ipv6", "::1")):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            if address:
                listener = stack.enter_context(socket.create_server((address, 0), family=family))
                threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
                self.attempts[label] = (address, listener.getsockname()[1])
        here = self.attempts["neighbour"]
        self.attempts |= {"address": ("198.51.100.7", 443), "name": ("acme.example", 443), "udp": ("198.51.100.7", 514)}
        self.attempts |= {"child": here, "detached": here}

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connected.append(listener.getsockname()[0])
            connection.close()


def _own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
        try:
            # sends nothing
            unused.connect(("198.51.100.7", 9))
            return unused.getsockname()[0]
        except OSError:
            return ""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def seal_of(tmp_path: Path, stack: ExitStack) -> Callable[[str], Seal]:
    def make(kind: str) -> Seal:
        emulator = stack.enter_context(Emulator())
        seal = SEALS[kind](emulator, Guard(), Processes(), tmp_path)
        stack.callback(seal.close)
        if not seal.holds():
            pytest.skip(f"this machine does not let us: {kind}")
        return seal

    return make


def variables(seal: Seal, private: Path) -> dict[str, str]:
    emulator, guard = (f"http://127.0.0.1:{port}" for port in (seal.emulator_port, seal.guard_port))
    env = environment.for_cli(seal.emulator.credentials("111111111111"), "eu-west-1", emulator, guard, private)
    return env | seal.variables(env)


def run(seal: Seal, command: list[str], private: Path, cwd: Path = ATTEMPTS) -> list[str]:
    lines: list[str] = []
    seal.run(command, cwd, variables(seal, private), lines.append)
    return lines


@pytest.mark.parametrize("language", PROGRAMS)
@pytest.mark.parametrize("kind", SEALS)
def test_the_app_reaches_the_emulated_aws_and_nothing_else(kind, language, seal_of, stack, tmp_path):
    program = PROGRAMS[language]
    if not shutil.which(program[0]):
        pytest.skip(f"this machine has no {program[0]}")
    seal, neighbours = seal_of(kind), Neighbours(stack)
    held = [label for label in neighbours.attempts if label not in OPEN.get((kind, language), ())]
    words = [f"{label}|{host}|{port}" for label, (host, port) in neighbours.attempts.items() if label in held]
    lines = run(seal, [*program, "emulator||", *words], tmp_path)
    said = dict(line.split(" ", 1) for line in lines if line.split(" ")[0] in ("emulator", *LABELS))
    assert said == {"emulator": "reached", **dict.fromkeys(held, "refused")}, lines
    assert neighbours.connected == []
    for label in held:
        host, port = neighbours.attempts[label]
        if label == "name":
            # Java asks a file, which tells nobody
            assert (kind, language) == ("preloads", "java") or any(told.startswith(host) for told in seal.guard.refused)
        else:
            assert (f"[{host}]:{port}" if ":" in host else f"{host}:{port}") in seal.guard.refused
    # three attempts at the same neighbour are three
    if "child" in held:
        host, port = neighbours.attempts["neighbour"]
        assert seal.guard.refused.count(f"{host}:{port}") == 3


@pytest.mark.parametrize("kind", SEALS)
def test_a_whole_rehearsal_of_an_app_in_python(kind, capsys, tmp_path):
    seal = SEALS[kind]
    # a copy has no assembly of another test
    app = shutil.copytree(HERE / "apps" / "python", tmp_path / "app")
    play = Play(Options(app, seals=(seal, Preloads)), Processes(), Printer())
    try:
        if not isinstance(play.seal, seal):
            pytest.skip(f"this machine does not let us: {kind}")
        play.run()
        data = summary.data(play)
    finally:
        play.close()
    assert data["problems"] == []
    assert data["refused"] == ["acme.example:443"]
    assert capsys.readouterr().out.startswith(f"sealed from the network {play.seal.sentence}\n")


def test_without_namespaces_the_next_best_is_taken(monkeypatch, tmp_path):
    def no(*_: object) -> list[str]:
        raise Failure("no namespaces: Operation not permitted")

    monkeypatch.setattr(Namespaces, "run", no)
    with Emulator() as emulator:
        seal = choose(emulator, Guard(), Processes(), tmp_path)
        assert isinstance(seal, Preloads)
        seal.close()


def test_variables_that_the_app_names_are_told_or_passed_on(monkeypatch):
    given = {"GITHUB_TOKEN": "x", "STAGE_DOMAIN": "x", "UNHEARD_OF": "x", "CDK_DEPLOY_ACCOUNT": "1", "AWS_PROFILE": "x"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    texts = ["process.env.STAGE_DOMAIN, process.env.CDK_DEPLOY_ACCOUNT", "os.environ['AWS_PROFILE'] HOME PATH"]
    assert environment.left_out(texts) == ["AWS_PROFILE", "STAGE_DOMAIN"]
    assert environment.left_out(texts, ["STAGE_DOMAIN"]) == ["AWS_PROFILE"]
    assert set(environment.clean(named=["STAGE_DOMAIN"])) & set(given) == {"CDK_DEPLOY_ACCOUNT", "STAGE_DOMAIN"}


@pytest.mark.parametrize(
    ("name", "value", "passed"),
    [
        ("PATH", "/bin", True),
        ("GOFLAGS", "-mod=mod", True),
        ("GO111MODULE", "on", True),
        ("PYTHONPATH", "/lib", True),
        ("JAVA_HOME", "/jdk", True),
        ("VIRTUAL_ENV", "/venv", True),
        ("LC_ALL", "C", True),
        ("GOPROXY", "https://acme.example", False),
        ("MAVEN_OPTS", "-Dhttps.proxyPassword=word", False),
        ("PIPENV_PYPI_MIRROR", "https://me:word@acme.example", False),
        ("npm_config__authToken", "word", False),
        ("NODE_AUTH_TOKEN", "word", False),
        ("https_proxy", "http://acme.example", False),
    ],
)
def test_which_variables_are_passed_on(name, value, passed):
    assert (name in environment.clean({name: value})) is passed


def test_what_is_in_the_home_is_found_where_it_is(tmp_path):
    for folder in (".pyenv", "go", ".npm", "caches/go-build"):
        (tmp_path / folder).mkdir(parents=True)
    base = {"XDG_CACHE_HOME": str(tmp_path / "caches"), "PYENV_ROOT": "/elsewhere"}
    assert environment.caches(base, tmp_path) == {
        "npm_config_cache": f"{tmp_path}/.npm",
        "GOPATH": f"{tmp_path}/go",
        "GOCACHE": f"{tmp_path}/caches/go-build",
    }


@pytest.mark.parametrize("kind", SEALS)
def test_a_home_and_a_temporary_folder_of_its_own(kind, seal_of, tmp_path):
    seal = seal_of(kind)
    shown = "console.log([os.homedir(), os.tmpdir()].join(' '))"
    assert run(seal, ["node", "-e", shown], tmp_path) == [f"{tmp_path}/home {tmp_path}/tmp"]
    shown = "import os, tempfile; print(os.path.expanduser('~'), tempfile.gettempdir())"
    assert run(seal, ["python3", "-c", shown], tmp_path) == [f"{tmp_path}/home {tmp_path}/tmp"]


def test_credentials_are_not_there_whatever_the_home_is_called(seal_of, tmp_path, monkeypatch):
    for name in (".aws", ".ssh"):
        (tmp_path / name).mkdir()
    (tmp_path / ".aws" / "credentials").write_text("real")
    (tmp_path / ".cdk.json").write_text("real")
    (tmp_path / "other").write_text("there")
    monkeypatch.setenv("HOME", str(tmp_path))
    seal = seal_of("namespaces")
    look = f"cd {tmp_path}; ls -A .aws .ssh | grep -v : ; cat .cdk.json other"
    assert [line for line in run(seal, ["sh", "-c", look], tmp_path) if line] == ["there"]


@pytest.fixture
def served(stack: ExitStack) -> tuple[Emulator, str]:
    emulator = stack.enter_context(Emulator())
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    stack.callback(emulator.serve(listener))
    return emulator, f"http://127.0.0.1:{listener.getsockname()[1]}"


def ask(url: str, key: str | None, data: bytes | None = b"Action=GetCallerIdentity&Version=2011-06-15", **more: str):
    headers = {"origin": "https://acme.example", "x-moto-account-id": "999999999999", **more}
    if key:
        scope = f"{key}/20260101/us-east-1/sts/aws4_request"
        headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def test_who_has_no_credentials_of_this_run_is_refused(served):
    emulator, url = served
    own = emulator.credentials("111111111111")["AWS_ACCESS_KEY_ID"]
    code, headers, body = ask(url, own)
    # whoever else it says that it is
    assert (code, "<Account>111111111111</Account>" in body) == (200, True)
    assert [name for name in headers if name.lower().startswith("access-control")] == []
    with Emulator() as other:
        others = other.credentials("111111111111")["AWS_ACCESS_KEY_ID"]
    for key in (None, "AKIA111111111111", others, "ASIAIOSFODNN7EXAMPLE", "AKIAEMULATED"):
        code, headers, body = ask(url, key)
        assert (code, "it is not of this rehearsal" in body) == (403, True), key
        assert [name for name in headers if name.lower().startswith("access-control")] == []


def test_a_session_that_the_emulated_aws_has_given_out_is_let_in(served):
    emulator, url = served
    trust = {"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = client("iam", "222222222222", "us-east-1").create_role(RoleName="role", AssumeRolePolicyDocument=policy)
    session = client("sts", "111111111111", "us-east-1").assume_role(RoleArn=arn["Role"]["Arn"], RoleSessionName="session")
    code, _, body = ask(url, session["Credentials"]["AccessKeyId"])
    assert (code, "<Account>222222222222</Account>" in body) == (200, True)


@pytest.mark.parametrize("path", ["/moto-api/reset", "/moto-api/data.json", "/moto-api/", "/latest/meta-data/iam/"])
def test_what_moto_adds_for_tests_is_not_there(served, path):
    emulator, url = served
    assert ask(url + path, None, None)[0] == 403
    assert ask(url + path, emulator.credentials("111111111111")["AWS_ACCESS_KEY_ID"], None)[0] == 404


# runs a command as a rehearsal does, by the seal that is named, until it is killed
REHEARSAL = """
import sys
from pathlib import Path
from emulator.engine.guard import Guard
from emulator.engine.server import Emulator
from rehearsal import seal
from rehearsal.processes import Processes
kind, folder, *command = sys.argv[1:]
made = getattr(seal, kind)(Emulator(), Guard(), Processes(), Path(folder))
env = {"PATH": "/usr/bin:/bin", "HOME": folder}
made.run(command, Path(folder), env | made.variables(env), lambda line: print(line, flush=True))
"""
# a session of its own, of which the parent is gone, and another one below it
DETACH = 'setsid sh -c "setsid sleep $1 & sleep $1" < /dev/null & echo started; {}'


def sleeping(seconds: str) -> list[str]:
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"sleep") and seconds.encode() in words:
            found.append(file.parent.name)
    return found


def detached(seconds: str) -> int:
    """How many there are, once both are, which takes its time on a busy machine."""
    deadline = time.monotonic() + 10
    while len(sleeping(seconds)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    return len(sleeping(seconds))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("end", ["its own", "stop", "kill"])
@pytest.mark.parametrize("kind", ["namespaces", "preloads"])
def test_what_the_app_detaches_ends_with_it(kind, end, seal_of, tmp_path):
    seal, seconds = seal_of(kind), f"{random.randrange(10**6, 10**7)}"
    until_seen = "while [ ! -e seen ]; do sleep 0.05; done"
    command = ["sh", "-c", DETACH.format(until_seen if end == "its own" else "sleep $1"), "sh", seconds]
    if end == "kill":
        words = [sys.executable, "-c", REHEARSAL, type(seal).__name__, str(tmp_path), *command]
        with subprocess.Popen(words, cwd=HERE.parent, stdout=subprocess.PIPE, text=True) as started:
            assert started.stdout is not None
            said, seen = started.stdout.readline(), detached(seconds)
            started.kill()
        assert said == "started\n"
    else:
        seen = 0

        def on_line(_: str) -> None:
            nonlocal seen
            seen = detached(seconds)
            (tmp_path / "seen").touch()
            if end == "stop":
                seal.processes.stop()

        seal.run(command, tmp_path, variables(seal, tmp_path), on_line)
    assert seen >= 2
    deadline = time.monotonic() + (5 if end == "kill" else 0)
    while sleeping(seconds) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert sleeping(seconds) == []
