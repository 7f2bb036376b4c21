"""A number or day of a scanned letter that is in doubt is asked about, with both readings."""

from __future__ import annotations

from datetime import date

import pytest

from chartproof.model import Page, Span, Word
from chartproof.model.page import Box
from chartproof.rights.read_twice import doubtful

TEXT = "Notice of March 9, 2026\nCase QD-0O5-8812 for Orla Venn"


def page(doubts: dict[str, str], read: str = "ocr") -> Page:
    words, at = [], 0
    for token in TEXT.split():
        at = TEXT.index(token, at)
        words.append(Word(token, at, at + len(token), Box(0, 0, 1, 1), 90.0, doubts.get(token, "")))
        at += len(token)
    return Page("letter.pdf", 2, TEXT, tuple(words), read=read)


def place(quote: str) -> Span:
    start = TEXT.index(quote)
    return Span("letter.pdf", 2, start, start + len(quote), quote)


WHERE = [
    ("letter_date", place("Notice of March 9, 2026")),
    ("reference", place("QD-0O5-8812")),
    ("payer", place("Orla")),
]
VALUES = {"letter_date": date(2026, 3, 9), "reference": "QD-0O5-8812", "payer": "Orla"}
LOOK = "Two readings of the scan differ; look at page 2."


@pytest.mark.parametrize(
    ("doubts", "asked"),
    [
        ({}, []),
        ({"QD-0O5-8812": "QD-O5-8812"}, [f"Reference number: is it QD-0O5-8812 or QD-O5-8812? {LOOK}"]),
        ({"QD-0O5-8812": "?"}, [f"Reference number: is it QD-0O5-8812? {LOOK}"]),
        ({"9,": "8,"}, [f"Letter date: is it March 9, 2026 or March 8, 2026? {LOOK}"]),
        ({"Notice": "No1ice", "Orla": "0rla"}, []),
    ],
    ids=["no doubt", "another reading", "no other reading", "a day", "other words"],
)
def test_a_field_in_doubt_is_asked_about(doubts: dict[str, str], asked: list[str]) -> None:
    assert list(doubtful(VALUES, WHERE, [page(doubts)])) == asked
    assert list(doubtful(VALUES, WHERE, [page(doubts, "text")])) == []
