"""Specialist opinions: which were called for to judge candidacy or safety, and which signed notes are in the chart.

One fact decides. A request counts with its own document's day; a note answers it when the note is of that specialty and
was written after the request, or not long before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from chartproof.chart.find.consults.notes import EVALUATION, QUOTE_WORDS, Note, consultants_pages, notes_on_file
from chartproof.chart.find.consults.requests import ANYONE, ASKERS, Request, in_time, requests
from chartproof.chart.find.consults.waived import waivers
from chartproof.chart.find.consults.within import notes_within
from chartproof.chart.find.consults.words import cue, rules
from chartproof.chart.view import Reading, Sentence
from chartproof.model import Case, DayRange, Fact, Span

CONCEPT = "specialist_consult"
#: Documents of the treating team in which an evaluation may stand that calls for no one's opinion.
EVALUATING = ("clinic_note", "consult_note", "provider_letter", "attestation")

#: Where the team may write that it needs no one's opinion.
WAIVING = ASKERS | {"medication_record", "discharge_summary", "primary_care"}
#: What shows that a sentence on cells is of an evaluation for them.
VISIT = re.compile(r"evaluat|consult|candida|visit|apheresis", re.IGNORECASE)
#: Where someone may tell of a request that no note of the treating team words.
LOGS = frozenset(["telephone_note", "message_thread", "coordinator_log"])


def find(reading: Reading, case: Case) -> list[Fact]:
    """The deciding fact (filed, outstanding or none_needed), then one planned fact for each request that is open."""
    notes = [*notes_on_file(reading, case), *notes_within(reading, case)]
    asked = list(requests(reading, case, consultants=consultants_pages(reading)))
    open_requests = [request for request in asked if not any(answers(note, request, case) for note in notes)]
    open_requests = [request for request in open_requests if not settled(request, asked, notes, case)]
    if open_requests:
        return [outstanding(open_requests, notes), *(planned(request) for request in open_requests)]
    days = int(rules()["request_days"])
    useful = [
        note
        for note in notes
        if any(answers(note, one, case) for one in asked)
        or (note.to_the_point and in_time(note.when, case.as_of, days))
    ]
    if useful:
        return [filed(useful, asked)]
    return none_needed(reading, case)


# --- one with the other


def answers(note: Note, request: Request, case: Case) -> bool:
    """Whether the note is of the specialty asked for and not older than a request may be answered with."""
    if request.specialty not in (*note.specialties, ANYONE):
        return False
    asked = request.when or DayRange.day(case.as_of)
    if request.visit is not None:
        return False  # the visit asked for is still to come
    return (asked.first - note.when.last).days <= int(rules()["before_request_days"])


def settled(request: Request, asked: Sequence[Request], notes: Sequence[Note], case: Case) -> bool:
    """Whether a note that was written after the request answers it although the request names a later visit too."""
    return any(
        request.specialty in note.specialties and request.when is not None and note.when.first >= request.when.first
        for note in notes
    )


def filed(notes: Sequence[Note], asked: Sequence[Request]) -> Fact:
    evidence: list[Span] = []
    for note in notes:
        evidence.append(note.opinion)
        if note.signature:
            evidence.append(note.signature)
    evidence.extend(quote(request.sentence, request.start) for request in first_each(asked))
    newest = max(notes, key=lambda note: note.when)
    names = ", ".join(dict.fromkeys(readable(name) for note in notes for name in note.specialties))
    return Fact(
        id="", concept=CONCEPT, assertion="present", evidence=tuple(evidence), value="filed", when=newest.when,
        known=newest.when, document=newest.document.id, note=f"signed notes on file: {names}",
        extra={"specialties": " ".join(dict.fromkeys(name for note in notes for name in note.specialties))},
    )  # fmt: skip


def outstanding(open_requests: Sequence[Request], notes: Sequence[Note]) -> Fact:
    ordered = sorted(open_requests, key=lambda request: (request.when is None, request.when or DayRange.day(date.max)))
    newest = max((request.when for request in ordered if request.when), default=None)
    names = ", ".join(dict.fromkeys(readable(request.specialty) for request in ordered))
    there = ", ".join(dict.fromkeys(readable(name) for note in notes for name in note.specialties))
    return Fact(
        id="", concept=CONCEPT, assertion="present",
        evidence=tuple(quote(request.sentence, request.start) for request in ordered), value="outstanding", when=newest,
        known=newest, document=ordered[0].sentence.document.id,
        note=f"called for and not in the chart: {names}" + (f" (on file: {there})" if there else ""),
        extra={"specialties": " ".join(dict.fromkeys(request.specialty for request in ordered))},
    )  # fmt: skip


def planned(request: Request) -> Fact:
    segment = request.sentence.segment
    return Fact(
        id="", concept=CONCEPT, assertion="planned", evidence=(quote(request.sentence, request.start),),
        when=request.visit or segment.when, known=segment.when, signed=segment.signed is not False,
        document=segment.document.id, note=f"{readable(request.specialty)} called for",
        extra={"specialties": request.specialty},
    )  # fmt: skip


def none_needed(reading: Reading, case: Case) -> list[Fact]:
    """Where the chart holds the evaluation for the treatment and it asks for no one's opinion."""
    if asked_elsewhere(reading, case):
        return []
    said = [
        sentence
        for sentence in reading.sentences
        if sentence.document.kind in WAIVING and sentence.segment.signed is not False
        and in_time(sentence.segment.when, case.as_of, int(rules()["request_days"]))
    ]  # fmt: skip
    notes = [sentence for sentence in said if sentence.document.kind in EVALUATING]
    stated = next((s for s in said if waivers(s.text)), None)
    titled = next((s for s in notes if EVALUATION.search(s.text) and VISIT.search(s.text)), None)
    chosen = stated or titled or weighed(notes)
    if chosen is None:
        return []
    return [
        Fact(
            id="", concept=CONCEPT, assertion="present", evidence=(quote(chosen, 0),), value="none_needed",
            when=chosen.segment.when, known=chosen.segment.when, document=chosen.document.id,
            note="the note says so" if stated else "the evaluation asks for no specialist's opinion",
        )
    ]  # fmt: skip


def weighed(notes: Sequence[Sentence]) -> Sentence | None:
    """The sentence of a note that weighs the treatment by cells, where the note also speaks of the cells themselves."""
    about = {one.document.id for one in notes if EVALUATION.search(one.text)}
    return next((one for one in notes if one.document.id in about and cue("weighs").search(one.text)), None)


def asked_elsewhere(reading: Reading, case: Case) -> bool:
    """A consultant's paper that is no opinion, or a log that waits for one: someone was asked, no note says so."""
    days = int(rules()["request_days"])
    if any(True for _one in requests(reading, case, consultants=(), kinds=LOGS)):
        return True
    pages = consultants_pages(reading)
    return any(
        (segment.document.id, segment.page.number) in pages
        and segment.document.kind in rules()["consult_kinds"]
        and segment.document.belongs is not False
        and in_time(segment.when, case.as_of, days)
        for segment in reading.segments
    )


def first_each(asked: Sequence[Request]) -> list[Request]:
    kept: dict[str, Request] = {}
    for request in asked:
        kept.setdefault(request.specialty, request)
    return list(kept.values())


def quote(sentence: Sentence, start: int) -> Span:
    tokens = list(re.finditer(r"\S+", sentence.text))
    at = next((i for i, token in enumerate(tokens) if token.end() > start), 0)
    begin = max(0, at - 4) if len(tokens) > QUOTE_WORDS else 0
    end = min(len(tokens), begin + QUOTE_WORDS)
    return sentence.span(tokens[begin].start(), tokens[end - 1].end())


def readable(specialty: str) -> str:
    return specialty.replace("_", " ")
