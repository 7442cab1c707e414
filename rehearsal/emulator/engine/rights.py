"""May somebody do this? The decision over all policies that AWS asks, in its words.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from emulator.engine.policies import Denial, Document, Named, Request, verdict

Level = Sequence[Document]


@dataclass(frozen=True)
class Identity:
    """Whatever limits or allows who asks: nothing of it for a service of AWS."""

    policies: Level = ()
    boundary: Level | None = None
    session: Level | None = None
    # of the root, each unit and the account; none where none bind: the management account, service-linked roles
    controls: Sequence[Level] = ()


@dataclass(frozen=True)
class Target:
    account_id: str
    policy: Document | None = None
    # resource control policies, as the controls of an identity
    controls: Sequence[Level] = ()
    # a key, or a role to assume: its policy decides, and those of identities only as far as it trusts their account
    decides: bool = False


@dataclass(frozen=True)
class Decision:
    allowed: bool
    # as AWS ends its message
    reason: str = field(default="", compare=False)
    # the statement that denies, if one does
    denial: Denial | None = field(default=None, compare=False)


def decide(request: Request, identity: Identity, target: Target) -> Decision:
    resource = verdict([target.policy] if target.policy else [], request)
    own = verdict(identity.policies, request, of_identity=True)
    limits = {
        "permissions boundary": identity.boundary,
        "session policy": identity.session,
    }
    said = {
        name: verdict(documents, request, of_identity=True)
        for name, documents in limits.items()
        if documents is not None
    }
    controls = {
        "service control policy": [verdict(level, request, of_identity=True) for level in identity.controls],
        "resource control policy": [verdict(level, request, of_identity=True) for level in target.controls],
    }
    for name, verdicts in {
        **controls,
        "resource-based policy": [resource],
        **{name: [one] for name, one in said.items()},
        "identity-based policy": [own],
    }.items():
        if denial := next((one.denial for one in verdicts if one.denial), None):
            article = "an" if name.startswith("i") else "a"
            return Decision(False, f"with an explicit deny in {article} {name}", denial)
    for name, verdicts in controls.items():
        if not all(one.allowed for one in verdicts):
            return Decision(False, _nothing(name, request))

    if "AWS" not in request.principal:
        return Decision(True) if resource.allowed else Decision(False, _nothing("resource-based policy", request))
    is_here = _account_of(request.principal["AWS"]) == target.account_id
    # whom a policy of the same account names exactly is limited by nothing else
    if is_here and resource.allowed is Named.ITSELF:
        return Decision(True)
    limit = next((name for name, one in said.items() if not one.allowed), None)
    if is_here and resource.allowed is Named.ROLE and limit is None:
        return Decision(True)
    is_trusted = resource.allowed > Named.NOT if target.decides or not is_here else True
    if own.allowed and is_trusted and limit is None:
        return Decision(True)
    missing = "identity-based policy" if not own.allowed else limit if is_trusted else "resource-based policy"
    return Decision(False, _nothing(missing or "identity-based policy", request))


def _nothing(name: str, request: Request) -> str:
    return f"because no {name} allows the {request.action} action"


def _account_of(principal: str) -> str:
    return principal.split(":")[4] if principal.startswith("arn:") else principal
