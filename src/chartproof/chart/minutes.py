"""Minutes that go on to other patients: only this patient's case is this patient's evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from chartproof.chart.view import Sentence
from chartproof.model import Patient

CASE_LINE = re.compile(
    r"^\W*(?:(?:case|item|patient|pt|no\.?)\s*#?\s*\d{1,2}\b(?:\s*(?:of|/)\s*\d{1,2})?|#\s?\d{1,2}\b)", re.IGNORECASE
)


def of_this_case(said: Sequence[Sentence], patient: Patient) -> list[Sentence]:
    """The sentences before the first case and those of this patient's; all, where no case names the patient."""
    starts = [index for index, sentence in enumerate(said) if CASE_LINE.match(sentence.text)]
    sections = [list(said[start:end]) for start, end in pairwise([*starts, len(said)])]
    mine = [section for section in sections if names_patient(" ".join(one.text for one in section), patient)]
    before = list(said[: starts[0]]) if starts else list(said)
    if not mine and (not sections or not names_patient(" ".join(one.text for one in before), patient)):
        return list(said)
    return [*before, *(sentence for section in mine for sentence in section)]


def names_patient(text: str, patient: Patient) -> bool:
    """By record number, surname or initials at the head."""
    number = re.sub(r"\D", "", patient.mrn)
    names = [word for word in re.findall(r"[A-Za-z'’-]+", patient.name) if len(word) > 1]
    if number and number in re.sub(r"\D", "", text):
        return True
    if not names:
        return True
    initials = rf"\b{names[0][0]}\.? ?{names[-1][0]}\.?\b"
    return bool(re.search(rf"\b{re.escape(names[-1])}\b", text, re.IGNORECASE) or re.search(initials, text[:40]))
