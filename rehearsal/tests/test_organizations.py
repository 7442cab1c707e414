"""The emulated organization refuses what AWS refuses, and stack sets reach who they must."""

from __future__ import annotations

import json

import pytest

from emulator.engine.aws import client
from emulator.engine.faults import calls_of
from emulator.engine.server import Emulator
from emulator.engine.stacks import cloudformation_backends
from emulator.services.cloudformation.stack_sets import activate
from emulator.services.organizations.backend import backend_of

ROOT, REGION = "111111111111", "eu-west-1"
ROLE = {"Resources": {"role": {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "everywhere"}}}}


@pytest.fixture
def emulator():
    with Emulator() as running:
        yield running


def deploy(name: str, resources: dict, account: str = ROOT) -> str:
    """Creates or updates a stack; the answer is its status, or why it failed."""
    api = client("cloudformation", account, REGION)
    body = json.dumps({"Resources": resources})
    known = cloudformation_backends[account][REGION].find(name)
    (api.update_stack if known and "ROLLBACK_COMPLETE" != known.status else api.create_stack)(
        StackName=name, TemplateBody=body
    )
    stack = cloudformation_backends[account][REGION].get(name)
    failures = [event.reason for event in stack.events if event.status.endswith("_FAILED")]
    return stack.status if stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE") else "; ".join(map(str, failures))


def organization(**more) -> dict:
    return {"organization": {"Type": "AWS::Organizations::Organization", "DeletionPolicy": "Retain"}, **more}


def unit(name: str, parent: object = None) -> dict:
    parent = parent or {"Fn::GetAtt": ["organization", "RootId"]}
    return {"Type": "AWS::Organizations::OrganizationalUnit", "Properties": {"Name": name, "ParentId": parent}}


def account(name: str, parent: object = None, needs: list[str] | None = None, **more) -> dict:
    properties = {"AccountName": name, "Email": f"aws+{name}@acme.example", **more}
    if parent:
        properties["ParentIds"] = [parent]
    return {"Type": "AWS::Organizations::Account", "DependsOn": needs or [], "Properties": properties}


def names() -> dict[str, str]:
    return {item.name: item.status for item in backend_of(ROOT).accounts}


def test_accounts_without_an_order_between_them_fail(emulator):
    answer = deploy("s", organization(a=account("a", needs=["organization"]), b=account("b", needs=["organization"])))
    assert "CONCURRENT_ACCOUNT_MODIFICATION" in answer
    assert calls_of("CreateAccount") == []


def test_chained_accounts_are_created_and_have_the_role_of_the_management_account(emulator):
    assert (
        deploy("s", organization(a=account("a", needs=["organization"]), b=account("b", needs=["a"], RoleName="Mine")))
        == "CREATE_COMPLETE"
    )
    b = backend_of(ROOT).accounts[-1].id
    client("sts", ROOT, REGION).assume_role(RoleArn=f"arn:aws:iam::{b}:role/Mine", RoleSessionName="session")


def test_an_account_moves_but_keeps_its_email(emulator):
    def with_parent(parent, **more):
        return organization(one=unit("one"), two=unit("two"), a=account("a", {"Ref": parent}, **more))

    assert deploy("s", with_parent("one")) == "CREATE_COMPLETE"
    assert deploy("s", with_parent("two")) == "UPDATE_COMPLETE"
    two = next(item.id for item in backend_of(ROOT).ou if item.name == "two")
    assert backend_of(ROOT).accounts[-1].parent_id == two
    answer = deploy("s", with_parent("two", Email="aws+other@acme.example"))
    assert "To modify the account name or account email attributes" in answer
    assert cloudformation_backends[ROOT][REGION].get("s").status == "UPDATE_ROLLBACK_FAILED"


def test_a_deleted_stack_keeps_its_accounts_and_a_closed_account_its_email(emulator):
    deploy("o", organization())
    deploy("kept", {"a": account("a")})
    deploy("closed", {"b": {**account("b"), "DeletionPolicy": "Delete"}})
    api = client("cloudformation", ROOT, REGION)
    api.delete_stack(StackName="kept")
    api.delete_stack(StackName="closed")
    assert names() == {"management": "ACTIVE", "a": "ACTIVE", "b": "SUSPENDED"}
    assert [call.email for call in calls_of("CloseAccount")] == ["aws+b@acme.example"]
    assert "already exists" in deploy("again", {"b": account("b")})
    assert "EMAIL_ALREADY_EXISTS" in deploy("case", {"b": account("b", Email="AWS+B@acme.example")})


def test_a_creation_that_rolls_back_keeps_what_is_retained(emulator):
    deploy("o", organization())
    bad = {
        "Type": "AWS::IAM::Group",
        "DependsOn": ["a", "b"],
        "Properties": {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/Nonsense"]},
    }
    answer = deploy(
        "s",
        {
            "a": {**account("a"), "DeletionPolicy": "Retain"},
            "b": {**account("b", needs=["a"]), "DeletionPolicy": "RetainExceptOnCreate"},
            "bad": bad,
        },
    )
    assert "Nonsense was not found" in answer
    assert cloudformation_backends[ROOT][REGION].get("s").status == "ROLLBACK_COMPLETE"
    assert names() == {"management": "ACTIVE", "a": "ACTIVE", "b": "SUSPENDED"}
    assert client("iam", ROOT, REGION).list_groups()["Groups"] == []


def test_only_the_management_account_may_call(emulator):
    deploy("o", organization(a=account("a", needs=["organization"])))
    member = backend_of(ROOT).accounts[-1].id
    assert "don't have permissions" in deploy("s", {"x": account("x")}, member)
    assert "not a member of an organization" in deploy("s", {"x": account("x")}, "999999999999")


@pytest.mark.parametrize(
    "service",
    ["auditmanager", "ipam", "license-manager.member-account", "member.org.stacksets.cloudformation", "resource-explorer-2", "sso"],
)
def test_an_account_administers_any_service_and_is_registered_once(emulator, service):
    """https://docs.aws.amazon.com/organizations/latest/APIReference/API_RegisterDelegatedAdministrator.html"""
    deploy("o", organization(a=account("a", needs=["organization"])))
    api, member = client("organizations", ROOT, REGION), backend_of(ROOT).accounts[-1].id
    principal = f"{service}.amazonaws.com"
    for _ in range(2):
        api.enable_aws_service_access(ServicePrincipal=principal)
    enabled = api.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert [found["ServicePrincipal"] for found in enabled] == [principal]
    api.register_delegated_administrator(AccountId=member, ServicePrincipal=principal)
    with pytest.raises(api.exceptions.AccountAlreadyRegisteredException):
        api.register_delegated_administrator(AccountId=member, ServicePrincipal=principal)
    administrators = api.list_delegated_administrators(ServicePrincipal=principal)["DelegatedAdministrators"]
    assert [found["Id"] for found in administrators] == [member]


@pytest.mark.parametrize("principal", ["guardduty", "guardduty.acme.example", "GuardDuty.amazonaws.com"])
def test_what_has_not_the_form_of_a_service_is_refused(emulator, principal):
    deploy("o", organization(a=account("a", needs=["organization"])))
    api, member = client("organizations", ROOT, REGION), backend_of(ROOT).accounts[-1].id
    with pytest.raises(api.exceptions.InvalidInputException):
        api.enable_aws_service_access(ServicePrincipal=principal)
    with pytest.raises(api.exceptions.InvalidInputException):
        api.register_delegated_administrator(AccountId=member, ServicePrincipal=principal)


def test_only_the_management_account_registers_administrators(emulator):
    deploy("o", organization(a=account("a", needs=["organization"])))
    member = backend_of(ROOT).accounts[-1].id
    api = client("organizations", member, REGION)
    with pytest.raises(api.exceptions.AccessDeniedException):
        api.register_delegated_administrator(AccountId=member, ServicePrincipal="sso.amazonaws.com")


def tags_of(account_id: str) -> dict[str, str]:
    found = client("organizations", ROOT, REGION).list_tags_for_resource(ResourceId=account_id)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in found}


def test_the_tags_of_an_account_are_those_of_its_template(emulator):
    def tagged(**tags: str) -> dict:
        given = [{"Key": key, "Value": value} for key, value in tags.items()]
        return organization(a=account("a", needs=["organization"], Tags=given))

    assert deploy("s", tagged(team="shop", budget="200")) == "CREATE_COMPLETE"
    member = backend_of(ROOT).accounts[-1].id
    assert tags_of(member) == {"team": "shop", "budget": "200"}
    assert deploy("s", tagged(team="web")) == "UPDATE_COMPLETE"
    assert tags_of(member) == {"team": "web"}


def test_a_call_adds_tags_to_an_account_that_exists(emulator):
    deploy("o", organization(a=account("a", needs=["organization"], Tags=[{"Key": "owner", "Value": "acme"}])))
    member = backend_of(ROOT).accounts[-1].id
    call = {
        "service": "Organizations",
        "action": "tagResource",
        "parameters": {"ResourceId": member, "Tags": [{"Key": "team", "Value": "shop"}]},
        "physicalResourceId": {"id": "x"},
    }
    assert "not authorized to perform: organizations:TagResource" in deploy("less", calling(call, "organizations:MoveAccount"))
    assert deploy("enough", calling(call, "organizations:TagResource")) == "CREATE_COMPLETE"
    assert tags_of(member) == {"owner": "acme", "team": "shop"}


def policy(content: dict, name: str = "p", target: object = None) -> dict:
    return {
        "Type": "AWS::Organizations::Policy",
        "Properties": {
            "Name": name,
            "Type": "SERVICE_CONTROL_POLICY",
            "Content": content,
            "TargetIds": [target or {"Fn::GetAtt": ["organization", "RootId"]}],
        },
    }


def calling(call: dict, *actions: str, id: str = "call") -> dict:
    """A call by a function, whose role may do these actions."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {
        f"{id}Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
                "Policies": [
                    {"PolicyName": "calls", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allow]}}
                ],
            },
        },
        f"{id}Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": {"ZipFile": "exports.handler = () => {}"},
                "Handler": "index.handler",
                "Runtime": "nodejs22.x",
                "Role": {"Fn::GetAtt": [f"{id}Role", "Arn"]},
            },
        },
        id: {
            "Type": "Custom::AWS",
            "Properties": {"ServiceToken": {"Fn::GetAtt": [f"{id}Function", "Arn"]}, "Create": json.dumps(call)},
        },
    }


def enable_policies() -> dict:
    call = {
        "service": "Organizations",
        "action": "enablePolicyType",
        "parameters": {"RootId": backend_of(ROOT).org.root_id, "PolicyType": "SERVICE_CONTROL_POLICY"},
        "physicalResourceId": {"id": "x"},
    }
    return calling(call, "organizations:EnablePolicyType")


DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}


def test_a_policy_needs_its_type_to_be_enabled(emulator):
    deploy("o", organization())
    root = backend_of(ROOT).org.root_id
    assert "only for enabled policy types" in deploy("p", {"p": policy(DENY, target=root)})
    assert [item.name for item in backend_of(ROOT).policies if not item.aws_managed] == []
    assert deploy("enable", enable_policies()) == "CREATE_COMPLETE"
    client("cloudformation", ROOT, REGION).delete_stack(StackName="p")
    assert deploy("p", {"p": policy(DENY, target=root)}) == "CREATE_COMPLETE"


def test_the_sizes_and_numbers_of_policies_are_limited(emulator):
    deploy("o", organization())
    root = backend_of(ROOT).org.root_id
    deploy("enable", enable_policies())
    long = {**DENY, "Statement": [{**DENY["Statement"][0], "Sid": "x" * 10_300}]}
    assert "POLICY_CONTENT_LIMIT_EXCEEDED" in deploy("long", {"p": policy(long, target=root)})
    nine = {f"p{index}": policy(DENY, f"p{index}", root) for index in range(9)}
    assert deploy("nine", nine) == "CREATE_COMPLETE"
    assert "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED" in deploy("tenth", {"p": policy(DENY, "tenth", root)})


def test_units_have_unique_names_and_five_levels(emulator):
    levels = {f"u{index}": unit(f"u{index}", {"Ref": f"u{index - 1}"} if index else None) for index in range(5)}
    assert deploy("o", organization(**levels)) == "CREATE_COMPLETE"
    assert "same name already exists" in deploy("twin", {"u": unit("u0", backend_of(ROOT).org.root_id)})
    deepest = next(item.id for item in backend_of(ROOT).ou if item.name == "u4")
    assert "OU_DEPTH_LIMIT_EXCEEDED" in deploy("deep", {"u": unit("u5", deepest)})


def stack_set(target: object, **more) -> dict:
    return {
        "Type": "AWS::CloudFormation::StackSet",
        "Properties": {
            "StackSetName": "everywhere",
            "PermissionModel": "SERVICE_MANAGED",
            "TemplateBody": json.dumps(ROLE),
            "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": False},
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "StackInstancesGroup": [{"Regions": [REGION], "DeploymentTargets": {"OrganizationalUnitIds": [target]}}],
            **more,
        },
    }


def reached() -> dict[str, int]:
    return {
        item.name: len(cloudformation_backends[item.id][REGION].living())
        for item in backend_of(ROOT).accounts
        if item.id != ROOT
    }


def test_a_stack_set_needs_organizations_access(emulator):
    deploy("o", organization())
    root = backend_of(ROOT).org.root_id
    wanted = "You must enable organizations access to operate a service managed stack set"
    client("organizations", ROOT, REGION).enable_aws_service_access(
        ServicePrincipal="member.org.stacksets.cloudformation.amazonaws.com"
    )
    assert wanted in deploy("s", {"s": stack_set(root)})
    client("cloudformation", ROOT, REGION).activate_organizations_access()
    client("cloudformation", ROOT, REGION).delete_stack(StackName="s")
    assert deploy("s", {"s": stack_set(root)}) == "CREATE_COMPLETE"


def test_a_stack_set_follows_accounts_that_join_and_move(emulator):
    deploy("o", organization(one=unit("one"), inner=unit("inner", {"Ref": "one"}), two=unit("two")))
    client("cloudformation", ROOT, REGION).activate_organizations_access()
    ids = {item.name: item.id for item in backend_of(ROOT).ou}
    deploy("a", {"a": account("a", ids["inner"])})
    assert deploy("s", {"s": stack_set(ids["one"])}) == "CREATE_COMPLETE"
    assert reached() == {"a": 1}
    deploy("b", {"b": account("b", ids["one"])})
    deploy("c", {"c": account("c", ids["two"])})
    assert reached() == {"a": 1, "b": 1, "c": 0}
    deploy("c", {"c": account("c", ids["one"])})
    deploy("b", {"b": account("b", ids["two"])})
    assert reached() == {"a": 1, "b": 0, "c": 1}
    assert len(cloudformation_backends[ROOT][REGION].living()) == 5


def test_cloud_control_lists_accounts_by_page_with_three_properties(emulator):
    deploy("o", organization(a=account("a", needs=["organization"])))
    api = client("cloudcontrol", ROOT, REGION)
    first = api.list_resources(TypeName="AWS::Organizations::Account", MaxResults=1)
    second = api.list_resources(TypeName="AWS::Organizations::Account", MaxResults=1, NextToken=first["NextToken"])
    assert "NextToken" not in second
    member = backend_of(ROOT).accounts[-1].id
    assert json.loads(second["ResourceDescriptions"][0]["Properties"]) == {
        "AccountId": member,
        "AccountName": "a",
        "Email": "aws+a@acme.example",
    }
    with pytest.raises(Exception, match="not a member of an organization"):
        client("cloudcontrol", "999999999999", REGION).list_resources(TypeName="AWS::Organizations::Account")


@pytest.mark.parametrize(
    "service, action",
    [
        ("Organizations", "describeOrganization"),
        ("@aws-sdk/client-organizations", "DescribeOrganizationCommand"),
        ("organizations", "DescribeOrganization"),
    ],
)
def test_a_custom_call_by_any_name_of_the_sdk(emulator, service, action):
    deploy("o", organization())
    call = {"service": service, "action": action, "physicalResourceId": {"responsePath": "Organization.Id"}}
    made = {
        **calling(call, "organizations:DescribeOrganization"),
        "group": {
            "Type": "AWS::IAM::Group",
            "Properties": {"GroupName": {"Fn::GetAtt": ["call", "Organization.FeatureSet"]}},
        },
    }
    assert deploy("s", made) == "CREATE_COMPLETE"
    stack = cloudformation_backends[ROOT][REGION].get("s")
    assert stack.resources["call"].resource.physical_id == backend_of(ROOT).org.id
    assert stack.resources["group"].resource.physical_id == "ALL"


def test_a_custom_call_with_a_wrong_parameter_fails(emulator):
    call = {"service": "IAM", "action": "updateAccountPasswordPolicy", "parameters": {"MinimumLength": 14}}
    answer = deploy("s", calling(call, "iam:UpdateAccountPasswordPolicy"))
    assert "Unknown parameter in input" in answer


PASSWORDS = {"service": "IAM", "action": "updateAccountPasswordPolicy", "parameters": {"MinimumPasswordLength": 14}}
ACTIVATE = {"service": "CloudFormation", "action": "activateOrganizationsAccess"}
ACTIVATING = [
    "cloudformation:ActivateOrganizationsAccess",
    "organizations:EnableAWSServiceAccess",
    "iam:CreateServiceLinkedRole",
    "iam:GetRole",
]


@pytest.mark.parametrize("missing", ACTIVATING)
def test_a_custom_call_needs_all_rights_of_its_role(emulator, missing):
    deploy("o", organization())
    told = deploy("less", calling(ACTIVATE, *[action for action in ACTIVATING if action != missing]))
    assert f"is not authorized to perform: {missing}" in told
    assert f"because no identity-based policy allows the {missing} action" in told
    assert deploy("enough", calling(ACTIVATE, *ACTIVATING)) == "CREATE_COMPLETE"


def test_a_service_control_policy_stops_calls_in_a_member_and_none_in_the_management_account(emulator):
    deploy("o", organization(a=account("a", needs=["organization"])))
    deploy("enable", enable_policies())
    member = backend_of(ROOT).accounts[-1].id
    calls = calling(PASSWORDS, "iam:UpdateAccountPasswordPolicy")
    assert deploy("before", calls, member) == "CREATE_COMPLETE"
    assert deploy("p", {"p": policy(DENY, target=backend_of(ROOT).org.root_id)}) == "CREATE_COMPLETE"
    assert "with an explicit deny in a service control policy" in deploy("after", calls, member)
    assert deploy("management", calls) == "CREATE_COMPLETE"


def test_a_condition_that_nobody_here_knows_is_named(emulator):
    deploy("o", organization())
    calls = calling(PASSWORDS, "iam:UpdateAccountPasswordPolicy")
    (entry,) = calls["callRole"]["Properties"]["Policies"]
    entry["PolicyDocument"]["Statement"][0]["Condition"] = {"StringEquals": {"aws:UserAgent": "x"}}
    assert "not emulated: condition key 'aws:UserAgent'" in deploy("s", calls)


def test_a_custom_call_by_no_function_fails(emulator):
    properties = {"ServiceToken": "arn:aws:lambda:eu-west-1:111111111111:function:none", "Create": json.dumps(PASSWORDS)}
    assert "Function not found: arn:aws:lambda:eu-west-1:111111111111:function:none" in deploy("s", {"call": {"Type": "Custom::AWS", "Properties": properties}})


def test_a_slow_account_is_told_and_exists(emulator):
    deploy("o", organization(u=unit("u")))
    root = backend_of(ROOT).org.root_id
    with emulator.faults.having("slow-account", "aws+a@acme.example"):
        assert "(HandlerErrorCode: NotStabilized)" in deploy("a", {"a": account("a", root)})
    assert names()["a"] == "ACTIVE"
    assert "already exists" in deploy("again", {"a": account("a", root)})


def test_what_else_changes_the_organization_is_waited_for_by_types_and_not_by_calls(emulator):
    deploy("o", organization())
    root = backend_of(ROOT).org.root_id
    with emulator.faults.having("concurrent-modification", "CreateOrganizationalUnit", 2):
        assert deploy("u", {"u": unit("u", root)}) == "CREATE_COMPLETE"
    with emulator.faults.having("concurrent-modification", "CreateOrganizationalUnit", 3):
        assert "conflicts with another attempt" in deploy("v", {"u": unit("v", root)})
    with emulator.faults.having("concurrent-modification", "EnablePolicyType"):
        assert "conflicts with another attempt" in deploy("once", enable_policies())
    assert deploy("again", enable_policies()) == "CREATE_COMPLETE"


def test_an_update_does_not_ask_where_an_account_is(emulator):
    made = organization(u=unit("u"), a=account("a", {"Ref": "u"}))
    assert deploy("o", made) == "CREATE_COMPLETE"
    member = backend_of(ROOT).accounts[-1]
    api = client("organizations", ROOT, REGION)
    api.move_account(AccountId=member.id, SourceParentId=member.parent_id, DestinationParentId=backend_of(ROOT).org.root_id)
    made["a"]["Properties"]["Tags"] = [{"Key": "team", "Value": "shop"}]
    assert deploy("o", made) == "UPDATE_COMPLETE"
    assert member.parent_id == backend_of(ROOT).org.root_id


def test_cloud_control_leaves_out_suspended_accounts(emulator):
    deploy("o", organization(a=account("a", needs=["organization"])))
    client("organizations", ROOT, REGION).close_account(AccountId=backend_of(ROOT).accounts[-1].id)
    listed = client("cloudcontrol", ROOT, REGION).list_resources(TypeName="AWS::Organizations::Account")
    assert [item["Identifier"] for item in listed["ResourceDescriptions"]] == [ROOT]


def admin_role(name: str, **more) -> dict:
    trust = {"Effect": "Allow", "Principal": {"Service": "cloudformation.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": name,
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"],
            **more,
        },
    }


def deploy_by(role: str, account_id: str, name: str, resources: dict) -> list[str]:
    """What failed."""
    arn = f"arn:aws:iam::{account_id}:role/{role}"
    api = client("cloudformation", account_id, REGION)
    api.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}), RoleARN=arn)
    events = api.describe_stack_events(StackName=name)["StackEvents"]
    return [event["ResourceStatusReason"] for event in events if event["ResourceStatus"] == "CREATE_FAILED"]


def denying(action: str, **condition) -> dict:
    statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [{**statement, **({"Condition": condition} if condition else {})}]}


TOPIC = {"topic": {"Type": "AWS::SNS::Topic"}}
QUEUE = {"queue": {"Type": "AWS::SQS::Queue"}}


def test_a_deployment_may_do_what_its_role_and_the_organization_allow(emulator):
    deploy("o", organization(a=account("a", needs=["organization"])))
    deploy("enable", enable_policies())
    member = backend_of(ROOT).accounts[-1].id
    deploy("roles", {"all": admin_role("all"), "none": admin_role("none", ManagedPolicyArns=[])}, member)
    assert deploy_by("all", member, "before", TOPIC) == []
    (told,) = deploy_by("none", member, "without", TOPIC)
    assert "/AWSCloudFormation is not authorized to perform: sns:CreateTopic" in told
    assert "because no identity-based policy allows the sns:CreateTopic action" in told
    deploy("p", {"p": policy(denying("sns:*"), target=member)})
    (told,) = deploy_by("all", member, "after", TOPIC)
    assert "with an explicit deny in a service control policy" in told
    assert deploy_by("all", member, "neighbour", QUEUE) == []


def test_a_service_control_policy_knows_who_deploys_and_where(emulator):
    deploy("o", organization(a=account("a", needs=["organization"])))
    deploy("enable", enable_policies())
    member = backend_of(ROOT).accounts[-1].id
    deploy("roles", {"one": admin_role("one"), "other": admin_role("other")}, member)
    arn = {"aws:PrincipalArn": f"arn:aws:iam::{member}:role/one"}
    deploy("p", {"p": policy(denying("sns:*", ArnNotLike=arn), target=member)})
    assert deploy_by("one", member, "mine", TOPIC) == []
    assert len(deploy_by("other", member, "others", TOPIC)) == 1
    region = {"aws:RequestedRegion": [REGION, "us-east-1"]}
    deploy("r", {"r": policy(denying("sqs:*", StringNotEquals=region), name="regions", target=member)})
    assert deploy_by("one", member, "here", QUEUE) == []
    deploy("s", {"s": policy(denying("sqs:*", StringEquals=region), name="nowhere", target=member)})
    assert len(deploy_by("one", member, "there", QUEUE)) == 1


def test_a_stack_set_is_stopped_by_a_service_control_policy(emulator):
    deploy("o", organization(a=account("a", needs=["organization"])))
    deploy("enable", enable_policies())
    deploy("p", {"p": policy(denying("iam:CreateGroup"), target=backend_of(ROOT).org.root_id)})
    activate(ROOT)
    answer = deploy("sets", {"set": stack_set(backend_of(ROOT).org.root_id)})
    assert "group/everywhere with an explicit deny in a service control policy" in answer
