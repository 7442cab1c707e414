"""The command that people type: how it finds Python, installs, ends, and cleans up."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import HERE

CLI = HERE.parents[1] / "cli" / "main.js"
STUBBORN = HERE / "apps" / "stubborn"
NODE = shutil.which("node") or "node"


def run(*words: str, cli: Path = CLI, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE, str(cli), *words], capture_output=True, text=True, env={**os.environ, **env}, timeout=300
    )


def descendants(pid: int) -> set[int]:
    """From /proc: the processes that this one has started, and theirs, in whatever session."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, waiting = set(), [pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            found.add(child)
            waiting.append(child)
    return found


def app_runs(pid: int) -> bool:
    """The tool, python, the leash and the CLI are there, and below it the app."""
    for child in descendants(pid):
        try:
            words = (Path("/proc") / str(child) / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[1:2] == [b"app.js"]:
            return True
    return False


def alive(pids: set[int]) -> set[int]:
    def lives(pid: int) -> bool:
        try:
            return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    return {pid for pid in pids if lives(pid)}


def wait_until(condition, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return bool(condition())


NAMES = sorted(path.stem for path in (CLI.parent / "commands").glob("*.js"))
CHECK = "  check       ask AWS, reading only, what would stop the app: before anything is created\n"
COUNT = "  count       count words\n"


@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["-h"], 0), ([], 64)])
def test_help_has_a_line_for_each_command(words, code):
    done = run(*words, REHEARSAL_PYTHON="/nowhere/python")
    said, silent = (done.stderr, done.stdout) if code else (done.stdout, done.stderr)
    assert (done.returncode, silent) == (code, "")
    assert CHECK in said
    assert re.findall(r"^  ([a-z]+)  +[a-z]", said, re.MULTILINE) == NAMES


@pytest.mark.parametrize("word", ["deploy", "--twice", "../python", "rehearse.js", ""])
def test_an_unknown_command_is_told_which_there_are(word):
    done = run(word, "--app-dir", "x")
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr == f"cdk-multi-account-org: unknown command '{word}': use one of {', '.join(NAMES)}\n"


@pytest.mark.parametrize("name", NAMES)
def test_wrong_words_end_alike_in_every_command(name):
    done = run(name, "--no-such-option")
    assert (done.returncode, done.stdout) == (64, "")
    # an installation for Python is told before
    assert re.search(
        rf"^cdk-multi-account-org: .*--no-such-option.*: see cdk-multi-account-org {name} --help\n\Z", done.stderr, re.MULTILINE
    ), done.stderr


def test_the_guide_has_the_exit_codes_of_every_command():
    guide = (CLI.parents[1] / "docs" / "guides" / "reviewing-changes.md").read_text("utf-8")
    _, _, table = guide.partition("## Exit codes\n")
    rows = re.findall(r"^\| `([a-z]+)` \|(.*)\|$", table, re.MULTILINE)
    assert [name for name, _ in rows] == NAMES
    has = {name: {code for code, cell in zip("0123", row.split("|"), strict=True) if cell.strip()} for name, row in rows}
    # what a command says of itself
    said = {name: set(re.findall(r"\b([0-9]) if\b", run(name, "--help").stdout)) for name in NAMES}
    assert said == {"check": set("0123"), "completion": set(), "diff": {"3"}, "plan": {"1", "2"}, "rehearse": set(), "report": set()}
    assert [name for name in NAMES if not said[name] <= has[name]] == []


def test_a_command_is_a_file(tmp_path):
    cli = Path(shutil.copytree(CLI.parent, tmp_path / "cli")) / "main.js"
    run_of = "async (words) => { if (words[0] === 'no') throw new Error('no'); console.log(words); return words.length; }"
    (cli.parent / "commands" / "count.js").write_text(f"module.exports = {{ summary: 'count words', run: {run_of} }};")
    assert re.search(f"^{CHECK}.*\n{COUNT}", run("--help", cli=cli).stdout, re.MULTILINE)
    counted = run("count", "--help", "rehearse", "x", cli=cli)
    assert (counted.returncode, counted.stdout) == (3, "[ '--help', 'rehearse', 'x' ]\n")
    failed = run("count", "no", cli=cli)
    assert (failed.returncode, failed.stdout, failed.stderr) == (1, "", "cdk-multi-account-org: no\n")
    assert f"use one of {', '.join(sorted([*NAMES, 'count']))}\n" in run("deploy", cli=cli).stderr


def test_without_python_there_is_one_line():
    done = run("rehearse", REHEARSAL_PYTHON="/nowhere/python")
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line == (
        "cdk-multi-account-org: the rehearsal needs Python 3.10 or newer with venv and pip, tried /nowhere/python: "
        "install it, or name one in REHEARSAL_PYTHON"
    )


def test_a_python_that_is_too_old_is_not_taken(tmp_path):
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\necho '[\"/usr/bin/python\", [3, 9, 18]]'\n")
    old.chmod(0o755)
    assert "needs Python 3.10" in run("rehearse", REHEARSAL_PYTHON=str(old)).stderr


def test_a_failed_installation_leaves_nothing_that_looks_complete(tmp_path):
    done = run("rehearse", XDG_CACHE_HOME=str(tmp_path), PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path))
    assert done.returncode == 1
    assert "failed with 1: is there a way to a package index?" in done.stderr
    assert list((tmp_path / "cdk-multi-account-org").iterdir()) == []


def test_what_an_interrupted_installation_left_is_removed(tmp_path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = tmp_path / "cdk-multi-account-org" / f"abc.unfinished-{gone.pid}-1"
    mine = tmp_path / "cdk-multi-account-org" / f"abc.unfinished-{os.getpid()}-1"
    left.mkdir(parents=True)
    mine.mkdir()
    run("rehearse", XDG_CACHE_HOME=str(tmp_path), PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path))
    assert [path.name for path in (tmp_path / "cdk-multi-account-org").iterdir()] == [mine.name]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_an_installation_that_is_stopped_leaves_nothing(tmp_path):
    started = subprocess.Popen(
        [NODE, str(CLI), "rehearse"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)},
    )
    assert wait_until(lambda: list(tmp_path.glob("*/*.unfinished-*/bin/python")), 30)
    pids = descendants(started.pid)
    started.send_signal(signal.SIGTERM)
    assert started.wait(20) == 128 + signal.SIGTERM
    assert wait_until(lambda: not alive(pids), 5), alive(pids)
    assert list((tmp_path / "cdk-multi-account-org").iterdir()) == []


def test_help_names_the_options():
    done = run("rehearse", "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("usage: cdk-multi-account-org rehearse [-h]")
    for option in ("--destroy", "--twice", "--app-dir", "--json", "--report", "--keep-output", "--timeout", "--every-command-synthesizes"):
        assert option in done.stdout


@pytest.mark.parametrize("name", ["check", "rehearse"])
def test_shells_complete_the_options_of_the_help(name):
    """They are declared a second time, because a shell does not wait for Python."""
    source = f"console.log(JSON.stringify(require({json.dumps(str(CLI.parent / 'commands' / name))}).options()))"
    listed = subprocess.run([NODE, "-e", source], capture_output=True, text=True, check=True).stdout
    declared = {(f"--{option['name']}", "value" in option) for option in json.loads(listed)}
    shown = re.findall(r"^  (?:-\w(?: [A-Z=]+)?, )?(--[a-z-]+)( [A-Z{\[])?", run(name, "--help", COLUMNS="200").stdout, re.MULTILINE)
    assert declared == {(option, bool(value)) for option, value in shown}


def test_a_rehearsal_from_the_command_line(tmp_path):
    done = run(
        "rehearse",
        "--app-dir",
        str(HERE / "apps" / "without-organization"),
        "--json",
        str(tmp_path / "s.json"),
        "--keep-output",
        str(tmp_path / "kept"),
        "--report",
        str(tmp_path / "page.html"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("rehearsal succeeded")
    data = json.loads((tmp_path / "s.json").read_text())
    assert data["problems"] == []
    seconds = data["costs"]["seconds"]
    assert 0 < sum(seconds[phase] for phase in ("startUp", "synthesis", "commands")) <= seconds["total"] + 0.2
    assert min(data["costs"]["cpuSeconds"].values()) > 0
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == [
        "01-ls.log",
        "02-bootstrap.log",
        "03-bootstrap.log",
        "04-ls.log",
        "05-deploy.log",
        "cdk.out",
    ]
    page = (tmp_path / "page.html").read_text("utf-8")
    assert page.startswith("<!doctype html>") and page.rstrip().endswith("</html>")
    # of the app that is deployed here: two stacks, and the resources of a nested one among theirs
    assert "<dt>stacks</dt><dd>2</dd>" in page and "<dt>resources</dt><dd>4</dd>" in page


def test_a_report_needs_a_folder(tmp_path):
    file = tmp_path / "no" / "page.html"
    done = run("rehearse", "--app-dir", str(HERE / "apps" / "empty"), "--report", str(file))
    assert done.returncode == 64
    assert f"argument --report: '{file}' is in no folder that is there: name a file in one that is" in done.stderr


def test_a_failure_is_readable():
    done = run("rehearse", "--app-dir", str(HERE / "apps" / "empty"))
    assert done.returncode == 1
    assert "rehearsal failed: no stack 'root/organization'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_stays_behind(number, tmp_path):
    started = subprocess.Popen(
        [NODE, str(CLI), "rehearse", "--app-dir", str(STUBBORN)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        start_new_session=True,
    )
    assert wait_until(lambda: app_runs(started.pid), 60)
    pids = descendants(started.pid)
    started.send_signal(number)
    _, complaint = started.communicate(timeout=20)
    assert wait_until(lambda: not alive(pids), 10), alive(pids)
    assert wait_until(lambda: not list(tmp_path.glob("rehearsal-*")), 10)
    if number != signal.SIGKILL:
        assert started.returncode == 128 + number
        assert f"received {number.name}" in complaint


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_process_stays_behind_when_python_is_killed(tmp_path):
    started = subprocess.Popen(
        [NODE, str(CLI), "rehearse", "--app-dir", str(STUBBORN)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        start_new_session=True,
    )
    assert wait_until(lambda: app_runs(started.pid), 60)
    pids = descendants(started.pid)
    python = next(pid for pid in sorted(pids) if b"runpy" in (Path("/proc") / str(pid) / "cmdline").read_bytes())
    os.kill(python, signal.SIGKILL)
    assert started.wait(20) == 128 + signal.SIGKILL
    assert wait_until(lambda: not alive(pids), 10), alive(pids)
    assert wait_until(lambda: not list(tmp_path.glob("rehearsal-*")), 10)


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare")
@pytest.mark.parametrize("size", ["8k", "64k"])
def test_a_full_disk_is_told_and_nothing_is_left(size, tmp_path):
    script = (
        'mount -t tmpfs -o size=$1 tmpfs "$2" && export TMPDIR="$2" || exit 77; shift 2; "$@"; code=$?; '
        'sleep 0.5; echo "left: $(ls -A "$TMPDIR")" >&2; exit $code'
    )
    words = [NODE, str(CLI), "rehearse", "--app-dir", str(HERE / "apps" / "without-organization")]
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", size, str(tmp_path), *words],
        capture_output=True, text=True, timeout=120,
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"this machine does not let us: {done.stderr}")
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("rehearsal failed: ")
    assert "no space left on device" in done.stderr.lower()
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1] == "left: "


def test_the_time_is_bounded():
    started = time.monotonic()
    done = run("rehearse", "--app-dir", str(STUBBORN), "--timeout", "3")
    assert done.returncode == 1
    assert "it took longer than 3 s (--timeout)" in done.stderr
    assert time.monotonic() - started < 30
