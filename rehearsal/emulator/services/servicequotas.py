"""Service Quotas: the value of each quota that something here asks for, where moto has those of VPCs alone.

https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
"""

from __future__ import annotations

import json
from typing import Any

from moto.servicequotas import urls
from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.responses import ServiceQuotasResponse

from emulator.engine import quotas
from emulator.engine.quotas import Quota

_DOCS = "https://docs.aws.amazon.com"
# global ones are known in one region alone
_GLOBAL = "us-east-1"
_GLOBAL_SERVICES = ("cloudfront", "iam", "organizations")
_QUOTAS: dict[tuple[str, str], tuple[str, Quota]] = {
    ("organizations", "L-E619E033"): (quotas.ACCOUNTS.name, quotas.ACCOUNTS),
    ("cloudformation", "L-0485CB21"): (
        "Stack count",
        Quota(2_000, f"{_DOCS}/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"),
    ),
    ("iam", "L-FE177D64"): ("Roles per account", Quota(1_000, f"{_DOCS}/IAM/latest/UserGuide/reference_iam-quotas.html")),
    ("vpc", "L-F678F1CE"): ("VPCs per Region", quotas.VPCS),
    ("ec2", "L-0263D0A3"): ("EC2-VPC Elastic IPs", quotas.ELASTIC_IPS),
    ("ec2", "L-1216C47A"): (
        "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
        Quota(5, f"{_DOCS}/cli/latest/userguide/cli_service-quotas_code_examples.html"),
    ),
    ("cloudfront", "L-24B04930"): (
        "Web distributions per AWS account",
        Quota(500, f"{_DOCS}/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"),
    ),
}


class Quotas(ServiceQuotasResponse):
    def get_service_quota(self) -> str:
        return self._quota(quotas.value_of)

    def get_aws_default_service_quota(self) -> str:
        return self._quota(int)

    def _quota(self, value_of: Any) -> str:
        asked = json.loads(self.body)
        key = asked["ServiceCode"], asked["QuotaCode"]
        if key not in _QUOTAS or (key[0] in _GLOBAL_SERVICES and self.region != _GLOBAL):
            raise NoSuchResource
        name, quota = _QUOTAS[key]
        found = {"ServiceCode": key[0], "QuotaCode": key[1], "QuotaName": name, "Value": float(value_of(quota))}
        return json.dumps({"Quota": found})


urls.url_paths["{0}/$"] = Quotas.dispatch
