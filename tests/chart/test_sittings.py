"""A body's running record: each sitting is of its own day."""

from __future__ import annotations

from datetime import date

from chart.snippets import reading_of

RECORD = (
    "Cell Therapy Board, running record\nBoard of 03/30/2026 07:00\nOutcome: recommends liso-cel.\n"
    "Extra review of 04/21/2026 16:45 (video)\nOutcome: decision deferred until the echo of 05/11.\n"
)


def days(text: str) -> dict[str, date | None]:
    found = reading_of(text, kind="committee")
    return {one.text.split(": ")[-1]: one.segment.when.first if one.segment.when else None for one in found.sentences}


def test_each_sitting_has_its_day() -> None:
    read = days(RECORD)
    assert read["recommends liso-cel."] == date(2026, 3, 30)
    assert read["decision deferred until the echo of 05/11."] == date(2026, 4, 21)
