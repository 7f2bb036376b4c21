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


def test_minutes_filed_in_full_are_of_their_own_days() -> None:
    read = days(
        "Tumor board minutes\nMinutes, April 2, 2026\nOutcome: not now.\nMinutes, May 7, 2026\nOutcome: recommends cilta-cel.\n"
    )
    assert read["not now."] == date(2026, 4, 2)
    assert read["recommends cilta-cel."] == date(2026, 5, 7)


def test_an_entry_is_headed_by_its_title_its_day_and_its_writer() -> None:
    found = reading_of(
        "Telephone Encounter 05/21/2026 9:05 AM Ida Roe, RN\nCalled back.\n"
        "Oncology Psychology First Evaluation 2/9/2026 Nora Quist, LICSW\nStressors: rent.\n"
    )
    told = {word: one.segment.when for one in found.sentences for word in one.text.split()}
    assert [str(told[word]) for word in ("back.", "rent.")] == ["2026-05-21", "2026-02-09"]
