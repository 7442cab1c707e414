"""What the role that CloudFormation deploys with may not create, change or delete is told in AWS's words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator.engine.aws import client
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends

ACCOUNT, REGION = "222222222222", "eu-west-1"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
READS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
MANAGED = [f"arn:aws:iam::aws:policy/{name}" for name in ("ReadOnlyAccess", "SecurityAudit")]


@pytest.fixture(autouse=True)
def emulator():
    with Emulator() as running:
        yield running


def all_but(action: str) -> str:
    statement = {"Effect": "Allow", "NotAction": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allowed(actions: list[str], resource: str = "*", **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def execution(policy: str, boundary: str = "") -> str:
    """A role as `cdk bootstrap --cloudformation-execution-policies` makes it."""
    iam = client("iam", ACCOUNT, REGION)
    trust = {**TRUST["Statement"][0], "Principal": {"Service": "cloudformation.amazonaws.com"}}
    more = {}
    if boundary:
        made = iam.create_policy(PolicyName="boundary", PolicyDocument=boundary)["Policy"]["Arn"]
        more = {"PermissionsBoundary": made}
    made = iam.create_role(RoleName="exec", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}), **more)["Role"]
    limit(policy)
    return made["Arn"]


def limit(policy: str) -> None:
    client("iam", ACCOUNT, REGION).put_role_policy(RoleName="exec", PolicyName="own", PolicyDocument=policy)


def deploy(role: str, **resources: Any) -> str:
    """Creates or changes the stack; its status, or why it failed."""
    api, backend = client("cloudformation", ACCOUNT, REGION), cloudformation_backends[ACCOUNT][REGION]
    known = backend.find("s")
    call = api.update_stack if known and known.resources else api.create_stack
    events = len(known.events) if known else 0
    call(StackName="s", TemplateBody=json.dumps({"Resources": resources}), RoleARN=role)
    stack = backend.get("s")
    reasons = [str(event.reason) for event in stack.events[events:] if event.status.endswith("_FAILED")]
    return reasons[0] if reasons else stack.status


def delete() -> str:
    stack = cloudformation_backends[ACCOUNT][REGION].get("s")
    events = len(stack.events)
    client("cloudformation", ACCOUNT, REGION).delete_stack(StackName="s")
    reasons = [str(event.reason) for event in stack.events[events:] if event.status == "DELETE_FAILED"]
    return reasons[0] if reasons else stack.status


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def role(name: str = "acme-worker", trust: Any = TRUST, **more: Any) -> dict[str, Any]:
    return resource("IAM::Role", RoleName=name, AssumeRolePolicyDocument=trust, **more)


def bucket(**more: Any) -> dict[str, Any]:
    return resource("S3::Bucket", BucketName="acme-data", **more)


def inline(**more: Any) -> dict[str, Any]:
    return resource("IAM::Policy", PolicyName="reads", PolicyDocument=READS, Roles=[{"Ref": "it"}], **more)


VERSIONED = {"VersioningConfiguration": {"Status": "Enabled"}}
PARAMETER = {"Type": "String", "Name": "/acme"}

# what is there, what it becomes (nothing: it is deleted), and the one right that this needs
CHANGES: dict[str, tuple[Any, Any, str]] = {
    "a parameter": (resource("SSM::Parameter", Value="a", **PARAMETER), resource("SSM::Parameter", Value="b", **PARAMETER), "ssm:PutParameter"),
    "a trust": (role(), role(trust={**TRUST, "Id": "other"}), "iam:UpdateAssumeRolePolicy"),
    "a description": (role(), role(Description="x"), "iam:UpdateRole"),
    "one policy more": (role(ManagedPolicyArns=MANAGED[:1]), role(ManagedPolicyArns=MANAGED), "iam:AttachRolePolicy"),
    "one policy less": (role(ManagedPolicyArns=MANAGED), role(ManagedPolicyArns=MANAGED[:1]), "iam:DetachRolePolicy"),
    "an inline policy": (role(), role(Policies=[{"PolicyName": "p", "PolicyDocument": READS}]), "iam:PutRolePolicy"),
    "versions": (bucket(), bucket(**VERSIONED), "s3:PutBucketVersioning"),
    "a role that goes": (role(), None, "iam:DeleteRole"),
    "a role that goes with its policies": (role(ManagedPolicyArns=MANAGED), None, "iam:DetachRolePolicy"),
    "a bucket that goes": (bucket(), None, "s3:DeleteBucket"),
}


@pytest.mark.parametrize(("before", "after", "action"), CHANGES.values(), ids=CHANGES)
def test_a_change_needs_the_right_to_it(before, after, action):
    arn = execution(allowed(["*"]))
    assert deploy(arn, it=before) == "CREATE_COMPLETE"
    limit(all_but(action))
    told = deploy(arn, it=after) if after else delete()
    user = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/exec/AWSCloudFormation is not authorized to perform: {action}"
    assert f'Resource handler returned message: "{user}' in told
    assert "because no identity-based policy allows" in told and "(HandlerErrorCode: AccessDenied)" in told
    limit(allowed(["*"]))
    assert (deploy(arn, it=after) if after else delete()) in ("UPDATE_COMPLETE", "DELETE_COMPLETE")


def test_a_change_of_tags_alone_needs_no_right_to_change_the_resource():
    arn = execution(allowed(["*"]))
    assert deploy(arn, it=role()) == "CREATE_COMPLETE"
    limit(all_but("iam:Update*"))
    assert deploy(arn, it=role(Tags=[{"Key": "team", "Value": "shop"}])) == "UPDATE_COMPLETE"


def test_an_inline_policy_needs_the_right_to_put_and_to_take_it():
    arn = execution(allowed(["iam:*Role"]))
    assert "to perform: iam:PutRolePolicy" in deploy(arn, it=role(), own=inline())
    limit(allowed(["iam:*"]))
    client("cloudformation", ACCOUNT, REGION).delete_stack(StackName="s")
    assert deploy(arn, it=role(), own=inline()) == "CREATE_COMPLETE"
    limit(allowed(["iam:*Role", "iam:DeleteRolePolicy"]))
    other = {**READS, "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]}
    changed = inline()
    changed["Properties"]["PolicyDocument"] = other
    assert "to perform: iam:PutRolePolicy" in deploy(arn, it=role(), own=changed)
    limit(allowed(["iam:*Role", "iam:PutRolePolicy"]))
    assert "to perform: iam:DeleteRolePolicy" in delete()


def test_an_inline_policy_of_a_role_that_nobody_may_change_is_refused():
    arn = execution(allowed(["*"]))
    denied = {"Effect": "Deny", "Action": "iam:PutRolePolicy", "Resource": f"arn:aws:iam::{ACCOUNT}:role/acme-*"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    limit(json.dumps({"Version": "2012-10-17", "Statement": [everything, denied]}))
    told = deploy(arn, it=role(), own=inline())
    assert f"iam:PutRolePolicy on resource: arn:aws:iam::{ACCOUNT}:role/acme-worker with an explicit deny" in told
    assert delete() == "DELETE_COMPLETE"
    assert deploy(arn, it=role("worker"), own=inline()) == "CREATE_COMPLETE"


def test_a_name_outside_of_what_the_role_may_make_is_refused():
    arn = execution(allowed(["iam:*"], f"arn:aws:iam::{ACCOUNT}:role/acme-*"))
    assert deploy(arn, it=role()) == "CREATE_COMPLETE"
    client("cloudformation", ACCOUNT, REGION).delete_stack(StackName="s")
    assert f"iam:CreateRole on resource: arn:aws:iam::{ACCOUNT}:role/worker because no identity" in deploy(
        arn, it=role("worker")
    )


def test_a_boundary_that_has_to_be_there_is_missed():
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/limit"
    client("iam", ACCOUNT, REGION).create_policy(PolicyName="limit", PolicyDocument=allowed(["*"]))
    bound = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    arn = execution(allowed(["iam:*"], Condition=bound))
    assert "to perform: iam:CreateRole" in deploy(arn, it=role())
    client("cloudformation", ACCOUNT, REGION).delete_stack(StackName="s")
    assert deploy(arn, it=role(PermissionsBoundary=boundary)) == "CREATE_COMPLETE"


def test_a_boundary_of_the_role_that_deploys_limits_it():
    arn = execution(allowed(["*"]), boundary=allowed(["s3:CreateBucket", "s3:DeleteBucket"]))
    assert deploy(arn, it=bucket()) == "CREATE_COMPLETE"
    assert "because no permissions boundary allows the s3:PutBucketVersioning action" in deploy(arn, it=bucket(**VERSIONED))


def test_a_policy_of_a_bucket_or_a_key_that_lets_nobody_in_is_not_changed():
    def policies(effect: str, **principal: str) -> dict[str, Any]:
        said = {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": "*", "Resource": "*", "Principal": principal}]}
        return {"key": resource("KMS::Key", KeyPolicy=said, BypassPolicyLockoutSafetyCheck=True)} if effect == "Allow" else {
            "bucket": bucket(), "policy": resource("S3::BucketPolicy", Bucket={"Ref": "bucket"}, PolicyDocument=said),
        }

    # whoever is not named can make a key all the same, and nobody else deploys
    keeper = client("iam", ACCOUNT, REGION).create_role(RoleName="keeper", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    kept, everybody = policies("Allow", AWS=keeper), policies("Allow", AWS=ACCOUNT)
    own = execution(allowed(["*"]))
    assert deploy(own, **kept) == "CREATE_COMPLETE"
    assert "because no resource-based policy allows the kms:PutKeyPolicy action" in deploy(own, **everybody)
    assert deploy(own, **kept, **policies("Deny", AWS="*")) == "UPDATE_COMPLETE"
    told = deploy(own, **kept, **policies("Deny", AWS=keeper))
    assert "s3:PutBucketPolicy on resource: arn:aws:s3:::acme-data with an explicit deny in a resource-based policy" in told


def test_a_role_that_a_function_gets_is_passed():
    code = {"ZipFile": "exports.handler = async () => {}"}
    function = resource("Lambda::Function", Code=code, Handler="index.handler", Runtime="nodejs22.x", Role={"Fn::GetAtt": ["it", "Arn"]})
    arn = execution(allowed(["iam:*Role", "lambda:*"], Condition={"StringEquals": {"aws:ResourceAccount": ACCOUNT}}))
    assert deploy(arn, it=role(), run=function) == "CREATE_COMPLETE"
    assert delete() == "DELETE_COMPLETE"
    limit(allowed(["iam:CreateRole", "iam:DeleteRole", "lambda:*"]))
    assert f"to perform: iam:PassRole on resource: arn:aws:iam::{ACCOUNT}:role/acme-worker" in deploy(arn, it=role(), run=function)
