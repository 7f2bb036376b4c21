"""Facts that need the whole document: the place of service that is asked for, age."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from chartproof.chart.dates import find_dates
from chartproof.chart.find.entries import entries
from chartproof.chart.find.statements import fact_of
from chartproof.chart.printed import BIRTH
from chartproof.chart.sort import age_on
from chartproof.chart.view import Reading, Segment, Sentence, sentences, span
from chartproof.model import Case, DayRange, Document, Fact, Quantity, Span

APHERESIS = re.compile(
    r"\b(?:leuk[ao]?(?:cyta)?pheresis|leuka\b|a?pheresis|aph\b|(?:t-?)?cell collection|collection (?:target|date|(?:is |was )?(?:planned|set|pencill?ed|scheduled|booked|aimed))|collections?\b|collect(?:ed|ing)?\b|cells (?:to be )?collected|(?:line|cell therapy|car-?t) slot|slot\b)",
    re.IGNORECASE,
)
#: What else is collected for a day to come; or what is only near the collection's.
OTHER_COLLECTION = re.compile(
    r"\b(?:specimens?|samples?|urine|stool|blood cultures?|sputum|swabs?|tubes?|labs? (?:to be )?collect|bills?|agency|balance|data|donor|sister|brother"
    r"|(?:echo|ct|pet|mri|pft|biopsy|infusion|clinic|visit|dental|port|line placement|social work|sw|psych\w*|bridging)\W{1,3}(?:\w+ )?slot)\b",
    re.IGNORECASE,
)
#: Bare words that mean it only where the sentence or its heading speaks of cells.
LOOSE = re.compile(r"(?:slot|collect\w*|collections?|aph|leuka)", re.IGNORECASE)
OF_CELLS = re.compile(
    r"\b(?:car-?t|cell therapy|\w+-?cel\b|t-?cells?|leuk\w*pheresis|apheresis|manufactur\w+|autoleucel|yescarta|kymriah|breyanzi|tecartus|carvykti|abecma|aucatzyl|lymphodepletion|washout|bridging)",
    re.IGNORECASE,
)
#: A label that is of the collection only on a page that is about it.
PLANNED_DATE = re.compile(
    r"\b(?:planned|scheduled|target(?:ed)?|proposed|tentative) (?:start )?(?:date|day)\b", re.IGNORECASE
)
#: "Apheresis 10/20" is of the year that is coming, not of the one that was.
COMING = timedelta(days=240)
#: Characters between the collection and its day; characters of a page that name what it is about.
REACH, HEAD = 60, 200
#: Lines of a page that may tell whose it is.
HEAD_LINES = 12
#: Pages whose answers are kept: each of a page's sentences asks the same.
PAGES = 1 << 8
PLACE_LINE = re.compile(
    r"\b(?:place of (?:service|care)|setting|site of (?:care|service)|level of care|pos)\b\W{0,4}(.{0,90})",
    re.IGNORECASE,
)


def find(reading: Reading, case: Case) -> list[Fact]:
    facts = list(requested_place(reading))
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
            hint = segment.when.last if segment.when else case.as_of
            words = named(sentence)
            dates = find_dates(sentence.text, year_hint=hint + COMING) if words else []
            ahead = [(start, end, days) for start, end, days in dates if days.exact and days.first > hint]
            near = [
                (parted(sentence.text, match, start, end), min(start, match.start()), max(end, match.end()), days)
                for match in words for start, end, days in ahead if abs(start - match.start()) < REACH
            ]  # fmt: skip
            if near:
                _parted, first, last, days = min(near, key=lambda row: (row[0], row[2] - row[1]))
                yield fact_of(sentence, first, last, concept="apheresis", says="planned", when=days)


def parted(text: str, match: re.Match[str], start: int, end: int) -> bool:
    """Whether a comma with more words stands between the collection and a day: "conference on 29-SEP, collection for 26-OCT"."""
    between = text[match.end() : start] if start > match.start() else text[end : match.start()]
    return bool(re.search(r"[,;] ?[a-z]", between, re.IGNORECASE)) or (
        start < match.start() and between.lstrip().startswith((",", ";"))
    )


def named(sentence: Sentence) -> list[re.Match[str]]:
    """The words that name the collection of the patient's cells."""
    found = list(APHERESIS.finditer(sentence.text))
    if any(LOOSE.fullmatch(one[0]) for one in found) and not of_cells(sentence):
        found = [one for one in found if not LOOSE.fullmatch(one[0])]
    if not found and is_of_apheresis(sentence.page.text):
        found = list(PLANNED_DATE.finditer(sentence.text))
    return [] if found and OTHER_COLLECTION.search(sentence.text) else found


def of_cells(sentence: Sentence) -> bool:
    """Whether the sentence, its titles or its page speak of cells."""
    around = f"{sentence.heading} {sentence.label} {sentence.text}"
    return bool(OF_CELLS.search(around)) or names_cells(sentence.page.text)


@lru_cache(maxsize=PAGES)
def names_cells(page: str) -> bool:
    return bool(OF_CELLS.search(page))


@lru_cache(maxsize=PAGES)
def is_of_apheresis(page: str) -> bool:
    """Whether the head of the page says that the page is about the collection."""
    return "apheresis" in page[: page.find("\n", HEAD)].lower()


def ages(reading: Reading, case: Case) -> Iterator[Fact]:
    """Age on the as-of day from a birth date that a page prints or a patient's entry gives; one fact a document."""
    seen: set[str] = set()
    for segment in reading.segments:
        document = segment.document
        asked = document.belongs is True and document.id not in seen
        found = (birth_on(segment) or born_in_head(segment, case)) if asked else None
        if not found or found[2] > case.as_of or (case.patient.born and found[2] != case.patient.born):
            continue
        seen.add(document.id)
        start, end, day = found
        rank = 1 if document.kind in ("clinic_note", "consult_note") else 0
        yield age(span(segment.page, start, end), document, day, case, known=segment.when, rank=rank)
    for placed in entries(reading, "patient"):
        born = placed.entry.when
        if placed.document.belongs is not True or placed.document.id in seen or born is None or not born.exact:
            continue
        if born.first <= case.as_of and case.patient.born in (None, born.first):
            seen.add(placed.document.id)
            yield age(placed.span(), placed.document, born.first, case, known=None, rank=0)


def age(said: Span, document: Document, born: date, case: Case, *, known: DayRange | None, rank: int) -> Fact:
    """The age in years on the as-of day."""
    years = age_on(born, case.as_of)
    return Fact(
        id="", concept="age", assertion="present", evidence=(said,), document=document.id,
        quantity=Quantity(years, years, "years"), when=DayRange.day(case.as_of), known=known, rank=rank,
    )  # fmt: skip


def born_in_head(segment: Segment, case: Case) -> tuple[int, int, date] | None:
    """Characters of the patient's own birth date in the lines of the head, where no label stands before it."""
    top = "\n".join(segment.page.text[segment.start : segment.end].split("\n")[:HEAD_LINES])
    for start, end, days in find_dates(top):
        if days.exact and days.first == case.patient.born:
            return segment.start + start, segment.start + end, days.first
    return None


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
