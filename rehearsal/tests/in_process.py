"""What `cdk deploy` does with each stack, in this process: the same calls in the same order, without the time that the CLI takes."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ClientError

from emulator.engine import aws
from emulator.engine.aws import client
from rehearsal.app import StackArtifact, read_stacks
from rehearsal.cdk import Command
from rehearsal.play import Play
from rehearsal.selection import Selection

_NEW = "REVIEW_IN_PROGRESS"
_FAILED_BEFORE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")


def deploy(play: Play, account_id: str, region: str, patterns: tuple[str, ...], anew: bool = False, key: str = "") -> Command:
    """As who has the key, or an administrator of this account; `anew`: the code of the app has changed."""
    words = ["deploy", *patterns]
    play.synthesis.prepare(account_id, region, anew)
    stacks = Selection(read_stacks(play.sandbox.assembly), words).stacks
    output = [f"{stack.path} has errors" for stack in stacks if '"aws:cdk:error"' in stack.metadata.read_text("utf-8")]
    if not output:
        caller = _Caller(play, account_id, region, key)
        output = next(filter(None, map(caller.deploy, _in_order(stacks))), [])
    return Command(words, account_id, 1 if output else 0, 0.0, output)


class _Caller:
    def __init__(self, play: Play, account_id: str, region: str, key: str) -> None:
        self.play, self.account_id, self.region = play, account_id, region
        self.key = key or play.emulator.credentials(account_id)["AWS_ACCESS_KEY_ID"]

    def deploy(self, stack: StackArtifact) -> list[str]:
        """What AWS says of a failure."""
        try:
            reasons = self._deploy_stack(stack)
        except ClientError as error:
            reasons = [str(error)]
        return [stack.path, *reasons] if reasons else []

    def _deploy_stack(self, stack: StackArtifact) -> list[str]:
        artifact = _Artifact(stack)
        api = self._api(artifact.properties.get("assumeRoleArn"), stack)
        artifact.publish()
        status = _status(api, stack.name)
        if status in _FAILED_BEFORE:
            api.delete_stack(StackName=stack.name)
        is_new = status in (None, _NEW, *_FAILED_BEFORE)
        role = artifact.properties.get("cloudFormationExecutionRoleArn")
        made = {
            "StackName": stack.name,
            "ChangeSetName": "cdk-deploy-change-set",
            "ChangeSetType": "CREATE" if is_new else "UPDATE",
            "Tags": [{"Key": key, "Value": value} for key, value in artifact.properties.get("tags", {}).items()],
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            **artifact.template,
            **({"RoleARN": _resolved(role)} if role else {}),
        }
        api.create_change_set(**made)
        name = {"StackName": stack.name, "ChangeSetName": made["ChangeSetName"]}
        protected = artifact.properties.get("terminationProtection", False)
        if api.describe_stacks(StackName=stack.name)["Stacks"][0].get("EnableTerminationProtection", False) != protected:
            api.update_termination_protection(StackName=stack.name, EnableTerminationProtection=protected)
        if api.describe_change_set(**name)["ExecutionStatus"] != "AVAILABLE":
            api.delete_change_set(**name)
            return []
        api.execute_change_set(**name)
        after = api.describe_stacks(StackName=stack.name)["Stacks"][0]
        if after["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return []
        events = api.describe_stack_events(StackName=stack.name)["StackEvents"]
        reasons = [event.get("ResourceStatusReason", "") for event in events]
        return [after["StackStatus"], *filter(None, reasons)]

    def _api(self, role: str | None, stack: StackArtifact) -> Any:
        key = self.key
        if role:
            sts = self._as(key, "sts", self.region)
            key = sts.assume_role(RoleArn=_resolved(role), RoleSessionName="cdk")["Credentials"]["AccessKeyId"]
        return self._as(key, "cloudformation", stack.region or self.region)

    def _as(self, key: str, service: str, region: str) -> Any:
        """A client whose rights are decided, as those of the CLI."""
        return aws.client_of(self.play.emulator.door, key, service, region)


class _Artifact:
    """A stack of an assembly as its manifests describe it."""

    def __init__(self, stack: StackArtifact) -> None:
        self.stack, self.folder = stack, stack.template.parent
        artifacts = json.loads((self.folder / "manifest.json").read_text("utf-8"))["artifacts"].values()
        self.properties = next(
            item["properties"] for item in artifacts if item.get("properties", {}).get("templateFile") == stack.template.name
        )

    @property
    def template(self) -> dict[str, str]:
        url = self.properties.get("stackTemplateAssetObjectUrl")
        if url is None:
            return {"TemplateBody": self.stack.template.read_text("utf-8")}
        return {"TemplateURL": url.replace("s3://", f"https://s3.{self.stack.region}.amazonaws.com/")}

    def publish(self) -> None:
        manifest = self.stack.template.with_name(self.stack.template.name.replace(".template.", ".assets."))
        if not manifest.exists():
            return
        for file in json.loads(manifest.read_text("utf-8"))["files"].values():
            for destination in file["destinations"].values():
                where = {"Bucket": destination["bucketName"], "Key": destination["objectKey"]}
                client("s3", self.stack.account, destination["region"]).put_object(**where, Body=_content(self.folder, file["source"]))


def _content(folder: Path, source: dict[str, str]) -> bytes:
    path = folder / source["path"]
    if source["packaging"] == "file":
        return path.read_bytes()
    with ZipFile(packed := io.BytesIO(), "w") as archive:
        for file in sorted(item for item in path.rglob("*") if item.is_file()):
            archive.writestr(ZipInfo(str(file.relative_to(path))), file.read_bytes())
    return packed.getvalue()


def _in_order(stacks: list[StackArtifact]) -> list[StackArtifact]:
    """Each after those that it depends on."""
    paths = {stack.path: stack for stack in stacks}
    before = {path: [other for other in stack.dependencies if other in paths] for path, stack in paths.items()}
    return [paths[path] for path in TopologicalSorter(before).static_order()]


def _resolved(arn: str) -> str:
    return arn.replace("${AWS::Partition}", "aws")


def _status(api: Any, name: str) -> str | None:
    try:
        return api.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
