"""Who asks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from check.app import Org
from check.aws import Aws
from check.checks.organization import existing
from check.rows import Answer, Group, Question, bad, good


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    yield Question(Group.FIRST_COMMAND, "caller", lambda: _caller(org, aws))
    yield Question(Group.FIRST_COMMAND, "account", lambda: _account(org, aws))


def _caller(org: Org, aws: Aws) -> Answer:
    arn = aws.who()["Arn"]
    if re.fullmatch(r"arn:[^:]+:iam::\d+:root", arn):
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html: it can assume no role
        return bad(
            f"you are the root user of account {aws.account_id}, which can assume no role: the CDK could deploy to no other account",
            "sign in as an administrator: a user of IAM Identity Center, or an IAM user or role with AdministratorAccess",
        )
    if ":federated-user/" in arn:
        # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html: it calls neither IAM nor STS
        return bad(f"you are {arn}, a session of GetFederationToken, which can assume no role", "sign in as a user or a role")
    return good(f"you are {arn}")


def _account(org: Org, aws: Aws) -> Answer:
    expected = org.root.account_id
    if aws.account_id == expected:
        return good(f"your credentials are of account {expected}, the one of managementAccountId")
    other = existing(aws)
    manages = f", which {other['MasterAccountId']} manages" if other else ""
    return bad(
        f"your credentials are of account {aws.account_id}{manages}, and managementAccountId is {expected}",
        f"sign in to account {expected}, or correct managementAccountId",
    )
