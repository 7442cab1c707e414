"""`check` in situations that an emulated AWS can be in, each with the table that it must print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from checking import ROOT, InProcess, known, organization, rows, said

from emulator.engine.aws import client
from emulator.engine.server import Emulator


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def administrator(emulator: Emulator, account: str = ROOT) -> InProcess:
    return InProcess(emulator, emulator.credentials(account)["AWS_ACCESS_KEY_ID"])


def api(service: str, account: str = ROOT) -> Any:
    return client(service, account, "eu-west-1")


def test_a_fresh_account(emulator, tmp_path):
    found = said(rows(organization(tmp_path), administrator(emulator)))
    assert found["caller"] == "✔ you are arn:aws:iam::111111111111:user/administrator"
