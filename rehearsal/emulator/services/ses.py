"""Identities of SES that may send mail."""

from __future__ import annotations

import hashlib

from emulator.engine.api import ApiResource, Properties
from emulator.engine.kept import keep
from emulator.engine.resources import EVERYTHING, register


@register
class EmailIdentity(ApiResource):
    type = "AWS::SES::EmailIdentity"
    beside = EVERYTHING
    service = "sesv2"
    make, remove = "create_email_identity", "delete_email_identity"
    key = name = "EmailIdentity"

    def arguments(self, properties: Properties) -> Properties:
        configuration = properties.get("ConfigurationSetAttributes", {}).get("ConfigurationSetName")
        given = {key: properties[key] for key in ("EmailIdentity", "Tags") if key in properties}
        return {**given, **({"ConfigurationSetName": configuration} if configuration else {})}

    def created(self, properties: Properties) -> None:
        domain = self.physical_id
        for index in (1, 2, 3):
            token = hashlib.sha256(f"{self.place.account_id} {domain} {index}".encode()).hexdigest()[:32]
            self.attributes[f"DkimDNSTokenName{index}"] = f"{token}._domainkey.{domain}"
            self.attributes[f"DkimDNSTokenValue{index}"] = f"{token}.dkim.amazonses.com"

    def update(self, properties: Properties, before: Properties) -> None:
        """DKIM, feedback and MAIL FROM: moto keeps none of them."""


@register
class ConfigurationSet(ApiResource):
    type = "AWS::SES::ConfigurationSet"
    beside = EVERYTHING
    service = "sesv2"
    make, remove = "create_configuration_set", "delete_configuration_set"
    key, name = "ConfigurationSetName", "Name"
    renamed = {"Name": "ConfigurationSetName"}

    def update(self, properties: Properties, before: Properties) -> None:
        """moto cannot change one."""


keep("AWS::SES::ConfigurationSetEventDestination")
