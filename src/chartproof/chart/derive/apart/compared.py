"""Every concept of which two papers tell another thing, whatever it is: a new one is compared without a rule of its own.

Over how many days two facts of one concept must agree is data: knowledge/vocabulary/compared.yaml. What a paper tells
and another one that counts as much bears out is a change or an opinion; what no other bears out is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from chartproof.chart.derive.apart.scores_apart import KARNOFSKY_OF
from chartproof.chart.derive.standing import pattern, takes_side
from chartproof.chart.derive.told.telling import source_of
from chartproof.chart.view import Reading
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Document, Fact

#: Half a step of ten: scores on two scales are compared by the Karnofsky scores that go with them.
HALF_STEP = 5
SCORES = ("ecog", "karnofsky", "lansky", "pps")
#: Words that take no side -> the concepts of which they take none; () of all.
SIDES = {
    "beside": (),
    "repeated": (),
    "offered": ("autologous_transplant", "allogeneic_transplant", "prior_car_t"),
    "hinders": ("active_infection", *SCORES),
    "retold": SCORES,
}


@dataclass(frozen=True, slots=True)
class Told:
    """One telling: a word, or the interval of a number; `rank` is the weight of whoever says it, its `source`."""

    name: str
    fact: Fact
    value: str
    low: float
    high: float
    rank: int
    day: date | None

    source: str

    @property
    def strength(self) -> tuple[int, bool, int, int, int]:
        """Who says it, whether a number stands with it, and how new it is; of what lasts whoever told it first, unless
        he denies it: the others have it from him. Of one paper what stands further down: the assessment."""
        day = self.day.toordinal() if self.day else 0
        first = self.name in data()["lasting"] and self.value != "no"
        place = self.fact.evidence[0]
        return self.rank, self.fact.quantity is not None, -day if first else day, place.page, place.start


def compared(reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """What a paper tells of a matter and no other bears out, beside the strongest one that tells another thing of it."""
    documents = {one.id: one for one in reading.documents}
    by_matter: dict[tuple[str, str], list[Told]] = {}
    for fact in facts:
        document = documents.get(fact.document)
        if document and said(fact, asked):
            for matter in matters(fact):
                told = told_of(fact, matter[0], document)
                sides = data()["sides"].get(matter[0])
                if told and (not sides or told.source in (*sides["stands"], *sides["against"])):
                    by_matter.setdefault(matter, []).append(told)
    for (name, about), known in sorted(by_matter.items()):
        yield from of_matter(name, about, known)


def said(fact: Fact, asked: date) -> bool:
    """Whether somebody says up to the day asked that it is, or is not, so of this patient."""
    told = fact.assertion in ("present", "historical", "absent") or planned(fact)
    return (
        told
        and bool(fact.evidence)
        and fact.concept not in data()["never"]
        and takes_side(fact, *(name for name, of in SIDES.items() if not of or fact.concept in of))
        and not (fact.known and fact.known.first > asked)
    )


def planned(fact: Fact) -> bool:
    """Whether the fact gives the day for which something is planned once, which every paper ought to give."""
    if fact.assertion != "planned" or fact.concept not in data()["planned"] or not fact.when or not fact.when.exact:
        return False
    return bool(pattern(data()["planned_for"][fact.concept]).search(fact.evidence[0].quote))


def matters(fact: Fact) -> Iterator[tuple[str, str]]:
    """The concept, or those that it tells of too, with what it is about where its value names that."""
    about = str(fact.value or "") if fact.concept in data()["about_value"] else ""
    for name in data()["tells"].get(fact.concept, [fact.concept]):
        yield name, about


def told_of(fact: Fact, name: str, document: Document) -> Told | None:
    kind = load("concepts.yaml")["concepts"].get(name, {"type": "number"})["type"]
    if name in data()["planned"] and not planned(fact):
        return None
    day = fact.when.last if fact.when else fact.known.last if fact.known else None
    by_clinician = name in data()["lasting"] or name in data()["examined"]
    order = data()["history_order"] if by_clinician else load("contradictions.yaml")["order"]
    source = source_of(document, fact.signed)
    rank = len(order) - order.index(source)
    if name == "smoking status":
        status = fact.extra.get("status", "")
        return Told(name, fact, status, 0, 0, rank, day, source) if status in ("current", "former") else None
    if kind == "number":
        low, high = (fact.quantity.low, fact.quantity.high) if fact.quantity else (None, None)
        known = low is not None and high is not None and fact.assertion != "absent"
        return Told(name, fact, "", low or 0, high or 0, rank, day, source) if known else None
    named = kind == "state" and fact.concept not in data()["about_value"]
    if planned(fact):
        return Told(name, fact, str(fact.when), 0, 0, rank, fact.known.last if fact.known else None, source)
    value = "no" if fact.assertion == "absent" else str(fact.value) if named else "yes"
    return Told(name, fact, value, 0, 0, rank, day, source)


def of_matter(name: str, about: str, known: Sequence[Told]) -> Iterator[Conflict]:
    shown: set[str] = set()
    for other in sorted(known, key=lambda one: one.strength, reverse=True):
        if other.fact.document in shown or len(shown) == data()["most"] or borne_out(other, known):
            continue
        against = [one for one in known if one.strength > other.strength and opposed(one, other)]
        if against:
            shown.add(other.fact.document)
            best = max(against, key=lambda one: beside(one, other))
            what = str(data()["names"].get(name) or about or name).replace("_", " ")
            yield Conflict(what, other.fact.evidence[0], best.fact.evidence[0], right(best, other))


def beside(one: Told, other: Told) -> tuple[int, int, tuple[int, bool, int, int, int]]:
    """Of those who say otherwise the one that counts most, of a state of the day the one nearest to it."""
    apart = abs((one.day - other.day).days) if one.day and other.day and one.name not in data()["lasting"] else 0
    return one.rank, -apart, one.strength


def opposed(one: Told, other: Told) -> bool:
    same = one.fact.document == other.fact.document and one.name not in data()["within"]
    sides = data()["sides"].get(one.name)
    if sides and (one.source not in sides["stands"] or other.source not in sides["against"]):
        return False
    return not same and differ(one, other) and near(one, other)


def borne_out(other: Told, known: Sequence[Told]) -> bool:
    """Whether another paper that counts as much tells the same of the same days; not one that tells both, or quotes."""
    alike = [
        one for one in known
        if one.fact.document != other.fact.document and one.rank >= other.rank and one.fact.signed and one.fact.rank
        and not differ(one, other) and near(one, other)
    ]  # fmt: skip
    both = {one.fact.document for one in known if differ(one, other) and near(one, other)}
    return any(one.fact.document not in both for one in alike)


def differ(one: Told, other: Told) -> bool:
    if one.value != other.value:
        return True
    if one.name == "performance" and one.fact.concept != other.fact.concept:
        (low, high), (other_low, other_high) = as_karnofsky(one), as_karnofsky(other)
        return low > other_high or other_low > high
    least = data()["apart"].get(one.fact.concept) or data()["share"] * max(one.high, other.high)
    return max(one.low - other.high, other.low - one.high) > least


def as_karnofsky(one: Told) -> tuple[float, float]:
    if one.fact.concept == "ecog":
        return KARNOFSKY_OF[int(one.high)][0], KARNOFSKY_OF[int(one.low)][1]
    return one.low - HALF_STEP, one.high + HALF_STEP


def near(one: Told, other: Told) -> bool:
    """Whether the two must agree: of what lasts, a denial being one of what was before; else of one day, or of so few
    days where one of them is a weak paper, which gives what it was told and no state of its own day."""
    if one.name in data()["planned"]:
        return True
    if one.name in data()["lasting"]:
        yes, no = (one, other) if other.value == "no" else (other, one)
        return no.value != "no" or yes.value == "no" or no.day is None or yes.day is None or yes.day <= no.day
    weak = one.source in data()["weak"] or other.source in data()["weak"]
    days = data()["days"].get(one.name, 0) if weak else 0
    return bool(days) if one.day is None or other.day is None else abs((one.day - other.day).days) <= days


def right(best: Told, other: Told) -> str:
    says = data()["right"]["stronger" if best.rank > other.rank else "even"]
    return str(says).format(day=best.day or "an unknown day", other=other.day or "an unknown day")


@cache
def data() -> dict[str, Any]:
    return dict(load("compared.yaml"))
