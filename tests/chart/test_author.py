"""Who wrote a paper."""

from __future__ import annotations

import pytest

from chartproof.chart.author import author_of

GREETED = "4 May 2026\n\nOrla Finch, MD\nHarbor Oncology\n\nDear Orla,\n\nI saw him with Dr. Ann Lee, MD.\n\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"{GREETED}Yours sincerely,\n\nIda Marsh, MB BS, FRCP\n", "Ida Marsh, MB BS"),
        (f"{GREETED}With kind regards,\nIda Marsh, DO\nDictated, signed 05/04/2026\n", "Ida Marsh, DO"),
        ("Orla Finch, MD\nHarbor Oncology\n\nDear Dr. Finch,\n\nHe is well.\n", ""),
        ("To: Orla Finch, MD\nHe is well.\nSincerely,\nIda Marsh, NP\n", "Ida Marsh, NP"),
        ("Progress Note\nProvider: Ida Marsh, PA-C\nHe is well.\n", "Ida Marsh, PA-C"),
        ("Progress note without a name", ""),
        (
            "Consultation\nRequested by: Orla Finch, DO (Harbor)\nAttending: Ida Marsh, MD\nHe is well.\n",
            "Ida Marsh, MD",
        ),
        (
            "Consultation\nReferring: Orla Finch, DO\nHe is well.\nElectronically signed: Ida Marsh, MD 05/04/2026\n",
            "Ida Marsh, MD",
        ),
        ("Visit\nAttending: Ida Marsh, MD\nNot yet signed by Orla Finch, DO\n", "Ida Marsh, MD"),
        ("Visit\ncc: Orla Finch, DO\n", ""),
        ("/es/ IDA O'MARSH, MD\nATTENDING\n", "Ida O'Marsh, MD"),
    ],
)
def test_whom_a_letter_greets_did_not_write_it(text: str, name: str) -> None:
    assert author_of(text) == name
