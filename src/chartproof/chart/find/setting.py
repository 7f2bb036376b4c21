"""Facts that need the whole document: the place of service that is asked for, age."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from chartproof.chart.dates import find_dates
from chartproof.chart.find.deferral import put_off
from chartproof.chart.find.statements import about_treatment, depends, document_texts, fact_of, says_nothing
from chartproof.chart.identity import BIRTH
from chartproof.chart.sort import age_on
from chartproof.chart.view import Reading, Segment, Sentence, sentences, span
from chartproof.model import Case, DayRange, Fact, Quantity

APHERESIS = re.compile(
    r"\b(?:leuk[ao]?pheresis|apheresis|cell collection|collection (?:target|date|(?:is )?(?:planned|set|pencill?ed|scheduled|booked))|t-?cell collection)\b",
    re.IGNORECASE,
)
#: "Apheresis 10/20" is of the year that is coming, not of the one that was.
COMING = timedelta(days=330)
PLACE_LINE = re.compile(
    r"\b(?:place of (?:service|care)|setting|site of (?:care|service)|level of care|pos)\b\W{0,4}(.{0,90})",
    re.IGNORECASE,
)
#: "Site." or "2. Setting." alone on its line is a paragraph's title.
PLACE_TITLE = re.compile(
    r"\W*(?:\d+\W+)?(?:(?:treatment |infusion |care )?(?:setting|site|place|venue)|(?:setting|site|place) of (?:care|treatment|infusion|service)|level of care|where)\W*",
    re.IGNORECASE,
)
#: "Inpatient." or "Ambulatory: day-hospital infusion", not "Inpatient pharmacy" or "Inpatient if she worsens".
PLACE_FIRST = re.compile(
    r"\W*(?:(?P<inpatient>in-?patient|in-?pt|in hospital)|out-?patient|out-?pt|ambulatory|day[- ](?:hospital|unit))\b(?=\s*(?:[.:,;–—]|$))",
    re.IGNORECASE,
)
UNSETTLED = re.compile(
    r"\b(?:not|no longer|cannot|closed|unsafe|rejected|declined|refused|versus|vs|or (?:in|out)-?patient|undecided|tb[da]|open|explored|considered|discuss\w*)\b|\?",
    re.IGNORECASE,
)
REASON = re.compile(
    r"\blives? (?:\S+ ){0,4}(?:alone|hours?|miles|minutes|km)\b|\bno (?:other )?(?:adult|caregiver|companion|transport\w*)\b|\b(?:no ?one|nobody) (?:\w+ )?(?:to|can|could|at home|with (?:him|her|them))\b"
    r"|\b(?:cannot|can ?not|unable to) (?:be|act as|serve as) (?:his|her|the|a) (?:\w+ )?(?:caregiver|companion)"
    r"|\b(?:outpatient|day|ambulatory) (?:program(?:me)?|unit|hospital)\b.{0,40}\b(?:requires?|demands?|insists?|needs?)\b"
    r"|\b(?:continuous|close|hourly|telemetry|overnight) (?:oximetry|monitoring|observation|telemetry)\b|\b(?:high|bulky) (?:\w+ )?(?:burden|disease)\b.{0,60}\b(?:crs|icans|risk)\b",
    re.IGNORECASE,
)
CLINICIANS = ("clinic_note", "consult_note", "committee", "attestation", "provider_letter")
#: Sentences of the paragraph that may give the reason.
REASONS = 3


def find(reading: Reading, case: Case) -> list[Fact]:
    facts = list(requested_place(reading))
    facts += place_under_title(reading)
    facts += ages(reading, case)
    facts += collections_planned(reading, case)
    return facts


def requested_place(reading: Reading) -> Iterator[Fact]:
    """The setting that a request form or the plan's own letter prints; weaker than the physician's note (rank 0)."""
    for segment in reading.segments:
        document = segment.document
        if document.belongs is False or document.kind not in ("prior_auth_form", "denial_letter"):
            continue
        for sentence in sentences(segment):
            match = PLACE_LINE.search(sentence.text)
            if not match or re.search(r"\bif\b|explain|should|policy", sentence.text[: match.start()], re.IGNORECASE):
                continue
            value = ticked(re.split(r"\b[Ii]f\b", match[1])[0])
            if value:
                fact = fact_of(
                    sentence, match.start(), match.end(), concept="place_of_service", says="present", value=value
                )
                yield replace(fact, rank=0, signed=True)


def place_under_title(reading: Reading) -> Iterator[Fact]:
    """A paragraph under "Setting." that opens with the place, and for a hospital stay the reasons that follow in it."""
    about = about_treatment()
    texts = document_texts(reading)
    for index, sentence in enumerate(reading.sentences[1:], 1):
        title = reading.sentences[index - 1]
        if sentence.document.kind not in CLINICIANS or title.segment is not sentence.segment:
            continue
        match = PLACE_FIRST.match(sentence.text)
        if not match or not PLACE_TITLE.fullmatch(title.text) or not about.search(texts[sentence.document.id]):
            continue
        if unsettled(sentence) or put_off(sentence.text, match.start(), match.end()):
            continue
        value = "inpatient" if match["inpatient"] else "outpatient"
        yield fact_of(sentence, 0, len(sentence.text), concept="place_of_service", says="present", value=value)
        if value == "outpatient":
            continue
        for later in reading.sentences[index : index + 1 + REASONS]:
            if later.segment is not sentence.segment or later.label != sentence.label:
                break
            found = REASON.search(later.text)
            if found and not depends(later.text) and not says_nothing(later):
                yield fact_of(later, found.start(), found.end(), concept="inpatient_reason", says="present")


def unsettled(sentence: Sentence) -> bool:
    """Whether the place is doubted, refused or made to depend on something."""
    return says_nothing(sentence) or depends(sentence.text) or bool(UNSETTLED.search(sentence.text))


def ticked(text: str) -> str | None:
    """The place named in words, or the one whose box is ticked."""
    boxes = re.findall(r"[(\[]\s*([xX✓✔]?)\s*[)\]]\s*(outpatient|inpatient)", text, re.IGNORECASE)
    if boxes:
        chosen = {place.lower() for mark, place in boxes if mark}
        return chosen.pop() if len(chosen) == 1 else None
    named = {place.lower() for place in re.findall(r"\b(outpatient|inpatient)\b", text, re.IGNORECASE)}
    return named.pop() if len(named) == 1 else None


def collections_planned(reading: Reading, case: Case) -> Iterator[Fact]:
    """Apheresis planned for a day after the document's own: what the windows and deadlines hang on."""
    for segment in reading.segments:
        if segment.document.belongs is False:
            continue
        for sentence in sentences(segment):
            match = APHERESIS.search(sentence.text)
            if not match:
                continue
            hint = segment.when.last if segment.when else case.as_of
            for start, end, days in find_dates(sentence.text, year_hint=hint + COMING):
                if days.exact and days.first > hint and abs(start - match.start()) < 60:
                    first, last = min(start, match.start()), max(end, match.end())
                    yield fact_of(sentence, first, last, concept="apheresis", says="planned", when=days)
                    break


def ages(reading: Reading, case: Case) -> Iterator[Fact]:
    """Age on the as-of day from a printed birth date, with the page that prints it; one fact a document."""
    seen: set[str] = set()
    for segment in reading.segments:
        document = segment.document
        if document.belongs is not True or document.id in seen:
            continue
        found = birth_on(segment)
        born = case.patient.born
        if not found or (born and found[2] != born):
            continue
        seen.add(document.id)
        start, end, day = found
        years = age_on(day, case.as_of)
        yield Fact(
            id="", concept="age", assertion="present", evidence=(span(segment.page, start, end),), document=document.id,
            quantity=Quantity(years, years, "years"), when=DayRange.day(case.as_of), known=segment.when,
            rank=1 if document.kind in ("clinic_note", "consult_note") else 0,
        )  # fmt: skip


def birth_on(segment: Segment) -> tuple[int, int, date] | None:
    """Characters of "DOB 09/14/1962" and its day."""
    text = segment.page.text[segment.start : segment.end]
    for match in BIRTH.finditer(text):
        nearby = text[match.end() : match.end() + 22].split("\n")[0]
        for start, end, days in find_dates(nearby):
            if start <= 3 and days.exact:
                return segment.start + match.start(), segment.start + match.end() + end, days.first
            break
    return None
