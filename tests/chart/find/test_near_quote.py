"""The words that are quoted of a sentence or a row."""

from __future__ import annotations

import pytest

from chart.find.folder import folder
from chartproof.chart.find.said import near_quote


@pytest.mark.parametrize(
    ("text", "told", "quote"),
    [
        ("No prior CAR-T X IV 05/12/26", "No prior CAR-T", "No prior CAR-T"),
        ("Consent on file [x] 05/12/2026", "Consent", "Consent on file"),
        ("Recommended X", "Recommended", "Recommended X"),  # the mark is what recommends
        ("Organ function adequate X NK", "adequate", "Organ function adequate"),
    ],
)
def test_who_checked_a_row_is_not_of_its_words(text: str, told: str, quote: str) -> None:
    sentence = folder([{"kind": "committee", "day": "2026-05-12", "text": text}]).sentences[0]
    start = sentence.text.index(told)
    assert near_quote(sentence, start, start + len(told)).quote == quote
