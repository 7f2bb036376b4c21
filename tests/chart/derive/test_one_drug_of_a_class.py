"""A drug of a class that was never filled denies no other drug of it."""

from __future__ import annotations

from datetime import date

import pytest

from chart.find.folder import folder
from chartproof.chart.derive.told.contradictions import contradictions
from chartproof.model import Conflict, DayRange, Fact, Span

TAKEN = "pirtobrutinib was given from 01/04/2025"
DAY = DayRange.day(date(2025, 2, 1))


def told(other: str) -> list[Conflict]:
    texts = (TAKEN, other)
    reading = folder([{"kind": "clinic_note", "day": "2025-02-01", "text": text} for text in texts])
    given, never = (
        Fact(
            "", "class_exposure", assertion, (Span(f"note-{number}.txt", 1, 0, len(text), text),),  # type: ignore[arg-type]
            value="btk_inhibitor", when=DAY, document=f"D{number:03d}",
        )
        for number, (assertion, text) in enumerate(zip(("present", "absent"), texts, strict=True), 1)
    )  # fmt: skip
    return [
        one for one in contradictions(reading, [given, never], date(2026, 6, 15)) if "btk" in one.what.replace(" ", "_")
    ]


@pytest.mark.parametrize(
    "other", ["Zanubrutinib was never filled.", "Acalabrutinib: not picked up.", "She never took ibrutinib."]
)
def test_one_drug_says_nothing_of_its_class(other: str) -> None:
    assert told(other) == []


def test_the_class_itself_denied_is_shown() -> None:
    (one,) = told("She never had a BTK inhibitor.")
    assert one.what == "btk inhibitor given or not"
