"""What `check` says of the emulated AWS, as it would of a real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3

from check import checks
from check.app import read
from check.aws import Aws
from check.rows import Row, Verdict, answered
from emulator.engine.aws import client_of
from emulator.engine.server import Emulator
from rehearsal.report import Printer


class Emulated(Aws):
    """Asks in this process, as who has the key: rights are decided as for anybody."""

    # nothing leaves this machine
    asks_dns = False

    def __init__(self, emulator: Emulator, key: str, region: str) -> None:
        super().__init__(boto3.Session(key, "emulated", region_name=region), region)
        self.emulator = emulator

    def make(self, session: boto3.Session, service: str, region: str) -> Any:
        key = session.get_credentials().access_key
        return client_of(self.emulator.door, key, service, region)


def check(assembly: Path, organization_id: str, emulator: Emulator, account_id: str, region: str) -> list[Row] | None:
    """By the caller of the first command; nothing for an organization without facts."""
    org = next((org for org in read(assembly) if org.id == organization_id), None)
    if org is None:
        return None
    aws = Emulated(emulator, emulator.credentials(account_id)["AWS_ACCESS_KEY_ID"], region)
    aws.who()
    return answered(checks.questions(org, aws), aws)


def show(rows: list[Row] | None, printer: Printer) -> None:
    """What is not well; the rest in numbers."""
    if rows is None:
        printer.line("check: skipped, because this organization is not a MultiAccountOrg")
        return
    counts = {verdict: sum(row.verdict == verdict.value for row in rows) for verdict in Verdict}
    printer.line("check: " + ", ".join(f"{count} {verdict.value}" for verdict, count in counts.items()))
    for row in rows:
        if row.verdict != Verdict.GOOD.value:
            printer.line(f"  {row.verdict} {row.subject}: {row.found}")
