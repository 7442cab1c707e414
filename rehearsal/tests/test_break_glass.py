"""Access when everything else fails, once it is deployed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conftest import HERE
from moto.iam.models import iam_backends

from emulator.engine import callers
from emulator.engine.aws import client
from emulator.engine.callers import Caller
from emulator.engine.identities import role_of
from emulator.engine.needs import Need

ROOT = "111111111111"


def signed_in(name: str, **context: Any) -> Caller:
    """At the console, which AWS tells of the device."""
    backend = iam_backends[ROOT]["aws"]
    caller = callers.of_user(ROOT, backend, next(user for user in backend.users.values() if user.name == name))
    return replace(caller, context={**caller.context, **{f"aws:MultiFactorAuth{key}": value for key, value in context.items()}})


def entering(caller: Caller, account: str, session: str = "acme-break-glass") -> str | None:
    """What AWS answers if the role does not let the caller in."""
    stage = "root" if account == ROOT else "prod"
    arn = f"arn:aws:iam::{account}:role/acme-{stage}-break-glass"
    role = role_of(arn)
    assert role is not None
    trust = callers.target(account, role.assume_role_policy_document, decides=True)
    return caller.refusal(Need("sts:AssumeRole", arn), trust, {"sts:RoleSessionName": session})


def test_break_glass_gets_in_with_mfa_where_everything_is_denied(drive):
    driver = drive(HERE / "apps" / "glass").bootstrapped()
    for patterns in (("acme/root/organization",), ("acme/root/break-glass",)):
        done = driver.deploy(*patterns)
        assert done.code == 0, driver.text(done)
    driver.bootstraps()
    done = driver.deploy("acme/prod/break-glass")
    assert done.code == 0, driver.text(done)
    accounts = client("organizations", ROOT, "us-east-1").list_accounts()["Accounts"]
    (prod,) = {one["Id"] for one in accounts} - {ROOT}
    for account in (ROOT, prod):
        assert entering(signed_in("acme-break-glass", Present="true", Age="60"), account) is None
        assert "not authorized to perform: sts:AssumeRole" in str(entering(signed_in("acme-break-glass", Present="false"), account))
        assert "not authorized to perform: sts:AssumeRole" in str(entering(signed_in("acme-break-glass"), account))
        assert "not authorized to perform: sts:AssumeRole" in str(entering(signed_in("acme-break-glass", Present="true", Age="3600"), account))
        assert "not authorized to perform: sts:AssumeRole" in str(entering(callers.administrator(ROOT), account))
    session = callers.of_role(role_of(f"arn:aws:iam::{prod}:role/acme-prod-break-glass"), "acme-break-glass")
    administrator = callers.of_role(role_of(f"arn:aws:iam::{prod}:role/OrganizationAccountAccessRole"), "ada")
    changes = Need("iam:UpdateAssumeRolePolicy", f"arn:aws:iam::{prod}:role/cdk-hnb659fds-deploy-role-{prod}-eu-west-1")
    assert session.refusal(changes, callers.target(prod), {}) is None
    passes = Need("iam:PassRole", f"arn:aws:iam::{prod}:role/acme-prod-break-glass")
    assert "explicit deny in a service control policy" in str(administrator.refusal(passes, callers.target(prod), {}))
