"""What clinicians say of cancer screening as a whole: current, nothing due, put off for a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from chartproof.chart.context import conditional
from chartproof.chart.find.person import of_another
from chartproof.chart.find.screening_pieces import pieces
from chartproof.chart.find.screening_rules import pattern, rules
from chartproof.chart.find.statements import clip
from chartproof.chart.view import Reading, Sentence
from chartproof.model import Case, DayRange, Span

#: Kinds of documents in which a clinician says it; what a patient told someone is no statement.
CLINICIANS = frozenset(
    [
        "clinic_note",
        "consult_note",
        "primary_care",
        "preventive_care",
        "committee",
        "attestation",
        "provider_letter",
        "nursing_note",
        "treatment_summary",
        "discharge_summary",
    ]
)
EXCEPT = re.compile(r"^\W{0,3}(?:except|other than|apart from|aside from|but|with the exception)\b", re.IGNORECASE)
HEARSAY = re.compile(
    r"\b(?:per (?:the )?(?:patient|pt)|(?:patient|pt|he|she) (?:states|reports|says|believes|thinks)|reportedly|said to be|by (?:patient )?report)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """`sites` names what was put off; empty: all of it."""

    kind: str
    sentence: Sentence
    span: Span
    sites: frozenset[str] = frozenset()

    @property
    def when(self) -> DayRange | None:
        return self.sentence.segment.when


def statements(reading: Reading, case: Case) -> Iterator[Statement]:
    """Dated statements on screening as a whole, newest first: current, nothing due, deferred with a reason."""
    found: list[Statement] = []
    for sentence in reading.sentences:
        when = sentence.segment.when
        days = int(rules()["statement_days"])
        if (
            when is None
            or when.first > case.as_of
            or (case.as_of - when.last).days > days
            or sentence.segment.signed is False
        ):
            continue
        if sentence.document.kind not in CLINICIANS:
            continue
        found.extend(statement_of(sentence))
    return iter(sorted(found, key=lambda one: one.when.last if one.when else date.min, reverse=True))


def statement_of(sentence: Sentence) -> Iterator[Statement]:
    text = sentence.text
    context = f"{sentence.heading} {sentence.label} {text}"
    if not pattern("screening_words").search(context) or pattern("other_person_screening").search(text):
        return
    if (
        HEARSAY.search(text)
        or pattern("overdue").search(text)
        or re.search(r"\b(?:viral|infectious|toxicology|drug|virology|study|trial|donor)\b", text, re.IGNORECASE)
    ):
        return
    for kind in ("nothing_due", "current", "deferred"):
        match = pattern(kind).search(text)
        if not match or conditional(sentence, match.start()) or of_another(sentence, match.start(), match.end()):
            continue
        if kind == "current" and re.search(
            r"\b(?:not|confirm|verify|ensure|whether|should be|needs?|unless|un(?:clear|known))\b",
            text[: match.end()],
            re.IGNORECASE,
        ):
            continue
        if kind == "deferred" and not (
            pattern("reason").search(text) and re.search(r"cancer|screening|colonosc|mammo|pap\b", text, re.IGNORECASE)
        ):
            continue
        if kind == "current" and EXCEPT.search(text[match.end() :]):
            continue
        about = frozenset(piece.site for piece in pieces(text)) if kind == "deferred" else frozenset()
        yield Statement(kind, sentence, clip(sentence, match.start(), match.end()), about)
        return
