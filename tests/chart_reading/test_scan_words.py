"""Words that recognition spells as figures, and days whose dashes it did not read."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from chartproof.chart.scan_words import respelled, respelled_beside, split_days


@dataclass(frozen=True)
class Word:
    text: str
    box: tuple[float, float, float, float]
    line: int


def line(text: str, gap: float = 8.0) -> list[Word]:
    """The words of one line, 20 pixels high, `gap` between them."""
    words, left = [], 0.0
    for word in text.split():
        words.append(Word(word, (left, 0.0, left + 10 * len(word), 20.0), 1))
        left += 10 * len(word) + gap
    return words


@pytest.mark.parametrize(
    ("read_as", "meant"),
    [
        ("Sp02", "SpO2"),
        ("(Fi02:", "(FiO2:"),
        ("€02", "CO2"),
        ("C02.1", "C02.1"),
        ("Sp021", "Sp021"),
        ("©9]UL26", "09JUL26"),
        ("|ab", "lab"),
        ("t(6:17),", "t(6;17),"),
        ("at(6:17)", "at(6:17)"),
        ("TPS53,", "TP53,"),
        ("PAXS", "PAX5"),
        ("04/02/202607:45", "04/02/2026 07:45"),
        ("2026-04-0207:45", "2026-04-02 07:45"),
        ("04/02/202", "04/02/202"),
    ],
)
def test_letters_read_as_digits_where_only_one_word_can_be_meant(read_as: str, meant: str) -> None:
    assert respelled(read_as) == meant


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("R 18 02 93% RA", {2: "O2"}),
        ("no 02 requirement", {1: "O2"}),
        ("on home 02, sleeps well", {2: "O2,"}),
        ("ID 4410 02 (spouse", {}),
        ("dose 02 93 mg", {}),
        ("MAY 02 therapy", {}),
    ],
)
def test_oxygen_read_as_a_number_is_told_by_its_neighbours(text: str, found: dict[int, str]) -> None:
    assert respelled_beside(line(text)) == found


@pytest.mark.parametrize(
    ("text", "gap", "found"),
    [
        ("seen 2026 03 17 / visit", 8.0, {1: 3}),
        ("seen 2026-03 17, visit", 8.0, {1: 2}),
        ("seen 2026 03 17 / visit", 30.0, {}),
        ("seen 2026 33 17 / visit", 8.0, {}),
        ("seen 2026-03-17 / visit", 8.0, {}),
    ],
    ids=["no dash", "one dash", "cells of a row", "no month", "whole"],
)
def test_a_day_without_its_dashes_is_put_together(text: str, gap: float, found: dict[int, int]) -> None:
    assert split_days(line(text, gap)) == found


def test_a_day_does_not_go_on_in_the_next_line() -> None:
    words = line("2026 03 17")
    assert split_days([*words[:2], Word("17", words[2].box, 2)]) == {}
