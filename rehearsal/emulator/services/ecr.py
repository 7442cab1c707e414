"""Container repositories: one with images in it stays, unless the template says that it may be emptied."""

from __future__ import annotations

import json
from typing import Any

from emulator.engine.api import ApiResource, Properties, tags_of
from emulator.engine.handlers import Handled
from emulator.engine.resources import EVERYTHING, register


@register
class Repository(ApiResource):
    type = "AWS::ECR::Repository"
    beside = EVERYTHING
    create_only = ("RepositoryName", "EncryptionConfiguration")
    service = "ecr"
    make, remove = "create_repository", "delete_repository"
    key = name = "RepositoryName"
    answers = {"Arn": ("repository", "repositoryArn"), "RepositoryUri": ("repository", "repositoryUri")}

    def default_name(self) -> str:
        return super().default_name().lower()

    def created(self, properties: Properties) -> None:
        self._configure(properties, {})

    def _configure(self, properties: Properties, before: Properties) -> None:
        api, name = self.client, {"repositoryName": self.physical_id}
        lifecycle = properties.get("LifecyclePolicy", {}).get("LifecyclePolicyText")
        if lifecycle:
            api.put_lifecycle_policy(**name, lifecyclePolicyText=lifecycle)
        elif before.get("LifecyclePolicy"):
            api.delete_lifecycle_policy(**name)
        policy = properties.get("RepositoryPolicyText")
        if policy:
            text = policy if isinstance(policy, str) else json.dumps(policy)
            api.set_repository_policy(**name, policyText=text)
        elif before.get("RepositoryPolicyText"):
            api.delete_repository_policy(**name)

    def update(self, properties: Properties, before: Properties) -> None:
        api, name = self.client, {"repositoryName": self.physical_id}
        if properties.get("ImageTagMutability") != before.get("ImageTagMutability"):
            mutability = properties.get("ImageTagMutability", "MUTABLE")
            api.put_image_tag_mutability(**name, imageTagMutability=mutability)
        if properties.get("ImageScanningConfiguration") != before.get("ImageScanningConfiguration"):
            self.call("put_image_scanning_configuration", {"ScanOnPush": False, **properties}, **name)
        if tags_of(properties) != tags_of(before):
            self.call("tag_resource", properties, ResourceArn=self.attributes["Arn"])
        self._configure(properties, before)

    def delete(self, properties: Properties) -> None:
        force = str(properties.get("EmptyOnDelete", False)).lower() == "true"
        self.client.delete_repository(repositoryName=self.physical_id, force=force)


@register
class EmptyRepository(Handled):
    """Deletes the images when it is deleted, as the CDK's function does."""

    type = "Custom::ECRAutoDeleteImages"

    def answer(self, request: str, properties: dict[str, Any], before: dict[str, Any]) -> None:
        if request != "Delete":
            return
        api, name = self.api("ecr"), properties["RepositoryName"]
        images = api.list_images(repositoryName=name)["imageIds"]
        if images:
            api.batch_delete_image(repositoryName=name, imageIds=images)
