"""What stands on another person's pages (a donor, a caregiver, a stray sheet): read, so that nobody takes it for the
patient's, and marked as another's, whatever it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from chartproof.chart.kinds import evidence_of
from chartproof.chart.view import Reading, sentences
from chartproof.model import Case, Fact

Finder = Callable[[Reading, Case], list[Fact]]


def misfiled(reading: Reading, case: Case, finders: Sequence[Finder]) -> Iterator[Fact]:
    """Facts of the pages that are not the patient's, each `family`. Finders see those pages alone."""
    others = tuple(
        replace(document, belongs=True, kind=read_as(document.kind))
        for document in reading.documents
        if document.belongs is False and evidence_of(document.kind) in ("chart", "other")
    )
    if not others:
        return
    known = {document.id: document for document in others}
    segments = tuple(
        replace(segment, document=known[segment.document.id])
        for segment in reading.segments
        if segment.document.id in known
    )
    theirs = Reading((), others, segments, tuple(one for segment in segments for one in sentences(segment)))
    for finder in finders:
        for fact in finder(theirs, case):
            if fact.assertion in ("present", "absent", "historical") and fact.evidence:
                yield replace(fact, assertion="family", note="on another person's page")


def read_as(kind: str) -> str:
    """A donor's or a caregiver's form is read as a note; its own kind is left aside by the finders."""
    return "clinic_note" if evidence_of(kind) == "other" else kind
