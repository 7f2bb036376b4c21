"""Facts that can be held against another paper's: what tells no value of its own day contradicts nobody.

Left out of every comparison are a value that its own report has replaced, a value of a row that begins with another day
than the fact's, a bound ("blasts > 20%"), and words that only speak of what may come, was offered or was never done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chartproof.chart.dates import find_dates
from chartproof.chart.derive.apart.corrected import corrected
from chartproof.chart.derive.one_each import meet
from chartproof.chart.derive.standing import takes_side
from chartproof.chart.derive.told.told_twice import denies
from chartproof.chart.find.transplant.weigh import BEFORE_IT_WAS_DONE
from chartproof.chart.view import Reading
from chartproof.model import Fact

#: Words of `no_side` in compared.yaml -> the concepts that such words make no side of.
NO_SIDE = {
    "hinders": ("active_infection",),
    "offered": ("class_exposure", "allogeneic_transplant", "autologous_transplant", "prior_car_t"),
}
#: Diseases that last: "no flare this year", "not without spirometry" deny none of them.
DISEASES = ("copd", "emphysema")
BOUND = re.compile(
    r"(?:[<>\u2264\u2265]|\b(?:over|under|above|below|more than|less than|at least|at most|up to|exceed\w*|threshold(?: of)?)) ?=?$",
    re.IGNORECASE,
)
#: What may stand before the day with which a row begins.
ROW_DAY = 4


def comparable(reading: Reading, facts: Sequence[Fact]) -> list[Fact]:
    """The facts without those that take no side."""
    lines = {(page.file, page.number): page.text for page in (one.page for one in reading.segments)}
    gone = set(replaced(reading, facts))
    return [
        fact for fact in facts
        if identity(fact) not in gone
        and fact.note != BEFORE_IT_WAS_DONE
        and not (fact.assertion == "present" and any(not takes_side(fact, name) for name, of in NO_SIDE.items() if fact.concept in of))
        and not (fact.concept in DISEASES and fact.assertion == "absent" and not denies(fact.evidence[0].quote, fact.concept))
        and not is_bound(fact)
        and not of_another_row(fact, lines)
    ]  # fmt: skip


def replaced(reading: Reading, facts: Sequence[Fact]) -> Iterator[tuple[object, ...]]:
    """The values that a later part of the same report has corrected, wherever that report gives them."""
    wrong = [one.a for one in corrected(reading)]
    return (identity(fact) for fact in facts for quote in fact.evidence for one in wrong if meet(quote, one))


def identity(fact: Fact) -> tuple[object, ...]:
    return fact.document, fact.concept, fact.value, fact.quantity


def is_bound(fact: Fact) -> bool:
    """Whether the number is the edge of a range: it is told nowhere but behind "over" or "<"."""
    low, high = (fact.quantity.low, fact.quantity.high) if fact.quantity else (None, None)
    if low is None or low != high or not fact.evidence:
        return False
    places = list(re.finditer(rf"(?<![\d.]){low:g}(?:\.0)?(?!\.?\d)", fact.evidence[0].quote))
    return bool(places) and all(BOUND.search(fact.evidence[0].quote[: one.start()]) for one in places)


def of_another_row(fact: Fact, pages: dict[tuple[str, int], str]) -> bool:
    """Whether the row from which a number comes begins with a day, and that is not the day of the fact."""
    if not fact.quantity or not fact.when or not fact.evidence:
        return False
    quote = fact.evidence[0]
    text = pages.get((quote.file, quote.page), "")
    start = text.rfind("\n", 0, quote.start + 1) + 1
    row = text[start : text.find("\n", start) if text.find("\n", start) >= 0 else len(text)]
    days = [day for left, _right, day in find_dates(row) if left <= ROW_DAY and day.exact]
    return bool(days) and not (fact.when.first <= days[0].last and days[0].first <= fact.when.last)
