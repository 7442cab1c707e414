"""What Route 53 refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import Case, Template, made, template

ZONE = made("AWS::Route53::HostedZone", Name="acme.example")
THERE = {"Ref": "Z"}


def record(kind: str, *values: str, name: str = "www.acme.example", **more: Any) -> Template:
    given = {"HostedZoneId": THERE, "Name": name, "Type": kind, "TTL": "300", "ResourceRecords": list(values), **more}
    return made("AWS::Route53::RecordSet", **{key: value for key, value in given.items() if value is not None})


def records(*sets: Template) -> Template:
    made_of = {f"R{number}": {**item, "DependsOn": "Z"} for number, item in enumerate(sets)}
    for number in range(1, len(sets)):
        made_of[f"R{number}"]["DependsOn"] = f"R{number - 1}"
    return template(Z=ZONE, **made_of)


CASES: dict[str, Case] = {
    "cname-at-apex": Case(
        records(record("CNAME", "acme.example.", name="acme.example")),
        records(record("A", "192.0.2.1", name="acme.example")),
    ),
    "cname-beside": Case(
        records(record("A", "192.0.2.1"), record("CNAME", "acme.example")),
        records(record("A", "192.0.2.1"), record("TXT", '"v"')),
    ),
    "record-outside": Case(
        records(record("A", "192.0.2.1", name="www.other.example")), records(record("A", "192.0.2.1"))
    ),
    "record-taken": Case(
        records(record("A", "192.0.2.1"), record("A", "192.0.2.2")), records(record("A", "192.0.2.1", "192.0.2.2"))
    ),
    "record-without-quotes": Case(records(record("TXT", "v=spf1 -all")), records(record("TXT", '"v=spf1 -all"'))),
    "record-text-length": Case(
        records(record("TXT", f'"{"k" * 256}"')), records(record("TXT", f'"{"k" * 255}" "{"k" * 9}"'))
    ),
    "record-address": Case(records(record("A", "192.0.2.256")), records(record("A", "192.0.2.255"))),
    "record-address-of-six": Case(records(record("AAAA", "192.0.2.1")), records(record("AAAA", "2001:db8::1"))),
    "record-exchanger": Case(records(record("MX", "mail.acme.example")), records(record("MX", "10 mail.acme.example"))),
    "record-without-time": Case(records(record("A", "192.0.2.1", TTL=None)), records(record("A", "192.0.2.1"))),
}

# what a rule refused once, and AWS accepts
ACCEPTED: dict[str, Template] = {
    # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
    "an exchange with two spaces": template(
        Z=ZONE,
        X=made(
            "AWS::Route53::RecordSet",
            **{"HostedZoneId": THERE, "Name": "acme.example", "Type": "MX", "TTL": "60"},
            ResourceRecords=["10  mail.acme.example"],
        ),
    ),
}
