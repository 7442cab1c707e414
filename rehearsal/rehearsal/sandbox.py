"""A folder for the CLI: it writes its output and its context there, the app itself runs in its own folder."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from rehearsal.failure import Failure

# these would bring back the caller's AWS, or write where they must not
_DROPPED = {
    "profile",
    "roleArn",
    "role-arn",
    "plugin",
    "output",
    "proxy",
    "caBundlePath",
    "progress",
    "requireApproval",
}


# waits for the end of the rehearsal, even killed; who still writes there is about to end too
_REMOVE = 'cat > /dev/null; for i in 1 2 3 4 5 6 7 8 9; do rm -rf -- "$1" 2> /dev/null && break; sleep 0.2; done'


class Sandbox:
    def __init__(self, app_dir: Path) -> None:
        self.app_dir = app_dir
        settings = self._settings()
        self.path = Path(tempfile.mkdtemp(prefix="rehearsal-"))
        self._remover = subprocess.Popen(
            ["/bin/sh", "-c", _REMOVE, "sh", str(self.path)],
            cwd="/",
            env={"PATH": "/usr/bin:/bin"},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.cwd = self.path / "cwd"
        self.assembly = self.path / "cdk.out"
        self.private = self.path / "private"
        for folder in (self.cwd, self.private):
            folder.mkdir()
        self._begin(settings)

    def enter(self, app_dir: Path) -> None:
        """The app in another folder, of which nothing is known yet."""
        self.app_dir = app_dir
        shutil.rmtree(self.assembly, ignore_errors=True)
        self._begin(self._settings())

    def _begin(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.use_app()
        context = _read(self.app_dir / "cdk.context.json")
        # what the app remembers of AWS
        self.context = {key: value for key, value in context.items() if not _is_account_lookup(key)}
        self._write("cdk.context.json", self.context)

    def _write(self, name: str, content: dict[str, Any]) -> None:
        (self.cwd / name).write_text(json.dumps(content, indent=2), "utf-8")

    def use_app(self) -> None:
        """A command synthesizes the app."""
        self._write("cdk.json", self.settings)

    def use_assembly(self) -> None:
        """A command takes the assembly as it is."""
        self._write("cdk.json", {**self.settings, "app": str(self.assembly), "build": None})

    def add_context(self, values: dict[str, Any]) -> None:
        """What the app's own context says stays."""
        self._write("cdk.context.json", values | _read(self.cwd / "cdk.context.json"))

    def _settings(self) -> dict[str, Any]:
        settings = _read(self.app_dir / "cdk.json")
        if not settings.get("app"):
            raise Failure(
                f"no cdk.json with an 'app' in '{self.app_dir}': "
                "run this in the folder of a CDK app, or name it with --app-dir"
            )
        kept = {key: value for key, value in settings.items() if key not in _DROPPED}
        kept["app"] = self._in_app_dir(str(settings["app"]))
        if settings.get("build"):
            kept["build"] = self._in_app_dir(str(settings["build"]))
        return kept

    def _in_app_dir(self, command: str) -> str:
        target = self.app_dir / command
        if target.is_dir():
            return str(target)
        if target.is_file() and target.suffix == ".js":
            command = f"node {shlex.quote(command)}"
        elif target.is_file():
            command = shlex.quote(f"./{command}")
        return f"cd {shlex.quote(str(self.app_dir))} && {command}"

    def remove(self) -> None:
        self._remover.communicate()


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise Failure(f"'{path}' is not JSON: {error}") from error


def _is_account_lookup(key: str) -> bool:
    """Account ids of the real organization must not reach the rehearsal. Keys write ':' as '$:'."""
    is_account = key.startswith("cc-api-provider:") and "AWS::Organizations::Account" in key.replace("$:", ":")
    return is_account or key.startswith("ssm:") and ":dummyValue=no-stack:" in key
