"""Structured entries of files that are this patient's, with the document they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from chartproof.chart.entry_owner import is_anothers
from chartproof.chart.find.others import disowned, of_another
from chartproof.chart.kinds import is_evidence
from chartproof.chart.view import READINGS, Reading, Sentence, span
from chartproof.chart.vocabulary import load
from chartproof.model import Document, Entry, Page, SourceFile, Span

#: Files whose print repeats their entries.
CODED = ("json", "csv", "text", "xml")
#: How the heading of a C-CDA section is written on its page.
SECTION = re.compile(r"^## ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry with its page and document; `standing` is final, void (never to be used) or open (no result yet)."""

    entry: Entry
    page: Page
    document: Document
    standing: str

    def span(self) -> Span:
        return span(self.page, self.entry.start, self.entry.end)


def entries(reading: Reading, *kinds: str) -> Iterator[Placed]:
    """Entries of these kinds, in the order of the files; another person's files are left out."""
    for file in reading.files:
        if not file.entries or not file.pages:
            continue
        for entry in file.entries:
            if entry.kind not in kinds or is_anothers(entry):
                continue
            page = page_of(file, entry)
            document = document_of(reading, file, page)
            if document is not None and is_evidence(document):
                yield Placed(entry, page, document, standing(entry))


def entry_above(reading: Reading, sentence: Sentence) -> Entry | None:
    """The last entry before the sentence in its file: in a message a note belongs to the result or person above it."""
    file = next((file for file in reading.files if file.name == sentence.document.file), None)
    above = [entry for entry in file.entries if entry.end <= sentence.start] if file else []
    return above[-1] if above else None


@lru_cache(maxsize=READINGS)
def printed(reading: Reading) -> tuple[Sentence, ...]:
    """Sentences of what was written for people: files of entries alone (FHIR, CSV, HL7) are read by their entries."""
    coded = {file.name: told_only(file) for file in reading.files if file.entries and file.media in CODED}
    others: dict[int, bool] = {}
    kept = []
    for sentence in reading.sentences:
        key = id(sentence.segment)
        if key not in others:
            others[key] = of_another(sentence.segment)
        told = coded.get(sentence.document.file)
        read = told is None or narrative(sentence) or any(first <= sentence.start < last for first, last in told)
        above = entry_above(reading, sentence) if read and told is not None else None
        if not others[key] and read and not disowned(sentence) and not (above and is_anothers(above)):
            kept.append(sentence)
    return tuple(kept)


def read_by_entries(reading: Reading) -> frozenset[str]:
    """Files of which each line is an entry's, but for a note beneath: their rows are not read as a table's once more."""
    return frozenset(
        file.name for file in reading.files if file.entries and file.media in CODED and file.media != "xml"
    )


def told_only(file: SourceFile) -> list[tuple[int, int]]:
    """Where a C-CDA document's sections stand that have words and no entries: many systems export no more of them."""
    if file.media != "xml" or not file.pages:
        return []
    text = file.pages[0].text
    heads = [match.start() for match in SECTION.finditer(text)]
    sections = pairwise([*heads, len(text)])
    return [(first, last) for first, last in sections if not any(first <= one.start < last for one in file.entries)]


def narrative(sentence: Sentence) -> bool:
    """A note inside a structured file: a sentence of prose, not the print of an entry."""
    return sentence.page.read != "structured" and bool(re.search(r"(?:\b[a-z]{2,}\b[ ,]+){3,}", sentence.text))


def page_of(file: SourceFile, entry: Entry) -> Page:
    """The page that the entry's characters are of: structured files are one page; a printed one says it in `extra`."""
    number = entry.extra.get("page", "")
    wanted = int(number) if number.isdigit() else file.pages[0].number
    return next((page for page in file.pages if page.number == wanted), file.pages[0])


def document_of(reading: Reading, file: SourceFile, page: Page) -> Document | None:
    for document in reading.documents:
        if document.file == file.name and document.first <= page.number <= document.last:
            return document
    return None


def standing(entry: Entry) -> str:
    """final: it counts; void: marked in error; open: ordered, cancelled, preliminary, not done."""
    words = load("labs.yaml")
    status = entry.status.strip().lower()
    if status in words["void_status"]:
        return "void"
    return "final" if status in words["final_status"] else "open"
