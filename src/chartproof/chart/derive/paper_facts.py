"""What our own papers claim, read by the finders that read the chart: compared with it, and never a fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chartproof.chart.derive.misfiled import Finder
from chartproof.chart.derive.papers import is_paper, of_papers
from chartproof.chart.kinds import is_evidence
from chartproof.chart.view import Reading
from chartproof.model import Case, DayRange, Fact


def paper_facts(reading: Reading, case: Case, finders: Sequence[Finder]) -> list[Fact]:
    """The facts that a reader of the forms and drafts alone would find there; of one without a day, of the day asked."""
    asked = DayRange.day(case.as_of)
    papers = {
        one.document.id: replace(one.document, kind="clinic_note", signed=True, belongs=True)
        for one in reading.segments
        if is_paper(one) and one.document.belongs is not False and not is_evidence(one.document)
    }
    segments = {
        id(one): replace(one, document=papers[one.document.id], when=one.when or asked, signed=True)
        for one in reading.segments
        if one.document.id in papers
    }
    said = tuple(
        replace(one, segment=segments[id(one.segment)]) for one in of_papers(reading) if id(one.segment) in segments
    )
    if not said:
        return []
    shown = Reading((), tuple(papers.values()), tuple(segments.values()), said)
    found = [fact for finder in finders for fact in finder(shown, case)]
    return [replace(fact, signed=False, note=fact.note or "claimed on our own paper") for fact in found]
