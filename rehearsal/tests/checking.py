"""An app and an emulated AWS that `check` is asked about, in this process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from conftest import HERE

from check import actions, checks
from check.app import Org, read
from check.aws import Aws
from check.rows import FAULT, Row, answered
from emulator.engine import operations
from emulator.engine.aws import client
from emulator.engine.server import Emulator
from rehearsal import existing
from rehearsal.checked import Emulated

ROOT, REGION = "111111111111", "eu-west-1"
APP = HERE / "apps" / "checked"
ADDRESS = "aws+prod@acme.example"
_EVERYTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


def assembly(folder: Path, **variables: str) -> Path:
    """Of the app with these variables."""
    folder.mkdir(parents=True, exist_ok=True)
    node = shutil.which("node")
    assert node
    environment = {"PATH": os.environ["PATH"], "CDK_OUTDIR": str(folder), "CDK_CONTEXT_JSON": variables.pop("CONTEXT", "{}")}
    done = subprocess.run(
        [node, str(APP / "app.js")], env={**environment, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


def organization(folder: Path, **variables: str) -> Org:
    (org,) = read(assembly(folder, **variables))
    return org


def known(accounts: Mapping[str, str]) -> str:
    """The context in which the IDs of accounts were found, by their addresses."""
    return json.dumps(
        {
            f"cc-api-provider:account={ROOT}:expectedMatchCount=exactly-one:propertiesToReturn.0=AccountId:"
            f"propertyMatch.Email={email}:region={REGION}:typeName=AWS$:$:Organizations$:$:Account": [
                {"AccountId": account_id, "Identifier": account_id}
            ]
            for email, account_id in accounts.items()
        }
    )


def rows(org: Org, aws: Aws) -> dict[str, Row]:
    aws.who()
    found = answered(checks.questions(org, aws), aws)
    assert [row for row in found if row.found.startswith(FAULT)] == []
    return {row.subject: row for row in found}


def said(found: Mapping[str, Row]) -> dict[str, str]:
    """Each answer as one line: the verdict, and what is so."""
    return {subject: f"{row.verdict} {row.found}" for subject, row in found.items()}


def administrator(emulator: Emulator, account: str = ROOT) -> Emulated:
    return Emulated(emulator, emulator.credentials(account)["AWS_ACCESS_KEY_ID"], REGION)


def limited(emulator: Emulator, allowed: Sequence[str]) -> Emulated:
    """A user of the management account who may do nothing else."""
    iam = client("iam", ROOT, "us-east-1")
    name = f"user-{len(iam.list_users()['Users'])}"
    iam.create_user(UserName=name)
    document = json.dumps(actions.policy(tuple(allowed) or ("sts:GetCallerIdentity",)))
    iam.put_user_policy(UserName=name, PolicyName="check", PolicyDocument=document)
    return Emulated(emulator, iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"], REGION)


def world(folder: Path, accounts: list[dict[str, str]], /, **more: Any) -> None:
    """An organization that exists, with these accounts beside the management account."""
    management = {"id": ROOT, "name": "acme", "email": "aws@acme.example"}
    content = {
        "organizations": [
            {"id": "o-abcdefghij", "management": ROOT, "root": {"id": "r-ab12", "accounts": [management, *accounts]}}
        ],
        **more,
    }
    file = folder / "world.json"
    file.write_text(json.dumps(content), "utf-8")
    existing.Past.of(file)


def created(*stages: str) -> None:
    """The stacks with which the app has created the accounts of these stages: what is in them is not read."""
    body = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    for stage in stages:
        api("cloudformation").create_stack(StackName=f"acme-root-account-{stage}", TemplateBody=body)


# trusts nobody
NOBODY = json.dumps({"Version": "2012-10-17", "Statement": []})


def iam_role(name: str) -> dict[str, Any]:
    return {"Type": "AWS::IAM::Role", "Properties": {"RoleName": name, "AssumeRolePolicyDocument": json.loads(NOBODY)}}


def deployed(name: str, resources: dict[str, Any], account: str = ROOT) -> None:
    api("cloudformation", account).create_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": resources}), Capabilities=["CAPABILITY_NAMED_IAM"]
    )


def throttle(emulator: Emulator, target: str, times: int) -> list[str]:
    """AWS answers so many requests for this target of a JSON API that there are too many. The targets asked for, afterwards."""
    inside, asked = emulator.door.application, []

    def throttled(environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("HTTP_X_AMZ_TARGET") != target:
            return inside(environ, start_response)
        asked.append(target)
        if len(asked) > times:
            return inside(environ, start_response)
        return operations.answer("json", "ThrottlingException", "Rate exceeded", start_response)

    emulator.door.application = throttled  # type: ignore[assignment]
    return asked


def user(emulator: Emulator, policy: dict[str, Any]) -> Emulated:
    iam = api("iam")
    iam.create_user(UserName="checker")
    iam.put_user_policy(UserName="checker", PolicyName="check", PolicyDocument=json.dumps(policy))
    return Emulated(emulator, iam.create_access_key(UserName="checker")["AccessKey"]["AccessKeyId"], "eu-west-1")


def without(*removed: str) -> dict[str, Any]:
    return actions.policy(tuple(action for action in actions.OF_MANAGEMENT if action not in removed))


def api(service: str, account_id: str = ROOT, region: str = REGION) -> Any:
    return client(service, account_id, region)


def account(email: str = ADDRESS) -> str:
    """One that AWS Organizations creates, so that it has a role for root."""
    organizations = api("organizations")
    try:
        organizations.describe_organization()
    except organizations.exceptions.AWSOrganizationsNotInUseException:
        organizations.create_organization(FeatureSet="ALL")
    return organizations.create_account(AccountName=email, Email=email)["CreateAccountStatus"]["AccountId"]


def bootstrap(account_id: str, version: int, qualifier: str = "hnb659fds", bucket: str = "", **more: str) -> None:
    """What of it is read: a stack with parameters, what it says of its bucket, and a parameter of SSM."""
    given = {"Qualifier": qualifier, **more}
    template = {
        "Parameters": {name: {"Type": "String"} for name in given},
        "Resources": {
            "Version": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Type": "String", "Name": {"Fn::Sub": "/cdk-bootstrap/${Qualifier}/version"}, "Value": str(version)},
            }
        },
        **({"Outputs": {"BucketName": {"Value": bucket}}} if bucket else {}),
    }
    api("cloudformation", account_id).create_stack(
        StackName="CDKToolkit",
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
    )


def role(account_id: str, name: str, trusted: str = ROOT, **conditions: Any) -> None:
    """One that may do everything, for somebody in an account."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{trusted}:root"}, **conditions}
    iam = api("iam", account_id)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [statement]}))
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=_EVERYTHING)


def cdk_role(account_id: str, what: str) -> str:
    """Its name, such as that of the role that deploys."""
    return f"cdk-hnb659fds-{what}-role-{account_id}-{REGION}"


def found(module: Any, org: Org, aws: Emulated) -> dict[str, Row]:
    """What one file of checks says, also about DNS."""
    aws.asks_dns = True
    aws.who()
    return {row.subject: row for row in answered(module.questions(org, aws), aws)}


def told(module: Any, org: Org, aws: Emulated, subject: str) -> list[str]:
    row = found(module, org, aws)[subject]
    return [f"{row.verdict} {row.found}", *([row.advice] if row.advice else [])]


def calls(aws: Emulated, account_id: str) -> list[str]:
    return [action for account, _, action in aws.calls if account == account_id and action != "sts:GetCallerIdentity"]
