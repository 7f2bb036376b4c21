"""A class of drugs of which one was prescribed and never taken is no exposure; a claim without a day leaves it open."""

from __future__ import annotations

from datetime import date

from chartproof.chart.derive.treatment.denied import denied_exposures
from chartproof.model import DayRange, Fact

DAY = DayRange.day(date(2026, 6, 10))


def exposure(name: str, when: DayRange | None) -> Fact:
    return Fact("", "class_exposure", "present", (), value=name, when=when)


def never(drug: str) -> Fact:
    return Fact("", "treatment_not_given", "absent", (), value=drug, when=DAY, known=DAY)


def test_a_claim_without_a_day_is_answered_by_the_denial() -> None:
    (found,) = denied_exposures([exposure("bcl2_inhibitor", None), never("venetoclax")])
    assert (found.concept, found.value, found.assertion, found.when) == (
        "class_exposure",
        "bcl2_inhibitor",
        "absent",
        DAY,
    )


def test_a_dated_course_of_the_class_stands() -> None:
    dated = exposure("bcl2_inhibitor", DayRange.day(date(2024, 1, 5)))
    assert not list(denied_exposures([dated, exposure("bcl2_inhibitor", None), never("venetoclax")]))


def test_another_class_is_left_alone() -> None:
    found = denied_exposures([exposure("btk_inhibitor", None), never("venetoclax")])
    assert [fact.value for fact in found] == ["bcl2_inhibitor"]
