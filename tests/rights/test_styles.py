"""Letters in the manners of many payers: fields, reasons and deadlines; and papers that deny nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartproof.model import Denial, Page
from chartproof.rights.letter import read_letter

LETTERS = yaml.safe_load((Path(__file__).parent / "styles.yaml").read_text(encoding="utf-8"))["letters"]
BREAK = "--PAGE--\n"
LISTS = ("service_codes", "diagnosis_codes", "policies_cited", "criteria_unmet")


def read(text: str) -> Denial:
    pages = [Page("letter.txt", number, part) for number, part in enumerate(text.split(BREAK), start=1)]
    return read_letter(pages, file="letter.txt")


@pytest.mark.parametrize("entry", LETTERS, ids=lambda entry: entry["name"])
def test_letter_in_the_manner_of_a_payer(entry: dict) -> None:
    denial, want = read(entry["text"]), dict(entry["want"])
    stated, reasons = want.pop("stated", []), want.pop("reasons", None)
    assert [reason.kind for reason in denial.reasons] == reasons, [reason.quote for reason in denial.reasons]
    got = {key: list(getattr(denial, key)) if key in LISTS else getattr(denial, key) for key in want}
    assert got == want
    for what, unit, amount in stated:
        assert any(row.what == what and getattr(row, unit) == amount for row in denial.stated_deadlines), (
            denial.stated_deadlines
        )


@pytest.mark.parametrize("entry", LETTERS, ids=lambda entry: entry["name"])
def test_reasons_are_quoted_from_their_page(entry: dict) -> None:
    pages = entry["text"].split(BREAK)
    for reason in read(entry["text"]).reasons:
        assert reason.span is not None
        assert pages[reason.page - 1][reason.span.start : reason.span.end] == reason.span.quote
        assert 0 < len(reason.quote.split()) <= 25
