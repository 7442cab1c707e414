"""What OpenSearch Service refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import Case, Template, made, template


def domain(**properties: Any) -> Template:
    given = {
        "EngineVersion": "OpenSearch_2.19",
        "ClusterConfig": {"InstanceType": "m7g.medium.search", "InstanceCount": 2},
        "EBSOptions": {"EBSEnabled": True, "VolumeSize": 10},
        **properties,
    }
    return template(X={**made("AWS::OpenSearchService::Domain", **given), "DeletionPolicy": "Delete"})


CASES: dict[str, Case] = {
    "search-name": Case(domain(DomainName="Acme"), domain(DomainName="acme")),
}
