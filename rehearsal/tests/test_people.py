"""People get into the same roles whichever directory they are in, also while they move from one to another."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
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
    def __init__(self, acme: Acme, source: str) -> None:  # noqa: F811
        self.acme = acme
        self.driver = self.write(source).drive(acme.folder)
        enable(ROOT, REGION, INSTANCE, STORE)
        store = client("identitystore", ROOT, REGION)
        self.people = []
        for name, group in (("jane", "engineers"), ("john", "operators")):
            user = store.create_user(IdentityStoreId=STORE, UserName=name, DisplayName=name, Name={"GivenName": name, "FamilyName": name})
            made = store.create_group(IdentityStoreId=STORE, DisplayName=group)
            store.create_group_membership(IdentityStoreId=STORE, GroupId=made["GroupId"], MemberId={"UserId": user["UserId"]})
            self.people.append(Person(name, user["UserId"]))
        self.driver.bootstrapped(*STAGES.values())

    def write(self, source: str, moving_from: str = "") -> Acme:
        """The same code, but for one line."""
        moving = f", movingFrom: {SOURCES[moving_from][0]}" if moving_from else ""
        users = "for (const [name, group] of [['jane', engineers], ['john', operators]]) acme.addUser(name, { groups: [group] });"
        return self.acme.write(
            f"""
            const [prod, dev] = {json.dumps(list(STAGES.items()))}.map(([id, accountId]) => acme.addStage(id, {{ accountId, organizationalUnit: 'workloads' }}));
            const instance = IdentityCenter.fromArn('{INSTANCE}', '{REGION}');
            new People(acme, 'people', {{ source: {SOURCES[source][0]}{moving} }});
            const engineers = acme.addGroup('engineers', {{ canAssume: [dev.admin, prod.readOnly] }});
            const operators = acme.addGroup('operators', {{ canAssume: [prod.admin] }});
            {users if "iam-users" in (source, moving_from) else ""}
            """,
            EXISTING,
        )

    def deploy(self, *given: str) -> None:
        self.write(*given)
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
