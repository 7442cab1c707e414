"""Importing this module registers every resource type that the emulator adds to moto's own."""

from emulator import (  # noqa: F401
    cloudtrail,
    custom,
    iam,
    iam_people,
    kms,
    logs,
    nested_stacks,
    organization_types,
    s3,
    secretsmanager,
    ssm,
    stack_sets,
)
