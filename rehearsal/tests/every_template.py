"""The templates of everything that the library defines, as AWS gets them, deployed on the emulator in their order."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from moto.organizations import utils

from emulator.engine.aws import client
from emulator.engine.deployment import Deployment
from emulator.engine.stacks import Stack, cloudformation_backends

APP = Path(__file__).parent / "apps" / "services"
ROOT, BUCKET, VERSION = "111111111111", "cdk-hnb659fds-assets-{}-{}", "/cdk-bootstrap/hnb659fds/version"
# name of the stack
BOOTSTRAP = "CDKToolkit"
# the accounts in the order in which their stacks create them
IDS = {
    f"aws+{stage}@acme.example": str(number) * 12
    for number, stage in enumerate(("audit", "prod", "staging", "dev", "testing"), 2)
}


@dataclass
class Synthesized:
    account: str
    region: str
    name: str
    template: Path

    @property
    def assets(self) -> dict[str, Any]:
        return json.loads(self.template.with_name(self.template.name.replace("template", "assets")).read_text("utf-8"))


def synthesize(folder: Path) -> None:
    subprocess.run(["node", "app.js", str(folder), json.dumps(IDS)], cwd=APP, check=True)


def stacks(folder: Path) -> Iterator[Synthesized]:
    """Those that others wait for come first."""
    artifacts = json.loads((folder / "manifest.json").read_text("utf-8"))["artifacts"]
    begun: set[str] = set()

    def visit(name: str) -> Iterator[Synthesized]:
        item = artifacts.get(name, {})
        if name in begun or item.get("type") != "aws:cloudformation:stack":
            return
        begun.add(name)
        for need in item.get("dependencies", []):
            yield from visit(need)
        account, region = item["environment"].removeprefix("aws://").split("/")
        properties = item["properties"]
        yield Synthesized(account, region, properties.get("stackName", name), folder / properties["templateFile"])

    for name in artifacts:
        yield from visit(name)
    nested = [item["properties"]["directoryName"] for item in artifacts.values() if item["type"] == "cdk:cloud-assembly"]
    # the organization first and then its bootstraps, as its commands are
    for directory in sorted(nested, key=lambda name: (not name.endswith("-root"), not name.endswith("-bootstrap"))):
        yield from stacks(folder / directory)


def publish(stack: Synthesized) -> None:
    """The assets of a stack, in a bucket that a bootstrap or this has made."""
    s3, bucket = client("s3", stack.account, stack.region), BUCKET.format(stack.account, stack.region)
    if bucket not in [found["Name"] for found in s3.list_buckets()["Buckets"]]:
        where = {} if stack.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": stack.region}}
        s3.create_bucket(Bucket=bucket, **where)
        client("ssm", stack.account, stack.region).put_parameter(Name=VERSION, Type="String", Value="30")
    for asset in stack.assets["files"].values():
        source = stack.template.parent / asset["source"]["path"]
        if asset["source"]["packaging"] == "zip":
            zipped = source.with_name(f"{source.name}.zip")
            source = zipped if zipped.exists() else Path(shutil.make_archive(str(source), "zip", source))
        for destination in asset["destinations"].values():
            s3.put_object(Bucket=bucket, Key=destination["objectKey"], Body=source.read_bytes())


def deploy(wanted: list[Synthesized], patch: pytest.MonkeyPatch) -> list[Stack]:
    # moto makes one up for the management account too
    ids = iter(["999999999999", *IDS.values()])
    patch.setattr(utils, "make_random_account_id", lambda: next(ids))
    done = []
    for item in wanted:
        # the first has no assets, and makes the bucket for those of others
        if item.name != BOOTSTRAP:
            publish(item)
        done.append(cloudformation_backends[item.account][item.region].new_stack(item.name))
        Deployment(done[-1], item.template.read_text("utf-8"), {}).create()
    return done
