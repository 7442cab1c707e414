"""Switches that make the emulated AWS fail, and the log of the calls that cannot be undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Failing:
    message: str
    only: str


@dataclass
class Faults:
    """`with emulator.faults.email_taken('aws+prod@acme.example'): …`: the fault ends with the block."""

    taken_emails: set[str] = field(default_factory=set)
    account_limit: int | None = None
    creation_in_progress: bool = False
    bucket_policies_unseen: bool = False
    failing_types: dict[str, Failing] = field(default_factory=dict)
    slow_emails: set[str] = field(default_factory=set)
    disturbed_calls: list[str] = field(default_factory=list)

    @contextmanager
    def email_taken(self, email: str) -> Iterator[None]:
        """Another AWS customer holds the address."""
        self.taken_emails.add(email.lower())
        try:
            yield
        finally:
            self.taken_emails.discard(email.lower())

    @contextmanager
    def account_limit_of(self, accounts: int) -> Iterator[None]:
        """The organization may hold so many accounts, the management account included."""
        before, self.account_limit = self.account_limit, accounts
        try:
            yield
        finally:
            self.account_limit = before

    @contextmanager
    def account_creation_in_progress(self) -> Iterator[None]:
        """Somebody else is creating an account in this organization right now."""
        self.creation_in_progress = True
        try:
            yield
        finally:
            self.creation_in_progress = False

    @contextmanager
    def without_bucket_policies(self) -> Iterator[None]:
        """CloudTrail does not see any bucket policy: it is not there yet, or not yet in force."""
        self.bucket_policies_unseen = True
        try:
            yield
        finally:
            self.bucket_policies_unseen = False

    @contextmanager
    def failing(self, resource_type: str, message: str = "Internal Failure", only: str = "") -> Iterator[None]:
        """Every creation or update of a resource of this type fails, in stacks with this in their name."""
        self.failing_types[resource_type] = Failing(message, only)
        try:
            yield
        finally:
            self.failing_types.pop(resource_type, None)

    @contextmanager
    def slow_account(self, email: str) -> Iterator[None]:
        """The creation of this account takes longer than CloudFormation waits for it. The account exists afterwards."""
        self.slow_emails.add(email)
        try:
            yield
        finally:
            self.slow_emails.discard(email)

    @contextmanager
    def concurrent_modification(self, operation: str, times: int = 1) -> Iterator[None]:
        """Something else changes the organization while this operation is called: so many calls are refused."""
        self.disturbed_calls += [operation] * times
        try:
            yield
        finally:
            self.disturbed_calls.clear()

    def clear(self) -> None:
        self.slow_emails.clear()
        self.disturbed_calls.clear()
        self.taken_emails.clear()
        self.failing_types.clear()
        self.account_limit = None
        self.creation_in_progress = False
        self.bucket_policies_unseen = False


@dataclass(frozen=True)
class Call:
    name: str
    account_id: str
    email: str
    outcome: str


faults = Faults()
calls: list[Call] = []


def calls_of(name: str, outcome: str | None = None) -> list[Call]:
    return [call for call in calls if call.name == name and outcome in (None, call.outcome)]
