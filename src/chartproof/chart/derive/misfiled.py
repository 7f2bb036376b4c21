"""What stands on another person's pages (a donor, a caregiver, a stray sheet): read, so that nobody takes it for the
patient's, and marked as another's, whatever it says. What an unsigned list or worksheet copied from such a page is that person's too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from chartproof.chart.find.others import RELATIVE
from chartproof.chart.kinds import evidence_of
from chartproof.chart.view import Reading, Segment, sentences, span
from chartproof.model import Case, Document, Fact, Page

ON_ANOTHERS = "on another person's page"
#: Kinds of paper that tell of results; any other holds them.
NOTES = frozenset(
    [
        "clinic_note",
        "nursing_note",
        "telephone_note",
        "message_thread",
        "coordinator_log",
        "cover_sheet",
        "provider_letter",
        "other",
        "unknown",
    ]
)
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
                yield replace(fact, evidence=quotes, when=when, assertion="family", note=ON_ANOTHERS)


def copied(facts: Iterable[Fact], documents: Iterable[Document]) -> Iterator[Fact]:
    """The facts; a result of the very day and value of another person's page is that person's in an unsigned paper.

    A report of the patient's own of that day settles it: then it is no copy.
    """
    rows = list(facts)
    papers = {document.id: document for document in documents}
    theirs = {_result(fact) for fact in rows if fact.note == ON_ANOTHERS} - {None}
    own = {_result(fact) for fact in rows if _reported(fact, papers.get(fact.document))}
    for fact in rows:
        paper = papers.get(fact.document)
        asked = fact.assertion in ("present", "absent") and paper and not paper.signed and paper.kind in NOTES
        result = _result(fact) if asked else None
        another = result is not None and result in theirs and result not in own
        yield replace(fact, assertion="family", note="copied from another person's page") if another else fact


def _result(fact: Fact) -> tuple[object, ...] | None:
    """What was found on which day; None where no one day is known."""
    return (fact.concept, fact.value, fact.quantity, fact.when) if fact.when and fact.when.exact else None


def _reported(fact: Fact, paper: Document | None) -> bool:
    """Whether a report or a signed note of the patient's own tells it."""
    if paper is None or fact.assertion not in ("present", "absent"):
        return False
    return bool(paper.signed) or paper.kind not in NOTES


def covered(segment: Segment) -> Page:
    """The page with the words that name its subject covered, each character by another."""
    if evidence_of(segment.document.kind) != "other":
        return segment.page
    return replace(segment.page, text=WHOSE.sub(lambda match: "x" * len(match[0]), segment.page.text))


def read_as(kind: str) -> str:
    """A donor's or a caregiver's form is read as a note; its own kind is left aside by the finders."""
    return "clinic_note" if evidence_of(kind) == "other" else kind
