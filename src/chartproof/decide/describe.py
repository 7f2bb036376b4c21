"""One line of our words for a fact, a leaf's gap, and why a fact was passed over. No quote is ever rewritten here.

The words are data: knowledge/vocabulary/shows.yaml. Here is only which of them is taken and what fills its places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files

import yaml

from chartproof.model.day import DayRange
from chartproof.model.fact import Fact, Quantity
from chartproof.model.rows import Leaf

#: Units that are not printed after a number, and those that stand close to it.
SILENT_UNITS = frozenset({"", "grade", "lines"})
CLOSE_UNITS = frozenset({"%"})


@cache
def wording() -> Mapping[str, Mapping[str, str | Mapping[str, str]]]:
    """The sections of shows.yaml."""
    text = files("chartproof").joinpath("knowledge", "vocabulary", "shows.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str | dict[str, str]]] = yaml.load(
        text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    return found


def _plain(section: str, key: str, other: str = "") -> str:
    found = wording()[section].get(key, other)
    return found if isinstance(found, str) else other


def words(value: str) -> str:
    """A state word as it is printed: 'large_b_cell_lymphoma' is large B-cell lymphoma."""
    return _plain("values", value) or value.replace("_", " ")


def amount(quantity: Quantity) -> str:
    """'58%', '50-55%', 'at most 5 mg/dL'."""
    low, high = quantity.low, quantity.high
    space = "" if quantity.unit in CLOSE_UNITS else " "
    unit = "" if quantity.unit in SILENT_UNITS else f"{space}{quantity.unit}"
    if low is None and high is None:
        return "without a number"
    if low is None:
        return f"at most {high:g}{unit}"
    if high is None:
        return f"at least {low:g}{unit}"
    return f"{low:g}{unit}" if low == high else f"{low:g}-{high:g}{unit}"


def what(fact: Fact, leaf: Leaf) -> str:
    """The statement without its date: 'ECOG 1', 'HIV: negative', 'ECOG: two readings of the scan disagree: 1 / 7'."""
    if fact.doubt:
        return _plain("default", _doubt_of(fact)).format(name=leaf.label, doubt=fact.doubt)
    own = wording()["what"].get(fact.concept, {})
    keys = _outcomes(fact)
    template = next((own[key] for key in keys if key in own), "") if isinstance(own, dict) else ""
    template = template or next(found for key in keys if (found := _plain("default", key)))
    return template.format(
        name=leaf.label, value=words(fact.value or ""), amount=amount(fact.quantity) if fact.quantity else ""
    )


def _outcomes(fact: Fact) -> tuple[str, ...]:
    """What the fact says, the most particular first: its state word, or number, present, absent, planned ..."""
    if fact.assertion != "present":
        return (fact.assertion,)
    if fact.quantity is not None:
        return ("one", "number") if fact.quantity.low == fact.quantity.high == 1 else ("number",)
    return (fact.value, "state", "present") if fact.value else ("present",)


def age_of(when: DayRange, as_of: date) -> str:
    """'13 days before', counted from the last possible day to the day of the request."""
    days = (as_of - when.last).days
    if days == 0:
        return "on the day of the request"
    if days < 0:
        return "around the day of the request" if when.first <= as_of else "after the request"
    return f"{days} day{'s' if days != 1 else ''} before"


def parts(fact: Fact, leaf: Leaf, as_of: date) -> tuple[str, str]:
    """The statement and how its day stands after it: ('ECOG 1', ' (2026-04-21, 13 days before)')."""
    if fact.when is None:
        return what(fact, leaf), _plain("day", "undated")
    day = _plain("day", fact.assertion).format(day=fact.when, age=age_of(fact.when, as_of))
    return what(fact, leaf), day


def sentence(fact: Fact, leaf: Leaf, as_of: date) -> str:
    """'ECOG 1 (2026-04-21, 13 days before)', 'chest x-ray planned for 2026-05-06'."""
    return "".join(parts(fact, leaf, as_of))


def gap(leaf: Leaf, reason: str) -> tuple[str, str]:
    """('HIV', ': the chart does not say'), with the window where there is one."""
    if leaf.measure == "constant":
        return leaf.text or leaf.label, ""
    if reason == "stale" and not leaf.window_days:
        return leaf.label, ": out of date"
    template = _plain("gap", reason) or ": " + reason.replace("_", " ")
    return leaf.label, template.format(window=leaf.window_days)


def _doubt_of(fact: Fact) -> str:
    """Two readings of a scan, or two places of the chart, that disagree."""
    return "disputed" if {"still_open", "taken_back"} & set(fact.extra) else "doubted"


def joined(said: Iterable[tuple[str, str]]) -> str:
    """Statements in one line; those that end alike share their end: 'HIV: negative, HBsAg: negative (2026-03-12)'."""
    by_end: dict[str, list[str]] = {}
    for statement, end in dict.fromkeys(said):
        by_end.setdefault(end, []).append(statement)
    return "; ".join(", ".join(statements) + end for end, statements in by_end.items())


def nearest(fact: Fact, leaf: Leaf, role: str, as_of: date) -> str:
    """What the chart has instead of an answer, after its name: 'planned for 2026-05-06, no result in the chart yet'."""
    key = role
    if fact.doubt:
        key = _doubt_of(fact)
    elif fact.when is None:
        key = "undated" if role in ("stale", "historical") else role if role == "undated" else f"{role}_undated"
    elif role == "stale" and not leaf.window_days:
        key = "historical"
    return _plain("nearest", key).format(
        day=fact.when or "",
        age=age_of(fact.when, as_of) if fact.when else "",
        window=leaf.window_days,
        doubt=fact.doubt,
    )


def why_not(fact: Fact, leaf: Leaf, role: str, as_of: date) -> str:
    """A note on a fact that was passed over; it begins with file and page."""
    place = f"{fact.evidence[0].file} p. {fact.evidence[0].page}: " if fact.evidence else ""
    template = _plain("passed_over", role) or "{line}: " + role.replace("_", " ")
    return place + template.format(line=sentence(fact, leaf, as_of))
