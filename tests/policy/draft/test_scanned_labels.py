"""Roman numerals as a picture's reader gives them, and lines that a raised sign broke."""

from __future__ import annotations

import pytest

from chartproof.model.page import Box, Page, Word
from chartproof.policy.draft.labels import Label, after_lost_stroke, label_of, scanned_label
from chartproof.policy.draft.lines import Line, read_lines
from chartproof.policy.draft.lost_bullets import with_bullets
from chartproof.policy.draft.nodes import numbered_title


@pytest.mark.parametrize(
    ("read", "printed"),
    [("Il. BACKGROUND", "II"), ("IIl. CRITERIA", "III"), ("VIl. LIMITS", "VII"), ("Xl. REFERENCES", "XI")],
)
def test_a_numeral_in_capitals_keeps_its_strokes(read: str, printed: str) -> None:
    label = scanned_label(read)
    assert label is not None and (label.kind, label.text) == ("roman", printed)


def test_one_stroke_before_capitals_is_a_capital() -> None:
    label = scanned_label("l. SCOPE")
    assert label is not None and label.text == "I"


@pytest.mark.parametrize(
    ("before", "read", "printed"),
    [("III", "V", "IV"), ("IV", "V", "V"), ("VIII", "X", "IX"), ("II", "II", "III"), ("II", "V", "V")],
)
def test_a_lost_stroke_is_put_back_only_where_one_can_be_lost(before: str, read: str, printed: str) -> None:
    ranks = {"II": 2, "III": 3, "IV": 4, "V": 5, "VIII": 8, "X": 10}
    label = after_lost_stroke(Label("roman", before, ranks[before], 4), Label("roman", read, ranks[read], 3))
    assert label.text == printed


def test_a_lower_case_numeral_stays_one() -> None:
    assert label_of("ii. a scan") == scanned_label("ii. a scan")


def test_the_rest_of_a_line_behind_a_raised_sign_is_put_back() -> None:
    # (word, left, top); the reader ends its first line behind "m2"
    printed = [
        ("a", 60, 100), ("rate", 70, 100), ("of", 100, 100), ("30", 120, 100), ("m2", 140, 100),
        (",", 153, 102), ("or", 160, 102), ("dialysis", 176, 102), ("at", 60, 114), ("home", 76, 114),
    ]  # fmt: skip
    text = "a rate of 30 m2\n, or dialysis\nat home"
    words, at = [], 0
    for word, left, top in printed:
        at = text.index(word, at)
        words.append(Word(word, at, at + len(word), Box(left, top, left + 6 * len(word), top + 10)))
    lines = read_lines([Page("policy.pdf", 1, text, words=tuple(words), width=600.0, height=800.0)])
    assert [line.text for line in lines] == ["a rate of 30 m2, or dialysis", "at home"]


def test_a_word_in_capitals_behind_a_number_is_no_class() -> None:
    label = label_of("C-2. HCV RNA is detectable")
    assert label is not None and (label.text, label.tag) == ("C-2", "")


def scanned(*lines: tuple[float, str]) -> list[str]:
    """The lines of a scanned page, each at its left edge, as they are read with their bullets put back."""
    text, words, top = "", [], 100.0
    for left, said in lines:
        for word in said.split():
            end = left + 5.0 * len(word)
            words.append(Word(word, len(text), len(text) + len(word), Box(left, top, end, top + 9)))
            text, left = f"{text}{word} ", end + 3.0
        text, top = f"{text}\n", top + 14.0
    page = Page("fax.pdf", 1, text, words=tuple(words), width=600.0, height=800.0, read="ocr")
    return [f"{round(line.left)} {line.text}" for line in with_bullets(read_lines([page]))]


def test_bullets_that_were_lost_are_told_by_where_their_lines_are_set_in() -> None:
    assert scanned(
        (60, "Gout. The drug is covered if all of the following are met:"),
        (78, "The member is 18 years of age or older."),
        (69, "+ The gout is severe."),
        (78, "Urate meets one of the following:"),
        (93, "8 mg per deciliter within 30 days"),
        (84, "— 10 mg per deciliter within 60 days"),
        (79, "A tablet has been taken for 12 weeks or longer at the highest dose that was borne"),
        (78, "and it did not help."),
        (60, "Renewal. A new request is needed."),
    ) == [
        "60 Gout. The drug is covered if all of the following are met:",
        "69 • The member is 18 years of age or older.",
        "69 • The gout is severe.",
        "69 • Urate meets one of the following:",
        "84 • 8 mg per deciliter within 30 days",
        "84 • 10 mg per deciliter within 60 days",
        "69 • A tablet has been taken for 12 weeks or longer at the highest dose that was borne",
        "78 and it did not help.",
        "60 Renewal. A new request is needed.",
    ]


def test_items_that_carry_letters_keep_them() -> None:
    lines = ((60, "All of the following are met:"), (78, "a. age over 18"), (78, "b. severe gout"))
    assert scanned(*lines) == [f"{left} {said}" for left, said in lines]


def test_small_squares_that_were_read_as_letters_are_bullets() -> None:
    assert scanned(
        (60, "The cough is shown by any one of the following:"),
        (90, "m a count of ten fits"),
        (90, "®m sputum of two kinds"),
        (99, "a hoarse voice"),
        (60, "Renewal. A new request is needed."),
    ) == [
        "60 The cough is shown by any one of the following:",
        "90 • a count of ten fits",
        "90 • sputum of two kinds",
        "90 • a hoarse voice",
        "60 Renewal. A new request is needed.",
    ]


def test_an_entry_that_begins_small_runs_on_where_it_fills_its_line() -> None:
    long = "u the tremor did not stop although the arm was held still and the drug was raised twice"
    assert scanned(
        (60, "All of the following are met:"),
        (90, long),
        (99, "in the same month"),
    )[1:] == [f"90 • {long[2:]}", "99 in the same month"]


def printed(said: str, left: float, top: float) -> Line:
    page = Page("fax.pdf", 1, said, words=_words(said, left, top), width=600.0, height=800.0, read="ocr")
    return read_lines([page])[0]


def _words(said: str, left: float, top: float) -> tuple[Word, ...]:
    found, at = [], 0
    for word in said.split():
        end = left + 5.0 * len(word)
        found.append(Word(word, at, at + len(word), Box(left, top, end, top + 9)))
        at, left = at + len(word) + 1, end + 3.0
    return tuple(found)


@pytest.mark.parametrize(
    ("title", "after", "heads"),
    [
        ("EAR-20.4: Hearing aids of both ears", "An aid is approved for a person of any age who hears less.", True),
        ("EAR-20.7: Revision history", "04/02/2024: EAR-20.4 was made longer by the panel of that year.", True),
        (
            "EAR-20.5: The loss is 40 decibels or more and",
            "It has been measured twice in the past year by anyone.",
            False,
        ),
        ("EAR-20.6: The ear is dry", "EAR-20.8: The ear has been seen by someone who knows ears", False),
    ],
)
def test_a_code_before_a_few_words_over_a_paragraph_heads_it(title: str, after: str, heads: bool) -> None:
    line = printed(title, 60.0, 100.0)
    assert numbered_title(line, label_of(title), printed(after, 60.0, 114.0), 540.0) is heads
