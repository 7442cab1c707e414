"""What `check` says of the instance of IAM Identity Center that an app names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from checking import REGION, ROOT, administrator, api, deployed, found, limited, organization, rows, told, world

from check import actions
from check.app import Org
from check.checks import identity_center, names, policies
from emulator.engine.server import Emulator
from emulator.services.sso.backend import backend_of, enable

ID = "ssoins-1234567890abcdef"
INSTANCE, STORE = f"arn:aws:sso:::instance/{ID}", "d-0123456789"
APPLICATION = f"arn:aws:account-access:{REGION}:{ROOT}:application/app-0123456789"
OTHER = "222222222222"
SETS = {"kind": "needs", "subject": "root", "name": f"permission-sets {INSTANCE}", "value": "", "source": "acme/Sets"}
EXISTING = json.dumps({"organizationId": "o-abcdefghij", "organizationRootId": "r-ab12"})
ENGINEERS, ADA, OPERATORS = (f"9067f5b8-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
READS_OF_IDS = ["identitystore:DescribeGroup", "identitystore:DescribeUser"]
READS = ["account-access:ListApplications", "identitystore:GetGroupId", "sso:DescribeInstance", "sso:ListInstances"]


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("apps")


def app(folder: Path, **people: Any) -> Org:
    """Whose people are in the instance, in groups, and may need permission sets, too."""
    given = {"arn": INSTANCE, "groups": ["engineers", "operators"], **people}
    org = organization(folder / str(len(list(folder.iterdir()))), ORGANIZATION=EXISTING, PEOPLE=json.dumps(given))
    org.facts.append(SETS)
    return org


@pytest.fixture(scope="module")
def created(folder) -> Org:
    return app(folder, createGroups=True)


@pytest.fixture(scope="module")
def used(folder) -> Org:
    return app(folder, applicationArn=APPLICATION)


@pytest.fixture(scope="module")
def plain(folder) -> Org:
    return app(folder)


@pytest.fixture(scope="module")
def by_id(folder) -> Org:
    """Whose engineers exist, and whose operators it creates, with a member."""
    groups = ["operators", "engineers"]
    return app(folder, groups=groups, users=["ada"], createGroups=True, groupIds={"engineers": ENGINEERS}, userIds={"ada": ADA})


def people(folder: Path, group: tuple[str, str], user: tuple[str, str]) -> None:
    """The instance with this group and this user, each by ID and name."""
    there = {"groups": [dict(zip(("id", "name"), group, strict=True))], "users": [dict(zip(("id", "name"), user, strict=True))]}
    center(folder, **there)


def center(folder: Path, *groups: str, region: str = REGION, arn: str = INSTANCE, **more: Any) -> None:
    item = {"arn": arn, "identityStoreId": STORE, "groups": [{"name": name} for name in groups], **more}
    world(folder, [], accounts={ROOT: {"regions": {region: {"identityCenter": item}}}})


def verdicts(org: Org, emulator: Emulator) -> dict[str, str]:
    return {
        subject.removeprefix(f"{ID}: "): f"{row.verdict} {row.found}"
        for subject, row in found(identity_center, org, administrator(emulator)).items()
    }


NOT_ASKED = ["? not asked: the instance is not there", f"do what is said of `{ID}: instance`"]
WELL = f"✔ it is the instance of the organization, in {REGION}"


def test_all_is_well_before_the_app_is_deployed(emulator, tmp_path, created, plain):
    center(tmp_path)
    assert verdicts(created, emulator) == {
        "instance": WELL,
        "permission sets": "✔ they are switched on",
        "account access": "✔ none is there yet, and the app creates it",
        "groups": "✔ the app creates 2 groups",
    }
    for name in ("engineers", "operators"):
        api("identitystore").create_group(IdentityStoreId=STORE, DisplayName=name)
    assert verdicts(plain, emulator)["groups"] == "✔ 2 groups are there"


def test_the_app_enables_trusted_access_for_the_application_that_it_creates(emulator, tmp_path, created, used):
    center(tmp_path)
    subject = "trusted access: account-access.amazonaws.com"
    told_so = ["is not enabled yet, the app enables it for the account access manager"]
    assert [line[2:] for line in told(policies, created, administrator(emulator), subject)] == told_so
    assert subject not in found(policies, used, administrator(emulator))


def test_all_is_well_with_what_exists(emulator, tmp_path, used):
    center(tmp_path, "engineers", "operators", "others", applicationArn=APPLICATION)
    assert verdicts(used, emulator) == {
        "instance": WELL,
        "permission sets": "✔ they are switched on",
        "account access": f"✔ {APPLICATION} is there",
        "groups": "✔ 2 groups are there",
    }


def test_what_the_app_has_made_itself_is_not_in_its_way(emulator, tmp_path, created):
    center(tmp_path)
    mine = {
        logical_id: {"Type": kind, "Properties": {**properties, **({"IdentityStoreId": STORE} if "DisplayName" in properties else {})}}
        for kind in ("AWS::AccountAccess::Application", "AWS::IdentityStore::Group")
        for _, logical_id, properties in created.resources(kind)
    }
    (stack,) = {stack.name for stack, _, _ in created.resources("AWS::AccountAccess::Application")}
    assert len(mine) == 3
    api("organizations").enable_aws_service_access(ServicePrincipal="account-access.amazonaws.com")
    deployed(stack, mine)
    (arn,) = [one["applicationArn"] for one in api("account-access").list_applications()["applications"]]
    assert verdicts(created, emulator) == {
        "instance": WELL,
        "permission sets": "✔ they are switched on",
        "account access": f"✔ {arn} is the app's",
        "groups": "✔ the app creates 2 groups",
    }
    # another stack has them
    api("cloudformation").delete_stack(StackName=stack)
    deployed("others", mine)
    found = verdicts(created, emulator)
    assert found["account access"].endswith("exists already, and the app would create one: an instance has a single one")
    assert found["groups"] == "✘ engineers and operators exist already, and the app would create them"


def test_the_account_has_no_instance(emulator, tmp_path, plain):
    world(tmp_path, [])
    aws = administrator(emulator)
    assert told(identity_center, plain, aws, f"{ID}: instance") == [
        f"✘ account {ROOT} has no instance of IAM Identity Center",
        "enable IAM Identity Center in its console, and give the ARN and region to `IdentityCenter.fromArn`",
    ]
    for what in ("permission sets", "account access", "groups"):
        assert told(identity_center, plain, aws, f"{ID}: {what}") == NOT_ASKED
    assert {action for _, _, action in aws.calls} == {"sts:GetCallerIdentity", "sso:ListInstances"}


def test_the_account_has_another_instance(emulator, tmp_path, plain):
    other = INSTANCE.replace("1234", "4321")
    center(tmp_path, arn=other, region="us-west-2")
    aws = administrator(emulator)
    assert told(identity_center, plain, aws, f"{ID}: instance") == [
        f"✘ account {ROOT} has {other} in us-west-2, and not this one",
        "correct `IdentityCenter.fromArn`",
    ]
    assert told(identity_center, plain, aws, f"{ID}: groups") == NOT_ASKED


def test_the_instance_is_in_another_region(emulator, tmp_path, plain):
    center(tmp_path, "engineers", "operators", region="us-west-2")
    assert told(identity_center, plain, administrator(emulator), f"{ID}: instance") == [
        f"✘ its primary region is us-west-2, and the app says {REGION}",
        f"give `IdentityCenter.fromArn('{INSTANCE}', 'us-west-2')`",
    ]
    # whatever else there is to correct is told at once
    assert verdicts(plain, emulator)["groups"] == "✔ 2 groups are there"


def test_the_instance_is_of_one_account(emulator, tmp_path, plain):
    world(tmp_path, [{"id": OTHER, "name": "prod", "email": "aws+prod@acme.example"}])
    backend_of(ROOT, REGION).instances.append(enable(OTHER, REGION, INSTANCE, STORE))
    aws = administrator(emulator)
    assert told(identity_center, plain, aws, f"{ID}: instance") == [
        f"✘ it is of account {OTHER}, and not of the organization that account {ROOT} manages",
        "give `IdentityCenter.fromArn` the instance of the organization",
    ]
    assert told(identity_center, plain, aws, f"{ID}: account access") == NOT_ASKED


def test_the_account_is_in_no_organization(emulator, plain):
    enable(ROOT, REGION, INSTANCE, STORE)
    assert told(identity_center, plain, administrator(emulator), f"{ID}: instance") == [
        f"✘ it is of account {ROOT} alone, which is in no organization: it lets nobody into other accounts",
        "create the organization, then enable IAM Identity Center for it, and give its ARN to `IdentityCenter.fromArn`",
    ]


def test_the_instance_is_being_made(emulator, tmp_path, plain):
    center(tmp_path)
    backend_of(ROOT, REGION).instances[0].status = "CREATE_IN_PROGRESS"
    assert told(identity_center, plain, administrator(emulator), f"{ID}: instance") == [
        "✘ it is CREATE_IN_PROGRESS",
        "wait until it is ACTIVE, or look in the console of IAM Identity Center",
    ]


def test_permission_sets_are_switched_off(emulator, tmp_path, plain):
    center(tmp_path, permissionSetsEnabled=False)
    assert told(identity_center, plain, administrator(emulator), f"{ID}: permission sets") == [
        "✘ they are switched off, and AWS would refuse to create one",
        f"switch them on, which is for good, by `aws sso-admin update-instance --instance-arn {INSTANCE} "
        f"--permission-sets-enabled --region {REGION}`, or choose a source of people that needs none",
    ]
    # who needs none is not asked
    other = Org(plain.namespace, [fact for fact in plain.facts if fact != SETS], plain.stacks, plain.id)
    assert f"{ID}: permission sets" not in found(identity_center, other, administrator(emulator))


def test_aws_does_not_say_whether_permission_sets_are_on(emulator, tmp_path, plain, monkeypatch):
    center(tmp_path)
    aws = administrator(emulator)
    monkeypatch.setattr(aws, "ask", lambda action, *given, ask=aws.ask, **more: (
        {"InstanceArn": INSTANCE} if action == "sso:DescribeInstance" else ask(action, *given, **more)
    ))  # fmt: skip
    assert told(identity_center, plain, aws, f"{ID}: permission sets")[0] == "? AWS does not say whether they are on"


def test_the_application_exists_already(emulator, tmp_path, plain):
    center(tmp_path, applicationArn=APPLICATION)
    assert told(identity_center, plain, administrator(emulator), f"{ID}: account access") == [
        f"✘ application {APPLICATION} exists already, and the app would create one: an instance has a single one",
        f"give `applicationArn: '{APPLICATION}'`",
    ]


def test_the_application_that_is_named_does_not_exist(emulator, tmp_path, used):
    center(tmp_path)
    assert told(identity_center, used, administrator(emulator), f"{ID}: account access") == [
        f"✘ application {APPLICATION} is not there, and none is",
        "leave `applicationArn` out, so that the app creates it",
    ]


def test_another_application_exists_than_the_one_that_is_named(emulator, tmp_path, used):
    center(tmp_path, applicationArn=f"{APPLICATION}0")
    assert told(identity_center, used, administrator(emulator), f"{ID}: account access") == [
        f"✘ application {APPLICATION} is not there, and {APPLICATION}0 is",
        f"give `applicationArn: '{APPLICATION}0'`",
    ]


def test_a_group_is_not_there(emulator, tmp_path, plain):
    center(tmp_path, "operators")
    assert told(identity_center, plain, administrator(emulator), f"{ID}: groups") == [
        "✘ no group is called engineers",
        "correct `groupName`, create it in IAM Identity Center or by the identity provider, or have the app do so by `createGroups: true`",
    ]


def test_a_group_that_the_app_creates_exists(emulator, tmp_path, created):
    center(tmp_path, "engineers", "others")
    assert told(identity_center, created, administrator(emulator), f"{ID}: groups") == [
        "✘ engineers exists already, and the app would create it",
        "leave `createGroups` out, so that the app finds it, or give another `groupName`",
    ]


def test_what_the_app_knows_by_ids_is_asked_for_by_these(emulator, tmp_path, by_id):
    people(tmp_path, (ENGINEERS, "Engineers"), (ADA, "ada"))
    assert verdicts(by_id, emulator) == {
        "instance": WELL,
        "permission sets": "✔ they are switched on",
        "account access": "✔ none is there yet, and the app creates it",
        "groups": "✔ 1 group is there, and the app creates 1 group",
        "users": "✔ 1 user is there",
    }


def test_who_is_deleted_and_made_again_is_not_who_the_app_knows(emulator, tmp_path, by_id):
    people(tmp_path, (OPERATORS, "engineers"), (ENGINEERS, "ada"))
    aws = administrator(emulator)
    assert told(identity_center, by_id, aws, f"{ID}: groups") == [
        f"✘ no group has the ID {ENGINEERS}, which the app gives engineers",
        "correct `groupIds`: who is deleted and made again has another ID",
    ]
    assert told(identity_center, by_id, aws, f"{ID}: users") == [
        f"✘ no user has the ID {ADA}, which the app gives ada",
        "correct `userIds`: who is deleted and made again has another ID",
    ]


def test_an_id_that_is_that_of_another_is_told(emulator, tmp_path, by_id):
    people(tmp_path, (ENGINEERS, "operators"), (ADA, "bob"))
    aws = administrator(emulator)
    assert told(identity_center, by_id, aws, f"{ID}: groups") == [
        "✘ operators exists already, and the app would create it; "
        f"the group with the ID {ENGINEERS}, which the app gives engineers, is called operators",
        "leave `createGroups` out, so that the app finds it, or give another `groupName`; "
        "correct `groupIds` if that is another group, "
        "or else rename it there, or leave it out of the code, deploy, and add it again as it is called",
    ]
    assert told(identity_center, by_id, aws, f"{ID}: users") == [
        f"✘ the user with the ID {ADA}, which the app gives ada, is called bob",
        "correct `userIds` if that is another user, or else take that name, in `addUser` as well",
    ]


@pytest.mark.parametrize(("name", "reads"), [("plain", READS), ("by_id", sorted({*READS, *READS_OF_IDS}))])
def test_a_right_that_is_missing_is_named(emulator, tmp_path, request, name, reads):
    org = request.getfixturevalue(name)
    if name == "plain":
        center(tmp_path, "engineers", "operators")
    else:
        people(tmp_path, (ENGINEERS, "engineers"), (ADA, "ada"))
    whole = found(identity_center, org, limited(emulator, actions.OF_MANAGEMENT))
    assert {row.verdict for row in whole.values()} == {"✔"}
    assert sorted({action for row in whole.values() for action in row.actions} - {"organizations:DescribeOrganization"}) == reads
    for missing in reads:
        less = found(identity_center, org, limited(emulator, [one for one in actions.OF_MANAGEMENT if one != missing]))
        for subject, row in less.items():
            needed = missing in whole[subject].actions
            assert row.verdict == ("?" if needed else "✔"), subject
            assert not needed or row.advice == f"allow {missing}: `check --policy` prints all that is needed"


def test_whoever_needs_it_says_so_in_the_same_words(emulator, tmp_path, plain):
    """A third party's facts about an instance, of which nobody says the region."""
    center(tmp_path, "engineers", region="us-west-2")
    facts = [fact for fact in plain.facts if fact["kind"] != "needs"]
    group = {**SETS, "name": f"identity-center-group {INSTANCE}", "value": "engineers"}
    # two of its groups may be the same one
    org = Org(plain.namespace, [*facts, SETS, group, group], plain.stacks, plain.id)
    assert verdicts(org, emulator) == {
        "instance": "✔ it is the instance of the organization, in us-west-2",
        "permission sets": "✔ they are switched on",
        "groups": "✔ 1 group is there",
    }
    unread = {**SETS, "name": "permission-sets of mine"}
    org = Org(plain.namespace, [*facts, SETS, group, unread], plain.stacks, plain.id)
    assert [subject for subject in found(names, org, administrator(emulator)) if "permission-sets" in subject] == ["root: permission-sets of mine"]


def test_the_rows_are_among_those_of_the_whole_check(emulator, tmp_path, plain):
    center(tmp_path, "engineers", "operators")
    all_ = rows(plain, administrator(emulator))
    assert [subject for subject in all_ if subject.startswith(ID)] == [
        f"{ID}: {what}" for what in ("instance", "permission sets", "account access", "groups")
    ]
    assert [subject for subject in all_ if INSTANCE in subject] == []


def test_an_organization_without_such_people_asks_nothing(emulator, folder):
    aws = administrator(emulator)
    assert found(identity_center, organization(folder / "none"), aws) == {}
    assert not {action for _, _, action in aws.calls} & {*READS, *READS_OF_IDS}
