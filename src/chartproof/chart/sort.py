"""Which document is this page: split files into documents, name their kind, date, author, signature and owner."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from chartproof.chart.identity import belongs, differs, guess_patient, prints_identity
from chartproof.chart.segments import body_start, document_day, segments_of
from chartproof.chart.view import Reading, Segment, sentences
from chartproof.chart.vocabulary import load
from chartproof.model import Case, Document, Page, SourceFile

COUNTER = re.compile(r"(?:\bpage\s*|^|\s)(\d{1,3})\s*(?:of|/)\s*(\d{1,3})\s*$", re.IGNORECASE | re.MULTILINE)
AUTHOR = re.compile(
    r"((?:[A-Z][\w'\-]*\.?\s+){1,3}[A-Z][\w'\-]+),?\s+(?:MD|DO|PhD|RN|NP|PA-?C|ANP|CNP|PharmD|LMSW|LCSW|LISW|MSW|RDN|DPT)\b"
)
DATED_LINE = re.compile(r"\s*\d{1,2}[/-](?:\d{1,2}|[A-Za-z]{3})\b(?:[/-]\d{2,4})?\s+\S")
BLANKS = re.compile(r"\*{3}|_{6,}|\[\s\]")
#: Kinds without a day of their own: each entry has its own.
UNDATED = ("fhir_bundle", "ccda", "lab_export", "mar_export", "coordinator_log", "cover_sheet")
STRUCTURED = {"json": "fhir_bundle", "xml": "ccda"}


def reading(files: Sequence[SourceFile], case: Case) -> Reading:
    """Sort every page and cut what may be chart evidence into sentences."""
    pages = [page for file in files for page in file.pages]
    patient = case.patient
    if not patient.name and not patient.born:
        patient = guess_patient(pages)
    documents: list[Document] = []
    segments: list[Segment] = []
    for file in files:
        for group in split_pages(file.pages):
            document = describe(file, group, len(documents) + 1)
            mine, why = belongs(group, patient)
            document = replace(document, belongs=mine, note=why or document.note)
            documents.append(document)
            segments.extend(segments_of(document, group, case.as_of))
    usable = [segment for segment in segments if is_evidence(segment.document)]
    return Reading(
        files=tuple(files),
        documents=tuple(documents),
        segments=tuple(segments),
        sentences=tuple(sentence for segment in usable for sentence in sentences(segment)),
    )


def is_evidence(document: Document) -> bool:
    """Whether what the document says may be a fact about this patient."""
    return document.belongs is not False and evidence_of(document.kind) == "chart"


@cache
def evidence_of(kind: str) -> str:
    known = load("documents.yaml")["kinds"].get(kind)
    return known["evidence"] if known else "chart"


def split_pages(pages: Sequence[Page]) -> list[list[Page]]:
    """Runs of pages that are one document: a page counter that restarts, or a new title with a new letterhead."""
    groups: list[list[Page]] = []
    for page in pages:
        if groups and not starts_document(page, groups[-1]):
            groups[-1].append(page)
        else:
            groups.append([page])
    return groups


def starts_document(page: Page, current: Sequence[Page]) -> bool:
    if differs(page, current):
        return True
    number, total = counter(page)
    last_number, last_total = counter(current[-1])
    if number and last_number and total == last_total and number == last_number + 1:
        return False
    if number == 1 and total:
        return True
    opened = title_of(current[0])[0]
    if len(current) == 1 and opened == "cover_sheet" and page.text.strip():
        return True
    if opened and evidence_of(opened) in ("payer", "request") and not prints_identity(page):
        return False
    first, before = first_line(page), first_line(current[0])
    if first and first == before and first == first_line(current[-1]) and number != 1:
        return len(first) < 12 and title_of(page)[1] >= 5
    kind, weight = title_of(page)
    if weight < 5:
        return False
    return kind != title_of(current[0])[0] or has_header(page)


def counter(page: Page) -> tuple[int, int]:
    """ "Page 2 of 3" in the page's margins, else (0, 0)."""
    lines = page.text[body_start(page) :].strip().split("\n")
    for line in (*reversed(lines[-3:]), *lines[:2]):
        match = COUNTER.search(line)
        if match and 1 <= int(match[1]) <= int(match[2]) <= 400:
            return int(match[1]), int(match[2])
    return 0, 0


def first_line(page: Page) -> str:
    lines = [line.strip() for line in page.text[body_start(page) :].split("\n") if len(line.strip()) > 3]
    return re.sub(r"\d+", "#", lines[0]) if lines else ""


def has_header(page: Page) -> bool:
    head = "\n".join(page.text.split("\n")[:14])
    return bool(re.search(r"\b(?:patient|pt|name|dob|mrn|born|re)\b\s*[:.]?", head, re.IGNORECASE))


def is_title(line: str, title: re.Pattern[str]) -> bool:
    """Whether the expression stands in the line as a title does: near its start, not in the midst of prose."""
    match = title.search(line)
    if not match or DATED_LINE.match(line) or len(line) > 150:
        return False
    before = line[: match.start()]
    return match.start() < 70 and not re.search(r"[.;:] \S.* ", before) and len(line.split()) <= 18


def title_of(page: Page) -> tuple[str, int]:
    """The likeliest kind by the page's head, with its weight (5 or more where a title stands in the first lines)."""
    scores = scored(page)
    best = max(scores, key=lambda kind: scores[kind][0], default="")
    return (best, scores[best][1]) if best else ("", 0)


def scored(page: Page) -> dict[str, tuple[int, int]]:
    """Kind -> (score, weight of its title): the earlier a title stands on the page, the more it weighs."""
    text = page.text[body_start(page) :]
    lines = [line for line in text.split("\n") if line.strip()][:24]
    dated = sum(bool(DATED_LINE.match(line)) for line in text.split("\n"))
    found: dict[str, tuple[int, int]] = {}
    for kind, (titles, bodies, need) in patterns().items():
        weight = 0
        for index, line in enumerate(lines):
            if any(is_title(line, title) for title in titles):
                weight = 8 if index < 4 else 6 if index < 9 else 3
                break
        if kind == "coordinator_log" and dated >= 5:
            weight = max(weight, 6)
        score = weight + sum(1 for body in bodies if body.search(text))
        if (weight and score >= need + 2) or score >= need + 3:
            found[kind] = (score, weight)
    return found


@cache
def patterns() -> dict[str, tuple[list[re.Pattern[str]], list[re.Pattern[str]], int]]:
    flags = re.IGNORECASE | re.MULTILINE
    return {
        kind: (
            [re.compile(t, flags) for t in rule["title"]],
            [re.compile(b, flags) for b in rule["body"]],
            rule["need"],
        )
        for kind, rule in load("documents.yaml")["kinds"].items()
    }


def describe(file: SourceFile, pages: Sequence[Page], number: int) -> Document:
    kind = kind_of(file, pages)
    text = "\n".join(page.text for page in pages)
    author = AUTHOR.search(text)
    wrote = {"payer": "payer", "request": "provider"}.get(evidence_of(kind), "provider")
    return Document(
        id=f"D{number:03d}",
        file=file.name,
        first=pages[0].number,
        last=pages[-1].number,
        kind=kind,
        title=first_words(pages[0]),
        when=None if kind in UNDATED else document_day(pages),
        author=author[0] if author else "",
        signed=signed(text, kind),
        wrote=wrote,
    )


def kind_of(file: SourceFile, pages: Sequence[Page]) -> str:
    if file.media in STRUCTURED:
        return STRUCTURED[file.media]
    if file.media in ("text", "csv") and file.entries:
        medication = sum(entry.kind == "medication" for entry in file.entries)
        return "mar_export" if medication > len(file.entries) / 2 else "lab_export"
    scores = scored(pages[0])
    if not scores and len(pages) > 1:
        scores = scored(pages[1])
    if not scores:
        return "clinic_note"
    order = list(load("documents.yaml")["kinds"])
    best = max(scores, key=lambda kind: (scores[kind][0], -order.index(kind)))
    if best in ("clinic_note", "consult_note", "psychosocial") and is_template(pages):
        return best  # an unfilled note keeps its kind; it is the blanks that make it unsigned
    return best


def is_template(pages: Iterable[Page]) -> bool:
    return sum(len(BLANKS.findall(page.text)) for page in pages) >= 8


def signed(text: str, kind: str) -> bool | None:
    """False for drafts and pended notes, True where a signature is printed, None where nothing is said."""
    cues = load("documents.yaml")
    flags = re.IGNORECASE | re.MULTILINE
    if evidence_of(kind) == "general":
        return False if kind == "draft_letter" else None
    if any(re.search(cue, text, flags) for cue in cues["unsigned"]):
        return False
    if any(re.search(cue, text, flags) for cue in cues["signed"]):
        return True
    return None


def first_words(page: Page) -> str:
    """A short title for the ledger: the first line that carries words."""
    for line in page.text[body_start(page) :].split("\n"):
        if len(re.findall(r"[A-Za-z]{3,}", line)) >= 2:
            return " ".join(line.split())[:80]
    return ""


def age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
