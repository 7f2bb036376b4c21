"""One line of our words for a fact, a leaf's gap, and why a fact was passed over. No quote is ever rewritten here."""

from __future__ import annotations

from datetime import date

from chartproof.model.day import DayRange
from chartproof.model.fact import Fact, Quantity
from chartproof.model.rows import Leaf

#: Units that are not printed after a number.
SILENT_UNITS = frozenset({"", "grade", "lines"})

PASSED_OVER = {
    "contradicts": "says the opposite",
    "disagrees": "disagrees on the same day",
    "differs": "another value of the same day",
    "superseded": "superseded by a later correction",
    "unsigned": "unsigned, so it does not count",
    "unanchored": "no quote was found for it",
    "planned": "planned or hypothetical, not done",
    "family": "about another person",
    "historical": "history, not the present state",
    "stale": "older than the window",
    "undated": "without a date",
    "straddles": "date too imprecise for the window",
    "future": "dated after the request",
    "not_yet_known": "not yet known on the chosen day",
    "earlier": "an earlier statement",
}

GAPS = {
    "no_evidence": "the chart does not say",
    "stale": "only older than the window",
    "conflicting": "statements conflict",
    "unsigned": "only in an unsigned document",
    "unit_unusable": "the value has no usable unit",
    "date_imprecise": "the date is too imprecise",
    "term_undefined": "a term is not defined",
    "needs_judgement": "needs a human judgement",
    "untranslated": "not encoded, needs a human judgement",
    "unanchored": "no quote was found for it",
    "absent_and_covered": "not in a record that says it is complete",
    "not_applicable": "not asked for",
}


def words(value: str) -> str:
    return value.replace("_", " ")


def amount(quantity: Quantity) -> str:
    """'58 %', '50-55 %', 'below 5 mg/dL'."""
    low, high = quantity.low, quantity.high
    unit = "" if quantity.unit in SILENT_UNITS else f" {quantity.unit}"
    if low is None and high is None:
        return "without a number"
    if low is None:
        return f"at most {high:g}{unit}"
    if high is None:
        return f"at least {low:g}{unit}"
    return f"{low:g}{unit}" if low == high else f"{low:g}-{high:g}{unit}"


def what(fact: Fact, leaf: Leaf) -> str:
    """The statement without its date: 'ECOG 1', 'HIV: negative', 'earlier CAR-T product: stated absent'."""
    if fact.assertion == "absent":
        return f"{leaf.label}: stated absent"
    if fact.quantity is not None:
        return f"{leaf.label} {amount(fact.quantity)}"
    if fact.value:
        return f"{leaf.label}: {words(fact.value)}"
    return leaf.label


def age_of(when: DayRange, as_of: date) -> str:
    """'13 days before the request', counted from the last possible day."""
    days = (as_of - when.last).days
    if days == 0:
        return "on the day of the request"
    if days < 0:
        return "around the day of the request" if when.first <= as_of else "after the request"
    return f"{days} day{'s' if days != 1 else ''} before the request"


def sentence(fact: Fact, leaf: Leaf, as_of: date) -> str:
    """'ECOG 1 on 2026-04-21 (13 days before the request)'."""
    if fact.when is None:
        return f"{what(fact, leaf)}, undated"
    joint = "on" if fact.when.exact else "in"
    return f"{what(fact, leaf)} {joint} {fact.when} ({age_of(fact.when, as_of)})"


def gap(leaf: Leaf, reason: str) -> str:
    """'HIV: the chart does not say', with the window where there is one."""
    if leaf.measure == "constant":
        return leaf.text or leaf.label
    window = f" of {leaf.window_days} days" if reason == "stale" and leaf.window_days else ""
    return f"{leaf.label}: {GAPS.get(reason, words(reason))}{window}"


def why_not(fact: Fact, leaf: Leaf, role: str, as_of: date) -> str:
    """A note on a fact that was passed over; it begins with file and page."""
    place = f"{fact.evidence[0].file} p. {fact.evidence[0].page}: " if fact.evidence else ""
    return f"{place}{sentence(fact, leaf, as_of)}: {PASSED_OVER.get(role, words(role))}"
