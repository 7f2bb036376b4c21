"""A number or day that two readings of a scan give differently decides nothing, unless it stands elsewhere beyond doubt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chartproof.chart.derive.doubts import settle
from chartproof.model import Box, Document, Fact, Page, Quantity, SourceFile, Word
from handmade import days, fact, span

TEXT = "Seen 04/21/2026\nECOG 1 today, LVEF 58 %\n"
NOTE = Document("D1", "fax.pdf", 1, 1, "note")


def files(**doubts: str) -> list[SourceFile]:
    """One scanned page; `doubts` are second readings by the word's place in the text, w0 being the first."""
    words, at = [], 0
    for number, word in enumerate(TEXT.split()):
        at = TEXT.index(word, at)
        words.append(Word(word, at, at + len(word), Box(0, 0, 1, 1), 80.0, doubts.get(f"w{number}", "")))
    return [SourceFile("fax.pdf", "", "pdf", (Page("fax.pdf", 1, TEXT, tuple(words), read="ocr"),), read="ocr")]


def quoted(quote: str) -> Fact:
    evidence = (span("fax.pdf", 1, quote, TEXT.index(quote)),)
    return fact("ecog", "2026-04-21", number=1, unit="grade", evidence=evidence, document="D1")


@pytest.mark.parametrize(
    ("doubts", "number", "day", "doubt"),
    [
        ({}, 1, "2026-04-21", ""),
        ({"w3": "7"}, None, "2026-04-21", "1 / 7"),
        ({"w6": "53"}, 1, "2026-04-21", ""),
        ({"w1": "04/27/2026"}, 1, None, "04/21/2026 / 04/27/2026"),
        ({"w1": "24/21/2026"}, 1, "2026-04-21", ""),
        ({"w1": "?4/21/2026"}, 1, None, "04/21/2026 / ?4/21/2026"),
        ({"w1": "04/27/2026", "w3": "?"}, None, None, "1 / ?, 04/21/2026 / 04/27/2026"),
    ],
    ids=["none", "its number", "another number", "its day", "no day", "an unread sign", "both"],
)
def test_only_the_doubtful_number_or_day_is_taken_away(
    doubts: dict[str, str], number: float | None, day: str | None, doubt: str
) -> None:
    (got,) = settle([quoted("ECOG 1 today, LVEF 58 %")], files(**doubts), [NOTE])
    assert got.quantity is not None and got.quantity.low == got.quantity.high == number
    assert (got.when, got.doubt) == (days(day), doubt)


def test_a_number_in_another_unit_than_the_page_writes_is_in_doubt_with_any_word_of_its_quote() -> None:
    one = quoted("LVEF 58 %")
    (got,) = settle([one], files(w6="53"), [NOTE])
    assert got.doubt == "58 / 53"


def test_the_same_statement_beyond_doubt_settles_it() -> None:
    doubtful = quoted("ECOG 1 today")
    sure = replace(doubtful, evidence=(span("note.txt", 1, "ECOG 1"),), document="D2")
    assert settle([doubtful, sure], files(w3="7"), [NOTE]) == (doubtful, sure)


@pytest.mark.parametrize(
    ("first", "second", "day"),
    [
        ("own/2026", "\u201c2112026", "2026-04-21"),
        ("o4/zl/26", "?", "2026-04-21"),
        ("own/2026", "04/27/2026", None),
        ("own/2026", "0412712026", None),
    ],
    ids=["no day in either", "signs unread", "another day", "another day without its strokes"],
)
def test_a_day_read_the_same_at_two_places_stands_where_the_other_look_made_out_none(
    first: str, second: str, day: str | None
) -> None:
    text = f"{TEXT}Collected 04/21/2026\n"
    (source,) = files(w1=first)
    at = text.rindex("04/21/2026")
    again = Word("04/21/2026", at, at + 10, Box(0, 0, 1, 1), 80.0, second)
    page = replace(source.pages[0], text=text, words=(*source.pages[0].words, again))
    (got,) = settle([quoted("ECOG 1 today, LVEF 58 %")], [replace(source, pages=(page,))], [NOTE])
    assert got.when == (days(day) if day else None)


def test_a_number_that_was_counted_is_not_in_the_quotes_of_what_was_counted() -> None:
    counted = quoted("ECOG 1 today")
    first = span("note.txt", 1, "two lines of therapy")
    counted = replace(counted, evidence=(first, *counted.evidence), document="D2", quantity=Quantity(2, 2, "lines"))
    assert settle([counted], files(w3="7"), [NOTE]) == (counted,)
