from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]

import in_process  # noqa: E402
from assemblies import Assemblies  # noqa: E402
from shared import Shared, shared  # noqa: E402, F401

from emulator.engine.deployment import Deployment  # noqa: E402
from emulator.engine.stacks import cloudformation_backends  # noqa: E402
from rehearsal.cdk import Command  # noqa: E402
from rehearsal.play import Options, Play, Result  # noqa: E402
from rehearsal.processes import Processes  # noqa: E402
from rehearsal.report import Printer  # noqa: E402
from rehearsal.synthesis import Synthesis  # noqa: E402

ACME = HERE / "apps" / "acme"
# what apps of these tests are told
VARIABLES = (
    "STAGES", "UNCHAINED", "UNSTABLE", "UNDELEGATED", "TRUSTED", "DELEGABLE",
    "INVALID", "ORGANIZATION", "SYNTHESES", "CURIOUS_HOST", "CURIOUS_REPORT", "CURIOUS_TEMPORARY",
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", "ignore::UserWarning:moto")


@pytest.fixture(scope="session", autouse=True)
def assemblies(shared: Shared) -> Iterator[None]:
    kept = Assemblies(shared, Synthesis._make)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Synthesis, "_make", lambda *arguments: kept.synthesize(*arguments))
        yield


class Driver:
    """An app and its own emulated AWS, one CLI command at a time. Works for the folder of any app."""

    def __init__(self, app_dir: Path, **options: Any) -> None:
        self.play = Play(Options(app_dir, env=VARIABLES, **options), Processes(), Printer())
        self.emulator = self.play.emulator
        self.faults = self.emulator.faults
        try:
            self.result: Result = self.play.begin(self.play.organizations()[0])
        except BaseException:
            self.play.close()
            raise

    def cdk(self, *words: str) -> Command:
        return self.play.cdk(list(words), self.result.management_id, self.result.region)

    def deploy(self, *patterns: str, anew: bool = False, key: str = "") -> Command:
        """The outcome of `cdk deploy`, without the time that the CLI takes."""
        return in_process.deploy(self.play, self.result.management_id, self.result.region, patterns, anew, key)

    def bootstrap(self) -> Command:
        return self.cdk("bootstrap", f"aws://{self.result.management_id}/{self.result.region}")

    def bootstrapped(self, *members: str) -> Driver:
        """The outcome of `bootstrap` in root and in members that trust it, without the time that the CLI takes."""
        template = self.play.script.parent.parent / "lib/api/bootstrap/bootstrap-template.yaml"
        root = self.result.management_id
        for account in (root, *members):
            backend = cloudformation_backends[account][self.result.region]
            given = {
                "FileAssetsBucketKmsKeyId": "AWS_MANAGED_KEY",
                "CloudFormationExecutionPolicies": "arn:aws:iam::aws:policy/AdministratorAccess",
                **({} if account == root else {"TrustedAccounts": root, "TrustedAccountsForLookup": root}),
            }
            Deployment(backend.new_stack("CDKToolkit"), template.read_text("utf-8"), given).create()
        return self

    def organization(self) -> Command:
        assert self.result.organization.first is not None
        return self.cdk("deploy", self.result.organization.first.path)

    def everything(self) -> Command:
        self.bootstraps()
        return self.cdk("deploy", "**")

    def bootstraps(self) -> None:
        """The outcome of `deploy acme/bootstrap/*`, without the time that the CLI takes unless each command synthesizes."""
        if self.play.options.every_command_synthesizes and self.result.organization.bootstraps:
            self.cdk("deploy", self.result.organization.join("bootstrap/*"))
            return
        done = self.deploy(self.result.organization.join("bootstrap/*"))
        assert done.code == 0, self.text(done)

    @staticmethod
    def text(command: Command) -> str:
        return "\n".join(command.output)


@pytest.fixture
def drive() -> Iterator[Callable[..., Driver]]:
    """`drive(app_dir)` gives a driver; it is closed after the test."""
    drivers: list[Driver] = []

    def start(app_dir: Path = ACME, **options: Any) -> Driver:
        drivers.append(Driver(app_dir, **options))
        return drivers[-1]

    yield start
    for driver in drivers:
        driver.play.close()
