"""Certificates: issued only if the record that proves the domain can be found from outside."""

from __future__ import annotations

import hashlib
from typing import Any

from moto.acm.models import acm_backends

from emulator import route53
from emulator.api import ApiResource, Properties
from emulator.errors import ResourceFailure
from emulator.names import answering_zone
from emulator.resources import register


def validation_record(account_id: str, domain: str) -> Properties:
    """The same for all certificates of an account for a domain, with or without '*.'."""
    bare = domain.removeprefix("*.").rstrip(".").lower()
    digest = hashlib.sha256(f"{account_id} {bare}".encode()).hexdigest()
    target = f"_{digest[:32]}.{digest[32:42]}.acm-validations.aws."
    return {"Name": f"_{digest[-32:]}.{bare}.", "Type": "CNAME", "TTL": 300, "ResourceRecords": [target]}


@register
class Certificate(ApiResource):
    type = "AWS::CertificateManager::Certificate"
    create_only = (
        "DomainName",
        "SubjectAlternativeNames",
        "DomainValidationOptions",
        "ValidationMethod",
        "KeyAlgorithm",
        "CertificateAuthorityArn",
    )
    service = "acm"
    make, remove, key = "request_certificate", "delete_certificate", "CertificateArn"
    identity = ("CertificateArn",)

    def arguments(self, properties: Properties) -> Properties:
        options = properties.get("CertificateTransparencyLoggingPreference")
        given = {key: value for key, value in properties.items() if key != "DomainValidationOptions"}
        return {
            **given,
            **({"Options": {"CertificateTransparencyLoggingPreference": options}} if options else {}),
        }

    def created(self, properties: Properties) -> None:
        if properties.get("ValidationMethod") != "DNS":
            raise ResourceFailure(
                f"{properties['DomainName']}: a certificate that is validated by e-mail waits for a person"
            )
        zones = {
            item["DomainName"]: item.get("HostedZoneId") for item in properties.get("DomainValidationOptions") or []
        }
        for domain in dict.fromkeys([properties["DomainName"], *properties.get("SubjectAlternativeNames", [])]):
            self._validate(domain, zones.get(domain))
        place = self.place
        bundle = acm_backends[place.account_id][place.region]._certificates[self.physical_id]
        bundle.status = "ISSUED"

    def _validate(self, domain: str, zone: str | None) -> None:
        """CloudFormation writes the record if it knows the zone. It never takes it away again."""
        record, api = validation_record(self.place.account_id, domain), self.api("route53")
        if zone:
            route53.change(api, zone, "UPSERT", record)
        found = answering_zone(record["Name"])
        if found is None or not any(_same(item, record) for item in found.rrsets):
            where = "no zone answers for it" if found is None else f"the zone {found.name} answers for it"
            raise ResourceFailure(
                f"{domain}: the validation would never end: {record['Name']} cannot be found, {where} "
                "and has neither the record nor a delegation to a zone that has"
            )

    def delete(self, properties: Properties) -> None:
        place = self.place
        bundle = acm_backends[place.account_id][place.region]._certificates.get(self.physical_id)
        if bundle is not None and bundle.in_use_by:
            raise ResourceFailure(f"Certificate {self.physical_id} is in use. (ResourceInUseException)")
        super().delete(properties)

    def update(self, properties: Properties, before: Properties) -> None:
        """Tags and the transparency log: nothing that depends on them is emulated."""


def _same(item: Any, record: Properties) -> bool:
    return item.name.rstrip(".") == record["Name"].rstrip(".") and item.type == "CNAME"
