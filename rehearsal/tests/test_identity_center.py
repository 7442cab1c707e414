"""IAM Identity Center: permission sets become roles, people sign in as AWS lets them, and what AWS refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError
from moto.core.exceptions import ServiceException
from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random
from shape_checks import differences, known, lost

from emulator.engine import aws
from emulator.engine.aws import client
from emulator.engine.server import Emulator, reset
from emulator.engine.stacks import cloudformation_backends
from emulator.services.sso import portal
from emulator.services.sso.backend import enable
from rehearsal import existing, leftovers, state
from rehearsal.failure import Failure

ROOT, REGION = "111111111111", "eu-west-1"
INSTANCE, STORE = "arn:aws:sso:::instance/ssoins-0123456789abcdef", "d-0123456789"
STRANGER = "9067f5b8-0000-4000-8000-000000000000"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
AUDIT = "arn:aws:iam::aws:policy/SecurityAudit"
LISTS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}
PUTS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ssm:PutParameter", "Resource": "*"}]}


@pytest.fixture(autouse=True)
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        client("organizations", ROOT, REGION).create_organization(FeatureSet="ALL")
        client("organizations", ROOT, REGION).enable_aws_service_access(ServicePrincipal="account-access.amazonaws.com")
        enable(ROOT, REGION, INSTANCE, STORE)
        yield running


@pytest.fixture
def member() -> str:
    api = client("organizations", ROOT, REGION)
    return api.create_account(AccountName="prod", Email="aws+prod@acme.example")["CreateAccountStatus"]["AccountId"]


def api(service: str, region: str = REGION) -> Any:
    return client(service, ROOT, region)


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def att(name: str, attribute: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, attribute]}


def deploy(role: str = "", region: str = REGION, name: str = "people", outputs: Any = None, **resources: Any) -> str:
    """Creates or changes a stack; why that failed, or its status."""
    backend, calls = cloudformation_backends[ROOT][region], client("cloudformation", ROOT, region)
    known = backend.find(name)
    events = len(known.events) if known else 0
    body = json.dumps({"Resources": resources, "Outputs": {key: {"Value": value} for key, value in (outputs or {}).items()}})
    call = calls.update_stack if known else calls.create_stack
    call(StackName=name, TemplateBody=body, **({"RoleARN": role} if role else {}))
    stack = backend.get(name)
    reasons = [str(event.reason) for event in stack.events[events:] if event.status.endswith("_FAILED")]
    return reasons[0] if reasons else stack.status


def outputs(name: str = "people") -> dict[str, str]:
    found = api("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    return {item["OutputKey"]: item["OutputValue"] for item in found}


def delete(name: str = "people") -> str:
    stack = cloudformation_backends[ROOT][REGION].get(name)
    events = len(stack.events)
    api("cloudformation").delete_stack(StackName=name)
    return next((str(event.reason) for event in stack.events[events:] if event.status == "DELETE_FAILED"), stack.status)


def group(name: str = "developers") -> str:
    return api("identitystore").create_group(IdentityStoreId=STORE, DisplayName=name)["GroupId"]


def user(name: str = "jane", *groups: str) -> str:
    store = api("identitystore")
    person = {"UserName": name, "DisplayName": name, "Name": {"GivenName": name, "FamilyName": "Doe"}}
    made = store.create_user(IdentityStoreId=STORE, **person)["UserId"]
    for one in groups:
        store.create_group_membership(IdentityStoreId=STORE, GroupId=one, MemberId={"UserId": made})
    return made


def permission_set(**more: Any) -> dict[str, Any]:
    return of("SSO::PermissionSet", **{"InstanceArn": INSTANCE, "Name": "developer", **more})


def assignment(account: str, principal: Any, kind: str = "GROUP", name: str = "set", **more: Any) -> dict[str, Any]:
    given = {"InstanceArn": INSTANCE, "PermissionSetArn": att(name, "PermissionSetArn"), "TargetType": "AWS_ACCOUNT", **more}
    return of("SSO::Assignment", **given, TargetId=account, PrincipalType=kind, PrincipalId=principal)


def roles(account: str) -> list[Any]:
    known = iam_backends[account]["aws"].roles.values()
    return [role for role in known if role.name.startswith("AWSReservedSSO_")]


# --- permission sets and assignments


def test_a_permission_set_becomes_a_role_where_somebody_is_assigned(member):
    iam = client("iam", member, REGION)
    iam.create_policy(PolicyName="own", Path="/acme/", PolicyDocument=json.dumps(LISTS))
    made = permission_set(
        Description="who develops",
        SessionDuration="PT4H",
        ManagedPolicies=[READ_ONLY],
        CustomerManagedPolicyReferences=[{"Name": "own", "Path": "/acme/"}],
        InlinePolicy=PUTS,
        PermissionsBoundary={"ManagedPolicyArn": AUDIT},
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    arn = {"arn": att("set", "PermissionSetArn"), "ref": {"Ref": "set"}}
    assert deploy(set=made, outputs=arn) == "CREATE_COMPLETE"
    told = outputs()
    assert told["arn"].startswith("arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-")
    assert told["ref"] == f"{INSTANCE}|{told['arn']}"
    described = api("sso-admin").describe_permission_set(InstanceArn=INSTANCE, PermissionSetArn=told["arn"])
    assert described["PermissionSet"]["SessionDuration"] == "PT4H"
    assert roles(member) == []
    assert deploy(set=made, to=assignment(member, group())) == "UPDATE_COMPLETE"
    (role,) = roles(member)
    name, _, suffix = role.name.rpartition("_")
    assert (name, len(suffix), role.path) == (
        "AWSReservedSSO_developer", 16, f"/aws-reserved/sso.amazonaws.com/{REGION}/",
    )
    trust = iam.get_role(RoleName=role.name)["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Principal"]["Federated"].startswith(f"arn:aws:iam::{member}:saml-provider/AWSSSO_")
    assert trust["Principal"]["Federated"].endswith("_DO_NOT_DELETE")
    assert sorted(role.managed_policies) == sorted([READ_ONLY, f"arn:aws:iam::{member}:policy/acme/own"])
    assert [json.loads(document) for document in role.policies.values()] == [PUTS]
    assert role.permissions_boundary_arn == AUDIT


def test_in_us_east_1_the_path_of_the_role_names_no_region(member):
    other = "arn:aws:sso:::instance/ssoins-fedcba9876543210"
    enable(member, "us-east-1", other, "d-9876543210")
    calls = client("sso-admin", member, "us-east-1")
    store = client("identitystore", member, "us-east-1")
    who = store.create_group(IdentityStoreId="d-9876543210", DisplayName="all")["GroupId"]
    arn = calls.create_permission_set(Name="reader", InstanceArn=other)["PermissionSet"]["PermissionSetArn"]
    calls.create_account_assignment(
        InstanceArn=other, PermissionSetArn=arn, TargetId=member, TargetType="AWS_ACCOUNT", PrincipalType="GROUP", PrincipalId=who
    )
    assert [role.path for role in roles(member)] == ["/aws-reserved/sso.amazonaws.com/"]


def test_a_change_of_a_permission_set_changes_its_roles(member):
    to = {"to": assignment(member, group())}
    before = permission_set(
        ManagedPolicies=[READ_ONLY], InlinePolicy=PUTS, PermissionsBoundary={"ManagedPolicyArn": AUDIT}, Description="a"
    )
    assert deploy(set=before, **to) == "CREATE_COMPLETE"
    (role,) = roles(member)
    tags = [{"Key": "team", "Value": "shop"}]
    assert deploy(set=permission_set(ManagedPolicies=[AUDIT], Description="b", Tags=tags), **to) == "UPDATE_COMPLETE"
    assert roles(member) == [role]
    assert (list(role.managed_policies), role.policies, role.permissions_boundary_arn) == ([AUDIT], {}, None)
    (arn,) = api("sso-admin").list_permission_sets(InstanceArn=INSTANCE)["PermissionSets"]
    described = api("sso-admin").describe_permission_set(InstanceArn=INSTANCE, PermissionSetArn=arn)["PermissionSet"]
    assert (described["Description"], described["SessionDuration"]) == ("b", "PT1H")
    assert api("sso-admin").list_tags_for_resource(InstanceArn=INSTANCE, ResourceArn=arn)["Tags"] == tags


def test_another_name_is_another_permission_set(member):
    who = group()
    assert deploy(set=permission_set(), to=assignment(member, who)) == "CREATE_COMPLETE"
    assert deploy(set=permission_set(Name="operator"), to=assignment(member, who)) == "UPDATE_COMPLETE"
    assert [role.name.split("_")[1] for role in roles(member)] == ["operator"]
    assert len(api("sso-admin").list_permission_sets(InstanceArn=INSTANCE)["PermissionSets"]) == 1


def test_the_role_goes_with_the_last_assignment(member):
    one, two = assignment(member, group("one")), assignment(member, group("two"))
    assert deploy(set=permission_set(InlinePolicy=PUTS), one=one, two=two) == "CREATE_COMPLETE"
    assert deploy(set=permission_set(InlinePolicy=PUTS), one=one) == "UPDATE_COMPLETE"
    assert len(roles(member)) == 1
    assert delete() == "DELETE_COMPLETE"
    assert roles(member) == [] and iam_backends[member]["aws"].saml_providers == {}
    assert api("sso-admin").list_permission_sets(InstanceArn=INSTANCE)["PermissionSets"] == []


def test_a_customer_managed_policy_has_to_be_in_each_account(member):
    made = permission_set(CustomerManagedPolicyReferences=[{"Name": "own"}])
    told = deploy(set=made, to=assignment(member, group()))
    assert f"failed due to: Received a 404 status error: Not supported policy arn:aws:iam::{member}:policy/own." in told
    assert told.endswith("(HandlerErrorCode: GeneralServiceException)")
    assert roles(member) == [] and api("sso-admin").list_permission_sets(InstanceArn=INSTANCE)["PermissionSets"] == []


def test_a_boundary_of_the_customer_has_to_be_in_each_account(member):
    limit = {"CustomerManagedPolicyReference": {"Name": "limit", "Path": "/acme/"}}
    made, to = permission_set(PermissionsBoundary=limit), assignment(member, group())
    assert f"Not supported policy arn:aws:iam::{member}:policy/acme/limit." in deploy(set=made, to=to)
    client("iam", member, REGION).create_policy(PolicyName="limit", Path="/acme/", PolicyDocument=json.dumps(LISTS))
    assert deploy(name="again", set=made, to=to) == "CREATE_COMPLETE"
    assert roles(member)[0].permissions_boundary_arn == f"arn:aws:iam::{member}:policy/acme/limit"


def test_a_permission_set_takes_no_more_policies_than_a_role(member):
    names = [f"p{index}" for index in range(11)]
    for name in names:
        client("iam", member, REGION).create_policy(PolicyName=name, PolicyDocument=json.dumps(LISTS))
    made = permission_set(CustomerManagedPolicyReferences=[{"Name": name} for name in names])
    told = deploy(set=made, to=assignment(member, group()))
    assert "Received a 409 status error: Cannot exceed quota for PoliciesPerRole: 10." in told


def test_a_change_that_an_account_cannot_take_fails(member):
    to = {"to": assignment(member, group())}
    assert deploy(set=permission_set(), **to) == "CREATE_COMPLETE"
    told = deploy(set=permission_set(CustomerManagedPolicyReferences=[{"Name": "own"}]), **to)
    assert f"Not supported policy arn:aws:iam::{member}:policy/own." in told


def test_a_name_of_a_permission_set_is_taken_once():
    api("sso-admin").create_permission_set(Name="developer", InstanceArn=INSTANCE)
    words = "PermissionSet with name developer already exists."
    again = refused(api("sso-admin").create_permission_set, Name="developer", InstanceArn=INSTANCE)
    assert again == f"ConflictException: {words}"
    assert deploy(set=permission_set()) == f'Resource handler returned message: "{words}" (HandlerErrorCode: AlreadyExists)'
    # what was there is left
    assert len(api("sso-admin").list_permission_sets(InstanceArn=INSTANCE)["PermissionSets"]) == 1


def test_nobody_is_assigned_twice(member):
    to = assignment(member, group())
    told = deploy(set=permission_set(), one=to, two={**to, "DependsOn": "one"})
    assert "Assignment already exists. Can't process creation." in told and "(HandlerErrorCode: AlreadyExists)" in told
    calls, who = api("sso-admin"), group("again")
    arn = calls.create_permission_set(Name="x", InstanceArn=INSTANCE)["PermissionSet"]["PermissionSetArn"]
    given = {"InstanceArn": INSTANCE, "PermissionSetArn": arn, "TargetId": member, "TargetType": "AWS_ACCOUNT"}
    calls.create_account_assignment(**given, PrincipalType="GROUP", PrincipalId=who)
    assert "ConflictException" in refused(
        calls.create_account_assignment, **given, PrincipalType="GROUP", PrincipalId=who
    )


def test_an_assignment_names_who_and_what_is_there(member):
    told = deploy(set=permission_set(), to=assignment(member, STRANGER))
    assert f"Could not find GROUP with id {STRANGER}" in told and "ResourceNotFoundException" in told
    # a user is no group
    told = deploy(name="b", set=permission_set(), to=assignment(member, user()))
    assert "Could not find GROUP with id" in told
    told = deploy(name="c", set=permission_set(), to=assignment("999999999999", group()))
    assert "Could not find Account with id 999999999999" in told and "ResourceNotFoundException" in told
    gone = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef"
    told = deploy(name="d", to=assignment(member, group("e"), PermissionSetArn=gone))
    assert "Could not find PermissionSet with id ps-0123456789abcdef" in told


@pytest.mark.parametrize("region", [REGION, "us-east-1"])
def test_a_permission_set_is_of_an_instance_that_is_there_in_its_region(region):
    arn = INSTANCE if region != REGION else "arn:aws:sso:::instance/ssoins-fedcba9876543210"
    told = deploy(region=region, set=permission_set(InstanceArn=arn))
    assert f"Could not find Instance with id {arn.rpartition('/')[2]}" in told and "ResourceNotFoundException" in told


def test_a_permission_set_is_not_deleted_while_it_is_assigned(member):
    assert deploy(set=permission_set(), outputs={"arn": att("set", "PermissionSetArn")}) == "CREATE_COMPLETE"
    arn = outputs()["arn"]
    given = {"InstanceArn": INSTANCE, "PermissionSetArn": arn, "TargetId": member, "TargetType": "AWS_ACCOUNT"}
    who = {"PrincipalType": "GROUP", "PrincipalId": group()}
    api("sso-admin").create_account_assignment(**given, **who)
    assert "PermissionSet has ApplicationProfile associated with it." in delete()
    api("sso-admin").delete_account_assignment(**given, **who)
    assert delete() == "DELETE_COMPLETE"


def test_an_instance_without_permission_sets_takes_none_until_they_are_enabled(member):
    other = "arn:aws:sso:::instance/ssoins-fedcba9876543210"
    enable(member, REGION, other, "d-9876543210", permission_sets_enabled=False)
    calls = client("sso-admin", member, REGION)
    assert calls.describe_instance(InstanceArn=other)["PermissionSetsEnabled"] is False
    assert "Permission sets are not enabled" in refused(calls.create_permission_set, Name="x", InstanceArn=other)
    calls.update_instance(InstanceArn=other, PermissionSetsEnabled=True)
    assert calls.create_permission_set(Name="x", InstanceArn=other)
    calls.update_instance(InstanceArn=other, Name="acme")
    described = calls.describe_instance(InstanceArn=other)
    assert (described["Name"], described["PermissionSetsEnabled"]) == ("acme", True)


def test_there_is_no_instance_unless_somebody_has_enabled_one(member):
    assert client("sso-admin", member, REGION).list_instances()["Instances"] == []
    assert api("sso-admin", "us-east-1").list_instances()["Instances"] == []
    (told,) = api("sso-admin").list_instances()["Instances"]
    assert (told["InstanceArn"], told["IdentityStoreId"], told["OwnerAccountId"]) == (INSTANCE, STORE, ROOT)
    described = api("sso-admin").describe_instance(InstanceArn=INSTANCE)
    assert (described["PermissionSetsEnabled"], described["PrimaryRegion"]) == (True, REGION)
    assert "AccessDeniedException" in refused(api("sso-admin", "us-east-1").describe_instance, InstanceArn=INSTANCE)
    with pytest.raises(Exception, match="an account has one"):
        enable(ROOT, "us-east-1", "arn:aws:sso:::instance/ssoins-fedcba9876543210", "d-9876543210")


def test_what_is_provisioned_is_told(member):
    assert deploy(set=permission_set(), to=assignment(member, group())) == "CREATE_COMPLETE"
    calls = api("sso-admin")
    (arn,) = calls.list_permission_sets(InstanceArn=INSTANCE)["PermissionSets"]
    own = {"InstanceArn": INSTANCE, "PermissionSetArn": arn}
    assert calls.list_accounts_for_provisioned_permission_set(**own)["AccountIds"] == [member]
    there = {"InstanceArn": INSTANCE, "AccountId": member}
    assert calls.list_permission_sets_provisioned_to_account(**there)["PermissionSets"] == [arn]
    here = {"InstanceArn": INSTANCE, "AccountId": ROOT}
    assert calls.list_permission_sets_provisioned_to_account(**here)["PermissionSets"] == []
    assert len(calls.list_account_assignments(**own, AccountId=member)["AccountAssignments"]) == 1


# --- users and groups


def test_groups_users_and_memberships_are_made_changed_and_deleted():
    person = {"IdentityStoreId": STORE, "UserName": "jane", "DisplayName": "Jane", "Name": {"GivenName": "J", "FamilyName": "D"}}
    people = {
        "group": of("IdentityStore::Group", IdentityStoreId=STORE, DisplayName="developers", Description="all"),
        "jane": of("IdentityStore::User", **person),
        "in": of(
            "IdentityStore::GroupMembership",
            IdentityStoreId=STORE, GroupId=att("group", "GroupId"), MemberId={"UserId": att("jane", "UserId")},
        ),
    }
    told = {"group": att("group", "GroupId"), "user": att("jane", "UserId"), "arn": {"Ref": "jane"}, "ref": {"Ref": "group"}}
    assert deploy(outputs=told, **people) == "CREATE_COMPLETE"
    made, store = outputs(), api("identitystore")
    assert made["arn"] == f"arn:aws:identitystore:::user/{made['user']}" and made["ref"] == f"{made['group']}|{STORE}"
    members = store.list_group_memberships(IdentityStoreId=STORE, GroupId=made["group"])["GroupMemberships"]
    assert [item["MemberId"]["UserId"] for item in members] == [made["user"]]
    wanted = {"UniqueAttribute": {"AttributePath": "displayName", "AttributeValue": "developers"}}
    assert store.get_group_id(IdentityStoreId=STORE, AlternateIdentifier=wanted)["GroupId"] == made["group"]
    people["group"] = of("IdentityStore::Group", IdentityStoreId=STORE, DisplayName="builders")
    people["jane"] = of("IdentityStore::User", **{**person, "Name": {"GivenName": "Jane", "FamilyName": "D"}, "Title": "Dr"})
    assert deploy(outputs=told, **people) == "UPDATE_COMPLETE"
    assert outputs() == made
    described = store.describe_group(IdentityStoreId=STORE, GroupId=made["group"])
    assert (described["DisplayName"], described.get("Description")) == ("builders", None)
    person_now = store.describe_user(IdentityStoreId=STORE, UserId=made["user"])
    assert (person_now["Name"]["GivenName"], person_now["Title"]) == ("Jane", "Dr")
    assert [item["DisplayName"] for item in store.list_groups(IdentityStoreId=STORE)["Groups"]] == ["builders"]
    assert delete() == "DELETE_COMPLETE"
    assert store.list_groups(IdentityStoreId=STORE)["Groups"] == [] == store.list_users(IdentityStoreId=STORE)["Users"]


def test_names_and_memberships_are_taken_once():
    developers = group()
    jane = user("jane", developers)
    store = api("identitystore")
    made = of("IdentityStore::Group", IdentityStoreId=STORE, DisplayName="developers")
    assert "Duplicate GroupDisplayName" in deploy(g=made)
    other = group("operators")
    rename = [{"AttributePath": "displayName", "AttributeValue": "developers"}]
    assert "ConflictException" in refused(store.update_group, IdentityStoreId=STORE, GroupId=other, Operations=rename)
    again = {"IdentityStoreId": STORE, "GroupId": developers, "MemberId": {"UserId": jane}}
    assert "ConflictException" in refused(store.create_group_membership, **again)
    assert "ResourceNotFoundException" in refused(store.create_group_membership, **{**again, "GroupId": STRANGER})


def test_nobody_is_left_in_a_group_that_is_gone():
    developers = group()
    jane = user("jane", developers)
    store = api("identitystore")
    store.delete_group(IdentityStoreId=STORE, GroupId=developers)
    member_of = store.list_group_memberships_for_member(IdentityStoreId=STORE, MemberId={"UserId": jane})
    assert member_of["GroupMemberships"] == []


def test_an_identity_store_is_of_an_instance():
    words = "IDENTITY_STORE not found."
    assert words in refused(api("identitystore").list_groups, IdentityStoreId="d-9876543210")
    assert words in deploy(g=of("IdentityStore::Group", IdentityStoreId="d-9876543210", DisplayName="x"))
    assert words in refused(api("identitystore", "us-east-1").list_groups, IdentityStoreId=STORE)


# --- account access


def application(instance: str = INSTANCE) -> dict[str, Any]:
    return of("AccountAccess::Application", IdentitySource={"IdentityCenter": {"InstanceArn": instance}})


def entitlement(role: str, name: str = "app", **principal: Any) -> dict[str, Any]:
    given = {"Principal": {"IdentityCenter": principal}, "RoleArn": role}
    return of("AccountAccess::Entitlement", ApplicationArn=att(name, "ApplicationArn"), Entitlement={"PrincipalRole": given})


def test_an_application_and_its_entitlements_are_made_and_deleted(member):
    role = f"arn:aws:iam::{member}:role/operators"
    told = {
        "arn": {"Ref": "app"},
        "status": att("app", "Status"),
        "tenant": att("app", "TenantId"),
        "inside": att("app", "IdentitySource.IdentityCenter.ApplicationArn"),
        "account": att("to", "Entitlement.PrincipalRole.Account"),
        "id": att("to", "EntitlementId"),
        "ref": {"Ref": "to"},
    }
    assert deploy(outputs=told, app=application(), to=entitlement(role, GroupId=group())) == "CREATE_COMPLETE"
    made = outputs()
    assert made["arn"].startswith(f"arn:aws:account-access:{REGION}:{ROOT}:application/")
    assert made["inside"].startswith(f"arn:aws:sso::{ROOT}:application/ssoins-0123456789abcdef/apl-")
    assert (made["status"], made["account"], made["tenant"][:3]) == ("ACTIVE", member, "aa-")
    assert made["ref"] == f"{made['arn']}|{made['id']}"
    # another group is another entitlement of the same application
    assert deploy(outputs=told, app=application(), to=entitlement(role, GroupId=group("b"))) == "UPDATE_COMPLETE"
    assert (outputs()["arn"], outputs()["id"] == made["id"]) == (made["arn"], False)
    assert delete() == "DELETE_COMPLETE"
    assert deploy(name="anew", app=application()) == "CREATE_COMPLETE"


def test_an_instance_has_one_application_and_there_is_an_instance():
    assert deploy(app=application()) == "CREATE_COMPLETE"
    told = deploy(name="b", app=application())
    assert "An application already exists for the instance" in told and "(HandlerErrorCode: AlreadyExists)" in told
    told = deploy(name="c", app=application("arn:aws:sso:::instance/ssoins-fedcba9876543210"))
    assert "Could not find Instance with id ssoins-fedcba9876543210" in told
    assert "Could not find Instance with id ssoins-0123456789abcdef" in deploy(region="us-east-1", app=application())


def test_an_application_is_of_an_organization_that_trusts_the_account_access_manager():
    client("organizations", ROOT, REGION).disable_aws_service_access(ServicePrincipal="account-access.amazonaws.com")
    assert "account-access.amazonaws.com has no trusted access to the organization" in deploy(app=application())


def test_an_instance_of_an_account_has_no_application(member):
    for account, other, store in (
        (member, "arn:aws:sso:::instance/ssoins-fedcba9876543210", "d-9876543210"),
        ("999999999999", "arn:aws:sso:::instance/ssoins-fedcba9876543211", "d-9876543211"),
    ):
        enable(account, REGION, other, store)
        calls = client("cloudformation", account, REGION)
        calls.create_stack(StackName="people", TemplateBody=json.dumps({"Resources": {"app": application(other)}}))
        failed = [event.reason for event in cloudformation_backends[account][REGION].get("people").events if event.status == "CREATE_FAILED"]
        assert f"The instance {other} is not that of an organization" in failed[0]


def test_an_entitlement_names_one_that_is_there(member):
    role = f"arn:aws:iam::{member}:role/operators"
    assert f"Could not find GROUP with id {STRANGER}" in deploy(app=application(), to=entitlement(role, GroupId=STRANGER))
    told = deploy(name="b", app=application(), to=entitlement(role, UserId=STRANGER))
    assert f"Could not find USER with id {STRANGER}" in told and "(HandlerErrorCode: NotFound)" in told
    both = entitlement(role, GroupId=group(), UserId=user())
    assert "2 subschemas matched instead of one" in deploy(name="c", app=application(), to=both)
    twice = entitlement(role, GroupId=group("d"))
    told = deploy(name="d", app=application(), one=twice, two={**twice, "DependsOn": "one"})
    assert "already" in told and "(HandlerErrorCode: AlreadyExists)" in told
    gone = {**twice["Properties"], "ApplicationArn": f"arn:aws:account-access:{REGION}:{ROOT}:application/app-0123456789abcdef0"}
    told = deploy(name="e", to={"Type": "AWS::AccountAccess::Entitlement", "Properties": gone})
    assert "does not exist" in told


def test_an_application_is_not_deleted_while_somebody_is_entitled(member):
    role = f"arn:aws:iam::{member}:role/operators"
    assert deploy(app=application(), to={**entitlement(role, GroupId=group()), "DeletionPolicy": "Retain"}) == "CREATE_COMPLETE"
    assert "has entitlements" in delete()


# --- what comes and goes


@pytest.mark.parametrize("fails", [True, False])
def test_nothing_is_left_of_what_fails_or_is_deleted(member, fails):
    if not fails:
        client("iam", member, REGION).create_policy(PolicyName="own", PolicyDocument=json.dumps(LISTS))
    before = state.snapshot()
    made = {**PEOPLE, "to": {**assignment(member, att("g", "GroupId")), "DependsOn": ["app", "e", "m"]}}
    assert ("Not supported policy" in deploy(**made)) is fails
    assert fails or delete() == "DELETE_COMPLETE"
    after = state.snapshot()
    left = [line for account in (ROOT, member) for line in leftovers.of(account, before, after)]
    # the stack that failed is there to be read
    assert [line for line in left if not line.startswith("cloudformation")] == []


# --- what the schemas say


def test_attributes_are_as_the_schemas_say_and_nothing_given_is_lost():
    client("iam", ROOT, REGION).create_policy(PolicyName="own", PolicyDocument=json.dumps(LISTS))
    told = {"SessionDuration": "PT2H", "RelayStateType": "https://acme.example", "Description": "who develops"}
    people = {**PEOPLE, "set": {**PEOPLE["set"], "Properties": {**PEOPLE["set"]["Properties"], **told}}}
    assert deploy(**people) == "CREATE_COMPLETE"
    stack = cloudformation_backends[ROOT][REGION].get("people")
    count, wrong = differences(stack)
    assert count > 20 and wrong == []
    count, dropped = lost(stack, known(ROOT))
    assert count > 20 and dropped == []


# --- rights of who deploys


def execution(action: str) -> str:
    """A role that may do all but this."""
    iam = client("iam", ROOT, REGION)
    trust = {"Effect": "Allow", "Principal": {"Service": "cloudformation.amazonaws.com"}, "Action": "sts:AssumeRole"}
    arn = iam.create_role(RoleName="exec", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))["Role"]["Arn"]
    limit(action)
    return arn


def limit(action: str) -> None:
    statement = {"Effect": "Allow", "NotAction": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client("iam", ROOT, REGION).put_role_policy(RoleName="exec", PolicyName="own", PolicyDocument=document)


PEOPLE = {
    "g": of("IdentityStore::Group", IdentityStoreId=STORE, DisplayName="developers"),
    "u": of(
        "IdentityStore::User",
        IdentityStoreId=STORE, UserName="jane", DisplayName="Jane", Name={"GivenName": "J", "FamilyName": "D"},
    ),
    "m": of(
        "IdentityStore::GroupMembership",
        IdentityStoreId=STORE, GroupId=att("g", "GroupId"), MemberId={"UserId": att("u", "UserId")},
    ),
    "set": permission_set(
        ManagedPolicies=[READ_ONLY], InlinePolicy=PUTS, PermissionsBoundary={"ManagedPolicyArn": AUDIT},
        CustomerManagedPolicyReferences=[{"Name": "own"}],
    ),
    "app": application(),
    "e": entitlement(f"arn:aws:iam::{ROOT}:role/operators", GroupId=att("g", "GroupId")),
    "to": assignment(ROOT, att("g", "GroupId")),
}
CREATED = [
    "identitystore:CreateGroup", "identitystore:CreateUser", "identitystore:CreateGroupMembership",
    "sso:CreatePermissionSet", "sso:PutInlinePolicyToPermissionSet", "sso:AttachManagedPolicyToPermissionSet",
    "sso:AttachCustomerManagedPolicyReferenceToPermissionSet", "sso:PutPermissionsBoundaryToPermissionSet",
    "sso:CreateAccountAssignment", "sso:ListAccountAssignments", "iam:CreateRole", "iam:GetSAMLProvider",
    "account-access:CreateApplication", "account-access:CreateEntitlement",
]  # fmt: skip


@pytest.mark.parametrize("action", CREATED)
def test_who_makes_it_needs_the_right_to(action):
    client("iam", ROOT, REGION).create_policy(PolicyName="own", PolicyDocument=json.dumps(LISTS))
    role = execution(action)
    told = deploy(role, **PEOPLE)
    assert f"is not authorized to perform: {action} because no identity-based policy allows" in told
    limit("ec2:RunInstances")
    assert deploy(role, name="again", **PEOPLE) == "CREATE_COMPLETE"


CHANGED = {
    # its handler provisions whatever has changed
    "sso:ProvisionPermissionSet": {"set": permission_set(ManagedPolicies=[READ_ONLY, AUDIT], InlinePolicy=PUTS)},
    "sso:UpdatePermissionSet": {"set": permission_set(Description="x", ManagedPolicies=[READ_ONLY])},
    "sso:DetachManagedPolicyFromPermissionSet": {"set": permission_set(ManagedPolicies=[])},
    "sso:DeleteInlinePolicyFromPermissionSet": {"set": permission_set(ManagedPolicies=[READ_ONLY])},
    "identitystore:UpdateGroup": {"g": of("IdentityStore::Group", IdentityStoreId=STORE, DisplayName="builders")},
    "sso:DeleteAccountAssignment": {"to": None},
    "account-access:DeleteEntitlement": {"e": None},
}


@pytest.mark.parametrize("action", CHANGED)
def test_who_changes_it_needs_the_right_to(action):
    client("iam", ROOT, REGION).create_policy(PolicyName="own", PolicyDocument=json.dumps(LISTS))
    role = execution("ec2:RunInstances")
    before = {**PEOPLE, "set": permission_set(ManagedPolicies=[READ_ONLY], InlinePolicy=PUTS)}
    assert deploy(role, **before) == "CREATE_COMPLETE"
    after = {name: item for name, item in {**before, **CHANGED[action]}.items() if item}
    limit(action)
    assert f"is not authorized to perform: {action} because no identity-based policy allows" in deploy(role, **after)


def test_an_assignment_elsewhere_needs_no_right_of_iam(member):
    assert deploy(execution("iam:*"), set=permission_set(), to=assignment(member, group())) == "CREATE_COMPLETE"


# --- people who sign in


def as_person(emulator: Emulator, keys: dict[str, str], service: str) -> Any:
    return aws.client_of(emulator.door, keys["AWS_ACCESS_KEY_ID"], service, REGION)


def denied(call: Any, *arguments: str) -> str:
    with pytest.raises(ServiceException) as caught:
        call(*arguments)
    return f"{caught.value.code}: {caught.value.message}"


def test_who_is_assigned_alone_or_in_a_group_is_the_role_of_the_permission_set(emulator, member):
    developers = group()
    jane, john, eve = user("jane", developers), user("john@acme.example"), user("eve", group("others"))
    made = {"set": permission_set(InlinePolicy=LISTS), "g": assignment(member, developers), "u": assignment(member, john, "USER")}
    assert deploy(**made) == "CREATE_COMPLETE"
    (role,) = roles(member)
    for person, name in ((jane, "jane"), (john, "john@acme.example")):
        keys = portal.sign_in(person, member, "developer")
        who = as_person(emulator, keys, "sts").get_caller_identity()
        assert (who["Arn"], who["Account"]) == (f"arn:aws:sts::{member}:assumed-role/{role.name}/{name}", member)
    assert as_person(emulator, keys, "s3").list_buckets()["Buckets"] == []
    assert "AccessDenied" in refused(as_person(emulator, keys, "ssm").put_parameter, Name="/a", Value="b", Type="String")
    assert denied(portal.sign_in, eve, member, "developer") == "ForbiddenException: No access"
    assert denied(portal.sign_in, jane, ROOT, "developer") == "ForbiddenException: No access"
    assert denied(portal.sign_in, jane, member, "operator") == "ForbiddenException: No access"
    assert denied(portal.sign_in, STRANGER, member, "developer") == "ForbiddenException: No access"
    (membership,) = api("identitystore").list_group_memberships(IdentityStoreId=STORE, GroupId=developers)["GroupMemberships"]
    api("identitystore").delete_group_membership(IdentityStoreId=STORE, MembershipId=membership["MembershipId"])
    assert denied(portal.sign_in, jane, member, "developer") == "ForbiddenException: No access"
    # what is told of a session that is over
    del made["u"]
    assert deploy(**made) == "UPDATE_COMPLETE"
    assert denied(portal.sign_in, john, member, "developer") == "ForbiddenException: No access"


def test_a_user_is_not_a_group_of_the_same_id(member):
    developers = group()
    assert deploy(set=permission_set(), to=assignment(member, developers)) == "CREATE_COMPLETE"
    with patch.object(mock_random, "uuid4", lambda: developers):
        assert user() == developers
    assert denied(portal.sign_in, developers, member, "developer") == "ForbiddenException: No access"


def test_a_session_of_a_permission_set_is_of_a_federated_person(emulator, member):
    federated = {"Null": {"aws:FederatedProvider": "false"}}
    lists = {"Version": "2012-10-17", "Statement": [{**LISTS["Statement"][0], "Condition": federated}]}
    jane = user()
    assert deploy(set=permission_set(InlinePolicy=lists), to=assignment(member, jane, "USER")) == "CREATE_COMPLETE"
    assert as_person(emulator, portal.sign_in(jane, member, "developer"), "s3").list_buckets()["Buckets"] == []


def test_a_resource_control_policy_binds_who_signs_in(member):
    jane = user()
    assert deploy(set=permission_set(), to=assignment(member, jane, "USER")) == "CREATE_COMPLETE"
    calls = client("organizations", ROOT, REGION)
    calls.enable_policy_type(RootId=calls.list_roots()["Roots"][0]["Id"], PolicyType="RESOURCE_CONTROL_POLICY")
    nobody = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRoleWithSAML", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [nobody]})
    made = calls.create_policy(Name="x", Type="RESOURCE_CONTROL_POLICY", Description="", Content=document)
    calls.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=member)
    assert "with an explicit deny in a resource control policy" in denied(portal.sign_in, jane, member, "developer")


def trusting(source: str, **more: Any) -> str:
    condition = {"StringEquals": {"aws:SourceAccount": ROOT}, "ArnLike": {"aws:SourceArn": source}}
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "account-access.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:SetContext"],
        "Condition": condition,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **more}]})


@pytest.fixture
def operators(member: str) -> tuple[str, str, str]:
    """The ARN of a role, that of the application, and somebody who is entitled to the role by a group."""
    role, developers = f"arn:aws:iam::{member}:role/acme/operators", group()
    made = {"app": application(), "to": entitlement(role, GroupId=developers)}
    assert deploy(outputs={"arn": {"Ref": "app"}}, **made) == "CREATE_COMPLETE"
    return role, outputs()["arn"], user("jane", developers)


def make_operators(member: str, trust: str) -> None:
    iam = client("iam", member, REGION)
    iam.create_role(RoleName="operators", Path="/acme/", AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName="operators", PolicyName="own", PolicyDocument=json.dumps(LISTS))


def test_who_is_entitled_to_a_role_assumes_it_as_it_trusts_the_application(emulator, member, operators):
    role, arn, jane = operators
    assert "does not exist" in denied(portal.assume, jane, role)
    make_operators(member, trusting(arn))
    keys = portal.assume(jane, role)
    who = as_person(emulator, keys, "sts").get_caller_identity()["Arn"]
    assert who == f"arn:aws:sts::{member}:assumed-role/operators/jane"
    assert as_person(emulator, keys, "s3").list_buckets()["Buckets"] == []
    assert denied(portal.assume, user("eve"), role) == f"AccessDeniedException: User {_id('eve')} is not entitled to {role}."
    other = f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole"
    assert "is not entitled to" in denied(portal.assume, jane, other)


def _id(name: str) -> str:
    wanted = {"UniqueAttribute": {"AttributePath": "userName", "AttributeValue": name}}
    return api("identitystore").get_user_id(IdentityStoreId=STORE, AlternateIdentifier=wanted)["UserId"]


def test_a_user_is_entitled_alone(member, operators):
    role, arn, _ = operators
    john = user("john")
    direct = entitlement(role, UserId=john)
    direct["Properties"]["ApplicationArn"] = arn
    assert deploy(name="direct", to=direct) == "CREATE_COMPLETE"
    make_operators(member, trusting(arn))
    assert portal.assume(john, role)
    assert delete("direct") == "DELETE_COMPLETE"
    assert "is not entitled to" in denied(portal.assume, john, role)


@pytest.mark.parametrize(
    ("more", "action"),
    [
        ({"Principal": {"Service": "sso.amazonaws.com"}}, "sts:AssumeRole"),
        ({"Action": ["sts:AssumeRole"]}, "sts:SetContext"),
        ({"Action": ["sts:SetContext"]}, "sts:AssumeRole"),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": "222222222222"}}}, "sts:AssumeRole"),
        ({"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}, "sts:AssumeRole"),
        ({"Principal": {"AWS": ROOT}}, "sts:AssumeRole"),
    ],
)
def test_a_role_that_does_not_trust_the_application_is_not_assumed(member, operators, more, action):
    role, arn, jane = operators
    make_operators(member, trusting(arn, **more))
    assert f"is not authorized to perform: {action} on resource: {role} because no resource-based policy" in denied(
        portal.assume, jane, role
    )


def test_another_application_than_the_one_that_is_trusted_is_none(member, operators):
    role, arn, jane = operators
    make_operators(member, trusting(f"{arn}0"))
    assert "because no resource-based policy allows the sts:AssumeRole action" in denied(portal.assume, jane, role)
    pattern = trusting(f"arn:aws:account-access:*:{ROOT}:application/*")
    client("iam", member, REGION).update_assume_role_policy(RoleName="operators", PolicyDocument=pattern)
    assert portal.assume(jane, role)


def test_who_asks_needs_the_right_to(emulator, member):
    jane = user()
    reads = ["sso:ListInstances", "identitystore:ListGroups"]
    allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": reads, "Resource": "*"}]}
    assert deploy(set=permission_set(InlinePolicy=allowed), to=assignment(ROOT, jane, "USER")) == "CREATE_COMPLETE"
    keys = portal.sign_in(jane, ROOT, "developer")
    calls, store = as_person(emulator, keys, "sso-admin"), as_person(emulator, keys, "identitystore")
    assert [one["InstanceArn"] for one in calls.list_instances()["Instances"]] == [INSTANCE]
    assert store.list_groups(IdentityStoreId=STORE)["Groups"] == []
    told = refused(calls.list_permission_sets, InstanceArn=INSTANCE)
    assert "AccessDeniedException" in told and "is not authorized to perform: sso:ListPermissionSets" in told
    told = refused(store.list_users, IdentityStoreId=STORE)
    assert "is not authorized to perform: identitystore:ListUsers" in told


def test_an_instance_is_told_in_its_region_or_to_who_asks_about_all():
    elsewhere = api("sso-admin", "us-west-2")
    assert elsewhere.list_instances()["Instances"] == []
    assert elsewhere.list_instances(RegionScope="CURRENT_REGION")["Instances"] == []
    (found,) = elsewhere.list_instances(RegionScope="ALL_REGIONS")["Instances"]
    assert (found["InstanceArn"], found["PrimaryRegion"], found["OwnerAccountId"]) == (INSTANCE, REGION, ROOT)
    others = client("sso-admin", "222222222222", REGION)
    assert others.list_instances(RegionScope="ALL_REGIONS")["Instances"] == []


def test_the_applications_of_an_account_are_told_in_its_region(emulator, member):
    assert api("account-access").list_applications()["applications"] == []
    assert deploy(outputs={"arn": {"Ref": "app"}}, app=application()) == "CREATE_COMPLETE"
    (found,) = api("account-access").list_applications()["applications"]
    assert found["applicationArn"] == outputs()["arn"] and found["createdAt"] == found["updatedAt"]
    assert api("account-access", "us-west-2").list_applications()["applications"] == []
    assert client("account-access", member, REGION).list_applications()["applications"] == []
    assert "not emulated" in refused(api("account-access").get_application, applicationArn=found["applicationArn"])
    assert delete() == "DELETE_COMPLETE"
    assert api("account-access").list_applications()["applications"] == []


# --- the world of a rehearsal


GROUP_ID, USER_ID = "906745c2-0000-4000-8000-000000000001", "906745c2-0000-4000-8000-000000000002"
CENTER = {
    "arn": INSTANCE,
    "identityStoreId": STORE,
    "groups": [{"id": GROUP_ID, "name": "developers"}, {"name": "operators"}],
    "users": [{"id": USER_ID, "name": "jane", "groups": ["developers"]}, {"name": "john"}],
}


def world(folder: Path, **more: Any) -> str:
    """Makes a world with an instance; what is wrong with it."""
    reset()
    path = folder / "world.json"
    accounts = {ROOT: {"regions": {REGION: {"identityCenter": {**CENTER, **more}}}}}
    path.write_text(json.dumps({"accounts": accounts}), "utf-8")
    try:
        existing.Past.of(path)
    except Failure as failure:
        return str(failure)
    return ""


def test_a_world_has_an_instance_with_its_people(tmp_path):
    assert world(tmp_path) == ""
    store = api("identitystore")
    assert api("sso-admin").describe_instance(InstanceArn=INSTANCE)["PermissionSetsEnabled"] is True
    names = {item["DisplayName"]: item["GroupId"] for item in store.list_groups(IdentityStoreId=STORE)["Groups"]}
    assert sorted(names) == ["developers", "operators"] and names["developers"] == GROUP_ID
    members = store.list_group_memberships(IdentityStoreId=STORE, GroupId=GROUP_ID)["GroupMemberships"]
    assert [item["MemberId"]["UserId"] for item in members] == [USER_ID]
    users = store.list_users(IdentityStoreId=STORE)["Users"]
    assert [user["UserName"] for user in users] == ["jane", "john"]


def test_a_world_says_that_permission_sets_are_off(tmp_path):
    assert world(tmp_path, permissionSetsEnabled=False) == ""
    assert "Permission sets are not enabled" in refused(api("sso-admin").create_permission_set, Name="x", InstanceArn=INSTANCE)


def test_a_world_has_the_application_of_its_instance(tmp_path):
    arn = f"arn:aws:account-access:{REGION}:{ROOT}:application/app-0123456789"
    assert world(tmp_path, applicationArn=arn) == ""
    assert [one["applicationArn"] for one in api("account-access").list_applications()["applications"]] == [arn]
    assert "An application already exists for the instance" in deploy(name="second", app=application())
    to = entitlement(f"arn:aws:iam::{ROOT}:role/operators", GroupId=GROUP_ID)
    to["Properties"]["ApplicationArn"] = arn
    assert deploy(name="people", to=to) == "CREATE_COMPLETE"


def test_what_is_wrong_with_people_of_a_world_is_told(tmp_path):
    path = f"accounts.{ROOT}.regions.{REGION}.identityCenter"
    told = world(tmp_path, users=[{"name": "jane", "groups": ["buidlers"]}])
    assert f"{path}: user 'jane' is in group 'buidlers': give one of developers, operators" in told
    told = world(tmp_path, groups=[{"id": "1", "name": "developers"}])
    assert f'{path}.groups[0].id: received "1": give the ID of a user or a group of an identity store' in told
    assert f"{path}: Duplicate GroupDisplayName" in world(tmp_path, groups=[{"name": "a"}, {"name": "a"}])
    told = world(tmp_path, users=[{"id": GROUP_ID, "name": "jane"}])
    assert f"{path}.users[0]: received id '{GROUP_ID}'" in told
