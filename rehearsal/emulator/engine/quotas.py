"""AWS quotas that the emulated organization enforces. They change: keep them here, as data."""

from __future__ import annotations

# accounts per organization, suspended ones and the management account included
ACCOUNTS = 10
# characters of a policy's text, white space included
POLICY_CHARACTERS = {
    "SERVICE_CONTROL_POLICY": 10_240,
    "RESOURCE_CONTROL_POLICY": 5_120,
    "TAG_POLICY": 10_000,
    "BACKUP_POLICY": 10_000,
    "AISERVICES_OPT_OUT_POLICY": 2_500,
}
# policies attached to one root, unit or account, the AWS managed one included
POLICIES_PER_TARGET = {
    "SERVICE_CONTROL_POLICY": 10,
    "RESOURCE_CONTROL_POLICY": 5,
    "TAG_POLICY": 10,
    "BACKUP_POLICY": 10,
    "AISERVICES_OPT_OUT_POLICY": 5,
}
POLICY_DESCRIPTION_CHARACTERS = 512
# levels of organizational units below the root
UNIT_DEPTH = 5
# seconds that the creation of one account takes while there are other requests; another creation fails then
ACCOUNT_CREATION_SECONDS = 0.5
