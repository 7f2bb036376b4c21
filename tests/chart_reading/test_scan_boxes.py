"""Empty boxes and the word "I", where a recogniser reads a stroke: told by what stands beside them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from chartproof.chart.scan_boxes import empty_boxes, options, pronouns

HEIGHT = 20.0


@dataclass(frozen=True)
class Word:
    text: str
    box: tuple[float, float, float, float]
    line: int


def page(text: str, indents: tuple[float, ...] = ()) -> list[Word]:
    """One word after another, 12 pixels a letter; each line 30 below the last, at its indent."""
    words = []
    for number, line in enumerate(text.split("\n")):
        left = indents[number] if indents else 100.0
        for word in line.split():
            words.append(Word(word, (left, 30.0 * number, left + 12 * len(word), 30.0 * number + HEIGHT), number))
            left += 12 * len(word) + 12
    return words


def texts(words: list[Word], found: frozenset[int]) -> list[str]:
    return [f"{words[number].text} {words[number + 1].text}" for number in sorted(found)]


@pytest.mark.parametrize(
    ("text", "indents", "found"),
    [
        ("[X] Recommended\n1 Defer\nI Declined", (), ["1 Defer", "I Declined"]),
        ("l Inpatient\n[x] Outpatient", (), ["l Inpatient"]),
        ("[] Inpatient\nLJ Outpatient", (), ["LJ Outpatient"]),
        # A numbered list, a score behind its box and a sentence of its own stand elsewhere or are another shape.
        ("1 Defer\n2 Decline", (), []),
        ("[X] Recommended\n1 Defer", (100.0, 150.0), []),
        ("[X] Recommended\nI certify that this is so", (), []),
        ("[X] 0 Fully active\n1 2 3", (), []),
        ("[X] Recommended\nOn day 3\n1 Defer", (), []),
    ],
)
def test_a_stroke_under_a_box_is_an_empty_box(text: str, indents: tuple[float, ...], found: list[str]) -> None:
    words = page(text, indents)
    assert texts(words, empty_boxes(words)) == found


def test_a_stroke_far_below_a_box_is_none() -> None:
    words = [
        *page("[X] Recommended"),
        Word("1", (100.0, 300.0, 112.0, 320.0), 1),
        Word("Defer", (124.0, 300.0, 184.0, 320.0), 1),
    ]
    assert not empty_boxes(words)


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ("| have seen her today.", 1),
        ("It is adequate, and | do not expect worsening. | reviewed it", 2),
        ("rev 11/2025 | one patient", 0),
        ("Sodium | normal | today", 0),
        ("He agrees. | Dr. Moss", 0),
    ],
)
def test_a_stroke_at_the_start_of_a_sentence_is_a_pronoun(text: str, many: int) -> None:
    assert len(pronouns(page(text))) == many


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Worsening expected: O Yes X No", "Worsening expected: [] Yes [X] No"),
        ("Function: & Adequate O Not adequate", "Function: [X] Adequate [] Not adequate"),
        ("X APPROVED\n0O DENIED\nO WITHDRAWN", "[X] APPROVED\n[] DENIED\n[] WITHDRAWN"),
        ("Function: & Adequate O Not adequate\nO Cannot say", "Function: [X] Adequate [] Not adequate\n[] Cannot say"),
        # a blood group, a choice that nobody crossed, two crosses
        ("Group O Positive", "Group O Positive"),
        ("O Yes O No", "O Yes O No"),
        ("X Yes X No O Unknown", "X Yes X No O Unknown"),
        ("Rh X Factor", "Rh X Factor"),
    ],
)
def test_drawn_boxes_before_choices(text: str, read: str) -> None:
    words = page(text)
    meant = options(words)
    lines: dict[int, list[str]] = {}
    for number, word in enumerate(words):
        lines.setdefault(word.line, []).append(meant.get(number, word.text))
    assert "\n".join(" ".join(line) for line in lines.values()) == read
