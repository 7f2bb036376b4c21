"""The criteria that a letter says are not met, in its own words."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartproof.model import Box, Page, Word
from chartproof.rights.criteria import criteria_cited
from chartproof.rights.reasons import reasons
from chartproof.rights.text import Letter

#: A table of requirements and findings as it stands on a page: (left edge, words) of each cell, line by line.
TABLE = (
    ((40, "Item"), (110, "Requirement"), (300, "What the records show")),
    ((40, "3.5"), (110, "Ejection fraction of 45 percent")),
    ((110, "or more"),),
    ((300, "Echocardiogram of February 3"),),
    ((300, "gives 38 percent"),),
    ((40, "3.6"), (110, "ECOG of 0, 1 or 2"), (300, "The March note records ECOG 3")),
)
LETTERS = yaml.safe_load((Path(__file__).parent / "criteria.yaml").read_text(encoding="utf-8"))["letters"]


@pytest.mark.parametrize("entry", LETTERS, ids=lambda entry: entry["name"])
def test_criteria_of_a_letter(entry: dict) -> None:
    letter = Letter([Page("letter.txt", 1, entry["text"])], file="letter.txt")
    assert [one.text.rstrip(".") for one in criteria_cited(letter)] == entry["want"]


def _page(rows: tuple = TABLE) -> Page:
    """The table below a sentence that denies, each letter five points wide."""
    text, words = "The request is not approved.\n", []
    for row, cells in enumerate(rows):
        top = 100.0 + 14 * row
        for order, (left, said) in enumerate(cells):
            text += " " if order else ""
            at = float(left)
            for term in said.split(" "):
                text += "" if at == left else " "
                words.append(Word(term, len(text), len(text) + len(term), Box(at, top, at + 5 * len(term), top + 10)))
                text += term
                at += 5 * len(term) + 3
        text += "\n"
    return Page("letter.pdf", 1, text, tuple(words), width=612, height=792)


def test_a_table_of_requirements_and_findings() -> None:
    letter = Letter([_page()], file="letter.pdf")
    assert [one.text for one in criteria_cited(letter)] == [
        "Ejection fraction of 45 percent or more",
        "ECOG of 0, 1 or 2",
    ]
    assert [(one.kind, one.quote) for one in reasons(letter)] == [
        ("organ_function", "Echocardiogram of February 3 gives 38 percent"),
        ("performance_status", "The March note records ECOG 3"),
    ]


#: A verdict in a column of its own, and the rows of a page whose cells are drawn one after the other.
VERDICTS = (
    ((40, "What the standard asks for"), (220, "Met?"), (300, "What the records show")),
    ((40, "Two lines of"),),
    ((40, "treatment"),),
    ((220, "Yes"), (300, "Three lines, 2021 to 2025")),
    ((40, "ECOG of 0 to 2"),),
    ((220, "No"), (300, "Visit of March 3 lists ECOG 3")),
)


def test_a_column_of_yes_and_no() -> None:
    letter = Letter([_page(VERDICTS)], file="letter.pdf")
    assert [one.text for one in criteria_cited(letter)] == ["ECOG of 0 to 2"]
    assert [one.kind for one in reasons(letter)] == ["performance_status"]


def test_a_letter_in_capitals_whose_items_go_on_below_their_words() -> None:
    text = """PLATEAU MUTUAL INSURANCE COMPANY
APPEALS SECTION

MARCH 3, 2026

DEAR MS. FERREIRA:

YOUR FIRST APPEAL REACHED US ON FEBRUARY 2, 2026. YOU ASKED
US TO REVERSE OUR DENIAL OF THE OPERATION. WE ARE UPHOLDING THE
DENIAL. THREE REQUIREMENTS OF OUR POLICY ARE NOT SATISFIED:

 (A) BENDING FILMS THAT SHOW 4 MM OF SLIP.
     NO BENDING FILMS WERE SENT.

 (B) THREE MONTHS OF EXERCISE WITH A THERAPIST.
     THE RECORDS SHOW ONE VISIT, IN JUNE, AND NO REASON FOR
     STOPPING.

 (C) NO TOBACCO FOR SIX WEEKS, CONFIRMED BY A TEST.
     THE COTININE TEST OF MAY 3 WAS POSITIVE.
"""
    letter = Letter([Page("letter.txt", 1, text)], file="letter.txt")
    assert [one.text for one in criteria_cited(letter)] == [
        "BENDING FILMS THAT SHOW 4 MM OF SLIP.",
        "THREE MONTHS OF EXERCISE WITH A THERAPIST.",
        "NO TOBACCO FOR SIX WEEKS, CONFIRMED BY A TEST.",
    ]
    assert [one.kind for one in reasons(letter)] == ["documentation", "prior_therapy", "other"]


def test_a_row_of_no_known_kind_that_the_text_below_tells() -> None:
    rows = (
        ((40, "Policy 2.04.7 requires"), (300, "What the records show"), (480, "Result")),
        ((40, "Marker found by an approved test"), (300, "Stain of the clinic"), (480, "Not met")),
        ((40, "Age 18 or older"), (300, "Age 44"), (480, "Met")),
    )
    page = _page(rows)
    told = "Reasons. No report of an approved test of the marker was supplied.\n"
    letter = Letter([Page("letter.pdf", 1, page.text + told, page.words, width=612, height=792)], file="letter.pdf")
    assert [one.text for one in criteria_cited(letter)] == ["Marker found by an approved test"]
    assert [one.kind for one in reasons(letter)] == ["documentation"]
