"""A package that lies in the folder of a chart: nothing that chartproof wrote is evidence, and nobody is denied by it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from chartproof.chart.files import read_folder
from chartproof.model import Case, Review
from chartproof.tour import review_files

NOTE = (
    "CLINIC NOTE\nDate of service: 04/20/2026\nECOG performance status 1.\nElectronically signed by Omar Invented, MD\n"
)
FEET = [
    "For the physician's own use; do not send. Prepared with chartproof; a clinician must review it.",
    "prepared with\nchartproof; a clinician must review and sign",
    "prepared with chartproof; signed on the signature sheet that names this file's SHA-256",
]


def reviewed(folder: Path, text: str) -> Review:
    (folder / "paper.txt").write_text(text)
    return review_files(read_folder(folder), Case(as_of=date(2026, 5, 4), drug="Tecartus"))


def test_the_note_itself_is_evidence(tmp_path: Path) -> None:
    assert any(row.evidence for row in reviewed(tmp_path, NOTE).criteria)


def test_a_note_that_speaks_of_our_package_is_evidence_too(tmp_path: Path) -> None:
    said = "The appeal was prepared with chartproof. It was faxed today.\n"
    assert any(row.evidence for row in reviewed(tmp_path, NOTE + said).criteria)


@pytest.mark.parametrize("foot", FEET)
def test_what_bears_our_foot_is_none(tmp_path: Path, foot: str) -> None:
    """Copied without the list that would leave it out."""
    review = reviewed(tmp_path, NOTE + foot)
    assert not any(row.evidence for row in (*review.criteria, *review.label))
    assert all("repeats the chart" in document.set_aside for document in review.chart.documents)


def test_our_appeal_of_a_denial_is_no_denial(tmp_path: Path) -> None:
    letter = (
        "Initial Adverse Determination\nWe have denied your request for Tecartus: it is not medically necessary.\n"
        "You have the right to appeal within 180 days. Medical director: Ada Invented, MD\n"
    )
    assert reviewed(tmp_path, letter).denial is not None
    assert reviewed(tmp_path, letter + FEET[0]).denial is None
