"""The accounts of the stages: whether they can be created, or are the ones that the app means."""

from __future__ import annotations

from collections.abc import Iterator

from check.app import Org, Stage, template
from check.aws import Aws, Refused, always_on
from check.checks.organization import managed
from check.stacks import deployed, made
from check.rows import Answer, Group, Question, bad, good, unknown
from rehearsal.app import StackArtifact

_ACCOUNT = "AWS::Organizations::Account"
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
_DEFAULT_QUOTA = 10
# https://docs.aws.amazon.com/organizations/latest/APIReference/API_Handshake.html
_OPEN = ("REQUESTED", "OPEN")
_QUOTA = {"ServiceCode": "organizations", "QuotaCode": "L-E619E033"}


def questions(org: Org, aws: Aws) -> Iterator[Question]:
    if not org.has_management_account:
        return
    if any(stage.email for stage in org.members):
        yield Question(Group.ACCOUNTS, "quota of accounts", lambda: _quota(org, aws))
    for stage in org.members:
        yield Question(Group.ACCOUNTS, f"{stage.name}: account", lambda stage=stage: _account(org, stage, aws))


def accounts(aws: Aws) -> list[dict[str, str]]:
    """All accounts of the organization; none if there is none."""
    return [] if managed(aws) is None else aws.ask("organizations:ListAccounts")["Accounts"]


def _invited(aws: Aws) -> set[str]:
    """IDs or addresses of the accounts that have not answered an invitation yet."""
    if managed(aws) is None:
        return set()
    found = aws.ask("organizations:ListHandshakesForOrganization", Filter={"ActionType": "INVITE"})["Handshakes"]
    return {
        party["Id"].lower()
        for invitation in found
        if invitation["State"] in _OPEN
        for party in invitation["Parties"]
        if party["Type"] != "ORGANIZATION"
    }


def by_email(aws: Aws, email: str | None) -> dict[str, str] | None:
    # AWS compares addresses without case
    return next((item for item in accounts(aws) if email and item["Email"].lower() == email.lower()), None)


def account_of(stage: Stage, aws: Aws) -> str | None:
    """The ID of a stage's account: as the app has it, or as the organization has it by now."""
    if stage.account_id:
        return stage.account_id
    found = by_email(aws, stage.email)
    return found["Id"] if found and state_of(found) == "ACTIVE" else None


def state_of(account: dict[str, str]) -> str:
    """https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html: Status is replaced by State."""
    return account.get("State") or account["Status"]


def _quota(org: Org, aws: Aws) -> Answer:
    there = accounts(aws)
    new = [stage.name for stage in org.members if stage.email and by_email(aws, stage.email) is None]
    # the management account, as long as it is alone
    used = max(len(there), 1)
    exist = "1 account exists" if used == 1 else f"{used} accounts exist"
    if not new:
        return good(f"{exist}, and the app creates no more")
    # an invitation counts until it is accepted, declined, cancelled or too old
    if invited := len(_invited(aws)):
        used += invited
        exist += f", {invited} more {'is' if invited == 1 else 'are'} invited"
    try:
        quota = int(aws.ask("servicequotas:GetServiceQuota", region=always_on(aws.region), **_QUOTA)["Quota"]["Value"])
    except Refused as refused:
        if refused.code != "NoSuchResourceException":
            raise
        quota = None
    count = f"{exist}, the app creates {len(new)} ({', '.join(new)}), and the quota is {quota or f'{_DEFAULT_QUOTA} by default'}"
    if quota is None and used + len(new) <= _DEFAULT_QUOTA:
        return unknown(f"{count}; AWS may give less to a new organization", "look in Service Quotas, AWS Organizations")
    quota = quota or _DEFAULT_QUOTA
    if used + len(new) <= quota:
        return good(count)
    return bad(count, f"ask AWS for {used + len(new)} accounts in Service Quotas, AWS Organizations, {_QUOTA['QuotaCode']}: it takes hours to days")


def _account(org: Org, stage: Stage, aws: Aws) -> Answer:
    there = {item["Id"]: item for item in accounts(aws)}
    found = by_email(aws, stage.email)
    if found and found["Id"] == aws.account_id:
        return bad(
            f"{stage.email} is the address of the management account itself, and its stage would be deployed there",
            "give the stage another `email`",
        )
    if found and state_of(found) == "PENDING_ACTIVATION":
        return bad(f"account {found['Id']} has the address {stage.email}, and is not active yet", "wait, and check again")
    if found and state_of(found) != "ACTIVE":
        return bad(
            f"{stage.email} is the address of account {found['Id']}, which is {_words(found)}: closed accounts keep their address for ever",
            "give the stage another `email`, or have AWS Support reopen the account within 90 days of its closure",
        )
    if found and stage.account_id in (None, found["Id"]) and (stack := _would_create(org, stage, found["Id"], aws)):
        return bad(
            f"{stage.email} is the address of account {found['Id']}, which no stack of the app has made: AWS would refuse to create it again",
            f"give the stage `accountId: '{found['Id']}'`, or bring the account into the app by `npx cdk import {stack.path}`",
        )
    if stage.account_id is None:
        if found:
            return good(f"{found['Id']} has the address {stage.email}: the app will find it")
        if stage.email and stage.email.lower() in _invited(aws):
            return bad(
                f"{stage.email} is the address of an account that is invited and has not accepted: AWS would create none with it",
                "accept the invitation in that account, under AWS Organizations, Invitations, and the app finds it",
            )
        return good(f"will be created with the address {stage.email}, which no account of the organization has")
    mine = there.get(stage.account_id)
    if mine is None:
        if managed(aws) is None:
            return unknown(f"the app names account {stage.account_id}, and there is no organization to look in", "sign in to its management account")
        if stage.account_id in _invited(aws):
            return bad(
                f"account {stage.account_id} is invited, and has not accepted",
                "accept the invitation in that account, under AWS Organizations, Invitations",
            )
        return bad(
            f"account {stage.account_id} is not in this organization",
            "invite it, correct `accountId`, or delete its answer from cdk.context.json if that is of another organization",
        )
    if stage.email and mine["Email"].lower() != stage.email.lower():
        return bad(
            f"account {stage.account_id} has the address {mine['Email']}, and the stage {stage.email}: cdk.context.json means another account",
            "delete its answer from cdk.context.json, so that it is looked up again",
        )
    if state_of(mine) != "ACTIVE":
        return bad(f"account {stage.account_id} is {_words(mine)}", "have AWS Support reopen it, or give the stage another account")
    return good(f"{stage.account_id} is {mine['Name']} ({mine['Email']})")


def _would_create(org: Org, stage: Stage, account_id: str, aws: Aws) -> StackArtifact | None:
    """The stack that would create the account, though it is there. One call tells of all stacks of one account."""
    creating = [item for item in org.resources(_ACCOUNT) if str(item[2].get("Email")).lower() == str(stage.email).lower()]
    for stack, logical_id, _ in creating:
        if stack.name not in deployed(stack.region or aws.region, aws):
            return stack
        several = sum(resource["Type"] == _ACCOUNT for resource in template(stack)["Resources"].values()) > 1
        if several and made(stack, logical_id, aws) != account_id:
            return stack
    return None


def _words(account: dict[str, str]) -> str:
    return state_of(account).lower().replace("_", " ")
