"""Central root access, as IAM answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from emulator.engine.aws import client
from emulator.engine.server import Emulator

ROOT = "111111111111"


@pytest.fixture(autouse=True)
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def refused(account_id: str) -> str:
    with pytest.raises(ClientError) as error:
        client("iam", account_id, "us-east-1").enable_organizations_root_sessions()
    return error.value.response["Error"]["Code"]


def test_it_needs_an_organization_with_trusted_access_and_its_management_account():
    assert refused(ROOT) == "OrganizationNotFoundException"
    organizations = client("organizations", ROOT, "us-east-1")
    made = organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    assert refused(ROOT) == "ServiceAccessNotEnabledException"
    member = organizations.create_account(Email="aws+prod@acme.example", AccountName="prod")["CreateAccountStatus"]["AccountId"]
    assert refused(member) == "CallerIsNotManagementAccountException"
    organizations.enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
    iam = client("iam", ROOT, "us-east-1")
    assert iam.list_organizations_features()["EnabledFeatures"] == []
    assert iam.enable_organizations_root_sessions()["EnabledFeatures"] == ["RootSessions"]
    # again is no error
    iam.enable_organizations_root_sessions()
    answer = iam.enable_organizations_root_credentials_management()
    assert (answer["OrganizationId"], answer["EnabledFeatures"]) == (made, ["RootCredentialsManagement", "RootSessions"])
