"""Keys and names of tables."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.engine.refusals import Asked, refuses


@refuses("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
def table(asked: Asked) -> Iterator[str]:
    name = str(asked.properties.get("TableName", asked.place.name))
    if not 3 <= len(name) <= 255:
        yield "TableName must be at least 3 characters long and at most 255 characters long"
    for schema in (asked.properties, *asked.properties.get("GlobalSecondaryIndexes", [])):
        kinds = [item.get("KeyType") for item in schema.get("KeySchema", [])]
        # an index may have several of each, in this order
        if schema is asked.properties and kinds[1:] not in ([], ["RANGE"]):
            yield "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"
