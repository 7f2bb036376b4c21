"""What our own papers and the plan's letter claim, read by the finders that read the chart: compared with it, never a fact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from chartproof.chart.derive.claimed.papers import is_paper, of_logs, of_papers
from chartproof.chart.derive.claimed.plan_says import newest_letter
from chartproof.chart.derive.misfiled import Finder
from chartproof.chart.derive.standing import pattern
from chartproof.chart.kinds import is_evidence
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Case, DayRange, Fact

#: A field of a template that is filled in with a number: "LVEF is [65%]".
FIELD = re.compile(r"\[ ?\d[\d.,]* ?(?:%|[A-Za-z/]{1,8})? ?\]")


def paper_facts(reading: Reading, case: Case, finders: Sequence[Finder]) -> list[Fact]:
    """The facts that a reader of the forms and drafts alone would find there; of one without a day, of the day asked."""
    papers = (one for one in of_papers(reading) if not is_evidence(one.document))
    return _claimed((one for one in papers if is_paper(one.segment)), case, finders, "claimed on our own paper")


def log_facts(reading: Reading, case: Case, finders: Sequence[Finder]) -> list[Fact]:
    """The facts that a reader of the office's logs, messages and cover sheets alone would find there."""
    return _claimed(of_logs(reading), case, finders, "told beside the chart")


def plan_facts(reading: Reading, case: Case, finders: Sequence[Finder]) -> list[Fact]:
    """The facts that a reader of the plan's newest letter alone would find there, its rules left out."""
    words = load("claims.yaml")
    rules = [pattern(words[name]) for name in ("general", "threshold")]
    letter = newest_letter(reading, case.as_of)
    asserted = (one for one in letter if not any(rule.search(one.text) for rule in rules))
    return _claimed(asserted, case, finders, "claimed by the plan")


def _claimed(said: Iterable[Sentence], case: Case, finders: Sequence[Finder], note: str) -> list[Fact]:
    """The facts that the finders read in the sentences as if each were of a signed note."""
    shown = tuple(_as_notes(said, DayRange.day(case.as_of)))
    if not shown:
        return []
    segments = {id(one.segment): one.segment for one in shown}
    documents = {one.document.id: one.document for one in shown}
    reading = Reading((), tuple(documents.values()), tuple(segments.values()), shown)
    found = [fact for finder in finders for fact in finder(reading, case)]
    return [replace(fact, signed=False, note=fact.note or note) for fact in found]


def _as_notes(said: Iterable[Sentence], asked: DayRange) -> Iterator[Sentence]:
    documents, segments = {}, {}
    for one in said:
        old = one.segment
        if old.document.id not in documents:
            documents[old.document.id] = replace(old.document, kind="clinic_note", signed=True, belongs=True)
        if id(old) not in segments:
            note = documents[old.document.id]
            segments[id(old)] = replace(old, document=note, when=old.when or asked, signed=True)
        yield replace(one, segment=segments[id(old)], text=FIELD.sub(lambda field: f" {field[0][1:-1]} ", one.text))
