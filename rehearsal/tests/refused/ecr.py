"""What ECR refuses, and neighbours that it accepts."""

from __future__ import annotations

import json

from refused.case import Case, taken, turned

CASES: dict[str, Case] = {
    "name-of-a-repository": taken("AWS::ECR::Repository", RepositoryName="taken"),
    "repository-name": turned("AWS::ECR::Repository", {"RepositoryName": "Acme"}, {"RepositoryName": "acme/web"}),
    "repository-lifecycle": turned(
        "AWS::ECR::Repository",
        {"LifecyclePolicy": {"LifecyclePolicyText": "{}"}},
        {
            "LifecyclePolicy": {
                "LifecyclePolicyText": json.dumps(
                    {
                        "rules": [
                            {
                                "rulePriority": 1,
                                "selection": {
                                    "tagStatus": "untagged",
                                    "countType": "imageCountMoreThan",
                                    "countNumber": 1,
                                },
                                "action": {"type": "expire"},
                            }
                        ]
                    }
                )
            }
        },
    ),
}
