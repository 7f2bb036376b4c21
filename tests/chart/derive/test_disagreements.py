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


def test_a_look_at_the_bedside_does_not_stand_before_the_study() -> None:
    study = fact("lvef", "echo.pdf", day="2026-05-01", number=48)
    glance = fact("lvef", "ward.pdf", day="2026-05-20", number=42, note="a limited bedside look, no formal study")
    carried = fact("lvef", "list.pdf", day=None, number=60, known=DayRange.day(date(2026, 6, 1)))
    assert [second for _what, _first, second in found(study, glance, carried)] == ["echo.pdf"]


def test_a_team_that_refuses_another_product_refuses_nothing_of_this_one() -> None:
    words = ("Axi-cel: rejected.", "Liso-cel recommended.")
    refused, advised = (
        fact(
            "mdt_recommendation",
            f"{day}.pdf",
            day=f"2026-06-{day}",
            value=value,
            evidence=(Span("m.pdf", 1, 0, 3, quote),),
        )
        for day, value, quote in (("01", "against", words[0]), ("08", "recommended", words[1]))
    )
    assert list(disagreements([refused, advised], Case(as_of=CASE.as_of, drug="Breyanzi"))) == []
    assert list(disagreements([refused, advised], CASE)) != []


def test_of_scores_that_agree_the_clinicians_note_is_shown() -> None:
    old = fact("ecog", "old.pdf", day="2026-04-01", number=2)
    note, table = (
        fact("ecog", "note.pdf", day="2026-06-08", number=1),
        fact("ecog", "table.pdf", day="2026-06-10", number=1),
    )
    kinds = {"note.pdf": "clinic_note", "table.pdf": "flowsheet", "old.pdf": "clinic_note"}
    (one,) = disagreements([old, note, table], CASE, kinds)
    assert (one.a.file, one.b.file) == ("old.pdf", "note.pdf")
