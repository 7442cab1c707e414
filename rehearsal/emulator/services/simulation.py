"""IAM's simulator of policies, by the evaluator that decides calls.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
Policies of the organization count as they do for a call: service control policies, and none in the management account.
What limits one session, and whom a role trusts, it does not know: https://github.com/aws/aws-cli/issues/10314
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.iam import urls
from moto.iam.models import iam_backends
from moto.iam.responses import IamResponse

from emulator.engine import callers
from emulator.engine.conditions import Context
from emulator.engine.identities import role_of
from emulator.engine.policies import Request, as_list, parse, verdict
from emulator.engine.rights import Identity, Target, decide

_ASKED = {"ActionNames", "ResourceArns", "ContextEntries"}
_OF_CALLER = {"PolicySourceArn"}
_GIVEN = {"PolicyInputList", "PermissionsBoundaryPolicyInputList", "OrderedOrganizationPolicyInputList"}
# of the caller, as AWS fills them in itself
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
_FILLED = ("aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:PrincipalType", "aws:username")


class NoSuchEntity(ServiceException):
    code = "NoSuchEntity"


class InvalidInput(ServiceException):
    code = "InvalidInput"


class Simulator(IamResponse):
    def simulate_principal_policy(self) -> ActionResult:
        self._refuse_unknown(_OF_CALLER)
        return self._simulated(self._caller(self._get_param("PolicySourceArn")))

    def simulate_custom_policy(self) -> ActionResult:
        """Of policies that are given, from the organization down to the account. Nothing of the account counts."""
        self._refuse_unknown(_GIVEN)
        levels = self._get_param("OrderedOrganizationPolicyInputList", [])
        identity = Identity(
            self._get_param("PolicyInputList"),
            self._get_param("PermissionsBoundaryPolicyInputList"),
            controls=[level.get("ServiceControlPolicyInputList", []) for level in levels],
        )
        return self._simulated(callers.Caller(self.current_account, f"arn:aws:iam::{self.current_account}:user/simulated", identity))

    def _refuse_unknown(self, known: set[str]) -> None:
        if unknown := sorted({name.partition(".")[0] for name in self.querystring} - _ASKED - known - {"Action", "Version"}):
            raise InvalidInput(f"not emulated: {', '.join(unknown)}")

    def _simulated(self, caller: callers.Caller) -> ActionResult:
        given = {item["ContextKeyName"]: _value(item) for item in self._get_param("ContextEntries", [])}
        resources = self._get_param("ResourceArns", []) or ["*"]
        results = [
            self._result(caller, action, resources, given) for action in self._get_param("ActionNames")
        ]
        return ActionResult({"EvaluationResults": results, "IsTruncated": False})

    def _caller(self, arn: str) -> callers.Caller:
        if arn == callers.administrator(self.current_account).arn:
            return callers.administrator(self.current_account)
        if ":role/" in arn and (role := role_of(arn)):
            return callers.of_role(role, "session")
        backend = iam_backends[self.current_account][self.partition]
        for user in backend.users.values():
            if user.arn == arn:
                return callers.of_user(self.current_account, backend, user)
        if ":user/" not in arn and ":role/" not in arn:
            raise InvalidInput(f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")
        raise NoSuchEntity(f"Entity {arn} cannot be found.")

    def _result(self, caller: callers.Caller, action: str, resources: list[str], given: Context) -> dict[str, Any]:
        parts = [_decided(caller, action, resource, given) for resource in resources]
        first = parts[0]
        named = [
            {
                "EvalResourceName": part["EvalResourceName"],
                "EvalResourceDecision": part["EvalDecision"],
                "MatchedStatements": [],
                "MissingContextValues": part["MissingContextValues"],
            }
            for part in parts
        ]
        # of named resources, each has its own
        more = {} if resources == ["*"] else {"ResourceSpecificResults": named, "MissingContextValues": []}
        return {**first, "EvalActionName": action, "MatchedStatements": [], **more}


def _value(entry: dict[str, Any]) -> str | list[str]:
    values = entry["ContextKeyValues"]
    return values if len(values) != 1 or entry.get("ContextKeyType", "").endswith("List") else values[0]


def _decided(caller: callers.Caller, action: str, resource: str, given: Context) -> dict[str, Any]:
    keys = set(_keys(caller.identity))
    filled = {key: value for key, value in caller.context.items() if key in _FILLED}
    known = {**filled, **given}
    missing = sorted(key for key in keys if key.lower() not in {name.lower() for name in known})
    context = {**dict.fromkeys(missing), **known}
    request = Request(action, resource, {"AWS": caller.arn}, context, is_complete=True)
    decision = decide(request, caller.identity, Target(caller.account_id))
    denied = "explicit deny" in decision.reason
    boundary = caller.identity.boundary
    return {
        "EvalResourceName": resource,
        "EvalDecision": "allowed" if decision.allowed else "explicitDeny" if denied else "implicitDeny",
        "MissingContextValues": missing,
        **(
            {"OrganizationsDecisionDetail": {"AllowedByOrganizations": _allowed(caller.identity.controls, request)}}
            if caller.identity.controls
            else {}
        ),
        **(
            {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": _allowed([boundary], request)}}
            if boundary is not None
            else {}
        ),
    }


def _allowed(levels: Any, request: Request) -> bool:
    said = [verdict(level, request, of_identity=True) for level in levels]
    return all(one.allowed and not one.denied for one in said)


def _keys(identity: Identity) -> Iterator[str]:
    """The keys of all conditions."""
    levels = [identity.policies, identity.boundary or (), *identity.controls]
    for document in (document for level in levels for document in level):
        for statement in as_list(parse(document).get("Statement")):
            for keys in (statement.get("Condition") or {}).values():
                yield from keys


urls.url_paths["{0}/$"] = Simulator.dispatch
