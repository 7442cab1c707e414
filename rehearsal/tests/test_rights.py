"""What the emulator decides about rights, beside an evaluator that is not ours."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from emulator.engine.conditions import NotUnderstood, hold
from emulator.engine.policies import Request, allows
from emulator.engine.rights import Identity, Target, decide

OURS, OTHERS = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{OURS}:role/team/worker"
SESSION = f"arn:aws:sts::{OURS}:assumed-role/worker/job"
USER = f"arn:aws:iam::{OURS}:user/ada"

TARGETS = [
    ("s3:GetObject", "arn:aws:s3:::acme-data/reports/2026.csv"),
    ("s3:ListBucket", "arn:aws:s3:::acme-data"),
    ("sts:AssumeRole", "arn:aws:iam::{account}:role/acme-prod-admin"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    ("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:{account}:table/orders"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:{account}:orders"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:{account}:secret:acme/shop-a1b2c3"),
    ("organizations:EnablePolicyType", "arn:aws:organizations::{account}:root/o-a1b2c3d4e5/r-a1b2"),
    ("iam:CreateUser", "arn:aws:iam::{account}:user/new"),
]

CONTEXT: dict[str, str | list[str]] = {
    "aws:PrincipalAccount": OURS,
    "aws:PrincipalOrgID": "o-a1b2c3d4e5",
    "aws:PrincipalTag/team": "shop",
    "aws:SourceIp": "203.0.113.17",
    "aws:SecureTransport": "true",
    "aws:CurrentTime": "2026-11-28T12:00:00Z",
    "aws:MultiFactorAuthAge": "900",
    "aws:PrincipalTag/mark": "bWFyaw==",
    "aws:RequestedRegion": "eu-west-1",
    "aws:TagKeys": ["team", "stage"],
    "aws:TokenIssueTime": "2026-11-28T11:00:00Z",
    "aws:UserAgent": "cdk ${sic}",
}

VALUES = {
    "aws:PrincipalArn": [ROLE, USER, f"arn:aws:iam::{OURS}:role/*", "arn:aws:iam::*:user/ada", f"arn:*:iam::{OURS}:*"],
    "aws:PrincipalAccount": [OURS, OTHERS, "1*", "${aws:PrincipalAccount}"],
    "aws:PrincipalOrgID": ["o-a1b2c3d4e5", "o-other00000", "o-*", "O-A1B2C3D4E5"],
    "aws:PrincipalTag/team": ["shop", "Shop", "${aws:PrincipalTag/team}", "${aws:PrincipalTag/none, 'shop'}", "s?op"],
    "aws:SourceIp": ["203.0.113.0/24", "203.0.113.17", "198.51.100.0/24", "2001:db8::/32"],
    "aws:SecureTransport": ["true", "false"],
    "aws:CurrentTime": ["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-11-28T12:00:00Z", "2026-11-28"],
    "aws:MultiFactorAuthAge": ["600", "900", "3600", "899.5"],
    "aws:PrincipalTag/mark": ["bWFyaw==", "b3RoZXI="],
    "aws:RequestedRegion": ["eu-west-1", "us-east-1", "eu-*"],
    "aws:SourceVpce": ["vpce-1a2b3c4d"],
    "aws:TagKeys": ["team", "stage", "st*", "owner", "Team"],
    "aws:TokenIssueTime": ["2026-11-28T11:00:00Z", "2026-11-28T10:59:59Z", "2027-01-01T00:00:00Z"],
    "aws:UserAgent": ["cdk ${$}{sic}", "cdk*", "*${*}*", "${aws:None, 'cdk'}*", "cd?*", "aws-cli"],
}

OPERATORS = {
    "aws:PrincipalArn": ["ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals", "StringLike", "StringEquals"],
    "aws:SourceIp": ["IpAddress", "NotIpAddress"],
    "aws:SecureTransport": ["Bool"],
    "aws:CurrentTime": [
        f"Date{order}" for order in ("LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals", "Equals")
    ],
    "aws:MultiFactorAuthAge": [
        f"Numeric{order}"
        for order in ("LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals", "Equals", "NotEquals")
    ],
    "aws:PrincipalTag/mark": ["BinaryEquals"],
    # in the others, the other evaluator leaves ${$} as it is
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
    "aws:UserAgent": ["StringLike", "StringNotLike"],
    "aws:TokenIssueTime": ["DateEquals", "DateNotEquals", "DateLessThan", "DateGreaterThanEquals"],
}
STRINGS = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
]


EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class Cases:
    """Random requests, and policies that are about them more often than not."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def some(self, values: list[Any], most: int = 2) -> Any:
        chosen = self.random.sample(values, self.random.randint(1, min(most, len(values))))
        return chosen[0] if len(chosen) == 1 and self.random.random() < 0.5 else chosen

    def case(self) -> dict[str, Any]:
        action, resource = self.random.choice(TARGETS)
        account = self.random.choice([OURS, OURS, OTHERS])
        who = self.random.choice([SESSION, USER])
        context = {key: value for key, value in CONTEXT.items() if self.random.random() < 0.8}
        request = {"who": who, "action": action, "resource": resource.format(account=account), "account": account}
        has = lambda share: self.random.random() < share  # noqa: E731
        policies = [self.policy(request) for _ in range(self.random.randint(0, 2))]
        return {
            **request,
            "context": {**context, "aws:PrincipalArn": ROLE if who == SESSION else USER},
            "policies": policies,
            "boundary": [self.policy(request)] if has(0.2) else None,
            "session": self.policy(request) if who == SESSION and has(0.3) else None,
            "controls": [[EVERYTHING], [self.policy(request)]] if has(0.3) else [],
            "resource_controls": [[self.denying(request)]] if has(0.2) else [],
            "policy": self.policy(request, names=True) if has(0.6) else None,
        }

    def denying(self, request: dict[str, Any]) -> dict[str, Any]:
        """As a resource control policy has to be."""
        document = self.policy(request)
        service = request["action"].split(":")[0]
        for statement in document["Statement"]:
            statement.pop("NotAction", None)
            actions = [request["action"], f"{service}:*", f"{service}:Get*"]
            statement.update(Effect="Deny", Principal="*", Action=self.some(actions))
        return document

    def policy(self, request: dict[str, Any], names: bool = False) -> dict[str, Any]:
        statements = [self.statement(request, names) for _ in range(self.random.randint(1, 3))]
        return {"Version": "2012-10-17", "Statement": statements}

    def statement(self, request: dict[str, Any], names: bool) -> dict[str, Any]:
        service, _, verb = request["action"].partition(":")
        actions = [request["action"], request["action"].upper(), f"{service}:*", f"{service}:{verb[:3]}*", "s3:Get*", "ec2:Run*"]
        resource = request["resource"]
        cut = resource.rfind("/") + 1 or len(resource) - 3
        resources = ["*", resource, resource[:cut] + "*", resource[:-1] + "?", "arn:aws:s3:::other/*"]
        result: dict[str, Any] = {"Effect": self.random.choice(["Allow", "Allow", "Deny"])}
        result[self.random.choice(["Action", "Action", "Action", "NotAction"])] = self.some(actions)
        result[self.random.choice(["Resource", "Resource", "Resource", "NotResource"])] = self.some(resources)
        if names:
            people = [ROLE, SESSION, USER, f"arn:aws:iam::{OURS}:root", OURS, f"arn:aws:iam::{OTHERS}:root", "*"]
            result["Principal"] = self.random.choice(["*", *[{"AWS": self.some(people)}] * 6])
        if self.random.random() < 0.6:
            result["Condition"] = self.conditions()
        return result

    def conditions(self) -> dict[str, Any]:
        block: dict[str, Any] = {}
        for key in self.random.sample(list(VALUES), self.random.randint(1, 2)):
            if self.random.random() < 0.1:
                block.setdefault("Null", {})[key] = self.random.choice(["true", "false"])
                continue
            operator = self.random.choice(OPERATORS.get(key, STRINGS))
            several = isinstance(CONTEXT.get(key), list)
            quantifier = self.random.choice([*[""] * 3 * (not several), "ForAllValues:", "ForAnyValue:"])
            # what ForAnyValue with IfExists says of a key that is missing, no page of AWS says
            suffix = "" if quantifier == "ForAnyValue:" else self.random.choice(["", "", "IfExists"])
            block.setdefault(f"{quantifier}{operator}{suffix}", {})[key] = self.some(VALUES[key])
        return block


def ours(case: dict[str, Any]) -> bool:
    request = Request(case["action"], case["resource"], {"AWS": case["who"]}, case["context"])
    identity = Identity(case["policies"], case["boundary"], case["session"] and [case["session"]], case["controls"])
    # without a trust policy there is no role to assume, and the other evaluator asks identities alone
    decides = case["action"] == "kms:Decrypt" or case["action"] == "sts:AssumeRole" and case["policy"] is not None
    # the other evaluator has RCPFullAWSAccess on every level by itself
    controls = [[EVERYTHING, *level] for level in case["resource_controls"]]
    target = Target(case["account"], case["policy"], controls, decides)
    return decide(request, identity, target).allowed


def theirs(cases: list[dict[str, Any]]) -> list[bool]:
    def named(policies: list[Any]) -> list[dict[str, Any]]:
        return [{"name": str(index), "policy": policy} for index, policy in enumerate(policies)]

    def levels(policies: list[list[Any]]) -> list[dict[str, Any]]:
        return [{"orgIdentifier": str(index), "policies": named(level)} for index, level in enumerate(policies)]

    simulations = [
        {
            "request": {
                "principal": case["who"],
                "action": case["action"],
                "resource": {"resource": case["resource"], "accountId": case["account"]},
                "contextVariables": case["context"],
            },
            "identityPolicies": named(case["policies"]),
            "serviceControlPolicies": levels(case["controls"]),
            "resourceControlPolicies": levels(case["resource_controls"]),
            "permissionBoundaryPolicies": case["boundary"] and named(case["boundary"]),
            **({"sessionPolicy": case["session"]} if case["session"] else {}),
            **({"resourcePolicy": case["policy"]} if case["policy"] else {}),
        }
        for case in cases
    ]
    script = Path(__file__).with_name("evaluator.js")
    answer = subprocess.run(
        ["node", str(script)], input=json.dumps(simulations), capture_output=True, text=True, check=True, timeout=300
    )
    decisions = json.loads(answer.stdout)
    assert {str(one.get("error") or one["ignored"]) for one in decisions if "error" in one or one["ignored"]} == set()
    return [one["allowed"] for one in decisions]


def is_explained(case: dict[str, Any]) -> bool:
    """The other evaluator has a session policy limit what names the very session. AWS does not.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
    """
    return case["session"] is not None and not ours({**case, "policy": None}) and ours({**case, "session": None})


def test_random_policies_are_decided_as_another_evaluator_does():
    made = Cases(2026)
    cases = [made.case() for _ in range(3000)]
    differences = [case for case, answer in zip(cases, theirs(cases)) if ours(case) != answer]
    assert [json.dumps(case) for case in differences if not is_explained(case)] == []
    assert len(differences) < len(cases) / 100
    allowed = sum(map(ours, cases))
    assert len(cases) / 20 < allowed < len(cases) / 2


def condition(operator: str, key: str, value: Any, context: dict[str, Any]) -> bool:
    return hold({operator: {key: value}}, context)


@pytest.mark.parametrize(
    "operator, expected, actual, holds",
    [
        ("NumericLessThan", "3600", "900", True),
        ("NumericLessThan", "900", "3600", False),
        ("NumericLessThan", "900", "many", False),
        ("IpAddress", "203.0.113.0/24", "203.0.113.17", True),
        ("IpAddress", "203.0.113.0/24", "2001:db8::1", False),
        ("DateGreaterThan", "2026", "2026-11-28T12:00:00Z", True),
        ("DateGreaterThan", "1796000000", "2026-11-28T12:00:00Z", False),
        ("ArnLike", "arn:aws:iam::*:role/x", "arn:aws:iam::1:2:role/x", False),
        ("StringLike", "a[b]*", "a[b]c", True),
        ("Bool", True, "true", True),
        ("BoolIfExists", False, "true", False),
        ("BinaryEquals", "bWFyaw==", "bWFyaw==", True),
        ("BinaryEquals", "bWFyaw==", "bWFyaW==", False),
        ("DateEquals", "1796000000", "1796000000", True),
        ("DateNotEquals", "2026-11-28T13:00:00+01:00", "2026-11-28T12:00:00Z", False),
        ("IpAddress", "2001:db8::/32", "2001:db8::1", True),
        ("NotIpAddress", "203.0.113.0/24", "203.0.113.17", False),
        ("StringEquals", "cdk ${$}{sic}", "cdk ${sic}", True),
        ("StringLike", "${aws:None, 'a*'}", "ab", False),
        ("StringLike", "${aws:None, 'a'}*", "ab", True),
        ("Null", "false", "here", True),
        ("Null", "true", "here", False),
    ],
)
def test_a_condition(operator, expected, actual, holds):
    assert condition(operator, "aws:It", expected, {"aws:it": actual}) is holds


@pytest.mark.parametrize(
    "quantifier, actual, holds",
    [
        ("ForAllValues", ["a", "b"], True),
        ("ForAllValues", ["a", "c"], False),
        ("ForAllValues", [], True),
        ("ForAnyValue", ["c", "b"], True),
        ("ForAnyValue", ["c"], False),
    ],
)
def test_a_condition_of_several_values(quantifier, actual, holds):
    assert condition(f"{quantifier}:StringEquals", "aws:TagKeys", ["a", "b"], {"aws:TagKeys": actual}) is holds


@pytest.mark.parametrize("operator", ["NumericLessThan", "DateEquals", "IpAddress"])
def test_a_value_that_is_none_is_refused_by_name(operator):
    with pytest.raises(NotUnderstood, match="condition value 'many'"):
        condition(operator, "aws:It", "many", {"aws:It": "2026"})


def test_several_values_need_an_operator_of_sets():
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html"""
    with pytest.raises(NotUnderstood, match="'StringEquals' on a key of several values"):
        condition("StringEquals", "aws:TagKeys", "a", {"aws:TagKeys": ["a"]})


@pytest.mark.parametrize("operator", ["StringSounds", "ForMost:StringEquals", "ForAnyValue:StringEqualsIfExists"])
def test_a_condition_that_is_not_understood_is_refused_by_name(operator):
    with pytest.raises(NotUnderstood, match=operator):
        condition(operator, "aws:It", "x", {})


def test_a_policy_without_the_newer_version_has_no_variables():
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "arn:aws:s3:::${aws:username}/*"}
    request = Request("s3:GetObject", "arn:aws:s3:::ada/x", {"AWS": USER}, {"aws:username": "ada"})
    assert [allows({"Version": version, "Statement": statement}, request) for version in ("2012-10-17", "2008-10-17")] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    "identity, target, reason",
    [
        (Identity(), Target(OURS), "because no identity-based policy allows the s3:GetObject action"),
        (Identity([EVERYTHING], []), Target(OURS), "because no permissions boundary allows the s3:GetObject action"),
        (
            Identity([EVERYTHING], controls=[[EVERYTHING], []]),
            Target(OURS),
            "because no service control policy allows the s3:GetObject action",
        ),
        (Identity([EVERYTHING]), Target(OTHERS), "because no resource-based policy allows the s3:GetObject action"),
        (
            Identity([{"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}]),
            Target(OURS),
            "with an explicit deny in an identity-based policy",
        ),
    ],
)
def test_a_refusal_says_why_as_aws_does(identity, target, reason):
    decision = decide(Request("s3:GetObject", "arn:aws:s3:::data/x", {"AWS": USER}), identity, target)
    assert (decision.allowed, decision.reason) == (False, reason)
