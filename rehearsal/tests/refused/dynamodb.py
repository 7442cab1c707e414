"""What DynamoDB refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import Case, Template, made, template


def table(*names: str, **properties: Any) -> Template:
    given = {
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in names],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        **properties,
    }
    return template(T=made("AWS::DynamoDB::Table", **given))


CASES: dict[str, Case] = {
    "table-key-undefined": Case(table("other"), table("id")),
    "table-attribute-unused": Case(table("id", "other"), table("id")),
    "table-without-throughput": Case(table("id", BillingMode="PROVISIONED"), table("id")),
    "table-throughput-on-demand": Case(
        table("id", ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}), table("id")
    ),
    "table-key-type": Case(
        table("id", "to", KeySchema=[{"AttributeName": name, "KeyType": "HASH"} for name in ("id", "to")]),
        table(
            "id",
            "to",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "to", "KeyType": "RANGE"}],
        ),
    ),
    "table-name-length": Case(table("id", TableName="ab"), table("id", TableName="abc")),
}
