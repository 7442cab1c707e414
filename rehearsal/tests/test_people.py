"""People get into the same roles whichever directory they are in, by its names or IDs, also while they move to another."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from moto.core.exceptions import ServiceException
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from emulator.engine import callers
from emulator.engine.aws import client
from emulator.engine.stacks import Stack, cloudformation_backends
from emulator.services.sso import portal
from emulator.services.sso.backend import enable
from tests.test_known_faults import EXISTING, REGION, ROOT, Acme, acme  # noqa: F401 (a fixture)

INSTANCE, STORE = "arn:aws:sso:::instance/ssoins-0123456789abcdef", "d-0123456789"
STAGES = {"prod": "333333333333", "dev": "444444444444"}
ROLES = {f"acme-{stage}-{role}": stage for stage in STAGES for role in ("admin", "read-only")}
GROUPS = {"jane": "engineers", "john": "operators"}
MAY = {"jane": {"acme-dev-admin", "acme-prod-read-only"}, "john": {"acme-prod-admin"}}
# of a source: how it is written, its stack, its way into a role
SOURCES = {
    "iam-users": ("PeopleSource.iamUsers()", "people"),
    "account-access": ("PeopleSource.accountAccess({ instance })", "account-access"),
    "permission-sets": ("PeopleSource.permissionSets({ instance })", "permission-sets"),
}


class Person:
    """Somebody who is a user of IAM, of Identity Center, or of both."""

    def __init__(self, name: str, user_id: str) -> None:
        self.name, self.user_id = name, user_id

    def gets_in(self, source: str, role: str) -> bool:
        way = {
            "iam-users": self._as_user,
            "account-access": self._by_account_access,
            "permission-sets": self._by_permission_set,
        }[source]
        try:
            way(f"arn:aws:iam::{STAGES[ROLES[role]]}:role/{role}")
        except ServiceException:
            return False
        return True

    def _as_user(self, role_arn: str) -> None:
        backend = iam_backends[ROOT]["aws"]
        if self.name not in backend.users:
            raise ServiceException("AccessDenied", "no such user")
        caller = callers.of_user(ROOT, backend, backend.users[self.name])
        device = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60"}
        with callers.calling(replace(caller, context={**caller.context, **device})):
            sts_backends[ROOT]["aws"].assume_role(REGION, self.name, role_arn, None, 3600, None)

    def _by_account_access(self, role_arn: str) -> None:
        portal.assume(self.user_id, role_arn)

    def _by_permission_set(self, role_arn: str) -> None:
        account_id, role = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
        portal.sign_in(self.user_id, account_id, f"acme-{role.split('-', 2)[-1]}")


@contextmanager
def watched(check: Callable[[str], None]) -> Iterator[list[str]]:
    """Asks after each change of each resource, before anything else happens."""
    event, seen = Stack.resource_event, []

    def asking(stack: Stack, resource: Any, status: str, *reason: str) -> None:
        event(stack, resource, status, *reason)
        seen.append(f"{status} {stack.name} {resource.place.logical_id}")
        check(seen[-1])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stack, "resource_event", asking)
        yield seen


class Organization:
    def __init__(self, acme: Acme, source: str, with_groups: bool = True) -> None:  # noqa: F811
        self.acme = acme
        self.driver = self.write(source).drive(acme.folder)
        enable(ROOT, REGION, INSTANCE, STORE)
        self.people, self.groups = [], {}
        for name, group in GROUPS.items():
            full = {"GivenName": name, "FamilyName": name}
            user = client("identitystore", ROOT, REGION).create_user(IdentityStoreId=STORE, UserName=name, DisplayName=name, Name=full)
            self.people.append(Person(name, user["UserId"]))
            if with_groups:
                self.groups[group] = self.make(group, user["UserId"])
        self.driver.bootstrapped(*STAGES.values())

    def make(self, group: str, member: str) -> str:
        store = client("identitystore", ROOT, REGION)
        made = store.create_group(IdentityStoreId=STORE, DisplayName=group)["GroupId"]
        store.create_group_membership(IdentityStoreId=STORE, GroupId=made, MemberId={"UserId": member})
        return str(made)

    def write(self, source: str, moving_from: str = "", users: Iterable[str] = GROUPS, **options: Any) -> Acme:
        """The same code, but for one line, and users where the source has these."""
        moving = f", movingFrom: {SOURCES[moving_from][0]}" if moving_from else ""
        written = SOURCES[source][0].replace("instance", f"instance, ...{json.dumps(options)}") if options else SOURCES[source][0]
        added = "".join(f"acme.addUser('{name}', {{ groups: [{GROUPS[name]}] }});" for name in users)
        return self.acme.write(
            f"""
            const [prod, dev] = {json.dumps(list(STAGES.items()))}.map(([id, accountId]) => acme.addStage(id, {{ accountId, organizationalUnit: 'workloads' }}));
            const instance = IdentityCenter.fromArn('{INSTANCE}', '{REGION}');
            new People(acme, 'people', {{ source: {written}{moving} }});
            const engineers = acme.addGroup('engineers', {{ canAssume: [dev.admin, prod.readOnly] }});
            const operators = acme.addGroup('operators', {{ canAssume: [prod.admin] }});
            {added if "iam-users" in (source, moving_from) or "userIds" in options else ""}
            """,
            EXISTING,
        )

    def deploy(self, *given: str, **options: Any) -> None:
        self.write(*given, **options)
        done = self.driver.deploy("**", anew=True)
        assert done.code == 0, self.driver.text(done)

    def destroy(self, source: str) -> None:
        done = self.driver.cdk("destroy", f"acme/root/{SOURCES[source][1]}", "--exclusively", "--force")
        assert done.code == 0, self.driver.text(done)

    def who_gets_in(self, *sources: str) -> dict[str, set[str]]:
        return {
            person.name: {role for role in ROLES if any(person.gets_in(source, role) for source in sources)}
            for person in self.people
        }

    def granted(self) -> dict[str, str]:
        """Physical IDs of what gives access."""
        return {
            f"{stack.name} {logical_id}": deployed.resource.physical_id
            for stack in cloudformation_backends[ROOT][REGION].living()
            for logical_id, deployed in stack.resources.items()
            if deployed.resource.place.type in ("AWS::AccountAccess::Entitlement", "AWS::SSO::Assignment")
        }

    def types(self, source: str) -> list[str]:
        stack = cloudformation_backends[ROOT][REGION].get(f"acme-root-{SOURCES[source][1]}")
        return [deployed.resource.place.type for deployed in stack.resources.values()]

    def roles(self) -> dict[str, str]:
        accounts = [iam_backends[account]["aws"].roles.values() for account in STAGES.values()]
        return {role.name: role.id for roles in accounts for role in roles if role.name in ROLES}


@pytest.mark.parametrize(("source", "target"), list(permutations(SOURCES, 2)))
def test_nobody_is_without_access_while_people_move(acme, source, target):  # noqa: F811
    organization = Organization(acme, source)
    organization.deploy(source)
    assert organization.who_gets_in(source) == MAY
    assert organization.who_gets_in(target) == {name: set() for name in MAY}
    roles = organization.roles()

    def check(when: str) -> None:
        assert organization.who_gets_in(source, target) == MAY, when

    with watched(check) as seen:
        organization.deploy(target, source)
        assert organization.who_gets_in(source) == organization.who_gets_in(target) == MAY
        organization.destroy(source)
        organization.deploy(target)
    assert len(seen) > 20
    assert organization.who_gets_in(target) == MAY
    assert organization.who_gets_in(source) == {name: set() for name in MAY}
    # nobody's role has become another
    assert organization.roles() == roles
    names = {stack.name for stack in cloudformation_backends[ROOT][REGION].living()}
    assert f"acme-root-{SOURCES[target][1]}" in names
    assert f"acme-root-{SOURCES[source][1]}" not in names


@pytest.mark.parametrize("source", ["account-access", "permission-sets"])
def test_a_group_keeps_its_access_by_its_id_and_one_that_is_made_again_gets_it_by_its_own(acme, source):  # noqa: F811
    organization = Organization(acme, source)
    organization.deploy(source)
    assert organization.who_gets_in(source) == MAY
    before = organization.granted()

    def check(when: str) -> None:
        assert organization.who_gets_in(source) == MAY, when

    with watched(check) as seen:
        organization.deploy(source, groupIds=organization.groups)
    assert seen
    assert organization.granted() == before
    # what has looked for names is gone: the instance is asked for its store alone
    assert organization.types(source).count("Custom::AWS") == 1
    client("identitystore", ROOT, REGION).delete_group(IdentityStoreId=STORE, GroupId=organization.groups["engineers"])
    again = organization.make("engineers", organization.people[0].user_id)
    organization.deploy(source, groupIds=organization.groups)
    assert organization.who_gets_in(source) == {**MAY, "jane": set()}
    organization.deploy(source, groupIds={**organization.groups, "engineers": again})
    assert organization.who_gets_in(source) == MAY


@pytest.mark.parametrize("source", ["account-access", "permission-sets"])
def test_users_are_members_of_the_groups_that_are_created_as_long_as_the_code_says_so(acme, source):  # noqa: F811
    organization = Organization(acme, source, with_groups=False)
    ids = {person.name: person.user_id for person in organization.people}
    organization.deploy(source, createGroups=True, userIds=ids)
    assert organization.who_gets_in(source) == MAY
    organization.deploy(source, createGroups=True, users=["jane"], userIds={"jane": ids["jane"]})
    assert organization.who_gets_in(source) == {**MAY, "john": set()}
    store = client("identitystore", ROOT, REGION)
    assert [group["DisplayName"] for group in store.list_groups(IdentityStoreId=STORE)["Groups"]] == list(GROUPS.values())
