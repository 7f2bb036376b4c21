"""Rows of a printed table are lines of their own; wrapped prose is one paragraph."""

from __future__ import annotations

from chartproof.chart.view import paragraphs
from chartproof.model.page import Box, Page, Word


def page_of(rows: list[list[tuple[float, str]]]) -> Page:
    """A page whose rows are words at their left edges in points; a letter is 5 points wide, a row 12 high."""
    text, words = "", []
    for number, row in enumerate(rows):
        for index, (left, word) in enumerate(row):
            text += " " if index else ""
            box = Box(left, 20.0 + 12 * number, left + 5.0 * len(word), 30.0 + 12 * number)
            words.append(Word(word, len(text), len(text) + len(word), box))
            text += word
        text += "\n"
    return Page("table.pdf", 1, text, tuple(words), 612.0, 792.0)


def texts(page: Page) -> list[str]:
    return [page.text[start:end] for start, end in paragraphs(page, 0, len(page.text))]


def test_rows_with_wide_gaps_stay_apart() -> None:
    page = page_of(
        [
            [(60, "Item"), (200, "Last"), (420, "Next")],
            [(60, "Colonoscopy"), (200, "05/14/2020"), (420, "05/2030")],
            [(60, "Influenza"), (200, "10/2025"), (420, "10/2026")],
        ]
    )
    assert texts(page) == ["Item Last Next", "Colonoscopy 05/14/2020 05/2030", "Influenza 10/2025 10/2026"]


def test_wrapped_prose_is_joined() -> None:
    first = [(60.0 + 40 * n, "words" + "s" * 2) for n in range(12)]
    page = page_of([first, [(60, "Rituximab"), (110, "followed.")]])
    assert len(texts(page)) == 1
