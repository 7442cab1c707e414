"""Who calls, by the key of a request: an administrator or the root user of an account, a user, a session of a role."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from moto.iam.models import iam_backends

from emulator.engine.conditions import Context, NotUnderstood
from emulator.engine.identities import (
    NEVER,
    context_of,
    controls_of,
    documents_of,
    identity_of,
    organization_of,
    role_of,
    session_of,
)
from emulator.engine.needs import Need
from emulator.engine.policies import Attached, Denial, Document, Request
from emulator.engine.rights import Identity, Target, decide

# what was answered for a policy of an organization, and by which statement: AWS does not say which
denials: dict[str, Denial] = {}
# key of a rehearsal: the account, whether it is of the root user, a secret
KEY = re.compile(r"AKIA(\d{12})(R?)([0-9A-F]*)")
_EVERYTHING: Document = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@dataclass(frozen=True)
class Caller:
    account_id: str
    arn: str
    identity: Identity
    context: Context = field(default_factory=dict)
    # as GetCallerIdentity gives it
    user_id: str = "AIDAADMINISTRATOR"
    # how many functions have invoked each other, the last of them this caller
    chain: int = 0

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
        if decision.allowed:
            return None
        on = f" on resource: {need.resource}" if need.resource and need.resource != "*" else ""
        answer = f"User: {self.arn} is not authorized to perform: {need.action}{on} {decision.reason}"
        if decision.denial and isinstance(policy := decision.denial.policy, Attached):
            # https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns: not to strangers
            if organization_of(self.account_id) is organization_of(target.account_id):
                answer += f": {policy.arn}"
            denials[answer] = decision.denial
        return answer


def target(account_id: str, policy: Document | None = None, decides: bool = False) -> Target:
    """What is in this account, with the resource control policies that bind it.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html: RCPFullAWSAccess is
    everywhere, and cannot be taken away.
    """
    levels = controls_of(account_id, "RESOURCE_CONTROL_POLICY")
    return Target(account_id, policy, [[_EVERYTHING, *level] for level in levels], decides)


def administrator(account_id: str) -> Caller:
    return _person(account_id, "user/administrator")


class Begun(Protocol):
    """What has a key that the emulated AWS has given out."""

    @property
    def caller(self) -> Caller: ...


@dataclass(frozen=True)
class Session:
    role_arn: str
    name: str
    policy: str | None = None
    chain: int = 0
    # what its requests have beside that of the role
    context: Context = field(default_factory=dict)

    @property
    def caller(self) -> Caller:
        role = role_of(self.role_arn)
        if role is not None:
            caller = of_role(role, self.name, self.policy)
            return replace(caller, chain=self.chain, context={**caller.context, **self.context})
        # deleted since then
        _, partition, _, _, account_id, path = self.role_arn.split(":", 5)
        name = path.rsplit("/", 1)[-1]
        context = {**_person(account_id, path).context, "aws:PrincipalArn": self.role_arn, "aws:PrincipalType": "AssumedRole"}
        return Caller(account_id, f"arn:{partition}:sts::{account_id}:assumed-role/{name}/{self.name}", Identity(), context)


@dataclass(frozen=True)
class SignedIn:
    """A user of IAM at the console, which tells AWS of the device."""

    account_id: str
    user_name: str
    context: Context

    @property
    def caller(self) -> Caller:
        backend = iam_backends[self.account_id]["aws"]
        user = next((one for one in backend.users.values() if one.name == self.user_name), None)
        if user is None:
            # deleted since then
            return replace(_person(self.account_id, f"user/{self.user_name}"), identity=Identity())
        known = of_user(self.account_id, backend, user)
        return replace(known, context={**known.context, **self.context})


@dataclass(frozen=True)
class RootTask:
    """The root user of an account, for one task that the management account has opened a session for.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
    """

    account_id: str
    # it denies all but the task
    policy: Document

    @property
    def caller(self) -> Caller:
        known = _person(self.account_id, "root")
        identity = replace(known.identity, policies=[*known.identity.policies, self.policy])
        return replace(known, identity=identity, context={**known.context, "aws:AssumedRoot": "true"})


# by the keys that were given out, to functions too; they end with the run
sessions: dict[str, Begun] = {}


def begin(
    role_arn: str, name: str, policy: str | None = None, key: str = "", chain: int = 0, context: Context | None = None
) -> dict[str, str]:
    """The credentials of a session, with this key if it has one already."""
    return given(Session(role_arn, name, policy, chain, context or {}), key)


def given(begun: Begun, key: str = "") -> dict[str, str]:
    key = key or f"ASIA{secrets.token_hex(8).upper()}"
    sessions[key] = begun
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "emulated", "AWS_SESSION_TOKEN": "emulated"}


def of(key: str) -> Caller | None:
    """The key is one of the rehearsal, or one that the emulated AWS has given out."""
    if own := KEY.fullmatch(key):
        return _person(own.group(1), "root" if own.group(2) else "user/administrator")
    if key in sessions:
        return sessions[key].caller
    for account_id, _, backend in iam_backends.iter_backends():
        if (known := backend.access_keys.get(key)) and known.user_name in backend.users:
            return of_user(account_id, backend, backend.users[known.user_name])
    return None


def of_user(account_id: str, backend: Any, user: Any) -> Caller:
    """A user has the policies of their groups too."""
    groups = [group for group in backend.groups.values() if user in group.users]
    whole = identity_of(user)
    shared = [document for group in groups for document in documents_of(group)]
    identity = Identity([*whole.policies, *shared], whole.boundary, None, whole.controls)
    person = _person(account_id, f"user/{user.name}").context
    context = {**person, "aws:PrincipalArn": user.arn, "aws:username": user.name}
    return Caller(account_id, user.arn, identity, context, user.id)


def _person(account_id: str, name: str) -> Caller:
    organization = organization_of(account_id)
    context = {
        **dict.fromkeys(NEVER),
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
    user_id = account_id if name == "root" else Caller.user_id
    return Caller(account_id, f"arn:aws:iam::{account_id}:{name}", identity, context, user_id)


def of_role(role: Any, name: str, policy: str | None = None) -> Caller:
    whole = identity_of(role)
    identity = Identity(whole.policies, whole.boundary, [json.loads(policy)] if policy else None, whole.controls)
    return Caller(role.account_id, session_of(role, name), identity, context_of(role), f"{role.id}:{name}")


def refusal(role: Any, action: str, resource: str | None, context: Context | None = None, name: str = "session") -> str | None:
    """What AWS answers to a session of the role that may not do this in its own account."""
    return of_role(role, name).refusal(Need(action, resource), target(role.account_id), context or {})


_current: ContextVar[Caller | None] = ContextVar("caller", default=None)
_acting: ContextVar[Caller | None] = ContextVar("acting", default=None)


@contextmanager
def calling(caller: Caller | None) -> Iterator[None]:
    """None for the emulated AWS itself."""
    tokens = _current.set(caller), _acting.set(None)
    try:
        yield
    finally:
        _current.reset(tokens[0])
        _acting.reset(tokens[1])


@contextmanager
def calling_as(caller: Caller | None) -> Iterator[None]:
    """A call of the emulated AWS to itself is one of this caller's."""
    token = _acting.set(caller)
    try:
        yield
    finally:
        _acting.reset(token)


def acting() -> Caller | None:
    return _acting.get()


def asking() -> Caller | None:
    """Who has sent the request that is answered now; None if that is the emulated AWS itself."""
    return _current.get()


def current(account_id: str) -> Caller:
    """Who has sent the request that is answered now; an administrator if that is the emulated AWS itself."""
    return asking() or administrator(account_id)
