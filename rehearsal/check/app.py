"""What an app says of its organizations: the facts beside its manifest, and its templates. It is of any language."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from check.aws import partition
from rehearsal.app import PLACEHOLDER, Organization, StackArtifact, organizations, read_stacks
from rehearsal.cdk import find_cli
from rehearsal.failure import Failure

VERSION = 1


@dataclass(frozen=True)
class Stage:
    name: str
    # none of them if the account is created by the app and its ID is not in cdk.context.json yet
    account_id: str | None
    region: str
    email: str | None
    # of root: where the organization comes from
    organization: str | None = None
    organization_id: str | None = None
    organization_root_id: str | None = None


@dataclass
class Org:
    """An organization of the app."""

    namespace: str
    facts: list[dict[str, str]]
    stacks: list[StackArtifact] = field(default_factory=list)
    id: str = ""

    @cached_property
    def stages(self) -> list[Stage]:
        """root is the first."""
        found: dict[str, dict[str, str]] = {}
        for fact in self.of("stage"):
            found.setdefault(fact["subject"], {})[fact["name"]] = fact["value"]
        return [
            Stage(
                name,
                facts.get("account-id"),
                facts["region"],
                facts.get("email"),
                facts.get("organization"),
                facts.get("organization-id"),
                facts.get("organization-root-id"),
            )
            for name, facts in found.items()
        ]

    @property
    def root(self) -> Stage:
        return self.stages[0]

    @property
    def members(self) -> list[Stage]:
        return self.stages[1:]

    def of(self, kind: str) -> list[dict[str, str]]:
        return [fact for fact in self.facts if fact["kind"] == kind]

    def stacks_of(self, stage: Stage) -> list[StackArtifact]:
        """All in the account of a stage, wherever they are in the tree as far as that is known."""
        if stage.account_id:
            return [stack for stack in self.stacks if stack.account == stage.account_id]
        start = f"{self.id}/{stage.name}" if self.id else stage.name
        bootstrap = f"{self.id}/bootstrap/{stage.name}" if self.id else f"bootstrap/{stage.name}"
        # elsewhere in the tree, all unknown accounts look alike
        alone = [member.name for member in self.members if member.account_id is None] == [stage.name]
        return [
            stack
            for stack in self.stacks
            if stack.path.startswith(f"{start}/")
            or stack.path == bootstrap
            or stack.path.startswith(f"{bootstrap}--")
            or alone and stack.account == PLACEHOLDER
        ]

    def resources(self, *types: str) -> Iterator[tuple[StackArtifact, str, dict[str, Any]]]:
        """Stack, logical ID and properties of each resource of these types."""
        for stack in self.stacks:
            for logical_id, resource in template(stack).get("Resources", {}).items():
                if resource["Type"] in types:
                    yield stack, logical_id, resource.get("Properties", {})

    @property
    def creates_organization(self) -> bool:
        return self.root.organization == "created"

    @property
    def has_management_account(self) -> bool:
        """Whether root is the management account, or one of a part of somebody's organization."""
        return self.root.organization in ("created", "existing")


def template(stack: StackArtifact) -> dict[str, Any]:
    if stack.template not in _TEMPLATES:
        _TEMPLATES[stack.template] = read_template(stack.template)
    return _TEMPLATES[stack.template]


def read_template(file: Path) -> dict[str, Any]:
    content = json.loads(file.read_text("utf-8"))
    # a loop of the template language is none
    resources = {key: one for key, one in content.get("Resources", {}).items() if isinstance(one, dict) and "Type" in one}
    return {**content, "Resources": resources}


_TEMPLATES: dict[Path, dict[str, Any]] = {}


def synthesize(app_dir: Path, output: Path, context: list[str]) -> list[Org]:
    """By the app's own CLI, without looking anything up: accounts that do not exist yet are no obstacle."""
    node = os.environ.get("REHEARSAL_NODE") or "node"
    words = ["ls", "--no-lookups", "--no-notices", "--no-color", "--output", str(output), *context]
    environment = {**os.environ, "CDK_DISABLE_VERSION_CHECK": "true", "CDK_VALIDATION": "false", "CI": "true"}
    done = subprocess.run(
        [node, str(find_cli(app_dir)), *words], cwd=app_dir, env=environment, capture_output=True, text=True, check=False
    )
    manifest = output / "manifest.json"
    content = json.loads(manifest.read_text("utf-8")) if manifest.exists() else {}
    if not content or done.returncode != 0 and not content.get("missing"):
        said = "\n".join(f"  {line}" for line in done.stderr.strip().splitlines()[-20:])
        raise Failure(f"the app does not synthesize, so there is nothing to check yet:\n{said}")
    return expected(read(output))


def expected(orgs: list[Org]) -> list[Org]:
    if not orgs:
        raise Failure("the app has no organization: define a MultiAccountOrg, and synthesize it")
    return orgs


def read(assembly: Path) -> list[Org]:
    """From a cloud assembly, such as cdk.out."""
    if not (assembly / "manifest.json").exists():
        raise Failure(f"'{assembly}' is no cloud assembly: name the folder that 'cdk synth' writes")
    folders = [assembly, *{stack.template.parent: None for stack in read_stacks(assembly)}]
    files = {file.resolve(): None for folder in folders for file in sorted(folder.glob("*.organization.json"))}
    orgs = [_read_facts(file) for file in files]
    for org in orgs:
        org.id = org.of("stage")[0]["source"].rpartition("/")[0]
    found = {item.id: item for item in organizations(read_stacks(assembly))}
    for org in orgs:
        if org.id not in found or [other.id for other in orgs].count(org.id) > 1:
            raise Failure(f"'{org.namespace}.organization.json' is of an earlier synthesis: delete '{assembly}', and synthesize again")
        org.stacks = found[org.id].stacks
    return orgs


def _read_facts(file: Path) -> Org:
    content = json.loads(file.read_text("utf-8"))
    if content["version"] != VERSION:
        raise Failure(f"'{file.name}' has version {content['version']}, this check reads {VERSION}: use the one of the app's library")
    return Org(content["namespace"], content["facts"])


def literal(value: Any, account_id: str, region: str, parameters: Mapping[str, str] | None = None) -> str | None:
    """A name as it is in AWS, if only the account, the region and these parameters are left open in it."""
    known = {**(parameters or {}), "AWS::AccountId": account_id, "AWS::Region": region, "AWS::Partition": partition(region)}
    match value:
        case str():
            return value
        case {"Ref": str(name)} if name in known:
            return known[name]
        case {"Fn::Join": [str(glue), [*parts]]}:
            texts = [literal(part, account_id, region, parameters) for part in parts]
            return None if None in texts else glue.join(text or "" for text in texts)
        case {"Fn::Sub": str(text)}:
            filled = re.sub(r"\$\{([\w:]+)\}", lambda found: known.get(found[1], found[0]), text)
            return None if "${" in filled else filled
    return None
