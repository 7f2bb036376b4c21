"""Facts by hand, for tests: `fact("ecog", "2026-04-21", number=1)`."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

from chartproof.model.chart import Chart, Coverage, Document
from chartproof.model.day import DayRange
from chartproof.model.fact import Assertion, Fact, Quantity, Span

ASSERTIONS = get_args(Assertion)


def days(text: str | None) -> DayRange | None:
    """'2026', '2026-03', '2026-03-14' or '2026-03-14/2026-03-20'."""
    if text is None:
        return None
    text = str(text)
    if "/" in text:
        first, last = text.split("/")
        return DayRange(date.fromisoformat(first), date.fromisoformat(last))
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return DayRange.year(parts[0])
    if len(parts) == 2:
        return DayRange.month(parts[0], parts[1])
    return DayRange.day(date(*parts))


def span(file: str = "note.pdf", page: int = 1, quote: str = "a quote", start: int = 0) -> Span:
    return Span(file, page, start, start + len(quote), quote)


def fact(concept: str, when: str | None = None, /, **given: Any) -> Fact:
    """`value` a state word, `number` or (`low`, `high`) a quantity in `unit`; the rest as in Fact."""
    quantity = given.pop("quantity", None)
    unit = given.pop("unit", "")
    if "number" in given:
        number = given.pop("number")
        quantity = Quantity(number, number, unit)
    elif "low" in given or "high" in given:
        quantity = Quantity(given.pop("low", None), given.pop("high", None), unit)
    known = days(given.pop("known", None))
    serial = given.pop("id", None) or f"{concept}|{when}|{sorted(given.items(), key=str)}|{quantity}"
    page = given.pop("page", 1)
    file = given.pop("file", "note.pdf")
    evidence = given.pop("evidence", (span(file, page, f"quote of {concept} {when}"),))
    return Fact(
        id=serial,
        concept=concept,
        assertion=given.pop("assertion", "present"),
        evidence=tuple(evidence),
        quantity=quantity,
        when=days(when),
        known=known,
        **given,
    )


def chart(*facts: Fact, coverage: tuple[Coverage, ...] = (), documents: tuple[Document, ...] = ()) -> Chart:
    return Chart(files=(), documents=documents, facts=facts, coverage=coverage, lines=(), conflicts=())
