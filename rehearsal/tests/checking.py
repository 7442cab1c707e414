"""An app and an emulated AWS that `check` is asked about, in this process."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from conftest import HERE
from in_process import Signed

from check import checks
from check.app import Org, read
from check.aws import Aws
from check.rows import Row, answered
from emulator.engine import aws as inside
from emulator.engine.server import Emulator

ROOT, REGION = "111111111111", "eu-west-1"
APP = HERE / "apps" / "checked"


class InProcess(Aws):
    """Its clients talk to the emulated AWS of this process, as who has the key: rights are decided as for anybody."""

    def __init__(self, emulator: Emulator, key: str, region: str = REGION) -> None:
        super().__init__(boto3.Session(key, "emulated", region_name=region), region)
        self.emulator = emulator

    def make(self, session: boto3.Session, service: str, region: str) -> Any:
        credentials = session.get_credentials()
        made = inside.client.__wrapped__(service, ROOT, region)
        made._endpoint.http_session = Signed(self.emulator.door, credentials.access_key)
        return made


def assembly(folder: Path, **variables: str) -> Path:
    """Of the app with these variables."""
    folder.mkdir(parents=True, exist_ok=True)
    node = shutil.which("node")
    assert node
    environment = {"PATH": os.environ["PATH"], "CDK_OUTDIR": str(folder), "CDK_CONTEXT_JSON": variables.pop("CONTEXT", "{}")}
    done = subprocess.run(
        [node, str(APP / "app.js")], env={**environment, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


def organization(folder: Path, **variables: str) -> Org:
    (org,) = read(assembly(folder, **variables))
    return org


def known(accounts: Mapping[str, str]) -> str:
    """The context in which the IDs of accounts were found, by their addresses."""
    return json.dumps(
        {
            f"cc-api-provider:account={ROOT}:expectedMatchCount=exactly-one:propertiesToReturn.0=AccountId:"
            f"propertyMatch.Email={email}:region={REGION}:typeName=AWS$:$:Organizations$:$:Account": [
                {"AccountId": account_id, "Identifier": account_id}
            ]
            for email, account_id in accounts.items()
        }
    )


def rows(org: Org, aws: Aws) -> dict[str, Row]:
    aws.who()
    return {row.subject: row for row in answered(checks.questions(org, aws), aws)}


def said(found: Mapping[str, Row]) -> dict[str, str]:
    """Each answer as one line: the verdict, and what is so; IDs that AWS makes up have one name."""
    return {subject: re.sub(r"\bo-[a-z0-9]{10}\b", "o-id", f"{row.verdict} {row.found}") for subject, row in found.items()}
