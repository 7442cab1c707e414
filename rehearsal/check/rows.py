"""Questions about an app and its AWS, and their answers: a line of the table each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from check.aws import Aws, Refused, Unanswered


FAULT = "this check cannot read an answer"


class Group(Enum):
    FIRST_COMMAND = "before the first command"
    ACCOUNTS = "before accounts"
    SERVICES = "before services"


class Verdict(Enum):
    GOOD = "✔"
    BAD = "✘"
    UNKNOWN = "?"


@dataclass(frozen=True)
class Answer:
    verdict: Verdict
    # what is so
    found: str
    # what to do, unless all is well
    advice: str = ""


def good(found: str) -> Answer:
    return Answer(Verdict.GOOD, found)


def bad(found: str, advice: str) -> Answer:
    return Answer(Verdict.BAD, found, advice)


def unknown(found: str, advice: str) -> Answer:
    return Answer(Verdict.UNKNOWN, found, advice)


@dataclass(frozen=True)
class Question:
    group: Group
    # what is asked about, such as 'prod: region'
    subject: str
    answer: Callable[[], Answer]


@dataclass(frozen=True)
class Row:
    group: str
    subject: str
    verdict: str
    found: str
    advice: str
    # what the caller must be allowed to do for this answer
    actions: list[str] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        return asdict(self)


def answered(questions: Iterable[Question], aws: Aws) -> list[Row]:
    """One by one, as they are asked, in the order of their groups."""
    rows = []
    for question in questions:
        with aws.noting() as actions:
            try:
                answer = question.answer()
            except Unanswered as error:
                answer = unknown(str(error), error.advice)
            except Refused as error:
                answer = unknown(f"AWS answers {error.code}: {error}", "ask again, or look in the console")
            except Exception as error:  # of this check itself: the other rows are worth having
                answer = unknown(f"{FAULT}, {type(error).__name__}: {error}", "report it to the project, with this line")
        rows.append(
            Row(question.group.value, question.subject, answer.verdict.value, answer.found, answer.advice, sorted(actions))
        )
    order = [group.value for group in Group]
    return sorted(rows, key=lambda row: order.index(row.group))
