"""Scores of performance status that do not agree: of one day, on two scales, in an addendum, or older ones elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from chartproof.chart.derive.standing import nearest, takes_side
from chartproof.chart.find.performance.scales import OF_A_STAY
from chartproof.chart.segments import COPY
from chartproof.chart.vocabulary import load
from chartproof.model import Case, Conflict, Fact

#: Scores that differ within this many days before the request are worth a look; older ones are a change over time.
LOOK_BACK_DAYS = 60
#: An older one of another file that would decide otherwise may be read by the plan as the present one: shown as a change.
CHANGE_DAYS = 120
WEAK = {"ecog": 2, "karnofsky": 60}
#: Scores of so many days are of one state: of those that agree the one is shown that counts the most.
SAME_STATE_DAYS = 14
#: A Karnofsky score moves by one step of ten from visit to visit without anybody contradicting anybody.
STEP = {"karnofsky": 10}
#: The Karnofsky scores that go with each ECOG grade, a step of ten to either side.
KARNOFSKY_OF = {0: (80, 100), 1: (60, 90), 2: (40, 70), 3: (20, 50), 4: (0, 30), 5: (0, 0)}
MEASURES = {"ecog": "performance status (ECOG)", "karnofsky": "performance status (Karnofsky)"}


def scores(
    concept: str, name: str, facts: Sequence[Fact], case: Case, kinds: Mapping[str, str]
) -> Iterator[Conflict]:  # fmt: skip
    """Two authors of one day side by side; else the latest score against the newest other value elsewhere."""
    told = [fact for fact in dated(facts, concept) if takes_side(fact, "retold", "repeated")]
    counted = [fact for fact in told if 0 <= (case.as_of - last_day(fact)).days <= LOOK_BACK_DAYS]
    originals = [fact for fact in counted if fact.rank]
    if not originals:
        return
    newest = max(originals, key=strength)
    pair = of_one_day(originals)
    if pair:
        one, other = pair
        right = f"not settled: two scores of {fact_day(one)}; ask the treating clinician"
        yield Conflict(name, other.evidence[0], one.evidence[0], right)
        if last_day(one) == last_day(newest):
            return
    yield from amended(name, originals)
    latest = max(counted, key=strength)
    step = STEP.get(concept, 0)
    alike = (
        one
        for one in originals
        if (last_day(latest) - last_day(one)).days <= SAME_STATE_DAYS and not differ(one, latest, 0)
    )
    latest = nearest(alike, kinds) or latest
    stays = load("contradictions.yaml")["sources"]["stay"]
    before = [
        one for one in told
        if one.rank and recent(one, case, weak(one) != weak(latest) and kinds.get(one.document) not in stays)
    ]  # fmt: skip
    others = [
        fact
        # What a note copies from an earlier one is read there as of its own day, however old it is.
        for fact in (*before, *(fact for fact in told if fact.note == COPY))
        if differ(fact, latest, step)
        and (file_of(fact) != file_of(latest) or fact.note == COPY)
        and fact not in (pair or ())
        and fact.note != OF_A_STAY
    ]
    if others:
        other = max(others, key=strength)
        right = f"the score of {fact_day(latest)} is the newest; the other is of {fact_day(other)}"
        yield Conflict(name, other.evidence[0], latest.evidence[0], right)


def recent(fact: Fact, case: Case, decides: bool) -> bool:
    return 0 <= (case.as_of - last_day(fact)).days <= (CHANGE_DAYS if decides else LOOK_BACK_DAYS)


def weak(fact: Fact) -> bool:
    """Whether the score is one for which plans refuse: half of the day in bed or worse."""
    low, high = (fact.quantity.low or 0, fact.quantity.high or 0) if fact.quantity else (0, 0)
    return low >= WEAK["ecog"] if fact.concept == "ecog" else high <= WEAK["karnofsky"]


def of_one_day(facts: Sequence[Fact]) -> tuple[Fact, Fact] | None:
    """The newest two scores of one day that differ."""
    for one in sorted(facts, key=strength, reverse=True):
        for other in facts:
            if last_day(other) == last_day(one) and differ(one, other, 0):
                return one, other
    return None


def amended(name: str, facts: Sequence[Fact]) -> Iterator[Conflict]:
    """A score that an addendum to the same note sets right."""
    for later in facts:
        for fact in facts:
            if later.rank > fact.rank and file_of(later) == file_of(fact) and differ(later, fact, 0):
                right = f"the addendum of {fact_day(later)} stands; the note below it says otherwise"
                yield Conflict(name, fact.evidence[0], later.evidence[0], right)
                return


def scales(facts: Sequence[Fact], case: Case) -> Iterator[Conflict]:
    """An ECOG and a Karnofsky score of one day that do not speak of the same patient's state."""
    ecog, karnofsky = (
        [
            fact
            for fact in dated(facts, concept)
            if fact.rank and 0 <= (case.as_of - last_day(fact)).days <= LOOK_BACK_DAYS
        ]
        for concept in ("ecog", "karnofsky")
    )
    pairs = [
        (one, other)
        for one in ecog
        for other in karnofsky
        if last_day(one) == last_day(other) and file_of(one) != file_of(other) and unlike(one, other)
    ]
    if pairs:
        one, other = max(pairs, key=lambda pair: strength(pair[0]))
        right = f"not settled: two scales of {fact_day(one)} that do not agree; ask the treating clinician"
        yield Conflict("performance status", one.evidence[0], other.evidence[0], right)


def unlike(ecog: Fact, karnofsky: Fact) -> bool:
    grade, score = ecog.quantity, karnofsky.quantity
    if not grade or not score or None in (grade.low, grade.high, score.low, score.high):
        return False
    low, high = KARNOFSKY_OF[int(grade.high or 0)][0], KARNOFSKY_OF[int(grade.low or 0)][1]
    return bool((score.high or 0) < low or (score.low or 0) > high)


def differ(one: Fact, other: Fact, step: float) -> bool:
    """Whether the intervals lie apart by more than `step`; "ECOG 1-2" agrees with 1."""
    a, b = one.quantity, other.quantity
    if not a or not b or a.low is None or a.high is None or b.low is None or b.high is None:
        return False
    return a.low - b.high > step or b.low - a.high > step


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
