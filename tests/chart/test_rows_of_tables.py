"""Rows of a printed table are lines of their own; wrapped prose is one paragraph."""

from __future__ import annotations

from chartproof.chart.paragraphs import paragraphs
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


def words(left: float, text: str) -> list[tuple[float, str]]:
    """The words of one cell from its left edge, a blank between two."""
    placed = []
    for word in text.split():
        placed.append((left, word))
        left += 5.0 * (len(word) + 1)
    return placed


def test_a_marked_option_keeps_apart_from_the_options_below_it() -> None:
    page = page_of(
        [
            words(60, "The board heard both opinions."),
            [(150, "Decision"), (450, "Mark")],
            [*words(150, "Evaluated by the multidisciplinary board and recommended"), (445, "X")],
            [(150, "Deferred")],
            words(150, "Not recommended"),
        ]
    )
    assert texts(page)[2:] == [
        "Evaluated by the multidisciplinary board and recommended X",
        "Deferred",
        "Not recommended",
    ]


def test_a_row_under_a_row_begins_with_its_own_first_cell() -> None:
    page = page_of(
        [
            [*words(60, "No prior CAR-T"), (300, "X"), (440, "IV"), (460, "05/12/26")],
            words(60, "Organ function adequate for apheresis and CAR-T; no deterioration"),
            words(60, "expected through 4 weeks after apheresis"),
        ]
    )
    assert [text.split()[0] for text in texts(page)] == ["No", "Organ"]


def test_a_labelled_line_under_the_last_row_is_not_part_of_it() -> None:
    page = page_of(
        [
            [(60, "CD200"), (180, "Bright"), (420, "91")],
            words(56, "Comment: a clonal population of mantle cell type, best seen in"),
            words(56, "the second tube."),
        ]
    )
    assert texts(page) == [
        "CD200 Bright 91",
        "Comment: a clonal population of mantle cell type, best seen in\nthe second tube.",
    ]
