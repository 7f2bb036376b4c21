"""The steps that are open after a denial, in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Answer:
    """What the one who decides must do; `due` is the day by which, if the step is taken on `sent`.

    Both are None where the step has no day of its own yet.
    """

    rule: str
    says: str
    sent: date | None = None
    due: date | datetime | None = None
    if_late: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One rung.

    stands     past; missed (its last day is over); now; with (filed together with the step `beside`); later (waits for a decision that has not come)
    form       what authorizes the one who asks, or that none is needed
    send, to   what goes where; `contact` is how, from the letter's own words where it gives them
    due        the last day by law or letter, None where none can be told yet; `safe_due` the working day to act by
    earliest   True where `due` is only the earliest day on which the time can end
    after      the step whose decision this one waits for
    period     the time in words, always
    certify    what the physician says to make it urgent; empty where the step is not an urgent one
    rules      ids of knowledge/law, `citations` where they stand; `verified` False where one of them is from memory
    """

    id: str
    name: str
    stands: Literal["past", "missed", "now", "with", "later"]
    who: str
    form: str
    how: str
    send: tuple[str, ...]
    to: str
    contact: str
    period: str
    due: date | datetime | None = None
    safe_due: date | datetime | None = None
    earliest: bool = False
    beside: str = ""
    after: str = ""
    certify: str = ""
    answers: tuple[Answer, ...] = ()
    notes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    verified: bool = True
