"""Facts that stand on the day of the request, and small questions about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Fact

#: Kinds of documents in which a clinician speaks.
CLINICIANS = ("clinic_note", "consult_note", "provider_letter", "committee", "treatment_summary", "attestation")


def standing(facts: Sequence[Fact], concept: str, asked: date, *assertions: str) -> list[Fact]:
    """Signed and dated facts of the patient up to the day of the request."""
    wanted = assertions or ("present",)
    return [
        fact
        for fact in facts
        if fact.concept == concept
        and fact.assertion in wanted
        and fact.signed
        and fact.when
        and fact.when.first <= asked
    ]


def within(fact: Fact, asked: date, days: int) -> bool:
    return asked - last_day(fact) <= timedelta(days=days)


def holds(fact: Fact, number: float) -> bool:
    low, high = fact.quantity.low if fact.quantity else None, fact.quantity.high if fact.quantity else None
    return (low is None or low <= number) and (high is None or number <= high)


def amount(fact: Fact) -> str:
    low, high = (fact.quantity.low, fact.quantity.high) if fact.quantity else (None, None)
    return f"{low:g}" if low is not None and low == high else f"{low or 0:g}-{high or 0:g}"


def takes_side(fact: Fact, *but: str) -> bool:
    """Whether the fact's words say for or against: none of the `no_side` of compared.yaml named in `but` holds.

    `beside` counts for denials alone: whoever was given nothing *else* agrees with whoever names the one.
    """
    words, quote = load("compared.yaml")["no_side"], fact.evidence[0].quote if fact.evidence else ""
    return not any(pattern(words[name]).search(quote) for name in but if name != "beside" or fact.assertion == "absent")


def nearest(facts: Iterable[Fact], kinds: Mapping[str, str]) -> Fact | None:
    """Of facts that say the same of one state the one to show: a clinician's own note before minutes that retell it,
    either before a nurse's row or a list, and the newest of those."""
    order = load("compared.yaml")["shown_first"]
    return max(
        facts,
        key=lambda fact: (order.get(kinds.get(fact.document, ""), 0), last_day(fact), fact.rank),
        default=None,
    )


def last_day(fact: Fact) -> date:
    return fact.when.last if fact.when else date.min


@cache
def pattern(text: str) -> Expression:
    return Expression(text, re.IGNORECASE)
