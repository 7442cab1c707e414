"""`check` of what the CDK deploys with: the bootstrap of each account and region."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from checking import ROOT, account, administrator, api, bootstrap, cdk_role, organization, role, rows, said

from check.app import Org
from check.rows import Row
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends

VERSION = "/cdk-bootstrap/hnb659fds/version"
ELSEWHERE = "999999999999"
KEEP = "leave `bootstrapRoleName` of the stage out, so that the app leaves the stack as it is"
STAGE = json.dumps({"prod": {}})


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def test_versions_of_bootstraps(emulator, tmp_path):
    prod = account()
    org = organization(tmp_path, STAGES=STAGE)
    for account_id in (ROOT, prod):
        bootstrap(account_id, 5)
    old = rows(org, administrator(emulator))
    assert said(old)["root/eu-west-1: bootstrap"] == "✘ version 5, and the app needs 6"
    assert old["root/eu-west-1: bootstrap"].advice == f"run `npx cdk bootstrap aws://{ROOT}/eu-west-1`"
    assert said(old)["prod/eu-west-1: bootstrap"] == (
        "✔ version 5, and the app needs 6: `npx cdk deploy 'acme/bootstrap/*'` updates it"
    )
    for account_id in (ROOT, prod):
        api("ssm", account_id).put_parameter(Name=VERSION, Value="30", Type="String", Overwrite=True)
    new = said(rows(org, administrator(emulator)))
    assert new["root/eu-west-1: bootstrap"] == "✔ version 30, and the app needs 6"
    assert new["prod/eu-west-1: bootstrap"] == "✔ version 30, and the app needs 6"


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        ("UPDATE_IN_PROGRESS", "wait until it is done, and check again"),
        ("UPDATE_ROLLBACK_FAILED", "continue its rollback in the console of CloudFormation"),
        (
            "ROLLBACK_COMPLETE",
            "delete it in the console of CloudFormation, then the bucket and the repository that it leaves, and bootstrap again",
        ),
        (
            "DELETE_FAILED",
            "delete it in the console of CloudFormation, then the bucket and the repository that it leaves, and bootstrap again",
        ),
        ("UPDATE_ROLLBACK_COMPLETE", ""),
        ("REVIEW_IN_PROGRESS", ""),
    ],
)
def test_a_bootstrap_stack_that_is_in_the_way(emulator, tmp_path, status, advice):
    prod = account()
    for account_id in (ROOT, prod):
        bootstrap(account_id, 30)
        cloudformation_backends[account_id]["eu-west-1"].find("CDKToolkit").status = status
    found = rows(organization(tmp_path, STAGES=STAGE), administrator(emulator))
    for subject in ("root/eu-west-1: bootstrap", "prod/eu-west-1: bootstrap"):
        expected = f"✘ stack CDKToolkit is in state {status}" if advice else "✔ version 30, and the app needs 6"
        assert (said(found)[subject], found[subject].advice) == (expected, advice)


def test_another_qualifier(emulator, tmp_path):
    prod = account()
    for account_id in (ROOT, prod):
        bootstrap(account_id, 30, "acme")
    org = organization(tmp_path, STAGES=STAGE)
    found = rows(org, administrator(emulator))
    for subject in ("root/eu-west-1: bootstrap", "prod/eu-west-1: bootstrap"):
        assert said(found)[subject] == "✘ stack CDKToolkit has the qualifier acme, and the app uses hnb659fds"
        assert found[subject].advice == "give `@aws-cdk/core:bootstrapQualifier` in the context of the app the value acme"
    # root may be bootstrapped by two stacks; in prod, the app's own would update the one that is there
    for account_id in (ROOT, prod):
        api("ssm", account_id).put_parameter(Name=VERSION, Value="30", Type="String")
    found = said(rows(org, administrator(emulator)))
    assert found["root/eu-west-1: bootstrap"] == "✔ version 30, and the app needs 6"
    assert found["prod/eu-west-1: bootstrap"] == "✘ stack CDKToolkit has the qualifier acme, and the app uses hnb659fds"


def adopted(folder: Path, prod: str) -> Org:
    """An app with an account that exists, which it does not bootstrap."""
    made = api("organizations").describe_organization()["Organization"]["Id"]
    top = api("organizations").list_roots()["Roots"][0]["Id"]
    source = json.dumps({"organizationId": made, "organizationRootId": top})
    return organization(folder, ORGANIZATION=source, STAGES=json.dumps({"prod": {"accountId": prod}}))


def answer(found: dict[str, Row], subject: str) -> tuple[str, str]:
    return said(found)[subject], found[subject].advice


def test_an_account_that_the_app_does_not_bootstrap(emulator, tmp_path):
    prod = account()
    org, lookup = adopted(tmp_path, prod), cdk_role(prod, "lookup")
    nobody = rows(org, administrator(emulator))
    assert nobody["prod: read by"].verdict == nobody["prod/eu-west-1: bootstrap"].verdict == "?"
    assert nobody["prod: read by"].found.startswith(
        f"account {prod} cannot be read: sts:AssumeRole of arn:aws:iam::{prod}:role/{lookup} is not allowed: "
    )
    assert nobody["prod: read by"].advice == (
        "allow sts:AssumeRole of a role that is named here, and have the role trust the management account"
    )
    org.stacks = [replace(stack, lookup_role=f"arn:aws:iam::{prod}:role/reader") for stack in org.stacks]
    role(prod, "reader")
    found = rows(org, administrator(emulator))
    assert said(found)["prod: read by"] == f"✔ arn:aws:iam::{prod}:role/reader lets you in"
    assert answer(found, "prod/eu-west-1: bootstrap") == (
        f"✘ not bootstrapped: parameter {VERSION} is not there",
        f"run `npx cdk bootstrap aws://{prod}/eu-west-1 --trust {ROOT} "
        "--cloudformation-execution-policies arn:aws:iam::aws:policy/AdministratorAccess`",
    )


def test_what_somebody_has_chosen_for_a_bootstrap_stays(emulator, tmp_path):
    prod = account()
    org = adopted(tmp_path, prod)
    role(prod, cdk_role(prod, "lookup"))
    bootstrap(
        prod, 5, InputPermissionsBoundary="developers", FileAssetsBucketKmsKeyId="alias/acme", TrustedAccounts=ELSEWHERE,
        CloudFormationExecutionPolicies="arn:aws:iam::aws:policy/PowerUserAccess", BootstrapVariant="Acme",
    )  # fmt: skip
    assert answer(rows(org, administrator(emulator)), "prod/eu-west-1: bootstrap") == (
        "✘ version 5, and the app needs 6; its stack has the permissions boundary developers and the KMS key alias/acme "
        "and a template of its own, 'Acme'",
        f"run `npx cdk bootstrap aws://{prod}/eu-west-1 --trust {ELSEWHERE} --trust {ROOT} "
        "--custom-permissions-boundary developers --template <yours>`",
    )


def test_who_is_trusted_already_is_not_named_again(emulator, tmp_path):
    """The CLI keeps what it is not given."""
    prod = account()
    org = adopted(tmp_path, prod)
    role(prod, cdk_role(prod, "lookup"))
    bootstrap(prod, 5, TrustedAccounts=f"{ELSEWHERE},{ROOT}")
    assert answer(rows(org, administrator(emulator)), "prod/eu-west-1: bootstrap") == (
        "✘ version 5, and the app needs 6", f"run `npx cdk bootstrap aws://{prod}/eu-west-1`"
    )


def test_what_nobody_has_chosen_is_not_told(emulator, tmp_path):
    bootstrap(
        ROOT, 30, InputPermissionsBoundary="", FileAssetsBucketKmsKeyId="AWS_MANAGED_KEY", TrustedAccounts="",
        BootstrapVariant="AWS CDK: Default Resources",
    )  # fmt: skip
    found = rows(organization(tmp_path, STAGES=STAGE), administrator(emulator))
    assert said(found)["root/eu-west-1: bootstrap"] == "✔ version 30, and the app needs 6"


@pytest.mark.parametrize(("given", "expected"), [
    ({"BootstrapVariant": "Acme"}, (
        "✘ stack CDKToolkit is of another template, 'Acme', which `npx cdk deploy 'acme/bootstrap/*'` would replace", KEEP,
    )),
    ({"TrustedAccounts": f"{ROOT},{ELSEWHERE}"}, (
        f"✘ stack CDKToolkit lets {ELSEWHERE} deploy to the account, which `npx cdk deploy 'acme/bootstrap/*'` would end",
        f"{KEEP}, or take them out of its parameter TrustedAccounts",
    )),
    ({"TrustedAccounts": ROOT, "InputPermissionsBoundary": "developers"}, (
        "✔ version 30, and the app needs 6; its stack has the permissions boundary developers", "",
    )),
])  # fmt: skip
def test_what_the_apps_own_bootstrap_would_take_away(emulator, tmp_path, given, expected):
    bootstrap(account(), 30, **given)
    found = rows(organization(tmp_path, STAGES=STAGE), administrator(emulator))
    assert answer(found, "prod/eu-west-1: bootstrap") == expected


def test_a_bucket_into_which_the_app_does_not_publish(emulator, tmp_path):
    org = organization(tmp_path, STAGES=STAGE)
    bucket = f"cdk-hnb659fds-assets-{ROOT}-eu-west-1"
    bootstrap(ROOT, 30, bucket="acme-assets")
    assert answer(rows(org, administrator(emulator)), "root/eu-west-1: bootstrap") == (
        f"✘ stack CDKToolkit has the bucket acme-assets, and the app publishes to {bucket}",
        "give `fileAssetsBucketName` of the app's synthesizer the value acme-assets",
    )
    api("cloudformation").delete_stack(StackName="CDKToolkit")
    bootstrap(ROOT, 30, bucket=bucket)
    assert said(rows(org, administrator(emulator)))["root/eu-west-1: bootstrap"] == "✔ version 30, and the app needs 6"


def test_what_a_bootstrap_that_was_deleted_has_left(emulator, tmp_path):
    org = organization(tmp_path, STAGES=STAGE)
    bucket = f"cdk-hnb659fds-assets-{ROOT}-eu-west-1"
    resource = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {"BucketName": bucket}}
    cloudformation = api("cloudformation")
    cloudformation.create_stack(StackName="CDKToolkit", TemplateBody=json.dumps({"Resources": {"StagingBucket": resource}}))
    cloudformation.delete_stack(StackName="CDKToolkit")
    taken = "✘ not bootstrapped, and names that the bootstrap needs are taken: "
    nobody = "(no stack in eu-west-1 has it)"
    delete = "delete what an earlier bootstrap left, a bucket once it is empty, and bootstrap again"
    assert answer(rows(org, administrator(emulator)), "root/eu-west-1: bootstrap") == (
        f"{taken}bucket {bucket} {nobody}", delete
    )
    repository, exec_role = f"cdk-hnb659fds-container-assets-{ROOT}-eu-west-1", cdk_role(ROOT, "cfn-exec")
    api("ecr").create_repository(repositoryName=repository)
    role(ROOT, exec_role)
    assert answer(rows(org, administrator(emulator)), "root/eu-west-1: bootstrap") == (
        f"{taken}bucket {bucket} {nobody}, repository {repository} {nobody}, role {exec_role} {nobody}", delete
    )
    api("s3").delete_bucket(Bucket=bucket)
    api("s3", ELSEWHERE).create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    api("ecr").delete_repository(repositoryName=repository)
    assert answer(rows(org, administrator(emulator)), "root/eu-west-1: bootstrap") == (
        f"{taken}bucket {bucket} (AWS answers as for a bucket of another account), role {exec_role} {nobody}",
        "give `@aws-cdk/core:bootstrapQualifier` in the context of the app another value, and bootstrap with `--qualifier`",
    )
