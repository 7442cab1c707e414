"""Who calls, by the key of a request: an administrator or the root user of an account, a user, a session of a role."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from moto.iam.models import iam_backends

from emulator.engine.conditions import Context, NotUnderstood
from emulator.engine.identities import (
    context_of,
    controls_of,
    documents_of,
    identity_of,
    organization_of,
    role_of,
    session_of,
)
from emulator.engine.needs import Need
from emulator.engine.policies import Document, Request
from emulator.engine.rights import Identity, Target, decide

# key of a rehearsal: the account, whether it is of the root user, a secret
KEY = re.compile(r"AKIA(\d{12})(R?)([0-9A-F]*)")
_EVERYTHING: Document = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@dataclass(frozen=True)
class Caller:
    account_id: str
    arn: str
    identity: Identity
    context: Context = field(default_factory=dict)

    @property
    def is_root_user(self) -> bool:
        return self.arn.endswith(":root")

    def refusal(self, need: Need, target: Target, context: Context) -> str | None:
        """What AWS answers if the caller may not do this, by all policies of the path."""
        known = {**self.context, **context, **need.context}
        request = Request(need.action, need.resource, {"AWS": self.arn}, known, is_complete=True)
        try:
            decision = decide(request, self.identity, target)
        except NotUnderstood as error:
            return f"not emulated: {error}, in a policy that {self.arn} needs for {need.action}"
        on = f" on resource: {need.resource}" if need.resource and need.resource != "*" else ""
        return (
            None
            if decision.allowed
            else f"User: {self.arn} is not authorized to perform: {need.action}{on} {decision.reason}"
        )


def target(account_id: str, policy: Document | None = None, decides: bool = False) -> Target:
    """What is in this account, with the resource control policies that bind it.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html: RCPFullAWSAccess is
    everywhere, and cannot be taken away.
    """
    levels = controls_of(account_id, "RESOURCE_CONTROL_POLICY")
    return Target(account_id, policy, [[_EVERYTHING, *level] for level in levels], decides)


def administrator(account_id: str) -> Caller:
    return _person(account_id, "user/administrator")


# keys that roles have given out; they end with the run
sessions: dict[str, Any] = {}


def of(key: str) -> Caller | None:
    """The key is one of the rehearsal, or one that the emulated AWS has given out."""
    if own := KEY.fullmatch(key):
        return _person(own.group(1), "root" if own.group(2) else "user/administrator")
    if key in sessions:
        return _session(sessions[key])
    for account_id, _, backend in iam_backends.iter_backends():
        if (known := backend.access_keys.get(key)) and known.user_name in backend.users:
            return _user(account_id, backend, backend.users[known.user_name])
    return None


def _user(account_id: str, backend: Any, user: Any) -> Caller:
    """A user has the policies of their groups too."""
    groups = [group for group in backend.groups.values() if user in group.users]
    whole = identity_of(user)
    shared = [document for group in groups for document in documents_of(group)]
    identity = Identity([*whole.policies, *shared], whole.boundary, None, whole.controls)
    person = _person(account_id, f"user/{user.name}").context
    context = {**person, "aws:PrincipalArn": user.arn, "aws:username": user.name}
    return Caller(account_id, user.arn, identity, context)


def _person(account_id: str, name: str) -> Caller:
    organization = organization_of(account_id)
    context = {
        "aws:PrincipalArn": f"arn:aws:iam::{account_id}:{name}",
        "aws:PrincipalAccount": account_id,
        "aws:PrincipalOrgID": organization.org.id if organization else None,
        "aws:PrincipalType": "Account" if name == "root" else "User",
        # long-term keys say nothing of a device
        "aws:MultiFactorAuthPresent": None,
        "aws:MultiFactorAuthAge": None,
        "aws:PrincipalIsAWSService": "false",
        "aws:ViaAWSService": "false",
        "aws:SecureTransport": "true",
    }
    identity = Identity([_EVERYTHING], controls=controls_of(account_id))
    return Caller(account_id, f"arn:aws:iam::{account_id}:{name}", identity, context)


def _session(session: Any) -> Caller:
    role = role_of(session.role_arn)
    if role is None:  # deleted since then
        return Caller(session.account_id, session.arn, Identity())
    policies = [json.loads(session.policy)] if session.policy else None
    whole = identity_of(role)
    identity = Identity(whole.policies, whole.boundary, policies, whole.controls)
    return Caller(session.account_id, session_of(role, session.session_name), identity, context_of(role))


_current: ContextVar[Caller | None] = ContextVar("caller", default=None)


@contextmanager
def calling(caller: Caller | None) -> Iterator[None]:
    """None for the emulated AWS itself."""
    token = _current.set(caller)
    try:
        yield
    finally:
        _current.reset(token)


def current(account_id: str) -> Caller:
    """Who has sent the request that is answered now; an administrator if that is the emulated AWS itself."""
    return _current.get() or administrator(account_id)
