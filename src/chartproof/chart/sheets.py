"""Sheets of another person within the patient's own record: scanned in under its running head, or a part of a shared page.

A release prints the patient's name at the top of every page; what stands below may be a sheet that was filed by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from chartproof.chart.given_names import WHOLE, another_given, may_be_same, name_words
from chartproof.chart.identity import may_be, printed_identity
from chartproof.chart.split import Piece
from chartproof.chart.vocabulary import load
from chartproof.model import Page, Patient

#: Lines at the top of a sheet in which it names its person.
OWN_HEAD = 8
#: How a line begins that names the person of the sheet, not a donor or a relative on it.
SUBJECT = re.compile(r"\W*(?:patient|pt|name|client|subject)\b", re.IGNORECASE)


def pages_by_which(pieces: Sequence[Piece]) -> list[Page]:
    """The pages that tell whose the document is: of a page shared with others its own part, where that opens with a person."""
    opened = pieces[0].text.strip().split("\n")[0]
    if len(pieces) == 1 and pieces[0].start and printed_identity(opened).births:
        return [replace(pieces[0].page, text=pieces[0].text, words=())]
    return [piece.page for piece in pieces]


def names_another(text: str, patient: Patient) -> bool:
    """Whether a line near the top gives, by its label, another name with another birth date. `text` is the sheet's own,
    without the running head of the record."""
    head = [line for line in text.split("\n") if line.strip()][:OWN_HEAD]
    if patient.born is None or patient.born in printed_identity("\n".join(head)).births:
        return False
    for line in head:
        one = printed_identity(line)
        if SUBJECT.match(line) and one.labelled and one.births:
            return all(_anothers(name, patient) for name in one.labelled)
    return False


def _anothers(name: str, patient: Patient) -> bool:
    """Whether a printed name cannot be the patient's, a like surname with another given name included: a near namesake."""
    if another_given(name, patient.name) or not may_be(name, patient):
        return True
    surname, given = patient.surname.lower(), name_words(patient.name)[:1]
    rest = [
        word
        for word in name_words(name)
        if len(word) >= WHOLE
        and Levenshtein.distance(word, surname) > len(surname) // 4
        and word not in load("documents.yaml")["beside_a_name"]
    ]
    return bool(rest and given) and not may_be_same(rest[0], given[0])
