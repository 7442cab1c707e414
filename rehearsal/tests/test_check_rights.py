"""What `check` says of the rights of who deploys, as IAM's simulator of policies answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from checking import REGION, ROOT, administrator, api, limited, organization, rows, world

from check import actions
from check.rows import Row
from emulator.engine.server import Emulator
from rehearsal.checked import Emulated

SUBJECT = "caller: rights"
DEPLOY_ROLE = f"arn:aws:iam::{ROOT}:role/cdk-hnb659fds-deploy-role-{ROOT}-{REGION}"
READS = actions.OF_MANAGEMENT
BOOTSTRAPS = [f"{service}:*" for service in ("cloudformation", "ecr", "iam", "s3", "ssm")]
NEEDED = (
    "cloudformation:CreateChangeSet, cloudformation:DescribeStacks, cloudformation:ExecuteChangeSet, iam:AttachRolePolicy, "
    "iam:CreateRole, iam:PutRolePolicy, s3:CreateBucket, s3:PutBucketPolicy, s3:PutEncryptionConfiguration, ecr:CreateRepository, "
    "ssm:PutParameter"
)
MAY = "✔ you may do what `npx cdk bootstrap` needs"
MAY_NOT = "✘ you may not do what `npx cdk bootstrap` needs: "
ASK = "sign in as an administrator, or have somebody allow you these actions"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def allowing(*allowed: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(allowed), "Resource": "*", **more}


def text(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def user(emulator: Emulator, *statements: dict[str, Any]) -> Emulated:
    iam = api("iam")
    iam.create_user(UserName="ada", Path="/people/")
    iam.put_user_policy(UserName="ada", PolicyName="rights", PolicyDocument=text(*statements))
    return Emulated(emulator, iam.create_access_key(UserName="ada")["AccessKey"]["AccessKeyId"], REGION)


def session(emulator: Emulator, *statements: dict[str, Any], boundary: str = text(allowing("*"))) -> Emulated:
    """Of a role as IAM Identity Center makes it: its ARN has a path, that of its sessions has none."""
    trust = text({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ROOT}})
    bound = api("iam").create_policy(PolicyName="boundary", PolicyDocument=boundary)["Policy"]["Arn"]
    path = "/aws-reserved/sso.amazonaws.com/eu-west-1/"
    made = api("iam").create_role(
        RoleName="AWSReservedSSO_Admin_0123", Path=path, AssumeRolePolicyDocument=trust, PermissionsBoundary=bound
    )["Role"]["Arn"]
    api("iam").put_role_policy(RoleName="AWSReservedSSO_Admin_0123", PolicyName="rights", PolicyDocument=text(*statements))
    given = administrator(emulator)._client("", "sts", REGION).assume_role(RoleArn=made, RoleSessionName="ada")["Credentials"]
    return Emulated(emulator, given["AccessKeyId"], REGION)


def bootstrapped(trusted: str = ROOT) -> None:
    api("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
    trust = text({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": trusted}})
    api("iam").create_role(RoleName=DEPLOY_ROLE.rpartition("/")[2], AssumeRolePolicyDocument=trust)


def whole(row: Row) -> list[str]:
    return [f"{row.verdict} {row.found}", *([row.advice] if row.advice else [])]


def test_an_administrator(emulator, tmp_path):
    row = rows(organization(tmp_path), administrator(emulator))[SUBJECT]
    assert whole(row) == [MAY]
    assert row.actions == ["iam:SimulatePrincipalPolicy", "ssm:GetParameter"]


def test_who_may_only_read(emulator, tmp_path):
    found = rows(organization(tmp_path), limited(emulator, READS))
    assert whole(found[SUBJECT]) == [f"{MAY_NOT}{NEEDED.replace('cloudformation:DescribeStacks, ', '')} are not allowed", ASK]


def test_what_the_cdk_asks_for_is_enough(emulator, tmp_path):
    assert whole(rows(organization(tmp_path), limited(emulator, [*READS, *BOOTSTRAPS]))[SUBJECT]) == [MAY]
    # on other resources
    elsewhere = allowing(*BOOTSTRAPS, Resource="arn:aws:s3:::somebody-elses")
    assert whole(rows(organization(tmp_path), user(emulator, allowing(*READS), elsewhere))[SUBJECT])[0].startswith(MAY_NOT)


def test_rights_to_the_resources_of_the_cdk_alone(emulator, tmp_path):
    qualifier = "hnb659fds"
    own = [
        f"arn:aws:cloudformation:{REGION}:{ROOT}:stack/CDKToolkit/*", f"arn:aws:iam::{ROOT}:role/cdk-{qualifier}-*",
        f"arn:aws:s3:::cdk-{qualifier}-*", f"arn:aws:ecr:{REGION}:{ROOT}:repository/cdk-{qualifier}-*",
        f"arn:aws:ssm:{REGION}:{ROOT}:parameter/cdk-bootstrap/{qualifier}/*",
    ]  # fmt: skip
    aws = user(emulator, allowing(*READS), allowing(*BOOTSTRAPS, Resource=own))
    assert whole(rows(organization(tmp_path), aws)[SUBJECT]) == [MAY]


def test_what_a_policy_denies(emulator, tmp_path):
    denied = {"Effect": "Deny", "Action": "iam:CreateRole", "Resource": "*"}
    found = rows(organization(tmp_path), user(emulator, allowing("*"), denied))[SUBJECT]
    assert whole(found) == [f"{MAY_NOT}iam:CreateRole is not allowed, by a policy that denies it", ASK]


def test_what_a_boundary_leaves_out(emulator, tmp_path):
    boundary = text({"Effect": "Allow", "NotAction": "ecr:*", "Resource": "*"})
    found = rows(organization(tmp_path), session(emulator, allowing("*"), boundary=boundary))[SUBJECT]
    assert whole(found) == [f"{MAY_NOT}ecr:CreateRepository is not allowed, by a permissions boundary", ASK]


def test_what_only_a_real_request_decides(emulator, tmp_path):
    with_device = allowing(*BOOTSTRAPS, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    found = rows(organization(tmp_path), user(emulator, allowing(*READS), with_device))[SUBJECT]
    assert whole(found) == [
        "? whether you may do what `npx cdk bootstrap` needs depends on aws:MultiFactorAuthPresent of each request: "
        + NEEDED.replace("cloudformation:DescribeStacks, ", ""),
        "sign in as your policies ask for it, with a second factor perhaps, and try `npx cdk bootstrap`",
    ]


def test_who_may_not_ask(emulator, tmp_path):
    aws = limited(emulator, [*BOOTSTRAPS[:2], "ssm:*"])
    found = rows(organization(tmp_path), aws)[SUBJECT]
    assert found.verdict == "?"
    assert found.found.startswith("iam:SimulatePrincipalPolicy is not allowed: User: arn:aws:iam::111111111111:user/user-0")
    assert found.advice == "allow iam:SimulatePrincipalPolicy: `check --policy` prints all that is needed"


def test_the_root_user_has_no_policies(emulator, tmp_path):
    emulator.door.as_root_user = True
    assert SUBJECT not in rows(organization(tmp_path), administrator(emulator))


def test_who_may_assume_the_deploy_role(emulator, tmp_path):
    bootstrapped()
    found = rows(organization(tmp_path), limited(emulator, READS))
    assert whole(found[SUBJECT]) == [f"✔ you may assume {DEPLOY_ROLE}"]
    # the other roles are not there
    assert "deploy-role" not in found["root: roles of the CDK"].found


def test_who_may_not_assume_the_deploy_role(emulator, tmp_path):
    bootstrapped()
    found = rows(organization(tmp_path), limited(emulator, [action for action in READS if action != "sts:AssumeRole"]))
    assert whole(found[SUBJECT]) == [f"✘ you may not assume {DEPLOY_ROLE}: sts:AssumeRole is not allowed", ASK]
    assert found["root: roles of the CDK"].verdict == "?"


def test_whom_the_deploy_role_names(emulator, tmp_path):
    """It lets them in whatever else they may do, and the simulator does not read its trust."""
    aws = user(emulator, allowing(*(action for action in READS if action != "sts:AssumeRole")))
    bootstrapped(f"arn:aws:iam::{ROOT}:user/people/ada")
    assert whole(rows(organization(tmp_path), aws)[SUBJECT]) == [f"✔ you may assume {DEPLOY_ROLE}"]


def test_a_session_of_a_role(emulator, tmp_path):
    row = rows(organization(tmp_path), session(emulator, allowing("*")))[SUBJECT]
    assert whole(row) == [MAY]
    assert "iam:GetRole" in row.actions


def test_a_session_of_a_role_that_may_not_name_it(emulator, tmp_path):
    found = rows(organization(tmp_path), session(emulator, allowing(*(action for action in READS if action != "iam:GetRole"))))
    assert found[SUBJECT].verdict == "?"
    assert found[SUBJECT].found.startswith("iam:GetRole is not allowed: User: ")


PROD = {"id": "222222222222", "name": "prod", "email": "aws+prod@acme.example"}


@pytest.mark.parametrize(("account", "expected"), [
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html: not of the management account
    (ROOT, [MAY]),
    (PROD["id"], [f"{MAY_NOT}iam:CreateRole is not allowed, by a service control policy", ASK]),
])  # fmt: skip
def test_policies_of_the_organization(emulator, tmp_path, account, expected):
    denied = {"Statement": [{"Effect": "Deny", "Action": "iam:CreateRole", "Resource": "*"}], "Version": "2012-10-17"}
    control = {"name": "no-roles", "type": "SERVICE_CONTROL_POLICY", "content": denied, "targets": ["r-ab12"]}
    # the root of the app is the management account, or a member
    management, member = (ROOT, PROD["id"]) if account == ROOT else (account, ROOT)
    world(tmp_path, [], organizations=[{
        "id": "o-abcdefghij", "management": management, "policies": [control],
        "root": {"id": "r-ab12", "accounts": [
            {"id": number, "name": number, "email": f"{number}@acme.example"} for number in (management, member)
        ]},
    }])  # fmt: skip
    assert whole(rows(organization(tmp_path / "out"), user(emulator, allowing("*")))[SUBJECT]) == expected
