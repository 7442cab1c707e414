"""What the guide on recovery says, step by step, by calls of whom it names."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.core.exceptions import ServiceException
from moto.iam.models import iam_backends

from emulator.engine import aws
from emulator.engine.aws import client
from emulator.services import console
from emulator.services.sso import backend, portal
from tests.conftest import Driver
from tests.test_known_faults import EXISTING, REGION, ROOT, Acme, acme  # noqa: F401 (a fixture)

PROD = "333333333333"
STAGE = f"""
const prod = acme.addStage('prod', {{
  accountId: '{PROD}', organizationalUnit: 'workloads', bootstrapRoleName: 'OrganizationAccountAccessRole',
}});
"""
GLASS = "new BreakGlass(acme, 'break-glass');"
Keys = dict[str, str]


def role(name: str) -> str:
    return f"arn:aws:iam::{ROOT if name.startswith('acme-root-') else PROD}:role/{name}"


def refused(call: Callable[..., Any], *given: Any, **named: Any) -> str:
    with pytest.raises((ClientError, ServiceException)) as caught:
        call(*given, **named)
    return str(caught.value)


class Organization:
    """An organization with accounts that exist, and who signs in to it."""

    def __init__(self, acme: Acme, code: str) -> None:  # noqa: F811
        self.acme = acme
        self.driver: Driver = self.write(code).drive(acme.folder).bootstrapped()
        # the CDK validates templates longer than it synthesizes, and other tests have it do so
        self.driver.play.synthesis._validated = True
        self.passwords: dict[str, str] = {}

    def write(self, code: str) -> Acme:  # noqa: F811
        return self.acme.write(STAGE + code, EXISTING)

    def deploy(self, *patterns: str, **more: Any) -> None:
        done = self.driver.deploy(*patterns, **more)
        assert done.code == 0, self.driver.text(done)

    def everything(self, **more: Any) -> None:
        for pattern in ("acme/root/organization", "acme/bootstrap/prod", "**"):
            self.deploy(pattern, **more)

    def api(self, keys: Keys, service: str) -> Any:
        return aws.client_of(self.driver.emulator.door, keys["AWS_ACCESS_KEY_ID"], service, REGION)

    def register(self, name: str, *devices: str) -> None:
        """The person signs in with the first password, changes it, and registers devices: the guide's preparation."""
        secrets = client("secretsmanager", ROOT, REGION)
        (secret,) = [one["ARN"] for one in secrets.list_secrets()["SecretList"] if f"password of {name}," in one["Description"]]
        first = secrets.get_secret_value(SecretId=secret)["SecretString"]
        self.passwords[name] = f"{name}'s own"
        keys = console.sign_in(ROOT, name, first, new_password=self.passwords[name])
        for device in devices or [self.virtual_device(keys, name)]:
            self.enable(keys, name, device)

    def virtual_device(self, keys: Keys, name: str) -> str:
        return self.api(keys, "iam").create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]["SerialNumber"]

    def enable(self, keys: Keys, name: str, device: str) -> None:
        codes = {"AuthenticationCode1": "123456", "AuthenticationCode2": "654321"}
        self.api(keys, "iam").enable_mfa_device(UserName=name, SerialNumber=device, **codes)

    def sign_in(self, name: str, device: str = "") -> Keys:
        return console.sign_in(ROOT, name, self.passwords[name], device)

    def switch(self, keys: Keys, name: str, session: str) -> Keys:
        made = self.api(keys, "sts").assume_role(RoleArn=role(name), RoleSessionName=session)["Credentials"]
        return {"AWS_ACCESS_KEY_ID": made["AccessKeyId"]}

    def break_glass(self, stage: str) -> Keys:
        keys = self.sign_in("acme-break-glass", "hardware-1")
        return self.switch(keys, f"acme-{stage}-break-glass", "acme-break-glass")


PEOPLE = """
const engineers = acme.addGroup('engineers', { canAssume: [prod.admin] });
const administrators = acme.addGroup('administrators', { canAssume: [acme.root.admin] });
acme.addUser('ada', { groups: [engineers] });
acme.addUser('grace', { groups: [administrators] });
"""


def test_a_person_who_has_lost_the_device_gets_another(acme):  # noqa: F811
    it = Organization(acme, GLASS + PEOPLE)
    it.everything()
    for name in ("ada", "grace"):
        it.register(name)
    it.register("acme-break-glass", "hardware-1", "hardware-2")
    lost, device = (f"arn:aws:iam::{ROOT}:mfa/{name}" for name in ("ada", "grace"))
    before = it.sign_in("ada", lost)
    assert it.switch(before, "acme-prod-admin", "ada")
    stolen = it.api(before, "iam").create_access_key(UserName="ada")["AccessKey"]["AccessKeyId"]

    # the password alone is not enough to sign in, nor is an access key to assume a role or to register a device
    assert "AuthenticationFailed" in refused(it.sign_in, "ada")
    by_key = {"AWS_ACCESS_KEY_ID": stolen}
    assert "sts:AssumeRole" in refused(it.switch, by_key, "acme-prod-admin", "ada")
    assert "iam:CreateVirtualMFADevice" in refused(it.virtual_device, by_key, "ada")
    # whoever has not switched to the administration of root removes no device of others
    assert "iam:DeactivateMFADevice" in refused(
        it.api(it.sign_in("grace", device), "iam").deactivate_mfa_device, UserName="ada", SerialNumber=lost
    )

    iam = it.api(it.switch(it.sign_in("grace", device), "acme-root-admin", "grace"), "iam")
    assert "DeleteConflict" in refused(iam.delete_virtual_mfa_device, SerialNumber=lost)
    iam.deactivate_mfa_device(UserName="ada", SerialNumber=lost)
    iam.delete_virtual_mfa_device(SerialNumber=lost)
    iam.update_login_profile(UserName="ada", Password="from grace", PasswordResetRequired=True)
    iam.delete_access_key(UserName="ada", AccessKeyId=stolen)

    assert "AuthenticationFailed" in refused(it.sign_in, "ada")
    assert "InvalidClientTokenId" in refused(it.api(by_key, "sts").get_caller_identity)
    assert "PasswordIsToBeChanged" in refused(console.sign_in, ROOT, "ada", "from grace")
    it.passwords["ada"] = "ada's other"
    keys = console.sign_in(ROOT, "ada", "from grace", new_password="ada's other")
    assert "sts:AssumeRole" in refused(it.switch, keys, "acme-prod-admin", "ada")
    again = it.virtual_device(keys, "ada")
    it.enable(keys, "ada", again)
    # signed in again, as that session is without
    assert "sts:AssumeRole" in refused(it.switch, keys, "acme-prod-admin", "ada")
    assert it.switch(it.sign_in("ada", again), "acme-prod-admin", "ada")

    # of break-glass, the first key is lost
    keys = it.sign_in("acme-break-glass", "hardware-2")
    it.api(keys, "iam").deactivate_mfa_device(UserName="acme-break-glass", SerialNumber="hardware-1")
    it.enable(keys, "acme-break-glass", "hardware-3")
    assert "AuthenticationFailed" in refused(it.sign_in, "acme-break-glass", "hardware-1")
    for stage in ("root", "prod"):
        assert it.switch(it.sign_in("acme-break-glass", "hardware-3"), f"acme-{stage}-break-glass", "acme-break-glass")


FORMER, NEW = (f"arn:aws:sso:::instance/ssoins-{number:016d}" for number in (1, 2))


def center(arn: str) -> str:
    """People come by account access, and still by permission sets."""
    return GLASS + f"""
const instance = IdentityCenter.fromArn('{arn}', '{REGION}');
new People(acme, 'people', {{
  source: PeopleSource.accountAccess({{ instance }}), movingFrom: PeopleSource.permissionSets({{ instance }}),
}});
acme.addGroup('engineers', {{ canAssume: [prod.admin] }});
acme.addGroup('administrators', {{ canAssume: [acme.root.admin] }});
"""


def made_in_the_console(arn: str) -> dict[str, str]:
    """An instance with its groups and people; by their names, the IDs of the people."""
    store = f"d-{arn[-10:]}"
    backend.enable(ROOT, REGION, arn, store)
    calls, people = client("identitystore", ROOT, REGION), {}
    for name, group in (("ada", "engineers"), ("grace", "administrators")):
        made = calls.create_group(IdentityStoreId=store, DisplayName=group)["GroupId"]
        person = {"UserName": name, "DisplayName": name, "Name": {"GivenName": name, "FamilyName": "Doe"}}
        people[name] = calls.create_user(IdentityStoreId=store, **person)["UserId"]
        calls.create_group_membership(IdentityStoreId=store, GroupId=made, MemberId={"UserId": people[name]})
    return people


def ways_in(people: dict[str, str]) -> list[str]:
    """Who gets in, and how."""
    found = []
    for name, role_name in (("ada", "acme-prod-admin"), ("grace", "acme-root-admin")):
        arn = role(role_name)
        ways = {
            "account access": lambda: portal.assume(people[name], arn),  # noqa: B023
            "permission set": lambda: portal.sign_in(people[name], arn.split(":")[4], "acme-admin"),  # noqa: B023
        }
        for way, get_in in ways.items():
            try:
                found += [f"{name}: {way}"] if get_in() else []
            except ServiceException:
                continue
    return found


def roles() -> dict[str, tuple[str, Any]]:
    found = [one for account in (ROOT, PROD) for one in iam_backends[account]["aws"].roles.values()]
    return {one.name: (one.id, one.assume_role_policy_document) for one in found if one.name.startswith("acme-")}


def test_people_get_in_by_another_instance_of_identity_center(acme):  # noqa: F811
    it = Organization(acme, center(FORMER))
    people = made_in_the_console(FORMER)
    it.everything()
    it.register("acme-break-glass", "hardware-1", "hardware-2")
    everybody = [f"{name}: {way}" for name in people for way in ("account access", "permission set")]
    assert ways_in(people) == everybody
    before = roles()
    assert {"acme-root-admin", "acme-prod-admin"} <= set(before)

    backend.delete(ROOT, REGION)
    assert ways_in(people) == []
    for stage in ("root", "prod"):
        who = it.api(it.break_glass(stage), "sts").get_caller_identity()["Arn"]
        assert f":assumed-role/acme-{stage}-break-glass/" in who
    keys = it.break_glass("root")
    assert it.api(keys, "sso-admin").list_instances()["Instances"] == []
    people = made_in_the_console(NEW)
    assert ways_in(people) == []
    it.write(center(NEW))
    it.deploy("**", anew=True, key=keys["AWS_ACCESS_KEY_ID"])
    assert ways_in(people) == everybody
    assert roles() == before


DEPLOYER = f"arn:aws:iam::{ROOT}:role/deployer"
GUARDED = GLASS + f"""
new Guardrails(acme, 'guardrails', {{
  includeDefaults: false, guardrails: [Guardrail.onlyDeployersDeploy([new aws_iam.ArnPrincipal('{DEPLOYER}')])],
}});
"""


TRUSTS_NOBODY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": {"AWS": ROOT}, "Action": "sts:AssumeRole"}]}


def make_deployer(iam: Any) -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    iam.put_role_policy(RoleName="deployer", PolicyName="own", PolicyDocument=text)


def test_who_deploys_is_made_again(acme):  # noqa: F811
    it = Organization(acme, GUARDED)
    administrator = it.driver.emulator.credentials(ROOT)
    make_deployer(it.api(administrator, "iam"))

    def deploys(keys: Keys) -> bool:
        done = it.driver.deploy("acme/prod/access", key=keys["AWS_ACCESS_KEY_ID"])
        assert done.code == 0 or "sts:AssumeRole" in it.driver.text(done)
        return done.code == 0

    def become_deployer() -> Keys:
        made = it.api(administrator, "sts").assume_role(RoleArn=DEPLOYER, RoleSessionName="job")["Credentials"]
        return {"AWS_ACCESS_KEY_ID": made["AccessKeyId"]}

    deployer = become_deployer()
    it.everything(key=deployer["AWS_ACCESS_KEY_ID"])
    it.register("acme-break-glass", "hardware-1", "hardware-2")
    assert (deploys(deployer), deploys(administrator)) == (True, False)

    iam = it.api(administrator, "iam")
    iam.delete_role_policy(RoleName="deployer", PolicyName="own")
    iam.delete_role(RoleName="deployer")
    assert (deploys(deployer), deploys(administrator)) == (False, False)

    keys = it.break_glass("root")
    # policies of the app spare that role; those of others, and this one at the time, are detached
    assert deploys(keys)
    organizations = it.api(keys, "organizations")
    known = organizations.list_policies(Filter="RESOURCE_CONTROL_POLICY")["Policies"]
    (policy,) = [one["Id"] for one in known if one["Name"].startswith("acme-guardrails-")]
    targets = lambda: [one["TargetId"] for one in organizations.list_targets_for_policy(PolicyId=policy)["Targets"]]  # noqa: E731
    before = targets()
    assert before == [PROD]
    organizations.detach_policy(PolicyId=policy, TargetId=PROD)
    assert deploys(administrator)

    # the bootstrap of a stage is made anew
    stage = it.break_glass("prod")
    (broken,) = [one for one in iam_backends[PROD]["aws"].roles.values() if "-deploy-role-" in one.name]
    it.api(stage, "iam").update_assume_role_policy(RoleName=broken.name, PolicyDocument=json.dumps(TRUSTS_NOBODY))
    assert not deploys(keys)
    it.api(stage, "cloudformation").delete_stack(StackName="CDKToolkit")
    s3, bucket = it.api(stage, "s3"), f"cdk-hnb659fds-assets-{PROD}-{REGION}"
    for one in s3.list_object_versions(Bucket=bucket)["Versions"]:
        s3.delete_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])
    s3.delete_bucket(Bucket=bucket)
    it.deploy("acme/bootstrap/prod", key=keys["AWS_ACCESS_KEY_ID"])
    assert deploys(keys)

    make_deployer(it.api(keys, "iam"))
    # no deployment attaches what it has attached before
    it.deploy("acme/root/organization", key=keys["AWS_ACCESS_KEY_ID"])
    assert targets() == []
    organizations.attach_policy(PolicyId=policy, TargetId=PROD)
    assert (deploys(become_deployer()), deploys(administrator)) == (True, False)


TASKS = "arn:aws:iam::aws:policy/root-task/"
BUCKET, QUEUE = "acme-prod-records", "acme-prod-jobs"
QUEUE_URL = f"https://sqs.{REGION}.amazonaws.com/{PROD}/{QUEUE}"


def shop(lock: str = "") -> str:
    return GLASS + f"""
new CentralRootAccess(acme, 'central-root-access');
new Guardrails(acme, 'guardrails', {{ includeDefaults: false, guardrails: [Guardrail.DENY_ROOT_USER] }});
const stack = prod.addStack('shop');
const bucket = new aws_s3.Bucket(stack, 'bucket', {{ bucketName: '{BUCKET}', enforceSSL: true }});
const queue = new aws_sqs.Queue(stack, 'queue', {{ queueName: '{QUEUE}', enforceSSL: true }});
const key = new aws_kms.Key(stack, 'key', {{ alias: 'acme-prod' }});
{lock}
"""


LOCK = """
bucket.addToResourcePolicy(new aws_iam.PolicyStatement({
  effect: aws_iam.Effect.DENY, principals: [new aws_iam.StarPrincipal()], actions: ['s3:*'], resources: [bucket.bucketArn],
}));
"""
NOBODY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}]}


def test_root_unlocks_a_bucket_and_a_queue_and_nobody_a_key(acme):  # noqa: F811
    it = Organization(acme, shop())
    it.everything()
    it.register("acme-break-glass", "hardware-1", "hardware-2")
    stage = it.break_glass("prod")
    s3, sqs = it.api(stage, "s3"), it.api(stage, "sqs")
    of_bucket = s3.get_bucket_policy(Bucket=BUCKET)["Policy"]
    of_queue = sqs.get_queue_attributes(QueueUrl=QUEUE_URL, AttributeNames=["Policy"])["Attributes"]
    # by the code, and by hand
    it.write(shop(LOCK))
    it.deploy("acme/prod/shop", anew=True)
    sqs.set_queue_attributes(QueueUrl=QUEUE_URL, Attributes={"Policy": json.dumps(NOBODY)})

    denied = "with an explicit deny in a resource-based policy"
    assert denied in refused(s3.delete_bucket_policy, Bucket=BUCKET)
    assert denied in refused(sqs.set_queue_attributes, QueueUrl=QUEUE_URL, Attributes={"Policy": ""})
    # nor does a deployment get in
    it.write(shop())
    assert denied in it.driver.text(it.driver.deploy("acme/prod/shop", anew=True))

    keys = it.break_glass("root")
    sts = it.api(keys, "sts")

    def root_session(task: str, sts: Any = sts) -> Keys:
        made = sts.assume_root(TargetPrincipal=PROD, TaskPolicyArn={"arn": TASKS + task}, DurationSeconds=900)
        return {"AWS_ACCESS_KEY_ID": made["Credentials"]["AccessKeyId"]}

    # the root user itself, and a session for another task
    it.driver.emulator.door.as_root_user = True
    root = it.driver.emulator.credentials(PROD)
    it.driver.emulator.door.as_root_user = False
    assert "service control policy" in refused(it.api(root, "s3").delete_bucket_policy, Bucket=BUCKET)
    for_queues, for_buckets = root_session("SQSUnlockQueuePolicy"), root_session("S3UnlockBucketPolicy")
    assert "explicit deny in an identity-based policy" in refused(it.api(for_queues, "s3").delete_bucket_policy, Bucket=BUCKET)
    assert "sts:AssumeRoot" in refused(root_session, "S3UnlockBucketPolicy", it.api(stage, "sts"))

    it.api(for_buckets, "s3").delete_bucket_policy(Bucket=BUCKET)
    it.api(for_queues, "sqs").set_queue_attributes(QueueUrl=QUEUE_URL, Attributes={"Policy": ""})
    it.deploy("acme/prod/shop", key=keys["AWS_ACCESS_KEY_ID"])
    assert s3.get_bucket_policy(Bucket=BUCKET)["Policy"] == of_bucket
    # what was not in the code is put back by hand
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=QUEUE_URL, AttributeNames=["Policy"])
    sqs.set_queue_attributes(QueueUrl=QUEUE_URL, Attributes=of_queue)

    # a key is left to somebody who is not there
    kms = it.api(stage, "kms")
    of_key = {"KeyId": kms.describe_key(KeyId="alias/acme-prod")["KeyMetadata"]["KeyId"], "PolicyName": "default"}
    own = kms.get_key_policy(**of_key)["Policy"]
    keeper = {"Effect": "Allow", "Principal": {"AWS": role("acme-prod-keeper")}, "Action": "kms:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [keeper]})
    kms.put_key_policy(**of_key, Policy=policy, BypassPolicyLockoutSafetyCheck=True)
    nothing = "because no resource-based policy allows the kms:PutKeyPolicy action"
    for who in (stage, it.driver.emulator.credentials(PROD)):
        assert nothing in refused(it.api(who, "kms").put_key_policy, **of_key, Policy=own)
    assert "is not a task policy" in refused(root_session, "KMSUnlockKeyPolicy")
