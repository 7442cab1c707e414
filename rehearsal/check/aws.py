"""Reading AWS: the caller's account by the caller's credentials, each other one by a role in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from check.actions import OF_MANAGEMENT, OF_MEMBERS, OPEN, call_of, policy

_DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AccessDeniedForDependencyException")
# a check of many accounts asks much in a short time
_RETRIES = Config(retries={"mode": "standard", "total_max_attempts": 8}, connect_timeout=10, read_timeout=30)


def _session() -> dict[str, str]:
    """Whatever a role may do, this session only reads."""
    return {"RoleSessionName": "cdk-multi-account-org-check", "Policy": json.dumps(policy(OF_MEMBERS), separators=(",", ":"))}


def always_on(region: str) -> str:
    """A region of the same partition that is always on, and has what is global there."""
    found = {"cn-": "cn-northwest-1", "us-gov-": "us-gov-west-1", "eusc-": "eusc-de-east-1"}
    return next((place for start, place in found.items() if region.startswith(start)), "us-east-1")


def partition(region: str) -> str:
    starts = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
    return next((name for start, name in starts.items() if region.startswith(start)), "aws")


def _joined(whole: dict[str, Any], page: dict[str, Any]) -> dict[str, Any]:
    """With the lists of one more page, which may be inside of something."""
    joined = dict(whole)
    for name, value in page.items():
        before = whole.get(name)
        if isinstance(before, list) and isinstance(value, list):
            joined[name] = [*before, *value]
        else:
            joined[name] = _joined(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return joined


class Unanswered(Exception):
    """AWS was not asked, or did not say: what was missing."""

    def __init__(self, action: str, why: str, advice: str = "") -> None:
        super().__init__(why)
        self.advice = advice or f"allow {action}: `check --policy` prints all that is needed"


class Refused(Exception):
    """What AWS answers instead: its code says what is, or is not, there."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Aws:
    """Each question is asked once, and answered for whoever asks it again."""

    # an AWS that is nobody else's is not what DNS knows
    asks_dns = True

    def __init__(self, caller: boto3.Session, region: str) -> None:
        self.caller, self.region = caller, region
        self.calls: list[tuple[str, str, str]] = []
        self.account_id = ""
        self.identity: dict[str, Any] = {}
        self._roles: dict[str, list[str]] = {}
        self._sessions: dict[str, boto3.Session | Unanswered] = {}
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._answers: dict[tuple[str, ...], Any] = {}
        self._asked: set[str] = set()

    def lead(self, account_id: str, roles: Sequence[str]) -> None:
        """Roles by which an account can be read, the first that lets the caller in."""
        # a role of another account would only tell somebody there who asks
        self._roles[account_id] = [role for role in roles if role.split(":")[4:5] == [account_id]]

    @contextmanager
    def noting(self) -> Iterator[set[str]]:
        """The actions that what happens inside has needed, also those answered before."""
        outside, self._asked = self._asked, set()
        try:
            yield self._asked
        finally:
            self._asked = outside

    def who(self) -> dict[str, Any]:
        """Everybody may ask this, and where no region can be off."""
        if not self.identity:
            region = always_on(self.region)
            self.identity = self._client("", "sts", region).get_caller_identity()
            self.calls.append(("", region, "sts:GetCallerIdentity"))
            self.account_id = self.identity["Account"]
        return self.identity

    def ask(self, action: str, account_id: str = "", region: str = "", **parameters: Any) -> dict[str, Any]:
        """The answer, with all its pages. Raises `Unanswered`, or `Refused` for what is not there."""
        account_id = "" if account_id == self.account_id else account_id
        assert action in (*OPEN, *(OF_MEMBERS if account_id else OF_MANAGEMENT)), action
        region = region or self.region
        key = (account_id, region, action, json.dumps(parameters, sort_keys=True))
        if account_id:
            self._asked.add("sts:AssumeRole")
        if action not in OPEN:
            self._asked.add(action)
        if key not in self._answers:
            self._answers[key] = self._answer(action, account_id, region, parameters)
        if isinstance(answer := self._answers[key], Exception):
            raise answer
        return answer

    def assume(self, role: str, external_id: str = "") -> None:
        """Tries whether a role lets the caller in. Raises `Unanswered`."""
        shown = {"ExternalId": external_id} if external_id else {}
        self.ask("sts:AssumeRole", RoleArn=role, **_session(), **shown)

    def enter(self, account_id: str) -> str:
        """The role that let the caller in. Raises `Unanswered`."""
        self._asked.add("sts:AssumeRole")
        self._session(account_id)
        return self._roles[account_id][0]

    def _answer(self, action: str, account_id: str, region: str, parameters: dict[str, Any]) -> Any:
        service, method = call_of(action)
        try:
            client = self._client(account_id, service, region)
            if client.can_paginate(method):
                pages = client.get_paginator(method).paginate(**parameters)
                whole: dict[str, Any] = {}
                # also a page that is refused
                self.calls.append((account_id, region, action))
                for number, page in enumerate(pages):
                    if number:
                        self.calls.append((account_id, region, action))
                    whole = _joined(whole, page)
                return whole
            self.calls.append((account_id, region, action))
            return getattr(client, method)(**parameters)
        except Unanswered as error:
            return error
        except ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
            if code in _DENIED:
                return Unanswered(action, f"{action} is not allowed: {message}")
            if code in ("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"):
                return Unanswered(action, f"{action} was throttled", "ask again later")
            return Refused(code, message)
        except BotoCoreError as error:
            return Unanswered(action, f"{action} was not answered: {error}", "ask again once AWS can be reached")

    def _client(self, account_id: str, service: str, region: str) -> Any:
        key = (account_id, service, region)
        if key not in self._clients:
            session = self._session(account_id) if account_id else self.caller
            self._clients[key] = self.make(session, service, region)
        return self._clients[key]

    def make(self, session: boto3.Session, service: str, region: str) -> Any:
        """A client of boto3."""
        return session.client(service, region_name=region, config=_RETRIES)

    def _session(self, account_id: str) -> boto3.Session:
        if account_id not in self._sessions:
            self._sessions[account_id] = self._enter(account_id)
        if isinstance(session := self._sessions[account_id], Unanswered):
            raise session
        return session

    def _enter(self, account_id: str) -> boto3.Session | Unanswered:
        roles = self._roles.get(account_id, [])
        said = "the app names no role in it that could be assumed to look"
        for role in roles:
            self.calls.append(("", self.region, "sts:AssumeRole"))
            try:
                given = self._client("", "sts", self.region).assume_role(RoleArn=role, **_session())["Credentials"]
            except (ClientError, BotoCoreError) as error:
                said = f"sts:AssumeRole of {role} is not allowed: {error}"
                continue
            self._roles[account_id] = [role]
            return self._session_of(given)
        return Unanswered("sts:AssumeRole", f"account {account_id} cannot be read: {said}")

    def _session_of(self, given: dict[str, str]) -> boto3.Session:
        # reading the models of botocore anew takes longer than all questions about an account
        core = botocore.session.get_session()
        core.register_component("data_loader", self.caller._session.get_component("data_loader"))
        keys = given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
        return boto3.Session(*keys, botocore_session=core)
