"""What IAM refuses, and neighbours that it accepts."""

from __future__ import annotations

import json
from typing import Any

from refused.case import LAMBDA_ROLE, PUBLIC, Case, Template, by, document, made, statement, taken, template, trusted


def twice(kind: str, **properties: Any) -> Case:
    first = made(kind, **properties)
    return Case(template(X=first, Y={**first, "DependsOn": "X"}), template(X=first))


def by_role(name: str) -> Template:
    return statement(Principal={"AWS": f"arn:aws:iam::222222222222:role/{name}"}, Action="sts:AssumeRole")


def objects(count: int) -> Template:
    """A policy of so many characters, without white space."""
    body = document(statement(Action="s3:GetObject", Resource="arn:aws:s3:::b/"))
    missing = count - len(json.dumps(body, separators=(",", ":")))
    return document(statement(Action="s3:GetObject", Resource="arn:aws:s3:::b/" + "k" * missing))


def trust_of(count: int) -> Template:
    body = document({**by("lambda"), "Sid": ""})
    missing = count - len(json.dumps(body, separators=(",", ":")))
    return document({**by("lambda"), "Sid": "s" * missing})


def inline(*sizes: int) -> dict[str, Template]:
    """Each after the one before, on the role R."""
    policies = [
        made("AWS::IAM::Policy", PolicyName=f"p{number}", PolicyDocument=objects(size), Roles=[{"Ref": "R"}])
        for number, size in enumerate(sizes)
    ]
    return {
        f"P{number}": {**item, "DependsOn": f"P{number - 1}" if number else []} for number, item in enumerate(policies)
    }


READ = document(statement(Action="s3:GetObject", Resource="*"))
AWS_POLICY = "arn:aws:iam::aws:policy"
POLICY_NAMES = [
    f"{name}ReadOnlyAccess"
    for name in ("AmazonS3", "AmazonEC2", "AmazonRDS", "AmazonSQS", "AmazonSNS", "AmazonVPC", "AmazonRoute53")
] + ["ReadOnlyAccess", "SecurityAudit", "IAMReadOnlyAccess", "AmazonSSMReadOnlyAccess"]


def managed(**wrong: Any) -> Template:
    body = document({**statement(Action="s3:GetObject", Resource="arn:aws:s3:::b/*"), **wrong})
    return template(P=made("AWS::IAM::ManagedPolicy", PolicyDocument=body))


def user(**properties: Any) -> Template:
    groups = {f"G{number}": made("AWS::IAM::Group", GroupName=f"g{number}") for number in range(11)}
    return template(**groups, U=made("AWS::IAM::User", **properties))


CASES: dict[str, Case] = {
    "trust-of-unknown-role": Case(
        template(R=trusted(by_role("nope"))), template(R=trusted(by_role("there"))), beside=template(R=LAMBDA_ROLE)
    ),
    "trust-without-principal": Case(
        template(R=trusted(statement(Action="sts:AssumeRole"))), template(R=trusted(by("lambda")))
    ),
    "trust-with-resource": Case(
        template(R=trusted({**by("lambda"), "Resource": "*"})), template(R=trusted(by("lambda")))
    ),
    "trust-size": Case(
        template(R=made("AWS::IAM::Role", AssumeRolePolicyDocument=trust_of(2049))),
        template(R=made("AWS::IAM::Role", AssumeRolePolicyDocument=trust_of(2048))),
    ),
    "managed-policy-size": Case(
        template(P=made("AWS::IAM::ManagedPolicy", PolicyDocument=objects(6145))),
        template(P=made("AWS::IAM::ManagedPolicy", PolicyDocument=objects(6144))),
    ),
    "inline-policies-of-a-role": Case(
        template(R=LAMBDA_ROLE, **inline(5120, 5121)), template(R=LAMBDA_ROLE, **inline(5120, 5120))
    ),
    "managed-policies-of-a-role": Case(
        template(R=trusted(by("lambda"), ManagedPolicyArns=[f"{AWS_POLICY}/{name}" for name in POLICY_NAMES])),
        template(R=trusted(by("lambda"), ManagedPolicyArns=[f"{AWS_POLICY}/{name}" for name in POLICY_NAMES[:10]])),
    ),
    "policy-with-principal": Case(
        template(P=made("AWS::IAM::ManagedPolicy", PolicyDocument=document(PUBLIC))),
        template(P=made("AWS::IAM::ManagedPolicy", PolicyDocument=READ)),
    ),
    "policy-without-resource": Case(
        template(P=made("AWS::IAM::ManagedPolicy", PolicyDocument=document(statement(Action="s3:GetObject")))),
        template(P=made("AWS::IAM::ManagedPolicy", PolicyDocument=READ)),
    ),
    "role-name-length": Case(
        template(R=trusted(by("lambda"), RoleName="r" * 65)), template(R=trusted(by("lambda"), RoleName="r" * 64))
    ),
    "role-name-alphabet": Case(
        template(R=trusted(by("lambda"), RoleName="a/b")), template(R=trusted(by("lambda"), RoleName="a+=,.@_-b"))
    ),
    "name-of-a-role": taken("AWS::IAM::Role", RoleName="taken", AssumeRolePolicyDocument=document(by("lambda"))),
    "policy-effect": Case(managed(Effect="allow"), managed()),
    "policy-action-without-service": Case(managed(Action="GetObject"), managed(Action="s3:Get*")),
    "policy-resource-that-is-no-arn": Case(managed(Resource="b/*"), managed(Resource="arn:aws:s3:::b")),
    "policy-version": Case(
        template(
            P=made(
                "AWS::IAM::ManagedPolicy",
                PolicyDocument={**document(statement(Action="s3:GetObject", Resource="*")), "Version": "2020-01-01"},
            )
        ),
        template(
            P=made(
                "AWS::IAM::ManagedPolicy",
                PolicyDocument={**document(statement(Action="s3:GetObject", Resource="*")), "Version": "2012-10-17"},
            )
        ),
    ),
    "policy-sid-twice": Case(
        template(
            P=made(
                "AWS::IAM::ManagedPolicy",
                PolicyDocument=document(*[statement(Sid="A", Action="s3:GetObject", Resource="*")] * 2),
            )
        ),
        template(
            P=made(
                "AWS::IAM::ManagedPolicy",
                PolicyDocument=document(*[statement(Sid=sid, Action="s3:GetObject", Resource="*") for sid in "AB"]),
            )
        ),
    ),
    "policy-sid-alphabet": Case(managed(Sid="a-b"), managed(Sid="ab1")),
    "trust-action": Case(
        template(R=trusted({**by("lambda"), "Action": "s3:GetObject"})),
        template(R=trusted({**by("lambda"), "Action": ["sts:AssumeRole", "sts:TagSession"]})),
    ),
    "session-too-long": Case(
        template(R=trusted(by("lambda"), MaxSessionDuration=43201)),
        template(R=trusted(by("lambda"), MaxSessionDuration=43200)),
    ),
    "session-too-short": Case(
        template(R=trusted(by("lambda"), MaxSessionDuration=3599)),
        template(R=trusted(by("lambda"), MaxSessionDuration=3600)),
    ),
    "role-description": Case(
        template(R=trusted(by("lambda"), Description="d" * 1001)),
        template(R=trusted(by("lambda"), Description="d" * 1000)),
    ),
    "path-without-slash": Case(
        template(R=trusted(by("lambda"), Path="acme")), template(R=trusted(by("lambda"), Path="/acme/"))
    ),
    "managed-policy-missing": Case(
        template(R=trusted(by("lambda"), ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAcces"])),
        template(R=trusted(by("lambda"), ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"])),
    ),
    "boundary-missing": Case(
        template(R=trusted(by("lambda"), PermissionsBoundary="arn:aws:iam::222222222222:policy/nope")),
        template(R=trusted(by("lambda"), PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")),
    ),
    "group-missing": Case(user(Groups=["nope"]), user(Groups=[{"Ref": "G0"}])),
    "groups-of-a-user": Case(
        user(Groups=[{"Ref": f"G{number}"} for number in range(11)]),
        user(Groups=[{"Ref": f"G{number}"} for number in range(10)]),
    ),
    "name-of-a-user": twice("AWS::IAM::User", UserName="ann"),
    "name-of-a-group": twice("AWS::IAM::Group", GroupName="people"),
    "name-of-a-managed-policy": twice(
        "AWS::IAM::ManagedPolicy",
        ManagedPolicyName="p",
        PolicyDocument=document(statement(Action="s3:GetObject", Resource="*")),
    ),
}
