"""What a policy says of a request: which statements are about it, and as whom they name who asks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import Any

from emulator.engine.conditions import Context, NotUnderstood, hold, matches, matches_arn

_VERSIONS = ("2008-10-17", "2012-10-17")



@dataclass(frozen=True)
class Attached:
    """A policy of an organization, which AWS names where it denies."""

    content: str
    name: str
    arn: str


Document = str | bytes | dict[str, Any] | Attached


@dataclass(frozen=True)
class Request:
    action: str
    # an ARN, '*' for an action on no resource, or nothing if it is not known on which
    resource: str | None
    # {'Service': 'cloudtrail.amazonaws.com'}, {'AWS': account id} or {'AWS': ARN of a user, role or session}
    principal: dict[str, str]
    context: Context = field(default_factory=dict)
    # whether the context has every key, also those that the request lacks
    is_complete: bool = False


class Named(IntEnum):
    """How closely a policy names who asks.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """

    NOT = 0
    ACCOUNT = 1
    # the role of a session
    ROLE = 2
    # the very user, session or service, or everybody
    ITSELF = 3


@dataclass(frozen=True)
class Denial:
    policy: Document
    # the statement's ID, or nothing
    sid: str


@dataclass(frozen=True)
class Verdict:
    """What policies say together."""

    # the first of those that deny
    denial: Denial | None = None
    allowed: Named = Named.NOT

    @property
    def denied(self) -> bool:
        return self.denial is not None


def verdict(policies: Iterable[Document], request: Request, of_identity: bool = False) -> Verdict:
    """Policies of an identity name no principal: they are about the identity that has them."""
    denial, allowed = None, Named.NOT
    for policy in policies:
        document = parse(policy)
        for statement in as_list(document.get("Statement")):
            named = Named.ITSELF if of_identity else _named(statement, request)
            if named and _is_about(statement, request, document):
                if statement["Effect"] == "Allow":
                    allowed = max(allowed, named)
                elif denial is None:
                    denial = Denial(policy, statement.get("Sid", ""))
    return Verdict(denial, allowed)


def allows(policy: Document | None, request: Request) -> bool:
    """Whether a policy of a resource lets somebody in, by name or by their account."""
    said = verdict([policy] if policy else [], request)
    return said.allowed > Named.NOT and not said.denied


def applies(statement: dict[str, Any], request: Request) -> bool:
    return _named(statement, request) > Named.NOT and _is_about(statement, request, {"Version": _VERSIONS[1]})


def is_resource_policy(document: Any) -> bool:
    """Whether it has the parts that a policy of a resource must have, whatever they say."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return False
    statements = as_list(document.get("Statement")) if isinstance(document, dict) else []
    return (
        bool(statements)
        and document.get("Version", _VERSIONS[0]) in _VERSIONS
        and all(isinstance(statement, dict) and _is_whole(statement) for statement in statements)
    )


def _is_whole(statement: dict[str, Any]) -> bool:
    return statement.get("Effect") in ("Allow", "Deny") and all(
        (key in statement) != (f"Not{key}" in statement) for key in ("Principal", "Action")
    )


def parse(policy: Document) -> dict[str, Any]:
    if isinstance(policy, Attached):
        return _parsed(policy.content)
    return policy if isinstance(policy, dict) else _parsed(policy)


@lru_cache(4096)
def _parsed(policy: str | bytes) -> dict[str, Any]:
    """Nobody writes into it."""
    return json.loads(policy)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_about(statement: dict[str, Any], request: Request, document: dict[str, Any]) -> bool:
    if not _either(statement, "Action", lambda text: matches(text.lower(), request.action.lower(), None)):
        return False
    has_variables = document.get("Version") == _VERSIONS[1]
    known = {key.lower(): value for key, value in request.context.items()} if has_variables else None
    return (
        _is_on(statement, request.resource, known)
        and hold(statement.get("Condition") or {}, request.context, has_variables, request.is_complete)
    )


def _either(statement: dict[str, Any], element: str, matched: Any) -> bool:
    if f"Not{element}" in statement:
        return not any(matched(str(text)) for text in as_list(statement[f"Not{element}"]))
    return element not in statement or any(matched(str(text)) for text in as_list(statement[element]))


def _is_on(statement: dict[str, Any], resource: str | None, known: Context | None) -> bool:
    if resource is None:
        return statement["Effect"] == "Allow" or statement.get("Resource", "*") == "*"
    return _either(statement, "Resource", lambda text: _is_resource(text, resource, known))


def _is_resource(text: str, resource: str, known: Context | None) -> bool:
    if text == "*" or resource == "*":
        return text == "*"
    return matches_arn(text, resource, known) if text.startswith("arn:") else matches(text, resource, known)


def _named(statement: dict[str, Any], request: Request) -> Named:
    if "NotPrincipal" in statement:
        return Named.NOT if _as_named(statement["NotPrincipal"], request) else Named.ITSELF
    return _as_named(statement.get("Principal"), request)


def _as_named(declared: Any, request: Request) -> Named:
    if declared == "*":
        return Named.ITSELF
    if not isinstance(declared, dict):
        return Named.NOT
    ((kind, name),) = request.principal.items()
    return max((_names(str(value), kind, name, request) for value in as_list(declared.get(kind))), default=Named.NOT)


def _names(value: str, kind: str, name: str, request: Request) -> Named:
    if value in ("*", name):
        return Named.ITSELF
    if kind != "AWS":
        return Named.NOT
    if "*" in value or "?" in value:
        raise NotUnderstood(f"principal '{value}'")
    account = name.split(":")[4] if name.startswith("arn:") else name
    if value == account or value.startswith("arn:") and value.endswith(f":iam::{account}:root"):
        return Named.ACCOUNT
    return Named.ROLE if value == request.context.get("aws:PrincipalArn") else Named.NOT
