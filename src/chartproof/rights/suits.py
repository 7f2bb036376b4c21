"""The time to sue, as a letter states it: a period, a day, or the end of a year that the denial fixes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from chartproof.model import Span, StatedDeadline
from chartproof.rights.charges import charge_rows
from chartproof.rights.dates import dates_in, month_number
from chartproof.rights.periods import Period, periods_in
from chartproof.rights.steps import named, word
from chartproof.rights.text import Letter
from chartproof.rights.told import Told, act_of

#: "December 31 of the third year after the year in which ..." the plan denied (5 CFR 890.107(d)(4)).
_YEARS_AFTER = re.compile(
    r"\b(?:December 31|(?:end|last day)) of the (?P<nth>first|second|third|1st|2nd|3rd) (?:calendar )?year (?:after|following) (?:the )?(?:one|year)[^.;]{0,60}\b(?:deni|refus|declin|disallow|(?P<care>(?:services?|care|treatment|supplies)\b))",
    re.I,
)
#: The day of the decision that an appeal was of, without its year.
_DECISION_OF = re.compile(
    r"\b(?:decision|denial|refusal|determination|letter|notice)s?,?(?: of| dated| on)? (?P<month>[A-Z][a-z]{2,8})\.? (?P<day>\d{1,2})\b"
    r"|\b(?P<month2>[A-Z][a-z]{2,8})\.? (?P<day2>\d{1,2}),? (?:decision|denial|refusal|determination)\b"
)


def denied_in(letter: Letter, kind: str, dated: date) -> int | None:
    """The year of the denial: this letter's; of an appeal's answer that of the day it names, the last such day before it."""
    if kind not in ("upheld_appeal", "final_internal"):
        return dated.year
    for match in _DECISION_OF.finditer(letter.flat):
        month, day = month_number(match["month"] or match["month2"]), int(match["day"] or match["day2"])
        if month and (month, day) != (dated.month, dated.day):
            return dated.year if (month, day) < (dated.month, dated.day) else dated.year - 1
    return None


def served_in(letter: Letter) -> int | None:
    """The year of all the care on a statement of charges; None where none is printed, or several are."""
    years = {day.year for row in charge_rows(letter).values() for _match, day in dates_in(row)}
    return next(iter(years)) if len(years) == 1 else None


_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}


def court(told: Told, place: Span, denied: int | None) -> Iterator[StatedDeadline]:
    """The time to sue, as a period or as a day that only a later event fixes."""
    if not (word("lawsuit").search(told.text) or _of_suit(told)):
        return
    for period in periods_in(told.text):
        act = court_act(told, period)
        led = word("lawsuit_time").search(told.text[: period.start])
        if word("lawsuit").search(act) and led and period.unit != "hour" and (period.unit == "month" or not named(act)):
            day = next((day for match, day in dates_in(told.text) if match.start() > period.end), None)
            yield StatedDeadline(
                "lawsuit", on=day, months=period.amount if period.unit == "month" else None,
                days=period.amount if period.unit == "day" else None, counted_from="decision_date", span=place,
            )  # fmt: skip
            return
    counted = _YEARS_AFTER.search(told.text)
    if counted:  # where the year of the denial is not printed, the day is the reader's to tell
        year = told.served if counted["care"] else denied
        day = date(year + _NTH[counted["nth"].lower()], 12, 31) if year else None
        yield StatedDeadline("lawsuit", on=day, counted_from="decision_date", span=place)
        return
    last = re.search(r"\b(?:by|later than|before|not after|until|on) (?=December 31|the end|[A-Z][a-z]+ \d)", told.text)
    if last:
        day = next((day for match, day in dates_in(told.text) if match.start() >= last.end()), None)
        yield StatedDeadline("lawsuit", on=day, span=place)


def _of_suit(told: Told) -> bool:
    """Whether "it" stands for the lawsuit that the sentence before speaks of."""
    refers = re.search(
        r"\b(?:it|this|that|they|one) (?:must |has to |is to |shall |may |can )?(?:be |not be )?(?:filed|brought|started|begun|commenced)\b",
        told.text,
        re.I,
    )
    return refers is not None and word("lawsuit").search(told.previous) is not None


def court_act(told: Told, period: Period) -> str:
    """The part of a sentence that a period stands in; with the suit before it that it speaks of."""
    act = act_of(told, period)
    return f"{told.previous} {act}" if _of_suit(told) and not named(act) else act
