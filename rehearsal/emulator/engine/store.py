"""What moto has no place for, as a back end beside moto's: a part of an account's state like any other."""

from __future__ import annotations

from typing import Any

import botocore.session
from moto.core.base_backend import BackendDict, BaseBackend

Properties = dict[str, Any]


class KeptBackend(BaseBackend):
    """What exists in an account and region: type -> id -> properties."""

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.items: dict[str, dict[str, Properties]] = {}

    def put(self, kind: str, identity: str, properties: Properties) -> None:
        self.items.setdefault(kind, {})[identity] = properties

    def take(self, kind: str, identity: str) -> None:
        self.items.get(kind, {}).pop(identity, None)
        if not self.items.get(kind):
            self.items.pop(kind, None)


REGIONS = [
    region
    for partition in ("aws", "aws-cn", "aws-us-gov")
    for region in botocore.session.get_session().get_available_regions("ec2", partition)
]
kept_backends = BackendDict(KeptBackend, "kept", use_boto3_regions=False, additional_regions=REGIONS)
