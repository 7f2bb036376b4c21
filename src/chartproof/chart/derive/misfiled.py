"""What stands on another person's pages (a donor, a caregiver, a stray sheet): read, so that nobody takes it for the
patient's, and marked as another's, whatever it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from chartproof.chart.find.others import RELATIVE
from chartproof.chart.kinds import evidence_of
from chartproof.chart.view import Reading, Segment, sentences, span
from chartproof.model import Case, Fact, Page

Finder = Callable[[Reading, Case], list[Fact]]
#: Words that say on such a page whose it is; to the finders they would say that it is not worth reading.
WHOSE = re.compile(rf"\b(?:{RELATIVE}|donors?|recipient|caregiver)\b", re.IGNORECASE)


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
    printed = {(page.file, page.number): page for page in (one.page for one in reading.segments)}
    segments = tuple(
        replace(segment, document=known[segment.document.id], page=covered(segment))
        for segment in reading.segments
        if segment.document.id in known
    )
    theirs = Reading((), others, segments, tuple(one for segment in segments for one in sentences(segment)))
    for finder in finders:
        for fact in finder(theirs, case):
            if fact.assertion in ("present", "absent", "historical") and fact.evidence:
                quotes = tuple(span(printed[one.file, one.page], one.start, one.end) for one in fact.evidence)
                when = fact.when or known[fact.document].when
                yield replace(fact, evidence=quotes, when=when, assertion="family", note="on another person's page")


def covered(segment: Segment) -> Page:
    """The page with the words that name its subject covered, each character by another."""
    if evidence_of(segment.document.kind) != "other":
        return segment.page
    return replace(segment.page, text=WHOSE.sub(lambda match: "x" * len(match[0]), segment.page.text))


def read_as(kind: str) -> str:
    """A donor's or a caregiver's form is read as a note; its own kind is left aside by the finders."""
    return "clinic_note" if evidence_of(kind) == "other" else kind
