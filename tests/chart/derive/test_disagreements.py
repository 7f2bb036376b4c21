"""What speaks against what stands is shown; agreement and other people's values are not."""

from __future__ import annotations

from datetime import date

from chartproof.chart.derive.apart.disagreements import disagreements
from chartproof.chart.segments import COPY
from chartproof.model import Case, DayRange, Fact, Quantity, Span

CASE = Case(as_of=date(2026, 6, 15))


def fact(
    concept: str, file: str, *, day: str | None = "2026-06-01", number: float | None = None, **more: object
) -> Fact:
    quantity = Quantity(number, number) if number is not None else None
    when = DayRange.day(date.fromisoformat(day)) if day else None
    base = {"id": "", "concept": concept, "assertion": "present", "evidence": (Span(file, 1, 0, 3, "abc"),)}
    return Fact(**{**base, "quantity": quantity, "when": when, "document": file, **more})  # type: ignore[arg-type]


def found(*facts: Fact) -> list[tuple[str, str, str]]:
    return [(one.what, one.a.file, one.b.file) for one in disagreements(facts, CASE)]


def test_the_newest_score_stands_and_an_older_one_is_shown() -> None:
    old, new = fact("ecog", "a.pdf", day="2026-05-01", number=2), fact("ecog", "b.pdf", number=1)
    assert found(new, old) == [("performance status (ECOG)", "a.pdf", "b.pdf")]


def test_a_score_that_a_note_copies_is_shown_against_its_own() -> None:
    copied = fact("ecog", "a.pdf", day="2026-02-01", number=3, note=COPY)
    assert found(fact("ecog", "a.pdf", number=1), copied) == [("performance status (ECOG)", "a.pdf", "a.pdf")]
    assert found(fact("ecog", "a.pdf", number=1), fact("ecog", "a.pdf", day="2026-02-01", number=3)) == []


def test_equal_scores_and_scores_long_past_are_no_conflict() -> None:
    assert found(fact("ecog", "a.pdf", number=1), fact("ecog", "b.pdf", day="2026-05-01", number=1)) == []
    assert found(fact("ecog", "a.pdf", number=1), fact("ecog", "b.pdf", day="2025-05-01", number=3)) == []


def test_same_day_scores_are_not_settled_by_us() -> None:
    (one,) = disagreements([fact("ecog", "a.pdf", number=1), fact("ecog", "b.pdf", number=2)], CASE)
    assert "not settled" in one.right


def test_an_entry_made_in_error_is_shown_beside_the_denial() -> None:
    wrong = fact("copd", "export.json", assertion="planned", note="entered in error")
    right = fact("copd", "note.pdf", assertion="absent")
    assert found(wrong, right) == [("COPD", "export.json", "note.pdf")]


def test_a_relatives_condition_is_no_conflict() -> None:
    assert found(fact("emphysema", "a.pdf", assertion="family"), fact("emphysema", "b.pdf", assertion="absent")) == []


def test_ejection_fractions_within_the_spread_of_the_method_agree() -> None:
    assert found(fact("lvef", "a.pdf", number=58), fact("lvef", "b.pdf", day="2026-01-01", number=55)) == []
    assert found(fact("lvef", "a.pdf", number=48), fact("lvef", "b.pdf", day="2026-01-01", number=55)) != []
