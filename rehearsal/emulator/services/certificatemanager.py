"""Certificates: issued only if the record that proves the domain can be found from outside."""

from __future__ import annotations

from typing import Any

from moto.acm.models import acm_backends
from moto.cloudfront.models import cloudfront_backends
from moto.elbv2.models import elbv2_backends

from emulator.engine.api import ApiResource, Properties
from emulator.engine.errors import ResourceFailure
from emulator.engine.names import answering_zone
from emulator.engine.resources import EVERYTHING, Place, register
from emulator.services import route53


def in_use(place: Place, arn: str) -> bool:
    balancers = elbv2_backends[place.account_id][place.region].load_balancers.values()
    listeners = [listener for balancer in balancers for listener in balancer.listeners.values()]
    sites = cloudfront_backends[place.account_id][place.partition].distributions.values()
    used = [arn for listener in listeners for arn in listener.certificates]
    used += [site.distribution_config.viewer_certificate.acm_certificate_arn for site in sites]
    return arn in used


@register
class Certificate(ApiResource):
    type = "AWS::CertificateManager::Certificate"
    beside = EVERYTHING
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
        found = self.client.describe_certificate(CertificateArn=self.physical_id)["Certificate"]
        proofs = {item["DomainName"]: item["ResourceRecord"] for item in found["DomainValidationOptions"]}
        # CloudFormation writes the record if it knows the zone. It never takes it away again
        for domain, zone in zones.items():
            if zone:
                proof = proofs[domain]
                record = {"Name": proof["Name"], "Type": proof["Type"], "TTL": 300, "ResourceRecords": [proof["Value"]]}
                route53.change(self.api("route53"), zone, "UPSERT", record)
        for domain, proof in proofs.items():
            _check(domain, str(proof["Name"]))
        place = self.place
        bundle = acm_backends[place.account_id][place.region]._certificates[self.physical_id]
        bundle.status = "ISSUED"

    def delete(self, properties: Properties) -> None:
        if in_use(self.place, self.physical_id):
            raise ResourceFailure(f"Certificate {self.physical_id} is in use. (ResourceInUseException)")
        super().delete(properties)

    def update(self, properties: Properties, before: Properties) -> None:
        """Tags and the transparency log: nothing that depends on them is emulated."""


def _check(domain: str, name: str) -> None:
    zone = answering_zone(name)
    if zone is None or not any(_is(item, name) for item in zone.rrsets):
        where = "no zone answers for it" if zone is None else f"the zone {zone.name} answers for it"
        raise ResourceFailure(
            f"{domain}: the validation would never end: {name} cannot be found, {where} "
            "and has neither the record nor a delegation to a zone that has"
        )


def _is(record: Any, name: str) -> bool:
    return record.name.rstrip(".") == name.rstrip(".") and record.type == "CNAME"
