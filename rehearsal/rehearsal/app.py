"""What a synthesized app contains: its stacks, its organizations, the ids it names."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

PLACEHOLDER = "000000000000"
_ENVIRONMENT = re.compile(r"aws://([^/]+)/(.+)")
_ORGANIZATION_ID = re.compile(r"(?<![\w-])o-[a-z0-9]{10,32}(?![\w-])")
_ROOT_ID = re.compile(r"(?<![\w-])r-[a-z0-9]{4,32}(?![\w-])")
_UNIT_ID = re.compile(r"(?<![\w-])ou-([a-z0-9]{4,32})-[a-z0-9]{8,32}(?![\w-])")


@dataclass(frozen=True)
class StackArtifact:
    path: str
    name: str
    account: str | None
    region: str | None
    template: Path
    # where the environment says that it is bootstrapped
    bootstrap_parameter: str
    # paths of the stacks that the CLI deploys before this one
    dependencies: tuple[str, ...]
    # construct path -> what the CDK noted of it when it was made
    metadata: Path
    # ARN of the role that the CLI deploys it with
    role: str = ""
    # ARN of the role that the CLI looks up with, for this stack
    lookup_role: str = ""
    # version of the bootstrap that it is deployed by; 0 if it needs none
    needs_bootstrap: int = 0
    # without it, the role that it is deployed with may let nobody in
    external_id: str = ""
    # what is published before it is deployed: manifests of assets
    assets: tuple[Path, ...] = ()

    def place(self, account: str, region: str) -> tuple[str, str, str]:
        """Name, account and region; those of the caller if the app names none."""
        return self.name, self.account or account, self.region or region


@dataclass
class Adopted:
    """An organization that the app does not create but refers to."""

    organization_id: str | None = None
    root_id: str | None = None
    unit_ids: list[str] = field(default_factory=list)


@dataclass
class Organization:
    """One organization of the app; `id` is its construct path, '' for one at the very top."""

    id: str
    stacks: list[StackArtifact]

    @property
    def first(self) -> StackArtifact | None:
        return next((stack for stack in self.stacks if stack.path == self.join("root/organization")), None)

    @property
    def bootstraps(self) -> list[StackArtifact]:
        """Those that bootstrap the accounts of the organization."""
        return [stack for stack in self.stage("bootstrap") if stack.name == "CDKToolkit"]

    @property
    def administrators(self) -> list[tuple[str, str]]:
        """Accounts that the app names by id, and the role that each is bootstrapped with."""
        found = [
            (stack.account, stack.role.rsplit("/", 1)[-1])
            for stack in self.bootstraps
            if stack.account and stack.account != PLACEHOLDER and stack.role
        ]
        return list(dict.fromkeys(found))

    def join(self, path: str) -> str:
        return f"{self.id}/{path}" if self.id else path

    @property
    def root(self) -> StackArtifact:
        inside = [stack for stack in self.stacks if stack.path.startswith(self.join("root/"))]
        return self.first or inside[0]

    @property
    def environments(self) -> list[tuple[str, str, str]]:
        """Accounts and regions that the app names by id, and the parameter that says whether they are bootstrapped."""
        found = [
            (stack.account, stack.region, stack.bootstrap_parameter)
            for stack in self.stacks
            if stack.account and stack.region and stack.account != PLACEHOLDER
        ]
        return list(dict.fromkeys(found))

    def stage(self, name: str) -> list[StackArtifact]:
        return [stack for stack in self.stacks if stack.path.startswith(self.join(f"{name}/"))]

    @property
    def stages(self) -> list[str]:
        start = len(self.id) + 1 if self.id else 0
        return list(dict.fromkeys(stack.path[start:].split("/")[0] for stack in self.stacks))

    @property
    def patterns(self) -> list[str]:
        """What selects all stacks of this organization, and of no other one."""
        return [f"{self.id}/**"] if self.id else [f"{stage}/**" for stage in self.stages]

    def adopted(self) -> Adopted | None:
        """By its facts; without them, by what its templates name, if one of them is of the organization itself."""
        known = self._stage_facts(self.join("root"))
        if self.first is None and "organization-id" not in known:
            return None
        texts = [stack.template.read_text("utf-8") for stack in self.stacks if stack.template.exists()]
        if any('"AWS::Organizations::Organization"' in text for text in texts):
            return None
        text = "\n".join(texts)
        units = sorted({match.group(0) for match in _UNIT_ID.finditer(text)})
        roots = [f"r-{match.group(1)}" for match in _UNIT_ID.finditer(text)] or _ROOT_ID.findall(text)
        ids = _ORGANIZATION_ID.findall(text)
        organization_id = known.get("organization-id", ids[0] if ids else None)
        root_id = known.get("organization-root-id", roots[0] if roots else None)
        if not (organization_id or root_id or units):
            return None
        return Adopted(organization_id, root_id, units)

    def _stage_facts(self, path: str) -> dict[str, str]:
        """What the synthesis says of a stage, in the file beside the assemblies of the stages."""
        files = self.root.template.parent.parent.glob("*.organization.json")
        facts = [fact for file in files for fact in json.loads(file.read_text("utf-8"))["facts"]]
        return {fact["name"]: fact["value"] for fact in facts if (fact["kind"], fact["source"]) == ("stage", path)}


def read_stacks(assembly: Path) -> list[StackArtifact]:
    artifacts = json.loads((assembly / "manifest.json").read_text("utf-8")).get("artifacts", {})
    paths = {
        identifier: artifact.get("displayName", identifier).split(" ")[0]
        for identifier, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    assets = {
        identifier: assembly / artifact["properties"]["file"]
        for identifier, artifact in artifacts.items()
        if artifact["type"] == "cdk:asset-manifest"
    }
    found: list[StackArtifact] = []
    for identifier, artifact in artifacts.items():
        properties = artifact.get("properties", {})
        if artifact["type"] == "cdk:cloud-assembly":
            found.extend(read_stacks(assembly / properties["directoryName"]))
        elif artifact["type"] == "aws:cloudformation:stack":
            match = _ENVIRONMENT.fullmatch(artifact.get("environment", ""))
            account, region = match.groups() if match else ("unknown-account", "unknown-region")
            found.append(
                StackArtifact(
                    paths[identifier],
                    properties.get("stackName", identifier),
                    None if account == "unknown-account" else account,
                    None if region == "unknown-region" else region,
                    assembly / properties["templateFile"],
                    properties.get("bootstrapStackVersionSsmParameter", "/cdk-bootstrap/hnb659fds/version"),
                    tuple(paths[name] for name in artifact.get("dependencies", []) if name in paths),
                    assembly / artifact.get("additionalMetadataFile", "manifest.json"),
                    properties.get("assumeRoleArn", ""),
                    properties.get("lookupRole", {}).get("arn", ""),
                    int(properties.get("requiresBootstrapStackVersion", 0)),
                    properties.get("assumeRoleExternalId", ""),
                    tuple(assets[name] for name in artifact.get("dependencies", []) if name in assets),
                )
            )
    return found


def organizations(stacks: list[StackArtifact]) -> list[Organization]:
    """Every construct path that has a 'root' stage below it; with a stack 'organization' in it or without."""
    paths = [f"/{stack.path}" for stack in stacks]
    found = dict.fromkeys(path.partition("/root/")[0].lstrip("/") for path in paths if "/root/" in path)

    def is_inside(prefix: str, other: str) -> bool:
        """A stage may have a 'root' in it. All is below the top: there, only a stack tells an organization."""
        is_own = other == "" and f"/{prefix}/root/organization" in paths
        return prefix != other and _is_in(prefix, other) and not is_own

    prefixes = [prefix for prefix in found if not any(is_inside(prefix, other) for other in found)]
    named = [prefix for prefix in prefixes if prefix]
    return [
        Organization(
            prefix,
            [
                stack
                for stack in stacks
                if _is_in(stack.path, prefix) and (prefix or not any(_is_in(stack.path, other) for other in named))
            ],
        )
        for prefix in prefixes
    ]


def _is_in(path: str, prefix: str) -> bool:
    return not prefix or path.startswith(f"{prefix}/")
