"""Two documents that say different things of one measure or condition: shown side by side, with what stands and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from chartproof.model import Case, Conflict, Fact

#: Scores that differ within this many days before the request are worth a look; older ones are history.
LOOK_BACK_DAYS = 120
#: Ejection fractions of two studies differ by more than the method's own spread.
LVEF_SPREAD = 5
MEASURES = {"ecog": "performance status (ECOG)", "karnofsky": "performance status (Karnofsky)"}
CONDITIONS = {
    "copd": "COPD",
    "emphysema": "emphysema",
    "active_infection": "active infection",
    "prior_car_t": "earlier CAR-T",
    "allogeneic_transplant": "allogeneic transplant",
}
RETRACTED = ("entered in error", "taken back", "wrong chart", "wrong patient", "marked in error")


def disagreements(facts: Sequence[Fact], case: Case) -> Iterator[Conflict]:
    """At most one conflict for each measure and condition: what stands now against what speaks otherwise."""
    for concept, name in MEASURES.items():
        yield from scores(concept, name, facts, case)
    yield from fractions(facts)
    for concept, name in CONDITIONS.items():
        yield from conditions(concept, name, facts)


def scores(concept: str, name: str, facts: Sequence[Fact], case: Case) -> Iterator[Conflict]:
    """The latest score against the newest other value in another document."""
    counted = [fact for fact in dated(facts, concept) if (case.as_of - last_day(fact)).days <= LOOK_BACK_DAYS]
    if not counted:
        return
    newest = max(counted, key=strength)
    others = [
        fact for fact in counted if fact.quantity != newest.quantity and fact.rank and file_of(fact) != file_of(newest)
    ]
    if not others:
        return
    other = max(others, key=strength)
    if fact_day(other) == fact_day(newest):
        right = f"not settled: two scores of {fact_day(newest)}; ask the treating clinician"
    else:
        right = f"the score of {fact_day(newest)} is the newest; the other is of {fact_day(other)}"
    yield Conflict(name, other.evidence[0], newest.evidence[0], right)


def fractions(facts: Sequence[Fact]) -> Iterator[Conflict]:
    """The newest ejection fraction of a study against one that differs by more than the spread of the method."""
    known = [
        fact
        for fact in facts
        if fact.concept == "lvef" and fact.quantity and fact.assertion in ("present", "historical")
    ]
    studies = [fact for fact in known if fact.when and fact.assertion == "present"]
    if not studies:
        return
    newest = max(studies, key=strength)
    others = [fact for fact in known if apart(fact, newest) and fact.evidence[0] != newest.evidence[0]]
    if others:
        other = max(others, key=lambda fact: (file_of(fact) != file_of(newest), fact.when is not None, strength(fact)))
        yield Conflict(
            "LVEF",
            other.evidence[0],
            newest.evidence[0],
            f"the study of {fact_day(newest)} is the newest; an older value does not stand",
        )


def apart(one: Fact, other: Fact) -> bool:
    a, b = one.quantity, other.quantity
    if not a or not b or None in (a.low, a.high, b.low, b.high):
        return False
    return a.low - b.high >= LVEF_SPREAD or b.low - a.high >= LVEF_SPREAD  # type: ignore[operator]


def conditions(concept: str, name: str, facts: Sequence[Fact]) -> Iterator[Conflict]:
    """A statement that the patient has it against one that he has not, in different documents."""
    mine = [fact for fact in facts if fact.concept == concept and fact.evidence]
    denied = [fact for fact in mine if fact.assertion == "absent" and fact.signed]
    retracted = [fact for fact in mine if any(word in fact.note for word in RETRACTED)]
    claimed = [fact for fact in mine if fact.assertion == "present" and fact.signed] or retracted
    pairs = [(yes, no) for yes in claimed for no in denied if file_of(yes) != file_of(no)]
    if not pairs:
        return
    yes, no = max(pairs, key=lambda pair: (strength(pair[0]), strength(pair[1])))
    if yes in retracted:
        yield Conflict(name, yes.evidence[0], no.evidence[0], "no: the entry was taken back in the chart itself")
        return
    later, earlier = (yes, no) if strength(yes) >= strength(no) else (no, yes)
    yield Conflict(name, earlier.evidence[0], later.evidence[0], f"the statement of {fact_day(later)} is the newer one")


def dated(facts: Sequence[Fact], concept: str) -> list[Fact]:
    return [
        fact for fact in facts if fact.concept == concept and fact.assertion == "present" and fact.when and fact.signed
    ]


def strength(fact: Fact) -> tuple[str, int]:
    return (last_day(fact).isoformat() if fact.when else "", fact.rank)


def last_day(fact: Fact) -> date:
    return fact.when.last if fact.when else date.min


def fact_day(fact: Fact) -> str:
    return str(fact.when) if fact.when else "an unknown day"


def file_of(fact: Fact) -> tuple[str, str]:
    return (fact.evidence[0].file, fact.document)
