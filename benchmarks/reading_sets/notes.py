"""A note's text as the program's own page, sentences and chart."""

from __future__ import annotations

from datetime import date

from chartproof.chart.view import Segment, Sentence, sentences
from chartproof.model import Case, Document, Page, SourceFile

#: No day matters to these sets but that it is later than all of them.
AS_OF = date(2030, 1, 1)
CASE = Case(as_of=AS_OF)


def page_of(text: str) -> Page:
    return Page(file="note.txt", number=1, text=text)


def file_of(text: str) -> SourceFile:
    return SourceFile(name="note.txt", sha256="", media="text", pages=(page_of(text),))


def segment_of(text: str) -> Segment:
    document = Document(id="D001", file="note.txt", first=1, last=1, kind="clinic_note")
    return Segment(document, page_of(text), 0, len(text), None)


def sentences_of(text: str) -> list[Sentence]:
    return list(sentences(segment_of(text)))


def mention_at(text: str, start: int, end: int) -> tuple[Sentence, int, int]:
    """The sentence that holds the character `start`, with the mention's place in it."""
    cut = sentences_of(text)
    own = next((one for one in cut if one.start <= start < one.end), None)
    if own is None:
        own = max(cut, key=lambda one: one.start if one.start <= start else -1)
    return own, max(0, start - own.start), max(1, min(end, own.end) - own.start)
