"""Specialist opinions: which were called for to judge candidacy or safety, and which signed notes are in the chart.

One fact decides. A request counts with its own document's day; a note answers it when the note is of that specialty and
was written after the request, or not long before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from chartproof.chart.find.consult_requests import Request, cue, in_time, requests, rules, specialties
from chartproof.chart.kinds import is_evidence
from chartproof.chart.view import Reading, Segment, Sentence, span
from chartproof.chart.vocabulary import load
from chartproof.model import Case, DayRange, Document, Fact, Span

CONCEPT = "specialist_consult"
QUOTE_WORDS = 20
HEAD_LINES = 7
#: A note with more sentences than this tells more than that nobody came.
MISSED_LINES = 9
SIGNED = re.compile(
    r"\b(?:e-?sign\w*|signed|electronic(?:ally)? \w+|authenticated|attested|finali[sz]ed)\b", re.IGNORECASE
)
CREDENTIAL = re.compile(r"\b(?:MD|DO|NP|PA-?C|CNP|APRN|MBBS|FACC)\b")
#: Lines of a head that name someone else's specialty: who asked, who is written to, what is followed up.
ADDRESSED = re.compile(
    r"\b(?:requested|requesting|referr\w+|asked|seen|followed) by\b|\bto:|\bcc:|\b(?:follow\w*|referral|to see|reason)\b|\breview \(",
    re.IGNORECASE,
)
#: A letterhead is no sentence: lower-case words that end in a full stop.
SENTENCE = re.compile(r"\b[a-z]{2,}\b[^.]* [a-z]{2,}[.;](?:\s|$)|[.;] [A-Z][a-z]+ [a-z]+ [a-z]+")
EVALUATION = re.compile(r"\b(?:car[- ]?t|cell(?:ular)? therapy|leucel|leuk?apheresis|apheresis)\b", re.IGNORECASE)
#: Documents of the treating team in which an evaluation may stand that calls for no one's opinion.
EVALUATING = ("clinic_note", "consult_note", "provider_letter", "attestation")


@dataclass(frozen=True, slots=True)
class Note:
    """A consultant's note on file: its opinion and the line that signs it. A joint practice has several specialties."""

    specialties: tuple[str, ...]
    document: Document
    when: DayRange
    opinion: Span
    signature: Span | None


def find(reading: Reading, case: Case) -> list[Fact]:
    """The deciding fact (filed, outstanding or none_needed), then one planned fact for each request that is open."""
    notes = notes_on_file(reading, case)
    consultants = {document.id for document in reading.documents if consultant(head_of(reading, document))}
    asked = list(requests(reading, case, consultants=consultants))
    open_requests = [request for request in asked if not any(answers(note, request, case) for note in notes)]
    open_requests = [request for request in open_requests if not settled(request, asked, notes, case)]
    if open_requests:
        return [outstanding(open_requests, notes), *(planned(request) for request in open_requests)]
    days = int(rules()["request_days"])
    useful = [n for n in notes if in_time(n.when, case.as_of, days) or any(answers(n, one, case) for one in asked)]
    if useful:
        return [filed(useful, asked)]
    return none_needed(reading, case)


# --- what is on file


def notes_on_file(reading: Reading, case: Case) -> list[Note]:
    found = []
    for document in reading.documents:
        if not is_evidence(document) or document.kind not in rules()["consult_kinds"] or document.signed is False:
            continue
        if document.when is None or not in_time(document.when, case.as_of, 2 * int(rules()["request_days"])):
            continue
        segments = [segment for segment in reading.segments if segment.document == document]
        named = consultant(head_of(reading, document))
        sentences = [sentence for sentence in reading.sentences if sentence.document == document]
        signature = signature_of(segments)
        if named and sentences and (signature or document.signed) and not missed(sentences):
            found.append(Note(named, document, document.when, opinion_of(sentences), signature))
    return sorted(found, key=lambda note: (note.when, note.document.id))


def missed(sentences: Sequence[Sentence]) -> bool:
    """A few lines that say that the visit did not take place are no opinion."""
    return len(sentences) <= MISSED_LINES and any(cue("missed").search(one.text) for one in sentences)


def head_of(reading: Reading, document: Document) -> tuple[str, str]:
    """(the letterhead and title, the lines of the signature): where a note says of which specialty it is."""
    pages = list(
        {segment.page.number: segment.page for segment in reading.segments if segment.document == document}.values()
    )
    if not pages:
        return "", ""
    first = [line for line in pages[0].text.split("\n") if line.strip()]
    last = [line for page in pages for line in page.text.split("\n") if line.strip()]
    signing = [i for i, line in enumerate(last) if SIGNED.search(line) or (CREDENTIAL.search(line) and len(line) < 60)]
    near = {j for i in signing for j in range(i - 2, i + 3)}
    tail = [line for j, line in enumerate(last) if j in near and len(line) < 70]
    return "\n".join(first[:HEAD_LINES]), "\n".join(tail)


def consultant(head: tuple[str, str]) -> tuple[str, ...]:
    """The specialties of the consultant whose note it is, none for the treating team's own notes.

    The letterhead or title names it before any word of the treating team; an addressee below it is of no account.
    """
    top, tail = head
    for line in top.split("\n"):
        if cue("own_team").match(line.strip()):
            return ()
        if len(line) > 110 or ADDRESSED.search(line) or SENTENCE.search(line):
            continue
        team = cue("own_team").search(line)
        found = [(match.start(), name) for name, pattern in specialties() for match in [pattern.search(line)] if match]
        if found and (team is None or min(found)[0] <= team.start()):
            return tuple(name for _start, name in sorted(found))
        if team:
            return ()
    lines = [line for line in tail.split("\n") if not re.search(r"\bcc\b|,.*,.*,|:", line, re.IGNORECASE)]
    return tuple(name for name, pattern in specialties() if any(pattern.search(line) for line in lines))


def opinion_of(sentences: Sequence[Sentence]) -> Span:
    """The sentence that says most plainly what the consultant thinks of the plan."""

    def weight(index: int, sentence: Sentence) -> tuple[int, int, int]:
        conditional_words = bool(cue("opinion_not").search(sentence.text))
        rank = next((i for i, pattern in enumerate(opinions()) if pattern.search(sentence.text)), 99)
        plan = bool(
            EVALUATION.search(sentence.text) or re.search(r"lymphodeplet|candida", sentence.text, re.IGNORECASE)
        )
        return (rank + 4 * conditional_words - 2 * plan, 0 if plan else 1, -index)

    rated = sorted(((weight(i, s), i) for i, s in enumerate(sentences)), key=lambda row: row[0])
    return quote(sentences[rated[0][1]], 0)


def signature_of(segments: Sequence[Segment]) -> Span | None:
    """The last line with a signature's words and a clinician's name."""
    best: Span | None = None
    for segment in segments:
        for match in re.finditer(r"[^\n]+", segment.page.text[segment.start : segment.end]):
            line = match[0]
            if (
                SIGNED.search(line)
                and (CREDENTIAL.search(line) or re.search(r"\d{4}|\d{1,2}/\d{1,2}/\d{2}", line))
                and len(line) < 160
            ):
                tokens = list(re.finditer(r"\S+", line))[:QUOTE_WORDS]
                start = segment.start + match.start()
                best = span(segment.page, start + tokens[0].start(), start + tokens[-1].end())
    return best


# --- one with the other


def answers(note: Note, request: Request, case: Case) -> bool:
    """Whether the note is of the specialty asked for and not older than a request may be answered with."""
    if request.specialty not in note.specialties:
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
    notes = [
        sentence
        for sentence in reading.sentences
        if sentence.document.kind in EVALUATING and sentence.segment.signed is not False
        and in_time(sentence.segment.when, case.as_of, int(rules()["request_days"]))
    ]  # fmt: skip
    stated = next((s for s in notes if cue("none_asked").search(s.text)), None)
    titled = next(
        (
            s
            for s in notes
            if EVALUATION.search(s.text) and re.search(r"evaluat|consult|candida|visit|apheresis", s.text, re.I)
        ),
        None,
    )
    chosen = stated or titled
    if chosen is None:
        return []
    return [
        Fact(
            id="", concept=CONCEPT, assertion="present", evidence=(quote(chosen, 0),), value="none_needed",
            when=chosen.segment.when, known=chosen.segment.when, document=chosen.document.id,
            note="the note says so" if stated else "the evaluation asks for no specialist's opinion",
        )
    ]  # fmt: skip


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


@cache
def opinions() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(part, re.IGNORECASE) for part in load("specialties.yaml")["opinion"])
